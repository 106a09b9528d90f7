"""Where sounds begin: peaks of the onset curve between its frames, and the accents among them."""

import numpy as np
import scipy.ndimage
import scipy.signal
from numpy.typing import NDArray

from songcut.listening.features import SILENCE_DB, Features
from songcut.model.analysis import Accent

# Two accents nearer than this look like one on screen (four film frames).
_APART = 0.15
# An accent stands out from the seconds around it by this factor.
_STAND_OUT = 1.6
_SURROUNDINGS = 4.0
# The highest rises of music are 4 dB and more above its median rise, those of noise and steady tones at most 1.5.
_LEAST_STRIKE_DB = 2.0


def parabola_top(curve: NDArray[np.float32], peak: int) -> float:
    """Return the top of the parabola through a local peak and its neighbours, in frames."""
    if not 0 < peak < len(curve) - 1:
        return float(peak)
    before, at, after = (float(value) for value in curve[peak - 1 : peak + 2])
    bend = before - 2 * at + after
    return peak + float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < 0 else float(peak)


def is_struck(features: Features) -> bool:
    """Return whether anything in the song strikes: whether onsets stand out, and are loud enough to be heard."""
    # The file's own beginning and end are not onsets of the music.
    inside = features.onset[8:-8]
    if len(inside) == 0:
        return False
    middle, highest = np.percentile(inside, (50, 99.9))
    return float(features.loudness.max()) > SILENCE_DB and float(highest - middle) > _LEAST_STRIKE_DB


def accents(features: Features, duration: float) -> tuple[Accent, ...]:
    """Return the onsets that stand out, in time order, at least 0.15 s apart.

    Their strength is the height of the onset curve (all bands and bass together) relative to the song's strongest
    onsets, 0 to 1.
    """
    if not is_struck(features):
        return ()
    curve = features.onset + 0.5 * features.low_onset
    highest = max(float(np.percentile(curve, 99.5)), _LEAST_STRIKE_DB)
    around = scipy.ndimage.uniform_filter1d(curve, max(1, round(_SURROUNDINGS / features.onset_hop)), mode="nearest")
    peaks, _ = scipy.signal.find_peaks(curve, distance=max(1, round((_APART + 0.02) / features.onset_hop)))
    least = max(0.25 * highest, _LEAST_STRIKE_DB)
    peaks = peaks[(curve[peaks] > _STAND_OUT * around[peaks]) & (curve[peaks] > least)]
    found = []
    for peak in peaks:
        time = parabola_top(curve, int(peak)) * features.onset_hop
        if 0 <= time <= duration:
            found.append(Accent(float(time), float(min(1.0, curve[peak] / highest))))
    return tuple(found)

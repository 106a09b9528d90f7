"""How loud and busy the music is, moment by moment, relative to the song itself."""

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from songcut.listening.features import SILENCE_DB, Features
from songcut.model.analysis import EnergyCurve

HOP = 0.1
# Loudness is averaged about as long as a beat, business about as long as a bar.
_LOUDNESS_SECONDS = 0.5
_DENSITY_SECONDS = 2.0
_LOUDNESS_SHARE = 0.7
# A song whose level hardly varies is not stretched: the full range stands for at least 12 dB.
_LEAST_SPAN_DB = 12.0


def energy_curve(features: Features, duration: float) -> EnergyCurve:
    """Return the energy every 0.1 s, 0 (the song's quietest) to 1 (its loudest and busiest).

    Seven tenths are K-weighted loudness (ITU-R BS.1770-4), three tenths the onset strength of the last seconds. Both
    are scaled between the song's 5th and 97th percentile, so that one crash or a faded end does not set the scale.
    """
    times = np.arange(int(duration / HOP + 1e-9) + 1) * HOP
    level = np.interp(times, np.arange(len(features.loudness)) * features.tone_hop, features.loudness)
    if float(level.max()) < SILENCE_DB:
        return EnergyCurve(HOP, tuple(0.0 for _ in times))
    level = scipy.ndimage.gaussian_filter1d(np.maximum(level, SILENCE_DB), _LOUDNESS_SECONDS / 2 / HOP, mode="nearest")
    width = max(1, round(_DENSITY_SECONDS / features.onset_hop))
    density = scipy.ndimage.uniform_filter1d(features.onset.astype(np.float64), width, mode="nearest")
    density = np.interp(times, np.arange(len(density)) * features.onset_hop, density)
    busy = np.clip(density / max(float(np.percentile(density, 97)), 1e-6), 0, 1)
    # A steady tone or noise has no onsets to speak of: its own flicker must not count as business.
    busy *= min(1.0, float(np.percentile(density, 97)))
    mixed = _LOUDNESS_SHARE * _scaled(level) + (1 - _LOUDNESS_SHARE) * busy
    values = np.clip(mixed / max(float(np.percentile(mixed, 99)), 1e-6), 0, 1)
    return EnergyCurve(HOP, tuple(float(value) for value in np.round(values, 4)))


def _scaled(level: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scale decibels to 0..1 between the song's percentiles, the upper one of what sounds at all."""
    low = float(np.percentile(level, 5))
    high = float(np.percentile(level[level > SILENCE_DB], 97))
    return np.asarray(np.clip(1 - (high - level) / max(high - low, _LEAST_SPAN_DB), 0, 1))

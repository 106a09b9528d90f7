"""The music as curves over film frames: what moves the picture inside a shot."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from songcut.model.analysis import SongAnalysis
from songcut.model.timing import FrameRange

# A visual hit reads as one with a sharp attack and a decay of about a third of a beat at 120 bpm.
_BEAT_DECAY = 0.18
_ACCENT_DECAY = 0.45


@dataclass(frozen=True, eq=False)
class MusicCurves:
    """One value per frame and curve, each float32 in 0..1, all of shape (frames,).

    Attributes
    ----------
    energy
        How loud and busy the music is.
    beat
        Jumps to 1 on each beat (to 1 on downbeats, to 0.6 on others) and decays.
    accent
        The same for accents, scaled by their strength.
    travel
        Seconds of motion since the first frame, running faster where energy is higher: float32, increasing.
    """

    energy: NDArray[np.float32]
    beat: NDArray[np.float32]
    accent: NDArray[np.float32]
    travel: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.energy)

    def during(self, frames: FrameRange) -> "MusicCurves":
        """Return the curves of a range of these frames, ``travel`` starting anew."""
        part = slice(frames.start, frames.stop)
        return MusicCurves(
            energy=self.energy[part],
            beat=self.beat[part],
            accent=self.accent[part],
            travel=self.travel[part] - self.travel[frames.start],
        )


def music_curves(analysis: SongAnalysis, frames: FrameRange, rate: Fraction) -> MusicCurves:
    """Sample the music under a range of film frames.

    Parameters
    ----------
    frames
        Film frames; the curves have ``frames.length`` values.
    rate
        Frames per second.
    """
    times = np.arange(frames.start, frames.stop) / float(rate)
    energy = analysis.energy.at(times)
    heights = np.where(analysis.beats.numbers == 1, 1.0, 0.6)
    accents = analysis.accents
    speed = 0.45 + 1.1 * energy
    return MusicCurves(
        energy=energy.astype(np.float32),
        beat=_envelope(times, analysis.beats.times, heights, _BEAT_DECAY),
        accent=_envelope(
            times, np.array([a.time for a in accents]), np.array([a.strength for a in accents]), _ACCENT_DECAY
        ),
        travel=(np.cumsum(speed) / float(rate)).astype(np.float32),
    )


def _envelope(
    times: NDArray[np.float64], hits: NDArray[np.float64], heights: NDArray[np.float64], decay: float
) -> NDArray[np.float32]:
    """Exponential decay since the latest hit at or before each time; 0 before the first."""
    if len(hits) == 0:
        return np.zeros(len(times), dtype=np.float32)
    # A frame shows a hit from its own start: half a millisecond absorbs the rounding of the beat's frame.
    latest = np.searchsorted(hits, times + 5e-4, side="right") - 1
    since = times - hits[np.maximum(latest, 0)]
    value = heights[np.maximum(latest, 0)] * np.exp(-np.maximum(since, 0.0) / decay)
    return np.where(latest >= 0, value, 0.0).astype(np.float32)

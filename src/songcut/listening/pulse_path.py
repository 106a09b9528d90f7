"""The path of beats through an onset curve: D. Ellis, "Beat tracking by dynamic programming", 2007.

Not librosa's own (``librosa.beat``): its kernels are compiled when it is imported, 20 CPU seconds on a machine's first
time and 2 on every other, and when two processes do that at once numba's cache of them is left broken, so that
every later run on the machine ends in a segmentation fault (seen with librosa 0.11 and numba 0.68). The kernel here has
one signature, for which a cache written twice is written the same.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

# How much a beat off its place costs against an onset's strength; Ellis's and librosa's default.
_TIGHTNESS = 100.0
# The smoothing window's width: a beat's period over 32, as Ellis's.
_SHARPNESS = 32.0
# An onset curve begins to count where it first rises above this share of its peak.
_FIRST_SHARE = 0.01


def beat_frames(onsets: NDArray[np.floating], period: float) -> NDArray[np.int64]:
    """Return the frames of the beats that best join strong onsets with even steps.

    Parameters
    ----------
    onsets
        Onset strength, shape (frames,), not negative.
    period
        Wished frames from beat to beat, above 1.

    Returns
    -------
    ndarray of int64
        Increasing frames; empty when nothing sounds.
    """
    spread = float(np.std(onsets, ddof=1)) if len(onsets) > 1 else 0.0
    if spread <= 0:
        return np.empty(0, dtype=np.int64)
    step = max(2.0, float(round(period)))
    reach = np.arange(-step, step + 1)
    window = np.exp(-0.5 * (reach * _SHARPNESS / step) ** 2)
    score = np.convolve(onsets.astype(np.float64) / spread, window)[int(step) : int(step) + len(onsets)]
    links, total = _best_links(score, step, _TIGHTNESS)
    frames = []
    frame = _last_beat(total)
    while frame >= 0:
        frames.append(frame)
        frame = int(links[frame])
    path = np.array(frames[::-1], dtype=np.int64)
    sounding = np.flatnonzero(score > 0)
    return path[(path >= sounding[0]) & (path <= sounding[-1])] if len(sounding) else path[:0]


def _last_beat(total: NDArray[np.float64]) -> int:
    """Return the last peak of the running total that is not of the fade: at least half the median peak."""
    before, after = np.roll(total, 1), np.roll(total, -1)
    before[0], after[-1] = np.inf, -np.inf
    peaks = np.flatnonzero((total > before) & (total >= after))
    if len(peaks) == 0:
        return len(total) - 1
    return int(peaks[total[peaks] >= 0.5 * np.median(total[peaks])][-1])


@njit(nogil=True, cache=True, error_model="numpy")
def _best_links(
    score: NDArray[np.float64], step: float, tightness: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return for each frame the frame of the beat before it (-1 for none) and the best total that ends in it."""
    count = score.shape[0]
    links = np.full(count, -1, dtype=np.int64)
    total = score.copy()
    nearest, farthest = round(step / 2), int(2 * step)
    cost = np.empty(farthest + 1)
    for lag in range(1, farthest + 1):
        cost[lag] = tightness * np.log(lag / step) ** 2
    threshold = _FIRST_SHARE * score.max()
    begun = False
    for frame in range(count):
        best, link = -np.inf, -1
        for lag in range(max(1, nearest), min(farthest, frame) + 1):
            value = total[frame - lag] - cost[lag]
            if value > best:
                best, link = value, frame - lag
        if link >= 0:
            total[frame] = score[frame] + best
        if begun or score[frame] >= threshold:
            links[frame] = link
            begun = True
    return links, total

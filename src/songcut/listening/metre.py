"""Beats into bars: three or four beats a bar, and which of them is the downbeat, by what is heard at each beat."""

import numpy as np
from numpy.typing import NDArray

from songcut.listening.features import Features

# Most songs are in four; three must explain the song clearly better per beat to be believed.
_THREE_PENALTY = 0.06
# Skipping or adding a beat in a bar costs as much as this many standard deviations of evidence.
_BREAK_PENALTY = 15.0


def number_beats(times: NDArray[np.float64], features: Features) -> NDArray[np.int64]:
    """Return each beat's number in its bar, 1 being the downbeat.

    A downbeat is where the bass strikes and the harmony changes (M. Goto, "An audio-based real-time beat tracking
    system for music with or without drum-sounds", 2001). The best path through bars of three and of four beats is
    found by Viterbi's algorithm, with a price on broken bars.

    Parameters
    ----------
    times
        Beats in seconds, increasing, shape (beats,).
    """
    evidence = downbeat_evidence(times, features)
    four, path_four = _best_bars(evidence, 4)
    three, path_three = _best_bars(evidence, 3)
    return path_three if three > four + _THREE_PENALTY * len(times) else path_four


def downbeat_evidence(times: NDArray[np.float64], features: Features) -> NDArray[np.float64]:
    """Return how much like a downbeat each beat sounds: standard scores, mean 0, shape (beats,)."""
    # The strength over all bands is left out: it speaks for the snare drum on two and four.
    low = _peak_near(features.low_onset, times, features.onset_hop)
    change = _harmonic_change(times, features)
    return _standard(_standard(low) + 1.5 * _standard(change))


def _peak_near(curve: NDArray[np.float32], times: NDArray[np.float64], hop: float) -> NDArray[np.float64]:
    """Return the curve's maximum within two frames of each time."""
    at = np.clip(np.round(times / hop).astype(int), 0, len(curve) - 1)
    around = np.clip(at[:, None] + np.arange(-2, 3), 0, len(curve) - 1)
    return np.asarray(curve[around].max(axis=1), dtype=np.float64)


def _harmonic_change(times: NDArray[np.float64], features: Features) -> NDArray[np.float64]:
    """Return 1 minus the cosine between the mean chroma of the beat before and of the beat from each time on."""
    means = beat_means(features.chroma, times, features.tone_hop)
    means = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    change = np.zeros(len(times))
    change[1:] = 1 - np.sum(means[1:] * means[:-1], axis=1)
    return change


def beat_means(rows: NDArray[np.float32], times: NDArray[np.float64], hop: float) -> NDArray[np.float64]:
    """Average feature rows from each time to the next (the last to the end), shape (times, columns)."""
    edges = np.clip(np.round(times / hop).astype(int), 0, len(rows) - 1)
    total = np.concatenate([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0, dtype=np.float64)])
    ends = np.concatenate([edges[1:], [len(rows)]])
    ends = np.maximum(ends, edges + 1)
    return np.asarray((total[ends] - total[edges]) / (ends - edges)[:, None], dtype=np.float64)


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return standard scores, kept within three deviations so that one crash does not decide the bars."""
    return np.asarray(np.clip((values - values.mean()) / max(float(values.std()), 1e-9), -3, 3))


def _best_bars(evidence: NDArray[np.float64], beats_per_bar: int) -> tuple[float, NDArray[np.int64]]:
    """Return the best path's score and each beat's number, for bars of one length with rare exceptions."""
    places = np.arange(beats_per_bar)
    # The downbeat takes the evidence; the others pay for it evenly, so that both metres start from zero.
    gain = np.where(places == 0, 1.0, -1.0 / (beats_per_bar - 1)) / np.sqrt(beats_per_bar)
    score = gain * evidence[0]
    came_from = np.zeros((len(evidence), beats_per_bar), dtype=np.int64)
    for beat in range(1, len(evidence)):
        regular = (places - 1) % beats_per_bar
        best = int(score.argmax())
        broken = score[best] - _BREAK_PENALTY > score[regular]
        came_from[beat] = np.where(broken, best, regular)
        score = score[came_from[beat]] - np.where(broken, _BREAK_PENALTY, 0.0) + gain * evidence[beat]
    path = np.zeros(len(evidence), dtype=np.int64)
    path[-1] = int(score.argmax())
    for beat in range(len(evidence) - 1, 0, -1):
        path[beat - 1] = came_from[beat, path[beat]]
    return float(score.max()), path + 1

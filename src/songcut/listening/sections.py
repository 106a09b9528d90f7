"""The built-in section finder: novelty of harmony, timbre and loudness, on the downbeats.

Loaded lazily by its entry point: its features bring librosa and scipy.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from songcut.listening.features import Features, features_of
from songcut.listening.form import letters, song_functions
from songcut.listening.metre import beat_means
from songcut.model.analysis import BeatGrid, EnergyCurve, Section
from songcut.model.audio import Audio

Floats = NDArray[np.float64]

# No section is shorter than four bars or this many seconds, whichever is more; a song under twice this is one section.
_LEAST_SECONDS = 6.0
_LEAST_BARS = 4
# Without a beat the song is looked at in steps of this many seconds.
_STEP = 0.5
# The novelty compares this many beats (or steps) before a moment with as many after it.
_SPAN = 16
_HARMONY, _TIMBRE, _LOUDNESS = 1.0, 0.9, 0.5
# Boundaries stand out this far, in the novelty's own deviations, from its median.
_STAND_OUT = 0.5


@dataclass(frozen=True, eq=False)
class Units:
    """The song in beats (or half seconds): one row of features each.

    Attributes
    ----------
    starts
        Seconds, increasing, the first 0; shape (units,).
    rows
        Harmony (12), timbre (13) and loudness (1) side by side, weighted; shape (units, 26).
    """

    starts: Floats
    rows: Floats


class NoveltySectionFinder:
    """Section boundaries where the music changes, letters by likeness, functions by repetition, energy and place."""

    name = "novelty"

    def find(self, audio: Audio, beats: BeatGrid, energy: EnergyCurve) -> tuple[Section, ...]:
        """Return sections that tile the song."""
        features = features_of(audio)
        units = _units(features, beats, audio.duration)
        bounds = _boundaries(units, beats, audio.duration)
        edges = [0.0, *bounds, audio.duration]
        energies = _energies(energy, edges)
        names = letters(units.starts, units.rows, edges)
        functions = song_functions(names, energies, edges)
        return tuple(
            Section(start, end, letter, function, level)
            for start, end, letter, function, level in zip(
                edges[:-1], edges[1:], names, functions, energies, strict=True
            )
        )


def _units(features: Features, beats: BeatGrid, duration: float) -> Units:
    """Average the features over beats, or over half seconds where there are too few beats to speak of."""
    times = beats.times
    if len(times) < 8:
        times = np.arange(_STEP, duration, _STEP)
    starts = np.concatenate([[0.0], times[times > 0.05]])
    chroma = beat_means(features.chroma, starts, features.tone_hop)
    chroma = chroma - chroma.min(axis=1, keepdims=True)
    chroma /= np.maximum(np.linalg.norm(chroma, axis=1, keepdims=True), 1e-9)
    timbre = beat_means(features.timbre, starts, features.tone_hop)
    level = beat_means(np.maximum(features.loudness, -60.0)[:, None], starts, features.tone_hop)
    return Units(
        starts,
        np.concatenate(
            [
                _HARMONY * (chroma - chroma.mean(axis=0)),
                _TIMBRE * _scores(timbre) / np.sqrt(timbre.shape[1]),
                _LOUDNESS * _scores(level),
            ],
            axis=1,
        ),
    )


def _scores(values: Floats) -> Floats:
    """Return standard scores of each column, kept within three deviations; 0 where a column hardly varies."""
    spread = values.std(axis=0)
    # Half a decibel of spread is no change: it must not be blown up to a full one.
    return np.asarray(np.clip((values - values.mean(axis=0)) / np.maximum(spread, 0.5), -3, 3))


def novelty(rows: Floats, span: int) -> Floats:
    """Return how different the rows after each row are from those before it, shape (rows,), at least 0.

    J. Foote, "Automatic audio segmentation using a measure of audio novelty" (2000): a checkerboard kernel with a
    Gaussian taper along the diagonal of the self-similarity matrix. With dot products as similarity and a separable
    taper the kernel's sum is the squared length of the difference between the tapered sums after and before, so that
    the matrix is never made.
    """
    taper = np.exp(-0.5 * ((np.arange(span) + 0.5) / (0.5 * span)) ** 2)
    taper /= taper.sum()
    kernel = np.concatenate([taper, -taper[::-1]])
    padded = np.concatenate([np.repeat(rows[:1], span, axis=0), rows, np.repeat(rows[-1:], span - 1, axis=0)])
    difference = scipy.signal.fftconvolve(padded, kernel[:, None], mode="valid", axes=0)
    return np.asarray(np.sum(difference**2, axis=1))


def _boundaries(units: Units, beats: BeatGrid, duration: float) -> list[float]:
    """Return the inner boundaries in seconds, on downbeats where there are any, each section long enough."""
    least = _least_section(beats)
    if duration < 2 * least:
        return []
    strength = np.sqrt(novelty(units.rows, _SPAN)) + 0.5 * np.sqrt(novelty(units.rows, _SPAN // 2))
    places = _allowed(units.starts, beats)
    if len(places) == 0:
        return []
    heights = _near_maximum(strength, units.starts, places)
    threshold = float(np.median(heights) + _STAND_OUT * heights.std())
    chosen: list[float] = []
    for index in np.argsort(-heights, kind="stable"):
        place = float(places[index])
        if heights[index] < max(threshold, 0.05):
            break
        if all(abs(place - other) >= least - 0.05 for other in (0.0, duration, *chosen)):
            chosen.append(place)
    return sorted(chosen)


def _least_section(beats: BeatGrid) -> float:
    """Return the shortest section in seconds: four bars, at least six seconds, at most twelve."""
    bars = beats.downbeats
    if len(bars) < 2:
        return _LEAST_SECONDS
    return float(np.clip(_LEAST_BARS * np.median(np.diff(bars)), _LEAST_SECONDS, 2 * _LEAST_SECONDS))


def _allowed(starts: Floats, beats: BeatGrid) -> Floats:
    """Return the moments a boundary may fall on: downbeats, else beats, else the steps."""
    if len(beats) < 8:
        return starts[1:]
    downbeats = beats.downbeats
    return downbeats if len(downbeats) >= 2 else beats.times


def _near_maximum(strength: Floats, starts: Floats, places: Floats) -> Floats:
    """Return at each place the novelty there; a peak between two places goes to the nearer one."""
    heights = np.zeros(len(places))
    nearest = np.searchsorted((places[1:] + places[:-1]) / 2, starts)
    np.maximum.at(heights, nearest, strength)
    at = np.clip(np.searchsorted(starts, places - 1e-6), 0, len(starts) - 1)
    # The place's own novelty counts more, so that of two places around a peak the one on it wins.
    return np.asarray(0.5 * heights + 0.5 * strength[at])


def _energies(energy: EnergyCurve, edges: list[float]) -> list[float]:
    """Return each section's mean energy, stretched so that the loudest has 1; near-equal ones stay near."""
    means = []
    for start, end in pairwise(edges):
        count = max(2, int((end - start) / energy.hop))
        means.append(float(energy.at(np.linspace(start, end, count, endpoint=False)).mean()))
    top = max(means)
    if top <= 0:
        return [0.0 for _ in means]
    span = max(top - min(means), 0.4)
    return [round(float(np.clip(1 - (top - mean) / span, 0, 1)), 4) for mean in means]

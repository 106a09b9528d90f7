"""The built-in section finder: novelty of harmony, timbre and loudness, on the downbeats.

Loaded lazily by its entry point: its features bring librosa and scipy.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from songcut.listening.features import SILENCE_DB, Features, features_of
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
# The novelty compares this many beats (or steps) before a moment with as many after it, and half as many.
_SPAN = 16
_HARMONY, _TIMBRE, _LOUDNESS = 1.0, 0.9, 0.5
# A boundary gains the novelty's height over its median, in its deviations. Noise and steady sounds have less novelty
# and deviate less from it than this: they are divided only where they would be tediously long.
_LEAST_NOVELTY = 1.3
_LEAST_DEVIATION = 0.35
_USUAL_SECONDS = 18.0
_LENGTH_COST = 0.5
# By the number of bars modulo 8: phrases of pop and dance music are four and eight bars long.
_PHRASE_COSTS = np.array([0.0, 0.8, 0.5, 0.8, 0.15, 0.8, 0.5, 0.8])


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
    chroma = beat_means(_without_edges(features.chroma), starts, features.tone_hop)
    chroma = chroma - chroma.min(axis=1, keepdims=True)
    chroma /= np.maximum(np.linalg.norm(chroma, axis=1, keepdims=True), 1e-9)
    timbre = beat_means(_without_edges(features.timbre), starts, features.tone_hop)
    loudness = np.maximum(features.loudness, SILENCE_DB)[:, None]
    level = beat_means(_without_edges(loudness), starts, features.tone_hop)
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


def _without_edges(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Replace the first and the last frame, half of whose window lies outside the song, by their neighbours."""
    if len(rows) < 3:
        return rows
    return np.concatenate([rows[1:2], rows[1:-1], rows[-2:-1]])


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
    # Convolution turns the kernel round: its first value meets the last row.
    kernel = np.concatenate([taper[::-1], -taper])
    padded = np.concatenate([np.repeat(rows[:1], span, axis=0), rows, np.repeat(rows[-1:], span - 1, axis=0)])
    difference = scipy.signal.fftconvolve(padded, kernel[:, None], mode="valid", axes=0)
    return np.asarray(np.sum(difference**2, axis=1))


def _boundaries(units: Units, beats: BeatGrid, duration: float) -> list[float]:
    """Return the inner boundaries in seconds, on downbeats where there are any, each section long enough."""
    least = _least_section(beats)
    places = _allowed(units.starts, beats)
    places = places[(places >= least) & (places <= duration - least)]
    if len(places) == 0:
        return []
    strength = np.sqrt(novelty(units.rows, _SPAN)) + np.sqrt(novelty(units.rows, _SPAN // 2))
    heights = _near_maximum(strength, units.starts, places)
    usual = max(float(np.median(heights)), _LEAST_NOVELTY)
    gains = (heights - usual) / max(float(heights.std()), _LEAST_DEVIATION)
    return [float(places[index]) for index in _best_division(places, gains, least, duration)]


def _best_division(places: Floats, gains: Floats, least: float, duration: float) -> list[int]:
    """Return the indices of the places that divide the song best, by dynamic programming.

    Each boundary brings its gain; each section costs by how far its length is from the usual one, and inner sections
    by not being a multiple of four and eight bars, as in G. Sargent, F. Bimbot, E. Vincent, "A regularity-constrained
    Viterbi algorithm and its application to the structural segmentation of songs" (2011).
    """
    count = len(places)
    best = gains - _length_cost(places)
    came_from = np.full(count, -1)
    for end in range(1, count):
        lengths = places[end] - places[:end]
        bars = end - np.arange(end)
        scores = best[:end] + gains[end] - _length_cost(lengths) - _PHRASE_COSTS[bars % 8]
        scores[lengths < least - 0.05] = -np.inf
        top = int(scores.argmax())
        if scores[top] > best[end]:
            best[end], came_from[end] = scores[top], top
    whole = best - _length_cost(duration - places)
    last = int(whole.argmax())
    if whole[last] <= -_length_cost(np.array([duration]))[0]:
        return []
    chosen = [last]
    while came_from[chosen[-1]] >= 0:
        chosen.append(int(came_from[chosen[-1]]))
    return chosen[::-1]


def _length_cost(seconds: Floats) -> Floats:
    """Return what a section of each length costs: nothing at the usual length, more for each octave from it."""
    return np.asarray(_LENGTH_COST * np.log2(seconds / _USUAL_SECONDS) ** 2)


def _least_section(beats: BeatGrid) -> float:
    """Return the shortest section in seconds: four bars, at least six seconds, at most twelve."""
    bars = beats.downbeats
    if len(bars) < 2:
        return _LEAST_SECONDS
    return float(np.clip(_LEAST_BARS * np.median(np.diff(bars)), _LEAST_SECONDS, 2 * _LEAST_SECONDS))


def _allowed(starts: Floats, beats: BeatGrid) -> Floats:
    """Return the moments a boundary may fall on: downbeats, else beats, else the steps."""
    if len(beats) < 8:
        return starts[4::4]
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

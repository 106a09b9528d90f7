"""The key of a song from its mean chroma."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from songcut.listening.features import SILENCE_DB, Features

NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
# Probe-tone ratings: C. L. Krumhansl and E. J. Kessler, "Tracing the dynamic changes in perceived tonal organization in
# a spatial representation of musical keys", Psychological Review 89 (1982).
_MAJOR = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])
_MINOR = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])
# Noise and drums alone correlate with some key by chance, but hardly better than this.
_LEAST_CORRELATION = 0.4


@dataclass(frozen=True)
class Key:
    """A key and how surely it is major.

    Attributes
    ----------
    name
        For example ``"A minor"``, or ``"none"`` where no key is heard.
    majorness
        Correlation with the best major key less that with the best minor key, -1 to 1; 0 where no key is heard.
    """

    name: str
    majorness: float


def find_key(features: Features) -> Key:
    """Return the key whose profile correlates best with the song's mean chroma."""
    sounding = features.loudness > SILENCE_DB
    rows = features.chroma[sounding].astype(np.float64)
    if len(rows) == 0:
        return Key("none", 0.0)
    # Each frame counts alike: a loud chorus is no truer to the key than a quiet verse.
    rows /= np.maximum(rows.max(axis=1, keepdims=True), 1e-9)
    mean = rows.mean(axis=0)
    if float(mean.std()) < 1e-6:
        return Key("none", 0.0)
    major, minor = _correlations(mean, _MAJOR), _correlations(mean, _MINOR)
    best = float(max(major.max(), minor.max()))
    if best < _LEAST_CORRELATION:
        return Key("none", 0.0)
    mode, tonics = ("major", major) if major.max() >= minor.max() else ("minor", minor)
    return Key(f"{NAMES[int(tonics.argmax())]} {mode}", float(np.clip(major.max() - minor.max(), -1, 1)))


def _correlations(chroma: NDArray[np.float64], profile: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Pearson's correlation of a chroma vector with the profile on each of the 12 tonics."""
    return np.array([np.corrcoef(chroma, np.roll(profile, tonic))[0, 1] for tonic in range(12)])

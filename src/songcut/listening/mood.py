"""Valence and arousal from what is known of mode, tempo, loudness, density and brightness; words from the plane.

Which cue moves which axis, and in which direction, follows A. Gabrielsson and E. Lindström, "The role of structure in
the musical expression of emotions" (in Juslin and Sloboda, Handbook of Music and Emotion, 2010): fast tempo, loudness,
many attacks and bright timbre raise arousal; major mode above all, then tempo and brightness, raise valence. The
weights are ours: they only keep that order. The plane is J. A. Russell's circumplex (1980).
"""

from dataclasses import dataclass

import numpy as np

from songcut.listening.features import SILENCE_DB, Features
from songcut.listening.key import Key
from songcut.model.analysis import Accent, Mood


@dataclass(frozen=True)
class _Scale:
    """A cue's middle and the distance from it that counts as one, both on the cue's own axis."""

    middle: float
    spread: float

    def place(self, value: float) -> float:
        """Return where a value lies, -1 to 1."""
        return float(np.clip((value - self.middle) / self.spread, -1, 1))


# Middles lie near the medians of 32 songs of many kinds, spreads near the way to their 10th and 90th percentiles:
# octaves of tempo, dB, accents a second, octaves of the spectral centroid, correlation.
_TEMPO = _Scale(np.log2(125.0), 0.5)
_LOUDNESS = _Scale(-15.0, 8.0)
_DENSITY = _Scale(3.1, 0.9)
_BRIGHTNESS = _Scale(np.log2(590.0), 1.1)
_MODE = _Scale(0.0, 0.22)

# Words on the plane, (valence, arousal): Russell's own and some that a film director would use.
_WORDS = (
    ("euphoric", 0.8, 0.8),
    ("excited", 0.55, 0.85),
    ("triumphant", 0.6, 0.6),
    ("energetic", 0.3, 0.8),
    ("joyful", 0.9, 0.45),
    ("playful", 0.65, 0.3),
    ("bright", 0.8, 0.1),
    ("hopeful", 0.45, 0.1),
    ("warm", 0.6, -0.2),
    ("content", 0.8, -0.35),
    ("tender", 0.4, -0.45),
    ("serene", 0.65, -0.65),
    ("dreamy", 0.25, -0.3),
    ("calm", 0.4, -0.8),
    ("driving", 0.05, 0.55),
    ("restless", -0.15, 0.35),
    ("urgent", -0.2, 0.75),
    ("mysterious", -0.15, -0.05),
    ("hypnotic", 0.05, 0.1),
    ("wistful", -0.1, -0.4),
    ("sleepy", 0.05, -0.9),
    ("tense", -0.5, 0.5),
    ("fierce", -0.5, 0.85),
    ("angry", -0.8, 0.75),
    ("dark", -0.65, 0.15),
    ("brooding", -0.5, -0.1),
    ("melancholy", -0.55, -0.4),
    ("sad", -0.8, -0.35),
    ("lonely", -0.5, -0.65),
    ("bleak", -0.8, -0.7),
)
_WORDS_PER_MOOD = 4


def find_mood(features: Features, tempo: float, key: Key, accents: tuple[Accent, ...]) -> Mood:
    """Return where a song lies on the plane of valence and arousal, each -1 to 1, and four words for it.

    Parameters
    ----------
    tempo
        Beats per minute, 0 if there is no pulse.
    """
    sounding = features.loudness > SILENCE_DB
    if not sounding.any():
        return Mood(0.0, -1.0, ("silent", "still", "empty"))
    fast = _TEMPO.place(float(np.log2(tempo))) if tempo > 0 else -0.5
    loudness = _LOUDNESS.place(float(10 * np.log10(np.mean(10 ** (features.loudness[sounding] / 10)))))
    density = _DENSITY.place(len(accents) / max(len(features.loudness) * features.tone_hop, 1e-3))
    bright = _BRIGHTNESS.place(float(np.log2(max(float(np.median(features.brightness[sounding])), 50.0))))
    mode = _MODE.place(key.majorness)
    valence = 0.6 * mode + 0.25 * fast + 0.15 * bright
    arousal = 0.3 * fast + 0.3 * loudness + 0.25 * density + 0.15 * bright
    return Mood(round(valence, 3), round(arousal, 3), mood_words(valence, arousal))


def mood_words(valence: float, arousal: float) -> tuple[str, ...]:
    """Return the four words nearest a point of the plane, the nearest first."""
    nearest = sorted(_WORDS, key=lambda row: (row[1] - valence) ** 2 + (row[2] - arousal) ** 2)
    return tuple(word for word, _, _ in nearest[:_WORDS_PER_MOOD])

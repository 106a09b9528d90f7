"""How the film feels: from the user's words if there are any, else from what was heard."""

import re
from dataclasses import dataclass

import numpy as np

from songcut.model.analysis import Mood
from songcut.ports import Embedder
from songcut.writing.imagery import language, mood_words

# How sharply the nearest moods of the lexicon win over the rest when the user's word is not in it.
_SHARPNESS = 14.0


@dataclass(frozen=True)
class Feeling:
    """Valence and arousal, each -1 to 1, and words for them; ``given`` when the user chose them."""

    valence: float
    arousal: float
    words: tuple[str, ...]
    given: bool = False


def film_feeling(heard: Mood, said: str | None, embedder: Embedder) -> Feeling:
    """Return what the film feels like; what the user said wins over what was heard."""
    if said is not None:
        valence, arousal = place_of(said, embedder)
        return Feeling(valence, arousal, (said.rstrip("."),), given=True)
    words = tuple(word for word in heard.words if word.lower() not in language().music_words)
    return Feeling(heard.valence, heard.arousal, words or (nearest_word(heard.valence, heard.arousal),))


def place_of(said: str, embedder: Embedder) -> tuple[float, float]:
    """Place words of mood on the plane: by the lexicon where it knows them, else by likeness to its words."""
    lexicon = mood_words()
    spoken = set(re.findall(r"[a-z]+", said.lower()))
    known = [entry for entry in lexicon if spoken & set(entry.words)]
    if known:
        weights = np.ones(len(known))
    else:
        known = list(lexicon)
        rows = embedder.embed_texts([said, *(" ".join(entry.words) for entry in known)])
        weights = np.exp(_SHARPNESS * (rows[1:] @ rows[0]).astype(np.float64))
    weights = weights / weights.sum()
    valence = float(sum(w * entry.valence for w, entry in zip(weights, known, strict=True)))
    arousal = float(sum(w * entry.arousal for w, entry in zip(weights, known, strict=True)))
    return valence, arousal


def nearest_word(valence: float, arousal: float, avoiding: tuple[str, ...] = ()) -> str:
    """Return the lexicon's word for a place on the plane, passing over moods that hold a word to avoid."""
    free = [entry for entry in mood_words() if not set(entry.words) & set(avoiding)]
    nearest = min(free, key=lambda entry: (entry.valence - valence) ** 2 + (entry.arousal - arousal) ** 2)
    return nearest.words[0]

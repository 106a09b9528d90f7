"""Casting worlds: which world of the vocabulary each letter of the song gets, and which shot each section."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from songcut.model.analysis import Section
from songcut.ports import WritingDesk
from songcut.writing.feeling import Feeling
from songcut.writing.imagery import World, worlds

# Weights of standard scores over the vocabulary. An idea of the user's outweighs all that was inferred.
_LYRICS, _MOOD, _IDEA, _TITLE = 1.0, 1.0, 2.5, 0.35
# A section without words of its own leans this much on those of the whole song.
_UNSUNG = 0.3
# Against worlds and shots that suit another section's words as well: each section should show its own.
_OWN = 0.5
# Two sections of this likeness sing the same words.
_SAME_WORDS = 0.9
# Without words the mood decides.
_MOOD_ALONE = 1.5
# Against worlds like those already cast (maximal marginal relevance, Carbonell and Goldstein, 1998).
_DIVERSITY = 2.5
# Lets seeds choose between near equals and no further.
_CHANCE = 0.15


@dataclass(frozen=True)
class Cast:
    """A section's world, its shot there, and how often the film has shown just that before."""

    world: World
    shot: str
    before: int = 0


def cast_sections(desk: WritingDesk, feeling: Feeling) -> tuple[Cast, ...]:
    """Give every section a world and a shot.

    Sections of one letter share a world, different letters never do (while there are more worlds than letters), and
    no two sections of a letter share a shot while its world has more.
    """
    sections = desk.analysis.sections
    chance = np.random.default_rng([desk.seed % 2**32, 1])
    embedded = _Vocabulary(desk)
    queries = _queries(desk)
    scores = _world_scores(desk, feeling, embedded, queries)
    scores = scores + _CHANCE * chance.gumbel(size=(1, scores.shape[1]))
    world_of = _assign(sections, scores, embedded.worlds)
    return _shots(sections, world_of, embedded, queries, chance)


def section_words(desk: WritingDesk) -> tuple[str, ...]:
    """Return each section's words: its own lines, or empty where nothing is sung."""
    lyrics = desk.lyrics
    return tuple(
        " ".join(line.text for line in lyrics.between(section.start, section.end)) for section in desk.analysis.sections
    )


class _Vocabulary:
    """The vocabulary's vectors: ``worlds`` (worlds, dimensions), ``shots`` (shots, dimensions), ``home`` (shots,)."""

    def __init__(self, desk: WritingDesk) -> None:
        shots = [(index, shot) for index, world in enumerate(worlds()) for shot in world.shots]
        texts = [f"{world.name}, {world.light}: {world.feeling}" for world in worlds()]
        texts += [f"{shot} {worlds()[index].place}" for index, shot in shots]
        rows = desk.embedder.embed_texts(texts)
        self.worlds = rows[: len(worlds())]
        self.shots = rows[len(worlds()) :]
        self.home = np.array([index for index, _ in shots])

    def relevance(self, query: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return how near each world is to each query, standard scores, shape (queries, worlds).

        Half by the world's feeling and light, half by its nearest shot.
        """
        nearest = np.full((len(query), len(self.worlds)), -1.0)
        by_shot = query @ self.shots.T
        for world in range(len(self.worlds)):
            nearest[:, world] = by_shot[:, self.home == world].max(axis=1)
        return _standard(query @ self.worlds.T) + _standard(nearest)


def _queries(desk: WritingDesk) -> NDArray[np.float32] | None:
    """Return a vector for each section's words, shape (sections, dimensions), or None for an instrumental.

    A section without words of its own leans on those of the whole song.
    """
    everything = " ".join(line.text for line in desk.lyrics.lines)
    if not everything.strip():
        return None
    return desk.embedder.embed_texts([words or everything for words in section_words(desk)])


def _world_scores(
    desk: WritingDesk, feeling: Feeling, embedded: _Vocabulary, queries: NDArray[np.float32] | None
) -> NDArray[np.float64]:
    """Return how well each world suits each section, shape (sections, worlds)."""
    scores = _mood_scores(desk.analysis.sections, feeling)
    if queries is not None:
        sung = np.array([1.0 if words else _UNSUNG for words in section_words(desk)])
        relevance = sung[:, None] * embedded.relevance(queries)
        scores = _MOOD * scores + _LYRICS * (relevance - _OWN * _elsewhere(relevance, queries))
    else:
        scores = _MOOD_ALONE * scores
        scores = scores + _LYRICS / 2 * embedded.relevance(desk.embedder.embed_texts([", ".join(feeling.words)]))
    title = desk.brief.title or desk.song.title
    if title:
        scores = scores + _TITLE * embedded.relevance(desk.embedder.embed_texts([title]))
    if desk.brief.idea:
        scores = scores + _IDEA * embedded.relevance(desk.embedder.embed_texts([desk.brief.idea]))
    return scores


def _elsewhere(relevance: NDArray[np.float64], queries: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return how relevant each column is, at most, to a section of other words; nothing counts for less than 0."""
    other = queries @ queries.T < _SAME_WORDS
    most = np.zeros_like(relevance)
    for row in range(len(relevance)):
        if other[row].any():
            most[row] = np.maximum(relevance[other[row]].max(axis=0), 0.0)
    return most


def _mood_scores(sections: Sequence[Section], feeling: Feeling) -> NDArray[np.float64]:
    here = np.array([[feeling.valence, section_arousal(section, sections, feeling)] for section in sections])
    there = np.array([[world.valence, world.arousal] for world in worlds()])
    distance = np.linalg.norm(here[:, None, :] - there[None, :, :], axis=2)
    return _standard(-distance)


def section_arousal(section: Section, sections: Sequence[Section], feeling: Feeling) -> float:
    """Return the arousal of one section: the film's, moved by how the section's energy differs from the mean."""
    mean = sum(each.energy * each.duration for each in sections) / sum(each.duration for each in sections)
    return float(np.clip(feeling.arousal + 0.8 * (section.energy - mean), -1.0, 1.0))


def _standard(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    values = np.asarray(scores, dtype=np.float64)
    spread = values.std(axis=1, keepdims=True)
    return np.asarray((values - values.mean(axis=1, keepdims=True)) / np.maximum(spread, 1e-9), dtype=np.float64)


def _assign(sections: Sequence[Section], scores: NDArray[np.float64], vectors: NDArray[np.float32]) -> dict[str, int]:
    """Choose a world for each letter, the letters with most screen time first."""
    lasts: dict[str, float] = {}
    for section in sections:
        lasts[section.letter] = lasts.get(section.letter, 0.0) + section.duration
    chosen: dict[str, int] = {}
    for letter in sorted(lasts, key=lambda each: (-lasts[each], each)):
        rows = [row for row, section in enumerate(sections) if section.letter == letter]
        weights = [sections[row].duration for row in rows]
        worth = np.average(scores[rows], axis=0, weights=weights)
        taken = sorted(set(chosen.values()))
        if taken:
            worth = worth - _DIVERSITY * (vectors @ vectors[taken].T).max(axis=1)
            if len(taken) < len(vectors):
                worth[taken] = -np.inf
        chosen[letter] = int(worth.argmax())
    return chosen


def _shots(
    sections: Sequence[Section],
    world_of: dict[str, int],
    embedded: _Vocabulary,
    queries: NDArray[np.float32] | None,
    chance: np.random.Generator,
) -> tuple[Cast, ...]:
    used: dict[tuple[int, int], int] = {}
    cast = []
    for row, section in enumerate(sections):
        world = world_of[section.letter]
        shots = np.flatnonzero(embedded.home == world)
        worth = 0.03 * chance.random(len(shots))
        if queries is not None:
            relevance = (queries @ embedded.shots[shots].T).astype(np.float64)
            worth = worth + (relevance - _OWN * _elsewhere(relevance, queries))[row]
        worth = worth - 10.0 * np.array([used.get((world, place), 0) for place in range(len(shots))])
        place = int(worth.argmax())
        before = used.get((world, place), 0)
        used[world, place] = before + 1
        cast.append(Cast(worlds()[world], worlds()[world].shots[place], before))
    return tuple(cast)

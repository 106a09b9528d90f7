"""From a prompt to a recipe: families, looks, camera and mood are ranked by the likeness of sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from songcut.ports import Embedder, TakeOrder
from songcut.shooting.procedural.camera import MOVES, move_in_words, move_named, pace_in_words, spoken
from songcut.shooting.procedural.families import FAMILIES
from songcut.shooting.procedural.families.family import Family, Look
from songcut.shooting.procedural.palette import mix_inks
from songcut.shooting.procedural.recipe import Recipe

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Axis:
    """A quality with two ends, each described by a sentence; a prompt lies between -1 (low) and 1 (high)."""

    name: str
    low: str
    high: str
    low_word: str
    high_word: str


MOTION = Axis(
    "motion",
    "calm, still, gentle, quiet, slow and peaceful",
    "violent, wild, frantic, furious, fast and explosive",
    "calm motion",
    "restless motion",
)
LIGHT = Axis(
    "light",
    "dark, black night, shadow, gloom and dim light",
    "bright daylight, sunshine, radiant white light",
    "dim light",
    "bright light",
)
DENSITY = Axis(
    "density",
    "sparse, empty, minimal, lonely and bare",
    "dense, crowded, rich, countless and overflowing",
    "sparse",
    "dense",
)
AXES = (MOTION, LIGHT, DENSITY)

# Sentence embeddings of opposite moods lie about this far apart in cosine when a prompt clearly means one of them.
_CLEAR = 0.12
# Looks lie between 0.2 and 0.46 in light: with this weight, clear words for light outweigh a caption's other words.
_LIGHT_WEIGHT = 0.8
_MIDDLE_LIGHT = 0.33
# A caption speaks of motion only when it is at least this far from the middle, and of light where anyone would.
_WORTH_SAYING = 0.3
_DIM, _BRIGHT = 0.26, 0.42


class Chooser:
    """Chooses recipes for orders; keeps the vectors of its own sentences for each embedder."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], dict[str, Vectors]] = {}

    def choose(self, orders: Sequence[TakeOrder], embedder: Embedder) -> list[Recipe]:
        """Return a recipe for every order; all texts that are new go to the embedder in one batch."""
        own = self._known.setdefault((embedder.name, embedder.revision), {})
        asked = [text for order in orders for text in (order.shot.prompt, order.full_prompt, order.shot.camera) if text]
        wanted = [text for text in dict.fromkeys([*_SENTENCES, *asked]) if text not in own]
        vectors = dict(own)
        if wanted:
            vectors.update(zip(wanted, embedder.embed_texts(wanted), strict=True))
        own.update((text, vectors[text]) for text in _SENTENCES)
        return [_recipe(order, vectors) for order in orders]


def _recipe(order: TakeOrder, vectors: dict[str, Vectors]) -> Recipe:
    nothing = np.zeros_like(next(iter(vectors.values())))
    # The shot's own prompt ranks families and looks, the same for all of its takes, which therefore differ; the
    # variation of each take then sets its mood.
    subject = vectors.get(order.shot.prompt, nothing)
    whole = vectors.get(order.full_prompt, nothing)
    families = _ranked([_likeness(subject, each.descriptors, vectors) for each in FAMILIES])
    # Numbers 0 and 1 share the best family, 2 and 3 the second, and so on; then round again with further looks.
    lap, place = divmod(order.number, 2 * len(FAMILIES))
    family = FAMILIES[families[place // 2]]
    light = _place(subject, LIGHT, vectors)
    looks = _ranked([_look_score(subject, look, light, vectors) for look in family.looks])
    look = family.looks[looks[(place % 2 + 2 * lap) % len(looks)]]
    return Recipe(
        family=family.name,
        look=look.name,
        camera=_camera(order.shot.camera, vectors),
        pace=pace_in_words(order.shot.camera),
        motion=_place(whole, MOTION, vectors),
        light=_place(whole, LIGHT, vectors),
        density=_place(whole, DENSITY, vectors),
    )


def _likeness(prompt: Vectors, sentences: Sequence[str], vectors: dict[str, Vectors]) -> float:
    """Cosine of the nearest sentence, with a little of the mean, which settles near ties by the whole description."""
    cosines = [float(prompt @ vectors[sentence]) for sentence in sentences]
    return max(cosines) + 0.25 * sum(cosines) / len(cosines)


def _look_score(prompt: Vectors, look: Look, light: float, vectors: dict[str, Vectors]) -> float:
    """Likeness to the look's caption; a bright look for a bright prompt, a dark one for a dark."""
    return float(prompt @ vectors[look.caption]) + _LIGHT_WEIGHT * light * (look.light - _MIDDLE_LIGHT)


def _ranked(scores: Sequence[float]) -> list[int]:
    """Indices from the best score down; rounding keeps last-bit differences between machines from changing a film."""
    return sorted(range(len(scores)), key=lambda index: (-round(scores[index], 4), index))


def _place(prompt: Vectors, axis: Axis, vectors: dict[str, Vectors]) -> float:
    """Return where a prompt lies on an axis; the middle is where the families' own sentences lie on average."""
    direction = vectors[axis.high] - vectors[axis.low]
    middle = np.mean([vectors[each] @ direction for family in FAMILIES for each in family.descriptors])
    return round(float(np.tanh((float(prompt @ direction) - float(middle)) / _CLEAR)), 2)


def _camera(text: str, vectors: dict[str, Vectors]) -> str:
    said = move_in_words(text)
    if said is not None:
        return said.name
    if not text:
        return "drift"
    scores = [float(vectors[text] @ vectors[move.sentence]) for move in MOVES]
    return MOVES[_ranked(scores)[0]].name


def caption(order: TakeOrder, recipe: Recipe) -> str:
    """Say in one plain sentence what a take shows: camera, subject, colours, light, motion."""
    family = next(each for each in FAMILIES if each.name == recipe.family)
    look = next(each for each in family.looks if each.name == recipe.look)
    parts = [f"{spoken(move_named(recipe.camera), recipe.pace)}: {look.caption}"]
    colours = mix_inks(order.palette).names
    if colours:
        parts.append(" and ".join(colours))
    brightness = look.lit(recipe.light)
    if brightness < _DIM or brightness > _BRIGHT:
        parts.append(LIGHT.low_word if brightness < _DIM else LIGHT.high_word)
    if abs(recipe.motion) >= _WORTH_SAYING:
        parts.append(MOTION.high_word if recipe.motion > 0 else MOTION.low_word)
    sentence = ", ".join(parts)
    return sentence[0].upper() + sentence[1:]


def _sentences() -> tuple[str, ...]:
    def of(family: Family) -> tuple[str, ...]:
        return (*family.descriptors, *(look.caption for look in family.looks))

    texts = [text for family in FAMILIES for text in of(family)]
    texts += [text for axis in AXES for text in (axis.low, axis.high)]
    texts += [move.sentence for move in MOVES]
    return tuple(dict.fromkeys(texts))


_SENTENCES = _sentences()

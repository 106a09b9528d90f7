"""The image vocabulary and the words of film making, read from the data files beside this module."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

# Intensities below the one are low, from the other on high, on the scale of writer.section_intensity.
LOW, HIGH = 0.38, 0.66


@dataclass(frozen=True)
class World:
    """A place in one light, with what can be seen there.

    Attributes
    ----------
    name
        How the concept speaks of it, for example ``"the harbour before dawn"``.
    place, light
        Follow a shot in a prompt; together they are the motif of a letter.
    texture
        What could be touched.
    feeling
        Words for finding it.
    valence, arousal
        Its place on the plane of mood, each -1 to 1.
    shots
        What can be seen there, each a noun phrase.
    """

    name: str
    place: str
    light: str
    texture: str
    feeling: str
    valence: float
    arousal: float
    shots: tuple[str, ...]

    @property
    def motif(self) -> str:
        """What every prompt of this world says."""
        return f"{self.place[:1].upper()}{self.place[1:]}, {self.light}"


@dataclass(frozen=True)
class Look:
    """A way of filming, at its place on the plane of mood."""

    style: str
    valence: float
    arousal: float


@dataclass(frozen=True)
class MoodWords:
    """Words for one mood, at its place on the plane; the first is what a prompt says."""

    words: tuple[str, ...]
    valence: float
    arousal: float


@dataclass(frozen=True)
class ByLevel:
    """Phrases for low, middle and high intensity."""

    low: tuple[str, ...]
    middle: tuple[str, ...]
    high: tuple[str, ...]

    def at(self, intensity: float) -> tuple[str, ...]:
        """Return the phrases for an intensity from 0 to 1."""
        if intensity < LOW:
            return self.low
        return self.middle if intensity < HIGH else self.high


@dataclass(frozen=True)
class Language:
    """The words of film making."""

    moments: Mapping[str, ByLevel]
    camera: ByLevel
    camera_of: Mapping[str, tuple[str, ...]]
    returns: tuple[str, ...]
    variations: Mapping[str, tuple[str, ...]]
    music_words: frozenset[str]
    negative_prompt: str


@cache
def worlds() -> tuple[World, ...]:
    """Return the whole vocabulary, in a fixed order."""
    folder = files("songcut.writing") / "vocabulary"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    rows = [row for name in names for row in tomllib.loads((folder / name).read_text(encoding="utf-8"))["world"]]
    return tuple(World(**{**row, "shots": tuple(row["shots"])}) for row in rows)


@cache
def looks() -> tuple[Look, ...]:
    """Return the film looks."""
    return tuple(Look(**row) for row in _data("looks")["look"])


@cache
def mood_words() -> tuple[MoodWords, ...]:
    """Return the lexicon of moods."""
    rows = _data("moods")["mood"]
    return tuple(MoodWords(tuple(row["words"].split()), row["valence"], row["arousal"]) for row in rows)


@cache
def colour_names() -> Mapping[str, str]:
    """Return colour names for a palette, as name and ``#rrggbb``."""
    return {str(name): str(value) for name, value in _data("colours")["names"].items()}


@cache
def spoken_colours() -> Mapping[str, str]:
    """Return the plain colour words that a person may use, as word and ``#rrggbb``."""
    return {str(name): str(value) for name, value in _data("colours")["spoken"].items()}


@cache
def language() -> Language:
    """Return the words of film making."""
    data = _data("phrases")
    return Language(
        moments={name: _by_level(levels) for name, levels in data["moment"].items()},
        camera=_by_level(data["camera"]),
        camera_of={name: tuple(moves) for name, moves in data["camera_of"].items()},
        returns=tuple(data["returns"]["again"]),
        variations={kind: tuple(texts) for kind, texts in data["variations"].items()},
        music_words=frozenset(data["music"]["words"]),
        negative_prompt=data["negative_prompt"],
    )


def _by_level(levels: Mapping[str, list[str]]) -> ByLevel:
    return ByLevel(low=tuple(levels["low"]), middle=tuple(levels["middle"]), high=tuple(levels["high"]))


def _data(name: str) -> dict[str, Any]:
    text = (files("songcut.writing") / "language" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)

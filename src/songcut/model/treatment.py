"""The director's document: what the film looks like, as a whole and in every section."""

import re
from dataclasses import dataclass

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Colour:
    """A named colour of the palette; ``hex`` is ``#rrggbb`` in sRGB."""

    name: str
    hex: str

    def __post_init__(self) -> None:
        if not _HEX.fullmatch(self.hex):
            raise ValueError(f"{self.hex!r} is not a colour; write it as #rrggbb")

    @property
    def rgb(self) -> tuple[float, float, float]:
        """Red, green and blue, each 0 to 1, sRGB-encoded."""
        red, green, blue = (int(self.hex[i : i + 2], 16) / 255 for i in (1, 3, 5))
        return red, green, blue


@dataclass(frozen=True)
class Character:
    """Someone who recurs, described once in the words that every prompt repeats."""

    name: str
    description: str


@dataclass(frozen=True)
class SectionPrompt:
    """What one section shows.

    Attributes
    ----------
    section
        Number of the section in the song, counting from 1.
    start
        Where it starts, in seconds (for the reader; the analysis decides).
    letter, function
        As heard.
    motif
        What sections of this letter share.
    prompt
        What to shoot, one or two sentences.
    variations
        Short additions, so that the takes of one section differ usefully.
    camera
        How the camera moves.
    """

    section: int
    start: float
    letter: str
    function: str
    motif: str
    prompt: str
    variations: tuple[str, ...] = ()
    camera: str = "slow push in"

    def __post_init__(self) -> None:
        if not self.prompt.strip():
            raise ValueError("a prompt must not be empty")


@dataclass(frozen=True)
class Treatment:
    """Concept, style, palette, cast and a prompt for every section."""

    concept: str
    style: str
    palette: tuple[Colour, ...]
    sections: tuple[SectionPrompt, ...]
    cast: tuple[Character, ...] = ()
    negative_prompt: str = ""
    written_by: str = ""

    def __post_init__(self) -> None:
        if not self.palette:
            raise ValueError("a palette needs at least one colour")
        for position, section in enumerate(self.sections, start=1):
            if section.section != position:
                raise ValueError(f"sections are numbered from 1 in order, found {section.section} at place {position}")


@dataclass(frozen=True)
class Brief:
    """What the user asked for; each of these wins over what was inferred. None means: infer it."""

    idea: str | None = None
    style: str | None = None
    mood: str | None = None
    title: str | None = None
    artist: str | None = None

"""What was heard: the beat grid, sections, energy, accents, key and mood of a song. Times are seconds in float64."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

FUNCTIONS = (
    "intro",
    "verse",
    "pre-chorus",
    "chorus",
    "bridge",
    "instrumental",
    "solo",
    "break",
    "outro",
)


@dataclass(frozen=True)
class Beat:
    """One beat: its time in seconds and its number in the bar, 1 being the downbeat."""

    time: float
    number: int

    def __post_init__(self) -> None:
        if self.time < 0 or self.number < 1:
            raise ValueError(f"a beat needs time >= 0 and number >= 1, got {self.time} and {self.number}")


@dataclass(frozen=True)
class BeatGrid:
    """The beats of a song in strictly increasing time.

    Raises
    ------
    ValueError
        If the times do not increase.
    """

    beats: tuple[Beat, ...] = ()

    def __post_init__(self) -> None:
        for before, after in pairwise(self.beats):
            if after.time <= before.time:
                raise ValueError(f"beat times must increase, got {before.time} then {after.time}")

    def __len__(self) -> int:
        return len(self.beats)

    @property
    def times(self) -> NDArray[np.float64]:
        """Beat times, shape (beats,), seconds."""
        return np.array([beat.time for beat in self.beats], dtype=np.float64)

    @property
    def numbers(self) -> NDArray[np.int64]:
        """Numbers in the bar, shape (beats,)."""
        return np.array([beat.number for beat in self.beats], dtype=np.int64)

    @property
    def downbeats(self) -> NDArray[np.float64]:
        """Times of the first beat of every bar, seconds."""
        return np.asarray(self.times[self.numbers == 1], dtype=np.float64)

    @property
    def tempo(self) -> float:
        """Beats per minute from the median interval; 0 with fewer than two beats."""
        if len(self.beats) < 2:
            return 0.0
        return float(60.0 / np.median(np.diff(self.times)))

    @property
    def tempo_curve(self) -> NDArray[np.float64]:
        """Beats per minute at each beat but the last, shape (beats - 1,)."""
        return np.asarray(60.0 / np.diff(self.times), dtype=np.float64)


@dataclass(frozen=True)
class Section:
    """A half-open span of the song, in seconds.

    Attributes
    ----------
    letter
        Sections with the same letter are the same music.
    function
        One of ``FUNCTIONS``.
    energy
        0 (the song's quietest) to 1 (its loudest).
    """

    start: float
    end: float
    letter: str
    function: str
    energy: float

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a section needs 0 <= start < end, got {self.start} and {self.end}")
        if self.function not in FUNCTIONS:
            raise ValueError(f"{self.function!r} is not a section function; they are {', '.join(FUNCTIONS)}")
        if not 0 <= self.energy <= 1:
            raise ValueError(f"a section's energy lies between 0 and 1, got {self.energy}")

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.end - self.start


@dataclass(frozen=True)
class EnergyCurve:
    """Energy from 0 to 1 sampled every ``hop`` seconds, the first value at time 0."""

    hop: float
    values: tuple[float, ...]

    def at(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the energy at times in seconds, linearly interpolated, shape as ``times``."""
        if not self.values:
            return np.zeros_like(times, dtype=np.float64)
        grid = np.arange(len(self.values)) * self.hop
        return np.asarray(np.interp(times, grid, np.asarray(self.values)), dtype=np.float64)


@dataclass(frozen=True)
class Accent:
    """A moment that stands out: its time in seconds and its strength, 0 to 1."""

    time: float
    strength: float


@dataclass(frozen=True)
class Mood:
    """Valence (sad to glad) and arousal (calm to excited), each -1 to 1, and words for them.

    The plane is Russell's circumplex (J. A. Russell, "A circumplex model of affect", 1980).
    """

    valence: float
    arousal: float
    words: tuple[str, ...]


@dataclass(frozen=True)
class SongAnalysis:
    """All that was heard in a song; ``sections`` tile it from 0 to ``duration``.

    Attributes
    ----------
    tempo
        Beats per minute over the whole song.
    beat_confidence
        0 to 1: how steady and how marked the beats are.
    heard_by
        The beat tracker's name.
    """

    duration: float
    tempo: float
    beats: BeatGrid
    sections: tuple[Section, ...]
    energy: EnergyCurve
    accents: tuple[Accent, ...]
    key: str
    mood: Mood
    beat_confidence: float = 0.0
    heard_by: str = ""

    def section_at(self, time: float) -> int:
        """Return the index of the section that holds a time in seconds; times past the end give the last."""
        for index, section in enumerate(self.sections):
            if time < section.end:
                return index
        return len(self.sections) - 1

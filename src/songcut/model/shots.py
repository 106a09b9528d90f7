"""The slots of the film: which frames each shot fills and what it should show."""

from dataclasses import dataclass
from fractions import Fraction

from songcut.model.timing import FrameRange


@dataclass(frozen=True)
class Shot:
    """A slot of the film between two cuts.

    Attributes
    ----------
    index
        Its place in the film, from 0.
    frames
        The film frames it fills.
    section
        Index of its section, from 0.
    prompt
        What it should show.
    camera
        How the camera moves.
    energy
        Mean energy of the music under it, 0 to 1.
    """

    index: int
    frames: FrameRange
    section: int
    prompt: str
    camera: str
    energy: float


@dataclass(frozen=True)
class ShotList:
    """The shots that tile a film.

    Raises
    ------
    ValueError
        If the shots leave a gap, overlap or are out of order.
    """

    rate: Fraction
    shots: tuple[Shot, ...]

    def __post_init__(self) -> None:
        expected = 0
        for index, shot in enumerate(self.shots):
            if shot.index != index or shot.frames.start != expected:
                raise ValueError(f"shot {index} must start at frame {expected}, it starts at {shot.frames.start}")
            expected = shot.frames.stop

    @property
    def length(self) -> int:
        """Frames of the whole film."""
        return self.shots[-1].frames.stop if self.shots else 0

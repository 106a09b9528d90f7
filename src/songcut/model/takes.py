"""Candidate clips, how they scored, and which were chosen."""

from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True)
class PictureFormat:
    """Size and rate of moving pictures: pixels, and frames per second."""

    width: int
    height: int
    rate: Fraction

    def __post_init__(self) -> None:
        if self.width < 16 or self.height < 16 or self.width % 2 or self.height % 2:
            raise ValueError(f"a picture needs even sides of at least 16 pixels, got {self.width}x{self.height}")


@dataclass(frozen=True)
class Take:
    """One candidate clip from a generator or a folder.

    Attributes
    ----------
    id
        Unique in the project: the content hash of what decides the take.
    shot
        Index of the shot it was shot for, or None when any shot may use it.
    generator
        Name of the generator plugin.
    prompt
        What was asked for; empty for footage.
    caption
        What is in it, truthfully.
    path
        The media file: relative to the project folder, or absolute for the user's own footage.
    sha256
        Hash of that file.
    duration
        Seconds of usable picture, exact.
    width, height
        As displayed, after rotation and pixel aspect.
    proxy
        Whether the file is a small stand-in that the generator can shoot again at full size.
    seed
        The generator's seed.
    cost
        US dollars paid for it.
    settings
        What the generator needs to shoot it again, as name and value pairs.
    """

    id: str
    shot: int | None
    generator: str
    prompt: str
    caption: str
    path: str
    sha256: str
    duration: Fraction
    width: int
    height: int
    proxy: bool = False
    seed: int = 0
    cost: float = 0.0
    model: str = ""
    settings: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True)
class TakeScore:
    """How one take did for one shot.

    Attributes
    ----------
    take
        Id of the take.
    shot
        Index of the shot.
    semantic
        Cosine similarity, -1 to 1, between the shot's prompt and the take.
    rejected
        Why the take cannot be used for this shot, or empty.
    """

    take: str
    shot: int
    semantic: float
    rejected: str = ""


@dataclass(frozen=True)
class Select:
    """The take chosen for a shot.

    Attributes
    ----------
    in_point
        Where the shot starts inside the take, in exact seconds.
    reason
        Why it won, for the report.
    """

    shot: int
    take: str
    in_point: Fraction
    reason: str = ""

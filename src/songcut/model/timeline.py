"""The cut: shots with their media, in film order, over the song."""

from dataclasses import dataclass
from fractions import Fraction

from songcut.model.takes import PictureFormat
from songcut.model.timing import FrameRange


@dataclass(frozen=True)
class Clip:
    """What fills one shot of the timeline.

    Attributes
    ----------
    frames
        The film frames it fills.
    media
        Path of the media file, relative to the project folder or absolute; None for black.
    in_point
        Where in the media the shot starts, exact seconds.
    speed
        Media seconds per film second; 1 is as shot.
    available
        Exact seconds of picture that the media offers, None when unknown (a gap, or an edited timeline).
    take
        Id of the take, or empty.
    name
        What an editor sees on the clip.
    """

    frames: FrameRange
    media: str | None
    in_point: Fraction = Fraction(0)
    speed: Fraction = Fraction(1)
    available: Fraction | None = None
    take: str = ""
    name: str = ""


@dataclass(frozen=True)
class Marker:
    """A named moment on the timeline, in film frames."""

    frame: int
    name: str
    comment: str = ""


@dataclass(frozen=True)
class Timeline:
    """The cut of a whole film.

    Attributes
    ----------
    song
        Path of the audio file, absolute or relative to the project folder.
    duration
        Seconds of the song.

    Raises
    ------
    ValueError
        If the clips leave a gap, overlap or are out of order.
    """

    name: str
    picture: PictureFormat
    clips: tuple[Clip, ...]
    song: str
    duration: float
    markers: tuple[Marker, ...] = ()

    def __post_init__(self) -> None:
        expected = 0
        for index, clip in enumerate(self.clips):
            if clip.frames.start != expected:
                raise ValueError(f"clip {index} must start at frame {expected}, it starts at {clip.frames.start}")
            expected = clip.frames.stop

    @property
    def length(self) -> int:
        """Frames of the whole film."""
        return self.clips[-1].frames.stop if self.clips else 0

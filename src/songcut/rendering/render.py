"""Rendering a timeline: each shot once into a segment, the segments' packets joined over the song.

A segment is kept under the hash of all that decides its pictures, so that a second run, or a run after an interrupt,
encodes only what is new. A finished take that already is such a segment is joined as it stands: its frames are encoded
once in their life.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from songcut.errors import InputError
from songcut.execution import run_in_order
from songcut.media.film import FilmTags, assemble_film
from songcut.media.reading import read_pictures
from songcut.media.segments import is_segment
from songcut.media.writing import write_segment
from songcut.model.schema import digest
from songcut.model.takes import PictureFormat
from songcut.model.timeline import Clip, Timeline

# Part of every segment's key: raise it when the same inputs make other pictures.
VERSION = 1


@dataclass(frozen=True)
class RenderJob:
    """What to render and where.

    Attributes
    ----------
    timeline
        The cut.
    base
        Folder that relative media paths start from: the project folder.
    segments
        Existing folder that keeps the segments.
    output
        The film's file, replaced only when the new film is whole.
    quality
        ``"draft"``, ``"standard"`` or ``"high"``.
    workers
        Shots encoded at once.
    tags
        Written into the film's metadata.
    """

    timeline: Timeline
    base: Path
    segments: Path
    output: Path
    quality: str
    workers: int
    tags: FilmTags = field(default_factory=FilmTags)


def render(job: RenderJob, progress: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Render the film.

    Parameters
    ----------
    progress
        Called with the frames done and the frames in all, after each shot.

    Raises
    ------
    InputError
        If a clip's media is missing or unreadable.
    OutputError
        If the film or a segment cannot be written; no broken film is left under the final name.
    """
    clips = job.timeline.clips
    _require_media(job)
    segments: list[Path] = []
    done = 0
    for clip, segment in zip(clips, run_in_order(lambda clip: _segment(clip, job), clips, job.workers), strict=True):
        segments.append(segment)
        done += clip.frames.length
        progress(done, job.timeline.length)
    assemble_film(segments, job.base / job.timeline.song, job.output, job.timeline.picture, tags=job.tags)


def prune_segments(folder: Path, timeline: Timeline, base: Path, quality: str) -> None:
    """Delete the segments in a folder that a timeline does not use."""
    used = {_segment_path(clip, timeline.picture, base, folder, quality).name for clip in timeline.clips}
    for path in folder.glob("*.mp4"):
        if path.name not in used:
            path.unlink(missing_ok=True)


def _require_media(job: RenderJob) -> None:
    for number, clip in enumerate(job.timeline.clips, start=1):
        if clip.media is not None and not (job.base / clip.media).is_file():
            raise InputError(
                f"clip {number} of the timeline needs {job.base / clip.media}, which is not there; "
                "put it back or take the clip out"
            )
    if not (job.base / job.timeline.song).is_file():
        raise InputError(f"the timeline's song {job.base / job.timeline.song} is not there; put it back")


def _segment(clip: Clip, job: RenderJob) -> Path:
    """Return the encoded segment of a clip, making it unless it is there."""
    picture = job.timeline.picture
    if clip.media is not None and clip.in_point == 0 and clip.speed == 1:
        media = job.base / clip.media
        if is_segment(media, picture, job.quality, clip.frames.length):
            return media
    path = _segment_path(clip, picture, job.base, job.segments, job.quality)
    if not path.exists():
        write_segment(path, _pictures(clip, picture, job.base), picture, job.quality)
    return path


def _segment_path(clip: Clip, picture: PictureFormat, base: Path, folder: Path, quality: str) -> Path:
    identity: Sequence[object] = ("black",)
    if clip.media is not None:
        media = base / clip.media
        state = media.stat()
        identity = (str(media.resolve()), state.st_size, state.st_mtime_ns, clip.in_point, clip.speed)
    return folder / f"{digest(VERSION, identity, clip.frames.length, picture, quality)}.mp4"


def _pictures(clip: Clip, picture: PictureFormat, base: Path) -> Iterator[NDArray[np.uint8]]:
    if clip.media is None:
        return _black(clip.frames.length, picture)
    # The middle of an output frame decides which source frame it shows: a source frame that covers most of it.
    times = [
        clip.in_point + (frame + Fraction(1, 2)) / picture.rate * clip.speed for frame in range(clip.frames.length)
    ]
    return read_pictures(base / clip.media, times, picture.width, picture.height)


def _black(length: int, picture: PictureFormat) -> Iterator[NDArray[np.uint8]]:
    """Yield limited-range black: luma 16, chroma 128."""
    frame = np.full((picture.height * 3 // 2, picture.width), 128, dtype=np.uint8)
    frame[: picture.height] = 16
    return iter([frame] * length)

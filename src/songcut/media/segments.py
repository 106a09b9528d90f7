"""Telling whether a file already is a segment that a film can take in as it stands."""

import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np

from songcut.errors import MediaError
from songcut.media.opening import open_media, picture_stream
from songcut.media.writing import write_segment
from songcut.model.takes import PictureFormat


def is_segment(path: Path, picture: PictureFormat, quality: str, frames: int) -> bool:
    """Whether a file was written by ``write_segment`` with these settings and holds exactly so many frames.

    Parameters
    ----------
    quality
        A key of ``QUALITIES``.

    Raises
    ------
    MediaError
        If the file cannot be opened.
    """
    written = _signature(path)
    return written is not None and written == (_expected(picture, quality), frames)


def _signature(path: Path) -> tuple[tuple[object, ...], int] | None:
    """Return what must be equal for packets to be joined, and the number of frames; None when there are no pictures."""
    with open_media(path) as container:
        stream = picture_stream(container)
        if stream is None:
            return None
        context = stream.codec_context
        settings = (
            context.name,
            context.extradata,
            stream.time_base,
            stream.average_rate,
            context.width,
            context.height,
        )
        return settings, stream.frames


@lru_cache(maxsize=16)
def _expected(picture: PictureFormat, quality: str) -> tuple[object, ...]:
    """Return the settings of a segment, read off a segment of one grey frame."""
    grey = np.full((picture.height * 3 // 2, picture.width), 128, dtype=np.uint8)
    with tempfile.TemporaryDirectory(prefix="songcut-") as folder:
        path = Path(folder) / "grey.mp4"
        write_segment(path, [grey], picture, quality)
        found = _signature(path)
    if found is None:
        raise MediaError(path, "the encoder wrote no pictures")
    return found[0]

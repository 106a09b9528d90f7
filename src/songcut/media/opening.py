"""Opening media files, and the edge where PyAV's exceptions become ours."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from songcut.errors import MediaError

# What FFmpeg makes of a text file: its "video" is the text drawn on a terminal.
_TEXT_CODECS = frozenset({"ansi", "bintext", "xbin", "idf"})
_PLAYLISTS = frozenset({"concat", "hls", "dash"})
_HEAD_BYTES = 12


class _Timed(Protocol):
    @property
    def pts(self) -> int | None: ...

    @property
    def dts(self) -> int | None: ...


@contextmanager
def open_media(path: Path) -> Iterator[InputContainer]:
    """Open a media file for reading; PyAV's exceptions inside the block become MediaError.

    Raises
    ------
    MediaError
        If the file is missing, a folder, empty, unreadable or no media, or is damaged where it is read.
    """
    _check_file(path)
    try:
        container = av.open(
            # The prefix keeps a name such as "a:b.mp3" from being taken for a protocol; a playlist in disguise may
            # name local files only; tags in a foreign encoding must not stop the song.
            f"file:{path}",
            "r",
            options={"protocol_whitelist": "file"},
            metadata_errors="replace",
        )
    except (av.FFmpegError, ValueError) as error:
        raise MediaError(path, _why_not_opened(path, error)) from error
    try:
        with container:
            if container.format.name in _PLAYLISTS:
                raise MediaError(path, "is a playlist, not a media file; give the file that it names")
            yield container
    except av.FFmpegError as error:
        raise MediaError(path, _why_not_read(error)) from error


def picture_stream(container: InputContainer) -> VideoStream | None:
    """Return the first stream of moving or still pictures that is not cover art and not drawn text."""
    for stream in container.streams.video:
        if stream.disposition & av.stream.Disposition.attached_pic:
            continue
        if stream.codec_context is not None and stream.codec_context.codec.name not in _TEXT_CODECS:
            return stream
    return None


def is_text(container: InputContainer) -> bool:
    """Say whether the file is text that FFmpeg would draw as a picture."""
    return any(
        stream.codec_context is not None and stream.codec_context.codec.name in _TEXT_CODECS
        for stream in container.streams.video
    )


def stamp(timed: _Timed) -> int | None:
    """Return a packet's or frame's display time in its stream's time base; containers without one (AVI) give dts."""
    return timed.pts if timed.pts is not None else timed.dts


def _check_file(path: Path) -> None:
    try:
        facts = path.stat()
        if path.is_dir():
            raise MediaError(path, "is a folder; give a media file")
        if facts.st_size == 0:
            raise MediaError(path, "is empty (0 bytes); copy or export it again")
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise MediaError(path, "there is no such file; check the name") from None
    except PermissionError:
        raise MediaError(path, "may not be read; change its permissions") from None
    except (OSError, ValueError) as error:
        raise MediaError(path, f"cannot be read ({_lower(error)})") from error


def _why_not_opened(path: Path, error: Exception) -> str:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head[4:8] == b"ftyp":
        return "is cut off or damaged: its index is missing; copy or export it again"
    if isinstance(error, av.InvalidDataError | ValueError):
        return "is not a media file that FFmpeg can read; give an audio, video or picture file"
    return f"cannot be opened ({_lower(error)})"


def _why_not_read(error: av.FFmpegError) -> str:
    if isinstance(error, av.InvalidDataError):
        return "is damaged or cut off; copy or export it again"
    if isinstance(error, av.DecoderNotFoundError):
        return "uses a codec that this FFmpeg cannot decode; convert it, for example to H.264 or FLAC"
    return f"cannot be read to its end ({_lower(error)})"


def _lower(error: Exception) -> str:
    """Return the error's own words without its number, to stand inside a sentence."""
    words = getattr(error, "strerror", None) or str(error)
    number = getattr(error, "errno", None)
    if number == errno.ENAMETOOLONG:
        return "the name is too long"
    return str(words)[:1].lower() + str(words)[1:]

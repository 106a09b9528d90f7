"""Encoding pictures to H.264 segments that can be joined without touching a frame again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import av
import numpy as np
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, ColorTrc
from av.video.stream import VideoStream
from numpy.typing import NDArray

from songcut.errors import InputError
from songcut.model.takes import PictureFormat
from songcut.saving import output_error, whole_file

# AVCOL_SPC_BT709; PyAV's Colorspace enum is swscale's, which has no name for the tag.
_MATRIX_BT709 = 1
_KEY_FRAME_SECONDS = 2


@dataclass(frozen=True)
class Quality:
    """How finished pictures are encoded.

    Attributes
    ----------
    preset, crf
        x264's; a lower crf looks better and takes more bits.
    settings
        Further x264 settings as name and value pairs.
    """

    name: str
    preset: str
    crf: int
    settings: tuple[tuple[str, str], ...] = ()


# No b-frames anywhere: decoding order is display order, so segments join by counting frames. The settings of "draft"
# and "standard" lose nothing visible against plain veryfast and take 0.6 of its time, for 12 to 16% more bits.
_FAST = (("weightp", "0"), ("me", "dia"), ("partitions", "i4x4,i8x8"))
QUALITIES: Mapping[str, Quality] = MappingProxyType(
    {
        "draft": Quality("draft", "superfast", 28, _FAST),
        "standard": Quality("standard", "veryfast", 20, _FAST),
        # "medium" takes twice the time of "faster" for 0.1 dB.
        "high": Quality("high", "faster", 16),
    }
)


def write_segment(path: Path, pictures: Iterable[NDArray[np.uint8]], picture: PictureFormat, quality: str) -> int:
    """Encode pictures to an MP4 file of H.264, at a constant rate, whole or not at all.

    The file starts with a key frame, has one at least every two seconds and no b-frames, and its parameter sets
    depend on ``picture`` and ``quality`` alone, so that such files join by copying packets. The same pictures give
    the same bytes. One thread encodes: callers work on several segments at once (PyAV frees the interpreter lock
    while encoding).

    Parameters
    ----------
    pictures
        uint8 I420, shape (height * 3 // 2, width), BT.709, limited range.
    quality
        A key of ``QUALITIES``.

    Returns
    -------
    int
        Frames written.

    Raises
    ------
    InputError
        If the quality is unknown.
    OutputError
        If the file cannot be written.
    ValueError
        If a picture has another shape, or there is none.
    """
    if quality not in QUALITIES:
        raise InputError(f"there is no quality {quality!r}; choose one of {', '.join(QUALITIES)}")
    try:
        with whole_file(path) as temporary, _output(temporary) as container:
            stream = _h264_stream(container, picture, QUALITIES[quality])
            count = 0
            for count, array in enumerate(pictures, start=1):
                container.mux(stream.encode(_frame(array, count - 1, picture)))
            if count == 0:
                raise ValueError("a segment needs at least one picture")
            container.mux(stream.encode(None))
    except (av.FFmpegError, OSError) as error:
        raise output_error(path, error) from error
    return count


def _output(temporary: Path) -> OutputContainer:
    return av.open(f"file:{temporary}", "w", format="mp4", options={"fflags": "+bitexact"})


def _h264_stream(container: OutputContainer, picture: PictureFormat, quality: Quality) -> VideoStream:
    key_interval = max(1, int(picture.rate * _KEY_FRAME_SECONDS))
    settings = {
        "stitchable": "1",
        "bframes": "0",
        "keyint": str(key_interval),
        "open-gop": "0",
        "threads": "1",
        **dict(quality.settings),
    }
    stream: VideoStream = container.add_stream(
        "libx264",
        rate=picture.rate,
        options={
            "preset": quality.preset,
            "crf": str(quality.crf),
            "x264-params": ":".join(f"{name}={value}" for name, value in settings.items()),
        },
        width=picture.width,
        height=picture.height,
        time_base=1 / picture.rate,
    )
    context = stream.codec_context
    context.pix_fmt = "yuv420p"
    context.thread_count = 1
    context.sample_aspect_ratio = Fraction(1)
    context.color_range = ColorRange.MPEG
    context.colorspace = _MATRIX_BT709
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709
    return stream


def _frame(array: NDArray[np.uint8], number: int, picture: PictureFormat) -> VideoFrame:
    expected = (picture.height * 3 // 2, picture.width)
    if array.shape != expected or array.dtype != np.uint8:
        raise ValueError(f"an I420 picture has shape {expected} and type uint8, got {array.shape} and {array.dtype}")
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(array), format="yuv420p")
    frame.pts = number
    frame.time_base = 1 / picture.rate
    frame.color_range = ColorRange.MPEG
    frame.colorspace = _MATRIX_BT709
    frame.color_primaries = ColorPrimaries.BT709
    frame.color_trc = ColorTrc.BT709
    return frame

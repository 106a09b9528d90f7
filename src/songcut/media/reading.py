"""Decoding pictures: the frame at each instant, upright, scaled to fill, in one forward pass."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil
from pathlib import Path

import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from songcut.errors import MediaError
from songcut.media.opening import open_media, stamp
from songcut.media.probe import PacketScan, clockwise, pixel_aspect, require_pictures, scan_packets

Picture = NDArray[np.uint8]

# Bit-exact C rounding: the same pixels on every machine. Without full chroma interpolation swscale's conversions
# between matrices come out up to three steps too dark.
_SCALING = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT | Interpolation.FULL_CHR_H_INT
# The usual guess for untagged video: what fits standard definition was made with BT.601.
_SD_HEIGHT, _SD_WIDTH = 576, 1024
# Seeking is exact where the container has an index of its own; elsewhere the pass starts at the front.
_INDEXED_FORMATS = ("mp4", "matroska")
_LUMA_WEIGHTS = {  # AVColorSpace -> the conversion that undoes it
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}


def read_pictures(path: Path, times: Sequence[Fraction], width: int, height: int) -> Iterator[Picture]:
    """Yield the clip's picture at each instant, filling ``width`` by ``height`` with the centre, never stretched.

    Parameters
    ----------
    times
        Nondecreasing seconds; 0 is when the first frame is displayed. The picture at an instant is the last frame
        displayed at or before it, so give the middle of each output frame; past the end it is the last frame.
    width, height
        Even pixels.

    Yields
    ------
    ndarray
        uint8 I420 (luma over quarter-size Cb and Cr), shape (height * 3 // 2, width), BT.709, limited range.
        Read-only: a frame that stays is the same array again.

    Raises
    ------
    MediaError
        If the file cannot be read, holds no pictures, or is damaged on the way.
    ValueError
        If the times decrease or the size is odd.
    """
    if width % 2 or height % 2:
        raise ValueError(f"an I420 picture has even sides, got {width}x{height}")
    return _read(path, times, _I420Scaler(width, height))


def read_rgb(path: Path, times: Sequence[Fraction], width: int, height: int) -> Iterator[Picture]:
    """Yield the clip's picture at each instant as RGB, uint8, shape (height, width, 3), full range.

    Everything else is as in ``read_pictures``; the sides may be odd.
    """
    return _read(path, times, _RgbScaler(width, height))


class _Scaler:
    """Turns decoded frames into upright pictures of one size, filled with the centre; one for each pass."""

    pixels: str
    step: int
    """Sides of the scaled picture are multiples of this many pixels."""
    colour_range: ColorRange

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._reformatter = VideoReformatter()

    def picture(self, frame: VideoFrame, aspect: Fraction) -> Picture:
        """Return a new array; ``aspect`` is a stored pixel's width over its height."""
        turn = clockwise(frame)
        width, height = self._covering_size(frame, aspect, turn)
        scaled = self._reformatter.reformat(
            frame,
            width=width,
            height=height,
            format=self.pixels,
            src_colorspace=_luma_weights(frame),
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=self.colour_range,
            interpolation=_SCALING,
            threads=1,
        )
        return self._upright_centre(np.asarray(scaled.to_ndarray(), dtype=np.uint8), turn // 90)

    def _covering_size(self, frame: VideoFrame, aspect: Fraction, turn: int) -> tuple[int, int]:
        """Return the stored picture's size after scaling: the smallest that covers the target once upright."""
        ratio = Fraction(frame.width, frame.height) * aspect
        width, height = (self.height, self.width) if turn in (90, 270) else (self.width, self.height)
        if ratio > Fraction(width, height):
            return self._whole(height * ratio), height
        return width, self._whole(width / ratio)

    def _whole(self, side: Fraction) -> int:
        return ceil(side / self.step) * self.step

    def _upright_centre(self, stored: Picture, quarters: int) -> Picture:
        raise NotImplementedError


class _RgbScaler(_Scaler):
    pixels = "rgb24"
    step = 1
    colour_range = ColorRange.JPEG

    def _upright_centre(self, stored: Picture, quarters: int) -> Picture:
        return np.ascontiguousarray(_centre(np.rot90(stored, -quarters), self.width, self.height))


class _I420Scaler(_Scaler):
    pixels = "yuv420p"
    step = 2
    colour_range = ColorRange.MPEG

    def _upright_centre(self, stored: Picture, quarters: int) -> Picture:
        rows, width = stored.shape
        height = rows * 2 // 3
        if quarters == 0 and (width, height) == (self.width, self.height):
            return np.ascontiguousarray(stored)
        out = np.empty((self.height * 3 // 2, self.width), dtype=np.uint8)
        luma = self.width * self.height
        flat, source = out.reshape(-1), stored.reshape(-1)
        planes = (
            (source[: width * height].reshape(height, width), flat[:luma].reshape(self.height, self.width)),
            *(
                (
                    source[start : start + width * height // 4].reshape(height // 2, width // 2),
                    flat[place : place + luma // 4].reshape(self.height // 2, self.width // 2),
                )
                for start, place in (
                    (width * height, luma),
                    (width * height * 5 // 4, luma * 5 // 4),
                )
            ),
        )
        for plane, target in planes:
            target[:] = _centre(np.rot90(plane, -quarters), target.shape[1], target.shape[0])
        return out


def _centre(plane: Picture, width: int, height: int) -> Picture:
    """Return the middle of a plane, as a view; planes of one picture have their middles in one place."""
    top, left = (plane.shape[0] - height) // 2, (plane.shape[1] - width) // 2
    return plane[top : top + height, left : left + width]


def _luma_weights(frame: VideoFrame) -> Colorspace:
    """Return the matrix that the frame's colours were made with, by its tag or by the usual guess."""
    tagged = _LUMA_WEIGHTS.get(int(frame.colorspace))
    if tagged is not None:
        return tagged
    small = frame.height <= _SD_HEIGHT and frame.width <= _SD_WIDTH
    return Colorspace.ITU601 if small else Colorspace.ITU709


def _read(path: Path, times: Sequence[Fraction], scaler: _Scaler) -> Iterator[Picture]:
    if any(later < earlier for earlier, later in pairwise(times)):
        raise ValueError("the instants must not decrease")
    return _pictures(path, times, scaler)


def _pictures(path: Path, times: Sequence[Fraction], scaler: _Scaler) -> Iterator[Picture]:
    if not times:
        return
    scan = scan_packets(path)
    # Each instant's frame, by its display time; the scan makes the choice exact before anything is decoded.
    wanted = [scan.times[_shown_at(scan, time)] for time in times]
    shown: VideoFrame | None = None
    picture: Picture | None = None
    with open_media(path) as container:
        stream = require_pictures(path, container)
        aspect = pixel_aspect(stream)
        for frame in _frames_for(path, _decoded(container, stream, scan, wanted), wanted):
            if frame is not shown or picture is None:
                picture = scaler.picture(frame, aspect)
                picture.flags.writeable = False
                shown = frame
            yield picture


def _shown_at(scan: PacketScan, time: Fraction) -> int:
    return max(0, bisect_right(scan.times, scan.times[0] + time / scan.time_base) - 1)


def _frames_for(path: Path, decoded: Iterator[tuple[int, VideoFrame]], wanted: Sequence[int]) -> Iterator[VideoFrame]:
    """Yield for each wanted display time the last frame at or before it (the first frame if there is none)."""
    position = 0
    current: VideoFrame | None = None
    for time, frame in decoded:
        while position < len(wanted) and wanted[position] < time:
            yield current or frame
            position += 1
        current = frame
        while position < len(wanted) and wanted[position] == time:
            yield frame
            position += 1
        if position == len(wanted):
            return
    if current is None:
        raise MediaError(path, "holds no picture that can be decoded; copy or export it again")
    for _ in wanted[position:]:
        yield current


def _decoded(
    container: InputContainer, stream: VideoStream, scan: PacketScan, wanted: Sequence[int]
) -> Iterator[tuple[int, VideoFrame]]:
    """Decode forward from the best key frame at or before the first wanted time; yield display times and frames."""
    # Callers read many clips side by side; one thread each keeps memory and timing even.
    stream.codec_context.thread_count = 1
    if scan.counted:
        yield from zip(scan.times, container.decode(stream), strict=False)
        return
    needed = frozenset(wanted)
    starts = _starts(container, scan, wanted[0])
    for start in starts:
        if start is not None:
            container.seek(start, stream=stream)
        frames = _forward(container, stream, needed)
        first = next(frames, None)
        late = first is None or first[0] > wanted[0]
        if late and start != starts[-1]:
            continue  # the container's index led past the wanted frame: start earlier
        if first is not None:
            yield first
            yield from frames
        return


def _starts(container: InputContainer, scan: PacketScan, first: int) -> list[int | None]:
    """Return where to seek (decoding times), best first; None is the front of the file."""
    key = bisect_right(scan.keys, first, key=lambda times: times[0]) - 1
    if key < 1 or not any(name in container.format.name for name in _INDEXED_FORMATS):
        return [None]
    return [scan.keys[key][1], scan.keys[key - 1][1], scan.keys[0][1]]


def _forward(
    container: InputContainer, stream: VideoStream, needed: frozenset[int]
) -> Iterator[tuple[int, VideoFrame]]:
    context = stream.codec_context
    for packet in container.demux(stream):
        # A frame nobody refers to and nobody wants costs nothing.
        wanted = packet.pts is None or packet.pts in needed
        context.skip_frame = "DEFAULT" if wanted else "NONREF"
        for frame in packet.decode():
            time = stamp(frame)
            if time is not None:
                yield time, frame

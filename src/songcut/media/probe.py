"""What a clip is: its displayed size, exact duration and rate, from a scan of its packets."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from songcut.errors import MediaError
from songcut.media.opening import is_text, open_media, picture_stream, stamp

# Used for pictures that carry no rate at all, a still for one: FFmpeg's own convention.
_FALLBACK_RATE = Fraction(25)
# Containers that store no display times: FFmpeg makes them up, wrongly where there are b-frames.
_UNSTAMPED_FORMATS = frozenset({"avi"})
# Matroska rounds to milliseconds: within this share the declared rate is the exact one.
_SAME_RATE = Fraction(1, 500)


@dataclass(frozen=True)
class VideoInfo:
    """A clip or a still picture.

    Attributes
    ----------
    width, height
        As displayed, pixels: rotation and pixel aspect applied.
    rotation
        Degrees clockwise that the stored picture is turned for display: 0, 90, 180 or 270.
    duration
        Exact seconds of picture: the last frame's end minus the first frame's start. A still has one frame's.
    rate
        Average frames per second.
    frames
        Number of frames that are displayed.
    codec
        FFmpeg's name of the codec.
    is_still
        Whether it is a single picture in an image file.
    description
        From the file's description, comment or title tag; empty if there is none.
    """

    width: int
    height: int
    rotation: int
    duration: Fraction
    rate: Fraction
    frames: int
    codec: str
    is_still: bool
    description: str


@dataclass(frozen=True)
class PacketScan:
    """The display times of a stream's frames, found without decoding, in the stream's time base.

    Attributes
    ----------
    times
        Increasing display times.
    keys
        Display and decoding time of each frame that decoding can start from, in display order.
    end
        When the last frame's display ends.
    counted
        Whether the times are right as a whole but not packet by packet: the n-th decoded frame has the n-th time.
    """

    times: tuple[int, ...]
    keys: tuple[tuple[int, int], ...]
    end: int
    time_base: Fraction
    counted: bool


def probe_video(path: Path) -> VideoInfo:
    """Find out what a clip is without decoding more than its first frame.

    Raises
    ------
    MediaError
        If the file cannot be read or holds no pictures.
    """
    scan = scan_packets(path)
    with open_media(path) as container:
        stream = require_pictures(path, container)
        first = _first_frame(path, container, stream)
        rotation = clockwise(first)
        width, height = displayed_size(first.width, first.height, pixel_aspect(stream), rotation)
        return VideoInfo(
            width=width,
            height=height,
            rotation=rotation,
            duration=(scan.end - scan.times[0]) * scan.time_base,
            rate=_average_rate(stream, scan),
            frames=len(scan.times),
            codec=stream.codec_context.codec.canonical_name,
            is_still=_is_image_format(container) and len(scan.times) == 1,
            description=_description(container, stream),
        )


def require_pictures(path: Path, container: InputContainer) -> VideoStream:
    """Return the picture stream or raise MediaError."""
    stream = picture_stream(container)
    if stream is None:
        reason = "is a text file, not a clip" if is_text(container) else "holds no pictures"
        raise MediaError(path, f"{reason}; give a video or picture file")
    return stream


def scan_packets(path: Path) -> PacketScan:
    """Read the times of a file's pictures without decoding.

    Raises
    ------
    MediaError
        If the file cannot be read or holds no pictures.
    """
    times: list[int] = []
    keys: list[tuple[int, int]] = []
    last, length = -1, 0
    with open_media(path) as container:
        stream = require_pictures(path, container)
        for packet in container.demux(stream):
            time = stamp(packet)
            if time is None or packet.is_discard or packet.size == 0:
                continue
            if not times or time >= last:
                last, length = time, packet.duration or 0
            times.append(time)
            if packet.is_keyframe:
                keys.append((time, packet.dts if packet.dts is not None else time))
        if not times:
            raise MediaError(path, "holds no pictures; copy or export it again")
        ordered = sorted(set(times))
        return PacketScan(
            times=tuple(ordered),
            keys=tuple(sorted(keys)),
            end=last + (length or _usual_interval(ordered, stream)),
            time_base=Fraction(stream.time_base or 1),
            counted=container.format.name in _UNSTAMPED_FORMATS,
        )


def clockwise(frame: VideoFrame) -> int:
    """Return how far a frame is turned for display, in degrees clockwise, to the nearest quarter."""
    return round(-frame.rotation / 90) % 4 * 90


def pixel_aspect(stream: VideoStream) -> Fraction:
    """Return a pixel's width over its height; 1 when unknown or absurd."""
    ratio = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
    if not ratio or not Fraction(1, 10) < ratio < 10:
        return Fraction(1)
    return Fraction(ratio)


def displayed_size(width: int, height: int, aspect: Fraction, rotation: int) -> tuple[int, int]:
    """Return the size as displayed: the narrower pixels are widened, then the picture is turned."""
    if aspect > 1:
        width = round(width * aspect)
    elif aspect < 1:
        height = round(height / aspect)
    return (height, width) if rotation in (90, 270) else (width, height)


def _first_frame(path: Path, container: InputContainer, stream: VideoStream) -> VideoFrame:
    stream.codec_context.thread_count = 1
    for frame in container.decode(stream):
        return frame
    raise MediaError(path, "holds no picture that can be decoded; copy or export it again")


def _usual_interval(times: list[int], stream: VideoStream) -> int:
    if len(times) > 1:
        return max(1, round(Fraction(times[-1] - times[0], len(times) - 1)))
    rate = Fraction(stream.average_rate or _FALLBACK_RATE)
    return max(1, round(1 / (rate * Fraction(stream.time_base or 1))))


def _average_rate(stream: VideoStream, scan: PacketScan) -> Fraction:
    declared = Fraction(stream.average_rate) if stream.average_rate else None
    measured = len(scan.times) / ((scan.end - scan.times[0]) * scan.time_base)
    if declared is not None and abs(declared - measured) <= measured * _SAME_RATE:
        return declared
    return measured.limit_denominator(100_000)


def _is_image_format(container: InputContainer) -> bool:
    return container.format.name.endswith("_pipe") or container.format.name == "image2"


def _description(container: InputContainer, stream: VideoStream) -> str:
    for metadata in (container.metadata, stream.metadata):
        named = {name.lower(): value.strip() for name, value in metadata.items()}
        for name in ("description", "comment", "title"):
            if named.get(name):
                return named[name]
    return ""

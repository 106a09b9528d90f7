"""Decoded sound frame by frame: what a player would play, counted; converted to other layouts and rates."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

# A negative first time stamp longer than this is an offset of the whole file, not an encoder's priming.
_LONGEST_PRIMING = Fraction(1)
# Two AAC frames with SBR, the longest in use.
LONGEST_PADDING = 4096
"""Samples past an MP4's declared end that can be padding."""
_UNSAFE_PLANES = 8


@dataclass
class SoundPass:
    """What one decoding pass has counted so far; complete when its frames are exhausted.

    Attributes
    ----------
    samples
        Sample frames that a player would play, at the source rate.
    lost
        Seconds in packets that could not be decoded, with sound before and after them.
    lost_at
        Where the first of them was, seconds.
    """

    rate: int = 0
    channels: int = 0
    samples: int = 0
    lost: Fraction = field(default=Fraction(0))
    lost_at: float = 0.0


def sound_stream(container: InputContainer) -> AudioStream | None:
    """Return the first audio stream, or None."""
    return container.streams.audio[0] if container.streams.audio else None


def played_frames(container: InputContainer, stream: AudioStream, counted: SoundPass) -> Iterator[AudioFrame]:
    """Decode the frames that a player would play, counting them into ``counted``.

    Encoder priming is skipped by FFmpeg where the container declares it; samples before time zero and an MP4's
    padding are dropped here.
    """
    for frame in _without_padding(_started_frames(container, stream, counted), edit_end(container, stream)):
        counted.rate, counted.channels = frame.sample_rate, frame.layout.nb_channels
        counted.samples += frame.samples
        yield frame


def _started_frames(container: InputContainer, stream: AudioStream, counted: SoundPass) -> Iterator[AudioFrame]:
    """Decode the frames from time zero on; what cannot be decoded between two of them is counted as lost."""
    waiting = Fraction(0)
    started = False
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.InvalidDataError:
            # Junk before and after the sound is none of the song's.
            waiting += (packet.duration or 0) * packet.time_base if started else 0
            continue
        for decoded in frames:
            frame = _without_priming(decoded)
            if frame is None:
                continue
            if waiting:
                counted.lost_at = counted.lost_at or counted.samples / frame.sample_rate
                counted.lost += waiting
                waiting = Fraction(0)
            started = True
            yield frame


def _without_padding(frames: Iterator[AudioFrame], end: int | None) -> Iterator[AudioFrame]:
    """Drop the samples past ``end`` if they can be an encoder's padding; more of them means that ``end`` is wrong."""
    samples = 0
    held: list[AudioFrame] = []
    for frame in frames:
        start, samples = samples, samples + frame.samples
        if end is None or samples <= end:
            yield frame
            continue
        inside, past = _head(frame, end - start), _tail(frame, max(0, end - start))
        if inside is not None:
            yield inside
        if past is not None:
            held.append(past)
        if samples - end > LONGEST_PADDING:
            yield from held
            held, end = [], None


def converted(frames: Iterator[AudioFrame], sample_format: str, layout: str, rate: int) -> Iterator[AudioFrame]:
    """Convert frames to one format, channel layout and rate; the samples are counted, time stamps are ignored.

    Mixing down never gets louder than the loudest channel: the weights of an output channel sum to at most 1.
    """
    resampler: AudioResampler | None = None
    shape: tuple[str, str, int] | None = None
    for source in frames:
        frame = _with_known_layout(source)
        frame.pts = None  # else gaps between time stamps would count as silence
        seen = (frame.format.name, frame.layout.name, frame.sample_rate)
        if resampler is None or seen != shape:
            if resampler is not None:
                yield from resampler.resample(None)
            # Without the limit swresample sums stereo at -3 dB each, and a mono song in stereo would peak at 1.4.
            resampler = AudioResampler(
                format=sample_format, layout=layout, rate=rate, options={"rematrix_maxval": "1.0"}
            )
            shape = seen
        yield from resampler.resample(frame)
    if resampler is not None:
        yield from resampler.resample(None)


def _with_known_layout(frame: AudioFrame) -> AudioFrame:
    """Mix a frame whose channels have no known places (more than two, unlabelled) to mono by their mean."""
    if frame.layout.nb_channels <= 2 or not frame.layout.name.endswith("channels"):
        return frame
    return _mean_of_channels(frame)


def _mean_of_channels(source: AudioFrame) -> AudioFrame:
    frame = _with_safe_planes(source)
    values = frame.to_ndarray()
    channels = values.reshape(-1, frame.layout.nb_channels).T if not frame.format.is_planar else values
    mixed = AudioFrame.from_ndarray(_as_float(channels).mean(axis=0, keepdims=True), format="fltp", layout="mono")
    mixed.sample_rate = frame.sample_rate
    mixed.time_base = frame.time_base
    mixed.pts = frame.pts
    return mixed


def _as_float(values: NDArray[Any]) -> NDArray[np.float32]:
    """Scale integer samples to -1..1."""
    scaled = values.astype(np.float32)
    if values.dtype == np.uint8:
        scaled = (scaled - np.float32(128)) / np.float32(128)
    elif values.dtype.kind == "i":
        scaled /= np.float32(2.0 ** (8 * values.dtype.itemsize - 1))
    return scaled


def _without_priming(frame: AudioFrame) -> AudioFrame | None:
    """Drop what lies before time zero."""
    if frame.pts is None or frame.pts >= 0 or frame.time_base is None:
        return frame
    start = frame.pts * Fraction(frame.time_base)
    if start < -_LONGEST_PRIMING:
        return frame
    return _tail(frame, round(-start * frame.sample_rate))


def _tail(frame: AudioFrame, skip: int) -> AudioFrame | None:
    if skip >= frame.samples:
        return None
    return _cut(frame, skip, frame.samples) if skip else frame


def _head(frame: AudioFrame, keep: int) -> AudioFrame | None:
    if keep <= 0:
        return None
    return _cut(frame, 0, keep) if keep < frame.samples else frame


def _with_safe_planes(frame: AudioFrame) -> AudioFrame:
    """Pack a frame whose planes PyAV cannot count: at eight and more it reads past the end of FFmpeg's table."""
    if frame.layout.nb_channels < _UNSAFE_PLANES or not frame.format.is_planar:
        return frame
    packer = AudioResampler(format=frame.format.packed.name)
    (packed,) = [*packer.resample(frame), *packer.resample(None)]
    packed.pts, packed.time_base = frame.pts, frame.time_base
    return packed


def _cut(source: AudioFrame, start: int, stop: int) -> AudioFrame:
    frame = _with_safe_planes(source)
    step = 1 if frame.format.is_planar else frame.layout.nb_channels
    values: NDArray[Any] = np.ascontiguousarray(frame.to_ndarray()[:, start * step : stop * step])
    part = AudioFrame.from_ndarray(values, format=frame.format.name, layout=frame.layout.name)
    part.sample_rate = frame.sample_rate
    part.time_base = frame.time_base
    if frame.pts is not None and frame.time_base is not None:
        part.pts = frame.pts + round(Fraction(start, frame.sample_rate) / Fraction(frame.time_base))
    return part


def edit_end(container: InputContainer, stream: AudioStream) -> int | None:
    """Return how many samples an MP4's edit list plays: FFmpeg cuts the priming by it, but not the padding."""
    if "mp4" not in container.format.name or stream.duration is None or stream.time_base is None:
        return None
    length = stream.duration * Fraction(stream.time_base) * stream.codec_context.sample_rate
    # A wrong duration must not cut real sound: only one that counts whole samples is believed.
    return int(length) if length > 0 and length.denominator == 1 else None

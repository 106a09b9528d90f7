"""The song's sound in the film: its own packets where MP4 takes them, else AAC; sample 0 at time zero either way."""

# PyAV's classes take type arguments in its stubs only.
from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet

from songcut.errors import MediaError
from songcut.media.opening import open_media
from songcut.media.sound import LONGEST_PADDING, SoundPass, converted, edit_end, played_frames, sound_stream

_COPIED_CODECS = frozenset({"aac", "mp3", "alac", "flac"})
# MP4 knows MPEG-1 and MPEG-2 layer III; slower ones (MPEG-2.5) are outside the standard.
_LOWEST_MP3_RATE = 16_000
_AAC_BIT_RATE = 320_000
# An AAC frame of 1,024 samples holds at most 6,144 bits a channel (ISO/IEC 14496-3).
_AAC_BITS_PER_SAMPLE = 6
_AAC_RATES = frozenset({8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000})
_FALLBACK_RATE = 48_000
_AAC_LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 5: "5.0", 6: "5.1", 8: "7.1"}


class Soundtrack:
    """The film's audio stream and the packets for it, in order; made before the first packet is muxed."""

    def __init__(self, song: Path, source: InputContainer, film: OutputContainer) -> None:
        stream = sound_stream(source)
        if stream is None:
            raise MediaError(song, "holds no audio; give the song")
        self._song, self._source, self._from = song, source, stream
        self.copies = can_copy(stream)
        self._to = self._copied_stream(film) if self.copies else self._encoded_stream(film)

    def packets(self) -> Iterator[Packet[AudioStream]]:
        """Yield the packets, the priming before time zero included: the film's edit list hides it."""
        return self._copied() if self.copies else self._encoded()

    def _copied_stream(self, film: OutputContainer) -> AudioStream:
        return film.add_stream_from_template(self._from)

    def _encoded_stream(self, film: OutputContainer) -> AudioStream:
        context = self._from.codec_context
        rate = context.sample_rate if context.sample_rate in _AAC_RATES else _FALLBACK_RATE
        layout = _layout(self._from)
        # The default coder: aac_coder=fast takes two thirds of its time and adds 12 dB of noise at 320 kb/s.
        stream = film.add_stream("aac", rate=rate)
        stream.codec_context.layout = layout
        stream.codec_context.bit_rate = min(
            _AAC_BIT_RATE, _AAC_BITS_PER_SAMPLE * rate * stream.codec_context.layout.nb_channels
        )
        stream.codec_context.thread_count = 1
        return stream

    def _copied(self) -> Iterator[Packet[AudioStream]]:
        rate = self._from.codec_context.sample_rate
        base = Fraction(1, rate)
        zero = _first_played(self._song)
        end = edit_end(self._source, self._from)
        position: int | None = None
        for packet in self._source.demux(self._from):
            if packet.pts is None or packet.size == 0:
                continue
            unit = Fraction(packet.time_base)
            skipped, padding = _skips(packet)
            if unit > base:
                # Matroska's milliseconds say too little: the samples are counted.
                length = skipped + sum(frame.samples for frame in packet.decode()) + padding
                position = -skipped if position is None else position
            else:
                length = round((packet.duration or 0) * unit * rate)
                position = round((packet.pts - zero) * unit * rate)
            last = position + length - padding
            if end is not None and end < last <= end + LONGEST_PADDING:
                last = end
            packet.stream = self._to
            packet.time_base = base
            packet.pts = packet.dts = position
            packet.duration = max(1, last - position)
            position += length
            yield packet

    def _encoded(self) -> Iterator[Packet[AudioStream]]:
        context = self._to.codec_context
        frames = played_frames(self._source, self._from, SoundPass())
        position = 0
        for frame in converted(frames, context.format.name, context.layout.name, context.sample_rate):
            frame.pts, frame.time_base = position, Fraction(1, context.sample_rate)
            position += frame.samples
            yield from self._to.encode(frame)
        yield from self._to.encode(None)


def can_copy(stream: AudioStream) -> bool:
    """Say whether MP4 takes a stream's packets as they are."""
    codec = stream.codec_context.codec.canonical_name
    return codec in _COPIED_CODECS and (codec != "mp3" or stream.codec_context.sample_rate >= _LOWEST_MP3_RATE)


def _layout(stream: AudioStream) -> str:
    """Return the channel layout to encode: the same number of channels where AAC has a layout for it, else stereo."""
    layout = stream.codec_context.layout
    if layout.nb_channels > 2 and layout.name.endswith("channels"):
        return "mono"  # nobody says which channel is where; ``converted`` takes their mean
    return _AAC_LAYOUTS.get(layout.nb_channels, "stereo")


def _first_played(song: Path) -> int:
    """Return the time stamp of the first sample that a player plays, in the stream's time base."""
    with open_media(song) as source:
        stream = sound_stream(source)
        frames = played_frames(source, stream, SoundPass()) if stream is not None else iter(())
        first = next(frames, None)
        if first is None:
            raise MediaError(song, "holds no sound that can be decoded; copy or export it again")
        return first.pts or 0


def _skips(packet: Packet[AudioStream]) -> tuple[int, int]:
    """Return how many samples a player drops at a packet's start and end."""
    if not packet.has_sidedata("skip_samples"):
        return 0, 0
    data = bytes(packet.get_sidedata("skip_samples"))
    return int.from_bytes(data[:4], "little"), int.from_bytes(data[4:8], "little")

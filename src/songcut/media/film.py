"""The finished film: the segments' packets joined untouched, with the song."""

# PyAV's classes take type arguments in its stubs only.
from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from songcut.errors import MediaError
from songcut.media.opening import open_media
from songcut.media.probe import require_pictures
from songcut.media.soundtrack import Soundtrack
from songcut.model.takes import PictureFormat
from songcut.saving import output_error, whole_file


@dataclass(frozen=True)
class SegmentUse:
    """A segment made by ``write_segment`` and how many of its first frames the film shows; None for all."""

    path: Path
    frames: int | None = None


@dataclass(frozen=True)
class FilmTags:
    """What the film's file says about itself; None is left out."""

    title: str | None = None
    artist: str | None = None
    comment: str | None = None


def assemble_film(
    segments: Sequence[SegmentUse | Path],
    song: Path,
    output: Path,
    picture: PictureFormat,
    *,
    tags: FilmTags = FilmTags(),
    progress: Callable[[int], None] | None = None,
) -> int:
    """Join segments and the song into an MP4 film, whole or not at all; nothing is decoded that can be copied.

    Frame n is shown at exactly n / rate. AAC, MP3, ALAC and FLAC are copied packet by packet, so that the film
    sounds sample for sample as the song; any other sound is encoded as AAC at 320 kb/s. The song's first sample is
    at time zero. Memory does not grow with the film's length beyond the index of its packets.

    Parameters
    ----------
    segments
        In film order, all written by ``write_segment`` with this ``picture`` and one quality.
    song
        The audio file; of a video file only the sound is used, and cover art is left out.
    output
        Always written as MP4, its index first, so that it plays while it loads.
    progress
        Called with the number of frames joined so far, once a segment.

    Returns
    -------
    int
        Frames in the film.

    Raises
    ------
    MediaError
        If a segment or the song cannot be read, a segment is shorter than its use, or segments do not match.
    OutputError
        If the film cannot be written.
    """
    uses = [use if isinstance(use, SegmentUse) else SegmentUse(use) for use in segments]
    if not uses:
        raise ValueError("a film needs at least one segment")
    joined = _JoinedVideo(uses, picture, progress)
    with open_media(song) as source:
        try:
            with whole_file(output) as temporary, _output(temporary, source.streams.audio) as film:
                video = joined.add_stream(film)
                soundtrack = Soundtrack(song, source, film)
                _tag(film, tags)
                tracks: list[Iterator[Packet[Any]]] = [joined.packets(video), soundtrack.packets()]
                for packet in heapq.merge(*tracks, key=_decoding_time):
                    film.mux_one(packet)
        except OSError as error:
            raise output_error(output, error) from error
    return joined.count


class _JoinedVideo:
    """The packets of segments as one stream; one segment is open at a time."""

    def __init__(
        self, uses: Sequence[SegmentUse], picture: PictureFormat, progress: Callable[[int], None] | None
    ) -> None:
        self._uses, self._picture, self._progress = uses, picture, progress
        self._parameters = b""
        self.count = 0

    def add_stream(self, film: OutputContainer) -> VideoStream:
        """Make the film's video stream like the first segment's."""
        with open_media(self._uses[0].path) as container:
            stream = require_pictures(self._uses[0].path, container)
            self._parameters = stream.codec_context.extradata or b""
            made = film.add_stream_from_template(stream, opaque=True)
        made.time_base = 1 / self._picture.rate
        return made

    def packets(self, film: VideoStream) -> Iterator[Packet[Any]]:
        """Yield every frame's packet with its place in the film as its time."""
        for use in self._uses:
            start = self.count
            with open_media(use.path) as container:
                stream = require_pictures(use.path, container)
                self._check(use.path, stream)
                for packet in container.demux(stream):
                    if packet.size == 0:
                        continue
                    if use.frames is not None and self.count - start == use.frames:
                        break
                    packet.stream = film
                    packet.time_base = 1 / self._picture.rate
                    packet.pts = packet.dts = self.count
                    packet.duration = 1
                    self.count += 1
                    yield packet
            found = self.count - start
            if use.frames is not None and found < use.frames:
                raise MediaError(use.path, f"has {found} frames where {use.frames} are needed; delete it and run again")
            if self._progress is not None:
                self._progress(self.count)

    def _check(self, path: Path, stream: VideoStream) -> None:
        context = stream.codec_context
        same = (context.extradata or b"") == self._parameters
        if not same or (context.width, context.height) != (self._picture.width, self._picture.height):
            raise MediaError(path, "was encoded with other settings than the film; delete it and run again")


def _output(temporary: Path, sound: Sequence[AudioStream]) -> OutputContainer:
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    if sound and sound[0].codec_context is not None:
        # Edit lists count in the movie's time scale: at 1/1000 s the song's last samples would be rounded away.
        options["movie_timescale"] = str(sound[0].codec_context.sample_rate)
    return av.open(f"file:{temporary}", "w", format="mp4", options=options)


def _tag(film: OutputContainer, tags: FilmTags) -> None:
    for name, value in (("title", tags.title), ("artist", tags.artist), ("comment", tags.comment)):
        if value:
            film.metadata[name] = value


def _decoding_time(packet: Packet[Any]) -> float:
    return (packet.dts or 0) * float(packet.time_base)

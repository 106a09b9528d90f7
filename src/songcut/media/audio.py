"""Decoding sound: any audio that FFmpeg reads, in one pass, block by block, sample 0 where a player starts."""

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from songcut.errors import MediaError
from songcut.media.headers import mp3_counts_frames, ogg_ends_whole, wav_seconds
from songcut.media.opening import is_text, open_media, picture_stream
from songcut.media.sound import SoundPass, converted, played_frames, sound_stream
from songcut.model.audio import Audio
from songcut.model.song import Song
from songcut.saving import file_digest

ANALYSIS_RATE = 22_050
"""Samples per second of the mono sound that is analysed."""

MIN_SONG_SECONDS = 2.0
"""Shorter files are refused as songs."""

# -60 dBFS: below this a file holds at most dither and hum.
_SILENCE_PEAK = 1e-3
# Headers round, encoders pad: a file is called cut off when more than both of these are missing.
_MISSING_SECONDS = 1.0
_MISSING_SHARE = 0.02
# A player skips a few bad bytes; more than this shifts what follows by a visible part of a beat.
_TOLERATED_LOSS = Fraction(1, 10)
# Formats without a duration in their header: FFmpeg guesses one from the bit rate, which proves nothing.
_GUESSED_DURATIONS = frozenset({"aac", "ac3", "eac3", "dts", "mpeg", "mpegts", "loas", "amr", "mp2"})
_GROWTH = 1.5


def read_song(path: Path) -> tuple[Song, Audio]:
    """Read a song: its facts and tags, and its sound for analysis.

    Parameters
    ----------
    path
        Any file with audio that FFmpeg reads; of a video only the sound is used.

    Returns
    -------
    Song
        ``duration`` is the number of decoded samples divided by the source rate.
    Audio
        Mono float32 at ``ANALYSIS_RATE``: the mean of the channels; sample 0 is the first that a player plays.

    Raises
    ------
    MediaError
        If the file is missing, empty, no media, without sound, cut off, damaged, shorter than
        ``MIN_SONG_SECONDS`` or silent.
    """
    counted = SoundPass()
    with open_media(path) as container:
        stream = _sound_stream(path, container)
        declared = _declared_duration(path, container, stream)
        tags = _tags(container, stream)
        codec = stream.codec_context.codec.canonical_name
        samples = _collect(played_frames(container, stream, counted), ANALYSIS_RATE, declared)
    duration = _checked_duration(path, counted, declared)
    if duration < MIN_SONG_SECONDS:
        raise MediaError(path, f"lasts {duration:.2f} s; a song needs at least {MIN_SONG_SECONDS:g} s")
    # Two passes instead of np.abs, whose copy would double the peak of memory for a long song.
    if max(samples.max(initial=0.0), -samples.min(initial=0.0)) < _SILENCE_PEAK:
        raise MediaError(path, "is silent from beginning to end; give a file with music in it")
    song = Song(
        path=str(path.resolve()),
        sha256=file_digest(path),
        duration=duration,
        sample_rate=counted.rate,
        channels=counted.channels,
        codec=codec,
        title=tags.get("title"),
        artist=tags.get("artist"),
        embedded_lyrics=_lyrics(tags),
    )
    return song, Audio(samples, ANALYSIS_RATE)


def decode_audio(path: Path, rate: int = ANALYSIS_RATE) -> Audio:
    """Decode a file's sound to mono float32, the mean of its channels.

    Parameters
    ----------
    rate
        Samples per second wanted.

    Raises
    ------
    MediaError
        If the file cannot be read, has no sound, or is cut off or damaged.
    """
    counted = SoundPass()
    with open_media(path) as container:
        stream = _sound_stream(path, container)
        declared = _declared_duration(path, container, stream)
        samples = _collect(played_frames(container, stream, counted), rate, declared)
    _checked_duration(path, counted, declared)
    return Audio(samples, rate)


def _sound_stream(path: Path, container: InputContainer) -> AudioStream:
    stream = sound_stream(container)
    if stream is not None and stream.codec_context is not None:
        return stream
    if is_text(container):
        raise MediaError(path, "is a text file, not a song; give an audio file")
    if stream is not None:
        raise MediaError(path, "has audio in a codec that this FFmpeg cannot decode; convert it, for example to FLAC")
    if picture_stream(container) is not None:
        raise MediaError(path, "is a video or picture without sound; give a file with audio")
    raise MediaError(path, "holds no audio; give an audio file")


def _collect(frames: Iterator[AudioFrame], rate: int, expected: float | None) -> NDArray[np.float32]:
    """Mix to mono and resample block by block into one growing array, shape (samples,)."""
    samples = np.empty(int((expected or 60.0) * rate) + rate, dtype=np.float32)
    filled = 0
    for frame in converted(frames, "fltp", "mono", rate):
        stop = filled + frame.samples
        if stop > len(samples):
            samples.resize(int(stop * _GROWTH), refcheck=False)
        samples[filled:stop] = frame.to_ndarray()[0]
        filled = stop
    # Shrinks in place: a copy would double the peak for a long song. Nothing else refers to the buffer.
    samples.resize(filled, refcheck=False)
    return samples


def _declared_duration(path: Path, container: InputContainer, stream: AudioStream) -> float | None:
    """Return the seconds that the header promises, or None when there is no such promise."""
    name = container.format.name
    if name == "ogg" and not ogg_ends_whole(path):
        raise MediaError(path, "is cut off in the middle; copy it again")
    if name == "wav":
        return wav_seconds(path)
    if name in _GUESSED_DURATIONS or (name == "mp3" and not mp3_counts_frames(path)):
        return None
    if stream.duration and stream.time_base:
        return float(stream.duration * Fraction(stream.time_base))
    return container.duration / av.time_base if container.duration else None


def _checked_duration(path: Path, counted: SoundPass, declared: float | None) -> float:
    if counted.samples == 0:
        raise MediaError(path, "holds no sound that can be decoded; copy or export it again")
    if counted.lost > _TOLERATED_LOSS:
        raise MediaError(path, f"is damaged at {counted.lost_at:.1f} s; copy or export it again")
    duration = counted.samples / counted.rate
    if declared is not None and math.isfinite(declared):
        missing = declared - duration
        if missing > _MISSING_SECONDS and missing > _MISSING_SHARE * declared:
            raise MediaError(
                path,
                f"is cut off or damaged: it should last {declared:.1f} s but ends after {duration:.1f} s; "
                "copy it again",
            )
    return duration


def _tags(container: InputContainer, stream: AudioStream) -> Mapping[str, str]:
    """Return tags by lower-case name; the container's win over the stream's (Ogg keeps them there)."""
    merged: dict[str, str] = {}
    for metadata in (stream.metadata, container.metadata):
        for name, value in metadata.items():
            if value.strip():
                merged[name.lower()] = value.strip()
    return merged


def _lyrics(tags: Mapping[str, str]) -> str | None:
    """Return embedded lyrics; ID3's appear as ``lyrics-`` and a language."""
    for name in ("lyrics", "unsyncedlyrics", "unsynced lyrics"):
        if name in tags:
            return tags[name]
    return next((value for name, value in sorted(tags.items()) if name.startswith("lyrics-")), None)

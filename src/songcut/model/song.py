"""The song as a file: what it is, its tags and its words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Song:
    """The audio file that the film is made for.

    Attributes
    ----------
    path
        Absolute path of the file.
    sha256
        Hash of the file's bytes: the song's identity in every key.
    duration
        Seconds of decoded audio (samples divided by the rate, not the container's claim).
    codec
        FFmpeg's name of the audio codec, for example ``"vorbis"``.
    embedded_lyrics
        Lyrics found in the file's tags, or None.
    """

    path: str
    sha256: str
    duration: float
    sample_rate: int
    channels: int
    codec: str
    title: str | None = None
    artist: str | None = None
    embedded_lyrics: str | None = None


@dataclass(frozen=True)
class LyricLine:
    """One sung line; ``start`` and ``end`` in seconds, both None while the line is untimed."""

    text: str
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True)
class Lyrics:
    """The words of a song in order, and where they came from (a file's name or ``"tags"``)."""

    lines: tuple[LyricLine, ...] = ()
    source: str = "none"

    @property
    def timed(self) -> bool:
        """Whether every line has a start."""
        return bool(self.lines) and all(line.start is not None for line in self.lines)

    def between(self, start: float, end: float) -> tuple[LyricLine, ...]:
        """Return the timed lines whose middle lies in ``[start, end)``, so that a pickup belongs to its section."""
        chosen = []
        for line in self.lines:
            if line.start is None:
                continue
            middle = line.start if line.end is None else (line.start + line.end) / 2
            if start <= middle < end:
                chosen.append(line)
        return tuple(chosen)

"""Giving untimed lyrics a place in the song, so that every section has words to be pictured."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from songcut.lyrics.lrc import LONGEST_LINE
from songcut.model.analysis import Section, SongAnalysis
from songcut.model.song import LyricLine, Lyrics

# Where nobody is expected to sing.
_WORDLESS = ("intro", "outro", "instrumental", "solo", "break")


def place_untimed(lyrics: Lyrics, analysis: SongAnalysis) -> Lyrics:
    """Spread untimed lines over the song's sung sections, in order and in proportion to their length, on bar starts.

    A guess that gives each section words in the right order, not a synchronisation: captions need timed lyrics. Lines
    go to the sections that are not intro, outro, instrumental, solo or break (to all, if every one is). Lyrics with
    any timed line are returned as they are.
    """
    if not lyrics.lines or any(line.start is not None for line in lyrics.lines):
        return lyrics
    sung = [section for section in analysis.sections if section.function not in _WORDLESS]
    sung = sung or [section for section in analysis.sections if section.function not in ("intro", "outro")]
    sung = sung or list(analysis.sections)
    shares = _shares(len(lyrics.lines), sung)
    placed: list[LyricLine] = []
    for section, count in zip(sung, shares, strict=True):
        if count == 0:
            continue
        lines = lyrics.lines[len(placed) : len(placed) + count]
        starts = _starts(section, count, analysis.beats.downbeats)
        ends = [*starts[1:], section.end]
        placed.extend(
            replace(line, start=start, end=min(end, start + LONGEST_LINE))
            for line, start, end in zip(lines, starts, ends, strict=True)
        )
    return replace(lyrics, lines=tuple(placed))


def _shares(count: int, sections: list[Section]) -> list[int]:
    """Divide a number of lines among sections in proportion to their seconds; they sum to the number."""
    ends = np.cumsum([section.duration for section in sections])
    edges = np.round(np.concatenate([[0.0], ends / ends[-1]]) * count).astype(int)
    return [int(share) for share in np.diff(edges)]


def _starts(section: Section, count: int, downbeats: NDArray[np.float64]) -> list[float]:
    """Return increasing starts for some lines within a section: bar starts where there are enough bars."""
    bars = downbeats[(downbeats >= section.start - 1e-6) & (downbeats < section.end - 0.5)]
    if len(bars) >= count:
        picks = (np.arange(count) * len(bars)) // count
        return [max(float(bars[pick]), section.start) for pick in picks]
    return [section.start + section.duration * index / count for index in range(count)]

"""LRC, the timed lyrics format of players and karaoke, read leniently where its dialects differ and strictly on times.

There is no standard; what is read here: ``[mm:ss]``, ``[mm:ss.xx]``, ``[mm:ss.xxx]`` and ``[mm:ss:xx]`` before a line,
several of them for a repeated line, ``<mm:ss.xx>`` before words (dropped), ``[offset:+500]`` (milliseconds, positive
is earlier) and other ``[name:value]`` tags (dropped).
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path

from songcut.errors import DocumentError
from songcut.model.song import LyricLine, Lyrics

# Without a following line or an empty one to end it, a line is taken to be sung no longer than this.
LONGEST_LINE = 10.0
_LAST_LINE = 4.0
# A minute has up to three digits: an hour of music is [60:00.00].
_TIME = re.compile(r"\s*(\d{1,3}):(\d{1,2})(?:[.:](\d{1,3}))?\s*")
_TAG = re.compile(r"\[([^\[\]]*)\]")
_WORD_TAG = re.compile(r"<\s*\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?\s*>")
_OFFSET = re.compile(r"\s*offset\s*:\s*([+-]?\s*\d{1,9})\s*(?:ms)?\s*", re.IGNORECASE)
# A name of metadata: [ar:...], [length: 3:20], [#:...], [re:...].
_NAMED = re.compile(r"\s*(?:[A-Za-z][\w .-]*|#)\s*:")


@dataclass
class _Sheet:
    """What has been read so far: (seconds, text) in file order, and the offset in seconds."""

    entries: list[tuple[float, str]] = field(default_factory=list)
    earlier: float = 0.0


def parse_lrc(text: str, path: Path | str) -> Lyrics:
    """Read LRC text into timed lines in time order.

    Each line ends where the next line or an empty timed line begins, but lasts no longer than 10 s.

    Parameters
    ----------
    path
        The file's name, for messages and for ``Lyrics.source``.

    Raises
    ------
    DocumentError
        At the first malformed time, or if no line has a time.
    """
    sheet = _Sheet()
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        _read_line(line.strip(), sheet, path, number)
    if not any(words for _, words in sheet.entries):
        raise DocumentError(path, "no line has a time like [01:23.45]; for lyrics without times use a .txt file")
    entries = sorted(
        ((max(0.0, time - sheet.earlier), words) for time, words in sheet.entries), key=lambda entry: entry[0]
    )
    return Lyrics(_with_ends(entries), Path(path).name)


def looks_like_lrc(text: str) -> bool:
    """Return whether some line begins with a time tag."""
    return any(
        found is not None and _TIME.fullmatch(found.group(1)) is not None
        for found in (_TAG.match(line.strip()) for line in text.lstrip("\ufeff").splitlines())
    )


def to_lrc(lyrics: Lyrics) -> str:
    """Write lyrics as LRC, to 10 ms; lines without a time are written without one.

    A line that ends before the next begins is followed by an empty timed line.
    """
    rows = []
    for index, line in enumerate(lyrics.lines):
        if line.start is None:
            rows.append(line.text)
            continue
        rows.append(f"[{_stamp(line.start)}]{line.text}")
        following = lyrics.lines[index + 1].start if index + 1 < len(lyrics.lines) else None
        if line.end is not None and (following is None or _hundredths(line.end) < _hundredths(following)):
            rows.append(f"[{_stamp(line.end)}]")
    return "".join(f"{row}\n" for row in rows)


def _read_line(line: str, sheet: _Sheet, path: Path | str, number: int) -> None:
    """Add one line of the file to the sheet."""
    times: list[float] = []
    rest = line
    while tag := _TAG.match(rest):
        inside = tag.group(1)
        if time := _TIME.fullmatch(inside):
            times.append(_seconds(time, path, number))
        elif offset := _OFFSET.fullmatch(inside):
            sheet.earlier = int(offset.group(1).replace(" ", "")) / 1000
        elif _is_time_gone_wrong(inside):
            raise DocumentError(
                path, f"[{inside}] is not a time; a time is minutes, seconds and hundredths: [01:23.45]", number
            )
        elif not times and not _NAMED.match(inside):
            break  # [Chorus] or [x2] is part of the words
        elif times:
            break
        rest = rest[tag.end() :].lstrip()
    if times:
        words = " ".join(_WORD_TAG.sub(" ", rest).split())
        sheet.entries.extend((time, words) for time in times)
    elif rest.startswith("[") and "]" not in rest and re.match(r"\[\s*\d", rest):
        raise DocumentError(path, "the time has no closing bracket ]; a time is written [01:23.45]", number)


def _is_time_gone_wrong(inside: str) -> bool:
    """Return whether a tag that is no time was meant as one: a number and a colon, or two numbers and a dot."""
    return re.match(r"\s*[-+]?\d+\s*(?::|[.,;]\s*\d)", inside) is not None


def _seconds(time: re.Match[str], path: Path | str, number: int) -> float:
    """Turn a matched time into seconds."""
    minutes, seconds, fraction = time.groups()
    if int(seconds) >= 60:
        raise DocumentError(
            path,
            f"[{time.group(0).strip()}] has {seconds} seconds; seconds go from 00 to 59, then comes a minute",
            number,
        )
    return int(minutes) * 60 + int(seconds) + (int(fraction) / 10 ** len(fraction) if fraction else 0.0)


def _with_ends(entries: list[tuple[float, str]]) -> tuple[LyricLine, ...]:
    """Give each line its end: the next entry's time, within bounds; empty entries only end lines."""
    times = [time for time, _ in entries]
    lines = []
    for time, words in entries:
        if not words:
            continue
        later = bisect_right(times, time)
        end = min(times[later], time + LONGEST_LINE) if later < len(times) else time + _LAST_LINE
        lines.append(LyricLine(words, time, end))
    return tuple(lines)


def _hundredths(seconds: float) -> int:
    return round(seconds * 100)


def _stamp(seconds: float) -> str:
    """Write seconds as ``mm:ss.xx``."""
    minutes, rest = divmod(_hundredths(seconds), 6000)
    return f"{minutes:02d}:{rest // 100:02d}.{rest % 100:02d}"

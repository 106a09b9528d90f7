"""Lyrics as plain text, one sung line a line."""

import re

from songcut.model.song import LyricLine, Lyrics

# "[Chorus]", "(Verse 2)", "Chorus:", "[Bridge: Ann]": a heading of the sheet, not sung.
_PARTS = (
    r"intro|verse|pre-?\s?chorus|chorus|refrain|hook|bridge|middle ?(?:8|eight)|interlude|instrumental|solo|break"
    r"|outro|coda|ending|post-?\s?chorus|drop|strophe|couplet|pont|repeat"
)
_BRACKETED = re.compile(r"\[[^\]]*\]")
_HEADING = re.compile(
    rf"[(\[]?\s*(?:{_PARTS})\b\s*(?:\d{{1,2}}|[ivx]{{1,4}}|x\s?\d)?\s*(?:[:)\]].{{0,40}})?", re.IGNORECASE
)
# Times of an LRC too broken to be used as one.
_TIMES = re.compile(r"(?:\[\s*\d+:[\d:.]*\s*\]\s*)+")
_REPEATS = re.compile(r"\(?\s*(?:x\s?\d{1,2}|\d{1,2}\s?x)\s*\)?", re.IGNORECASE)


def parse_plain(text: str, source: str = "text") -> Lyrics:
    """Read untimed lines in order, without blank lines and without headings such as ``[Chorus]`` or ``Verse 2:``.

    Parameters
    ----------
    source
        Where the text comes from, for ``Lyrics.source``.
    """
    lines = (" ".join(_without_times(line).split()) for line in text.lstrip("\ufeff").splitlines())
    return Lyrics(tuple(LyricLine(line) for line in lines if line and not _is_heading(line)), source)


def _without_times(line: str) -> str:
    times = _TIMES.match(line.strip())
    return line.strip()[times.end() :] if times else line


def _is_heading(line: str) -> bool:
    """Return whether a line names a part of the song instead of being sung."""
    if _BRACKETED.fullmatch(line) or _REPEATS.fullmatch(line):
        return True
    # A sung line may begin with "Break" or "Hook": a heading stands alone, or before a bracket or a colon.
    return _HEADING.fullmatch(line) is not None

"""The song analysis for other programs, for the project folder and for people."""

from collections.abc import Mapping
from typing import Any

from songcut.model.analysis import SongAnalysis
from songcut.model.schema import Schema, label, unlabel

SCHEMA = Schema("analysis", 1)


def analysis_data(analysis: SongAnalysis) -> dict[str, Any]:
    """Return the object that ``songcut analyze --json`` prints and ``analysis.json`` holds; times in seconds."""
    data = label(analysis, SCHEMA)
    # The grid is a list of beats for everybody else.
    return data | {"beats": data["beats"]["beats"]}


def analysis_from_data(data: object) -> SongAnalysis:
    """Read what ``analysis_data`` made.

    Raises
    ------
    SchemaError
        Naming the first fault's place.
    """
    if isinstance(data, Mapping) and "beats" in data:
        data = {**data, "beats": {"beats": data["beats"]}}
    return unlabel(SongAnalysis, data, SCHEMA)


def analysis_text(analysis: SongAnalysis) -> str:
    """Return a page a musician can read."""
    bars = int((analysis.beats.numbers == 1).sum())
    mood = analysis.mood
    lines = [
        f"{analysis.duration:.1f} s, {analysis.tempo:.1f} bpm, {analysis.key}, {len(analysis.beats)} beats in {bars} "
        f"bars (confidence {analysis.beat_confidence:.2f}, heard by {analysis.heard_by})",
        f"mood: {', '.join(mood.words)} (valence {mood.valence:+.2f}, arousal {mood.arousal:+.2f})",
        "",
        "start    end      section            energy",
    ]
    lines += [
        f"{_clock(s.start)}  {_clock(s.end)}  {s.letter} {s.function:15}  {s.energy:.2f} {'▇' * round(s.energy * 20)}"
        for s in analysis.sections
    ]
    return "\n".join(lines)


def _clock(seconds: float) -> str:
    return f"{int(seconds // 60):2d}:{seconds % 60:04.1f}"

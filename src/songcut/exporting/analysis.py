"""The song analysis for other programs and for people."""

from typing import Any

from songcut.model.analysis import SongAnalysis
from songcut.model.schema import to_data


def analysis_data(analysis: SongAnalysis) -> dict[str, Any]:
    """Return the object that ``songcut analyze --json`` prints, schema ``songcut/analysis.1``; times in seconds."""
    data = to_data(analysis)
    return {
        "schema": "songcut/analysis.1",
        "duration": analysis.duration,
        "tempo": analysis.tempo,
        "beats": data["beats"]["beats"],
        "beat_confidence": analysis.beat_confidence,
        "sections": data["sections"],
        "energy": data["energy"],
        "accents": data["accents"],
        "key": analysis.key,
        "mood": data["mood"],
        "heard_by": analysis.heard_by,
    }


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

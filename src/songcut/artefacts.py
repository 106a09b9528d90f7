"""The files of a project folder: one a stage, with how its value is read and written."""

from dataclasses import dataclass
from pathlib import Path

from songcut.exporting.analysis import analysis_data, analysis_from_data
from songcut.lyrics.lrc import parse_lrc, to_lrc
from songcut.model.shots import ShotList
from songcut.model.song import Lyrics, Song
from songcut.model.takes import Select, Take
from songcut.project import Artefact, json_artefact, json_file
from songcut.saving import write_text
from songcut.writing.document import load_treatment, save_treatment


@dataclass(frozen=True)
class Rushes:
    """The takes that the shots of a film are chosen from."""

    takes: tuple[Take, ...]


@dataclass(frozen=True)
class Selects:
    """The takes that were chosen, one a shot."""

    selects: tuple[Select, ...]


def _read_lyrics(path: Path) -> Lyrics:
    text = path.read_text(encoding="utf-8")
    return parse_lrc(text, path) if text.strip() else Lyrics()


def _write_lyrics(lyrics: Lyrics, path: Path) -> None:
    # A song without words leaves an empty file: a place to write them into.
    write_text(to_lrc(lyrics) if lyrics.lines else "", path)


SONG = json_artefact("song", "song.json", Song, 1)
ANALYSIS = json_file("analysis", "analysis.json", analysis_from_data, analysis_data)
LYRICS = Artefact("lyrics", "lyrics.lrc", _read_lyrics, _write_lyrics)
TREATMENT = Artefact("treatment", "treatment.yaml", load_treatment, save_treatment)
SHOTS = json_artefact("shots", "shots.json", ShotList, 1)
TAKES = json_artefact("takes", "takes.json", Rushes, 1)
SELECTS = json_artefact("selects", "selects.json", Selects, 1)
TIMELINE_FILE = "timeline.otio"
CREDITS_FILE = "credits.json"
REPORT_FILE = "report.html"

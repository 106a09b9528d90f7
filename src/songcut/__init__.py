"""songcut: song in, video out.

    import songcut

    made = songcut.make("song.mp3")
    analysis = songcut.analyze("song.mp3")

Importing songcut is cheap: what hears, writes, shoots and renders is loaded when it is first used.
"""

from songcut.api import analyze, make, render
from songcut.errors import BackendError, InputError, OutputError, SongcutError
from songcut.model.analysis import Accent, Beat, BeatGrid, EnergyCurve, Mood, Section, SongAnalysis
from songcut.model.shots import Shot, ShotList
from songcut.model.song import LyricLine, Lyrics, Song
from songcut.model.takes import PictureFormat, Select, Take
from songcut.model.timeline import Clip, Marker, Timeline
from songcut.model.timing import FrameRange
from songcut.model.treatment import Brief, Character, Colour, SectionPrompt, Treatment
from songcut.progress import Made, Progress

__version__ = "0.1.0"

__all__ = [
    "Accent",
    "BackendError",
    "Beat",
    "BeatGrid",
    "Brief",
    "Character",
    "Clip",
    "Colour",
    "EnergyCurve",
    "FrameRange",
    "InputError",
    "LyricLine",
    "Lyrics",
    "Made",
    "Marker",
    "Mood",
    "OutputError",
    "PictureFormat",
    "Progress",
    "Section",
    "SectionPrompt",
    "Select",
    "Shot",
    "ShotList",
    "Song",
    "SongAnalysis",
    "SongcutError",
    "Take",
    "Timeline",
    "Treatment",
    "analyze",
    "make",
    "render",
]

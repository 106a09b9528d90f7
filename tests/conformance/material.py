"""What the suites feed to plugins: small songs, a treatment's desk, orders, a timeline. All made here, all known."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np

from songcut.model.analysis import Accent, Beat, BeatGrid, EnergyCurve, Mood, Section, SongAnalysis
from songcut.model.audio import Audio
from songcut.model.music import MusicCurves, music_curves
from songcut.model.shots import Shot
from songcut.model.song import LyricLine, Lyrics, Song
from songcut.model.takes import PictureFormat
from songcut.model.timeline import Clip, Marker, Timeline
from songcut.model.timing import FrameRange
from songcut.model.treatment import Brief, Colour
from songcut.ports import Embedder, ShootingFloor, TakeOrder, WritingDesk

RATE = 22050


def silence(seconds: float) -> Audio:
    return Audio(np.zeros(round(seconds * RATE), dtype=np.float32), RATE)


def clicks(bpm: float, seconds: float, first: float = 0.25) -> Audio:
    """Short decaying tones on every beat, the first of four higher and louder."""
    samples = np.zeros(round(seconds * RATE), dtype=np.float64)
    time = np.arange(round(0.06 * RATE)) / RATE
    for index, start in enumerate(np.arange(first, seconds - 0.1, 60 / bpm)):
        downbeat = index % 4 == 0
        tone = np.sin(2 * np.pi * (1500 if downbeat else 1000) * time) * np.exp(-time / 0.015)
        at = round(start * RATE)
        samples[at : at + len(tone)] += tone * (0.8 if downbeat else 0.5)
    return Audio(samples.astype(np.float32), RATE)


def two_part_song(seconds: float = 32.0) -> Audio:
    """Clicks over a low soft chord, then over a high loud one."""
    audio = clicks(120, seconds, first=0.0)
    time = np.arange(len(audio.samples)) / RATE
    soft = 0.05 * sum(np.sin(2 * np.pi * f * time) for f in (110.0, 130.8, 164.8))
    loud = 0.2 * sum(np.sign(np.sin(2 * np.pi * f * time)) for f in (392.0, 493.9, 587.3))
    return Audio((audio.samples + np.where(time < seconds / 2, soft, loud)).astype(np.float32), RATE)


def grid(bpm: float, seconds: float, first: float = 0.0) -> BeatGrid:
    times = np.arange(first, seconds, 60 / bpm)
    return BeatGrid(tuple(Beat(float(time), index % 4 + 1) for index, time in enumerate(times)))


def energy(audio: Audio, hop: float = 0.1) -> EnergyCurve:
    step = round(hop * audio.rate)
    blocks = [audio.samples[at : at + step] for at in range(0, max(1, len(audio.samples)), step)]
    loudness = [float(np.sqrt(np.mean(block**2))) if len(block) else 0.0 for block in blocks]
    top = max(loudness) or 1.0
    return EnergyCurve(hop, tuple(value / top for value in loudness))


def song(seconds: float = 40.0) -> Song:
    return Song("/songs/song.flac", "ab" * 32, seconds, 44100, 2, "flac", title="Harbour Lights", artist="The Weir")


def analysis(parts: tuple[tuple[float, str, str, float], ...] | None = None) -> SongAnalysis:
    """Sections given as (seconds, letter, function, energy), by default a five-part song."""
    parts = parts or (
        (4.0, "A", "intro", 0.1),
        (12.0, "B", "verse", 0.4),
        (8.0, "C", "chorus", 0.9),
        (12.0, "B", "verse", 0.5),
        (4.0, "D", "outro", 0.2),
    )
    sections = []
    at = 0.0
    for seconds, letter, function, loud in parts:
        sections.append(Section(at, at + seconds, letter, function, loud))
        at += seconds
    values = [s.energy for s in sections for _ in range(round(s.duration))]
    return SongAnalysis(
        duration=at,
        tempo=120.0,
        beats=grid(120, at),
        sections=tuple(sections),
        energy=EnergyCurve(1.0, tuple(values)),
        accents=(Accent(at / 2, 0.8),),
        key="A minor",
        mood=Mood(-0.3, 0.4, ("restless", "dark")),
        beat_confidence=0.9,
        heard_by="nobody",
    )


LYRICS = Lyrics(
    (
        LyricLine("Harbour lights go out at midnight", 5.0, 8.0),
        LyricLine("I count the boats along the quay", 9.0, 12.0),
        LyricLine("Burn it down and let it burn", 17.0, 20.0),
    ),
    "song.lrc",
)


def desk(
    embedder: Embedder,
    *,
    heard: SongAnalysis | None = None,
    lyrics: Lyrics = LYRICS,
    brief: Brief | None = None,
    seed: int = 7,
) -> WritingDesk:
    heard = heard or analysis()
    return WritingDesk(song(heard.duration), heard, lyrics, brief or Brief(), embedder, seed)


PICTURE = PictureFormat(128, 72, Fraction(24))
PALETTE = (Colour("rust", "#b7410e"), Colour("slate", "#2f4f4f"), Colour("cream", "#fff1c9"))


def orders(shots: int = 2, takes: int = 2, frames: int = 14, picture: PictureFormat = PICTURE) -> list[TakeOrder]:
    """Orders for a few short shots, each with several takes."""
    heard = analysis()
    made = []
    for index in range(shots):
        # Starting inside the verse, where there are beats and some energy.
        span = FrameRange(100 + index * frames, 100 + (index + 1) * frames)
        shot = Shot(index, span, 1, f"a lighthouse in fog, shot {index}", "slow push in", 0.4)
        for number in range(takes):
            made.append(
                TakeOrder(
                    id=f"{index:02d}{number:02d}" + "ab" * 14,
                    shot=shot,
                    number=number,
                    variation=("at dusk", "seen from above")[number % 2],
                    seed=1000 * index + number,
                    picture=picture,
                    palette=PALETTE,
                    style="grainy 16 mm film",
                    negative_prompt="text",
                    music=music_under(heard, span, picture.rate),
                )
            )
    return made


def music_under(heard: SongAnalysis, span: FrameRange, rate: Fraction) -> MusicCurves:
    return music_curves(heard, span, rate)


def floor(
    folder: Path, embedder: Embedder, warn: Callable[[str], None], clips: tuple[Path, ...] = (), workers: int = 2
) -> ShootingFloor:
    folder.mkdir(parents=True, exist_ok=True)
    return ShootingFloor(folder, clips, embedder, "draft", workers, warn)


def timeline(folder: Path) -> Timeline:
    """A short cut whose media lie below a folder, some named relatively, some absolutely, one with odd characters."""
    return Timeline(
        name="Harbour Lights",
        picture=PictureFormat(1280, 720, Fraction(24)),
        clips=(
            Clip(FrameRange(0, 40), "takes/one.mp4", Fraction(1, 3), available=Fraction(4), take="1", name="one"),
            Clip(FrameRange(40, 72), None, name="black"),
            Clip(FrameRange(72, 96), str(folder / "takes" / "zwei ü.mp4"), available=Fraction(9), take="2", name="two"),
        ),
        song="song.flac",
        duration=4.0,
        markers=(Marker(0, "intro A"), Marker(40, "verse B", "energy 0.4")),
    )

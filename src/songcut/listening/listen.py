"""The whole analysis of a song. Loaded lazily by the pipeline: it brings librosa and scipy."""

from songcut.listening.energy import energy_curve
from songcut.listening.features import features_of
from songcut.listening.key import find_key
from songcut.listening.mood import find_mood
from songcut.listening.onsets import accents
from songcut.model.analysis import SongAnalysis
from songcut.model.audio import Audio
from songcut.ports import BeatTracker, SectionFinder


def listen(audio: Audio, tracker: BeatTracker, finder: SectionFinder) -> SongAnalysis:
    """Hear a song: beats and sections by the given plugins, energy, accents, key and mood by ourselves.

    Parameters
    ----------
    audio
        Mono sound of any rate, 22,050 samples a second by custom; more than 0 samples.

    Raises
    ------
    ValueError
        If there is no sound at all (0 samples).
    """
    if len(audio.samples) == 0:
        raise ValueError("an audio of 0 samples has no analysis")
    features = features_of(audio)
    track = tracker.track(audio)
    energy = energy_curve(features, audio.duration)
    moments = accents(features, audio.duration)
    key = find_key(features)
    tempo = track.grid.tempo
    return SongAnalysis(
        duration=audio.duration,
        tempo=tempo,
        beats=track.grid,
        sections=finder.find(audio, track.grid, energy),
        energy=energy,
        accents=moments,
        key=key.name,
        mood=find_mood(features, tempo, key, moments),
        beat_confidence=track.confidence,
        heard_by=tracker.name,
    )

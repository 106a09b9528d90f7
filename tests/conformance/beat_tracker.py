"""The laws of a beat tracker. Subclass the suite and give it yours in a ``plugin`` fixture."""

import numpy as np
import pytest

from conformance import material
from songcut.model.audio import Audio
from songcut.ports import BeatTracker


class BeatTrackerConformance:
    @pytest.fixture
    def plugin(self) -> BeatTracker:
        raise NotImplementedError("override the plugin fixture")

    def test_it_is_a_beat_tracker_with_a_name(self, plugin: BeatTracker) -> None:
        assert isinstance(plugin, BeatTracker)
        assert plugin.name.strip()

    @pytest.mark.parametrize("bpm", [84, 120, 150])
    def test_beats_increase_inside_the_song_and_are_numbered_from_1(self, plugin: BeatTracker, bpm: int) -> None:
        audio = material.clicks(bpm, 14)
        track = plugin.track(audio)
        assert len(track.grid) > 0
        assert np.all(np.diff(track.grid.times) > 0)
        assert track.grid.times[0] >= 0
        assert track.grid.times[-1] < audio.duration
        assert track.grid.numbers.min() >= 1
        assert 0 <= track.confidence <= 1

    def test_numbers_count_up_within_a_bar(self, plugin: BeatTracker) -> None:
        numbers = plugin.track(material.clicks(120, 14)).grid.numbers
        assert 1 in numbers
        steps = np.diff(numbers)
        assert np.all((steps == 1) | (numbers[1:] == 1))

    def test_a_steady_click_is_followed_at_its_tempo_or_an_octave_from_it(self, plugin: BeatTracker) -> None:
        tempo = plugin.track(material.clicks(120, 20)).grid.tempo
        assert min(abs(tempo / target - 1) for target in (60, 120, 240)) < 0.05

    def test_silence_has_no_beats(self, plugin: BeatTracker) -> None:
        assert len(plugin.track(material.silence(8)).grid) == 0

    @pytest.mark.parametrize("seconds", [0.05, 0.5, 2.0])
    def test_very_short_sound_is_no_error(self, plugin: BeatTracker, seconds: float) -> None:
        audio = Audio(material.clicks(120, 4).samples[: round(seconds * material.RATE)], material.RATE)
        times = plugin.track(audio).grid.times
        assert np.all((times >= 0) & (times < audio.duration))

    def test_the_same_sound_gives_the_same_beats_and_is_left_as_it_was(self, plugin: BeatTracker) -> None:
        audio = material.clicks(100, 8)
        before = audio.samples.copy()
        assert plugin.track(audio) == plugin.track(audio)
        assert np.array_equal(audio.samples, before)

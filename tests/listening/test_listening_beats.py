import numpy as np
import pytest
from listening_sounds import RATE, audio, drums, put, silence, tone

from songcut.listening.ellis_tracker import EllisBeatTracker
from songcut.model.analysis import BeatGrid
from songcut.ports import BeatTracker


def track(samples, rate=RATE):
    return EllisBeatTracker().track(audio(samples, rate))


def nearest_errors(found, true):
    return np.array([found[np.abs(found - time).argmin()] - time for time in true])


def test_it_is_a_beat_tracker():
    assert isinstance(EllisBeatTracker(), BeatTracker)
    assert EllisBeatTracker().name == "ellis"


@pytest.mark.parametrize("bpm", [60, 90, 120, 160])
@pytest.mark.parametrize("beats_per_bar", [3, 4])
def test_every_click_is_a_beat_and_every_accent_a_downbeat(bpm, beats_per_bar):
    samples, beats, downbeats = drums(bpm, beats_per_bar, 30)
    grid = track(samples).grid
    assert abs(len(grid) - len(beats)) <= 1
    inner = beats[1:-1]
    assert np.abs(nearest_errors(grid.times, inner)).max() < 0.015
    assert grid.numbers.max() == beats_per_bar
    assert np.abs(nearest_errors(grid.downbeats, downbeats[1:-1])).max() < 0.015
    assert abs(len(grid.downbeats) - len(downbeats)) <= 1


@pytest.mark.parametrize("rate", [11_025, 22_050, 44_100, 48_000])
def test_beats_are_neither_early_nor_late_at_any_sample_rate(rate):
    samples, beats, _ = drums(100, 4, 15, rate=rate)
    errors = nearest_errors(track(samples, rate).grid.times, beats[1:-1])
    assert abs(np.median(errors)) < 0.008


def test_beats_do_not_begin_before_the_music_or_go_on_after_it():
    samples, beats, _ = drums(120, 4, 20, first=5.0)
    grid = track(np.concatenate([samples, silence(6)])).grid
    assert grid.times[0] > beats[0] - 0.3
    assert grid.times[-1] < beats[-1] + 0.3


def test_a_drifting_tempo_is_followed():
    times = np.cumsum(np.linspace(0.52, 0.46, 50))
    samples = silence(times[-1] + 1)
    click, _, _ = drums(60, 1, 0.3, first=0.0)
    for time in times:
        put(samples, click, time)
    assert np.abs(nearest_errors(track(samples).grid.times, times[2:-2])).max() < 0.03


def no_pulse():
    noise = np.random.default_rng(3).normal(0, 0.2, 20 * RATE)
    click = silence(20)
    click[10 * RATE] = 1.0
    return {
        "silence": silence(10),
        "noise": noise,
        "faint noise": noise * 1e-4,
        "tone": tone(0, 20, 0.3),
        "one click": click,
        "constant": np.full(10 * RATE, 0.5),
        "too short": noise[:RATE],
    }


@pytest.mark.parametrize("name", no_pulse())
def test_without_a_pulse_there_are_no_beats(name):
    found = track(no_pulse()[name])
    assert found.grid == BeatGrid()
    assert found.confidence == 0.0


def test_confidence_is_high_for_a_metronome_and_lower_for_a_loose_hand():
    steady, beats, _ = drums(110, 4, 20)
    rng = np.random.default_rng(5)
    click, _, _ = drums(60, 1, 0.3, first=0.0)
    loose = rng.normal(0, 0.01, len(steady))
    for time in beats:
        put(loose, click * rng.uniform(0.2, 1), max(0.0, time + rng.normal(0, 0.05)))
    assert track(steady).confidence > 0.8
    assert 0 < track(loose).confidence < track(steady).confidence - 0.2


def test_times_and_numbers_are_plain_python():
    samples, _, _ = drums(120, 4, 8)
    for beat in track(samples).grid.beats:
        assert type(beat.time) is float
        assert type(beat.number) is int

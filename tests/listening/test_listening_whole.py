from dataclasses import replace

import numpy as np
import pytest
from listening_sounds import MAJOR, MINOR, RATE, audio, band, chord, drums, silence, tone

from songcut.listening.ellis_tracker import EllisBeatTracker
from songcut.listening.features import features_of
from songcut.listening.key import NAMES, Key, find_key
from songcut.listening.listen import listen
from songcut.listening.mood import find_mood, mood_words
from songcut.listening.sections import NoveltySectionFinder
from songcut.model.analysis import SongAnalysis
from songcut.model.audio import Audio
from songcut.model.schema import from_data, to_data


def hear(samples, rate=RATE):
    return listen(audio(samples, rate), EllisBeatTracker(), NoveltySectionFinder())


def check_laws(analysis, duration):
    assert analysis.duration == duration
    times = analysis.beats.times
    assert np.all(np.diff(times) > 0)
    assert np.all((times >= 0) & (times <= duration))
    assert analysis.sections[0].start == 0
    assert analysis.sections[-1].end == duration
    for before, after in zip(analysis.sections[:-1], analysis.sections[1:], strict=True):
        assert before.end == after.start
    values = np.array(analysis.energy.values)
    assert len(values) == int(duration / analysis.energy.hop + 1e-9) + 1
    assert np.all((values >= 0) & (values <= 1))
    moments = np.array([accent.time for accent in analysis.accents])
    assert np.all((moments >= 0) & (moments <= duration))
    assert np.all(np.diff(moments) >= 0.15)
    assert all(0 <= accent.strength <= 1 for accent in analysis.accents)
    assert -1 <= analysis.mood.valence <= 1
    assert -1 <= analysis.mood.arousal <= 1
    assert 3 <= len(analysis.mood.words) <= 6
    assert 0 <= analysis.beat_confidence <= 1


def odd_sounds():
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 0.2, 8 * RATE)
    clicks, _, _ = drums(130, 4, 8)
    click = silence(8)
    click[4 * RATE] = 1.0
    return {
        "silence": silence(8),
        "tone": tone(0, 8, 0.5),
        "noise": noise,
        "nearly silent": noise * 1e-5,
        "one click": click,
        "two seconds of noise": noise[: 2 * RATE],
        "two seconds of clicks": clicks[: 2 * RATE],
        "two seconds of tone": tone(3, 2, 0.5),
        "clipped": np.clip(clicks * 100, -1, 1),
        "offset": clicks + 0.6,
        "far too loud": clicks * 1e4,
        "not numbers": np.full(8 * RATE, np.nan),
        "some not numbers": np.where(np.arange(8 * RATE) == 777, np.inf, clicks),
        "one sample": np.ones(1),
        "half a frame": noise[:100],
        "silence then noise": np.concatenate([silence(8), noise]),
    }


@pytest.mark.parametrize("name", odd_sounds())
@pytest.mark.parametrize("rate", [8_000, 22_050])
def test_odd_sounds_obey_every_law(name, rate):
    samples = odd_sounds()[name]
    check_laws(hear(samples, rate), len(samples) / rate)


def test_a_song_obeys_every_law_and_can_be_saved():
    samples, _ = band([([(-12, MINOR), (-16, MAJOR)], 8, 0.1), ([(-9, MAJOR), (-14, MAJOR)], 8, 0.2)], bpm=128)
    analysis = hear(samples)
    check_laws(analysis, len(samples) / RATE)
    assert analysis.heard_by == "ellis"
    assert analysis.tempo == pytest.approx(128, rel=0.01)
    assert from_data(SongAnalysis, to_data(analysis)) == analysis


def test_the_same_song_gives_the_same_analysis():
    samples, _ = band([([(-12, MINOR)], 8, 0.1)])
    assert hear(samples) == hear(samples)


def test_no_sound_at_all_is_refused():
    with pytest.raises(ValueError, match="0 samples"):
        listen(Audio(np.zeros(0, dtype=np.float32), RATE), EllisBeatTracker(), NoveltySectionFinder())


def test_energy_follows_loudness_and_silence_has_none():
    clicks, _, _ = drums(120, 4, 30)
    pad = chord(-12, MAJOR, 30, 0.2)
    samples = np.concatenate([0.1 * (clicks + pad)[: 15 * RATE], (clicks + pad)[15 * RATE :]])
    energy = hear(samples).energy
    quiet, loud = energy.at(np.arange(2, 13, 0.5)), energy.at(np.arange(17, 28, 0.5))
    assert loud.min() > quiet.max() + 0.3
    assert max(hear(silence(5)).energy.values) == 0


def test_energy_rises_where_more_is_played_at_the_same_level():
    sparse, _, _ = drums(60, 4, 15)
    dense, _, _ = drums(240, 4, 15)
    pad = chord(-12, MAJOR, 30, 0.5)
    energy = hear(np.concatenate([sparse, dense]) + pad).energy
    assert energy.at(np.arange(18, 28, 0.5)).mean() > energy.at(np.arange(3, 12, 0.5)).mean() + 0.1


def test_energy_does_not_depend_on_the_level_of_the_file():
    samples, _ = band([([(-12, MINOR)], 4, 0.1), ([(-12, MINOR)], 4, 0.3)])
    np.testing.assert_allclose(hear(samples).energy.values, hear(samples * 0.3).energy.values, atol=0.03)


def test_accents_are_the_strong_strokes_at_their_times():
    samples, beats, downbeats = drums(100, 4, 20)
    weak, _, _ = drums(400, 4, 20)
    found = hear(samples + 0.02 * weak).accents
    times = np.array([accent.time for accent in found])
    assert all(np.abs(times - time).min() < 0.01 for time in beats)
    assert len(times) <= len(beats) + 2
    strong = [accent.strength for accent in found if np.abs(downbeats - accent.time).min() < 0.02]
    others = [accent.strength for accent in found if np.abs(downbeats - accent.time).min() > 0.1]
    assert np.mean(strong) > np.mean(others)


def scale(tonic, steps):
    """A scale up and down with its tonic chord's notes longer, from semitones above C4."""
    lengths = {0: 0.8, steps[2]: 0.5, steps[4]: 0.6}
    notes = [*steps, 12, *steps[::-1]]
    return np.concatenate([tone(tonic - 9 + step, lengths.get(step % 12, 0.25)) for step in notes])


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize(("mode", "steps"), [("major", (0, 2, 4, 5, 7, 9, 11)), ("minor", (0, 2, 3, 5, 7, 8, 11))])
def test_the_key_of_a_scale(tonic, mode, steps):
    assert find_key(features_of(audio(scale(tonic, steps)))).name == f"{NAMES[tonic]} {mode}"


def test_noise_and_silence_have_no_key():
    noise = np.random.default_rng(0).normal(0, 0.2, 5 * RATE)
    assert find_key(features_of(audio(noise))) == Key("none", 0.0)
    assert find_key(features_of(audio(silence(5)))) == Key("none", 0.0)


def test_fast_loud_major_is_gladder_and_livelier_than_slow_soft_minor():
    glad, _ = band([([(-12, MAJOR), (-5, MAJOR)], 10, 0.25)], bpm=150)
    sad, _ = band([([(-12, MINOR), (-7, MINOR)], 5, 0.02)], bpm=66)
    one, other = hear(glad).mood, hear(sad).mood
    assert one.valence > 0.2 > -0.2 > other.valence
    assert one.arousal > other.arousal + 0.4
    assert not set(one.words) & set(other.words)


def test_each_cue_moves_the_mood_its_way():
    samples, _ = band([([(-12, MAJOR)], 4, 0.1)])
    features = features_of(audio(samples))
    middle = find_mood(features, 110.0, Key("C major", 0.0), ())
    assert find_mood(features, 160.0, Key("C major", 0.0), ()).arousal > middle.arousal
    assert find_mood(features, 110.0, Key("C major", 0.2), ()).valence > middle.valence
    assert find_mood(features, 110.0, Key("C minor", -0.2), ()).valence < middle.valence
    louder = replace(features, loudness=features.loudness + 6)
    assert find_mood(louder, 110.0, Key("C major", 0.0), ()).arousal > middle.arousal


@pytest.mark.parametrize(
    ("valence", "arousal", "word"),
    [(0.8, 0.8, "euphoric"), (-0.8, 0.8, "angry"), (-0.8, -0.4, "sad"), (0.65, -0.65, "serene")],
)
def test_words_lie_where_they_belong(valence, arousal, word):
    words = mood_words(valence, arousal)
    assert words[0] == word
    assert len(set(words)) == 4

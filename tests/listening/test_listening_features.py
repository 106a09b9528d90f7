import gc
import subprocess
import sys
import weakref

import numpy as np
import pytest
from listening_sounds import RATE, audio, drums, frequency

from songcut.listening import features as features_module
from songcut.listening.features import features_of


def sine(hertz, seconds=3.0, level=1.0):
    return level * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)


def test_the_result_does_not_depend_on_the_blocks(monkeypatch):
    samples, _, _ = drums(120, 4, 9)
    whole = features_of(audio(samples))
    monkeypatch.setattr(features_module, "_BLOCK", 7)
    pieces = features_of(audio(samples))
    for name in ("onset", "pulse", "low_onset", "chroma", "timbre", "loudness", "brightness"):
        np.testing.assert_allclose(getattr(pieces, name), getattr(whole, name), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("level", [1.0, 0.1])
def test_loudness_of_a_sine_is_its_level(level):
    # BS.1770 gives a full-scale sine of 997 Hz -3.01 LKFS; its K filter has about 0.7 dB there, taken off by -0.691.
    loudness = features_of(audio(sine(997, level=level))).loudness[5:-5]
    np.testing.assert_allclose(loudness - 0.691, -3.01 + 20 * np.log10(level), atol=0.1)


def test_silence_is_minus_a_hundred_decibels_and_has_no_brightness():
    found = features_of(audio(np.zeros(RATE)))
    np.testing.assert_allclose(found.loudness, -100, atol=0.01)
    assert not found.brightness.any()
    assert not found.onset.any()


def test_bass_counts_less_than_the_middle_in_loudness():
    assert features_of(audio(sine(40))).loudness[10] < features_of(audio(sine(1000))).loudness[10] - 3


@pytest.mark.parametrize("semitone", range(12))
def test_a_note_has_its_pitch_class(semitone):
    chroma = features_of(audio(sine(frequency(semitone)))).chroma[5:-5].mean(axis=0)
    assert int(chroma.argmax()) == (semitone + 9) % 12


def test_brightness_of_a_sine_is_its_frequency():
    np.testing.assert_allclose(features_of(audio(sine(1500))).brightness[5:-5], 1500, rtol=0.02)


def test_an_offset_changes_nothing():
    samples, _, _ = drums(120, 4, 5)
    np.testing.assert_allclose(
        features_of(audio(samples + 0.4)).onset[4:-4], features_of(audio(samples)).onset[4:-4], atol=0.05
    )


def test_features_are_computed_once_and_go_with_the_sound():
    sound = audio(sine(440))
    first = features_of(sound)
    assert features_of(sound) is first
    gone = weakref.ref(sound)
    del sound
    gc.collect()
    assert gone() is None


def test_the_packages_are_light_to_import():
    code = (
        "import sys, songcut.listening, songcut.lyrics, songcut.lyrics.sources, songcut.lyrics.placing\n"
        "heavy = {'librosa', 'numba', 'scipy', 'torch', 'av'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

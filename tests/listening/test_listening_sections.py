from itertools import pairwise

import numpy as np
import pytest
from listening_sounds import MAJOR, MINOR, RATE, audio, band, silence

from songcut.listening.ellis_tracker import EllisBeatTracker
from songcut.listening.form import letter_name, song_functions
from songcut.listening.listen import listen
from songcut.listening.sections import NoveltySectionFinder, novelty
from songcut.model.analysis import BeatGrid, EnergyCurve
from songcut.ports import SectionFinder

# Chords as (semitones from A4, shape): a verse in A minor, a chorus in E flat.
VERSE = [(-12, MINOR), (-17, MAJOR), (-21, MAJOR), (-14, MAJOR)]
CHORUS = [(-6, MAJOR), (-11, MAJOR), (-9, MINOR), (-16, MAJOR)]


def hear(samples):
    return listen(audio(samples), EllisBeatTracker(), NoveltySectionFinder())


@pytest.fixture(scope="module")
def four_parts():
    samples, edges = band([(VERSE, 8, 0.06), (CHORUS, 8, 0.15), (VERSE, 8, 0.06), (CHORUS, 8, 0.15)])
    return hear(samples), edges


def test_it_is_a_section_finder():
    assert isinstance(NoveltySectionFinder(), SectionFinder)


def test_boundaries_lie_on_the_changes(four_parts):
    analysis, edges = four_parts
    found = [section.start for section in analysis.sections]
    assert len(found) == 4
    np.testing.assert_allclose(found, edges[:-1], atol=0.05)


def test_boundaries_are_downbeats(four_parts):
    analysis, _ = four_parts
    for section in analysis.sections[1:]:
        assert section.start in analysis.beats.downbeats


def test_the_same_music_has_the_same_letter(four_parts):
    assert [section.letter for section in four_parts[0].sections] == ["A", "B", "A", "B"]


def test_the_loud_repeated_part_is_the_chorus(four_parts):
    sections = four_parts[0].sections
    assert [section.function for section in sections] == ["verse", "chorus", "verse", "chorus"]
    assert min(sections[1].energy, sections[3].energy) > max(sections[0].energy, sections[2].energy) + 0.2
    assert max(section.energy for section in sections) == 1.0


def test_sections_tile_the_song(four_parts):
    sections = four_parts[0].sections
    assert sections[0].start == 0
    assert sections[-1].end == four_parts[0].duration
    assert all(before.end == after.start for before, after in pairwise(sections))
    assert all(section.duration >= 6 for section in sections)


@pytest.mark.parametrize("seconds", [2.0, 5.0, 11.0])
def test_a_short_song_is_one_section(seconds):
    samples, _ = band([(VERSE, 8, 0.1)])
    sections = hear(samples[: int(seconds * RATE)]).sections
    assert [(section.start, section.letter) for section in sections] == [(0.0, "A")]


def test_without_beats_a_change_of_sound_is_still_a_boundary():
    rng = np.random.default_rng(0)
    hiss = rng.normal(0, 0.1, 20 * RATE)
    rumble = np.convolve(rng.normal(0, 0.1, 20 * RATE), np.ones(40) / 12, mode="same")
    sound = audio(np.concatenate([hiss, rumble, hiss]))
    curve = EnergyCurve(0.1, (0.5,) * 600)
    sections = NoveltySectionFinder().find(sound, BeatGrid(), curve)
    starts = [section.start for section in sections]
    assert min(abs(start - 20) for start in starts) <= 1.0
    assert min(abs(start - 40) for start in starts) <= 1.0


def test_steady_noise_is_not_divided():
    noise = np.random.default_rng(0).normal(0, 0.1, 30 * RATE)
    assert len(hear(noise).sections) == 1


def test_a_long_pause_is_a_quiet_break():
    samples, _ = band([(VERSE, 8, 0.1)])
    analysis = hear(np.concatenate([samples, silence(15), samples]))
    pause = analysis.sections[analysis.section_at(23.5)]
    assert pause.energy < 0.3
    assert pause.function == "break"


def test_novelty_is_footes_checkerboard():
    rows = np.random.default_rng(2).normal(size=(40, 5))
    span = 4
    taper = np.exp(-0.5 * ((np.arange(span) + 0.5) / (0.5 * span)) ** 2)
    side = np.concatenate([-taper[::-1], taper]) / taper.sum()
    board = np.outer(side, side)
    likeness = rows @ rows.T
    found = novelty(rows, span)
    for place in range(span, 40 - span):
        window = slice(place - span, place + span)
        assert found[place] == pytest.approx(float((board * likeness[window, window]).sum()))


def test_letters_go_on_after_z():
    assert [letter_name(index) for index in (0, 25, 26, 27, 51, 52, 701, 702)] == [
        "A", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA",
    ]  # fmt: skip


def test_functions_of_a_pop_song():
    letters = ["A", "B", "C", "D", "B", "C", "D", "E", "D", "F"]
    energies = [0.2, 0.5, 0.6, 1.0, 0.5, 0.6, 1.0, 0.6, 1.0, 0.1]
    edges = [0.0, 10, 30, 40, 60, 80, 90, 110, 130, 150, 160]
    assert song_functions(letters, energies, edges) == [
        "intro", "verse", "pre-chorus", "chorus", "verse", "pre-chorus", "chorus", "bridge", "chorus", "outro",
    ]  # fmt: skip


def test_a_song_of_one_section_is_a_verse():
    assert song_functions(["A"], [1.0], [0.0, 30.0]) == ["verse"]

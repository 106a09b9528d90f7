from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songcut.cutting.plan import BUSY_LENGTH, CALM_LENGTH, LONGEST, SHORTEST, plan_shots, wished_length
from songcut.errors import InputError
from songcut.model.analysis import Accent, Beat, BeatGrid, EnergyCurve, Mood, Section, SongAnalysis
from songcut.model.timing import film_length, nearest_frame
from songcut.model.treatment import Colour, SectionPrompt, Treatment

RATE = Fraction(24)


def song(duration=64.0, bpm=120.0, metre=4, energies=(0.5,), accents=(), first=0.0):
    """A song with an even grid and sections of equal length whose boundaries lie on downbeats where they can."""
    step = 60 / bpm if bpm else duration
    times = np.arange(first, duration, step) if bpm else np.array([])
    beats = tuple(Beat(float(t), i % metre + 1) for i, t in enumerate(times))
    downbeats = [beat.time for beat in beats if beat.number == 1]
    walls = [duration * i / len(energies) for i in range(len(energies) + 1)]
    inner = [min(downbeats, key=lambda d, w=wall: abs(d - w)) if downbeats else wall for wall in walls[1:-1]]
    walls = sorted({0.0, *inner, duration})
    sections = tuple(Section(a, b, "A", "verse", e) for (a, b), e in zip(pairwise(walls), energies, strict=False))
    hop = 0.1
    values = tuple(
        float(energies[min(int(t / duration * len(energies)), len(energies) - 1)]) for t in np.arange(0, duration, hop)
    )
    return SongAnalysis(
        duration, bpm, BeatGrid(beats), sections, EnergyCurve(hop, values), tuple(accents), "C major", Mood(0, 0, ())
    )


def treatment(analysis):
    return Treatment(
        "c",
        "s",
        (Colour("ink", "#101010"),),
        tuple(
            SectionPrompt(i, s.start, s.letter, s.function, "m", f"prompt {i}")
            for i, s in enumerate(analysis.sections, start=1)
        ),
    )


def plan(analysis, rate=RATE, pace="normal"):
    return plan_shots(analysis, treatment(analysis), rate, pace)


def lengths(shots):
    return [shot.frames.length for shot in shots.shots]


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(25), Fraction(30000, 1001)])
@pytest.mark.parametrize("bpm", [60, 93.7, 128, 200])
def test_every_cut_is_the_frame_nearest_to_a_beat(bpm, rate):
    analysis = song(bpm=bpm, energies=(0.2, 0.9, 0.5))
    on_beats = {nearest_frame(time, rate) for time in analysis.beats.times}
    cuts = [shot.frames.start for shot in plan(analysis, rate).shots[1:]]
    assert len(cuts) > 5
    assert set(cuts) <= on_beats


def test_every_section_boundary_is_a_cut():
    analysis = song(energies=(0.1, 0.9, 0.4, 0.8))
    starts = {shot.frames.start for shot in plan(analysis).shots}
    assert {nearest_frame(section.start, RATE) for section in analysis.sections} <= starts


def test_a_boundary_beside_its_beat_is_cut_on_the_beat():
    analysis = song()
    off = SongAnalysis(
        analysis.duration, analysis.tempo, analysis.beats,
        (Section(0, 32.1, "A", "verse", 0.5), Section(32.1, 64, "B", "chorus", 0.5)),
        analysis.energy, (), "C major", Mood(0, 0, ()),
    )  # fmt: skip
    assert nearest_frame(32.0, RATE) in {shot.frames.start for shot in plan(off).shots}


def test_cuts_prefer_downbeats():
    analysis = song(bpm=100, duration=120)
    downbeats = {nearest_frame(time, RATE) for time in analysis.beats.downbeats}
    cuts = [shot.frames.start for shot in plan(analysis).shots[1:]]
    assert sum(cut in downbeats for cut in cuts) / len(cuts) > 0.8  # chance is a quarter


def test_off_the_downbeat_the_middle_of_the_bar_comes_first():
    analysis = song(bpm=92, duration=120, energies=(1.0,))
    beats = {nearest_frame(beat.time, RATE): beat.number for beat in analysis.beats.beats}
    numbers = [beats[shot.frames.start] for shot in plan(analysis).shots[1:]]
    assert set(numbers) == {1, 3}


def test_shots_are_shorter_where_the_energy_is_higher():
    analysis = song(duration=120, energies=(0.0, 1.0))
    shots = plan(analysis).shots
    calm = np.mean([s.frames.length for s in shots if s.section == 0]) / 24
    busy = np.mean([s.frames.length for s in shots if s.section == 1]) / 24
    assert busy < calm / 1.7
    assert abs(calm - CALM_LENGTH) < 1.5
    assert abs(busy - BUSY_LENGTH) < 0.7


def test_the_pace_orders_the_number_of_shots():
    analysis = song(duration=120, bpm=170)
    slow, normal, fast = (len(plan(analysis, pace=pace).shots) for pace in ("slow", "normal", "fast"))
    assert slow < normal < fast


def test_an_unknown_pace_is_refused():
    with pytest.raises(InputError, match="pace"):
        plan(song(), pace="frantic")


def test_a_song_without_beats_is_cut_on_its_accents():
    accents = [Accent(float(t), 1.0) for t in np.arange(1.3, 60, 2.9)]
    analysis = song(bpm=0, accents=accents)
    cuts = [shot.frames.start for shot in plan(analysis).shots[1:]]
    assert set(cuts) <= {nearest_frame(accent.time, RATE) for accent in accents}
    assert len(cuts) > 8


def test_a_song_without_anything_is_divided():
    shots = plan(song(bpm=0)).shots
    assert len(shots) > 8
    assert max(s.frames.length for s in shots) / 24 <= LONGEST * wished_length(0.5)


def test_prompts_follow_the_sections():
    analysis = song(energies=(0.1, 0.9))
    for shot in plan(analysis).shots:
        assert shot.prompt == f"prompt {shot.section + 1}"


@settings(max_examples=150, deadline=None)
@given(
    duration=st.floats(2.0, 90.0),
    bpm=st.one_of(st.just(0.0), st.floats(30, 300)),
    metre=st.integers(1, 7),
    energies=st.lists(st.floats(0, 1), min_size=1, max_size=5),
    first=st.floats(0, 5),
    rate=st.sampled_from([Fraction(24), Fraction(12), Fraction(60), Fraction(24000, 1001)]),
    pace=st.sampled_from(["slow", "normal", "fast"]),
)
def test_shots_always_tile_the_whole_film(duration, bpm, metre, energies, first, rate, pace):
    analysis = song(duration, bpm, metre, tuple(energies), first=first)
    shots = plan(analysis, rate, pace)
    assert shots.length == film_length(duration, rate)  # ShotList itself refuses gaps and overlaps
    inner = [s for s in shots.shots if s.frames.length / rate < SHORTEST - 1 / rate]
    # Too short is allowed only where a section, the first beat or the end of the song leaves no choice.
    assert len(inner) <= 2 * len(analysis.sections)

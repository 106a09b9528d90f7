from fractions import Fraction

import numpy as np
import pytest

from songcut.errors import InputError
from songcut.model.analysis import Accent, Beat, BeatGrid, EnergyCurve, Mood, Section, SongAnalysis
from songcut.model.formats import picture_format
from songcut.model.music import music_curves
from songcut.model.shots import Shot, ShotList
from songcut.model.song import LyricLine, Lyrics
from songcut.model.takes import PictureFormat
from songcut.model.timeline import Clip, Timeline
from songcut.model.timing import FrameRange
from songcut.model.treatment import Colour, SectionPrompt, Treatment


def analysis(beats, accents=(), energy=(0.5, 0.5), duration=8.0):
    return SongAnalysis(
        duration, 120.0, BeatGrid(tuple(beats)), (Section(0.0, duration, "A", "verse", 0.5),),
        EnergyCurve(duration / (len(energy) - 1), tuple(energy)), tuple(accents), "C major", Mood(0, 0, ("calm",)),
    )  # fmt: skip


def test_beats_must_increase():
    with pytest.raises(ValueError, match="increase"):
        BeatGrid((Beat(1.0, 1), Beat(1.0, 2)))


def test_a_grid_knows_its_tempo_and_downbeats():
    grid = BeatGrid(tuple(Beat(0.5 * i, i % 4 + 1) for i in range(9)))
    assert grid.tempo == pytest.approx(120)
    assert grid.downbeats.tolist() == [0.0, 2.0, 4.0]
    assert grid.tempo_curve.shape == (8,)


def test_an_empty_grid_has_no_tempo():
    assert BeatGrid().tempo == 0
    assert BeatGrid().downbeats.shape == (0,)


@pytest.mark.parametrize(
    "bad", [(2.0, 1.0, "verse", 0.5), (0.0, 1.0, "drop", 0.5), (0.0, 1.0, "verse", 1.5), (-1.0, 1.0, "verse", 0.5)]
)
def test_a_section_is_checked(bad):
    start, end, function, energy = bad
    with pytest.raises(ValueError, match="section"):
        Section(start, end, "A", function, energy)


def test_every_time_has_a_section():
    song = SongAnalysis(
        10.0, 0.0, BeatGrid(), (Section(0, 4, "A", "verse", 0), Section(4, 10, "B", "chorus", 1)),
        EnergyCurve(0.1, ()), (), "C major", Mood(0, 0, ()),
    )  # fmt: skip
    assert [song.section_at(t) for t in (0, 3.999, 4, 9, 10, 11)] == [0, 0, 1, 1, 1, 1]


def test_lines_belong_to_the_section_that_holds_their_middle():
    lyrics = Lyrics((LyricLine("pickup", 3.8, 5.0), LyricLine("inside", 6.0, 7.0), LyricLine("untimed")))
    assert [line.text for line in lyrics.between(4.0, 8.0)] == ["pickup", "inside"]
    assert lyrics.between(0.0, 4.0) == ()
    assert not lyrics.timed


@pytest.mark.parametrize(
    ("size", "pixels"),
    [
        ("youtube", (1920, 1080)),
        ("reels", (1080, 1920)),
        ("1280x720", (1280, 720)),
        ("641X361", (640, 360)),
        ("8:3", (1920, 720)),
        ("9:16", (1080, 1920)),
        ("2.39:1", (1920, 802)),
    ],
)
def test_formats_by_name_pixels_and_aspect(size, pixels):
    picture = picture_format(size, 24)
    assert (picture.width, picture.height) == pixels


@pytest.mark.parametrize("size", ["", "huge", "0x0", "8x8", "10000x10", "0:3", "-4:3", "12"])
def test_a_format_that_is_none_is_refused(size):
    with pytest.raises(InputError):
        picture_format(size, 24)


def test_the_beat_curve_jumps_on_the_frame_of_the_beat_and_decays():
    rate = Fraction(24)
    curves = music_curves(analysis([Beat(1.0, 1), Beat(2.0, 2)]), FrameRange(0, 60), rate)
    assert curves.beat[:24].max() == 0
    assert curves.beat[24] == pytest.approx(1.0)
    assert np.all(np.diff(curves.beat[24:48]) < 0)
    assert curves.beat[48] == pytest.approx(0.6)


def test_accents_have_their_strength():
    curves = music_curves(analysis([], [Accent(0.5, 0.8)]), FrameRange(0, 24), Fraction(24))
    assert curves.accent[12] == pytest.approx(0.8)
    assert curves.beat.max() == 0


def test_travel_runs_faster_where_the_energy_is_higher():
    curves = music_curves(analysis([], energy=(0.0, 1.0)), FrameRange(0, 192), Fraction(24))
    steps = np.diff(curves.travel)
    assert np.all(steps > 0)
    assert steps[-1] > 2 * steps[0]


def test_the_curves_of_a_part_are_a_part_of_the_curves():
    whole = music_curves(analysis([Beat(0.5, 1), Beat(1.5, 2)], [Accent(1.0, 1.0)]), FrameRange(0, 96), Fraction(24))
    part = whole.during(FrameRange(20, 70))
    alone = music_curves(analysis([Beat(0.5, 1), Beat(1.5, 2)], [Accent(1.0, 1.0)]), FrameRange(20, 70), Fraction(24))
    assert len(part) == 50
    np.testing.assert_array_equal(part.beat, alone.beat)
    np.testing.assert_allclose(np.diff(part.travel), np.diff(alone.travel), atol=1e-5)
    assert part.travel[0] == 0


def shot(index, start, stop):
    return Shot(index, FrameRange(start, stop), 0, "a prompt", "static", 0.5)


def test_shots_must_tile_the_film():
    assert ShotList(Fraction(24), (shot(0, 0, 5), shot(1, 5, 9))).length == 9
    with pytest.raises(ValueError, match="must start at frame 5"):
        ShotList(Fraction(24), (shot(0, 0, 5), shot(1, 6, 9)))
    with pytest.raises(ValueError, match="must start at frame 5"):
        ShotList(Fraction(24), (shot(0, 0, 5), shot(2, 5, 9)))


def test_clips_must_tile_the_film():
    picture = PictureFormat(64, 36, Fraction(24))
    with pytest.raises(ValueError, match="must start at frame 5"):
        Timeline("t", picture, (Clip(FrameRange(0, 5), None), Clip(FrameRange(4, 9), None)), "s", 1.0)


def test_a_colour_is_checked_and_read():
    assert Colour("amber", "#ff8000").rgb == pytest.approx((1.0, 128 / 255, 0.0))
    with pytest.raises(ValueError, match="#rrggbb"):
        Colour("amber", "orange")


def test_prompts_are_numbered_in_order():
    prompt = SectionPrompt(2, 0.0, "A", "verse", "water", "a lake")
    with pytest.raises(ValueError, match="numbered"):
        Treatment("c", "s", (Colour("ink", "#000000"),), (prompt,))

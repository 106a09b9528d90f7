from dataclasses import replace
from fractions import Fraction

import pytest

from songcut.cutting.assembly import assemble, check_timeline, repeated_neighbours
from songcut.errors import InputError
from songcut.model.analysis import BeatGrid, EnergyCurve, Mood, Section, SongAnalysis
from songcut.model.shots import Shot, ShotList
from songcut.model.song import Song
from songcut.model.takes import PictureFormat, Select, Take
from songcut.model.timing import FrameRange

RATE = Fraction(24)
PICTURE = PictureFormat(64, 36, RATE)
SONG = Song("/music/song.wav", "0" * 64, 2.0, 44100, 2, "pcm_s16le", title="Song")
ANALYSIS = SongAnalysis(
    2.0, 0.0, BeatGrid(), (Section(0, 1, "A", "verse", 0.2), Section(1, 2, "B", "chorus", 0.9)),
    EnergyCurve(0.1, ()), (), "C major", Mood(0, 0, ()),
)  # fmt: skip
SHOTS = ShotList(
    RATE,
    (Shot(0, FrameRange(0, 24), 0, "p", "static", 0.2), Shot(1, FrameRange(24, 48), 1, "q", "static", 0.9)),
)


def take(name, seconds):
    return Take(name, None, "footage", "", f"caption {name}", f"/clips/{name}.mp4", "0" * 64, Fraction(seconds), 64, 36)


TAKES = {"a": take("a", 5), "b": take("b", 1)}


def test_the_timeline_says_what_the_selects_say():
    timeline = assemble(
        SONG, ANALYSIS, SHOTS, (Select(0, "a", Fraction(7, 3)), Select(1, "b", Fraction(0))), TAKES, PICTURE
    )
    assert timeline.length == 48
    assert [clip.frames for clip in timeline.clips] == [shot.frames for shot in SHOTS.shots]
    assert [(clip.media, clip.in_point, clip.take) for clip in timeline.clips] == [
        ("/clips/a.mp4", Fraction(7, 3), "a"),
        ("/clips/b.mp4", Fraction(0), "b"),
    ]
    assert [(marker.frame, marker.name) for marker in timeline.markers] == [(0, "A verse"), (24, "B chorus")]
    assert repeated_neighbours(timeline) == ()


@pytest.mark.parametrize("in_point", [Fraction(9, 2), Fraction(-1, 24)])
def test_a_select_outside_its_take_is_refused(in_point):
    with pytest.raises(InputError, match="clip 1 of the timeline"):
        assemble(SONG, ANALYSIS, SHOTS, (Select(0, "a", in_point), Select(1, "b", Fraction(0))), TAKES, PICTURE)


def test_speed_uses_up_more_of_the_take():
    timeline = assemble(
        SONG, ANALYSIS, SHOTS, (Select(0, "a", Fraction(0)), Select(1, "b", Fraction(0))), TAKES, PICTURE
    )
    fast = replace(timeline, clips=(timeline.clips[0], replace(timeline.clips[1], speed=Fraction(2))))
    with pytest.raises(InputError, match="clip 2"):
        check_timeline(fast)


def test_the_same_take_twice_in_a_row_is_found():
    timeline = assemble(
        SONG, ANALYSIS, SHOTS, (Select(0, "a", Fraction(0)), Select(1, "a", Fraction(2))), TAKES, PICTURE
    )
    assert repeated_neighbours(timeline) == (1,)

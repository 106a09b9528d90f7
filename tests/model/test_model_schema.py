from fractions import Fraction

import pytest

from songcut.model.analysis import Accent, Beat, BeatGrid, EnergyCurve, Mood, Section, SongAnalysis
from songcut.model.schema import Schema, SchemaError, digest, from_data, label, to_data, unlabel
from songcut.model.takes import PictureFormat
from songcut.model.timeline import Clip, Marker, Timeline
from songcut.model.timing import FrameRange

TIMELINE = Timeline(
    name="a song",
    picture=PictureFormat(640, 360, Fraction(24000, 1001)),
    clips=(
        Clip(FrameRange(0, 5), "takes/ä b.mp4", Fraction(1, 3), Fraction(2), Fraction(9, 7), "t", "n"),
        Clip(FrameRange(5, 9), None),
    ),
    song="/song.mp3",
    duration=0.4,
    markers=(Marker(3, "A verse"),),
)
ANALYSIS = SongAnalysis(
    duration=8.0,
    tempo=120.0,
    beats=BeatGrid((Beat(0.1, 1), Beat(0.6, 2))),
    sections=(Section(0.0, 8.0, "A", "verse", 0.5),),
    energy=EnergyCurve(0.1, (0.0, 1 / 3, 1.0)),
    accents=(Accent(0.5, 0.7),),
    key="A minor",
    mood=Mood(-0.1, 0.3, ("restless", "dark")),
)
SCHEMA = Schema("thing", 1)


@pytest.mark.parametrize("value", [TIMELINE, ANALYSIS])
def test_loading_what_was_saved_gives_the_same_value(value):
    assert unlabel(type(value), label(value, SCHEMA), SCHEMA) == value


def test_the_label_comes_first_and_names_the_version():
    assert next(iter(label(ANALYSIS, SCHEMA).items())) == ("schema", "songcut/thing.1")


@pytest.mark.parametrize("found", [None, "songcut/other.1", "songcut/thing.2", "songcut/thing.x", 3])
def test_another_schema_is_refused(found):
    with pytest.raises(SchemaError, match="schema"):
        unlabel(SongAnalysis, {**label(ANALYSIS, SCHEMA), "schema": found}, SCHEMA)


def test_a_fault_names_its_place():
    data = to_data(ANALYSIS)
    data["sections"][0]["energy"] = 7
    with pytest.raises(SchemaError, match=r"sections\[0\].*between 0 and 1"):
        from_data(SongAnalysis, data)


def test_a_typo_in_a_name_is_a_fault():
    data = to_data(TIMELINE)
    data["clips"][1]["spede"] = "1"
    with pytest.raises(SchemaError, match=r"clips\[1\]\.spede: there is no such name") as caught:
        from_data(Timeline, data)
    assert caught.value.place == ("clips", 1, "spede")


@pytest.mark.parametrize("data", [None, [], "text", {"name": 1}])
def test_data_of_another_shape_is_a_schema_error(data):
    with pytest.raises(SchemaError):
        from_data(Timeline, data)


def test_equal_parts_have_equal_digests_and_others_do_not():
    assert digest(TIMELINE, [1, "a"]) == digest(TIMELINE, (1, "a"))
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest("ab", "c") != digest("a", "bc")
    assert digest(Fraction(1, 3)) != digest(Fraction(2, 3))

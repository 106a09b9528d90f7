"""The saved cut: what is written is read back, byte for byte the same twice, and readable by other programs."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songcut.errors import OutputError
from songcut.exporting.otio import OtioExporter, read_otio
from songcut.model.takes import PictureFormat
from songcut.model.timeline import Clip, Marker, Timeline
from songcut.model.timing import FrameRange, film_length

RATES = [
    Fraction(24),
    Fraction(25),
    Fraction(24000, 1001),
    Fraction(30000, 1001),
    Fraction(60000, 1001),
    Fraction(25, 2),
]
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
FILE_NAME = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0/\\"), min_size=1, max_size=12
).filter(lambda name: name not in (".", ".."))
MEDIA = st.one_of(
    FILE_NAME.map(lambda name: f"takes/{name}"),
    FILE_NAME.map(lambda name: f"../footage/{name}"),
    FILE_NAME.map(lambda name: f"/elsewhere/{name}"),
)
SECONDS = st.fractions(0, 5000, max_denominator=90_000)


@st.composite
def timelines(draw) -> Timeline:
    rate = draw(st.sampled_from(RATES))
    clips = []
    at = 0
    for length in draw(st.lists(st.integers(1, 500), min_size=1, max_size=6)):
        frames = FrameRange(at, at + length)
        at += length
        if draw(st.booleans()):
            clips.append(
                Clip(
                    frames=frames,
                    media=draw(MEDIA),
                    in_point=draw(SECONDS),
                    speed=draw(st.sampled_from([Fraction(1), Fraction(1, 3), Fraction(5, 2), Fraction(0)])),
                    available=draw(st.none() | SECONDS),
                    take=draw(TEXT),
                    name=draw(TEXT),
                )
            )
        else:
            clips.append(Clip(frames=frames, media=None, name=draw(TEXT)))
    duration = float(Fraction(at) / rate) + draw(st.floats(-0.4, 0.4)) / float(rate)
    return Timeline(
        name=draw(TEXT),
        picture=PictureFormat(draw(st.integers(8, 2000)) * 2, draw(st.integers(8, 2000)) * 2, rate),
        clips=tuple(clips),
        song=draw(MEDIA),
        duration=duration,
        markers=tuple(
            Marker(frame, draw(TEXT), draw(TEXT)) for frame in draw(st.lists(st.integers(0, at), max_size=3))
        ),
    )


def _refuse(message: str) -> None:
    raise AssertionError(f"warned: {message}")


@given(timelines())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_loading_what_was_saved_gives_the_same_value(tmp_path: Path, timeline: Timeline) -> None:
    path = tmp_path / "timeline.otio"
    OtioExporter().export(timeline, path)
    first = path.read_bytes()
    again = read_otio(path, warn=_refuse)
    assert again == timeline
    OtioExporter().export(again, path)
    assert path.read_bytes() == first


@pytest.fixture
def timeline() -> Timeline:
    rate = Fraction(24000, 1001)
    return Timeline(
        name="Song",
        picture=PictureFormat(1280, 720, rate),
        clips=(
            Clip(FrameRange(0, 48), "takes/a b ü#1.mp4", Fraction(1, 3), available=Fraction(5), take="t1", name="one"),
            Clip(FrameRange(48, 72), None, name="black"),
            Clip(FrameRange(72, 100), "/far away/50% ö?.mov", Fraction(2), Fraction(3, 2), Fraction(9), "t2", "two"),
        ),
        song="/music/Lied für Zoë.mp3",
        duration=100 * 1001 / 24000,
        markers=(Marker(48, "chorus A", "energy 0.8"),),
    )


def _export(timeline: Timeline, path: Path) -> otio.schema.Timeline:
    OtioExporter().export(timeline, path)
    return otio.adapters.read_from_file(str(path))


def test_other_programs_find_two_tracks_of_full_length_and_the_markers(timeline: Timeline, tmp_path: Path) -> None:
    document = _export(timeline, tmp_path / "cut.otio")
    video, audio = document.video_tracks()[0], document.audio_tracks()[0]
    assert [type(item).__name__ for item in video] == ["Clip", "Gap", "Clip"]
    assert video.duration().to_frames() == 100
    assert video.duration().rate == pytest.approx(24000 / 1001)
    assert audio.duration().to_seconds() == pytest.approx(timeline.duration)
    assert [(m.name, m.comment, m.marked_range.start_time.to_frames()) for m in document.tracks.markers] == [
        ("chorus A", "energy 0.8", 48)
    ]
    assert document.metadata["songcut"]["schema"] == "songcut/timeline.1"
    assert (document.metadata["songcut"]["width"], document.metadata["songcut"]["height"]) == (1280, 720)
    assert video[0].metadata["songcut"]["take"] == "t1"
    assert video[0].metadata["songcut"]["in_point"] == "1/3"


def test_source_range_and_speed_are_what_otio_means_by_them(timeline: Timeline, tmp_path: Path) -> None:
    first, _, second = _export(timeline, tmp_path / "cut.otio").video_tracks()[0]
    assert first.source_range.start_time.to_seconds() == pytest.approx(1 / 3)
    assert first.available_range().duration.to_seconds() == pytest.approx(5)
    assert not first.effects
    assert second.source_range.duration.to_frames() == 28
    assert [effect.time_scalar for effect in second.effects] == [1.5]


def test_media_urls_are_encoded_and_relative_below_the_folder(timeline: Timeline, tmp_path: Path) -> None:
    first, _, second = _export(timeline, tmp_path / "cut.otio").video_tracks()[0]
    assert first.media_reference.target_url == "takes/a%20b%20%C3%BC%231.mp4"
    assert second.media_reference.target_url == "file:///far%20away/50%25%20%C3%B6%3F.mov"


def test_an_absolute_path_below_the_folder_becomes_relative_so_that_the_folder_can_move(
    timeline: Timeline, tmp_path: Path
) -> None:
    media = tmp_path / "takes" / "x.mp4"
    inside = replace(timeline, clips=(Clip(FrameRange(0, 100), str(media)),), song=str(tmp_path / "s.mp3"))
    OtioExporter().export(inside, tmp_path / "cut.otio")
    moved = tmp_path / "elsewhere" / "cut.otio"
    moved.parent.mkdir()
    (tmp_path / "cut.otio").rename(moved)
    again = read_otio(moved)
    assert again.clips[0].media == "takes/x.mp4"
    assert again.song == "s.mp3"


def test_text_that_json_cannot_hold_is_mended(timeline: Timeline, tmp_path: Path) -> None:
    odd = replace(timeline, name="a\0b", clips=(replace(timeline.clips[0], frames=FrameRange(0, 100), name="\udcff"),))
    OtioExporter().export(odd, tmp_path / "cut.otio")
    again = read_otio(tmp_path / "cut.otio")
    assert (again.name, again.clips[0].name) == ("ab", "?")


def test_a_file_name_that_is_not_utf8_comes_back(timeline: Timeline, tmp_path: Path) -> None:
    media = "takes/caf\udce9.mp4"  # Latin-1 bytes on a Linux disk
    odd = replace(timeline, clips=(Clip(FrameRange(0, 100), media),))
    OtioExporter().export(odd, tmp_path / "cut.otio")
    assert read_otio(tmp_path / "cut.otio").clips[0].media == media


def test_what_cannot_be_written_is_an_output_error_and_the_old_file_stays(timeline: Timeline, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="nowhere"):
        OtioExporter().export(timeline, tmp_path / "nowhere" / "cut.otio")
    folder = tmp_path / "cut.otio"
    folder.mkdir()
    with pytest.raises(OutputError, match=r"cut\.otio"):
        OtioExporter().export(timeline, folder)
    assert [path.name for path in tmp_path.iterdir()] == ["cut.otio"]


def test_the_file_is_json_with_a_line_per_value(timeline: Timeline, tmp_path: Path) -> None:
    OtioExporter().export(timeline, tmp_path / "cut.otio")
    text = (tmp_path / "cut.otio").read_text(encoding="utf-8")
    assert json.loads(text)["OTIO_SCHEMA"] == "Timeline.1"
    assert text.count("\n") > 100
    assert film_length(timeline.duration, timeline.picture.rate) == timeline.length

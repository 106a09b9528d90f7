"""Timelines that an editing program changed or wrote: edits win, and what cannot be rendered is named."""

import json
import random
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime, TimeRange

from songcut.errors import DocumentError, InputError
from songcut.exporting.otio import OtioExporter, read_otio
from songcut.model.takes import PictureFormat
from songcut.model.timeline import Clip, Marker, Timeline
from songcut.model.timing import FrameRange

RATE = Fraction(24)
HD = PictureFormat(1280, 720, RATE)


def a_clip(start: int, stop: int, number: int, in_point: Fraction = Fraction(1)) -> Clip:
    return Clip(
        FrameRange(start, stop),
        f"takes/{number}.mp4",
        in_point,
        available=Fraction(20),
        take=f"t{number}",
        name=f"c{number}",
    )


SAVED = Timeline(
    name="Song",
    picture=HD,
    clips=(a_clip(0, 48, 1), a_clip(48, 96, 2, Fraction(1, 7)), a_clip(96, 144, 3), a_clip(144, 192, 4)),
    song="song.mp3",
    duration=8.0,
    markers=(Marker(0, "verse A"),),
)


class Desk:
    """An editing program: a saved timeline to change, and what reading the changed file gives."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "timeline.otio"
        OtioExporter().export(SAVED, self.path)
        self.document = otio.adapters.read_from_file(str(self.path))
        self.video = self.document.video_tracks()[0]
        self.audio = self.document.audio_tracks()[0]
        self.warnings: list[str] = []

    def read(self, picture: PictureFormat | None = None) -> Timeline:
        otio.adapters.write_to_file(self.document, str(self.path))
        return read_otio(self.path, default_picture=picture, warn=self.warnings.append)

    def add_track(self, *items: object) -> None:
        track = otio.schema.Track(kind="Video")
        track.extend(items)
        self.document.tracks.append(track)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def span(start: float, duration: float, rate: float = 24) -> TimeRange:
    return TimeRange(RationalTime(start, rate), RationalTime(duration, rate))


def other_clip(name: str, used: TimeRange | None, offered: TimeRange | None = None) -> otio.schema.Clip:
    return otio.schema.Clip(name, otio.schema.ExternalReference(f"other/{name}.mov", offered), used)


def gap(frames: float) -> otio.schema.Gap:
    return otio.schema.Gap(source_range=span(0, frames))


def layout(timeline: Timeline) -> list[tuple[int, int, str | None]]:
    return [(clip.frames.start, clip.frames.stop, clip.media) for clip in timeline.clips]


def test_an_untouched_timeline_passed_through_another_program_is_the_same(desk: Desk) -> None:
    assert desk.read() == SAVED
    assert desk.warnings == []


def test_clips_changed_places_keep_their_media_and_in_points(desk: Desk) -> None:
    second = desk.video.pop(1)
    desk.video.append(second)
    again = desk.read()
    assert [clip.take for clip in again.clips] == ["t1", "t3", "t4", "t2"]
    assert again.clips[-1].in_point == Fraction(1, 7)
    assert again.clips[-1].frames == FrameRange(144, 192)


def test_a_trimmed_clip_shows_its_new_source_range_not_the_noted_one(desk: Desk) -> None:
    desk.video[0].source_range = span(30, 24)
    again = desk.read()
    assert again.clips[0].in_point == Fraction(30, 24)
    assert layout(again)[:2] == [(0, 24, "takes/1.mp4"), (24, 72, "takes/2.mp4")]


def test_a_nudge_of_a_hundredth_of_a_frame_is_an_edit(desk: Desk) -> None:
    used = desk.video[1].source_range
    desk.video[1].source_range = TimeRange(RationalTime(used.start_time.value + 0.01, 24), used.duration)
    assert desk.read().clips[1].in_point == pytest.approx(1 / 7 + 0.01 / 24)
    assert desk.read().clips[1].in_point != Fraction(1, 7)


def test_a_deleted_clip_leaves_black_at_the_end_and_says_so(desk: Desk) -> None:
    del desk.video[3]
    again = desk.read()
    assert layout(again)[-1] == (144, 192, None)
    assert again.length == SAVED.length
    assert desk.warnings == [
        "in timeline.otio the picture lasts 6.00 s and the song 8.00 s; the rest of the film is black"
    ]


def test_a_picture_longer_than_the_song_is_cut(desk: Desk) -> None:
    desk.video.append(other_clip("more", span(0, 100)))
    again = desk.read()
    assert again == SAVED
    assert "the film ends with the song" in desk.warnings[0]


def test_a_gap_and_a_disabled_clip_are_black(desk: Desk) -> None:
    desk.video[1] = gap(48)
    desk.video[2].enabled = False
    assert [clip.media for clip in desk.read().clips] == ["takes/1.mp4", None, None, "takes/4.mp4"]


def test_relinked_media_is_no_longer_the_take(desk: Desk) -> None:
    desk.video[0].media_reference = otio.schema.ExternalReference("file:///new/place%201.mp4", span(0, 240))
    clip = desk.read().clips[0]
    assert (clip.media, clip.take, clip.available) == ("/new/place 1.mp4", "", Fraction(10))


def test_an_editor_may_write_the_same_media_as_an_absolute_url(desk: Desk) -> None:
    url = (desk.path.parent / "takes" / "2.mp4").as_uri().replace("file://", "file://localhost")
    desk.video[1].media_reference.target_url = url
    assert desk.read() == SAVED


@pytest.mark.parametrize("rate", [25, 30, 30000 / 1001, 60, 1000])
def test_cuts_in_any_rate_lie_on_the_nearest_film_frame_and_never_drift(desk: Desk, rate: float) -> None:
    desk.video.clear()
    lengths = [random.Random(7).randint(5, 40) for _ in range(200)]
    desk.video.extend([other_clip(f"x{n}", span(n, length, rate)) for n, length in enumerate(lengths)])
    exact = Fraction(30000, 1001) if rate == 30000 / 1001 else Fraction(rate)
    total = sum(lengths)
    # The film must not end the check early.
    desk.audio[0].media_reference = otio.schema.ExternalReference("long.wav", span(0, float(total / exact * 24), 24))
    desk.audio[0].source_range = None
    again = desk.read()
    at = 0
    cuts = {clip.name: clip.frames.start for clip in again.clips}
    for number, length in enumerate(lengths):
        if f"x{number}" in cuts:
            assert abs(cuts[f"x{number}"] - at / exact * 24) <= Fraction(1, 2)
        at += length
    assert abs(again.length - total / exact * 24) <= 1


def test_media_stays_in_step_when_a_cut_between_frames_is_moved(desk: Desk) -> None:
    desk.video.clear()
    desk.video.extend([other_clip("a", span(0, 10, 25)), other_clip("b", span(50, 100, 25))])
    second = desk.read().clips[1]
    assert second.frames.start == 10  # 0.4 s is frame 9.6
    assert second.in_point == Fraction(2) + (Fraction(10, 24) - Fraction(10, 25))


def test_a_clip_that_only_rounding_makes_too_long_asks_for_nothing_that_is_not_there(desk: Desk) -> None:
    whole = span(0, 9.05)
    desk.video.clear()
    desk.video.extend(
        [other_clip("a", span(0, 9.45)), other_clip("whole", whole, whole), other_clip("more", span(0, 60), whole)]
    )
    again = desk.read()
    assert again.clips[1].frames == FrameRange(9, 19)
    assert (again.clips[1].in_point, again.clips[1].available) == (0, None)
    assert again.clips[2].available == Fraction(905, 2400)


def test_media_with_time_code_counts_from_its_start(desk: Desk) -> None:
    hour = 3600 * 24
    desk.video[0] = other_clip("tc", span(hour + 36, 48), span(hour, 240))
    clip = desk.read().clips[0]
    assert (clip.in_point, clip.available) == (Fraction(3, 2), Fraction(10))


def test_a_clip_without_source_range_is_all_of_its_media(desk: Desk) -> None:
    desk.video[0] = other_clip("whole", None, span(0, 60, 30))
    again = desk.read()
    assert layout(again)[0] == (0, 48, "other/whole.mov")
    assert again.clips[0].in_point == 0


@pytest.mark.parametrize(("scalar", "speed"), [(2.0, Fraction(2)), (0.5, Fraction(1, 2)), (1 / 3, Fraction(1, 3))])
def test_speed_changes_are_read(desk: Desk, scalar: float, speed: Fraction) -> None:
    desk.video[0].effects.append(otio.schema.LinearTimeWarp(time_scalar=scalar))
    assert desk.read().clips[0].speed == speed


def test_a_frozen_frame_has_speed_0(desk: Desk) -> None:
    desk.video[0].effects.append(otio.schema.FreezeFrame())
    assert desk.read().clips[0].speed == 0


def test_transitions_and_effects_are_left_out_by_name(desk: Desk) -> None:
    desk.video.insert(
        1, otio.schema.Transition("Cross Fade", "SMPTE_Dissolve", RationalTime(6, 24), RationalTime(6, 24))
    )
    desk.video[0].effects.append(otio.schema.Effect(effect_name="Glow"))
    assert desk.read() == SAVED
    assert len(desk.warnings) == 2
    assert "'Glow'" in desk.warnings[0]
    assert "'Cross Fade' at 2.00 s" in desk.warnings[1]


def test_the_topmost_picture_is_seen(desk: Desk) -> None:
    desk.add_track(gap(60), other_clip("over", span(0, 24)), gap(30), other_clip("late", span(0, 48)))
    again = desk.read()
    assert layout(again) == [
        (0, 48, "takes/1.mp4"),
        (48, 60, "takes/2.mp4"),
        (60, 84, "other/over.mov"),
        (84, 96, "takes/2.mp4"),
        (96, 114, "takes/3.mp4"),
        (114, 162, "other/late.mov"),
        (162, 192, "takes/4.mp4"),
    ]
    assert again.clips[3].in_point == Fraction(1, 7) + Fraction(36, 24)
    assert again.clips[6].in_point == 1 + Fraction(18, 24)


def test_a_disabled_track_is_not_seen(desk: Desk) -> None:
    desk.add_track(other_clip("over", span(0, 192)))
    desk.document.tracks[-1].enabled = False
    assert desk.read() == SAVED


def test_a_trimmed_track_is_read_as_trimmed(desk: Desk) -> None:
    desk.video.source_range = span(24, 96)
    again = desk.read()
    assert layout(again)[:3] == [(0, 24, "takes/1.mp4"), (24, 72, "takes/2.mp4"), (72, 96, "takes/3.mp4")]
    assert again.clips[0].in_point == 2


def test_nested_sequences_are_refused_with_the_way_out(desk: Desk) -> None:
    desk.video[1] = otio.schema.Stack("inner")
    with pytest.raises(DocumentError, match=r"timeline\.otio: stack 'inner' at 2\.00 s is a nested sequence; flatten"):
        desk.read()


@pytest.mark.parametrize(
    ("clip", "words"),
    [
        (otio.schema.Clip("gone", otio.schema.MissingReference(), span(0, 9)), "'gone' .* has no media file"),
        (other_clip("vague", None), "'vague' .* has no length"),
        (otio.schema.Clip("web", otio.schema.ExternalReference("https://x.org/a.mp4"), span(0, 9)), "'web' .*download"),
        (other_clip("early", span(0, 9), span(240, 90)), r"'early' .* starts 10\.00 s before its media"),
        (other_clip("nan", span(float("nan"), 9)), "makes no sense"),
        (other_clip("minus", span(0, -9)), "negative"),
    ],
)
def test_clips_that_cannot_be_rendered_are_named(desk: Desk, clip: otio.schema.Clip, words: str) -> None:
    desk.video[2] = clip
    with pytest.raises(DocumentError, match=words):
        desk.read()


def test_a_reversed_clip_is_refused(desk: Desk) -> None:
    desk.video[2].effects.append(otio.schema.LinearTimeWarp(time_scalar=-1))
    with pytest.raises(DocumentError, match=r"'c3' at 4\.00 s plays backwards"):
        desk.read()


def test_a_timeline_of_another_program_takes_the_given_format_and_its_own_song(desk: Desk) -> None:
    desk.document.metadata.clear()
    for clip in desk.video:
        clip.metadata.clear()
    with pytest.raises(DocumentError, match="size and frame rate"):
        desk.read()
    again = desk.read(PictureFormat(1920, 1080, Fraction(25)))
    assert again.picture == PictureFormat(1920, 1080, Fraction(25))
    assert (again.song, again.duration, again.length) == ("song.mp3", 8.0, 200)
    assert [clip.frames.start for clip in again.clips] == [0, 50, 100, 150]
    assert "1920x1080" in desk.warnings[0]


def test_without_an_audio_track_the_noted_song_is_used_with_a_warning(desk: Desk) -> None:
    desk.document.tracks.remove(desk.audio)
    assert desk.read() == SAVED
    assert "no song" in desk.warnings[0]
    desk.document.metadata.clear()
    with pytest.raises(DocumentError, match="no audio track"):
        desk.read(HD)


def test_a_song_moved_or_replaced_is_told(desk: Desk) -> None:
    desk.audio.insert(0, gap(12))
    assert desk.read() == SAVED
    assert "moved or trimmed" in desk.warnings[0]
    desk.audio.clear()
    desk.audio.append(other_clip("remix", None, span(0, 240)))
    again = desk.read()
    assert (again.song, again.duration, again.length) == ("other/remix.mov", 10.0, 240)


def test_markers_added_in_an_editor_are_read(desk: Desk) -> None:
    desk.video.markers.append(otio.schema.Marker("here", span(30, 0, 30), comment="look"))
    assert desk.read().markers == (Marker(0, "verse A"), Marker(24, "here", "look"))


def _noted(notes: str) -> str:
    return f'{{"OTIO_SCHEMA": "Timeline.1", "name": "x", "tracks": null, "metadata": {{"songcut": {{{notes}}}}}}}'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ('{\n "a": 1,\n', "line 3.*not JSON"),
        ("[1, 2]", "timeline"),
        ("{}", "timeline"),
        ('{"OTIO_SCHEMA": "Timeline.99"}', "timeline"),
        ('{"OTIO_SCHEMA": "Gap.1"}', "timeline"),
        ('{"OTIO_SCHEMA": "Timeline.1", "name": "x", "metadata": {}, "tracks": null}', "film's size|no video track"),
        (_noted('"schema": "songcut/timeline.7"'), r"timeline\.7"),
        (_noted('"schema": "songcut/timeline.1"'), "width"),
        ("[" * 100_000, "timeline|JSON"),
    ],
)
def test_what_is_no_timeline_is_a_document_error_naming_the_file(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "odd.otio"
    path.write_text(text)
    with pytest.raises(DocumentError, match=rf"(?s)odd\.otio.*({words})"):
        read_otio(path)


def test_binary_and_absent_files_are_input_errors(tmp_path: Path) -> None:
    path = tmp_path / "film.otio"
    with pytest.raises(InputError, match=r"film\.otio"):
        read_otio(path)
    path.write_bytes(b"\x00\xff\xfe\x80" * 9)
    with pytest.raises(InputError, match=r"film\.otio"):
        read_otio(path)


def _damaged(data: object, rng: random.Random) -> object:
    """Replace one value somewhere inside."""
    junk = rng.choice([None, -1, 0, 1e300, float("nan"), "", "x", [], {}, True, {"OTIO_SCHEMA": "Clip.2"}])
    if isinstance(data, dict) and data and rng.random() < 0.93:
        key = rng.choice(list(data))
        return {**data, key: _damaged(data[key], rng)}
    if isinstance(data, list) and data and rng.random() < 0.93:
        place = rng.randrange(len(data))
        return [*data[:place], _damaged(data[place], rng), *data[place + 1 :]]
    return junk


def test_a_damaged_timeline_is_read_or_refused_in_one_sentence_but_never_crashes(tmp_path: Path) -> None:
    path = tmp_path / "timeline.otio"
    OtioExporter().export(SAVED, path)
    whole = json.loads(path.read_text())
    rng = random.Random(3)
    refused = 0
    for _ in range(600):
        path.write_text(json.dumps(_damaged(whole, rng)))
        try:
            again = read_otio(path, warn=lambda message: None)
        except InputError as error:
            refused += 1
            assert "timeline.otio" in str(error)
        else:
            assert again.length >= 1
    assert 100 < refused < 600

"""The user's own clips: everything usable is found once, everything else is named, and nothing is moved."""

import hashlib
import shutil
import threading
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from conformance import material
from media_makers import write_coded_clip, write_sound, write_still
from songcut.errors import InputError
from songcut.model.takes import Take
from songcut.shooting.footage import STILL_DURATION, FootageGenerator
from stub_embedder import StubEmbedder


def clip(path: Path, number: int = 1, frames: int = 10, width: int = 64, height: int = 36, rotation: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_coded_clip(path, clip=number, frames=frames, width=width, height=height, rate=25, rotation=rotation)
    return path


class Floor:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.warnings: list[str] = []

    def shoot(self, *clips: Path, workers: int = 2) -> list[Take]:
        floor = material.floor(self.root / "takes", StubEmbedder(), self.warnings.append, clips, workers)
        return list(FootageGenerator().shoot([], floor))


@pytest.fixture
def floor(tmp_path: Path) -> Floor:
    return Floor(tmp_path)


def names(takes: list[Take]) -> list[str]:
    return [Path(take.path).name for take in takes]


def test_folders_are_searched_all_the_way_down_in_a_fixed_order(tmp_path: Path, floor: Floor) -> None:
    root = tmp_path / "in"
    for number, name in enumerate(
        ["b.mp4", "a.MOV", "deep/er/d.mp4", "deep/c.mkv", ".hidden/h.mp4", "x.songcut/takes/t.mp4"]
    ):
        clip(root / name, number=number)
    shutil.copy(root / "b.mp4", root / "._b.mp4")
    takes = floor.shoot(root)
    assert names(takes) == ["a.MOV", "b.mp4", "c.mkv", "d.mp4"]
    assert takes == floor.shoot(root, workers=1)
    assert floor.warnings == []


def test_a_take_says_what_its_file_is(tmp_path: Path, floor: Floor) -> None:
    path = clip(tmp_path / "in" / "red_boat.mp4", frames=13, width=36, height=64)
    (take,) = floor.shoot(tmp_path / "in")
    assert take.path == str(path)
    assert take.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert take.duration == Fraction(13, 25)
    assert (take.width, take.height, take.proxy, take.shot) == (36, 64, False, None)
    assert (take.generator, take.prompt, take.caption, take.settings) == ("footage", "", "red boat", ())


def test_a_phones_upright_clip_is_taken_as_displayed(tmp_path: Path, floor: Floor) -> None:
    (take,) = floor.shoot(clip(tmp_path / "upright.mov", width=36, height=64, rotation=90))
    assert (take.width, take.height) == (36, 64)


def test_an_id_follows_the_content_not_the_name(tmp_path: Path, floor: Floor) -> None:
    (before,) = floor.shoot(clip(tmp_path / "in" / "one.mp4"))
    (tmp_path / "in" / "one.mp4").rename(tmp_path / "in" / "two.mp4")
    (after,) = floor.shoot(tmp_path / "in")
    assert before.id == after.id
    (other,) = floor.shoot(clip(tmp_path / "in" / "three.mp4", number=200))
    assert other.id != before.id


def test_copies_and_clips_given_twice_are_one_take(tmp_path: Path, floor: Floor) -> None:
    first = clip(tmp_path / "in" / "first.mp4")
    shutil.copy(first, tmp_path / "in" / "second.mp4")
    (tmp_path / "in" / "third.mp4").symlink_to(first)
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in", target_is_directory=True)
    assert names(floor.shoot(tmp_path / "in", first, tmp_path / "in")) == ["first.mp4"]


def test_single_files_and_several_folders_can_be_given(tmp_path: Path, floor: Floor) -> None:
    one, two = clip(tmp_path / "a" / "one.mp4", 50), clip(tmp_path / "b" / "two.mp4", 99)
    clip(tmp_path / "b" / "three.mp4", 150)
    assert names(floor.shoot(two, tmp_path / "a")) == [two.name, one.name]


def test_stills_fill_any_shot_and_say_that_they_are_stills(tmp_path: Path, floor: Floor) -> None:
    for suffix in ("jpg", "png"):
        write_still(tmp_path / f"old_pier.{suffix}", clip=1, width=48, height=30)
    takes = floor.shoot(tmp_path)
    assert [take.duration for take in takes] == [STILL_DURATION] * 2
    assert [take.settings for take in takes] == [(("still", "yes"),)] * 2
    assert (takes[0].width, takes[0].height) == (48, 30)


def test_what_cannot_be_used_is_left_out_by_name_and_the_rest_is_used(tmp_path: Path, floor: Floor) -> None:
    good = clip(tmp_path / "in" / "good.mp4")
    (tmp_path / "in" / "cut off.mp4").write_bytes(good.read_bytes()[:200])
    (tmp_path / "in" / "empty.mov").write_bytes(b"")
    write_sound(tmp_path / "in" / "sound only.mp4", np.zeros(9000, np.float32))
    (tmp_path / "in" / "words.mp4").write_text("not a film at all")
    takes = floor.shoot(tmp_path / "in")
    assert names(takes) == ["good.mp4"]
    assert len(floor.warnings) == 4
    for name, warning in zip(["cut off.mp4", "empty.mov", "sound only.mp4", "words.mp4"], floor.warnings, strict=True):
        assert warning.startswith(f"{tmp_path / 'in' / name}: ")
        assert warning.endswith(" (left out)")


def test_what_is_plainly_no_clip_is_passed_over_without_a_word(tmp_path: Path, floor: Floor) -> None:
    clip(tmp_path / "in" / "good.mp4")
    for name in ("notes.txt", "data.json", ".DS_Store", "Thumbs.db", "song.MP3", "lyrics.lrc", "GX01.THM"):
        (tmp_path / "in" / name).write_bytes(b"\x00\x01junk")
    assert names(floor.shoot(tmp_path / "in")) == ["good.mp4"]
    assert floor.warnings == []


def test_a_folder_without_clips_names_itself_and_what_is_accepted(tmp_path: Path, floor: Floor) -> None:
    empty = tmp_path / "nothing"
    empty.mkdir()
    (empty / "notes.txt").write_text("hello")
    with pytest.raises(InputError, match=r"nothing: no clips there; accepted are .*mp4.*jpg"):
        floor.shoot(empty)
    (empty / "broken.mp4").write_bytes(b"junk" * 100)
    with pytest.raises(InputError, match=r"nothing: none of the files there can be used; accepted are"):
        floor.shoot(empty)
    assert "broken.mp4" in floor.warnings[0]


def test_a_path_that_is_not_there_is_refused_at_once(tmp_path: Path) -> None:
    missing = material.floor(tmp_path / "takes", StubEmbedder(), print, (tmp_path / "fotage",))
    with pytest.raises(InputError, match="fotage: there is no such file or folder"):
        FootageGenerator().shoot([], missing)
    with pytest.raises(InputError, match="--clips"):
        FootageGenerator().shoot([], material.floor(tmp_path / "takes", StubEmbedder(), print))


def test_captions_come_from_sidecars_then_tags_then_names(tmp_path: Path, floor: Floor) -> None:
    clip(tmp_path / "in" / "1.mp4", 30)
    (tmp_path / "in" / "1.txt").write_text("\ufeffa fox\n  crosses the road \n", encoding="utf-8")
    clip(tmp_path / "in" / "2.mp4", 60)
    (tmp_path / "in" / "2.json").write_text('{"model": "x", "prompt": "neon rain"}')
    write_coded_clip(tmp_path / "in" / "IMG_3.mp4", clip=3, frames=9, description="waves on a beach")
    clip(tmp_path / "in" / "empty_street.mp4", 120)
    clip(tmp_path / "in" / "snowy mountain" / "MVI_0001.mp4", 150)
    assert [take.caption for take in floor.shoot(tmp_path / "in")] == [
        "a fox crosses the road",
        "neon rain",
        "waves on a beach",
        "empty street",
        "snowy mountain",
    ]


def test_a_malformed_sidecar_is_named_and_the_clip_is_used(tmp_path: Path, floor: Floor) -> None:
    clip(tmp_path / "in" / "green_field.mp4")
    (tmp_path / "in" / "green_field.json").write_text('{\n"caption": "x"')
    (take,) = floor.shoot(tmp_path / "in")
    assert take.caption == "green field"
    assert len(floor.warnings) == 1
    assert "green_field.json" in floor.warnings[0]
    assert "line 2" in floor.warnings[0]


def test_who_stops_early_leaves_no_threads(tmp_path: Path, floor: Floor) -> None:
    for number in range(6):
        clip(tmp_path / "in" / f"{number}.mp4", 30 + number)
    takes = FootageGenerator().shoot([], material.floor(tmp_path / "t", StubEmbedder(), print, (tmp_path / "in",)))
    next(takes)
    takes.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("footage")]

"""Words from names: what a person wrote is kept, what a machine counted is not."""

import json
from pathlib import Path

import pytest

from songcut.shooting.footage_captions import NO_WORDS, Caption, caption_of, words_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("red_boat-at.night", "red boat at night"),
        ("NeonCityRain", "neon city rain"),
        ("Straße am Meer 2", "straße am meer"),
        ("20250303_1523_Neon City Rain_gen_01jx3k", "neon city rain"),
        ("sunset-beach-4k-final(2)", "sunset beach"),
        ("beach2", "beach"),
        ("grandma's garden", "grandma's garden"),
        ("海辺の夕日", "海辺の夕日"),
        ("IMG_2044", ""),
        ("DSC01234", ""),
        ("GX010023", ""),
        ("PXL_20240512_183322", ""),
        ("VID-20230101-WA0003", ""),
        ("Screen Recording 2024-01-01 at 12.00.00", ""),
        ("f47ac10b-58cc-4372-a567-0e02b2c3d479", ""),
        ("100APPLE", ""),
        ("of a", ""),
        ("", ""),
    ],
)
def test_words_of_a_name(name: str, words: str) -> None:
    assert words_of(name) == words


def test_the_nearest_telling_folder_speaks_for_a_nameless_clip(tmp_path: Path) -> None:
    root = tmp_path / "clips"
    assert caption_of(root / "lake trip" / "DCIM" / "IMG_1.mp4", root, None).text == "lake trip"
    assert caption_of(root / "IMG_1.mp4", root, None).text == NO_WORDS
    assert caption_of(tmp_path / "winter" / "IMG_1.mp4", tmp_path / "winter", "").text == "winter"


def test_the_tag_wins_over_the_name_and_is_tidied(tmp_path: Path) -> None:
    assert caption_of(tmp_path / "boat.mp4", tmp_path, " two\n dogs\0 ").text == "two dogs"
    assert caption_of(tmp_path / "boat.mp4", tmp_path, "   ").text == "boat"


@pytest.mark.parametrize("name", ["a.txt", "a.mp4.txt", "a.json", "a.mp4.json"])
def test_a_sidecar_is_named_after_the_clip(tmp_path: Path, name: str) -> None:
    text = "a fox" if name.endswith("txt") else json.dumps({"caption": "a fox", "prompt": "not this"})
    (tmp_path / name).write_text(text)
    assert caption_of(tmp_path / "a.mp4", tmp_path, "not this either") == Caption("a fox")


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"\xff\xfe\x00x", "not UTF-8"), (b"[1]", "no names"), (b"{", "not JSON"), (b"nul", "not JSON")],
)
def test_a_sidecar_that_cannot_be_read_is_told_and_passed_over(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "boat.json").write_bytes(content)
    caption = caption_of(tmp_path / "boat.mp4", tmp_path, None)
    assert caption.text == "boat"
    assert "boat.json" in caption.trouble
    assert reason in caption.trouble


@pytest.mark.parametrize("content", ["{}", '{"caption": ""}', '{"caption": 3}'])
def test_a_sidecar_without_a_caption_is_no_trouble(tmp_path: Path, content: str) -> None:
    (tmp_path / "boat.json").write_text(content)
    assert caption_of(tmp_path / "boat.mp4", tmp_path, None) == Caption("boat")

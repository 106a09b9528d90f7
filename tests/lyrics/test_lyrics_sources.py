from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songcut.errors import DocumentError, InputError
from songcut.lyrics.plain import parse_plain
from songcut.lyrics.sources import decode_text, find_lyrics, read_lyrics
from songcut.model.song import Lyrics, Song

LRC = "[00:01.00]From LRC\n"


@pytest.fixture
def song(tmp_path):
    return Song(str(tmp_path / "on-the-run.mp3"), "0" * 64, 60.0, 44_100, 2, "mp3")


def texts(lyrics):
    return [line.text for line in lyrics.lines]


def test_nothing_anywhere(song):
    assert find_lyrics(song, None) == Lyrics((), "none")
    assert find_lyrics(replace(song, embedded_lyrics="  \n")) == Lyrics((), "none")


def test_the_order_of_sources(song, tmp_path):
    song = replace(song, embedded_lyrics="From the tags")
    assert texts(find_lyrics(song)) == ["From the tags"]
    (tmp_path / "on-the-run.txt").write_text("From text")
    assert texts(find_lyrics(song)) == ["From text"]
    (tmp_path / "on-the-run.lrc").write_text(LRC)
    assert texts(find_lyrics(song)) == ["From LRC"]
    given_file = tmp_path / "other.txt"
    given_file.write_text("Given")
    assert texts(find_lyrics(song, given_file)) == ["Given"]


def test_the_source_is_named(song, tmp_path):
    assert find_lyrics(replace(song, embedded_lyrics="Words")).source == "tags"
    assert find_lyrics(replace(song, embedded_lyrics=LRC)).source == "tags"
    (tmp_path / "on-the-run.lrc").write_text(LRC)
    assert find_lyrics(song).source == "on-the-run.lrc"
    (tmp_path / "on-the-run.lrc").unlink()
    (tmp_path / "on-the-run.txt").write_text("Words")
    assert find_lyrics(song).source == "on-the-run.txt"


def test_lrc_in_tags_is_timed_and_broken_lrc_in_tags_is_words(song):
    assert find_lyrics(replace(song, embedded_lyrics=LRC)).timed
    broken = find_lyrics(replace(song, embedded_lyrics="[00:01.00]One\n[00:99.00]Two"))
    assert not broken.timed
    assert texts(broken) == ["One", "Two"]


def test_a_text_file_with_times_is_timed(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text(LRC)
    assert read_lyrics(path).timed


def test_a_missing_given_file_is_an_error_though_others_exist(song, tmp_path):
    (tmp_path / "on-the-run.lrc").write_text(LRC)
    with pytest.raises(InputError, match=r"nowhere\.lrc: there is no such"):
        find_lyrics(song, tmp_path / "nowhere.lrc")


def test_other_kinds_of_files_are_refused(song, tmp_path):
    with pytest.raises(InputError, match=r"\.lrc or \.txt"):
        find_lyrics(song, tmp_path / "words.docx")
    folder = tmp_path / "folder.txt"
    folder.mkdir()
    with pytest.raises(InputError, match="cannot be read"):
        find_lyrics(song, folder)


def test_a_malformed_sidecar_is_named(song, tmp_path):
    (tmp_path / "on-the-run.lrc").write_text("[00:01.00]One\n[0:xx]Two\n")
    with pytest.raises(DocumentError, match=r"on-the-run\.lrc, line 2: "):
        find_lyrics(song)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path, encoding):
    path = tmp_path / "words.lrc"
    path.write_bytes("[00:01.00]Größe, café, naïve\r\n".encode(encoding))
    assert texts(read_lyrics(path)) == ["Größe, café, naïve"]


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"ID3\x04\x00\x00\x00",
        bytes(range(256)),
        b"\xff\xfe\x00\xd8\x41",
        b"\x01\x02\x03\x04\x05\x06",
    ],
)
@pytest.mark.parametrize("suffix", [".lrc", ".txt"])
def test_rubbish_is_refused(tmp_path, data, suffix):
    path = tmp_path / f"words{suffix}"
    path.write_bytes(data)
    with pytest.raises(DocumentError, match="text"):
        read_lyrics(path)


def test_a_huge_file_is_not_read(tmp_path):
    path = tmp_path / "words.txt"
    path.write_bytes(b"la " * 500_000)
    with pytest.raises(DocumentError, match="too large"):
        read_lyrics(path)


@given(st.binary(max_size=200))
def test_bytes_become_text_or_a_document_error(data):
    try:
        text = decode_text(data, "words.txt")
    except DocumentError:
        return
    assert "\0" not in text


def test_plain_lines_keep_their_order_without_blanks_and_headings():
    text = "\ufeff[Verse 1: Ann]\nFirst  line \n\n\nSecond line\r\n(Chorus)\nThird\n"
    text += "Chorus x2\nPre-Chorus:\nVerse II\n[x2]\n"
    lyrics = parse_plain(text)
    assert texts(lyrics) == ["First line", "Second line", "Third"]
    assert not lyrics.timed


@pytest.mark.parametrize(
    "line",
    ["Break me gently", "Hook, line and sinker", "Bridge over water", "(oh, oh)", "Verse of my heart", "Solo again"],
)
def test_sung_lines_that_begin_like_headings_stay(line):
    assert texts(parse_plain(line)) == [line]


def test_no_words_no_lines():
    assert parse_plain("\n \n[Instrumental]\n").lines == ()

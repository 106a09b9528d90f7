import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songcut.errors import DocumentError
from songcut.lyrics.lrc import LONGEST_LINE, looks_like_lrc, parse_lrc, to_lrc
from songcut.model.song import LyricLine, Lyrics


def rows(text):
    return [(line.start, line.end, line.text) for line in parse_lrc(text, "song.lrc").lines]


@pytest.mark.parametrize(
    ("tag", "seconds"),
    [
        ("[00:12.34]", 12.34),
        ("[00:12:34]", 12.34),
        ("[00:12]", 12.0),
        ("[0:12.3]", 12.3),
        ("[01:02.345]", 62.345),
        ("[62:03.50]", 3723.5),
        ("[ 00:12.34 ]", 12.34),
        ("  [00:12.34]", 12.34),
    ],
)
def test_times(tag, seconds):
    assert rows(f"{tag}Words")[0][0] == pytest.approx(seconds)


def test_a_line_ends_where_the_next_begins():
    assert rows("[00:01.00]One\n[00:03.50]Two\n[00:06.00]Three") == [
        (1.0, 3.5, "One"),
        (3.5, 6.0, "Two"),
        (6.0, 10.0, "Three"),
    ]


def test_an_empty_timed_line_ends_the_one_before():
    assert rows("[00:01.00]One\n[00:02.00]\n[00:09.00]Two\n[00:11.00]") == [(1.0, 2.0, "One"), (9.0, 11.0, "Two")]


def test_a_line_does_not_last_through_a_solo():
    assert rows("[00:01.00]One\n[01:30.00]Two")[0] == (1.0, 1.0 + LONGEST_LINE, "One")


def test_a_repeated_line_has_several_times_and_lines_are_sorted():
    assert [(start, text) for start, _, text in rows("[00:10.00][00:30.00]Chorus\n[00:20.00]Verse")] == [
        (10.0, "Chorus"),
        (20.0, "Verse"),
        (30.0, "Chorus"),
    ]


def test_two_lines_at_one_time_both_last_until_the_next():
    assert rows("[00:01.00]Lead\n[00:01.00]Choir\n[00:03.00]Next")[:2] == [(1.0, 3.0, "Lead"), (1.0, 3.0, "Choir")]


def test_word_times_are_dropped():
    assert rows("[00:01.00]<00:01.00>Love <00:01.50> is<00:02.00> all\n")[0][2] == "Love is all"


def test_a_positive_offset_is_earlier_wherever_it_stands():
    assert rows("[offset:+500]\n[00:10.00]One")[0][0] == 9.5
    assert rows("[00:10.00]One\n[offset: -250]")[0][0] == 10.25
    assert rows("[offset:5000]\n[00:01.00]One")[0][0] == 0.0


def test_metadata_and_untimed_lines_are_not_sung():
    text = "[ar:Ann]\n[ti: The Song ]\n[length: 3:20]\n[#: made by hand]\nby Ann\n\n[00:05.00]One"
    assert [text for _, _, text in rows(text)] == ["One"]


def test_brackets_in_the_words_stay():
    assert rows("[00:01.00][Chorus] Oh [x2]")[0][2] == "[Chorus] Oh [x2]"


def test_windows_line_ends_and_a_byte_order_mark():
    assert rows("\ufeff[00:01.00]One\r\n[00:02.00]Two\r\n")[0] == (1.0, 2.0, "One")


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("[1:xx.3] words", 1, "is not a time"),
        ("[00:01.00]One\n[00:75.00]Two", 2, "75 seconds"),
        ("[ar:Ann]\n\n[00:1O.00]One", 3, "is not a time"),
        ("[00:01.00]One\n[00:02.00 Two", 2, "closing bracket"),
        ("[00.01.00]One", 1, "is not a time"),
        ("[-00:01.00]One", 1, "is not a time"),
        ("[00:01.00][00:99.00]One", 1, "99 seconds"),
    ],
)
def test_a_malformed_time_is_named_with_its_line(text, line, says):
    with pytest.raises(DocumentError) as caught:
        parse_lrc(text, "my song.lrc")
    assert caught.value.line == line
    assert says in str(caught.value)
    assert str(caught.value).startswith(f"my song.lrc, line {line}: ")


@pytest.mark.parametrize("text", ["", "\n\n", "[ar:Ann]\n", "Just words\nand words", "[00:05.00]\n"])
def test_without_a_timed_line_it_is_no_lrc(text):
    with pytest.raises(DocumentError, match="no line has a time"):
        parse_lrc(text, "song.lrc")


def test_the_source_is_the_files_name():
    assert parse_lrc("[00:01.00]One", "/music/on-the-run.lrc").source == "on-the-run.lrc"


@pytest.mark.parametrize(
    ("text", "is_lrc"),
    [("[00:01.00]One", True), ("[ar:Ann]\n[00:01]One", True), ("[Chorus]\nOh", False), ("At [00:01] o'clock", False)],
)
def test_recognising_lrc(text, is_lrc):
    assert looks_like_lrc(text) is is_lrc


MIX = st.lists(
    st.sampled_from(
        [
            "[",
            "]",
            "<",
            ">",
            ":",
            ".",
            "00",
            "1",
            "75",
            "-",
            "+",
            "offset",
            "ar",
            " ",
            "\n",
            "\r",
            "Oh",
            "é",
            "\x00",
            "٣",
        ]
    ),
    max_size=40,
).map("".join)


@given(st.one_of(st.text(max_size=200), MIX))
def test_nothing_but_a_document_error_comes_out(text):
    try:
        lyrics = parse_lrc(text, "song.lrc")
    except DocumentError as error:
        assert error.line is None or 1 <= error.line <= len(text.splitlines())
    else:
        starts = [line.start for line in lyrics.lines]
        assert starts == sorted(starts)
        assert all(0 <= line.start <= line.end <= line.start + LONGEST_LINE for line in lyrics.lines)
        assert all(line.text for line in lyrics.lines)


WORDS = st.text(st.characters(categories=("L", "N", "P"), exclude_characters="[]<>"), min_size=1, max_size=12)


@st.composite
def timed_lyrics(draw):
    starts = sorted(draw(st.sets(st.integers(0, 600_000), min_size=1, max_size=12)))
    lines = []
    for index, start in enumerate(starts):
        limit = min([start + 1000, *starts[index + 1 : index + 2]])
        end = draw(st.integers(start + 1, limit)) if limit > start + 1 else limit
        text = " ".join(draw(st.lists(WORDS, min_size=1, max_size=4)))
        lines.append(LyricLine(text, start / 100, end / 100))
    return Lyrics(tuple(lines), "song.lrc")


@given(timed_lyrics())
def test_what_was_written_reads_the_same_to_ten_milliseconds(lyrics):
    again = parse_lrc(to_lrc(lyrics), "song.lrc")
    assert [line.text for line in again.lines] == [line.text for line in lyrics.lines]
    for one, other in zip(lyrics.lines, again.lines, strict=True):
        assert other.start == pytest.approx(one.start, abs=0.0051)
        assert other.end == pytest.approx(one.end, abs=0.0051)


def test_the_written_file():
    lyrics = Lyrics((LyricLine("One", 1.0, 2.5), LyricLine("Two", 61.005, 63.0), LyricLine("Three", 63.0, 65.0)))
    text = to_lrc(lyrics)
    assert text.splitlines()[0] == "[00:01.00]One"
    assert text.splitlines()[1] == "[00:02.50]"
    assert re.match(r"\[01:01\.0[01]\]Two", text.splitlines()[2])
    assert text.splitlines()[3:] == ["[01:03.00]Three", "[01:05.00]"]


def test_untimed_lines_are_written_as_they_are():
    assert to_lrc(Lyrics((LyricLine("One"), LyricLine("Two")))) == "One\nTwo\n"
    assert to_lrc(Lyrics()) == ""

import numpy as np
import pytest

from songcut.lyrics.placing import place_untimed
from songcut.model.analysis import Beat, BeatGrid, EnergyCurve, Mood, Section, SongAnalysis
from songcut.model.song import LyricLine, Lyrics


def analysis(functions, seconds=16.0, beats=True):
    sections = tuple(
        Section(index * seconds, (index + 1) * seconds, "A", function, 0.5) for index, function in enumerate(functions)
    )
    duration = len(functions) * seconds
    grid = (
        BeatGrid(tuple(Beat(index * 0.5, index % 4 + 1) for index in range(int(duration * 2)))) if beats else BeatGrid()
    )
    return SongAnalysis(
        duration, 120.0, grid, sections, EnergyCurve(0.1, (0.5,)), (), "C major", Mood(0.0, 0.0, ("calm",))
    )


def words(count):
    return Lyrics(tuple(LyricLine(f"line {index}") for index in range(count)), "words.txt")


SONG = ("intro", "verse", "chorus", "instrumental", "verse", "chorus", "outro")


def test_every_sung_section_gets_its_share_and_the_others_none():
    song = analysis(SONG)
    placed = place_untimed(words(16), song)
    counts = [len(placed.between(section.start, section.end)) for section in song.sections]
    assert counts == [0, 4, 4, 0, 4, 4, 0]


def test_longer_sections_get_more_lines():
    song = analysis(("verse", "chorus"))
    long = Section(0.0, 24.0, "A", "verse", 0.5), Section(24.0, 32.0, "B", "chorus", 0.5)
    song = SongAnalysis(**{**song.__dict__, "sections": long})
    placed = place_untimed(words(8), song)
    assert [len(placed.between(section.start, section.end)) for section in long] == [6, 2]


@pytest.mark.parametrize("count", [1, 3, 16, 40, 300])
@pytest.mark.parametrize("beats", [True, False])
def test_lines_keep_their_order_and_lie_in_the_song(count, beats):
    lyrics, song = words(count), analysis(SONG, beats=beats)
    placed = place_untimed(lyrics, song)
    assert [line.text for line in placed.lines] == [line.text for line in lyrics.lines]
    assert placed.source == lyrics.source
    assert placed.timed
    starts = np.array([line.start for line in placed.lines])
    assert np.all(np.diff(starts) > 0)
    for line in placed.lines:
        assert 0 <= line.start < line.end <= song.duration
    assert sum(len(placed.between(section.start, section.end)) for section in song.sections) == count


def test_lines_begin_on_bars_where_there_are_enough():
    song = analysis(SONG)
    placed = place_untimed(words(16), song)
    assert {line.start for line in placed.lines} <= set(song.beats.downbeats.tolist())


@pytest.mark.parametrize("functions", [("intro", "outro"), ("instrumental",), ("intro", "solo", "outro")])
def test_a_song_without_sung_sections_still_gets_its_words(functions):
    placed = place_untimed(words(5), analysis(functions))
    assert placed.timed


def test_lyrics_with_times_and_no_lyrics_stay_as_they_are():
    song = analysis(SONG)
    timed = Lyrics((LyricLine("One", 3.0, 5.0), LyricLine("Two")), "words.lrc")
    assert place_untimed(timed, song) is timed
    assert place_untimed(Lyrics(), song) == Lyrics()

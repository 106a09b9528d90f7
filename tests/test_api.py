import dataclasses
import types

import pytest

import media_makers as make
import songcut


def test_all_is_the_whole_public_namespace_in_order():
    public = {
        name
        for name, value in vars(songcut).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    }
    assert set(songcut.__all__) == public
    assert songcut.__all__ == sorted(songcut.__all__)


def test_the_value_types_are_frozen():
    for name in songcut.__all__:
        value = getattr(songcut, name)
        if dataclasses.is_dataclass(value):
            assert value.__dataclass_params__.frozen, name


def test_everything_public_says_what_it_is():
    for name in songcut.__all__:
        assert getattr(songcut, name).__doc__, name


@pytest.fixture
def song(tmp_path):
    path = tmp_path / "clicks.wav"
    make.write_click_song(path, bpm=100, seconds=8)
    return path


def test_analyze_returns_the_value(song):
    analysis = songcut.analyze(song)
    assert isinstance(analysis, songcut.SongAnalysis)
    assert analysis.tempo == pytest.approx(100, rel=0.02)
    assert songcut.analyze(str(song)) == analysis


def test_make_and_render(song, tmp_path):
    events = []
    made = songcut.make(
        song,
        tmp_path / "film.mp4",
        format="160x90",
        quality="draft",
        takes=1,
        brief="the sea",
        on_progress=events.append,
    )
    assert made.film == tmp_path / "film.mp4"
    assert made.film.stat().st_size > 10_000
    assert {event.stage for event in events} >= {"listen", "write", "plan", "shoot", "choose", "assemble", "render"}
    again = songcut.render(made.project, tmp_path / "again.mp4", quality="draft")
    assert again.film.read_bytes() == made.film.read_bytes()


def test_bad_options_are_input_errors(song):
    for options in ({"takes": 0}, {"quality": "best"}, {"workers": 0}, {"fps": "fast"}, {"format": "huge"}):
        with pytest.raises(songcut.InputError):
            songcut.make(song, **options)

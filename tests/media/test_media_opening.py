"""The edge: no exception of PyAV's passes it, and the room stays light to import."""

import inspect
import subprocess
import sys

import av
import av.error
import pytest

from media_makers import write_click_song
from songcut.errors import MediaError
from songcut.media.opening import open_media

FOREIGN = sorted(
    {kind for _, kind in inspect.getmembers(av.error, inspect.isclass) if issubclass(kind, av.FFmpegError)},
    key=lambda kind: kind.__name__,
)


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    path = tmp_path_factory.mktemp("songs") / "song.wav"
    write_click_song(path, seconds=2)
    return path


@pytest.mark.parametrize("kind", FOREIGN, ids=lambda kind: kind.__name__)
def test_every_exception_of_pyav_becomes_ours(song, kind):
    with pytest.raises(MediaError) as caught, open_media(song):
        raise kind(1, "Some words")
    assert str(caught.value).startswith(f"{song}: ")


def test_other_exceptions_pass(song):
    with pytest.raises(KeyboardInterrupt), open_media(song):
        raise KeyboardInterrupt
    with pytest.raises(ZeroDivisionError), open_media(song):
        raise ZeroDivisionError


def test_the_room_loads_nothing_heavy():
    script = (
        "import sys, songcut.media.film, songcut.media.audio, songcut.media.reading\n"
        "print([name for name in ('torch', 'librosa', 'numba', 'scipy', 'PIL') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"

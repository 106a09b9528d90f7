import errno

import av
import pytest

import songcut.saving as saving
from songcut.errors import OutputError
from songcut.saving import check_writable, output_error, whole_file, write_text


def test_errors_of_the_disk_have_their_own_words(tmp_path):
    for number, words in ((errno.ENOSPC, "disk is full"), (errno.EACCES, "no rights"), (errno.EROFS, "read-only")):
        assert words in str(output_error(tmp_path / "film.mp4", OSError(number, "words of the system")))
        foreign = av.error.OSError(number, "words of the system")
        assert words in str(output_error(tmp_path / "film.mp4", foreign))
    assert "strange words" in str(output_error(tmp_path / "film.mp4", OSError(12345, "Strange words")))


def test_check_writable(tmp_path):
    check_writable(tmp_path / "film.mp4")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OutputError, match="does not exist"):
        check_writable(tmp_path / "missing" / "film.mp4")
    with pytest.raises(OutputError, match="is a folder"):
        check_writable(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="not a folder"):
        check_writable(tmp_path / "file" / "film.mp4")


def test_check_writable_tries_rather_than_trusts_rights(tmp_path, monkeypatch):
    """As root every folder looks writable; what counts is whether a file can be made."""

    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(saving.tempfile, "mkstemp", refuse)
    with pytest.raises(OutputError, match="no rights"):
        check_writable(tmp_path / "film.mp4")


def test_whole_file_replaces_only_on_success(tmp_path):
    path = tmp_path / "film.mp4"
    with whole_file(path) as temporary:
        temporary.write_bytes(b"new")
        assert not path.exists()
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_text_is_written_as_it_is(tmp_path):
    write_text("ä\nb\n", tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_bytes() == b"\xc3\xa4\nb\n"
    assert (tmp_path / "a.txt").stat().st_mode & 0o044
    with pytest.raises(OutputError, match="nowhere"):
        write_text("x", tmp_path / "nowhere" / "a.txt")

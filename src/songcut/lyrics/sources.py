"""Where the lyrics of a song are found: the file the user names, a file beside the song, the song's tags."""

import codecs
from pathlib import Path

from songcut.errors import DocumentError, InputError
from songcut.lyrics.lrc import looks_like_lrc, parse_lrc
from songcut.lyrics.plain import parse_plain
from songcut.model.song import Lyrics, Song

_SUFFIXES = (".lrc", ".txt")
# The longest lyrics are some tens of kilobytes; a megabyte is another kind of file.
_LARGEST = 1_000_000
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def find_lyrics(song: Song, given: Path | None = None) -> Lyrics:
    """Return the song's lyrics; no lines and the source ``"none"`` if there are none anywhere.

    Looked for in this order: the given file; a file beside the song with its name and ``.lrc``, then ``.txt``; the
    song's tags.

    Raises
    ------
    InputError
        If the given file does not exist, cannot be read or is neither ``.lrc`` nor ``.txt``.
    DocumentError
        If a file is malformed; malformed tags are read as plain text, for nobody can be asked to mend them.
    """
    if given is not None:
        return read_lyrics(given)
    for suffix in _SUFFIXES:
        beside = Path(song.path).with_suffix(suffix)
        if beside.is_file():
            return read_lyrics(beside)
    if song.embedded_lyrics and song.embedded_lyrics.strip():
        return _from_tags(song.embedded_lyrics)
    return Lyrics()


def read_lyrics(path: Path) -> Lyrics:
    """Read a ``.lrc`` or ``.txt`` file; a ``.txt`` whose lines begin with times is read as LRC.

    Raises
    ------
    InputError
        If there is no such file, or it cannot be read, or its name ends otherwise.
    DocumentError
        If it is not text, or malformed.
    """
    if path.suffix.lower() not in _SUFFIXES:
        raise InputError(f"{path}: lyrics come in .lrc or .txt files")
    try:
        if path.stat().st_size > _LARGEST:
            raise DocumentError(path, "is too large for lyrics (over 1 MB); is it another kind of file?")
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such lyrics file") from None
    except OSError as error:
        raise InputError(f"{path}: the lyrics cannot be read: {error.strerror or error}") from None
    text = decode_text(data, path)
    if path.suffix.lower() == ".lrc" or looks_like_lrc(text):
        return parse_lrc(text, path)
    return parse_plain(text, path.name)


def decode_text(data: bytes, path: Path | str) -> str:
    """Turn a text file's bytes into text: UTF-8, UTF-16 with its mark, else Windows-1252.

    Raises
    ------
    DocumentError
        If the bytes are not text.
    """
    if data.startswith(_UTF16):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            raise DocumentError(path, "is marked as UTF-16 text but is not; save it as UTF-8") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    # Text has no control characters but tabs, line ends and the like; pictures and sound are full of them.
    rubbish = sum(
        character == "\ufffd" or (ord(character) < 32 and character not in "\t\n\r\f\v") for character in text
    )
    if "\0" in text or rubbish > 0.02 * len(text):
        raise DocumentError(path, "is not a text file; lyrics are plain text, best saved as UTF-8")
    return text


def _from_tags(text: str) -> Lyrics:
    """Read lyrics from a tag, timed if they are LRC."""
    if looks_like_lrc(text):
        try:
            return parse_lrc(text, "tags")
        except DocumentError:
            pass
    return parse_plain(text, "tags")

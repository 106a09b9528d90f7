"""What a clip of the user's shows, in words: from a sidecar file, its tags or its name."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

NO_WORDS = "a clip of footage"

# The names that cameras, phones, screens and programs give, and the folders they make: nothing about the picture.
_NAMES_OF_MACHINES = """
    img image dsc dscf dscn mvi mov vid pxl dji gopr gopro gh gx gp dcim wa whatsapp snapchat inshot
    video videos clip clips footage take takes media movie movies film films photo photos picture pictures
    camera cam roll reel scene shot sequence part screen screenshot recording capture
    untitled unnamed version new raw proxy final copy edit edited export exported render rendered output gen
    full hd uhd fps mp hevc prores avchd bdmv download downloads desktop documents tmp temp data files home
"""
_NAMELESS = frozenset(_NAMES_OF_MACHINES.split())
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_CAMEL = re.compile(r"(?<=[a-zß-ÿ])(?=[A-Z])")
_TOKEN = re.compile(r"[\s_\-.,()\[\]{}+&#@~=]+")
# A word that says something has at least this many letters; shorter ones (of, in, a) only come along.
_TELLING_LETTERS = 3
_LONGEST = 1000


@dataclass(frozen=True)
class Caption:
    """The words, and a sentence about a sidecar file that could not be used, or empty."""

    text: str
    trouble: str = ""


def caption_of(path: Path, root: Path, description: str | None) -> Caption:
    """Say what a clip shows.

    The first of these that says anything: ``clip.txt`` or ``clip.json`` beside ``clip.mp4`` (in the latter,
    ``"caption"`` or ``"prompt"``), the description in the file's tags, the words in its name, those in the names of
    the folders it lies in.

    Parameters
    ----------
    path
        The clip.
    root
        The folder that was given; folders above it are not looked at.
    description
        The description embedded in the file, if any.
    """
    trouble = ""
    for sidecar in _sidecars(path):
        try:
            text = _sidecar_text(sidecar)
        except (OSError, ValueError, RecursionError) as error:
            trouble = trouble or f"{sidecar}: the caption in it is not used, {_reason(error)}"
            continue
        if text:
            return Caption(text, trouble)
    names = [path.stem]
    for folder in path.parents:
        if not folder.is_relative_to(root):
            break
        names.append(folder.name)
    texts = (_tidy(description or ""), *(words_of(name) for name in names))
    return Caption(next((text for text in texts if text), NO_WORDS), trouble)


def words_of(name: str) -> str:
    """Return the words in a file's or folder's name, lower case; empty if they are only what a camera writes."""
    words: list[str] = []
    for token in _TOKEN.split(name):
        # "4k", "gx010023", "a1b2c3": an id, no words. Digits after a word only number it: "beach2".
        bare = token.rstrip("0123456789")
        if any(character.isdigit() for character in bare):
            continue
        for piece in _CAMEL.split(bare):
            words.extend(word.lower() for word in _WORD.findall(piece))
    kept = [word for word in words if word not in _NAMELESS]
    return " ".join(kept) if any(len(word) >= _TELLING_LETTERS for word in kept) else ""


def _sidecars(path: Path) -> list[Path]:
    beside = [
        path.with_suffix(".txt"),
        path.with_suffix(".json"),
        path.with_name(path.name + ".txt"),
        path.with_name(path.name + ".json"),
    ]
    return [sidecar for sidecar in beside if sidecar.is_file()]


def _sidecar_text(sidecar: Path) -> str:
    text = sidecar.read_text(encoding="utf-8-sig")
    if sidecar.suffix == ".txt":
        return _tidy(text)
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError('it holds no names such as "caption"')
    return next((_tidy(data[key]) for key in ("caption", "prompt") if isinstance(data.get(key), str)), "")


def _tidy(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())[:_LONGEST]


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"it is not JSON: {error.msg} in line {error.lineno}"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text"
    return str(error)

"""The user's own clips as takes: found in folders, never copied."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from songcut.errors import InputError, MediaError
from songcut.media.probe import VideoInfo, probe_video
from songcut.model.schema import digest
from songcut.model.takes import Take
from songcut.ports import ShootingFloor, TakeOrder
from songcut.saving import file_digest
from songcut.shooting.footage_captions import Caption, caption_of

# A still fills any shot, and no shot is an hour long.
STILL_DURATION = Fraction(3600)

ACCEPTED = "video files of any kind that FFmpeg reads (mp4, mov, mkv, webm, ...) and pictures (jpg, png, ...)"

# What lies beside clips and is none; everything else is tried. Sound files would pass as video by their cover art,
# .thm and .lrv are a camera's small copies of its own clips.
_DOCUMENTS = """
    .txt .json .jsonl .md .csv .tsv .pdf .doc .docx .odt .html .htm .xml .yaml .yml .toml .ini .cfg .log .url
    .srt .vtt .ass .ssa .lrc .sub .otio .edl .fcpxml .prproj .drp .aep .kdenlive .py .sh .bat .exe
    .zip .7z .rar .gz .tar .aae .xmp .thm .lrv .db .part .tmp .crdownload
"""
_SOUNDS = ".mp3 .wav .flac .m4a .aac .ogg .oga .opus .aif .aiff .wma .mid .midi"
_NOT_PICTURES = frozenset((_DOCUMENTS + _SOUNDS).split())
# songcut's own takes and films are no footage.
_PROJECT_SUFFIX = ".songcut"


class FootageGenerator:
    """Finds takes in the folders and files of ``floor.clips``; every shot may use every one of them."""

    name = "footage"
    version = "1"
    made_to_order = False
    shoots_proxies = False

    def shoot(self, orders: Sequence[TakeOrder], floor: ShootingFloor) -> Iterator[Take]:
        """Yield every usable clip once, in the order of ``floor.clips`` and of their names within a folder.

        A file that cannot be read is left out with a warning; copies of one file are one take.

        Raises
        ------
        InputError
            If no clips were given, a given path is not there, or nothing in it can be used.
        """
        if not floor.clips:
            raise InputError(f"footage needs clips: name a folder or files with --clips; accepted are {ACCEPTED}")
        found = _candidates(floor.clips)
        if not found:
            raise InputError(f"{_listed(floor.clips)}: no clips there; accepted are {ACCEPTED}")
        return _takes(found, floor)

    def finish(self, take: Take, order: TakeOrder, floor: ShootingFloor) -> Take:
        """Return the take: footage is at its full size already."""
        return take


@dataclass(frozen=True)
class _Found:
    """A file that may be a clip, and the folder that it was found under."""

    path: Path
    root: Path


@dataclass(frozen=True)
class _Clip:
    """A readable clip."""

    path: Path
    sha256: str
    info: VideoInfo
    caption: Caption


def _takes(found: Sequence[_Found], floor: ShootingFloor) -> Iterator[Take]:
    seen: set[str] = set()
    with ThreadPoolExecutor(max_workers=max(1, floor.workers), thread_name_prefix="footage") as pool:
        try:
            for outcome in pool.map(_examined, found):
                if isinstance(outcome, str):
                    floor.warn(outcome)
                elif outcome.sha256 not in seen:
                    seen.add(outcome.sha256)
                    if outcome.caption.trouble:
                        floor.warn(outcome.caption.trouble)
                    yield _take(outcome)
        finally:
            # Who stops listening early does not wait for the rest of a large folder.
            pool.shutdown(wait=True, cancel_futures=True)
    if not seen:
        raise InputError(f"{_listed(floor.clips)}: none of the files there can be used; accepted are {ACCEPTED}")


def _examined(found: _Found) -> _Clip | str:
    """Probe and hash one file; a sentence if it cannot be used."""
    try:
        info = probe_video(found.path)
        if not info.is_still and info.duration <= 0:
            return f"{found.path}: has no moving picture (left out)"
        return _Clip(found.path, file_digest(found.path), info, caption_of(found.path, found.root, info.description))
    except MediaError as error:
        return f"{found.path}: {error.reason} (left out)"
    except OSError as error:
        return f"{found.path}: cannot be read: {error.strerror or error} (left out)"


def _take(clip: _Clip) -> Take:
    return Take(
        id=digest(clip.sha256, "footage"),
        shot=None,
        generator="footage",
        prompt="",
        caption=clip.caption.text,
        path=str(clip.path),
        sha256=clip.sha256,
        duration=STILL_DURATION if clip.info.is_still else clip.info.duration,
        width=clip.info.width,
        height=clip.info.height,
        settings=(("still", "yes"),) if clip.info.is_still else (),
    )


def _candidates(given: Sequence[Path]) -> list[_Found]:
    """List the files to try, each once, in a fixed order."""
    found: dict[Path, _Found] = {}
    for path in given:
        path = Path(os.path.normpath(path.absolute()))
        if path.is_dir():
            files = [_Found(file, path) for file in _walk(path, frozenset())]
        elif path.exists():
            files = [_Found(path, path.parent)]
        else:
            raise InputError(f"{path}: there is no such file or folder of clips")
        for file in files:
            found.setdefault(file.path.resolve(), file)
    return list(found.values())


def _walk(folder: Path, above: frozenset[Path]) -> Iterator[Path]:
    """Yield the files below a folder by name, folders after files; ``above`` are the folders it lies in."""
    real = folder.resolve()
    if real in above:  # a link back up
        return
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        raise InputError(f"{folder}: the folder cannot be read ({error.strerror or error})") from error
    visible = [entry for entry in entries if not entry.name.startswith(".")]
    yield from (entry for entry in visible if entry.is_file() and entry.suffix.lower() not in _NOT_PICTURES)
    for entry in visible:
        if entry.is_dir() and entry.suffix != _PROJECT_SUFFIX and entry.name != "__MACOSX":
            yield from _walk(entry, above | {real})


def _listed(paths: Sequence[Path]) -> str:
    return ", ".join(str(path) for path in paths)

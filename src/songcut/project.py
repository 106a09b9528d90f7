"""The project folder: every stage's value on disk, keyed by what it was made from, so that a run can stop and go on."""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

import filelock

from songcut.errors import DocumentError, InputError
from songcut.model.schema import Schema, SchemaError, label, unlabel
from songcut.model.takes import Take, TakeScore
from songcut.saving import TEMPORARY_SUFFIX, file_digest, output_error, write_text

Value = TypeVar("Value")

_STATE = Schema("state", 1)
_TAKE = Schema("take", 1)
_SCORE = Schema("take_score", 1)
_PENDING = "pending"


@dataclass(frozen=True)
class StageRecord:
    """What a stage's file was made from (``inputs``) and the hash of the file as songcut wrote it (``content``)."""

    inputs: str
    content: str


@dataclass(frozen=True)
class _State:
    stages: dict[str, StageRecord]


@dataclass(frozen=True)
class Artefact(Generic[Value]):
    """One stage's file: its name in the project folder and how its value is read and written.

    ``write`` replaces the file whole or not at all.
    """

    stage: str
    file: str
    read: Callable[[Path], Value]
    write: Callable[[Value, Path], None]


@dataclass(frozen=True)
class Kept(Generic[Value]):
    """A stage's value and whether it was there already; ``edited`` when a person changed the file."""

    value: Value
    made: bool
    edited: bool


class Project:
    """An open project folder; one process at a time holds it.

    Use ``open_project``. Files are replaced atomically; takes are appended to ``takes.jsonl`` with fsync before
    anything else happens to them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._state = self._read_state()

    @property
    def takes_folder(self) -> Path:
        """Where takes' media files are."""
        return self._subfolder("takes")

    @property
    def segments_folder(self) -> Path:
        """Where rendered segments are kept; it may be deleted at any time."""
        return self._subfolder("segments")

    def path(self, artefact: Artefact[Any]) -> Path:
        """Return the artefact's file."""
        return self.folder / artefact.file

    def keep(
        self,
        artefact: Artefact[Value],
        inputs: str,
        make: Callable[[], Value],
        *,
        afresh: bool = False,
        warn: Callable[[str], None] = lambda message: None,
    ) -> Kept[Value]:
        """Return a stage's value: the file's if it was made from the same inputs, else a new one, saved.

        A file that a person edited is used as it is, whatever its inputs were, until it is deleted or ``afresh`` is
        set (then it is kept aside with ``.bak`` behind its name).

        Parameters
        ----------
        inputs
            Digest of all that decides the value.
        make
            Makes the value.
        afresh
            Make it again even though it is there.
        warn
            Told when an edited file is used although its inputs changed.
        """
        path = self.path(artefact)
        record = self._state.stages.get(artefact.stage)
        interrupted = record is not None and record.content == _PENDING
        edited = path.exists() and not interrupted and (record is None or file_digest(path) != record.content)
        if path.exists() and not afresh:
            if record is not None and record.inputs == inputs and not interrupted:
                return Kept(artefact.read(path), made=False, edited=edited)
            if edited:
                warn(
                    f"{path} was edited by hand and is used as it is, although what it was made from has changed; "
                    f"delete it to have it made again"
                )
                return Kept(artefact.read(path), made=False, edited=True)
        if edited:
            shutil.copy2(path, path.with_name(path.name + ".bak"))
        value = make()
        # A kill between the two writes below must not look like a person's edit.
        self._record(artefact.stage, StageRecord(inputs, _PENDING))
        with _writing_to(path):
            artefact.write(value, path)
            self._record(artefact.stage, StageRecord(inputs, file_digest(path)))
        return Kept(value, made=True, edited=False)

    def is_current(self, stage: str, inputs: str, path: Path) -> bool:
        """Whether a file outside the folder's own artefacts (the film) was made from these inputs and is untouched."""
        record = self._state.stages.get(stage)
        return record is not None and record.inputs == inputs and path.is_file() and file_digest(path) == record.content

    def mark_current(self, stage: str, inputs: str, path: Path) -> None:
        """Record that a file was made from these inputs."""
        self._record(stage, StageRecord(inputs, file_digest(path)))

    def takes(self) -> dict[str, Take]:
        """Return the takes on record whose files are there, by id; paths are as recorded."""
        takes: dict[str, Take] = {}
        path = self.folder / "takes.jsonl"
        if not path.exists():
            return takes
        lines = path.read_bytes().split(b"\n")
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                if isinstance(row, dict) and row.get("schema") == _SCORE.label:
                    continue
                take = unlabel(Take, row, _TAKE)
            except (ValueError, SchemaError) as error:
                if number == len(lines):
                    break  # a kill in the middle of an append leaves a torn last line
                raise DocumentError(path, f"this row cannot be read ({error}); delete the row", number) from None
            if (self.folder / take.path).is_file():
                takes[take.id] = take
        return takes

    def add_take(self, take: Take) -> Take:
        """Append a take to the record and return it as recorded: paths inside the folder become relative."""
        path = Path(take.path)
        if path.is_relative_to(self.folder):
            take = replace(take, path=path.relative_to(self.folder).as_posix())
        self._append([label(take, _TAKE)])
        return take

    def add_scores(self, scores: Iterable[TakeScore]) -> None:
        """Append how takes did: for each its best score over the shots, and why it cannot be used if so."""
        self._append([label(score, _SCORE) for score in scores])

    def _append(self, rows: list[dict[str, Any]]) -> None:
        record = self.folder / "takes.jsonl"
        with _writing_to(record), record.open("ab+") as file:
            file.truncate(_whole_rows(record))
            file.write(b"".join(json.dumps(row).encode() + b"\n" for row in rows))
            file.flush()
            os.fsync(file.fileno())

    def _subfolder(self, name: str) -> Path:
        path = self.folder / name
        with _writing_to(path):
            path.mkdir(exist_ok=True)
        return path

    def _read_state(self) -> _State:
        path = self.folder / "state.json"
        if not path.exists():
            return _State({})
        try:
            return unlabel(_State, json.loads(path.read_bytes()), _STATE)
        except (ValueError, SchemaError) as error:
            raise DocumentError(path, f"it is damaged ({error}); delete it and every stage is made again") from None

    def _record(self, stage: str, record: StageRecord) -> None:
        self._state = _State({**self._state.stages, stage: record})
        write_json(label(self._state, _STATE), self.folder / "state.json")


@contextmanager
def open_project(folder: Path) -> Iterator[Project]:
    """Open a project folder, making it if need be, and hold its lock meanwhile.

    Raises
    ------
    OutputError
        If the folder cannot be made or written.
    InputError
        If another songcut has it open, or a file is in its place.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(
            f"{folder} is a file; the project needs a folder there: move it or give --project another name"
        )
    with _writing_to(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise InputError(
            f"another songcut is working in {folder}; wait for it or give --project another folder"
        ) from None
    try:
        # Half-written files of a run that was killed; whoever holds the lock is the only one who writes here.
        for leftover in folder.rglob(f".*{TEMPORARY_SUFFIX}"):
            leftover.unlink(missing_ok=True)
        yield Project(folder.resolve())
    finally:
        lock.release()


def json_artefact(stage: str, file: str, kind: type[Value], version: int) -> Artefact[Value]:
    """Return an artefact saved as JSON under the label ``songcut/STAGE.VERSION``."""
    schema = Schema(stage, version)
    return json_file(stage, file, lambda data: unlabel(kind, data, schema), lambda value: label(value, schema))


def json_file(
    stage: str, file: str, from_data: Callable[[Any], Value], to_data: Callable[[Value], dict[str, Any]]
) -> Artefact[Value]:
    """Return an artefact saved as JSON; ``from_data`` raises SchemaError at data that does not fit."""

    def read(path: Path) -> Value:
        try:
            return from_data(json.loads(path.read_bytes()))
        except json.JSONDecodeError as error:
            raise DocumentError(
                path, f"it is not JSON: {error.msg}; mend it or delete the file", error.lineno
            ) from None
        except (SchemaError, UnicodeDecodeError) as error:
            raise DocumentError(path, f"{error}; mend it or delete the file") from None

    return Artefact(stage, file, read, lambda value, path: write_json(to_data(value), path))


def write_json(data: Mapping[str, Any], path: Path) -> None:
    """Write JSON so that the file is replaced whole or not at all."""
    write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", path)


def _whole_rows(path: Path) -> int:
    """Return the length in bytes of a file without a last line that a kill left torn."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if size:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.seek(0)
                return file.read().rfind(b"\n") + 1
    return size


@contextmanager
def _writing_to(path: Path) -> Iterator[None]:
    """Turn the system's refusals to write into one sentence."""
    try:
        yield
    except OSError as error:
        raise output_error(path, error) from error

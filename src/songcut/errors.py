"""Every exception songcut raises on purpose.

    SongcutError
    ├── InputError            something given to songcut cannot be used             exit code 2
    │   ├── MediaError          a media file cannot be read
    │   ├── DocumentError       a text document is malformed; carries the line
    │   └── UnknownPluginError       no plugin of that name
    ├── OutputError           a result cannot be written (rights, full disk)       exit code 2
    └── BackendError          a generator, model or service failed                 exit code 3
        └── MissingBackendError      it is not installed or its model is not here

A message is one sentence for the person at the keyboard: which file, where in it, what to do.
"""

from pathlib import Path


class SongcutError(Exception):
    """Anything that songcut reports in one sentence; ``exit_code`` is what the command line returns."""

    exit_code = 3


class InputError(SongcutError):
    """Something given to songcut (a file, an option) cannot be used."""

    exit_code = 2


class MediaError(InputError):
    """A media file cannot be read; ``path`` says which."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = Path(path)
        self.reason = reason


class DocumentError(InputError):
    """A document a person may have edited is malformed; ``line`` counts from 1, or is None for the whole file."""

    def __init__(self, path: Path | str, reason: str, line: int | None = None) -> None:
        where = f"{path}, line {line}" if line is not None else f"{path}"
        super().__init__(f"{where}: {reason}")
        self.path = Path(path)
        self.reason = reason
        self.line = line


class UnknownPluginError(InputError):
    """No plugin of that name is installed for a port, or two are."""


class OutputError(SongcutError):
    """A result cannot be written: no rights, no such folder, disk full."""

    exit_code = 2


class BackendError(SongcutError):
    """A generator, model or service failed."""


class MissingBackendError(BackendError):
    """A backend was asked for that is not installed, or whose model is not on this machine."""

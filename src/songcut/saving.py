"""Files put down whole or not at all, told apart by their bytes; where writing errors become OutputError."""

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from songcut.errors import OutputError

TEMPORARY_SUFFIX = ".tmp"
"""How the names of half-written files end; they begin with a dot."""

_REASONS = {
    errno.ENOSPC: "the disk is full; free some space or choose another place",
    errno.EDQUOT: "the disk quota is used up; free some space or choose another place",
    errno.EFBIG: "the file would be larger than this system allows here; choose another place",
    errno.EACCES: "there are no rights to write there; choose another place or change the rights",
    errno.EPERM: "there are no rights to write there; choose another place or change the rights",
    errno.EROFS: "that disk is read-only; choose another place",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
    errno.EIO: "the disk reports an error; choose another place",
}


def check_writable(output: Path) -> None:
    """Check, before long work, that a file can be put at ``output``; nothing is left behind.

    Raises
    ------
    OutputError
        If its folder is missing or not writable, or a folder has that name.
    """
    folder = output.parent
    try:
        if output.is_dir():
            raise OutputError(f"{output}: is a folder; give the name of a file in it")
        if not folder.exists():
            raise OutputError(f"{output}: the folder {folder} does not exist; create it or choose another place")
        if not folder.is_dir():
            raise OutputError(f"{output}: {folder} is not a folder; choose another place")
        # Rights bits do not tell (root, network disks, read-only mounts): only trying does.
        descriptor, probe = tempfile.mkstemp(prefix=f".{output.name[:40]}.", suffix=TEMPORARY_SUFFIX, dir=folder)
        os.close(descriptor)
        Path(probe).unlink()
    except OSError as error:
        raise output_error(output, error) from error


@contextmanager
def whole_file(output: Path) -> Iterator[Path]:
    """Give a temporary name beside ``output``; on success the file is flushed to disk and takes the final name.

    On any error, an interruption included, the temporary file is removed and what stood at ``output`` is untouched.
    """
    temporary = output.with_name(f".{output.name[:80]}.{os.getpid()}.{os.urandom(4).hex()}{TEMPORARY_SUFFIX}")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(output)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_text(text: str, output: Path) -> None:
    """Write UTF-8 text with Unix line ends, whole or not at all.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    try:
        with whole_file(output) as temporary:
            temporary.write_bytes(text.encode())
    except OSError as error:
        raise output_error(output, error) from error


def file_digest(path: Path) -> str:
    """Return the sha256 of a file's bytes, read in blocks.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def output_error(output: Path, error: Exception) -> OutputError:
    """Say in one sentence why writing failed; the system's errors and PyAV's carry ``errno`` and ``strerror``."""
    reason = _REASONS.get(abs(getattr(error, "errno", 0) or 0))
    if reason is None:
        words = (getattr(error, "strerror", None) or str(error)).rstrip(".")
        reason = f"it cannot be written there ({words[:1].lower()}{words[1:]}); choose another place"
    return OutputError(f"{output}: {reason}")

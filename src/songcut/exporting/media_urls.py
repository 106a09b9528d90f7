"""Media paths as the URLs that timeline files carry, and back."""

import os
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit


def media_url(media: str, folder: Path) -> str:
    """Write a media path as a URL.

    Parameters
    ----------
    media
        Absolute, or relative to ``folder``.
    folder
        Where the timeline file lies, absolute.

    Returns
    -------
    str
        Percent-encoded: relative to the folder for media below it, so that the folder can be moved, else ``file://``.
    """
    path = Path(media)
    if path.is_absolute():
        below = _below(path, folder)
        if below is None:
            return path.as_uri()
        path = below
    # Bytes, because a file name on Linux need not be UTF-8; ":" is encoded so that no name looks like a scheme.
    return quote_from_bytes(os.fsencode(path.as_posix()), safe="/")


def media_path(url: str, folder: Path) -> str:
    """Read a media path from a URL, written by songcut or by another program.

    Parameters
    ----------
    url
        ``file://`` URL, relative URL, or a bare path as some programs write it.
    folder
        Where the timeline file lies, absolute.

    Returns
    -------
    str
        Relative to the folder, with forward slashes, for media below it; else absolute.

    Raises
    ------
    ValueError
        If the URL names nothing on this machine's disks.
    """
    path = _local_path(url, folder)
    if not path.parts:
        raise ValueError("the media URL is empty")
    if not path.is_absolute():
        return path.as_posix()
    below = _below(path, folder)
    return str(path) if below is None else below.as_posix()


def _local_path(url: str, folder: Path) -> Path:
    try:
        parts = urlsplit(url)
    except ValueError:
        return Path(url)
    # One letter is a Windows drive, not a scheme.
    if len(parts.scheme) > 1:
        if parts.scheme != "file":
            raise ValueError(f"{url} is not a file on this machine; download it and relink the clip")
        text = _decoded(parts.path)
        if parts.netloc and parts.netloc != "localhost":
            return Path(f"//{parts.netloc}{text}")
        # "/C:/film.mp4" is how a URL spells "C:/film.mp4".
        return Path(text[1:] if len(text) > 2 and text[0] == "/" and text[2] == ":" else text)
    decoded = Path(_decoded(url))
    # Programs that write bare paths do not encode them: a "%20" is then part of the name.
    if "%" in url and not (folder / decoded).exists() and (folder / url).exists():
        return Path(url)
    return decoded


def _decoded(text: str) -> str:
    return os.fsdecode(unquote_to_bytes(text))


def _below(path: Path, folder: Path) -> Path | None:
    """Return the path relative to the folder if it lies below it, as spelled or after following links."""
    plain = Path(os.path.normpath(path))
    if plain.is_relative_to(folder):
        return plain.relative_to(folder)
    real, real_folder = plain.resolve(), folder.resolve()
    return real.relative_to(real_folder) if real.is_relative_to(real_folder) else None

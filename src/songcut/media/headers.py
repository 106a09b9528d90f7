"""What sound files promise in their own bytes, where FFmpeg does not tell: their full length, a whole last page."""

import os
from pathlib import Path
from typing import BinaryIO

# Streaming writers leave these for "until the end" in a WAV's data size.
_UNKNOWN_SIZES = frozenset({0, 0x7FFFFFFF, 0xFFFFFFFF})
_LAST_BYTES = 1 << 17  # an Ogg page is at most 65,307 bytes long (RFC 3533)
_OGG_HEADER = 27


def mp3_counts_frames(path: Path) -> bool:
    """Say whether an MP3 begins with a Xing, Info or VBRI frame, which counts its frames."""
    with path.open("rb") as file:
        head = file.read(10)
        size = 0
        if head[:3] == b"ID3":
            # The tag's size is four bytes of seven bits each (ID3v2.4, section 3.1).
            size = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
        file.seek(size)
        first = file.read(4096)
    return any(mark in first for mark in (b"Xing", b"Info", b"VBRI"))


def wav_seconds(path: Path) -> float | None:
    """Return the length that a WAV's header gives; FFmpeg quietly shortens it to what is there."""
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            return None
        bytes_a_second = 0
        while True:
            name, size = _chunk(file)
            if name == b"fmt ":
                body = file.read(size)
                bytes_a_second = int.from_bytes(body[8:12], "little")
            elif name == b"data":
                return size / bytes_a_second if bytes_a_second and size not in _UNKNOWN_SIZES else None
            elif not name:
                return None
            else:
                file.seek(size, os.SEEK_CUR)
            file.seek(size % 2, os.SEEK_CUR)  # chunks lie on even places


def ogg_ends_whole(path: Path) -> bool:
    """Say whether an Ogg file's last page is all there; a cut almost never falls between two pages."""
    with path.open("rb") as file:
        length = file.seek(0, os.SEEK_END)
        start = max(0, length - _LAST_BYTES)
        file.seek(start)
        last = file.read()
    place = last.rfind(b"OggS")
    if place < 0:
        return True
    page = last[place:]
    if len(page) < _OGG_HEADER:
        return False
    laces = page[_OGG_HEADER : _OGG_HEADER + page[_OGG_HEADER - 1]]
    return len(laces) == page[_OGG_HEADER - 1] and len(page) >= _OGG_HEADER + len(laces) + sum(laces)


def _chunk(file: BinaryIO) -> tuple[bytes, int]:
    head = file.read(8)
    return (head[:4], int.from_bytes(head[4:8], "little")) if len(head) == 8 else (b"", 0)

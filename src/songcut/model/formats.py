"""The film's size: by name, by aspect or in pixels."""

import re
from fractions import Fraction

from songcut.errors import InputError
from songcut.model.takes import PictureFormat
from songcut.model.timing import frame_rate

# What the platforms themselves recommend: full HD, upright, square; and 2.39:1 (DCI "scope") at HD width.
NAMED_SIZES = {
    "youtube": (1920, 1080),
    "720p": (1280, 720),
    "reels": (1080, 1920),
    "shorts": (1080, 1920),
    "tiktok": (1080, 1920),
    "square": (1080, 1080),
    "cinema": (1920, 804),
}
DEFAULT_FORMAT = "youtube"
DEFAULT_RATE = Fraction(24)
_LONG_SIDE = 1920
_LARGEST_SIDE = 8192


def picture_format(size: str = DEFAULT_FORMAT, rate: str | float | Fraction = DEFAULT_RATE) -> PictureFormat:
    """Read a film's size and rate.

    Parameters
    ----------
    size
        A name of ``NAMED_SIZES``, pixels such as ``1280x720``, or an aspect such as ``8:3`` (1920 pixels on its
        longer side). Odd sides lose one pixel, since H.264 4:2:0 needs even ones.
    rate
        Frames per second, as ``frame_rate`` reads it.

    Raises
    ------
    InputError
        If the size is none of these, or beyond 16 to 8192 pixels a side.
    """
    width, height = _pixels(size.strip().lower())
    width, height = width - width % 2, height - height % 2
    if min(width, height) < 16 or max(width, height) > _LARGEST_SIDE:
        raise InputError(f"a film of {width}x{height} is outside 16 to {_LARGEST_SIDE} pixels a side")
    return PictureFormat(width=width, height=height, rate=frame_rate(rate))


def _pixels(size: str) -> tuple[int, int]:
    if size in NAMED_SIZES:
        return NAMED_SIZES[size]
    if match := re.fullmatch(r"(\d+)\s*[x×]\s*(\d+)", size):
        return int(match[1]), int(match[2])
    if (match := re.fullmatch(r"(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)", size)) and float(match[1]) * float(match[2]) > 0:
        aspect = Fraction(match[1]) / Fraction(match[2])
        if aspect >= 1:
            return _LONG_SIDE, round(_LONG_SIDE / aspect)
        return round(_LONG_SIDE * aspect), _LONG_SIDE
    raise InputError(
        f"{size!r} is not a format; give {', '.join(NAMED_SIZES)}, pixels like 1280x720 or an aspect like 8:3"
    )

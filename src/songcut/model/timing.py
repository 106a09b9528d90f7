"""Exact time: frame rates as fractions, half-open ranges, and the one place where seconds become frames."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from songcut.errors import InputError

# Rates written as decimals that mean an exact NTSC rate (SMPTE ST 12-1): 24, 30, 48, 60 and 120 over 1.001.
_NTSC_NOMINALS = (24, 30, 48, 60, 120)


def frame_rate(value: int | float | str | Fraction) -> Fraction:
    """Read a frame rate exactly.

    Parameters
    ----------
    value
        ``24``, ``"30000/1001"``, or a decimal such as ``23.976``, which is taken for the NTSC rate it abbreviates.

    Returns
    -------
    Fraction
        Frames per second, in lowest terms.

    Raises
    ------
    InputError
        If the value is not a rate between 1 and 240 frames per second.
    """
    try:
        rate = Fraction(value).limit_denominator(1_000_000)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise InputError(f"{value!r} is not a frame rate; give one such as 24, 25, 29.97 or 30000/1001") from None
    if not 1 <= rate <= 240:
        raise InputError(f"a frame rate of {value} is outside 1 to 240 frames per second")
    for nominal in _NTSC_NOMINALS:
        exact = Fraction(nominal * 1000, 1001)
        # 0.005 separates 23.98 from 24 and still accepts the two-decimal spelling.
        if rate.denominator != 1 and abs(rate - exact) < Fraction(5, 1000):
            return exact
    return rate


def nearest_frame(time: float | Fraction, rate: Fraction) -> int:
    """Return the frame whose start lies nearest to a time; a tie goes to the later frame.

    This is the only function in songcut that rounds seconds to frames; the error is at most half a frame.

    Parameters
    ----------
    time
        Seconds from the start of the film.
    rate
        Frames per second.
    """
    return int((Fraction(time) * rate + Fraction(1, 2)).__floor__())


def exact_time(frame: int, rate: Fraction) -> Fraction:
    """Return when a frame starts, in exact seconds."""
    return Fraction(frame) / rate


def frame_time(frame: int, rate: Fraction) -> float:
    """Return when a frame starts, in seconds."""
    return float(exact_time(frame, rate))


def clock(seconds: float) -> str:
    """Return a time as a person reads it, minutes and whole seconds: ``"1:07"``."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def film_length(duration: float, rate: Fraction) -> int:
    """Return how many frames a film of a song has: the nearest whole number to its duration, at least one."""
    return max(1, nearest_frame(duration, rate))


@dataclass(frozen=True, order=True)
class FrameRange:
    """A half-open range of frames: ``start`` is in it, ``stop`` is not.

    Raises
    ------
    ValueError
        If the range is empty or starts before frame 0.
    """

    start: int
    stop: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.stop:
            raise ValueError(f"a frame range needs 0 <= start < stop, got {self.start}..{self.stop}")

    @property
    def length(self) -> int:
        """Number of frames."""
        return self.stop - self.start

    def __contains__(self, frame: int) -> bool:
        return self.start <= frame < self.stop

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.start, self.stop))

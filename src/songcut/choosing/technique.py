"""The technical check: takes that no editor would use, whatever they show."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from songcut.model.shots import Shot
from songcut.model.takes import Take
from songcut.model.timing import exact_time

# Rec. 709 luma weights (ITU-R BT.709), on sRGB-encoded values of 0 to 255.
_LUMA = np.array([0.2126, 0.7152, 0.0722])
# A starfield has a mean of 2 to 10 but bright points; a black picture has neither. Video black may be lifted to 16.
BLACK_MEAN = 18.0
BLACK_HIGHLIGHT = 36.0
# Which part of a picture may hold the highlights or the motion that save it: 1 pixel in 500.
_SMALL_PART = 99.8
# Compression noise in a frozen picture stays within a few of 255 levels; anything that moves crosses this somewhere.
FROZEN_CHANGE = 5.0


def check_take(frames: Sequence[NDArray[np.uint8]], take: Take, shot: Shot, rate: Fraction) -> str:
    """Say why a take cannot be used for a shot, in a few words; empty when it can.

    Parameters
    ----------
    frames
        Frames sampled over the take in order, RGB, each of shape (height, width, 3).
    rate
        The film's frames per second.
    """
    return check_picture(frames, take) or check_length(take, shot, rate)


def check_picture(frames: Sequence[NDArray[np.uint8]], take: Take) -> str:
    """Say what is wrong with a take for any shot: unreadable, black or frozen; empty when nothing is.

    A take from a still picture (``("still", "yes")`` among its settings) may stand still.
    """
    if not frames:
        return "no picture could be read"
    lumas = [np.asarray(frame @ _LUMA, dtype=np.float32) for frame in frames]
    if 2 * sum(_is_black(luma) for luma in lumas) > len(lumas):
        return "black"
    is_still = ("still", "yes") in take.settings
    if not is_still and len(frames) > 1 and all(_same_picture(a, b) for a, b in pairwise(frames)):
        return "frozen"
    return ""


def check_length(take: Take, shot: Shot, rate: Fraction) -> str:
    """Say that a take is shorter than the shot by more than half a film frame; empty when it is long enough."""
    needed = exact_time(shot.frames.length, rate)
    if take.duration >= shortest_usable(shot.frames.length, rate):
        return ""
    return f"too short: {float(take.duration):.1f} s for a shot of {float(needed):.1f} s"


def shortest_usable(frames: int, rate: Fraction) -> Fraction:
    """Return the least duration, in exact seconds, of a take that can fill a number of film frames.

    Half a frame less than the shot still has a picture at the middle of the shot's last frame.
    """
    return exact_time(frames, rate) - exact_time(1, rate) / 2


def _is_black(luma: NDArray[np.float32]) -> bool:
    return bool(luma.mean() < BLACK_MEAN and np.percentile(luma, _SMALL_PART) < BLACK_HIGHLIGHT)


def _same_picture(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> bool:
    if before.shape != after.shape:
        return False
    change = np.abs(before.astype(np.int16) - after.astype(np.int16)).max(axis=2)
    return bool(np.percentile(change, _SMALL_PART) < FROZEN_CHANGE)

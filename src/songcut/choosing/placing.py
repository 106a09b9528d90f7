"""Placing: which part of a take each of its shots shows."""

from collections.abc import Sequence
from fractions import Fraction

from songcut.model.timing import exact_time, nearest_frame


def place_uses(lengths: Sequence[int], duration: Fraction, rate: Fraction) -> tuple[Fraction, ...]:
    """Choose the in-points of one take's uses, in film order.

    A single use is centred. Several lie in film order with equal room around them, so that none overlaps another,
    as long as the take holds them; the uses that it cannot hold start another round over it, which lies elsewhere.

    Parameters
    ----------
    lengths
        Film frames of each use.
    duration
        Exact seconds of the take; a use may be longer by half a film frame at most.
    rate
        Film frames per second.

    Returns
    -------
    tuple of Fraction
        Exact seconds, each a whole number of film frames, so that every program reads the same cut.
    """
    in_points: list[Fraction] = []
    for number, group in enumerate(_rounds(lengths, duration, rate)):
        in_points.extend(_spread(group, duration, rate, number))
    return tuple(in_points)


def _rounds(lengths: Sequence[int], duration: Fraction, rate: Fraction) -> list[list[int]]:
    rounds: list[list[int]] = []
    for length in lengths:
        if rounds and exact_time(sum(rounds[-1]) + length, rate) <= duration:
            rounds[-1].append(length)
        else:
            rounds.append([length])
    return rounds


def _spread(lengths: Sequence[int], duration: Fraction, rate: Fraction, number: int) -> list[Fraction]:
    slack = max(Fraction(0), duration - exact_time(sum(lengths), rate))
    if number == 0:
        before, between = slack / (len(lengths) + 1), slack / (len(lengths) + 1)
    else:
        # Later rounds keep together and fall elsewhere: at 1/4, 3/4, 1/8, 5/8, ... of the room (van der Corput, 1935).
        before, between = slack * _van_der_corput(number + 1), Fraction(0)
    points = []
    start = before
    for length in lengths:
        points.append(_whole_frames(start, rate))
        start += exact_time(length, rate) + between
    return points


def _whole_frames(time: Fraction, rate: Fraction) -> Fraction:
    """Round down to a whole film frame: distances of whole frames are kept, so uses that were apart stay apart."""
    return exact_time(nearest_frame(time - exact_time(1, rate) / 2, rate), rate)


def _van_der_corput(number: int) -> Fraction:
    value, step = Fraction(0), Fraction(1, 2)
    while number:
        value += step * (number & 1)
        number >>= 1
        step /= 2
    return value

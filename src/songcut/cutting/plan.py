"""Planning the shots: which beats the film cuts on.

Every section boundary is a cut. Between boundaries the cuts are chosen among the beats by dynamic programming: the sum
over shots of the costs below is least. The costs are in units of one doubling of a shot's wished length.

    length       log2(length / wished)², where the wished length falls with the energy under the shot
    off the bar  OFF_DOWNBEAT for a cut that is not on a downbeat, MID_BAR for one halfway through the bar
    off beat     OFF_BEAT for a cut in a stretch without beats (an accent, or a plain division)

Average shots of 2 to 4 seconds are the habit in music videos, which the wished lengths of the normal pace centre on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from songcut.errors import InputError
from songcut.model.analysis import BeatGrid, SongAnalysis
from songcut.model.shots import Shot, ShotList
from songcut.model.timing import FrameRange, film_length, nearest_frame
from songcut.model.treatment import Treatment

# How the wished length of a shot is scaled.
PACES = {"slow": 1.6, "normal": 1.0, "fast": 0.6}
CALM_LENGTH = 6.0
"""Wished seconds of a shot at energy 0, normal pace."""
BUSY_LENGTH = 1.45
"""Wished seconds of a shot at energy 1, normal pace."""
OFF_DOWNBEAT = 0.45
MID_BAR = 0.25
OFF_BEAT = 1.5
SHORTEST = 0.6
"""Seconds: below this a shot is not read as a picture."""
LONGEST = 3.5
"""No shot is longer than this many times its wished length while there are beats to cut on."""


@dataclass(frozen=True)
class _CutPoint:
    """A place where a cut may fall: seconds, the frame nearest to it, and what a cut there costs."""

    time: float
    frame: int
    cost: float


def plan_shots(analysis: SongAnalysis, treatment: Treatment, rate: Fraction, pace: str = "normal") -> ShotList:
    """Divide the film into shots.

    Parameters
    ----------
    analysis
        The song; its sections give the prompts' places.
    treatment
        One prompt for every section of the analysis.
    rate
        Frames per second of the film.
    pace
        A key of ``PACES``.

    Returns
    -------
    ShotList
        Tiles the film's frames; every inner cut is the frame nearest to a beat, to a section boundary, or, only where
        the song has no beats, to an accent or an even division.

    Raises
    ------
    InputError
        If the pace is unknown.
    """
    stretch = check_pace(pace)
    length = film_length(analysis.duration, rate)
    walls = _section_walls(analysis, rate, length)
    cuts = [0]
    for left, right in pairwise(walls):
        inner = _cut_points(analysis, left, right, rate, stretch)
        cuts += [point.frame for point in _cheapest(inner, analysis, stretch)] + [right.frame]
    return _shots(cuts, analysis, treatment, rate)


def check_pace(pace: str) -> float:
    """Return how much a pace stretches the wished length of shots.

    Raises
    ------
    InputError
        If there is no such pace.
    """
    if pace not in PACES:
        raise InputError(f"{pace!r} is not a pace; give one of {', '.join(PACES)}")
    return PACES[pace]


def wished_length(energy: float, stretch: float = 1.0) -> float:
    """Return the wished length of a shot in seconds: geometric between calm and busy, energy 0 to 1."""
    return float(stretch * CALM_LENGTH ** (1 - energy) * BUSY_LENGTH**energy)


def _section_walls(analysis: SongAnalysis, rate: Fraction, length: int) -> list[_CutPoint]:
    """Return the film's start, the section boundaries on the beats nearest to them, and the film's end."""
    beats = analysis.beats.times
    walls = [_CutPoint(0.0, 0, 0.0)]
    for section in analysis.sections[1:]:
        time = section.start
        if len(beats):
            nearest = float(beats[np.argmin(np.abs(beats - time))])
            # A finder may put a boundary a little beside its beat; further away there is no beat to cut on.
            if abs(nearest - time) <= 30.0 / max(analysis.tempo, 30.0):
                time = nearest
        frame = nearest_frame(time, rate)
        if frame - walls[-1].frame >= 1 and frame < length:
            walls.append(_CutPoint(time, frame, 0.0))
    walls.append(_CutPoint(analysis.duration, length, 0.0))
    return walls


def _cut_points(
    analysis: SongAnalysis, left: _CutPoint, right: _CutPoint, rate: Fraction, stretch: float
) -> list[_CutPoint]:
    """Return the walls with every allowed cut between them, in increasing frames."""
    middle = _middle_of_the_bar(analysis.beats)
    marked = [
        (beat.time, {1: 0.0, middle: MID_BAR}.get(beat.number, OFF_DOWNBEAT))
        for beat in analysis.beats.beats
        if left.time < beat.time < right.time
    ]
    marked += _beatless_points(analysis, [left.time, *(time for time, _ in marked), right.time], stretch)
    points = [left]
    for time, cost in sorted(marked):
        frame = nearest_frame(time, rate)
        if points[-1].frame < frame < right.frame:
            points.append(_CutPoint(time, frame, cost))
    return [*points, right]


def _middle_of_the_bar(grid: BeatGrid) -> int:
    """Return the number of the beat halfway through most bars (3 in 4/4), or 0 where there is none."""
    numbers = grid.numbers
    last = numbers[:-1][numbers[1:] == 1]
    if len(last) == 0:
        return 0
    metre = int(np.median(last))
    return metre // 2 + 1 if metre % 2 == 0 and metre > 2 else 0


def _beatless_points(analysis: SongAnalysis, times: Sequence[float], stretch: float) -> list[tuple[float, float]]:
    """Return accents, or even divisions where there are none, inside gaps too long for one shot."""
    points: list[tuple[float, float]] = []
    energies = analysis.energy.at((np.asarray(times)[1:] + np.asarray(times)[:-1]) / 2)
    for (start, end), energy in zip(pairwise(times), energies, strict=True):
        wished = wished_length(float(energy), stretch)
        if end - start <= LONGEST * wished:
            continue
        inside = [accent.time for accent in analysis.accents if start < accent.time < end]
        if len(inside) < (end - start) / (LONGEST * wished):
            inside = list(np.linspace(start, end, round((end - start) / wished) + 1)[1:-1])
        points += [(float(time), OFF_BEAT) for time in inside]
    return points


def _cheapest(points: Sequence[_CutPoint], analysis: SongAnalysis, stretch: float) -> list[_CutPoint]:
    """Return the inner points of the cheapest path from the first point to the last."""
    times = np.array([point.time for point in points])
    best = np.full(len(points), np.inf)
    best[0] = 0.0
    came = np.zeros(len(points), dtype=np.int64)
    moments = (times[1:] + times[:-1]) / 2
    # Energy integrated over the points, so that a shot's mean energy is one subtraction.
    weighted = np.concatenate([[0.0], np.cumsum(analysis.energy.at(moments) * np.diff(times))])
    longest = LONGEST * stretch * CALM_LENGTH
    for here in range(1, len(points)):
        first = min(int(np.searchsorted(times, times[here] - longest)), here - 1)
        lengths = times[here] - times[first:here]
        energies = (weighted[here] - weighted[first:here]) / lengths
        wished = stretch * CALM_LENGTH ** (1 - energies) * BUSY_LENGTH**energies
        costs = np.log2(lengths / wished) ** 2 + 100.0 * (lengths < SHORTEST) + best[first:here]
        choice = int(np.argmin(costs))
        best[here] = costs[choice] + points[here].cost
        came[here] = first + choice
    path: list[_CutPoint] = []
    at = int(came[-1])
    while at > 0:
        path.append(points[at])
        at = int(came[at])
    return path[::-1]


def _shots(cuts: Sequence[int], analysis: SongAnalysis, treatment: Treatment, rate: Fraction) -> ShotList:
    shots = []
    energies = analysis.energy.at(np.arange(cuts[-1]) / float(rate))
    for index, (start, stop) in enumerate(pairwise(cuts)):
        middle = float((Fraction(start + stop, 2)) / rate)
        section = analysis.section_at(middle)
        prompt = treatment.sections[section]
        shots.append(
            Shot(
                index=index,
                frames=FrameRange(start, stop),
                section=section,
                prompt=prompt.prompt,
                camera=prompt.camera,
                energy=float(np.mean(energies[start:stop])),
            )
        )
    return ShotList(rate=rate, shots=tuple(shots))

"""Selection: the takes that the film shows, chosen for all shots together."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from songcut.choosing.placing import place_uses
from songcut.choosing.ranking import Scoreboard
from songcut.errors import InputError
from songcut.model.shots import Shot
from songcut.model.takes import Select, Take
from songcut.model.timing import clock, frame_time


@dataclass(frozen=True)
class SelectionWeights:
    """What the choice weighs, in standard deviations of the song's scores.

    The whole film's value is the sum over shots of: the take's calibrated score; less ``likeness_price`` of the take
    and the one before it, because a cut between two pictures alike reads as a jump and not as a cut; less ``reuse``
    times how often the take was shown before, so that all material gets its turn; less ``recency``, fading linearly to
    nothing over ``memory`` shots since the take was last shown. The same take twice in a row is never allowed,
    whatever it scores.
    """

    likeness: float = 2.5
    reuse: float = 0.6
    recency: float = 2.0
    memory: int = 8


DEFAULT_WEIGHTS = SelectionWeights()
# Captions of different subjects in one light and colour come to about this cosine: only what is nearer has its price.
_ALIKE = 0.6
# Candidates a shot: beyond two dozen the best film hardly changes, and the work grows with the square.
_CANDIDATES = 24
# Partial films kept over all candidates: few candidates leave more for each, which makes small cases exact.
_FILMS = 768
# Breaks ties by the seed without ever outweighing a score.
_TIE_BREAK = 1e-5


def select_takes(
    shots: Sequence[Shot],
    takes: Sequence[Take],
    scoreboard: Scoreboard,
    rate: Fraction,
    seed: int,
    weights: SelectionWeights = DEFAULT_WEIGHTS,
) -> tuple[Select, ...]:
    """Choose a take and an in-point for every shot.

    The takes are chosen over the whole film by dynamic programming in the manner of Viterbi (1967), keeping for each
    candidate several best films that end with it (list Viterbi: Seshadri and Sundberg, 1994), since the price of
    reusing a take depends on the film so far. With takes made to order nothing is reused and the result is the
    optimum; with footage it is the optimum whenever no partial film had to be dropped, as in small cases.

    Parameters
    ----------
    scoreboard
        Of exactly these shots and takes, in this order.
    rate
        Film frames per second.
    seed
        Decides between equals.

    Returns
    -------
    tuple of Select
        One a shot, in order. No two neighbours show the same take; every range lies within its take (to half a
        film frame at its end).

    Raises
    ------
    InputError
        If some shot has no usable take, or neighbouring shots have only the same one; it says what to do.
    """
    if not shots:
        return ()
    _check_possible(shots, scoreboard, rate)
    fit = calibrated(scoreboard)
    columns = _Search(fit, scoreboard.vectors, weights, seed).best()
    if columns is None:
        raise InputError(_same_clip_message(shots, takes, scoreboard, rate))
    in_points = _in_points(shots, takes, columns, rate)
    return tuple(
        Select(shot=shot.index, take=takes[column].id, in_point=in_point, reason=_reason(scoreboard, row, column))
        for row, (shot, column, in_point) in enumerate(zip(shots, columns, in_points, strict=True))
    )


def likeness_price(cosines: NDArray[np.floating], weights: SelectionWeights) -> NDArray[np.float64]:
    """Return what it costs that neighbouring takes are alike: nothing up to a cosine of 0.6, then rising as a square.

    Parameters
    ----------
    cosines
        Of neighbouring takes' vectors, any shape, -1 to 1.
    """
    nearness = np.clip((np.asarray(cosines, dtype=np.float64) - _ALIKE) / (1.0 - _ALIKE), 0.0, 1.0)
    return np.asarray(weights.likeness * nearness**2)


def calibrated(scoreboard: Scoreboard) -> NDArray[np.float64]:
    """Return scores as standard deviations from the song's mean, shape (shots, takes), -inf where not usable.

    Models differ in the level and spread of their cosines; over one song the z-score makes them comparable.
    """
    scores = scoreboard.semantic.astype(np.float64)
    known = scores[scoreboard.usable]
    if len(known) == 0:
        return np.full(scores.shape, -np.inf)
    spread = float(known.std())
    # Equal scores differ by rounding alone: that is no preference.
    scaled = (scores - known.mean()) / spread if spread > 1e-6 else np.zeros_like(scores)
    return np.where(scoreboard.usable, scaled, -np.inf)


class _Search:
    """The dynamic programme: partial films as rows of arrays, extended shot by shot.

    ``usage`` counts how often each partial film showed each take, ``shown`` is the shot where it last did.
    """

    def __init__(
        self,
        fit: NDArray[np.float64],
        vectors: NDArray[np.float32],
        weights: SelectionWeights,
        seed: int,
    ) -> None:
        self._fit = fit
        self._vectors = vectors
        self._weights = weights
        self._noise = np.random.default_rng(seed % 2**32)
        self._back: list[NDArray[np.int64]] = []
        self._path: list[NDArray[np.int64]] = []

    def best(self) -> list[int] | None:
        """Return the column chosen for each row, or None if no film is possible."""
        takes = self._fit.shape[1]
        value = np.zeros(1)
        last = np.full(1, -1, dtype=np.int64)
        usage = np.zeros((1, takes), dtype=np.int16)
        shown = np.full((1, takes), -(10**6), dtype=np.int32)
        for row in range(len(self._fit)):
            candidates = self._candidates(row, int(value.argmax()), usage, shown)
            gain = self._gain(row, candidates, last, usage, shown)
            films, picks, value = self._survivors(value[:, None] + gain, len(candidates))
            if len(films) == 0:
                return None
            last = candidates[picks]
            usage, shown = usage[films], shown[films]
            order = np.arange(len(films))
            usage[order, last] += 1
            shown[order, last] = row
            self._back.append(films)
            self._path.append(last)
        return self._trace(int(value.argmax()))

    def _candidates(
        self, row: int, leader: int, usage: NDArray[np.int16], shown: NDArray[np.int32]
    ) -> NDArray[np.int64]:
        """Pick the takes worth trying: the best for the film that leads so far, prices of reuse included."""
        price = self._reuse_price(row, usage[leader], shown[leader])
        worth = self._fit[row] - price + _TIE_BREAK * self._noise.random(self._fit.shape[1])
        usable = np.flatnonzero(np.isfinite(worth))
        if len(usable) <= _CANDIDATES:
            return usable
        best = np.argpartition(-worth[usable], _CANDIDATES - 1)[:_CANDIDATES]
        return np.sort(usable[best])

    def _gain(
        self,
        row: int,
        candidates: NDArray[np.int64],
        last: NDArray[np.int64],
        usage: NDArray[np.int16],
        shown: NDArray[np.int32],
    ) -> NDArray[np.float64]:
        """Return what each candidate adds to each partial film, shape (films, candidates)."""
        noise = _TIE_BREAK * self._noise.random(len(candidates))
        gain = self._fit[row, candidates][None, :] + noise[None, :]
        gain = gain - self._reuse_price(row, usage[:, candidates], shown[:, candidates])
        if row:
            likeness = self._vectors[last] @ self._vectors[candidates].T
            gain -= likeness_price(likeness, self._weights)
            gain[last[:, None] == candidates[None, :]] = -np.inf
        return np.asarray(gain, dtype=np.float64)

    def _reuse_price(self, row: int, usage: NDArray[np.int16], shown: NDArray[np.int32]) -> NDArray[np.float64]:
        gap = row - shown
        fading = np.clip(1.0 - (gap - 1) / self._weights.memory, 0.0, 1.0)
        return np.asarray(self._weights.reuse * usage + self._weights.recency * fading, dtype=np.float64)

    def _survivors(
        self, total: NDArray[np.float64], candidates: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Keep the best films for each candidate; returns film, candidate and value of each that goes on."""
        keep = max(1, _FILMS // max(candidates, 1))
        if len(total) > keep:
            films = np.argpartition(-total, keep - 1, axis=0)[:keep]
        else:
            films = np.repeat(np.arange(len(total))[:, None], candidates, axis=1)
        picks = np.repeat(np.arange(candidates)[None, :], len(films), axis=0)
        values = np.take_along_axis(total, films, axis=0)
        alive = np.isfinite(values)
        return films[alive].astype(np.int64), picks[alive].astype(np.int64), values[alive]

    def _trace(self, film: int) -> list[int]:
        columns: list[int] = []
        for back, path in zip(reversed(self._back), reversed(self._path), strict=True):
            columns.append(int(path[film]))
            film = int(back[film])
        return columns[::-1]


def _in_points(
    shots: Sequence[Shot], takes: Sequence[Take], columns: Sequence[int], rate: Fraction
) -> tuple[Fraction, ...]:
    uses: dict[int, list[int]] = {}
    for row, column in enumerate(columns):
        uses.setdefault(column, []).append(row)
    in_points = [Fraction(0)] * len(shots)
    for column, rows in uses.items():
        # A proxy is shot again from its first frame, so it is used from there.
        if takes[column].proxy:
            continue
        lengths = [shots[row].frames.length for row in rows]
        for row, point in zip(rows, place_uses(lengths, takes[column].duration, rate), strict=True):
            in_points[row] = point
    return tuple(in_points)


def _reason(scoreboard: Scoreboard, row: int, column: int) -> str:
    scores = scoreboard.semantic[row][scoreboard.usable[row]]
    own = scoreboard.semantic[row, column]
    rank = 1 + int((scores > own + 1e-6).sum())
    count = len(scores)
    if count == 1:
        return "the only usable take"
    if rank == 1:
        return f"nearest to the prompt of {count} usable takes (likeness {own:.2f})"
    return f"number {rank} of {count} usable takes by likeness ({own:.2f}): nearer ones fit the shots around it less"


def _check_possible(shots: Sequence[Shot], scoreboard: Scoreboard, rate: Fraction) -> None:
    usable = scoreboard.usable
    for row in np.flatnonzero(~usable.any(axis=1)):
        raise InputError(_nothing_message(shots[int(row)], scoreboard, int(row), rate))
    distinct = np.flatnonzero(usable.any(axis=0))
    if len(shots) > 1 and len(distinct) == 1:
        raise InputError(
            f"the film has {len(shots)} shots and only one usable clip, {scoreboard.takes[int(distinct[0])]}; "
            f"at least two usable clips are needed{_why_others(scoreboard)}"
        )


def _nothing_message(shot: Shot, scoreboard: Scoreboard, row: int, rate: Fraction) -> str:
    where = f"shot {shot.index + 1} at {clock(frame_time(shot.frames.start, rate))}"
    needs = float(scoreboard.lengths[row])
    judged = ~np.isnan(scoreboard.semantic[row])
    sound = [
        float(duration)
        for duration, flaw, was_judged in zip(scoreboard.durations, scoreboard.flaws, judged, strict=True)
        if was_judged and not flaw
    ]
    if not sound:
        return f"{where} has no usable take{_why_others(scoreboard)}; give other clips or shoot more takes"
    return (
        f"{where} is {needs:.1f} s long and the longest usable clip has {max(sound):.1f} s; "
        f"give longer clips, or cut faster with --pace fast"
    )


def _same_clip_message(shots: Sequence[Shot], takes: Sequence[Take], scoreboard: Scoreboard, rate: Fraction) -> str:
    for row in range(1, len(shots)):
        choices = scoreboard.usable[row - 1 : row + 1]
        either = np.flatnonzero(choices.any(axis=0))
        if len(either) == 1:
            break
    else:
        row = int(scoreboard.usable[1:].sum(axis=1).argmin()) + 1
        either = np.flatnonzero(scoreboard.usable[row])
    at = clock(frame_time(shots[row].frames.start, rate))
    needed = float(max(scoreboard.lengths[row - 1 : row + 1]))
    return (
        f"the shots before and after {at} could only show the same clip, {takes[int(either[0])].path}; "
        f"give another clip of at least {needed:.1f} s, or cut faster with --pace fast"
    )


def _why_others(scoreboard: Scoreboard) -> str:
    """Count the rejections by reason, for a message."""
    short = sum(not flaw for flaw in scoreboard.flaws) - int(scoreboard.usable.any(axis=0).sum())
    counts = {reason: scoreboard.flaws.count(reason) for reason in sorted(set(scoreboard.flaws) - {""})}
    if short:
        counts["too short"] = short
    if not counts:
        return ""
    return " (rejected: " + ", ".join(f"{count} {reason}" for reason, count in counts.items()) + ")"

"""What a run tells while it works and when it is done, and an estimate of the time left that learns from the run."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

STAGES = ("listen", "write", "plan", "shoot", "choose", "finish", "assemble", "render")


@dataclass(frozen=True)
class Progress:
    """One step of a run.

    Attributes
    ----------
    stage
        One of ``STAGES``.
    done, total
        Units of the stage's own work (takes, frames), both 0 when it has no steps.
    message
        A short sentence, or empty.
    seconds_left
        Estimate for the whole run, None while there is nothing to go by.
    kind
        ``"progress"``, ``"warning"`` or ``"note"``.
    """

    stage: str
    done: int = 0
    total: int = 0
    message: str = ""
    seconds_left: float | None = None
    kind: str = "progress"


@dataclass(frozen=True)
class Made:
    """What a run left behind.

    Attributes
    ----------
    film
        The film's file, None when the run stopped before rendering.
    project
        The project folder.
    stages
        The stages that did any work this time.
    warnings
        What the user was told.
    """

    film: Path | None
    project: Path
    stages: tuple[str, ...]
    warnings: tuple[str, ...]


Listener = Callable[[Progress], None]


@dataclass(frozen=True)
class StageCost:
    """Expected seconds of one stage on two 2020s laptop cores."""

    stage: str
    seconds: float


class Estimate:
    """The time left in a run: planned seconds a stage, scaled by how the stages so far went.

    The plan is a prior from ``benchmarks/end_to_end.py``; as soon as a stage has made measurable progress its own
    rate replaces the plan, and later stages are scaled by the ratio seen so far (bounded to 1/4 to 4, so that one
    cached stage does not predict miracles).
    """

    def __init__(self, plan: tuple[StageCost, ...], clock: Callable[[], float] = time.monotonic) -> None:
        self._planned = {cost.stage: cost.seconds for cost in plan}
        self._clock = clock
        self._stage: str | None = None
        self._began = clock()
        self._spent = 0.0
        self._ended: set[str] = set()
        self._expected = 0.0

    def replan(self, plan: tuple[StageCost, ...]) -> None:
        """Replace the planned seconds of stages that have not ended."""
        self._planned.update({cost.stage: cost.seconds for cost in plan if cost.stage not in self._ended})

    def begin(self, stage: str) -> None:
        """A stage begins; the one before it has ended."""
        now = self._clock()
        if self._stage is not None:
            self._spent += now - self._began
            self._expected += self._planned.pop(self._stage, 0.0)
            self._ended.add(self._stage)
        self._stage, self._began = stage, now

    def seconds_left(self, done: int, total: int) -> float:
        """Return the seconds left in the run with ``done`` of ``total`` units of the current stage behind it."""
        running = self._planned.get(self._stage or "", 0.0)
        elapsed = self._clock() - self._began
        pace = min(4.0, max(0.25, self._spent / self._expected)) if self._expected > 1.0 else 1.0
        here = max(0.0, running * pace - elapsed)
        if total and done / total > 0.02:
            here = elapsed * (total - done) / done
        later = sum(seconds for stage, seconds in self._planned.items() if stage != self._stage)
        return here + pace * later

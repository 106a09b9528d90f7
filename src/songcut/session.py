"""What the stages of one run share: keeping values, telling progress, warning once, knowing what was done."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from songcut.exporting.credits import Announcement
from songcut.options import MakeOptions
from songcut.progress import Estimate, Listener, Made, Progress, StageCost
from songcut.project import Artefact, Kept, Project

Value = TypeVar("Value")


class Stopped(Exception):  # noqa: N818  (not an error: the user asked to stop after a stage)
    """The stage named by the option ``until`` is done."""


class Session:
    """One run over an open project.

    Attributes
    ----------
    stage
        The stage under way.
    afresh
        Whether this stage is to be done again whatever is there: it, or one before it, was named by ``--from``.
    announced
        What the user was told, each once.
    worked
        The stages that did work.
    """

    def __init__(self, project: Project, options: MakeOptions, listener: Listener) -> None:
        self.project = project
        self.options = options
        self.stage = ""
        self.afresh = False
        self.announced: list[Announcement] = []
        self.worked: list[str] = []
        self._listener = listener
        self._estimate = Estimate(())

    def plan_time(self, plan: tuple[StageCost, ...]) -> None:
        """Say how long the stages that have not ended should take."""
        self._estimate.replan(plan)

    def begin(self, stage: str, message: str) -> None:
        """Begin a stage."""
        self.stage = stage
        self.afresh = self.afresh or stage == self.options.redo_from
        self._estimate.begin(stage)
        self.tell(0, 0, message)

    def end(self, message: str) -> None:
        """End the stage with a sentence on what came out.

        Raises
        ------
        Stopped
            If the user asked to stop here.
        """
        self._listener(Progress(self.stage, message=message, kind="note"))
        if self.stage == self.options.until:
            raise Stopped

    def tell(self, done: int, total: int, message: str = "") -> None:
        """Tell progress in the stage's own units."""
        self._listener(Progress(self.stage, done, total, message, self._estimate.seconds_left(done, total)))

    def warn(self, message: str) -> None:
        """Tell the user one sentence, once."""
        if message not in {each.message for each in self.announced}:
            self.announced.append(Announcement(self.stage, message))
            self._listener(Progress(self.stage, message=message, kind="warning"))

    def keep(
        self, artefact: Artefact[Value], inputs: str, make: Callable[[], Value], *, afresh: bool = False
    ) -> Kept[Value]:
        """Return a stage's value, made only if what it is made from has changed."""
        kept = self.project.keep(artefact, inputs, make, afresh=self.afresh or afresh, warn=self.warn)
        if kept.made:
            self.mark_worked()
        return kept

    def mark_worked(self) -> None:
        """Note that this stage did some work."""
        if self.stage not in self.worked:
            self.worked.append(self.stage)

    def made(self, film: Path | None) -> Made:
        """Return what the run left behind."""
        warnings = tuple(each.message for each in self.announced)
        return Made(film, self.project.folder, tuple(self.worked), warnings)

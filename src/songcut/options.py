"""What a user may ask of a run; the defaults are declared here once."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from songcut.errors import InputError
from songcut.execution import available_workers
from songcut.model.formats import DEFAULT_FORMAT
from songcut.model.treatment import Brief
from songcut.progress import STAGES

QUALITY_NAMES = ("draft", "standard", "high")


@dataclass(frozen=True)
class MakeOptions:
    """Options of ``make``.

    Attributes
    ----------
    film
        The film's file; None: the song's name with ``.mp4`` in the current folder.
    project
        The project folder; None: the song's name with ``.songcut`` beside the film.
    lyrics
        A ``.lrc`` or ``.txt`` file; None: look beside the song and in its tags.
    clips
        Folders and files of the user's own footage.
    generator
        A generator's plugin name; None: ``footage`` when there are clips, else ``procedural``.
    takes
        Takes shot for every shot, at least 1.
    size, rate
        The film's format, as ``model.formats.picture_format`` reads them.
    embedder
        An embedder's plugin name, or the name or folder of a sentence-transformers model.
    redo_from
        Do this stage and all after it again.
    until
        Stop after this stage.
    workers
        Shots worked on at once.
    """

    film: Path | None = None
    project: Path | None = None
    lyrics: Path | None = None
    clips: tuple[Path, ...] = ()
    brief: Brief = field(default_factory=Brief)
    generator: str | None = None
    takes: int = 6
    size: str = DEFAULT_FORMAT
    rate: str = "24"
    quality: str = "standard"
    pace: str = "normal"
    seed: int = 0
    tracker: str = "ellis"
    finder: str = "novelty"
    writer: str = "builtin"
    embedder: str = "minilm"
    redo_from: str | None = None
    until: str | None = None
    workers: int = field(default_factory=available_workers)

    def __post_init__(self) -> None:
        _require_one_of("quality", self.quality, QUALITY_NAMES)
        for name, stage in (("from", self.redo_from), ("until", self.until)):
            if stage is not None:
                _require_one_of(name, stage, STAGES)
        if not 1 <= self.takes <= 64:
            raise InputError(f"takes must be between 1 and 64, got {self.takes}")
        if self.workers < 1:
            raise InputError(f"workers must be at least 1, got {self.workers}")

    def with_workers(self, workers: int | None) -> "MakeOptions":
        """Return the options with another number of workers; None leaves the number of cores."""
        return self if workers is None else replace(self, workers=workers)


def _require_one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise InputError(f"{name} must be one of {', '.join(known)}, got {value!r}")

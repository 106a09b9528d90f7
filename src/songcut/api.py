"""The public Python API. The pipeline, which loads librosa, numba and torch, is imported when it is first called."""

import os
from collections.abc import Sequence
from pathlib import Path

from songcut.model.analysis import SongAnalysis
from songcut.model.formats import DEFAULT_FORMAT
from songcut.model.treatment import Brief
from songcut.options import MakeOptions
from songcut.progress import Listener, Made

PathLike = str | os.PathLike[str]


def make(
    song: PathLike,
    film: PathLike | None = None,
    *,
    clips: Sequence[PathLike] | PathLike = (),
    lyrics: PathLike | None = None,
    brief: Brief | str | None = None,
    format: str = DEFAULT_FORMAT,
    fps: float | str = 24,
    quality: str = "standard",
    pace: str = "normal",
    generator: str | None = None,
    takes: int = 6,
    seed: int = 0,
    embedder: str = "minilm",
    project: PathLike | None = None,
    workers: int | None = None,
    on_progress: Listener = lambda event: None,
) -> Made:
    """Make a film of a song, or go on where an earlier run stopped.

    Parameters
    ----------
    song
        Any audio file FFmpeg reads, of at least 2 seconds.
    film
        The film's file; by default the song's name with ``.mp4`` in the current folder.
    clips
        Folders and files of your own footage; without them the procedural generator makes the pictures.
    lyrics
        A ``.lrc`` or ``.txt`` file; by default looked for beside the song and in its tags.
    brief
        What you want to see: a sentence, or a ``Brief`` with style and mood as well.
    format
        A name (``youtube``, ``reels``, ``square``, ``cinema``), pixels (``1280x720``) or an aspect (``8:3``).
    fps
        Frames per second, 1 to 240; ``23.976`` means 24000/1001.
    quality
        ``draft``, ``standard`` or ``high``.
    pace
        ``slow``, ``normal`` or ``fast``: how often to cut.
    generator, embedder
        Names of installed plugins; ``embedder`` may also be a sentence-transformers model's name or folder.
    takes
        Takes shot for every shot, 1 to 64.
    seed
        Same song, options and seed: the same film, bit for bit, on the same kind of machine.
    project
        The project folder; by default the song's name with ``.songcut`` beside the film.
    workers
        Shots worked on at once; by default the number of cores.
    on_progress
        Called with each ``Progress`` event, from the calling thread or a worker's.

    Returns
    -------
    Made
        The film's path, the project folder, the stages that did work, and the warnings.

    Raises
    ------
    InputError
        If something given cannot be used; one sentence says which file, where, and what to do.
    OutputError
        If the film or the project cannot be written.
    BackendError
        If a generator, model or service fails.
    """
    from songcut import pipeline

    several = [clips] if isinstance(clips, str | os.PathLike) else clips
    options = MakeOptions(
        film=_path(film),
        project=_path(project),
        lyrics=_path(lyrics),
        clips=tuple(Path(clip) for clip in several),
        brief=brief if isinstance(brief, Brief) else Brief(idea=brief),
        generator=generator,
        takes=takes,
        size=format,
        rate=str(fps),
        quality=quality,
        pace=pace,
        seed=seed,
        embedder=embedder,
    )
    return pipeline.make(Path(song), options.with_workers(workers), on_progress)


def analyze(song: PathLike) -> SongAnalysis:
    """Hear a song: beats with bar numbers, sections, energy, accents, key and mood. Times are seconds.

    Raises
    ------
    InputError
        If the file cannot be read as a song.
    """
    from songcut import pipeline

    return pipeline.analyze(Path(song))


def render(
    project: PathLike,
    film: PathLike | None = None,
    *,
    quality: str = "standard",
    workers: int | None = None,
    on_progress: Listener = lambda event: None,
) -> Made:
    """Render the ``timeline.otio`` of a project folder, as songcut cut it or as you edited it.

    Parameters
    ----------
    film
        The film's file; by default the project's name with ``.mp4`` beside it.
    quality, workers, on_progress
        As for ``make``.

    Raises
    ------
    InputError
        If there is no timeline, it cannot be read, or a clip asks for picture that is not there.
    OutputError
        If the film cannot be written.
    """
    from songcut import pipeline

    options = MakeOptions(film=_path(film), quality=quality).with_workers(workers)
    return pipeline.render_project(Path(project), options, on_progress)


def _path(given: PathLike | None) -> Path | None:
    return None if given is None else Path(given)

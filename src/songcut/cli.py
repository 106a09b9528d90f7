"""The command line: parse, call, show progress, map errors to exit codes; nothing else.

Exit codes: 0 done, 2 bad usage or bad input, 3 a backend failed, 130 interrupted.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from songcut.errors import SongcutError
from songcut.options import QUALITY_NAMES, MakeOptions
from songcut.progress import STAGES, Listener, Made, Progress

app = typer.Typer(
    help="Song in, video out: hears a song, writes a treatment, shoots takes, cuts the best on the beat.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_DEFAULTS = MakeOptions()

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout and nothing else there.")]
Quality = Annotated[str, typer.Option(help=f"How to encode: {', '.join(QUALITY_NAMES)}.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Shots worked on at once. Default: the number of cores.")]


@app.command(epilog="Example: songcut make song.mp3 -o film.mp4 --brief 'a night drive to the sea'")
def make(
    song: Annotated[Path, typer.Argument(help="The song: any audio file.", show_default=False)],
    film: Annotated[Path | None, typer.Option("--output", "-o", help="The film. Default: ./SONG.mp4")] = None,
    clips: Annotated[list[Path] | None, typer.Option(help="A folder or file of your own footage; repeatable.")] = None,
    lyrics: Annotated[
        Path | None, typer.Option(help="Lyrics, .lrc or .txt. Default: beside the song, or tags.")
    ] = None,
    idea: Annotated[str | None, typer.Option("--brief", help="What you want to see, in a sentence.")] = None,
    style: Annotated[str | None, typer.Option(help="The film's style; wins over what is inferred.")] = None,
    mood: Annotated[str | None, typer.Option(help="The film's mood; wins over what is heard.")] = None,
    title: Annotated[str | None, typer.Option(help="The song's title. Default: its tag.")] = None,
    artist: Annotated[str | None, typer.Option(help="The artist. Default: the song's tag.")] = None,
    generator: Annotated[
        str | None, typer.Option(help="Who shoots. Default: footage with --clips, else procedural.")
    ] = None,
    takes: Annotated[int, typer.Option(min=1, max=64, help="Takes shot for every shot.")] = _DEFAULTS.takes,
    size: Annotated[
        str, typer.Option("--format", help="youtube, reels, square, cinema, 1280x720, 8:3 ...")
    ] = _DEFAULTS.size,
    rate: Annotated[str, typer.Option("--fps", help="Frames per second, such as 24, 29.97 or 60.")] = _DEFAULTS.rate,
    quality: Quality = _DEFAULTS.quality,
    pace: Annotated[str, typer.Option(help="How often to cut: slow, normal, fast.")] = _DEFAULTS.pace,
    seed: Annotated[int, typer.Option(help="Another seed, another film.")] = _DEFAULTS.seed,
    embedder: Annotated[
        str, typer.Option(help="minilm, or a sentence-transformers model or folder.")
    ] = _DEFAULTS.embedder,
    project: Annotated[
        Path | None, typer.Option(help="The project folder. Default: SONG.songcut beside the film.")
    ] = None,
    redo_from: Annotated[
        str | None, typer.Option("--from", help=f"Do a stage and all after it again: {', '.join(STAGES)}.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Stop after this stage.")] = None,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Make a film of a song. Run it again and it goes on where it was, doing only what has changed."""
    with _reporting(as_json) as listener:
        from songcut import pipeline
        from songcut.model.treatment import Brief

        options = MakeOptions(
            film=film, project=project, lyrics=lyrics, clips=tuple(clips or ()),
            brief=Brief(idea=idea, style=style, mood=mood, title=title, artist=artist),
            generator=generator, takes=takes, size=size, rate=rate, quality=quality, pace=pace, seed=seed,
            embedder=embedder, redo_from=redo_from, until=until,
        )  # fmt: skip
        _report(pipeline.make(song, options.with_workers(workers), listener), as_json)


@app.command(epilog="Example: songcut analyze song.mp3 --json > song.json")
def analyze(
    song: Annotated[Path, typer.Argument(help="The song: any audio file.", show_default=False)],
    as_json: Json = False,
) -> None:
    """Hear a song: its beats and bars, sections, energy, accents, key and mood."""
    with _reporting(as_json):
        from songcut import pipeline
        from songcut.exporting.analysis import analysis_data, analysis_text

        analysis = pipeline.analyze(song)
        print(json.dumps(analysis_data(analysis), ensure_ascii=False) if as_json else analysis_text(analysis))


@app.command(epilog="Example: songcut render song.songcut -o film.mp4")
def render(
    project: Annotated[Path, typer.Argument(help="The project folder.", show_default=False)],
    film: Annotated[Path | None, typer.Option("--output", "-o", help="The film. Default: beside the project.")] = None,
    quality: Quality = _DEFAULTS.quality,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Render a project's timeline.otio, as songcut cut it or as you edited it."""
    with _reporting(as_json) as listener:
        from songcut import pipeline

        options = MakeOptions(film=film, quality=quality).with_workers(workers)
        _report(pipeline.render_project(project, options, listener), as_json)


@app.command("plugins", epilog="Example: songcut plugins --json")
def list_plugins(as_json: Json = False) -> None:
    """List what is installed: generators, beat trackers, embedders, exporters and the rest."""
    from songcut import plugins

    for plugin in plugins.installed():
        row = {"port": plugin.port, "name": plugin.name, "target": plugin.target, "from": plugin.distribution}
        print(json.dumps(row) if as_json else f"{plugin.port:17} {plugin.name:22} {plugin.distribution}")


def main() -> None:
    """Run the command line."""
    app()


def _report(made: Made, as_json: bool) -> None:
    if as_json:
        film = None if made.film is None else str(made.film)
        print(
            json.dumps({"film": film, "project": str(made.project), "stages": made.stages, "warnings": made.warnings})
        )
    elif made.film is not None:
        done = f"did {', '.join(made.stages)}" if made.stages else "nothing had changed"
        print(f"{made.film}  ({done}; the project is {made.project})", file=sys.stderr)


@contextmanager
def _reporting(as_json: bool) -> Iterator[Listener]:
    """Show progress meanwhile, and end the process with the right code and one sentence when songcut gives up."""
    with _json_lines() if as_json else _progress_bar() as listener:
        try:
            yield listener
            return
        except SongcutError as error:
            message, code = str(error), error.exit_code
        except KeyboardInterrupt:
            message, code = "interrupted; run the same command again to go on", 130
    if as_json:
        print(json.dumps({"error": message, "exit_code": code}))
    print(f"songcut: {message}", file=sys.stderr)
    raise typer.Exit(code)


@contextmanager
def _json_lines() -> Iterator[Listener]:
    def show(event: Progress) -> None:
        row: dict[str, Any] = {"event": event.kind, "stage": event.stage}
        if event.kind == "progress":
            row |= {"done": event.done, "total": event.total, "seconds_left": event.seconds_left}
        if event.message:
            row["message"] = event.message
        print(json.dumps(row, ensure_ascii=False), flush=True)

    yield show


@contextmanager
def _progress_bar() -> Iterator[Listener]:
    """Show one moving line and a line for every stage done, on stderr."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True, highlight=False)
    columns = (
        TextColumn("{task.fields[stage]:9}"),
        BarColumn(bar_width=28),
        TextColumn("{task.fields[units]:>13}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", stage="", units="", left="", total=None)
        yield _bar_listener(bar, task, console.print)


def _bar_listener(bar: Any, task: Any, say: Callable[..., None]) -> Listener:
    def show(event: Progress) -> None:
        if event.kind == "progress":
            units = f"{event.done}/{event.total}" if event.total else ""
            left = "" if event.seconds_left is None else f"about {_duration(event.seconds_left)} left"
            bar.update(task, completed=event.done, total=event.total or None, stage=event.stage, units=units, left=left)
        elif event.kind == "warning":
            say(f"{'note':9} {event.message}", markup=False)
        else:
            say(f"{event.stage:9} {event.message}", markup=False)

    return show


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min"

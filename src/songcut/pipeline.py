"""The whole way from a song to a film: the only module that names every stage.

Each stage's value is kept in the project folder under the hash of what it was made from; a run does the stages whose
hash is new and no others.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from songcut import plugins
from songcut.choosing.embedders import SentenceTransformerEmbedder
from songcut.choosing.ranking import score_takes
from songcut.choosing.selection import select_takes
from songcut.cutting.assembly import assemble, check_timeline
from songcut.cutting.plan import check_pace, plan_shots
from songcut.errors import InputError
from songcut.execution import run_in_order
from songcut.exporting.otio import OtioExporter
from songcut.exporting.otio_reader import read_otio
from songcut.listening.listen import listen
from songcut.lyrics.lrc import parse_lrc, to_lrc
from songcut.lyrics.placing import place_untimed
from songcut.lyrics.sources import find_lyrics, read_lyrics
from songcut.media.audio import read_song
from songcut.media.film import FilmTags
from songcut.media.reading import read_rgb
from songcut.model.analysis import SongAnalysis
from songcut.model.audio import Audio
from songcut.model.formats import picture_format
from songcut.model.schema import digest
from songcut.model.shots import ShotList
from songcut.model.song import Lyrics, Song
from songcut.model.takes import PictureFormat, Select, Take
from songcut.model.timeline import Timeline
from songcut.model.treatment import Treatment
from songcut.options import MakeOptions
from songcut.ports import ClipGenerator, Embedder, ShootingFloor, TakeOrder, WritingDesk, finished_id
from songcut.progress import Estimate, Listener, Made, Progress, StageCost
from songcut.project import Artefact, Kept, Project, file_digest, json_artefact, open_project, write_json
from songcut.rendering.render import RenderJob, prune_segments, render
from songcut.saving import check_writable, write_text
from songcut.shooting.orders import order_takes
from songcut.writing.document import check_against, load_treatment, save_treatment

Value = TypeVar("Value")

# Part of the key of each stage that has no other version to go by: raise one when its code gives other values.
_LISTEN_VERSION = 1
_WRITE_VERSION = 1
_PLAN_VERSION = 1
_CHOOSE_VERSION = 1
_ASSEMBLE_VERSION = 1

# Frames looked at in a take, and their short side in pixels: what image models take in, and what shows black or frozen.
_SAMPLES = 5
_SEEN_SIDE = 256
_CHECKED_SIDE = 90


@dataclass(frozen=True)
class _Takes:
    takes: tuple[Take, ...]


@dataclass(frozen=True)
class _Selects:
    selects: tuple[Select, ...]


def _read_lyrics(path: Path) -> Lyrics:
    text = path.read_text(encoding="utf-8")
    return parse_lrc(text, path) if text.strip() else Lyrics()


SONG = json_artefact("song", "song.json", Song, 1)
ANALYSIS = json_artefact("analysis", "analysis.json", SongAnalysis, 1)
LYRICS: Artefact[Lyrics] = Artefact(
    "lyrics", "lyrics.lrc", _read_lyrics, lambda lyrics, path: write_text(to_lrc(lyrics) if lyrics.lines else "", path)
)
TREATMENT = Artefact("treatment", "treatment.yaml", load_treatment, save_treatment)
SHOTS = json_artefact("shots", "shots.json", ShotList, 1)
TAKES = json_artefact("takes", "takes.json", _Takes, 1)
SELECTS = json_artefact("selects", "selects.json", _Selects, 1)


def make(song: Path, options: MakeOptions, listener: Listener = lambda event: None) -> Made:
    """Make a film of a song, or go on where an earlier run stopped.

    Raises
    ------
    SongcutError
        In one sentence; what was made until then stays in the project folder.
    """
    if not song.exists():
        raise InputError(f"{song}: there is no such file; check the name")
    film = (options.film or Path(f"{song.stem}.mp4")).absolute()
    if options.until is None or options.until == "render":
        check_writable(film)
    with open_project(options.project or film.with_name(f"{song.stem}.songcut")) as project:
        run = _Run(project, options, listener)
        try:
            return run.to_film(song.resolve(), film)
        except _Stopped:
            return run.made(None)


def analyze(song: Path, tracker: str = "librosa", finder: str = "novelty") -> SongAnalysis:
    """Hear a song without keeping anything."""
    _, audio = read_song(song)
    return listen(audio, plugins.create("beat tracker", tracker), plugins.create("section finder", finder))


def render_project(folder: Path, options: MakeOptions, listener: Listener = lambda event: None) -> Made:
    """Render a project's ``timeline.otio``, edited or not; of the options, film, quality and workers count."""
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such project folder; make one with: songcut make SONG")
    film = (options.film or folder.absolute().with_suffix(".mp4")).absolute()
    check_writable(film)
    with open_project(folder) as project:
        run = _Run(project, options, listener)
        song = SONG.read(project.path(SONG)) if project.path(SONG).exists() else None
        timeline = run.read_timeline(project.folder / "timeline.otio", None)
        run.render(timeline, song, film)
        return run.made(film)


class _Stopped(Exception):  # noqa: N818  (not an error: the user asked to stop after a stage)
    """The stage named by ``until`` is done."""


class _Run:
    """One run over an open project; each method is one stage of DESIGN's flow."""

    def __init__(self, project: Project, options: MakeOptions, listener: Listener) -> None:
        self.project = project
        self.options = options
        self.listener = listener
        self.estimate = Estimate(())
        self.worked: list[str] = []
        self.warnings: list[str] = []
        self._stage = ""
        self._afresh = False
        self._sound: tuple[Song, Audio] | None = None
        self._embedder: Embedder | None = None

    # --- the flow -----------------------------------------------------------------------------------------------

    def to_film(self, path: Path, film: Path) -> Made:
        picture = picture_format(self.options.size, self.options.rate)
        self._check_inputs()
        self._plan_time(None, picture, 0)
        song, analysis = self.listen(path)
        self._plan_time(analysis, picture, 0)
        treatment = self.write(song, analysis)
        shots = self.plan(analysis, treatment, picture)
        self._plan_time(analysis, picture, len(shots.shots))
        generator = self._generator()
        orders = order_takes(
            shots,
            treatment,
            analysis,
            picture,
            generator=generator.name,
            takes_a_shot=self.options.takes,
            seed=self.options.seed,
        )
        takes = self.shoot(generator, orders)
        selects = self.choose(shots, takes)
        selects, finished = self.finish(generator, orders, takes, selects)
        timeline = self.assemble(song, analysis, shots, selects, finished, picture)
        self.render(timeline, song, film)
        self._write_credits(song, timeline, finished)
        return self.made(film)

    def listen(self, path: Path) -> tuple[Song, SongAnalysis]:
        self._begin("listen", "listening to the song")
        content = file_digest(path) if path.is_file() else ""
        self._require_same_song(path, content)
        song = self._keep(SONG, digest(str(path), content), lambda: self._read_song(path)[0]).value

        def hear() -> SongAnalysis:
            self._warm_up()
            audio = self._read_song(path)[1]
            return listen(
                audio,
                plugins.create("beat tracker", self.options.tracker),
                plugins.create("section finder", self.options.finder),
            )

        inputs = digest(_LISTEN_VERSION, song.sha256, self.options.tracker, self.options.finder)
        analysis = self._keep(ANALYSIS, inputs, hear).value
        self._sound = None
        self._end(f"{analysis.tempo:.0f} bpm, {analysis.key}, {len(analysis.sections)} sections")
        return song, analysis

    def write(self, song: Song, analysis: SongAnalysis) -> Treatment:
        self._begin("write", "writing the treatment")
        options = self.options
        found = find_lyrics(song, options.lyrics)
        lyrics = self._keep(LYRICS, digest(found, analysis.sections), lambda: place_untimed(found, analysis)).value
        embedder = self._get_embedder()
        inputs = digest(
            _WRITE_VERSION, analysis, lyrics.lines, options.brief, song.title, song.artist,
            options.writer, embedder.name, embedder.revision, options.seed,
        )  # fmt: skip
        writer = plugins.create("treatment writer", options.writer)
        desk = WritingDesk(song, analysis, lyrics, options.brief, embedder, options.seed)
        treatment = self._keep(TREATMENT, inputs, lambda: writer.write(desk)).value
        check_against(treatment, analysis, self.project.path(TREATMENT))
        words = f"words from {found.source}" if lyrics.lines else "no words found"
        self._end(f"{words}; {treatment.concept}")
        return treatment

    def plan(self, analysis: SongAnalysis, treatment: Treatment, picture: PictureFormat) -> ShotList:
        self._begin("plan", "planning the shots")
        inputs = digest(_PLAN_VERSION, analysis, treatment.sections, picture.rate, self.options.pace)
        shots = self._keep(
            SHOTS, inputs, lambda: plan_shots(analysis, treatment, picture.rate, self.options.pace)
        ).value
        self._end(f"{len(shots.shots)} shots")
        return shots

    def shoot(self, generator: ClipGenerator, orders: tuple[TakeOrder, ...]) -> tuple[Take, ...]:
        self._begin("shoot", f"shooting takes with {generator.name}")
        if generator.made_to_order:
            inputs = digest(generator.name, [order.id for order in orders])
        else:
            inputs = digest(generator.name, _listing(self.options.clips))
        missing = self._afresh or not self._takes_are_there()
        kept = self._keep(TAKES, inputs, lambda: _Takes(tuple(self._shoot(generator, orders))), afresh=missing)
        takes = kept.value.takes
        self._end(f"{len(takes)} takes")
        return takes

    def choose(self, shots: ShotList, takes: tuple[Take, ...]) -> tuple[Select, ...]:
        self._begin("choose", "choosing the selects")
        embedder = self._get_embedder()
        inputs = digest(_CHOOSE_VERSION, shots, takes, embedder.name, embedder.revision, self.options.seed)

        def choose() -> _Selects:
            board = score_takes(shots.shots, takes, embedder, self._sampler(embedder, len(takes)), shots.rate)
            return _Selects(select_takes(shots.shots, takes, board, shots.rate, self.options.seed))

        selects = self._keep(SELECTS, inputs, choose).value.selects
        used = len({select.take for select in selects})
        self._end(f"{used} of {len(takes)} takes used")
        return selects

    def finish(
        self,
        generator: ClipGenerator,
        orders: tuple[TakeOrder, ...],
        takes: tuple[Take, ...],
        selects: tuple[Select, ...],
    ) -> tuple[tuple[Select, ...], dict[str, Take]]:
        """Shoot the selects that are proxies at full size; return the selects and takes that the film is cut from."""
        by_id = {take.id: take for take in takes}
        if not any(by_id[select.take].proxy for select in selects):
            return selects, by_id
        self._begin("finish", "shooting the selects at full size")
        wanted = {order.id: order for order in orders}
        floor = self._floor()
        on_record = self.project.takes()
        total = sum(wanted[select.take].shot.frames.length for select in selects)
        done = 0

        def full_size(select: Select) -> Take:
            take, order = by_id[select.take], wanted[select.take]
            known = on_record.get(finished_id(take, order, floor))
            return known if known is not None and not self._afresh else generator.finish(take, order, floor)

        finished: dict[str, Take] = {}
        for select, take in zip(selects, run_in_order(full_size, selects, self.options.workers), strict=True):
            if take.id not in on_record or self._afresh:
                take = self.project.add_take(take)
                self._mark_worked()
            finished[select.take] = take
            done += wanted[select.take].shot.frames.length
            self._tell(done, total)
        final = tuple(replace(select, take=finished[select.take].id) for select in selects)
        self._end(f"{total} frames")
        return final, {take.id: take for take in finished.values()}

    def assemble(
        self,
        song: Song,
        analysis: SongAnalysis,
        shots: ShotList,
        selects: tuple[Select, ...],
        takes: dict[str, Take],
        picture: PictureFormat,
    ) -> Timeline:
        self._begin("assemble", "cutting")
        artefact: Artefact[Timeline] = Artefact(
            "timeline", "timeline.otio", lambda path: self.read_timeline(path, picture), OtioExporter().export
        )
        media = sorted({takes[select.take].path for select in selects})
        inputs = digest(
            _ASSEMBLE_VERSION, song.path, song.title, analysis.duration, analysis.sections,
            shots, [(select.shot, select.take, select.in_point) for select in selects], media, picture,
        )  # fmt: skip
        self._keep(artefact, inputs, lambda: assemble(song, analysis, shots, selects, takes, picture))
        # What is rendered is what the file says, so that a run that made it and a run that found it do the same.
        timeline = self.read_timeline(self.project.path(artefact), picture)
        self._end(f"{len(timeline.clips)} shots cut")
        return timeline

    def read_timeline(self, path: Path, picture: PictureFormat | None) -> Timeline:
        if not path.exists():
            raise InputError(f"{path}: there is no timeline to render; make one with: songcut make SONG")
        timeline = read_otio(path, default_picture=picture, warn=self._warn)
        check_timeline(timeline)
        return timeline

    def render(self, timeline: Timeline, song: Song | None, film: Path) -> None:
        self._begin("render", "rendering the film")
        # A person may have swapped a clip's file behind its name: sizes and times are part of the key.
        media = _listing(tuple(self.project.folder / clip.media for clip in timeline.clips if clip.media is not None))
        inputs = digest(timeline, self.options.quality, media, str(film))
        if self._afresh or not self.project.is_current("film", inputs, film):
            brief = self.options.brief
            segments = self.project.segments_folder
            job = RenderJob(
                timeline=timeline,
                base=self.project.folder,
                segments=segments,
                output=film,
                quality=self.options.quality,
                workers=self.options.workers,
                tags=FilmTags(
                    title=brief.title or (song.title if song else None),
                    artist=brief.artist or (song.artist if song else None),
                    comment="Made with songcut; credits.json in the project says by what.",
                ),
            )
            render(job, self._tell)
            self.project.mark_current("film", inputs, film)
            prune_segments(segments, timeline, self.project.folder, self.options.quality)
            self._mark_worked()
        self._end(f"{film}")

    def made(self, film: Path | None) -> Made:
        return Made(film, self.project.folder, tuple(self.worked), tuple(self.warnings))

    # --- what the stages share ----------------------------------------------------------------------------------

    def _check_inputs(self) -> None:
        """Find what is wrong with the options before the song is heard, not minutes later."""
        check_pace(self.options.pace)
        if self.options.lyrics is not None:
            read_lyrics(self.options.lyrics)
        for clip in self.options.clips:
            if not clip.exists():
                raise InputError(f"{clip}: there is no such file or folder of clips; check --clips")
        self._generator()

    def _keep(
        self, artefact: Artefact[Value], inputs: str, make: Callable[[], Value], *, afresh: bool | None = None
    ) -> Kept[Value]:
        kept = self.project.keep(
            artefact, inputs, make, afresh=self._afresh if afresh is None else afresh, warn=self._warn
        )
        if kept.made:
            self._mark_worked()
        return kept

    def _shoot(self, generator: ClipGenerator, orders: tuple[TakeOrder, ...]) -> Iterator[Take]:
        """Yield the takes: those on record, then new ones, each recorded before anything else happens to it."""
        floor = self._floor()
        if not generator.made_to_order:
            for done, take in enumerate(generator.shoot(orders, floor), start=1):
                yield self.project.add_take(take)
                self._tell(done, 0)
            return
        on_record = {} if self._afresh else self.project.takes()
        by_id = {order.id: order for order in orders}
        missing = [order for order in orders if order.id not in on_record]
        done = len(orders) - len(missing)
        shot = {order.id: on_record[order.id] for order in orders if order.id in on_record}
        for take in generator.shoot(missing, floor):
            shot[take.id] = self.project.add_take(take)
            done += 1
            self._tell(done, len(orders))
        if len(shot) < len(orders):
            self._warn(
                f"{len(orders) - len(shot)} of {len(orders)} takes could not be shot; the film is cut from the rest"
            )
        # Shots before this one may have come or gone since the take was shot: its place is the order's.
        yield from (replace(shot[id_], shot=by_id[id_].shot.index) for id_ in by_id if id_ in shot)

    def _sampler(self, embedder: Embedder, total: int) -> Callable[[Take], Sequence[NDArray[np.uint8]]]:
        """Return what reads a few small frames of a take, spread over it, and tells the progress."""
        short_side = _SEEN_SIDE if "image" in embedder.modalities else _CHECKED_SIDE
        read = 0

        def sample(take: Take) -> Sequence[NDArray[np.uint8]]:
            nonlocal read
            scale = short_side / min(take.width, take.height)
            size = tuple(max(2, round(side * scale / 2) * 2) for side in (take.width, take.height))
            times = [take.duration * (2 * step + 1) / (2 * _SAMPLES) for step in range(_SAMPLES)]
            frames = list(read_rgb(self.project.folder / take.path, times, *size))
            read += 1
            self._tell(read, total)
            return frames

        return sample

    def _takes_are_there(self) -> bool:
        path = self.project.path(TAKES)
        if not path.exists():
            return True
        return all((self.project.folder / take.path).is_file() for take in TAKES.read(path).takes)

    def _generator(self) -> ClipGenerator:
        options = self.options
        name = options.generator or ("footage" if options.clips else "procedural")
        generator: ClipGenerator = plugins.create("generator", name)
        if options.clips and generator.made_to_order:
            self._warn(f"the clips are not used, because --generator {name} makes its own takes")
        return generator

    def _floor(self) -> ShootingFloor:
        return ShootingFloor(
            folder=self.project.takes_folder,
            clips=self.options.clips,
            embedder=self._get_embedder(),
            quality=self.options.quality,
            workers=self.options.workers,
            warn=self._warn,
        )

    def _get_embedder(self) -> Embedder:
        if self._embedder is None:
            self._embedder = _embedder(self.options.embedder)
        return self._embedder

    def _warm_up(self) -> None:
        """Load the model and compile the kernels beside the listening; what fails here fails again in use."""
        embedder = self._get_embedder()
        generator = self._generator()

        def warm() -> None:
            try:
                embedder.embed_texts(["warm up"])
                if hasattr(generator, "warm_up"):
                    generator.warm_up()
            except Exception:
                pass

        threading.Thread(target=warm, name="songcut-warm-up", daemon=True).start()

    def _read_song(self, path: Path) -> tuple[Song, Audio]:
        if self._sound is None:
            self._sound = read_song(path)
        return self._sound

    def _require_same_song(self, path: Path, content: str) -> None:
        kept = self.project.path(SONG)
        if kept.exists():
            before = SONG.read(kept)
            if before.path != str(path) and before.sha256 != content:
                raise InputError(
                    f"{self.project.folder} belongs to another song, {before.path}; "
                    f"give this one its own folder with --project"
                )

    def _begin(self, stage: str, message: str) -> None:
        self._stage = stage
        self._afresh = self._afresh or stage == self.options.redo_from
        self.estimate.begin(stage)
        self._tell(0, 0, message)

    def _end(self, message: str) -> None:
        self.listener(Progress(self._stage, message=message, kind="note"))
        if self._stage == self.options.until:
            raise _Stopped

    def _tell(self, done: int, total: int, message: str = "") -> None:
        self.listener(Progress(self._stage, done, total, message, self.estimate.seconds_left(done, total)))

    def _warn(self, message: str) -> None:
        if message not in self.warnings:
            self.warnings.append(message)
            self.listener(Progress(self._stage, message=message, kind="warning"))

    def _mark_worked(self) -> None:
        if self._stage not in self.worked:
            self.worked.append(self._stage)

    def _plan_time(self, analysis: SongAnalysis | None, picture: PictureFormat, shots: int) -> None:
        """Plan the seconds of each stage; the rates are medians of ``benchmarks/end_to_end.py`` on two cores."""
        seconds = analysis.duration if analysis else 240.0
        shots = shots or round(seconds / 3)
        megapixels = seconds * float(picture.rate) * picture.width * picture.height / 1e6
        workers = self.options.workers
        footage = bool(self.options.clips)
        self.estimate.replan(
            (
                StageCost("listen", 6.0 + 0.03 * seconds),
                StageCost("write", 4.0),
                StageCost("plan", 0.3),
                StageCost("shoot", 1.0 if footage else 0.06 * shots * self.options.takes / workers),
                StageCost("choose", 0.01 * shots * self.options.takes),
                StageCost("finish", 0.0 if footage else 0.022 * megapixels / workers),
                StageCost("assemble", 0.3),
                StageCost("render", (0.025 if footage else 0.0005) * megapixels / workers),
            )
        )

    def _write_credits(self, song: Song, timeline: Timeline, takes: dict[str, Take]) -> None:
        """Write who made every frame, and every fallback that was announced."""
        rows = []
        for clip in timeline.clips:
            take = takes.get(clip.take)
            row: dict[str, object] = {"frames": [clip.frames.start, clip.frames.stop], "media": clip.media}
            if take is not None:
                row |= {
                    "take": take.id,
                    "generator": take.generator,
                    "model": take.model,
                    "prompt": take.prompt,
                    "caption": take.caption,
                    "seed": take.seed,
                    "cost_usd": take.cost,
                    "sha256": take.sha256,
                }
            rows.append(row)
        embedder = self._get_embedder()
        write_json(
            {
                "schema": "songcut/credits.1",
                "song": {"title": song.title, "artist": song.artist, "sha256": song.sha256},
                "embedder": {"name": embedder.name, "revision": embedder.revision},
                "announced": self.warnings,
                "shots": rows,
            },
            self.project.folder / "credits.json",
        )


def _embedder(name: str) -> Embedder:
    """Return the embedder plugin of that name, else the sentence-transformers model of that name or folder."""
    if name in {plugin.name for plugin in plugins.installed("embedder")} - {"sentence-transformers"}:
        plugin: Embedder = plugins.create("embedder", name)
        return plugin
    model = SentenceTransformerEmbedder()
    model.configure(name)
    return model


def _listing(paths: Sequence[Path]) -> list[tuple[str, int, int]]:
    """Return name, size and modification time of files, and of all files in folders, sorted: cheap to compare."""
    found: list[tuple[str, int, int]] = []
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in inside:
            if file.is_file():
                state = file.stat()
                found.append((str(file.resolve()), state.st_size, state.st_mtime_ns))
    return sorted(set(found))

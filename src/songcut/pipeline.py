"""The whole way from a song to a film: the only module that names every stage.

Each stage's value is kept in the project folder under the hash of what it was made from; a run does the stages whose
hash is new and no others.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from songcut import plugins
from songcut.artefacts import (
    ANALYSIS,
    CREDITS_FILE,
    LYRICS,
    REPORT_FILE,
    SELECTS,
    SHOTS,
    SONG,
    TAKES,
    TIMELINE_FILE,
    TREATMENT,
    Rushes,
    Selects,
)
from songcut.choosing.embedders import SentenceTransformerEmbedder
from songcut.choosing.ranking import score_takes
from songcut.choosing.selection import select_takes
from songcut.cutting.assembly import assemble, check_timeline
from songcut.cutting.plan import check_pace, plan_shots
from songcut.errors import InputError
from songcut.execution import run_in_order
from songcut.exporting.credits import credits_data, still_announced
from songcut.exporting.otio import OtioExporter
from songcut.exporting.otio_reader import read_otio
from songcut.exporting.report import ReportMaterial, report_html
from songcut.listening.listen import listen
from songcut.lyrics.placing import place_untimed
from songcut.lyrics.sources import find_lyrics, read_lyrics
from songcut.media.audio import read_song
from songcut.media.film import FilmTags
from songcut.media.reading import read_rgb
from songcut.model.analysis import SongAnalysis
from songcut.model.audio import Audio
from songcut.model.formats import picture_format
from songcut.model.schema import digest
from songcut.model.shots import Shot, ShotList
from songcut.model.song import Song
from songcut.model.takes import PictureFormat, Select, Take
from songcut.model.timeline import Timeline
from songcut.model.treatment import Treatment
from songcut.options import MakeOptions
from songcut.ports import ClipGenerator, Embedder, ShootingFloor, TakeOrder, WarmsUp, WritingDesk, finished_id
from songcut.progress import Listener, Made, StageCost
from songcut.project import Artefact, Project, open_project, write_json
from songcut.rendering.render import RenderJob, prune_segments, render
from songcut.saving import check_writable, file_digest, write_text
from songcut.session import Session, Stopped
from songcut.shooting.orders import order_takes
from songcut.writing.document import check_against

# Part of the key of each stage that has no other version to go by: raise one when its code gives other values.
_LISTEN_VERSION = 1
_WRITE_VERSION = 2
_PLAN_VERSION = 2
_CHOOSE_VERSION = 2
_ASSEMBLE_VERSION = 1

_FILM_SUFFIXES = (".mp4", ".m4v", ".mov")

# Frames looked at in a take, and their short side in pixels: what image models take in, and what shows black or frozen.
_SAMPLES = 5
_SEEN_SIDE = 256
_CHECKED_SIDE = 90
# Pixels of a still in the report, along the longer side.
_STILL_SIDE = 240


def make(song: Path, options: MakeOptions, listener: Listener = lambda event: None) -> Made:
    """Make a film of a song, or go on where an earlier run stopped.

    Raises
    ------
    SongcutError
        In one sentence; what was made until then stays in the project folder.
    """
    if not song.exists():
        raise InputError(f"{song}: there is no such file; check the name")
    film = _film_path(song, options)
    with open_project(options.project or film.with_name(f"{song.stem}.songcut")) as project:
        run = _Run(project, options, listener)
        try:
            run.to_film(song.resolve(), film)
        except Stopped:
            return run.session.made(None)
        return run.session.made(film)


def analyze(song: Path, tracker: str = "ellis", finder: str = "novelty") -> SongAnalysis:
    """Hear a song without keeping anything."""
    _, audio = read_song(song)
    return _hear(audio, tracker, finder)


def render_project(folder: Path, options: MakeOptions, listener: Listener = lambda event: None) -> Made:
    """Render a project's ``timeline.otio``, edited or not; of the options, film, quality and workers count."""
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such project folder; make one with: songcut make SONG")
    film = _checked_film(options.film or folder.absolute().with_suffix(".mp4"))
    with open_project(folder) as project:
        run = _Run(project, options, listener)
        song = SONG.read(project.path(SONG)) if project.path(SONG).exists() else None
        run.render(run.read_timeline(project.folder / TIMELINE_FILE, None), song, film)
        return run.session.made(film)


class _Run:
    """One run over an open project; each public method but the first is one stage of the flow."""

    def __init__(self, project: Project, options: MakeOptions, listener: Listener) -> None:
        self.project = project
        self.options = options
        self.session = Session(project, options, listener)
        self.embedder = _embedder(options.embedder)
        self._sound: tuple[Song, Audio] | None = None

    def to_film(self, path: Path, film: Path) -> None:
        """Go the whole way."""
        options = self.options
        picture = picture_format(options.size, options.rate)
        generator = self._checked_generator()
        self._plan_time(240.0, 80, picture)
        song, analysis = self.listen(path, generator)
        self._plan_time(analysis.duration, round(analysis.duration / 3), picture)
        treatment = self.write(song, analysis)
        shots = self.plan(analysis, treatment, picture)
        self._plan_time(analysis.duration, len(shots.shots), picture)
        orders = order_takes(
            shots,
            treatment,
            analysis,
            picture,
            generator=f"{generator.name} {generator.version}",
            takes_a_shot=options.takes,
            seed=options.seed,
        )
        takes = self.shoot(generator, orders)
        selects = self.choose(shots, takes)
        finished, takes_cut = self.finish(generator, orders, takes, selects)
        timeline = self.assemble(song, analysis, shots, finished, takes_cut, picture)
        self.render(timeline, song, film)
        by_id = {take.id: take for take in takes}
        material = ReportMaterial(song, analysis, treatment, shots, selects, by_id)
        self._write_record(material, timeline, takes_cut)

    def listen(self, path: Path, generator: ClipGenerator) -> tuple[Song, SongAnalysis]:
        """Hear the song."""
        session, options = self.session, self.options
        session.begin("listen", "listening to the song")
        content = file_digest(path) if path.is_file() else ""
        self._require_same_song(path, content)
        song = session.keep(SONG, digest(str(path), content), lambda: self._read_song(path)[0]).value

        def hear() -> SongAnalysis:
            _warm_up(self.embedder, generator)
            return _hear(self._read_song(path)[1], options.tracker, options.finder)

        inputs = digest(
            _LISTEN_VERSION,
            song.sha256,
            plugins.describe("beat tracker", options.tracker),
            plugins.describe("section finder", options.finder),
        )
        analysis = session.keep(ANALYSIS, inputs, hear).value
        self._sound = None
        session.end(f"{analysis.tempo:.0f} bpm, {analysis.key}, {len(analysis.sections)} sections")
        return song, analysis

    def write(self, song: Song, analysis: SongAnalysis) -> Treatment:
        """Write the treatment."""
        session, options = self.session, self.options
        session.begin("write", "writing the treatment")
        found = find_lyrics(song, options.lyrics)
        lyrics = session.keep(LYRICS, digest(found, analysis.sections), lambda: place_untimed(found, analysis)).value
        inputs = digest(
            _WRITE_VERSION, analysis, lyrics.lines, options.brief, song.title, song.artist,
            plugins.describe("treatment writer", options.writer), self.embedder.name, self.embedder.revision,
            options.seed,
        )  # fmt: skip
        writer = plugins.create("treatment writer", options.writer)
        desk = WritingDesk(song, analysis, lyrics, options.brief, self.embedder, options.seed)
        treatment = session.keep(TREATMENT, inputs, lambda: writer.write(desk)).value
        check_against(treatment, analysis, self.project.path(TREATMENT))
        words = f"words from {found.source}" if lyrics.lines else "no words found"
        session.end(f"{words}; {treatment.concept}")
        return treatment

    def plan(self, analysis: SongAnalysis, treatment: Treatment, picture: PictureFormat) -> ShotList:
        """Plan the shots."""
        self.session.begin("plan", "planning the shots")
        pace = self.options.pace
        inputs = digest(_PLAN_VERSION, analysis, treatment.sections, picture.rate, pace)
        make = lambda: plan_shots(analysis, treatment, picture.rate, pace)  # noqa: E731
        shots = self.session.keep(SHOTS, inputs, make).value
        self.session.end(f"{len(shots.shots)} shots")
        return shots

    def shoot(self, generator: ClipGenerator, orders: tuple[TakeOrder, ...]) -> tuple[Take, ...]:
        """Shoot or find the takes."""
        self.session.begin("shoot", f"shooting takes with {generator.name}")
        decides = [order.id for order in orders] if generator.made_to_order else _listing(self.options.clips)
        kept = self.session.keep(
            TAKES,
            digest(generator.name, generator.version, decides),
            lambda: Rushes(tuple(self._shoot(generator, orders))),
            afresh=not self._takes_are_there(),
        )
        self.session.end(f"{len(kept.value.takes)} takes")
        return kept.value.takes

    def choose(self, shots: ShotList, takes: tuple[Take, ...]) -> tuple[Select, ...]:
        """Choose the selects."""
        self.session.begin("choose", "choosing the selects")
        seed = self.options.seed
        inputs = digest(_CHOOSE_VERSION, shots, takes, self.embedder.name, self.embedder.revision, seed)

        def choose() -> Selects:
            board = score_takes(shots.shots, takes, self.embedder, self._sampler(len(takes)), shots.rate)
            self.project.add_scores(board.best_scores())
            return Selects(select_takes(shots.shots, takes, board, shots.rate, seed))

        selects = self.session.keep(SELECTS, inputs, choose).value.selects
        used = len({select.take for select in selects})
        self.session.end(f"{used} of {len(takes)} takes used")
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
        session = self.session
        session.begin("finish", "shooting the selects at full size")
        wanted = {order.id: order for order in orders}
        floor = self._floor()
        on_record = {} if session.afresh else self.project.takes()

        def full_size(select: Select) -> Take:
            take, order = by_id[select.take], wanted[select.take]
            return on_record.get(finished_id(take, order, floor)) or generator.finish(take, order, floor)

        total = sum(wanted[select.take].shot.frames.length for select in selects)
        done = 0
        finished: list[Take] = []
        for select, take in zip(selects, run_in_order(full_size, selects, self.options.workers), strict=True):
            if take.id in on_record:
                finished.append(take)
            else:
                finished.append(self.project.add_take(take))
                session.mark_worked()
            done += wanted[select.take].shot.frames.length
            session.tell(done, total)
        session.end(f"{total} frames")
        final = tuple(replace(select, take=take.id) for select, take in zip(selects, finished, strict=True))
        return final, {take.id: take for take in finished}

    def assemble(
        self,
        song: Song,
        analysis: SongAnalysis,
        shots: ShotList,
        selects: tuple[Select, ...],
        takes: dict[str, Take],
        picture: PictureFormat,
    ) -> Timeline:
        """Cut: lay the selects over the song."""
        self.session.begin("assemble", "cutting")
        artefact: Artefact[Timeline] = Artefact(
            "timeline", TIMELINE_FILE, lambda path: self.read_timeline(path, picture), OtioExporter().export
        )
        inputs = digest(
            _ASSEMBLE_VERSION, song.path, song.title, analysis.duration, analysis.sections, shots, picture,
            [(select.shot, select.take, select.in_point, takes[select.take].path) for select in selects],
        )  # fmt: skip
        kept = self.session.keep(artefact, inputs, lambda: assemble(song, analysis, shots, selects, takes, picture))
        # What is rendered is what the file says, so that a run that made it and a run that found it do the same.
        timeline = self.read_timeline(self.project.path(artefact), picture) if kept.made else kept.value
        self.session.end(f"{len(timeline.clips)} shots cut")
        return timeline

    def read_timeline(self, path: Path, picture: PictureFormat | None) -> Timeline:
        """Read the timeline, edited or not."""
        if not path.exists():
            raise InputError(f"{path}: there is no timeline to render; make one with: songcut make SONG")
        timeline = read_otio(path, default_picture=picture, warn=self.session.warn)
        check_timeline(timeline)
        return timeline

    def render(self, timeline: Timeline, song: Song | None, film: Path) -> None:
        """Render the film."""
        session, options, folder = self.session, self.options, self.project.folder
        session.begin("render", "rendering the film")
        # A person may have swapped a clip's file behind its name: sizes and times are part of the key.
        media = _listing(tuple(folder / clip.media for clip in timeline.clips if clip.media is not None))
        inputs = digest(timeline, options.quality, media, str(film))
        if session.afresh or not self.project.is_current("film", inputs, film):
            brief = options.brief
            job = RenderJob(
                timeline=timeline,
                base=folder,
                segments=self.project.segments_folder,
                output=film,
                quality=options.quality,
                workers=options.workers,
                tags=FilmTags(
                    title=brief.title or (song.title if song else None),
                    artist=brief.artist or (song.artist if song else None),
                    comment="Made with songcut; credits.json in the project says by what.",
                ),
            )
            render(job, session.tell)
            self.project.mark_current("film", inputs, film)
            prune_segments(job.segments, timeline, folder, options.quality)
            session.mark_worked()
        session.end(f"{film}")

    def _write_record(self, material: ReportMaterial, timeline: Timeline, takes_cut: dict[str, Take]) -> None:
        """Write who made every frame, and the report."""
        folder, session = self.project.folder, self.session
        announced = still_announced(folder / CREDITS_FILE, session.worked, session.announced)
        credits = credits_data(material.song, timeline, takes_cut, self.embedder, announced)
        write_json(credits, folder / CREDITS_FILE)
        if session.worked or not (folder / REPORT_FILE).exists():
            stills = self._stills(material)
            told = tuple(each.message for each in announced)
            write_text(report_html(replace(material, stills=stills, announced=told)), folder / REPORT_FILE)

    def _stills(self, material: ReportMaterial) -> dict[int, NDArray[np.uint8]]:
        """Return a small picture from the middle of every shot."""
        rate = material.shots.rate

        def still(pair: tuple[Shot, Select]) -> NDArray[np.uint8]:
            shot, select = pair
            take = material.takes[select.take]
            width = 2 * round(_STILL_SIDE / 2 * min(1.0, take.width / take.height))
            height = 2 * round(width * take.height / take.width / 2)
            middle = select.in_point + Fraction(shot.frames.length, 2) / rate
            return next(iter(read_rgb(self.project.folder / take.path, [middle], width, height)))

        pairs = list(zip(material.shots.shots, material.selects, strict=True))
        pictures = run_in_order(still, pairs, self.options.workers)
        return {shot.index: picture for (shot, _), picture in zip(pairs, pictures, strict=True)}

    def _checked_generator(self) -> ClipGenerator:
        """Find what is wrong with the options before the song is heard, not minutes later; return who shoots."""
        options = self.options
        check_pace(options.pace)
        if options.lyrics is not None:
            read_lyrics(options.lyrics)
        for clip in options.clips:
            if not clip.exists():
                raise InputError(f"{clip}: there is no such file or folder of clips; check --clips")
        name = options.generator or ("footage" if options.clips else "procedural")
        generator: ClipGenerator = plugins.create("generator", name)
        if options.clips and generator.made_to_order:
            self.session.warn(f"the clips are not used, because --generator {name} makes its own takes")
        return generator

    def _require_same_song(self, path: Path, content: str) -> None:
        kept = self.project.path(SONG)
        if kept.exists():
            before = SONG.read(kept)
            if before.path != str(path) and before.sha256 != content:
                raise InputError(
                    f"{self.project.folder} belongs to another song, {before.path}; "
                    f"give this one its own folder with --project"
                )

    def _read_song(self, path: Path) -> tuple[Song, Audio]:
        if self._sound is None:
            self._sound = read_song(path)
        return self._sound

    def _shoot(self, generator: ClipGenerator, orders: tuple[TakeOrder, ...]) -> Iterator[Take]:
        """Yield the takes: those on record, then new ones, each recorded before anything else happens to it."""
        session, floor = self.session, self._floor()
        if not generator.made_to_order:
            for done, take in enumerate(generator.shoot(orders, floor), start=1):
                yield self.project.add_take(take)
                session.tell(done, 0)
            return
        on_record = {} if session.afresh else self.project.takes()
        shot = {order.id: on_record[order.id] for order in orders if order.id in on_record}
        missing = [order for order in orders if order.id not in shot]
        for take in generator.shoot(missing, floor):
            shot[take.id] = self.project.add_take(take)
            session.tell(len(shot), len(orders))
        if len(shot) < len(orders):
            session.warn(f"{len(orders) - len(shot)} of {len(orders)} takes could not be shot; the rest must do")
        # Shots before this one may have come or gone since the take was shot: its place is the order's.
        yield from (replace(shot[order.id], shot=order.shot.index) for order in orders if order.id in shot)

    def _takes_are_there(self) -> bool:
        path = self.project.path(TAKES)
        if not path.exists():
            return True
        return all((self.project.folder / take.path).is_file() for take in TAKES.read(path).takes)

    def _floor(self) -> ShootingFloor:
        return ShootingFloor(
            folder=self.project.takes_folder,
            clips=self.options.clips,
            embedder=self.embedder,
            quality=self.options.quality,
            workers=self.options.workers,
            warn=self.session.warn,
        )

    def _sampler(self, total: int) -> Callable[[Take], Sequence[NDArray[np.uint8]]]:
        """Return what reads a few small frames of a take, spread over it, and tells the progress."""
        short_side = _SEEN_SIDE if "image" in self.embedder.modalities else _CHECKED_SIDE
        read = 0

        def sample(take: Take) -> Sequence[NDArray[np.uint8]]:
            nonlocal read
            scale = short_side / min(take.width, take.height)
            width, height = (max(2, round(side * scale / 2) * 2) for side in (take.width, take.height))
            times = [take.duration * (2 * step + 1) / (2 * _SAMPLES) for step in range(_SAMPLES)]
            frames = list(read_rgb(self.project.folder / take.path, times, width, height))
            read += 1
            self.session.tell(read, total)
            return frames

        return sample

    def _plan_time(self, seconds: float, shots: int, picture: PictureFormat) -> None:
        """Plan the seconds of each stage; the rates are medians of ``benchmarks/end_to_end.py`` on two cores."""
        megapixels = seconds * float(picture.rate) * picture.width * picture.height / 1e6
        workers, takes = self.options.workers, self.options.takes
        footage = bool(self.options.clips)
        self.session.plan_time(
            (
                StageCost("listen", 4.0 + 0.005 * seconds),
                StageCost("write", 2.0),
                StageCost("plan", 0.1),
                StageCost("shoot", 1.0 if footage else 0.06 * shots * takes / workers),
                StageCost("choose", 0.01 * shots * takes),
                StageCost("finish", 0.0 if footage else 0.03 * megapixels / workers),
                StageCost("assemble", 0.3),
                StageCost("render", (0.025 if footage else 0.0005) * megapixels / workers),
            )
        )


def _film_path(song: Path, options: MakeOptions) -> Path:
    """Return where the film goes, having checked that it overwrites nothing it is made from."""
    film = options.film or Path(f"{song.stem}.mp4")
    if film.absolute() == song.absolute():
        if options.film is not None:
            raise InputError(f"{film}: the film would replace the song; give -o another name")
        film = Path(f"{song.stem}-film.mp4")
    for clip in options.clips:
        if film.resolve().is_relative_to(clip.resolve()):
            raise InputError(f"{film}: the film would lie among the clips and be taken for one; give -o another place")
    return _checked_film(film) if options.until in (None, "render") else film.absolute()


def _checked_film(film: Path) -> Path:
    if film.suffix.lower() not in _FILM_SUFFIXES:
        raise InputError(f"{film}: films are written as MP4; let its name end with .mp4")
    check_writable(film.absolute())
    return film.absolute()


def _hear(audio: Audio, tracker: str, finder: str) -> SongAnalysis:
    return listen(audio, plugins.create("beat tracker", tracker), plugins.create("section finder", finder))


def _embedder(name: str) -> Embedder:
    """Return the embedder plugin of that name, else the sentence-transformers model of that name or folder."""
    if name in {plugin.name for plugin in plugins.installed("embedder")} - {"sentence-transformers"}:
        plugin: Embedder = plugins.create("embedder", name)
        return plugin
    model = SentenceTransformerEmbedder()
    model.configure(name)
    return model


def _warm_up(embedder: Embedder, generator: ClipGenerator) -> None:
    """Load the model and compile the kernels beside the listening; what fails here fails again in use."""

    def warm() -> None:
        try:
            embedder.embed_texts(["warm up"])
            if isinstance(generator, WarmsUp):
                generator.warm_up()
        except Exception:
            pass

    threading.Thread(target=warm, name="songcut-warm-up", daemon=True).start()


def _listing(paths: Sequence[Path]) -> list[tuple[str, int, int]]:
    """Return name, size and modification time of files, and of all files in folders, sorted: cheap to compare."""
    found: set[tuple[str, int, int]] = set()
    for path in paths:
        for file in path.rglob("*") if path.is_dir() else [path]:
            if file.is_file():
                state = file.stat()
                found.add((str(file.resolve()), state.st_size, state.st_mtime_ns))
    return sorted(found)

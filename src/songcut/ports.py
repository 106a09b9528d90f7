"""The ports: what songcut asks of anything that can be swapped.

A plugin is a class without constructor arguments, named in one of the entry-point groups of ``plugins.GROUPS``.
Built-ins come in by the same door. Each port has a conformance suite in ``tests/conformance``. What a backend
raises of its own is mapped at its edge to ``songcut.errors``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from songcut.model.analysis import BeatGrid, EnergyCurve, Section, SongAnalysis
from songcut.model.audio import Audio
from songcut.model.music import MusicCurves
from songcut.model.schema import digest
from songcut.model.shots import Shot
from songcut.model.song import Lyrics, Song
from songcut.model.takes import PictureFormat, Take
from songcut.model.timeline import Timeline
from songcut.model.treatment import Brief, Colour, Treatment


@runtime_checkable
class Embedder(Protocol):
    """Turns texts, and pictures if it can, into vectors whose cosine is their likeness."""

    @property
    def name(self) -> str:
        """The model's name, recorded with every score."""
        ...

    @property
    def revision(self) -> str:
        """Which weights: a hash or a hub revision."""
        ...

    @property
    def modalities(self) -> frozenset[str]:
        """``{"text"}`` or ``{"text", "image"}``."""
        ...

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows, shape (texts, dimensions)."""
        ...

    def embed_images(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return unit rows, shape (images, dimensions), of RGB pictures of shape (height, width, 3).

        Raises
        ------
        BackendError
            If ``"image"`` is not among the modalities.
        """
        ...


@dataclass(frozen=True)
class BeatTrack:
    """What a beat tracker heard; ``confidence`` is 0 to 1."""

    grid: BeatGrid
    confidence: float


@runtime_checkable
class BeatTracker(Protocol):
    """Hears the beats of a song and their numbers in the bar."""

    name: str

    def track(self, audio: Audio) -> BeatTrack:
        """Return the beats; an empty grid when there is no pulse at all (never an exception for that)."""
        ...


@runtime_checkable
class SectionFinder(Protocol):
    """Divides a song into sections."""

    name: str

    def find(self, audio: Audio, beats: BeatGrid, energy: EnergyCurve) -> tuple[Section, ...]:
        """Return sections that tile ``[0, audio.duration]``, inner boundaries on downbeats where there are any."""
        ...


@runtime_checkable
class Transcriber(Protocol):
    """Writes down the words that are sung."""

    name: str

    def transcribe(self, audio: Audio) -> Lyrics:
        """Return timed lines, none for an instrumental."""
        ...


@dataclass(frozen=True)
class WritingDesk:
    """All that a treatment writer has in front of it."""

    song: Song
    analysis: SongAnalysis
    lyrics: Lyrics
    brief: Brief
    embedder: Embedder
    seed: int


@runtime_checkable
class TreatmentWriter(Protocol):
    """Writes the treatment."""

    name: str

    def write(self, desk: WritingDesk) -> Treatment:
        """Return a treatment with one prompt for every section of the analysis, in order."""
        ...


@dataclass(frozen=True, eq=False)
class TakeOrder:
    """One take to be shot for one shot.

    Attributes
    ----------
    id
        The id the take shall have: the hash of all that decides it.
    shot
        The slot it is for, with its prompt and camera.
    number
        0 for the shot's first take, and so on; takes of one shot should differ usefully.
    variation
        A short addition to the prompt that makes this take differ, or empty.
    seed
        Decides everything random.
    picture
        The film's format; proxies are smaller and may have a lower rate.
    palette, style, negative_prompt
        From the treatment.
    music
        The music under the shot, one value per film frame of the shot.
    """

    id: str
    shot: Shot
    number: int
    variation: str
    seed: int
    picture: PictureFormat
    palette: tuple[Colour, ...]
    style: str
    negative_prompt: str
    music: MusicCurves

    @property
    def full_prompt(self) -> str:
        """The shot's prompt with this take's variation."""
        return f"{self.shot.prompt} {self.variation}".strip()


@dataclass(frozen=True)
class ShootingFloor:
    """Where and with what a generator works.

    Attributes
    ----------
    folder
        An existing folder for the takes' media files; each file appears there whole or not at all.
    clips
        Folders and files of the user's own footage.
    embedder
        For generators that choose by likeness.
    quality
        ``"draft"``, ``"standard"`` or ``"high"``: how finished takes are encoded.
    workers
        How many takes may be worked on at once.
    warn
        Says one sentence to the user.
    """

    folder: Path
    clips: tuple[Path, ...]
    embedder: Embedder
    quality: str
    workers: int
    warn: Callable[[str], None]


def finished_id(take: Take, order: TakeOrder, floor: ShootingFloor) -> str:
    """Return the id of the full-size version of a proxy: the hash of all that decides its pictures."""
    return digest("finished", take.id, order.picture, floor.quality)


@runtime_checkable
class ClipGenerator(Protocol):
    """Shoots or finds takes."""

    name: str
    version: str
    """Part of every take's id: another version when the same order makes other pictures. Takes of other versions stay
    on record but are not used."""
    made_to_order: bool
    """True: one take for every order. False: finds what there is, orders only tell what is wanted."""
    shoots_proxies: bool
    """True: ``shoot`` makes small stand-ins and ``finish`` shoots a chosen one at full size."""

    def shoot(self, orders: Sequence[TakeOrder], floor: ShootingFloor) -> Iterator[Take]:
        """Yield each take as soon as its file is on disk, in any order.

        Raises
        ------
        BackendError
            If the backend fails as a whole; one failing take is skipped with a warning.
        InputError
            If what the user gave (a folder, an option) cannot be used.
        """
        ...

    def finish(self, take: Take, order: TakeOrder, floor: ShootingFloor) -> Take:
        """Shoot a proxy's full-size version: exactly the shot's frames, in the film's format; its id is new.

        Called only when ``shoots_proxies`` is true. The new take's id is ``finished_id(take, order, floor)``.
        """
        ...


@runtime_checkable
class WarmsUp(Protocol):
    """A plugin that can get ready (load a model, compile kernels) while other work goes on; any port's may."""

    def warm_up(self) -> None:
        """Get ready; called in a thread of its own, at most once before first use."""
        ...


@runtime_checkable
class Exporter(Protocol):
    """Writes a timeline for another program."""

    name: str
    suffix: str
    """File ending with its dot."""

    def export(self, timeline: Timeline, path: Path) -> None:
        """Write the timeline to a file; media paths are written relative to its folder where they lie below it."""
        ...

"""The suites bite: a plugin that breaks a law fails that law's test, and no good one was needed to know it."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from conformance import material
from conformance.beat_tracker import BeatTrackerConformance
from conformance.clip_generator import MadeToOrderConformance
from conformance.embedder import EmbedderConformance
from conformance.exporter import ExporterConformance
from conformance.section_finder import SectionFinderConformance
from conformance.transcriber import TranscriberConformance
from conformance.treatment_writer import TreatmentWriterConformance
from songcut.exporting.otio import OtioExporter
from songcut.media.writing import write_segment
from songcut.model.analysis import Beat, BeatGrid, Section
from songcut.model.song import LyricLine, Lyrics
from songcut.model.takes import Take
from songcut.model.treatment import Colour, SectionPrompt, Treatment
from songcut.ports import BeatTrack
from stub_embedder import StubEmbedder


@dataclass
class Tracker:
    """Hears what it is told."""

    beats: Callable
    name: str = "broken"

    def track(self, audio):
        return BeatTrack(BeatGrid(tuple(self.beats(audio))), 0.5)


@dataclass
class Finder:
    sections: Callable
    name: str = "broken"

    def find(self, audio, beats, energy):
        return tuple(self.sections(audio))


@dataclass
class Scribe:
    lines: tuple
    name: str = "broken"

    def transcribe(self, audio):
        return Lyrics(self.lines, "broken")


@dataclass
class Writer:
    """Writes for some of the sections, the same for all of them."""

    count: int
    name: str = "broken"

    def write(self, desk):
        heard = desk.analysis.sections[: self.count]
        prompts = tuple(SectionPrompt(n, s.start, s.letter, s.function, "m", "fog") for n, s in enumerate(heard, 1))
        return Treatment("fog", "grey", (Colour("grey", "#888888"),), prompts, written_by="broken")


class Unnormalised(StubEmbedder):
    def embed_texts(self, texts):
        return super().embed_texts(texts) * 2


class Batchy(StubEmbedder):
    """What a text becomes hangs on its neighbours."""

    def embed_texts(self, texts: Sequence[str]):
        return super().embed_texts([text + " padding" * (len(texts) - 1) for text in texts])


class Obliging(StubEmbedder):
    """Says that it reads texts only and takes pictures all the same."""

    def embed_images(self, images):
        return self.embed_texts(["picture"] * len(images))


class Littering(OtioExporter):
    def export(self, timeline, path):
        super().export(timeline, path)
        shutil.copy(path, path.with_suffix(".tmp"))


class Rooted(OtioExporter):
    """Writes absolute paths."""

    def export(self, timeline, path):
        super().export(timeline, path)
        path.write_text(path.read_text().replace("takes/", f"{path.parent}/takes/"))


@dataclass
class Generator:
    """Shoots grey cards; ``spoil`` has the last word on each take."""

    spoil: Callable = lambda take, order: take
    grey: Callable = lambda order: 40 + order.seed % 200
    name: str = "broken"
    version: str = "1"
    made_to_order: bool = True
    shoots_proxies: bool = False

    def shoot(self, orders, floor):
        from hashlib import sha256

        for order in orders:
            path = floor.folder / f"{order.id}.mp4"
            size = order.picture
            card = np.full((size.height * 3 // 2, size.width), self.grey(order), np.uint8)
            frames = write_segment(path, [card] * order.shot.frames.length, size, "draft")
            yield self.spoil(
                Take(
                    order.id, order.shot.index, self.name, order.full_prompt, "grey", str(path),
                    sha256(path.read_bytes()).hexdigest(), frames / size.rate, size.width, size.height,
                ),
                order,
            )  # fmt: skip

    def finish(self, take, order, floor):
        return take


def law(suite: type, name: str, plugin: object, **arguments: object) -> None:
    getattr(suite(), name)(plugin=plugin, **arguments)


def outside(audio):
    return [Beat(0.5, 1), Beat(audio.duration + 1, 2)]


def skips(audio):
    return [Beat(0, 1), Beat(1, 3)]


@pytest.mark.parametrize(
    ("suite", "name", "plugin", "arguments"),
    [
        (BeatTrackerConformance, "test_silence_has_no_beats", Tracker(lambda audio: [Beat(1, 1)]), {}),
        (
            BeatTrackerConformance,
            "test_beats_increase_inside_the_song_and_are_numbered_from_1",
            Tracker(outside),
            {"bpm": 120},
        ),
        (BeatTrackerConformance, "test_numbers_count_up_within_a_bar", Tracker(skips), {}),
        (
            SectionFinderConformance,
            "test_sections_tile_the_song_with_inner_edges_on_downbeats",
            Finder(lambda audio: [Section(0, 9, "A", "verse", 0.1), Section(10, audio.duration, "B", "chorus", 1)]),
            {},
        ),
        (
            SectionFinderConformance,
            "test_sections_tile_the_song_with_inner_edges_on_downbeats",
            Finder(lambda audio: [Section(0, 9.1, "A", "verse", 0.1), Section(9.1, audio.duration, "B", "chorus", 1)]),
            {},
        ),
        (TranscriberConformance, "test_silence_has_no_words", Scribe((LyricLine("Thanks for watching!", 0, 1),)), {}),
        (
            TranscriberConformance,
            "test_lines_have_words_and_ordered_times_inside_the_song",
            Scribe((LyricLine("a", 5, 6), LyricLine("b", 2, 3))),
            {},
        ),
        (
            TreatmentWriterConformance,
            "test_every_section_has_its_own_prompt_in_order",
            Writer(99),
            {"lyrics": Lyrics()},
        ),
        (TreatmentWriterConformance, "test_songs_of_one_section_and_of_many_are_written_for", Writer(3), {"count": 24}),
        (TreatmentWriterConformance, "test_what_was_asked_for_wins", Writer(99), {}),
        (EmbedderConformance, "test_texts_become_unit_rows", Unnormalised(), {}),
        (EmbedderConformance, "test_a_text_alone_and_in_a_batch_agree", Batchy(), {}),
        (
            EmbedderConformance,
            "test_pictures_are_refused_by_a_text_embedder_and_embedded_by_another",
            Obliging(images=False),
            {},
        ),
    ],
)  # fmt: skip
def test_a_broken_law_fails(suite: type, name: str, plugin: object, arguments: dict) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        law(suite, name, plugin, **arguments)


@pytest.mark.parametrize(
    ("plugin", "name"),
    [
        (Littering(), "test_one_file_is_written_and_nothing_else"),
        (Rooted(), "test_media_below_the_folder_are_named_relative_to_it"),
    ],
)
def test_a_broken_exporter_fails(plugin: OtioExporter, name: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        law(ExporterConformance, name, plugin, tmp_path=tmp_path)


def litter(take: Take, order: object) -> Take:
    Path(take.path).with_suffix(".part").write_bytes(b"x")
    return take


@pytest.mark.parametrize(
    ("spoil", "name"),
    [
        (lambda take, order: replace(take, id=take.id[1:]), "test_every_order_gets_one_take_that_covers_its_shot"),
        (lambda take, order: replace(take, sha256="0" * 64), "test_takes_have_unique_ids_and_describe_their_files"),
        (lambda take, order: replace(take, width=999), "test_takes_have_unique_ids_and_describe_their_files"),
        (litter, "test_nothing_but_the_takes_is_left_on_the_floor"),
    ],
)
def test_a_broken_generator_fails(spoil: Callable, name: str, tmp_path: Path) -> None:
    def floor(name: str):
        return material.floor(tmp_path / name / "takes", StubEmbedder(), print)

    law(MadeToOrderConformance, name, Generator(), floor=floor("good"))
    with pytest.raises(AssertionError):
        law(MadeToOrderConformance, name, Generator(spoil), floor=floor("bad"))


def test_a_generator_whose_takes_are_all_alike_or_never_the_same_fails(tmp_path: Path) -> None:
    floor = material.floor(tmp_path / "a" / "takes", StubEmbedder(), print)
    with pytest.raises(AssertionError):
        law(MadeToOrderConformance, "test_takes_of_one_shot_differ", Generator(grey=lambda order: 90), floor=floor)
    count = iter(range(40, 240, 8))
    with pytest.raises(AssertionError):
        law(
            MadeToOrderConformance,
            "test_the_same_orders_give_the_same_bytes",
            Generator(grey=lambda order: next(count)),
            floor=floor,
            tmp_path=tmp_path,
        )

"""The laws of a clip generator. Subclass the suite that fits yours and give it in a ``plugin`` fixture.

``ClipGeneratorConformance`` holds for all; ``MadeToOrderConformance`` adds what holds for generators that shoot a
take for every order, ``FoundClipsConformance`` for those that find what there is.
"""

import hashlib
from fractions import Fraction
from pathlib import Path

import pytest

from conformance import material
from songcut.errors import InputError
from songcut.media.probe import probe_video
from songcut.model.takes import PictureFormat, Take
from songcut.ports import ClipGenerator, ShootingFloor, finished_id
from stub_embedder import StubEmbedder


def refuse(message: str) -> None:
    """Take no warning for an answer."""
    raise AssertionError(f"warned: {message}")


def file_of(take: Take, floor: ShootingFloor) -> Path:
    """Return a take's file; takes in a project may be named relative to the project, the floor's parent."""
    return floor.folder.parent / take.path


def assert_describes_its_file(take: Take, floor: ShootingFloor) -> None:
    """Assert that a take's hash, size and duration are those of its file."""
    path = file_of(take, floor)
    assert path.is_file()
    assert take.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    info = probe_video(path)
    assert (take.width, take.height) == (info.width, info.height)
    if not info.is_still:
        assert take.duration == info.duration
    assert take.caption.strip()


class ClipGeneratorConformance:
    @pytest.fixture
    def plugin(self) -> ClipGenerator:
        raise NotImplementedError("override the plugin fixture")

    @pytest.fixture
    def clips(self, tmp_path: Path) -> tuple[Path, ...]:
        """Footage for the floor; override it for a generator that looks at it."""
        return ()

    @pytest.fixture
    def floor(self, tmp_path: Path, clips: tuple[Path, ...]) -> ShootingFloor:
        return material.floor(tmp_path / "film.songcut" / "takes", StubEmbedder(), refuse, clips)

    def test_it_is_a_generator_with_a_name(self, plugin: ClipGenerator) -> None:
        assert isinstance(plugin, ClipGenerator)
        assert plugin.name.strip()

    def test_it_has_a_version(self, plugin: ClipGenerator) -> None:
        assert isinstance(plugin.version, str)
        assert plugin.version

    def test_takes_have_unique_ids_and_describe_their_files(self, plugin: ClipGenerator, floor: ShootingFloor) -> None:
        takes = list(plugin.shoot(material.orders(), floor))
        assert takes
        assert len({take.id for take in takes}) == len(takes)
        for take in takes:
            assert take.generator == plugin.name
            assert_describes_its_file(take, floor)

    def test_nothing_but_the_takes_is_left_on_the_floor(self, plugin: ClipGenerator, floor: ShootingFloor) -> None:
        files = {file_of(take, floor) for take in plugin.shoot(material.orders(), floor)}
        assert set(floor.folder.rglob("*")) <= files


class MadeToOrderConformance(ClipGeneratorConformance):
    def test_it_says_so(self, plugin: ClipGenerator) -> None:
        assert plugin.made_to_order

    def test_every_order_gets_one_take_that_covers_its_shot(self, plugin: ClipGenerator, floor: ShootingFloor) -> None:
        orders = material.orders()
        takes = {take.id: take for take in plugin.shoot(orders, floor)}
        assert set(takes) == {order.id for order in orders}
        for order in orders:
            take = takes[order.id]
            assert take.shot == order.shot.index
            assert take.proxy == plugin.shoots_proxies
            assert take.duration >= Fraction(order.shot.frames.length) / order.picture.rate
            assert file_of(take, floor).is_relative_to(floor.folder)
            assert take.prompt.startswith(order.shot.prompt)

    def test_no_orders_no_takes(self, plugin: ClipGenerator, floor: ShootingFloor) -> None:
        assert list(plugin.shoot([], floor)) == []

    def test_a_shot_of_one_frame_can_be_shot(self, plugin: ClipGenerator, floor: ShootingFloor) -> None:
        (take,) = plugin.shoot(material.orders(shots=1, takes=1, frames=1), floor)
        assert take.duration >= Fraction(1, 24)
        assert_describes_its_file(take, floor)

    def test_the_same_orders_give_the_same_bytes(
        self, plugin: ClipGenerator, floor: ShootingFloor, tmp_path: Path
    ) -> None:
        orders = material.orders()
        again = material.floor(tmp_path / "again.songcut" / "takes", StubEmbedder(), refuse, workers=1)
        first = {take.id: take.sha256 for take in plugin.shoot(orders, floor)}
        # Alone and in another order: what one take looks like hangs on its own order only.
        second = {take.id: take.sha256 for order in reversed(orders) for take in plugin.shoot([order], again)}
        assert first == second

    def test_takes_of_one_shot_differ(self, plugin: ClipGenerator, floor: ShootingFloor) -> None:
        takes = list(plugin.shoot(material.orders(shots=1, takes=3), floor))
        assert len({take.sha256 for take in takes}) == 3

    @pytest.mark.parametrize(
        "picture",
        [
            PictureFormat(128, 72, Fraction(24)),
            PictureFormat(72, 128, Fraction(30000, 1001)),
            PictureFormat(96, 36, Fraction(25)),
        ],
        ids=["wide", "upright-ntsc", "8:3"],
    )
    def test_a_finished_take_is_exactly_the_shot_in_the_films_format(
        self, plugin: ClipGenerator, floor: ShootingFloor, picture: PictureFormat
    ) -> None:
        (order,) = material.orders(shots=1, takes=1, picture=picture)
        (take,) = plugin.shoot([order], floor)
        if not plugin.shoots_proxies:
            return
        done = plugin.finish(take, order, floor)
        assert not done.proxy
        assert done.shot == take.shot
        assert_describes_its_file(done, floor)
        info = probe_video(file_of(done, floor))
        assert (info.width, info.height, info.rate) == (picture.width, picture.height, picture.rate)
        assert info.frames == order.shot.frames.length
        assert plugin.finish(take, order, floor) == done
        assert done.id == finished_id(take, order, floor)


class FoundClipsConformance(ClipGeneratorConformance):
    def test_it_says_so(self, plugin: ClipGenerator) -> None:
        assert not plugin.made_to_order

    def test_the_same_clips_give_the_same_takes_in_the_same_order(
        self, plugin: ClipGenerator, floor: ShootingFloor
    ) -> None:
        assert list(plugin.shoot(material.orders(), floor)) == list(plugin.shoot([], floor))

    def test_without_clips_it_says_what_it_needs(self, plugin: ClipGenerator, tmp_path: Path) -> None:
        empty = tmp_path / "nothing here"
        empty.mkdir()
        for clips in ((), (empty,), (tmp_path / "absent",)):
            with pytest.raises(InputError, match=clips[0].name if clips else "clips"):
                list(plugin.shoot([], material.floor(tmp_path / "takes", StubEmbedder(), refuse, clips)))

"""The generator around the pictures: files, formats, failures. The port's own laws are in the conformance suite."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from procedural_orders import an_order, curves
from songcut.errors import BackendError
from songcut.media.probe import probe_video
from songcut.model.takes import PictureFormat
from songcut.ports import ShootingFloor
from songcut.shooting.procedural.generator import ProceduralGenerator, proxy_format, warm
from stub_embedder import StubEmbedder


def floor(folder: Path, warnings: list[str] | None = None, workers: int = 2) -> ShootingFloor:
    folder.mkdir(parents=True, exist_ok=True)
    said: list[str] = [] if warnings is None else warnings
    return ShootingFloor(folder, (), StubEmbedder(images=False), "draft", workers, said.append)


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (1920, 720), (640, 640), (16, 2000)])
@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001), Fraction(60)])
@pytest.mark.parametrize("length", [1, 5, 31, 240])
def test_a_proxy_is_small_has_the_films_shape_and_lasts_as_long(
    size: tuple[int, int], rate: Fraction, length: int
) -> None:
    picture = PictureFormat(*size, rate)
    small, frames = proxy_format(picture, length)
    assert small.width % 2 == small.height % 2 == 0
    assert min(small.width, small.height) >= 16
    if min(size) > 100:
        assert small.width / small.height == pytest.approx(size[0] / size[1], rel=0.03)
        assert small.width * small.height < 25_000
    assert len(frames) / small.rate == length / rate
    assert len(frames) >= min(8, length)
    assert frames[0] == 0
    assert sorted(set(frames)) == list(frames)
    assert frames[-1] < length


def test_a_take_carries_what_it_needs_to_be_shot_again(tmp_path: Path) -> None:
    order = an_order(frames=20, picture=PictureFormat(64, 36, Fraction(30000, 1001)))
    (take,) = ProceduralGenerator().shoot([order], floor(tmp_path / "takes"))
    # Another generator, as after a restart, and an embedder that would choose differently.
    done = ProceduralGenerator().finish(take, replace(order, shot=replace(order.shot, prompt="fire")), floor(tmp_path))
    assert done.settings == take.settings
    assert done.caption == take.caption
    info = probe_video(Path(done.path))
    assert (info.width, info.height, info.rate, info.frames) == (64, 36, Fraction(30000, 1001), 20)
    assert (done.width, done.height, done.proxy) == (64, 36, False)
    assert done.id != take.id


def test_a_take_that_fails_is_left_out_with_a_warning(tmp_path: Path) -> None:
    good, bad = an_order(number=0), an_order(number=1)
    bad = replace(bad, music=replace(curves(24), travel=np.zeros(0, dtype=np.float32)))
    warnings: list[str] = []
    takes = list(ProceduralGenerator().shoot([bad, good], floor(tmp_path, warnings)))
    assert [take.id for take in takes] == [good.id]
    assert len(warnings) == 1
    assert "take 1 of shot 0" in warnings[0]
    with pytest.raises(BackendError, match="could not shoot"):
        list(ProceduralGenerator().shoot([bad], floor(tmp_path, warnings)))


def test_a_take_of_another_kind_is_refused(tmp_path: Path) -> None:
    order = an_order()
    (take,) = ProceduralGenerator().shoot([order], floor(tmp_path))
    for settings in ((), tuple((name, "disco" if name == "family" else value) for name, value in take.settings)):
        with pytest.raises(BackendError, match="cannot be shot again"):
            ProceduralGenerator().finish(replace(take, settings=settings), order, floor(tmp_path))


def test_a_reader_who_stops_stops_the_work(tmp_path: Path) -> None:
    orders = [an_order(number=number % 6, shot=number // 6, seed=number) for number in range(40)]
    shooting = ProceduralGenerator().shoot(orders, floor(tmp_path, workers=1))
    next(iter(shooting))
    shooting.close()  # type: ignore[attr-defined]
    assert len(list(tmp_path.iterdir())) <= 6


def test_warming_draws_every_family_once() -> None:
    warm()

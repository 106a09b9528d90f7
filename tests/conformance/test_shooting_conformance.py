"""The suites for clip generators, on everything installed."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from conformance.clip_generator import FoundClipsConformance, MadeToOrderConformance
from conformance.every_plugin import every
from songcut import plugins
from songcut.media.writing import write_segment
from songcut.model.takes import PictureFormat
from songcut.ports import ClipGenerator

FOUND = ("footage",)


class TestMadeToOrder(MadeToOrderConformance):
    @pytest.fixture(params=every("generator", but=FOUND))
    def plugin(self, request: pytest.FixtureRequest) -> ClipGenerator:
        return plugins.create("generator", request.param)


class TestFoundClips(FoundClipsConformance):
    @pytest.fixture(params=FOUND)
    def plugin(self, request: pytest.FixtureRequest) -> ClipGenerator:
        return plugins.create("generator", request.param)

    @pytest.fixture
    def clips(self, tmp_path: Path) -> tuple[Path, ...]:
        folder = tmp_path / "holiday"
        folder.mkdir()
        for number, (width, height) in enumerate([(64, 36), (36, 64), (48, 48)]):
            pictures = [np.full((height * 3 // 2, width), 60 + 40 * number, np.uint8)] * 12
            write_segment(folder / f"{number}.mp4", pictures, PictureFormat(width, height, Fraction(25)), "draft")
        return (folder,)

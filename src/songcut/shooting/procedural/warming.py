"""Compiling the kernels ahead of need: about 3 seconds a family the first time, later read from a cache on disk."""

from fractions import Fraction

import numpy as np

from songcut.model.music import MusicCurves
from songcut.model.shots import Shot
from songcut.model.takes import PictureFormat
from songcut.model.timing import FrameRange
from songcut.ports import TakeOrder
from songcut.shooting.procedural.families import FAMILIES
from songcut.shooting.procedural.recipe import Recipe
from songcut.shooting.procedural.scene import pictures, stage


def warm() -> None:
    """Draw one tiny frame of every family, so that the first real take does not wait for the compiler.

    Meant for a thread beside the song's analysis; compiling holds numba's lock, not the caller's.
    """
    curve = np.zeros(1, dtype=np.float32)
    order = TakeOrder(
        id="warm",
        shot=Shot(0, FrameRange(0, 1), 0, "", "", 0.0),
        number=0,
        variation="",
        seed=0,
        picture=PictureFormat(32, 18, Fraction(24)),
        palette=(),
        style="",
        negative_prompt="",
        music=MusicCurves(curve, curve, curve, curve),
    )
    for family in FAMILIES:
        scene = stage(order, Recipe(family.name, family.looks[0].name, "static"))
        for _ in pictures(scene, 32, 18, range(1)):
            pass

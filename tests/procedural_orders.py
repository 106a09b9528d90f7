"""Orders for the procedural generator's tests."""

from fractions import Fraction

import numpy as np

from songcut.model.music import MusicCurves
from songcut.model.shots import Shot
from songcut.model.takes import PictureFormat
from songcut.model.timing import FrameRange
from songcut.model.treatment import Colour
from songcut.ports import TakeOrder

PALETTE = (Colour("night", "#0b1430"), Colour("sea", "#2f6f9f"), Colour("amber", "#e0a458"))


def curves(frames: int, beats_per_second: float = 2.0, energy: float = 0.5, rate: float = 24.0) -> MusicCurves:
    """Steady music: a beat at every period's start, decaying; none with 0 beats a second."""
    time = np.arange(frames) / rate
    beat = np.exp(-(time % (1 / beats_per_second)) / 0.18) if beats_per_second > 0 else np.zeros(frames)
    level = np.full(frames, energy)
    travel = np.cumsum(0.45 + 1.1 * level) / rate
    return MusicCurves(
        energy=level.astype(np.float32),
        beat=beat.astype(np.float32),
        accent=np.zeros(frames, dtype=np.float32),
        travel=travel.astype(np.float32),
    )


def an_order(
    *,
    frames: int = 24,
    prompt: str = "the open sea at night",
    camera: str = "slow push in",
    number: int = 0,
    shot: int = 0,
    seed: int = 5,
    picture: PictureFormat | None = None,
    music: MusicCurves | None = None,
) -> TakeOrder:
    """Return an order for one take of one shot."""
    return TakeOrder(
        id=f"{shot:02}{number:02}{seed:04}" * 8,
        shot=Shot(shot, FrameRange(100, 100 + frames), 0, prompt, camera, 0.5),
        number=number,
        variation="",
        seed=seed,
        picture=picture or PictureFormat(96, 54, Fraction(24)),
        palette=PALETTE,
        style="",
        negative_prompt="",
        music=music or curves(frames),
    )

"""A take made ready to be drawn: its states over the frames, its inks, its light, and the pictures."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from songcut.model.music import MusicCurves
from songcut.model.schema import digest
from songcut.ports import TakeOrder
from songcut.shooting.procedural import grading
from songcut.shooting.procedural.camera import fly, move_named
from songcut.shooting.procedural.families import FAMILIES
from songcut.shooting.procedural.families import family as state
from songcut.shooting.procedural.families.family import Family, Look
from songcut.shooting.procedural.palette import Inks, mix_inks
from songcut.shooting.procedural.recipe import Recipe

Floats = NDArray[np.float64]

# A beat rises over two or three frames instead of one, and moves the light by this share at most: with the tone curve's
# slope the picture's luminance swings by less than 10 %, under what WCAG 2.3.1 counts as a flash.
_ATTACK = 0.045
_PULSE_LIGHT = 0.05
_ENERGY_LIGHT = 0.30
_METER_ROWS = 54


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything that a frame is drawn from, at any size.

    Attributes
    ----------
    values
        The family's parameters, float32.
    states
        One row a film frame of the shot, float32, shape (frames, STATES).
    light
        Exposure of each frame, float32, shape (frames,).
    """

    family: Family
    look: Look
    values: NDArray[np.float32]
    inks: Inks
    seed: int
    states: NDArray[np.float32]
    light: NDArray[np.float32]

    @property
    def coarse(self) -> int:
        """How many pixels of the picture one drawn pixel spans."""
        return self.look.coarse or self.family.coarse


def stage(order: TakeOrder, recipe: Recipe) -> Scene:
    """Make the scene of an order by its recipe; all randomness comes from the order's seed."""
    family = next(each for each in FAMILIES if each.name == recipe.family)
    look = next(each for each in family.looks if each.name == recipe.look)
    # Neighbouring seeds must not make like pictures.
    seed = int(digest(order.seed)[:8], 16)
    states = _states(order, recipe, seed)
    draft = Scene(
        family=family,
        look=look,
        values=_values(family, look, seed),
        inks=mix_inks(order.palette),
        seed=seed,
        states=states,
        light=np.ones(len(states), dtype=np.float32),
    )
    base = _exposure(draft, look.light * (1.0 + 0.38 * recipe.light))
    level = states[:, state.LEVEL].astype(np.float64)
    swing = 1.0 + _ENERGY_LIGHT * (level - 0.5) + _PULSE_LIGHT * states[:, state.RIPPLE]
    return Scene(family, look, draft.values, draft.inks, seed, states, (base * swing).astype(np.float32))


def _values(family: Family, look: Look, seed: int) -> NDArray[np.float32]:
    random = np.random.Generator(np.random.Philox([seed, 11]))
    values = []
    for value, parameter in zip(look.values, family.parameters, strict=True):
        moved = value + parameter.spread * (parameter.high - parameter.low) * random.uniform(-1, 1)
        values.append(min(max(moved, parameter.low), parameter.high))
    return np.array(values, dtype=np.float32)


def _states(order: TakeOrder, recipe: Recipe, seed: int) -> NDArray[np.float32]:
    music, rate = order.music, float(order.picture.rate)
    ripple = _rise(np.maximum(music.beat, 0.9 * music.accent).astype(np.float64), rate)
    level = _settle(music.energy.astype(np.float64), rate)
    time = _motion_time(music, ripple, recipe)
    path = fly(move_named(recipe.camera), recipe.pace * time, seed)
    states = np.zeros((len(music), state.STATES), dtype=np.float64)
    start = np.random.Generator(np.random.Philox([seed, 5])).uniform(0, 40)
    states[:, state.TIME] = start + time
    states[:, state.PUSH] = path.push
    states[:, state.PAN] = path.pan
    states[:, state.LIFT] = path.lift
    states[:, state.ROLL] = path.roll
    states[:, state.SCALE] = 1.0 + 0.010 * ripple
    states[:, state.GLOW] = 0.85 + 0.35 * level + 0.45 * ripple
    states[:, state.RIPPLE] = ripple
    states[:, state.LEVEL] = level
    states[:, state.ASPECT] = order.picture.width / order.picture.height
    states[:, state.DENSITY] = 0.5 + 0.5 * recipe.density
    return states.astype(np.float32)


def _motion_time(music: MusicCurves, ripple: Floats, recipe: Recipe) -> Floats:
    """Seconds of motion: the music's travel, quickened by beats and by words such as "violent"."""
    steps = np.diff(music.travel.astype(np.float64), prepend=music.travel[0])
    return np.asarray(np.cumsum(steps * (0.72 + 0.95 * ripple)) * 2.0 ** (1.1 * recipe.motion))


def _rise(curve: Floats, rate: float) -> Floats:
    """Give a curve that jumps an attack; its falls stay as they are."""
    keep = 1.0 - math.exp(-1.0 / (rate * _ATTACK))
    out = np.empty_like(curve)
    held = 0.0
    for index, value in enumerate(curve):
        held = value if value < held else held + keep * (value - held)
        out[index] = held
    return out


def _settle(curve: Floats, rate: float) -> Floats:
    """Smooth a curve over about half a second, both ways, so that light swells instead of twitching."""
    width = max(1, round(0.6 * rate))
    window = np.hanning(2 * width + 3)[1:-1]
    padded = np.pad(curve, width, mode="edge")
    return np.convolve(padded, window / window.sum(), "valid")


@dataclass(eq=False)
class _Canvas:
    """The arrays one size of picture is drawn in; used by one thread at a time."""

    field: NDArray[np.float32]
    small: NDArray[np.float32]
    bloom: NDArray[np.float32]
    spare: NDArray[np.float32]


def _canvas(width: int, height: int, coarse: int) -> _Canvas:
    columns = max(4, round(grading.BLOOM_ROWS * width / height))
    grid = (3, grading.BLOOM_ROWS, columns)
    return _Canvas(
        field=np.zeros((3, height, width), np.float32),
        small=np.zeros((3, height // coarse, width // coarse), np.float32),
        bloom=np.zeros(grid, np.float32),
        spare=np.zeros(grid, np.float32),
    )


def _paint(scene: Scene, frame: int, canvas: _Canvas) -> None:
    """Draw one frame's linear light into the canvas."""
    row = scene.states[frame]
    target = canvas.field if scene.coarse == 1 else canvas.small
    seed = np.uint32(scene.seed)
    scene.family.paint(target, row, scene.values, scene.inks.ramp, scene.inks.keys, seed)
    if scene.coarse > 1:
        grading.enlarge(canvas.small, canvas.field)
    if scene.family.overlay is not None:
        scene.family.overlay(canvas.field, row, scene.values, scene.inks.ramp, scene.inks.keys, seed)


def _exposure(scene: Scene, target: float) -> float:
    """Expose the shot as a photographer would: its mean at the target, its lights below the shoulder's end.

    Measured on a few small frames, always of one size, so that the proxy and the finished take get the same exposure.
    """
    aspect = float(scene.states[0, state.ASPECT])
    width = max(16, 2 * round(_METER_ROWS * aspect / 2))
    canvas = _canvas(width, _METER_ROWS, scene.coarse)
    grey = np.empty((3, _METER_ROWS, width), np.float32)
    for place, frame in enumerate((0, len(scene.states) // 2, len(scene.states) - 1)):
        _paint(scene, frame, canvas)
        grey[place] = 0.2126 * canvas.field[0] + 0.7152 * canvas.field[1] + 0.0722 * canvas.field[2]
    lights = np.quantile(grey, [0.985]).astype(np.float32)
    low, high = 0.02, 50.0
    for _ in range(24):
        middle = math.sqrt(low * high)
        shown = grading.display(grey * np.float32(middle))
        if float(shown.mean()) > target or float(grading.display(lights * np.float32(middle))[0]) > 0.90:
            high = middle
        else:
            low = middle
    # Rounded, so that a last-bit difference in a mean cannot change a film.
    return float(f"{low:.4g}")


@lru_cache(maxsize=4)
def _grain(height: int, width: int) -> NDArray[np.int8]:
    return grading.grain_tile(height, width, 20)


def pictures(scene: Scene, width: int, height: int, frames: Sequence[int]) -> Iterator[NDArray[np.uint8]]:
    """Draw frames of a scene at any size.

    Parameters
    ----------
    width, height
        Even numbers of pixels.
    frames
        Which film frames of the shot, from 0.

    Yields
    ------
    ndarray
        I420 planes, limited range bt709, uint8, shape (height * 3 // 2, width).
    """
    canvas = _canvas(width, height, scene.coarse)
    grain = _grain(height, width)
    # Grain, bloom, vignette, saturation, lift: one film stock for the whole film.
    look = np.array([1.0, 0.14, 0.42, 1.16, 0.016], dtype=np.float32)
    shifts = np.random.Generator(np.random.Philox([scene.seed, 3])).integers(
        0, grading.GRAIN_MARGIN, (len(scene.states), 2)
    )
    for frame in frames:
        _paint(scene, frame, canvas)
        grading.gather_bloom(canvas.field, canvas.bloom, canvas.spare, 3)
        look[0] = scene.light[frame]
        flat = np.empty(height * width * 3 // 2, np.uint8)
        luma = flat[: height * width].reshape(height, width)
        quarter = height * width // 4
        blue = flat[height * width : height * width + quarter].reshape(height // 2, width // 2)
        red = flat[height * width + quarter :].reshape(height // 2, width // 2)
        grading.develop(canvas.field, canvas.bloom, grain, shifts[frame], look, luma, blue, red)
        yield flat.reshape(height * 3 // 2, width)

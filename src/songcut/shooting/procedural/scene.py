"""A take made ready to be drawn: its states over the frames, its inks, its light, and the pictures."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
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

# A beat rises over two or three frames instead of one and moves the whole picture's luminance by this share: WCAG 2.3.1
# counts as a flash what swings by 10 % or more.
_ATTACK = 0.045
_PULSE_LIGHT = 0.07
_PULSE_SCALE = 0.014
_PULSE_GLOW = 0.45
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
    exposure, pulse = _meter(draft, look.lit(recipe.light))
    level = states[:, state.LEVEL].astype(np.float64)
    swing = (1.0 + _ENERGY_LIGHT * (level - 0.5)) * (1.0 + pulse * states[:, state.RIPPLE])
    return replace(draft, light=(exposure * swing).astype(np.float32))


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
    states[:, state.SCALE] = 1.0 + _PULSE_SCALE * ripple
    states[:, state.GLOW] = 0.85 + 0.35 * level + _PULSE_GLOW * ripple
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


def _with_beats(scene: Scene, strength: float) -> Scene:
    """The scene as if the same beat rang through every frame."""
    states = scene.states.copy()
    more = np.float32(strength) - states[:, state.RIPPLE]
    states[:, state.SCALE] += np.float32(_PULSE_SCALE) * more
    states[:, state.GLOW] += np.float32(_PULSE_GLOW) * more
    states[:, state.RIPPLE] = strength
    return replace(scene, states=states)


def _greys(scene: Scene, frames: Sequence[int]) -> NDArray[np.float32]:
    """Draw small frames and return their linear luminance, always of one size whatever the picture's."""
    width = max(16, 2 * round(_METER_ROWS * float(scene.states[0, state.ASPECT]) / 2))
    canvas = _canvas(width, _METER_ROWS, scene.coarse)
    grey = np.empty((len(frames), _METER_ROWS, width), np.float32)
    for place, frame in enumerate(frames):
        _paint(scene, frame, canvas)
        grey[place] = 0.2126 * canvas.field[0] + 0.7152 * canvas.field[1] + 0.0722 * canvas.field[2]
    return grey


def _meter(scene: Scene, target: float) -> tuple[float, float]:
    """Expose the shot as a photographer would, and measure how far its light may follow a beat.

    Returns
    -------
    exposure : float
        Puts the mean between beats at the target, and the lights below the shoulder's end.
    pulse : float
        What a full beat adds to the exposure as a share, so that the luminance shown swings by ``_PULSE_LIGHT`` with
        all that the beat does to the scene; less than 0 where the scene alone brightens more.
    """
    last = len(scene.states) - 1
    calm = _greys(_with_beats(scene, 0.0), (0, last // 2, last))
    lights = np.quantile(calm, [0.985]).astype(np.float32)

    def too_bright(exposure: float) -> bool:
        shown = grading.display(calm * np.float32(exposure))
        return float(shown.mean()) > target or float(grading.display(lights * np.float32(exposure))[0]) > 0.90

    exposure = _last_before(too_bright, 0.02, 50.0)
    hit = _greys(_with_beats(scene, 1.0), (last // 2,))
    wanted = (1.0 + _PULSE_LIGHT) * _luminance(calm[1:2] * np.float32(exposure))
    factor = _last_before(lambda each: _luminance(hit * np.float32(exposure * each)) > wanted, 0.5, 1.25)
    # Rounded, so that a last-bit difference in a mean cannot change a film.
    return float(f"{exposure:.4g}"), round(factor - 1.0, 4)


def _luminance(light: NDArray[np.float32]) -> float:
    """Mean relative luminance of graded light, as a screen of gamma 2.4 shows it."""
    return float((grading.display(light).astype(np.float64) ** 2.4).mean())


def _last_before(too_much: Callable[[float], bool], low: float, high: float) -> float:
    """Return the largest value between bounds that is not too much, by halving the ratio."""
    for _ in range(22):
        middle = math.sqrt(low * high)
        if too_much(middle):
            high = middle
        else:
            low = middle
    return low


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

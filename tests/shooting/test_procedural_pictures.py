"""Laws of the drawn pictures: every family, every look, at small sizes."""

import colorsys
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from procedural_orders import an_order, curves
from songcut.model.takes import PictureFormat
from songcut.model.treatment import Colour
from songcut.ports import TakeOrder
from songcut.shooting.procedural.families import FAMILIES
from songcut.shooting.procedural.recipe import Recipe
from songcut.shooting.procedural.scene import pictures, stage

LOOKS = [(family.name, look.name) for family in FAMILIES for look in family.looks]
WIDTH, HEIGHT = 96, 54


def draw(
    order: TakeOrder, recipe: Recipe, frames: range | None = None, size: tuple[int, int] = (WIDTH, HEIGHT)
) -> NDArray[np.uint8]:
    """Return I420 pictures, shape (frames, height * 3 // 2, width)."""
    frames = range(len(order.music)) if frames is None else frames
    return np.stack(list(pictures(stage(order, recipe), *size, frames)))


def lumas(i420: NDArray[np.uint8]) -> NDArray[np.float64]:
    height = i420.shape[1] * 2 // 3
    return (i420[:, :height].astype(np.float64) - 16) / 219


def chromas(i420: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return mean Cb and Cr around 0."""
    frames, rows, width = i420.shape
    pixels = rows * 2 // 3 * width
    parts = i420.reshape(frames, -1)[:, pixels:].astype(np.float64).reshape(frames, 2, -1) - 128
    return np.asarray(parts.mean(axis=(0, 2)))


@pytest.mark.parametrize(("family", "look"), LOOKS)
class TestEveryLook:
    def test_is_neither_black_nor_blown_nor_flat_nor_frozen(self, family: str, look: str) -> None:
        shown = draw(an_order(frames=25), Recipe(family, look, "drift"), range(0, 25, 12))
        light = lumas(shown)
        assert 0.10 < light.mean() < 0.75
        assert np.quantile(light, 0.9) > 0.2
        assert (light > 0.97).mean() < 0.02
        assert light[0].std() > 0.03
        assert np.abs(light[1] - light[0]).mean() > 0.002

    def test_stays_in_the_limited_range(self, family: str, look: str) -> None:
        shown = draw(an_order(frames=3), Recipe(family, look, "static"), range(1))[0]
        luma, chroma = shown[:HEIGHT], shown[HEIGHT:]
        assert luma.min() >= 16
        assert luma.max() <= 235
        assert chroma.min() >= 16
        assert chroma.max() <= 240

    def test_is_the_same_every_time_and_another_with_another_seed(self, family: str, look: str) -> None:
        recipe = Recipe(family, look, "push in")
        order = an_order(frames=5)
        assert np.array_equal(draw(order, recipe), draw(order, recipe))
        assert not np.array_equal(draw(order, recipe), draw(replace(order, seed=order.seed + 1), recipe))

    def test_a_frame_does_not_hang_on_the_frames_before_it(self, family: str, look: str) -> None:
        recipe = Recipe(family, look, "orbit")
        order = an_order(frames=7)
        assert np.array_equal(draw(order, recipe)[6], draw(order, recipe, range(6, 7))[0])

    def test_a_proxy_is_the_small_version_of_the_full_picture(self, family: str, look: str) -> None:
        order = an_order(frames=5)
        small = lumas(draw(order, Recipe(family, look, "push in"), range(4, 5), (192, 108)))[0]
        large = lumas(draw(order, Recipe(family, look, "push in"), range(4, 5), (768, 432)))[0]
        # Blocks of 12 x 12 proxy pixels: the grain and lights finer than a pixel average out.
        blocks = [each.reshape(9, len(each) // 9, 16, each.shape[1] // 16).mean(axis=(1, 3)) for each in (small, large)]
        # Thin bright lines, once averaged into a pixel, lose less to the tone curve's shoulder: hence the room.
        assert np.abs(blocks[0] - blocks[1]).mean() < 0.04
        assert np.corrcoef(blocks[0].ravel(), blocks[1].ravel())[0, 1] > 0.90

    def test_beats_never_flash(self, family: str, look: str) -> None:
        """No fall of 10 % of relative luminance follows a rise of 10 % more than three times in any second.

        The general flash limit of WCAG 2.3.1, on the mean of the picture and on its quarters: a flash needs a quarter
        of the central field of view. Four beats a second, each an accent too.
        """
        order = an_order(frames=49, music=curves(49, beats_per_second=4.0, energy=0.9))
        light = lumas(draw(order, Recipe(family, look, "static")))
        linear = np.clip(light, 0, 1) ** 2.4
        quarters = linear.reshape(49, 2, HEIGHT // 2, 2, WIDTH // 2).mean(axis=(2, 4)).reshape(49, 4)
        for area in (linear.mean(axis=(1, 2)), *quarters.T):
            assert flashes_in_any_second(area, 24) <= 3

    @pytest.mark.parametrize("size", [(54, 96), (128, 48)], ids=["upright", "8:3"])
    def test_can_be_drawn_in_any_shape(self, family: str, look: str, size: tuple[int, int]) -> None:
        order = replace(an_order(frames=3), picture=PictureFormat(*size, Fraction(24)))
        light = lumas(draw(order, Recipe(family, look, "pan"), range(2), size))
        assert light.shape == (2, size[1], size[0])
        assert 0.08 < light.mean() < 0.75


def flashes_in_any_second(luminance: NDArray[np.float64], rate: int) -> int:
    """Count pairs of opposing changes of 10 % of full luminance, the darker end below 0.8, in the worst second."""
    extremes = [float(luminance[0])]
    turns = []
    for frame, value in enumerate(luminance):
        if abs(value - extremes[-1]) >= 0.10 and min(value, extremes[-1]) < 0.8:
            turns.append(frame)
            extremes.append(float(value))
        elif len(extremes) > 1 and (value - extremes[-1]) * (extremes[-1] - extremes[-2]) > 0:
            extremes[-1] = float(value)
    return max((sum(1 for t in turns if s <= t < s + rate) // 2 for s in turns), default=0)


def test_the_flash_counter_counts() -> None:
    strobe = np.tile([0.1, 0.1, 0.6, 0.6], 12)
    assert flashes_in_any_second(strobe, 24) >= 5
    assert flashes_in_any_second(np.linspace(0, 1, 48), 24) == 0


@pytest.mark.parametrize("family", [family.name for family in FAMILIES])
def test_beats_move_the_light_by_less_than_a_tenth(family: str) -> None:
    """Relative swing of the whole picture's luminance between beat and no beat, everything else the same."""
    look = next(each for each in FAMILIES if each.name == family).looks[0].name
    recipe = Recipe(family, look, "static")
    order = an_order(frames=2, music=curves(2, beats_per_second=0.0))
    hit = replace(order, music=replace(order.music, beat=np.ones(2, dtype=np.float32)))
    # The beat starts at once, so that nothing has moved yet and only the pulse itself is seen.
    calm_light, hit_light = (lumas(draw(each, recipe, range(1))) for each in (order, hit))
    swing = (hit_light**2.4).mean() / (calm_light**2.4).mean() - 1
    assert 0 < swing < 0.10


@pytest.mark.parametrize("family", [family.name for family in FAMILIES])
def test_music_moves_the_pictures(family: str) -> None:
    """Motion between frames is stronger on beats than off them, and stronger in loud music than in soft."""
    look = next(each for each in FAMILIES if each.name == family).looks[0].name
    recipe = Recipe(family, look, "push in")

    def motion(energy: float) -> NDArray[np.float64]:
        order = an_order(frames=49, music=curves(49, beats_per_second=2.0, energy=energy))
        light = lumas(draw(order, recipe, size=(192, 108)))
        # Blocks, so that the grain, which changes in every frame, does not count as motion.
        blocks = light.reshape(49, 12, 9, 16, 12).mean(axis=(2, 4))
        return np.asarray(np.abs(np.diff(blocks, axis=0)).mean(axis=(1, 2)))

    loud, soft = motion(0.9), motion(0.2)
    beat = curves(49, beats_per_second=2.0).beat[1:]
    assert loud[beat > 0.5].mean() > 1.1 * loud[beat < 0.15].mean()
    assert loud.mean() > 1.05 * soft.mean()


@pytest.mark.parametrize("family", [family.name for family in FAMILIES])
@pytest.mark.parametrize("hue", [0.0, 0.33, 0.62], ids=["red", "green", "blue"])
def test_the_palette_decides_the_hue(family: str, hue: float) -> None:
    look = next(each for each in FAMILIES if each.name == family).looks[0].name

    def shade(value: float, saturation: float) -> Colour:
        red, green, blue = (round(255 * each) for each in colorsys.hsv_to_rgb(hue, saturation, value))
        return Colour("x", f"#{red:02x}{green:02x}{blue:02x}")

    palette = (shade(0.15, 0.9), shade(0.45, 0.9), shade(0.8, 0.8), shade(0.95, 0.4))
    order = replace(an_order(frames=3), palette=palette)
    cb, cr = chromas(draw(order, Recipe(family, look, "static"), range(1)))
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.9, 0.6)
    grey = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    wanted = np.array([(blue - grey) / 1.8556, (red - grey) / 1.5748])
    got = np.array([cb, cr])
    assert np.linalg.norm(got) > 2
    assert got @ wanted / (np.linalg.norm(got) * np.linalg.norm(wanted)) > 0.8


def test_words_for_light_and_motion_show() -> None:
    def brightness(light: float) -> float:
        shown = draw(an_order(frames=3), Recipe("horizon", "dunes", "static", light=light), range(1))
        return float(lumas(shown).mean())

    def motion(value: float) -> float:
        light = lumas(draw(an_order(frames=13), Recipe("ink", "velvet smoke", "static", motion=value), range(0, 13, 6)))
        return float(np.abs(np.diff(light, axis=0)).mean())

    assert brightness(-1.0) < brightness(0.0) < brightness(1.0)
    assert motion(-1.0) < motion(1.0)


def test_a_palette_of_one_grey_is_drawn() -> None:
    order = replace(an_order(frames=2), palette=(Colour("ash", "#777777"),))
    shown = draw(order, Recipe("stars", "nebula", "static"))
    assert 0.05 < lumas(shown).mean() < 0.6
    assert np.abs(chromas(shown)).max() < 6


def test_smooth_skies_have_no_bands() -> None:
    """Dither spreads neighbouring code values: no run of equal pixels as long as an undithered gradient's steps."""
    shown = draw(an_order(frames=2), Recipe("horizon", "dunes", "static"), range(1), (384, 216))[0]
    sky = shown[:40].astype(int)
    equal = (np.diff(sky, axis=1) == 0).mean()
    assert equal < 0.75

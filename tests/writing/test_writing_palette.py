import colorsys
from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from songcut.model.oklab import to_oklab
from songcut.writing.palette import choose_palette, mood_hue

UNIT = st.floats(-1, 1)
JOYFUL, SAD, FURIOUS, TENDER = (0.8, 0.7), (-0.7, -0.7), (-0.7, 0.9), (0.6, -0.5)


def lightness(palette):
    return float(np.mean([to_oklab(colour.hex)[0] for colour in palette]))


def chroma(palette):
    return float(np.mean([np.hypot(*to_oklab(colour.hex)[1:]) for colour in palette]))


def test_palmer_and_others_2013_happy_is_lighter_more_saturated_and_yellower_than_sad():
    happy, sad = choose_palette(*JOYFUL), choose_palette(*SAD)
    assert lightness(happy) > lightness(sad) + 0.1
    assert chroma(happy) > 1.5 * chroma(sad)
    assert abs(mood_hue(*JOYFUL) - 100) < 25
    assert abs(mood_hue(*SAD) - 262) < 5
    assert to_oklab(happy[0].hex)[2] > 0 > to_oklab(sad[0].hex)[2]  # b: yellow above 0, blue below


def test_anger_is_red_and_tenderness_is_dusk():
    red = colorsys.rgb_to_hsv(*choose_palette(*FURIOUS)[0].rgb)[0]
    dusk = colorsys.rgb_to_hsv(*choose_palette(*TENDER)[0].rgb)[0]
    assert min(red, 1 - red) < 0.08
    assert min(dusk, 1 - dusk) < 0.12


def test_no_mood_grounds_a_film_in_green():
    for angle in np.radians(np.arange(0.0, 360.0, 5.0)):
        assert not 110 < mood_hue(np.cos(angle), np.sin(angle)) < 240


def test_hue_goes_round_the_circle_without_a_jump():
    angles = np.radians(np.arange(-180.0, 180.5, 0.5))
    hues = np.radians([mood_hue(np.cos(angle), np.sin(angle)) for angle in angles])
    steps = np.abs(np.angle(np.exp(1j * np.diff(hues))))
    assert np.degrees(steps.max()) < 1.5


@given(UNIT, UNIT, st.text(max_size=30))
def test_a_palette_is_four_to_six_different_colours_with_different_names(valence, arousal, said):
    palette = choose_palette(valence, arousal, said)
    assert 4 <= len(palette) <= 6
    assert len({colour.name for colour in palette}) == len(palette)
    for one, other in combinations(palette, 2):
        assert np.linalg.norm(to_oklab(one.hex) - to_oklab(other.hex)) > 0.02


def test_black_and_white_takes_the_colour_out():
    assert chroma(choose_palette(*JOYFUL, "Black and white, 16 mm")) < 1e-3


def test_colours_that_the_user_names_come_first():
    names = [colour.name for colour in choose_palette(*SAD, "neon pink and teal at night")]
    assert names[:2] == ["pink", "teal"]

"""The palette: colours from mood, and from what the user says of colour."""

import re

import numpy as np
from numpy.typing import NDArray

from songcut.model.treatment import Colour
from songcut.writing.imagery import colour_names, spoken_colours

# Hue in Oklch degrees by the angle of mood on the plane of valence and arousal, once round it. After Palmer, Schloss,
# Xu and Prado-Leon (2013), "Music-color associations are mediated by emotion", PNAS 110(22): happy music goes with
# yellow, light, saturated colours, sad with blue, dark, dull ones, angry with red and dark. Tender music (glad and
# calm) they find greener; as the ground of a film that makes sickly skies and skin, so here it is the peach and mauve
# of dusk, and its greens come as the accent.
_ANGLES = np.array([-225.0, -135.0, -90.0, -45.0, 0.0, 45.0, 135.0])
_HUES = np.array([27.0, -98.0, -40.0, 35.0, 70.0, 95.0, 27.0])
_MONOCHROME = re.compile(r"\b(black[ -]and[ -]white|monochrome|b&w)\b", re.IGNORECASE)

# Linear sRGB to cone responses to Oklab: B. Ottosson, "A perceptual color space for image processing", 2020.
_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def choose_palette(valence: float, arousal: float, said: str = "") -> tuple[Colour, ...]:
    """Choose five or six named colours for a mood.

    Faster and gladder is lighter, more saturated and yellower; slower and sadder is darker, duller and bluer
    (Palmer et al. 2013, above).

    Parameters
    ----------
    valence, arousal
        Each -1 to 1.
    said
        What the user said of style and idea: colours named there come first, and "black and white" takes all colour
        out.

    Returns
    -------
    tuple of Colour
        Each name once. The first is the film's ground tone, the last but one its accent unless the user named colours.
    """
    if _MONOCHROME.search(said):
        return _named([(0.16, 0.0, 0.0), (0.33, 0.0, 0.0), (0.55, 0.0, 0.0), (0.78, 0.0, 0.0), (0.96, 0.0, 0.0)])
    hue = mood_hue(valence, arousal)
    strength = float(np.clip(0.065 + 0.045 * arousal + 0.03 * valence, 0.03, 0.15))
    middle = 0.52 + 0.12 * valence + 0.04 * arousal
    accent_hue = hue + 165.0 - 30.0 * arousal
    tones = [
        (middle, strength * 1.1, hue),
        (0.22 + 0.05 * valence, strength * 0.55, hue + 12.0),
        (0.38 + 0.08 * valence, strength * 0.9, hue - 28.0),
        (0.88 + 0.06 * valence, strength * 0.35, 90.0 + 20.0 * valence),
        (0.62 + 0.08 * arousal, 0.08 + 0.07 * (arousal + 1) / 2, accent_hue),
        (0.72 + 0.1 * valence, strength * 0.6, hue + 35.0),
    ]
    spoken = _spoken(said)
    return (spoken + _named(tones, {colour.name for colour in spoken}))[:6]


def mood_hue(valence: float, arousal: float) -> float:
    """Return the Oklch hue of a mood, in degrees from 0 to 360."""
    angle = float(np.degrees(np.arctan2(arousal, valence)))
    return float(np.interp(angle, _ANGLES, _HUES)) % 360.0 if angle <= 135.0 else _beyond(angle)


def _beyond(angle: float) -> float:
    """The last eighth of the circle, from 135 to 180 degrees, is the first of the table."""
    return float(np.interp(angle - 360.0, _ANGLES, _HUES)) % 360.0


def to_oklab(colour_hex: str) -> NDArray[np.float64]:
    """Return a colour's Oklab lightness (0 to 1), a and b, shape (3,)."""
    encoded = np.array([int(colour_hex[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return np.asarray(_TO_LAB @ np.cbrt(_TO_LMS @ linear), dtype=np.float64)


def from_oklch(lightness: float, chroma: float, hue: float) -> str:
    """Return a colour as ``#rrggbb``; chroma is lowered until the colour exists in sRGB.

    Parameters
    ----------
    lightness
        0 to 1.
    chroma
        0 to about 0.3.
    hue
        Degrees.
    """
    lightness = float(np.clip(lightness, 0.0, 1.0))
    turn = np.radians(hue)
    linear = np.zeros(3)
    for shrink in np.linspace(1.0, 0.0, 21):
        lab = np.array([lightness, chroma * shrink * np.cos(turn), chroma * shrink * np.sin(turn)])
        linear = np.linalg.inv(_TO_LMS) @ (np.linalg.inv(_TO_LAB) @ lab) ** 3
        if linear.min() >= -1e-4 and linear.max() <= 1.0 + 1e-4:
            break
    linear = np.clip(linear, 0.0, 1.0)
    encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(float(value) * 255):02x}" for value in encoded)


def _named(tones: list[tuple[float, float, float]], taken: set[str] | None = None) -> tuple[Colour, ...]:
    """Give each tone the nearest name that is still free."""
    used = set(taken or ())
    colours = []
    for tone in tones:
        value = from_oklch(*tone)
        place = to_oklab(value)
        free = [name for name in colour_names() if name not in used]
        name = min(free, key=lambda each: float(np.linalg.norm(to_oklab(colour_names()[each]) - place)))
        used.add(name)
        colours.append(Colour(name, value))
    return tuple(colours)


def _spoken(said: str) -> tuple[Colour, ...]:
    found: dict[str, Colour] = {}
    for word in re.findall(r"[a-z]+", said.lower()):
        if word in spoken_colours():
            value = spoken_colours()[word]
            found.setdefault(value, Colour(word, value))
    return tuple(found.values())[:4]

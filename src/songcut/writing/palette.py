"""The palette: colours from mood, and from what the user says of colour."""

import re

import numpy as np

from songcut.model.oklab import from_oklch, to_oklab
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

"""The palette as light: a smooth ramp from its shadows to its lights, its key colours, and plain names for them.

Colours are mixed in Oklab, where the middle of two colours looks like it, and handed to the kernels as linear light.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from songcut.model.oklab import to_linear, to_oklab
from songcut.model.treatment import Colour

RAMP_LENGTH = 1024

# Plain words for colours, for captions; hex values are typical of the word.
_NAMES = {
    "black": "#0a0a0c",
    "charcoal": "#33363b",
    "grey": "#808488",
    "silver": "#c0c4c8",
    "white": "#f4f4f2",
    "cream": "#f2e6c9",
    "red": "#d01c24",
    "crimson": "#9b1230",
    "dark red": "#5c0f16",
    "rose": "#e2798f",
    "pink": "#f2a7c3",
    "magenta": "#c2268f",
    "orange": "#ea7a1c",
    "amber": "#f2a93b",
    "gold": "#d9a520",
    "yellow": "#f2dd3c",
    "brown": "#6e4526",
    "sand": "#cfae7c",
    "green": "#2f9446",
    "dark green": "#14402a",
    "olive": "#6f7132",
    "mint": "#9fdcc0",
    "teal": "#178080",
    "dark teal": "#0c3f45",
    "cyan": "#35c6dc",
    "pale blue": "#a9cbe8",
    "sky blue": "#5a93cc",
    "steel blue": "#41607f",
    "blue": "#2659c4",
    "deep blue": "#132a6b",
    "night blue": "#0c1530",
    "indigo": "#3d2c8c",
    "violet": "#7a3fc2",
    "purple": "#6a1f7a",
    "lavender": "#b9a4e0",
}


@dataclass(frozen=True, eq=False)
class Inks:
    """A palette made ready for the kernels.

    Attributes
    ----------
    ramp
        Linear light from the palette's shadows to its lights, float32, shape (3, RAMP_LENGTH).
    keys
        Linear light of four key colours (shadow, body, light, accent), float32, shape (3, 4).
    names
        Plain names of the two colours that matter most.
    """

    ramp: NDArray[np.float32]
    keys: NDArray[np.float32]
    names: tuple[str, ...]


def mix_inks(palette: Sequence[Colour]) -> Inks:
    """Arrange a palette by lightness and make its inks; an empty palette gives a plain blue and amber one."""
    return _mix(tuple(colour.hex for colour in palette) or ("#101b33", "#2f5d8c", "#f2b26b"))


@lru_cache(maxsize=16)
def _mix(hexes: tuple[str, ...]) -> Inks:
    colours = np.array([_lab(each) for each in hexes])
    colours = colours[np.argsort(colours[:, 0], kind="stable")]
    chroma = np.hypot(colours[:, 1], colours[:, 2])
    # The body is the colour whose hue most of the palette shares.
    shared = (colours[:, 1:] @ colours[:, 1:].T).sum(axis=1) / (chroma + 0.02)
    body = colours[int(np.argmax(shared))]
    # The accent is colourful and far from the body in hue; if all others are pale, it is the body's own colour.
    apart = np.hypot(colours[:, 1] - body[1], colours[:, 2] - body[2])
    accent = colours[int(np.argmax((apart + 0.4 * chroma) * chroma))]
    ramp = _ramp(colours)
    keys = np.stack(
        [
            np.array([0.17, 0.8 * colours[0, 1], 0.8 * colours[0, 2]]),
            np.array([0.55, body[1], body[2]]),
            np.array([0.90, 0.6 * colours[-1, 1], 0.6 * colours[-1, 2]]),
            np.array([0.74, accent[1], accent[2]]),
        ]
    )
    return Inks(
        ramp=np.ascontiguousarray(_linear(ramp).T, dtype=np.float32),
        keys=np.ascontiguousarray(_linear(keys).T, dtype=np.float32),
        names=_two_names(hexes),
    )


def _ramp(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lay the colours, sorted by lightness, along a ramp whose lightness always rises."""
    first = colours[0] * np.array([1.0, 0.75, 0.75])
    last = colours[-1] * np.array([1.0, 0.45, 0.45])
    stops = np.vstack([first, colours, last])
    stops[0, 0] = 0.10
    stops[-1, 0] = 0.97
    wanted = np.linspace(0.10, 0.97, len(stops))
    # Half its own lightness, half its place in line: a palette of five dark colours still has lights.
    stops[:, 0] = np.maximum.accumulate(0.45 * stops[:, 0] + 0.55 * wanted)
    places = np.linspace(0, 1, len(stops))
    at = np.linspace(0, 1, RAMP_LENGTH)
    ramp = np.stack([np.interp(at, places, stops[:, axis]) for axis in range(3)], axis=1)
    # Rounding the corners of the piecewise line keeps them from showing as contours in smooth skies.
    width = RAMP_LENGTH // 6
    window = np.hanning(width + 2)[1:-1]
    window /= window.sum()
    padded = np.pad(ramp, ((width, width), (0, 0)), mode="edge")
    smooth = np.stack([np.convolve(padded[:, axis], window, "same") for axis in range(3)], axis=1)
    return np.asarray(smooth[width:-width])


def _two_names(hexes: Sequence[str]) -> tuple[str, ...]:
    """Name the two most colourful colours; greys only when there is nothing else."""
    colourful = sorted(hexes, key=lambda each: -float(np.hypot(*_lab(each)[1:])))
    names: list[str] = []
    for each in colourful:
        name = plain_name(each)
        if not any(name in other or other in name for other in names):
            names.append(name)
    return tuple(names[:2])


def plain_name(colour: str) -> str:
    """Return the plain English name nearest to ``#rrggbb``; hue counts for more than lightness, as in speech."""
    weights = np.array([0.45, 1.3, 1.3])
    target = _lab(colour)
    return min(_NAMES, key=lambda name: float(np.sum((weights * (_lab(_NAMES[name]) - target)) ** 2)))


_lab = lru_cache(maxsize=256)(to_oklab)


def _linear(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Oklab rows as linear light, channels out of gamut held at a trace of light."""
    return np.maximum(to_linear(lab), 0.0004)

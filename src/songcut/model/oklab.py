"""Colours as seen: the Oklab space (B. Ottosson, "A perceptual color space for image processing", 2020).

In it the middle of two colours looks like it, and distance is likeness.
"""

import numpy as np
from numpy.typing import NDArray

# Linear sRGB to cone responses; their cube roots to lightness, a (green to red) and b (blue to yellow).
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
_FROM_LMS = np.linalg.inv(_TO_LMS)
_FROM_LAB = np.linalg.inv(_TO_LAB)


def to_oklab(colour_hex: str) -> NDArray[np.float64]:
    """Return the lightness (0 to 1), a and b of ``#rrggbb``, shape (3,)."""
    encoded = np.array([int(colour_hex[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return np.asarray(_TO_LAB @ np.cbrt(_TO_LMS @ linear), dtype=np.float64)


def to_linear(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return linear red, green and blue, shape (..., 3), of Oklab rows; beyond 0..1 where sRGB has none such."""
    return np.asarray(((lab @ _FROM_LAB.T) ** 3) @ _FROM_LMS.T, dtype=np.float64)


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
        linear = to_linear(np.array([lightness, chroma * shrink * np.cos(turn), chroma * shrink * np.sin(turn)]))
        if linear.min() >= -1e-4 and linear.max() <= 1.0 + 1e-4:
            break
    linear = np.clip(linear, 0.0, 1.0)
    encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(float(value) * 255):02x}" for value in encoded)

"""Small lights added to a picture: soft dots, discs and strokes, drawn without aliasing at any size."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from songcut.shooting.procedural.noise import Number, clamp, f, i64

Plane = NDArray[np.float32]


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def add_dot(field: Plane, x: Number, y: Number, radius: Number, r: Number, g: Number, b: Number) -> None:
    """Add a soft dot of light.

    A dot smaller than a pixel keeps its light but not its size, so that stars neither vanish nor flicker as they move.

    Parameters
    ----------
    x, y
        Centre in pixels from the top left corner.
    radius
        Where the light ends, in pixels.
    """
    reach = max(radius, f(1.4))
    gain = (radius / reach) * (radius / reach)
    height = field.shape[1]
    width = field.shape[2]
    x0 = max(i64(x - reach), 0)
    x1 = min(i64(x + reach) + 2, width)
    y0 = max(i64(y - reach), 0)
    y1 = min(i64(y + reach) + 2, height)
    inverse = f(1.0) / (reach * reach)
    for j in range(y0, y1):
        dy = f(j) + f(0.5) - y
        for i in range(x0, x1):
            dx = f(i) + f(0.5) - x
            q = max(f(1.0) - (dx * dx + dy * dy) * inverse, f(0.0))
            q = q * q * gain
            field[0, j, i] += q * r
            field[1, j, i] += q * g
            field[2, j, i] += q * b


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def add_disc(field: Plane, x: Number, y: Number, radius: Number, rim: Number, r: Number, g: Number, b: Number) -> None:
    """Add an out-of-focus light: an even disc with a brighter rim and an edge as soft as a pixel or an eighth of it."""
    height = field.shape[1]
    width = field.shape[2]
    soft = max(f(1.0), radius * f(0.10))
    reach = radius + soft
    x0 = max(i64(x - reach), 0)
    x1 = min(i64(x + reach) + 2, width)
    y0 = max(i64(y - reach), 0)
    y1 = min(i64(y + reach) + 2, height)
    inverse = f(1.0) / max(radius, f(0.5))
    for j in range(y0, y1):
        dy = f(j) + f(0.5) - y
        for i in range(x0, x1):
            dx = f(i) + f(0.5) - x
            d = math.sqrt(dx * dx + dy * dy)
            edge = min(max((radius - d) / soft + f(0.5), f(0.0)), f(1.0))
            q = d * inverse
            q = edge * edge * (f(3.0) - f(2.0) * edge) * (f(1.0) - rim + rim * q * q * q)
            field[0, j, i] += q * r
            field[1, j, i] += q * g
            field[2, j, i] += q * b


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def add_stroke(
    field: Plane, x0: Number, y0: Number, x1: Number, y1: Number, radius: Number, r: Number, g: Number, b: Number
) -> None:
    """Add a soft stroke of light between two points in pixels; thin strokes dim instead of vanishing."""
    reach = max(radius, f(1.3))
    ax = x1 - x0
    ay = y1 - y0
    long = math.sqrt(ax * ax + ay * ay)
    # The light of a stroke of this radius, over that of the one that is drawn: its body and its round ends.
    gain = radius * (long + radius) / (reach * (long + reach))
    height = field.shape[1]
    width = field.shape[2]
    left = max(i64(min(x0, x1) - reach), 0)
    right = min(i64(max(x0, x1) + reach) + 2, width)
    top = max(i64(min(y0, y1) - reach), 0)
    low = min(i64(max(y0, y1) + reach) + 2, height)
    length = f(1.0) / max(long * long, f(1e-6))
    inverse = f(1.0) / (reach * reach)
    for j in range(top, low):
        py = f(j) + f(0.5) - y0
        for i in range(left, right):
            px = f(i) + f(0.5) - x0
            t = min(max((px * ax + py * ay) * length, f(0.0)), f(1.0))
            dx = px - t * ax
            dy = py - t * ay
            q = max(f(1.0) - (dx * dx + dy * dy) * inverse, f(0.0))
            q = q * q * gain
            field[0, j, i] += q * r
            field[1, j, i] += q * g
            field[2, j, i] += q * b


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def add_link(
    field: Plane, x0: Number, y0: Number, x1: Number, y1: Number, radius: Number, r: Number, g: Number, b: Number
) -> None:
    """Add one link of a thread: a stroke without ends, so that links that meet do not shine twice where they meet."""
    reach = max(radius, f(1.3))
    gain = radius / reach
    height = field.shape[1]
    width = field.shape[2]
    left = max(i64(min(x0, x1) - reach), 0)
    right = min(i64(max(x0, x1) + reach) + 2, width)
    top = max(i64(min(y0, y1) - reach), 0)
    low = min(i64(max(y0, y1) + reach) + 2, height)
    ax = x1 - x0
    ay = y1 - y0
    length = f(1.0) / max(ax * ax + ay * ay, f(1e-6))
    inverse = f(1.0) / (reach * reach)
    # The ends fade over a pixel, half of it on either side, as the next link's do.
    soft = math.sqrt(length)
    for j in range(top, low):
        py = f(j) + f(0.5) - y0
        for i in range(left, right):
            px = f(i) + f(0.5) - x0
            t = (px * ax + py * ay) * length
            inside = clamp(t / soft + f(0.5)) * clamp((f(1.0) - t) / soft + f(0.5))
            dx = px - t * ax
            dy = py - t * ay
            q = max(f(1.0) - (dx * dx + dy * dy) * inverse, f(0.0))
            q = q * q * gain * inside
            field[0, j, i] += q * r
            field[1, j, i] += q * g
            field[2, j, i] += q * b

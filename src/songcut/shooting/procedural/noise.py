"""Gradient noise over rows of pixels.

The kernels work on rows (one float32 array a quantity, as long as a picture row), because LLVM turns a loop over one
row into SIMD code, while a loop over octaves inside a loop over pixels stays scalar. All numbers are float32 and every
constant is wrapped in ``f``: one float64 literal would widen the whole loop. ``error_model="numpy"`` matters as much:
Python's check for a zero divisor would keep every loop with a division scalar.

The noise is K. Perlin's gradient noise ("Improving noise", 2002) with gradients from an integer hash instead of a
table, so that nothing repeats and nothing is gathered from memory.
"""

import math
from typing import Any, TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

Row = NDArray[np.float32]
# Numbers inside kernels: numba gives them their types (float32, int32, uint32), which mypy cannot follow.
Number: TypeAlias = Any
f: Any = np.float32
u: Any = np.uint32
i32: Any = np.int32
i64: Any = np.int64

_MIX_X = u(0x9E3779B1)
_MIX_Y = u(0x85EBCA77)
_MIX_A = u(0x2C1B3C6D)
_MIX_B = u(0x297A2D39)
# A signed 32-bit integer times this lies in -1 to 1.
_UNIT = f(2.0**-31)

# Turning each octave by this angle (3-4-5 triangle) keeps the lattices of the octaves from lining up.
_COS = f(0.8)
_SIN = f(0.6)
_LACUNARITY = f(2.03)


@njit(inline="always")
def scramble(x: Number, y: Number, seed: Number) -> Number:
    """Hash two 32-bit integers and a seed to 32 well-mixed bits; products are cut back to 32 bits at once."""
    h = u(u(x) * _MIX_X) ^ u(u(y) * _MIX_Y) ^ u(seed)
    h = u(u(h ^ u(h >> u(15))) * _MIX_A)
    h = u(u(h ^ u(h >> u(12))) * _MIX_B)
    return u(h ^ u(h >> u(15)))


@njit(inline="always")
def chance(x: Number, y: Number, seed: Number) -> Number:
    """Return an even random number in [0, 1) for two integers and a seed."""
    return f(scramble(x, y, seed) >> u(8)) * f(1.0 / 16777216.0)


@njit(inline="always")
def whole(x: Number) -> Number:
    """Return the floor of a float32 as int32, without a branch."""
    i = i32(x)
    return i32(i - i32(f(i) > x))


@njit(inline="always")
def clamp(x: Number) -> Number:
    """Hold a number between 0 and 1."""
    return min(max(x, f(0.0)), f(1.0))


@njit(inline="always")
def smooth(low: Number, high: Number, x: Number) -> Number:
    """Hermite step from 0 at ``low`` to 1 at ``high``."""
    t = min(max((x - low) / (high - low), f(0.0)), f(1.0))
    return t * t * (f(3.0) - f(2.0) * t)


@njit(inline="always")
def wave(turns: Number) -> Number:
    """Sine of an angle given in whole turns, as a polynomial; error below 0.002."""
    t = turns - f(whole(turns + f(0.5)))
    s = t * (f(8.0) - f(16.0) * abs(t))
    return s * (f(0.775) + f(0.225) * abs(s))


@njit(inline="always")
def fade_out(x: Number) -> Number:
    """Like ``exp(-x)`` for x >= 0, as a rational function: 1 at 0, falling smoothly to 0."""
    d = f(1.0) + x * (f(0.25) + x * f(0.03125))
    d = d * d
    return f(1.0) / (d * d)


@njit(inline="always")
def gradient_noise(x: Number, y: Number, seed: Number) -> Number:
    """Gradient noise at a point, about -1 to 1, one feature a unit."""
    ix = whole(x)
    iy = whole(y)
    dx = x - f(ix)
    dy = y - f(iy)
    a = u(u(ix) * _MIX_X)
    b = u(a + _MIX_X)
    c = u(u(u(iy) * _MIX_Y) ^ u(seed))
    d = u(u(u(i32(iy + i32(1))) * _MIX_Y) ^ u(seed))
    g = _slope(u(a ^ c), dx, dy)
    h = _slope(u(b ^ c), dx - f(1.0), dy)
    k = _slope(u(a ^ d), dx, dy - f(1.0))
    m = _slope(u(b ^ d), dx - f(1.0), dy - f(1.0))
    wx = dx * dx * dx * (dx * (dx * f(6.0) - f(15.0)) + f(10.0))
    wy = dy * dy * dy * (dy * (dy * f(6.0) - f(15.0)) + f(10.0))
    top = g + wx * (h - g)
    low = k + wx * (m - k)
    return f(1.5) * (top + wy * (low - top))


@njit(inline="always")
def _gradient(h: Number) -> Any:
    # One multiplication is enough: over 512 x 512 corners both halves are white (no lag correlates by 1 %).
    h = u(u(h ^ u(h >> u(15))) * _MIX_A)
    h = u(h ^ u(h >> u(15)))
    return f(i32(u(h << u(16)))) * _UNIT, f(i32(h)) * _UNIT


@njit(inline="always")
def _slope(h: Number, dx: Number, dy: Number) -> Number:
    gx, gy = _gradient(h)
    return gx * dx + gy * dy


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def add_noise(out: Row, xs: Row, ys: Row, amplitude: Number, seed: Number) -> None:
    """Add ``amplitude`` times the noise at (xs, ys) to ``out``; all of one length."""
    for i in range(out.shape[0]):
        out[i] += amplitude * gradient_noise(xs[i], ys[i], seed)


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def add_noise_pair(first: Row, second: Row, xs: Row, ys: Row, amplitude: Number, seed: Number) -> None:
    """Add two unlike noises at (xs, ys) for little more than the price of one.

    The second has each corner's gradient turned by a right angle.
    """
    for i in range(first.shape[0]):
        x, y = xs[i], ys[i]
        ix, iy = whole(x), whole(y)
        dx, dy = x - f(ix), y - f(iy)
        ex, ey = dx - f(1.0), dy - f(1.0)
        a = u(u(ix) * _MIX_X)
        b = u(a + _MIX_X)
        c = u(u(u(iy) * _MIX_Y) ^ u(seed))
        d = u(u(u(i32(iy + i32(1))) * _MIX_Y) ^ u(seed))
        gx, gy = _gradient(u(a ^ c))
        hx, hy = _gradient(u(b ^ c))
        kx, ky = _gradient(u(a ^ d))
        mx, my = _gradient(u(b ^ d))
        wx = dx * dx * dx * (dx * (dx * f(6.0) - f(15.0)) + f(10.0))
        wy = dy * dy * dy * (dy * (dy * f(6.0) - f(15.0)) + f(10.0))
        top = gx * dx + gy * dy
        top += wx * (hx * ex + hy * dy - top)
        low = kx * dx + ky * ey
        low += wx * (mx * ex + my * ey - low)
        first[i] += f(1.5) * amplitude * (top + wy * (low - top))
        top = gy * dx - gx * dy
        top += wx * (hy * ex - hx * dy - top)
        low = ky * dx - kx * ey
        low += wx * (my * ex - mx * ey - low)
        second[i] += f(1.5) * amplitude * (top + wy * (low - top))


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def add_ridges(out: Row, xs: Row, ys: Row, amplitude: Number, seed: Number) -> None:
    """Add ridged noise, 0 to ``amplitude``: bright creases where the noise crosses zero."""
    for i in range(out.shape[0]):
        n = gradient_noise(xs[i], ys[i], seed)
        r = f(1.0) - math.sqrt(n * n + f(0.0004))
        out[i] += amplitude * r * r


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def place(to_x: Row, to_y: Row, xs: Row, ys: Row, scale: Number, x: Number, y: Number) -> None:
    """Write scaled and shifted coordinates."""
    for i in range(to_x.shape[0]):
        to_x[i] = xs[i] * scale + x
        to_y[i] = ys[i] * scale + y


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def _next_octave(xs: Row, ys: Row, x: Number, y: Number) -> None:
    for i in range(xs.shape[0]):
        a = xs[i]
        b = ys[i]
        xs[i] = (a * _COS - b * _SIN) * _LACUNARITY + x
        ys[i] = (a * _SIN + b * _COS) * _LACUNARITY + y


# Not cached for itself, only within the kernels that call it: it has two signatures, and numba's cache of a function
# with several can be left mixed up when two processes write it at once.
@njit(nogil=True, fastmath=True, error_model="numpy")
def layered(
    out: Row,
    xs: Row,
    ys: Row,
    octaves: Number,
    gain: Number,
    drift: Number,
    finest: Number,
    ridged: Number,
    seed: Number,
) -> None:
    """Write layered (fractal) noise, about -1 to 1, to ``out``; destroys ``xs`` and ``ys``.

    Parameters
    ----------
    octaves
        How many layers, each about twice as fine as the one before.
    gain
        Amplitude of a layer relative to the one before.
    drift
        Moves finer layers against coarser ones, so that the noise changes shape as ``drift`` grows.
    finest
        The picture's frequency limit in units of the first layer's: layers fade out before they would alias, which also
        makes a small picture the small version of a large one.
    ridged
        0 for soft noise, 1 for creases.
    """
    n = out.shape[0]
    for i in range(n):
        out[i] = f(0.0)
    amplitude = f(1.0)
    frequency = f(1.0)
    total = f(0.0)
    for octave in range(octaves):
        keep = clamp(f(2.0) - f(2.0) * frequency / finest)
        total += amplitude
        if keep > f(0.0):
            if ridged > f(0.5):
                add_ridges(out, xs, ys, f(2.0) * amplitude * keep, u(seed + octave * 7919))
                # The mean of the creases comes off, so that soft and ridged noise share a range.
                for i in range(n):
                    out[i] -= f(1.1) * amplitude * keep
            else:
                add_noise(out, xs, ys, amplitude * keep, u(seed + octave * 7919))
        sign = f(1.0 - 2.0 * (octave % 2))
        _next_octave(xs, ys, f(17.3) + drift * sign, f(9.1) + drift * f(0.6))
        frequency *= _LACUNARITY
        amplitude *= gain
    scale = f(1.35) / total
    for i in range(n):
        out[i] *= scale


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def screen_row(xs: Row, ys: Row, row: Number, height: Number, view: Row) -> None:
    """Write the scene coordinates of a picture row's pixel centres.

    Up is positive, the picture is 2 high and ``2 * aspect`` wide before the camera's focal scale, roll and shift.

    Parameters
    ----------
    view
        Aspect, focal scale, cosine and sine of the roll, shift right, shift up.
    """
    n = xs.shape[0]
    step = f(2.0) * view[0] / f(n)
    y0 = f(1.0) - (f(row) + f(0.5)) * f(2.0) / f(height)
    inverse = f(1.0) / view[1]
    for i in range(n):
        x = ((f(i) + f(0.5)) * step - view[0]) * inverse
        y = y0 * inverse
        xs[i] = view[2] * x - view[3] * y + view[4]
        ys[i] = view[3] * x + view[2] * y + view[5]

"""Pieces that several families share: the camera's view of a flat scene, inks from the ramp, skies."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from songcut.shooting.procedural.families.family import ASPECT, LIFT, PAN, PUSH, ROLL, SCALE
from songcut.shooting.procedural.noise import Number, clamp, f, fade_out, i32, layered, smooth, u

Plane = NDArray[np.float32]
Row = NDArray[np.float32]
LAST = f(1023.0)


@njit(inline="always")
def shade(ramp: Plane, channel: Number, at: Number) -> Number:
    """Return the ramp's light at 0 (shadows) to 1 (lights)."""
    return ramp[channel, i32(clamp(at) * LAST)]


@njit(nogil=True, cache=True, error_model="numpy")
def flat_view(s: Row, depth: Number, turn: Number, view: Row) -> None:
    """Fill ``view`` for ``screen_row`` as the camera sees a plane.

    Parameters
    ----------
    depth
        1 for what moves with the camera's full travel, less for what is farther off.
    turn
        Radians by which the plane itself is turned.
    """
    angle = s[ROLL] + turn
    view[0] = s[ASPECT]
    view[1] = s[SCALE] * f(math.exp(f(0.8) * s[PUSH] * depth))
    view[2] = f(math.cos(angle))
    view[3] = f(math.sin(angle))
    view[4] = s[PAN] * depth
    view[5] = s[LIFT] * depth


@njit(nogil=True, cache=True, error_model="numpy")
def finest(height: Number, view: Row, frequency: Number) -> Number:
    """Return how many times finer than ``frequency`` noise may get before pixels are too few for it."""
    return f(0.30) * f(height) * view[1] / frequency


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def lay_row(out: Row, cover: Row, ramp: Row, at: Row, light: Row, colour: Number) -> None:
    """Lay one channel of the ramp's light at ``at``, and ``light`` of a colour, over a row where ``cover`` is."""
    for i in range(out.shape[0]):
        out[i] += cover[i] * (ramp[i32(clamp(at[i]) * LAST)] + light[i] * colour - out[i])


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def light_row(
    out: Row, ramp: Row, at: Row, dim: Row, first: Row, first_colour: Number, second: Row, second_colour: Number
) -> None:
    """Write one channel: the ramp's light at ``at``, dimmed, and two coloured lights."""
    for i in range(out.shape[0]):
        light = ramp[i32(clamp(at[i]) * LAST)] * dim[i]
        out[i] = light + first[i] * first_colour + second[i] * second_colour


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def sky_row(
    out: Plane,
    xs: Row,
    y: Number,
    horizon: Number,
    look: Row,
    ramp: Plane,
    inks: Plane,
    spare: Plane,
    t: Number,
    seed: Number,
) -> None:
    """Write one row of sky: a gradient, drifting clouds, and a sun or moon with its halo.

    Parameters
    ----------
    out
        Light to write, shape (3, width).
    xs
        Scene x of each pixel.
    y, horizon
        Scene heights of the row and of the horizon.
    look
        Sun x, sun y, disc radius, disc light, halo light, cloud amount, ramp place at the horizon and at the zenith.
    spare
        Scratch, at least (4, width).
    """
    n = xs.shape[0]
    up = max(y - horizon, f(0.0))
    # Clouds lie on a plane above: rows crowd towards the horizon.
    depth = f(1.0) / (up + f(0.22))
    cx = spare[0]
    cy = spare[1]
    cloud = spare[2]
    for i in range(n):
        cx[i] = xs[i] * depth * f(0.55) + t * f(0.05)
        cy[i] = depth * f(1.9) + f(0.0) * xs[i]
    layered(cloud, cx, cy, 3, f(0.52), t * f(0.04), f(90.0) / depth, f(0.0), u(seed + 501))
    base = look[6] + (look[7] - look[6]) * math.sqrt(clamp(up * f(0.75)))
    high = smooth(f(0.0), f(0.25), up + f(0.04)) * look[5]
    at, white, warm, dim = spare[0], spare[1], spare[3], spare[2]
    for i in range(n):
        dx = xs[i] - look[0]
        dy = y - look[1]
        away = math.sqrt(dx * dx + dy * dy)
        halo = look[4] * (fade_out(away * f(2.6)) + f(1.6) * fade_out(max(away - look[2], f(0.0)) * f(13.0)))
        puff = high * smooth(f(-0.12), f(0.75), cloud[i])
        disc = look[3] * smooth(look[2] * f(1.06), look[2] * f(0.94), away) * (f(1.0) - f(0.85) * puff)
        at[i] = base + puff * (f(0.20) + f(0.30) * fade_out(away * f(1.6))) + f(0.22) * halo
        white[i] = disc + f(0.21) * halo
        warm[i] = f(0.14) * halo
        # The cloud's row is done with, pixel by pixel, as its dimming takes its place.
        dim[i] = f(1.0) - f(0.25) * puff * up
    for c in range(3):
        light_row(out[c], ramp[c], at, dim, white, inks[c, 2], warm, inks[c, 3])

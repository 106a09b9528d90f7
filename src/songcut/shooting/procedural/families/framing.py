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


@njit(nogil=True, cache=True)
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


@njit(nogil=True, cache=True)
def finest(height: Number, view: Row, frequency: Number) -> Number:
    """Return how many times finer than ``frequency`` noise may get before pixels are too few for it."""
    return f(0.30) * f(height) * view[1] / frequency


@njit(nogil=True, cache=True, fastmath=True)
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
        Scratch, at least (3, width).
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
    red, green, blue = out[0], out[1], out[2]
    dark_r, dark_g, dark_b = ramp[0], ramp[1], ramp[2]
    disc_r, disc_g, disc_b = inks[0, 2], inks[1, 2], inks[2, 2]
    halo_r = f(0.14) * inks[0, 3] + f(0.21) * inks[0, 2]
    halo_g = f(0.14) * inks[1, 3] + f(0.21) * inks[1, 2]
    halo_b = f(0.14) * inks[2, 3] + f(0.21) * inks[2, 2]
    for i in range(n):
        dx = xs[i] - look[0]
        dy = y - look[1]
        away = math.sqrt(dx * dx + dy * dy)
        halo = look[4] * (fade_out(away * f(2.6)) + f(1.6) * fade_out(max(away - look[2], f(0.0)) * f(13.0)))
        puff = high * smooth(f(-0.12), f(0.75), cloud[i])
        disc = look[3] * smooth(look[2] * f(1.06), look[2] * f(0.94), away) * (f(1.0) - f(0.85) * puff)
        at = base + puff * (f(0.20) + f(0.30) * fade_out(away * f(1.6))) + f(0.22) * halo
        k = i32(clamp(at) * LAST)
        dim = f(1.0) - f(0.25) * puff * up
        red[i] = dark_r[k] * dim + disc_r * disc + halo_r * halo
        green[i] = dark_g[k] * dim + disc_g * disc + halo_g * halo
        blue[i] = dark_b[k] * dim + disc_b * disc + halo_b * halo

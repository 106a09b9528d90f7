"""Flames that lick upwards and embers that rise from them."""

import math

import numpy as np
from numba import njit

from songcut.shooting.procedural.families.family import (
    ASPECT,
    DENSITY,
    GLOW,
    LEVEL,
    LIFT,
    PAN,
    PUSH,
    RIPPLE,
    TIME,
    Family,
    Look,
    Parameter,
    Plane,
)
from songcut.shooting.procedural.families.framing import finest, flat_view, shade
from songcut.shooting.procedural.noise import (
    Number,
    chance,
    clamp,
    f,
    fade_out,
    i32,
    layered,
    screen_row,
    smooth,
    u,
    wave,
)
from songcut.shooting.procedural.sprites import add_dot, add_stroke

SCALE, TALL, SPEED, SMOKE, EMBERS, FLAME = range(6)


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def paint(field: Plane, s: Plane, p: Plane, ramp: Plane, inks: Plane, seed: Number) -> None:
    """Draw flames and the smoke they light; see ``family.Kernel``."""
    height, width = field.shape[1], field.shape[2]
    rows = np.empty((8, width), np.float32)
    xs, ys, ax, ay, wx, wy, body, smoke = (rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], rows[6], rows[7])
    view = np.empty(6, np.float32)
    flat_view(s, f(0.6), f(0.0), view)
    limit = finest(height, view, p[SCALE])
    t = s[TIME] * p[SPEED]
    tall = p[TALL] * (f(0.85) + f(0.25) * s[LEVEL] + f(0.10) * s[RIPPLE])
    for y in range(height):
        screen_row(xs, ys, y, height, view)
        for i in range(width):
            ax[i] = xs[i] * p[SCALE] * f(0.8) + f(4.0)
            ay[i] = ys[i] * p[SCALE] * f(0.55) - t * f(0.9)
        layered(wx, ax, ay, 3, f(0.5), t * f(0.10), limit, f(0.0), u(seed + 1))
        for i in range(width):
            ax[i] = xs[i] * p[SCALE] * f(0.5) - f(9.0)
            ay[i] = ys[i] * f(0.4) - t * f(0.4)
        layered(wy, ax, ay, 2, f(0.5), t * f(0.06), limit, f(0.0), u(seed + 2))
        for i in range(width):
            ax[i] = xs[i] * p[SCALE] * f(1.5) + f(0.75) * wx[i]
            ay[i] = ys[i] * p[SCALE] * f(0.75) - t * f(1.5) + f(0.5) * wy[i]
        layered(body, ax, ay, 4, f(0.52), t * f(0.12), limit, f(0.0), u(seed + 3))
        for i in range(width):
            ax[i] = xs[i] * f(0.8) + f(0.5) * wx[i]
            ay[i] = ys[i] * f(0.7) - t * f(0.35)
        layered(smoke, ax, ay, 4, f(0.5), t * f(0.06), limit, f(0.0), u(seed + 4))
        for i in range(width):
            up = (ys[i] + f(1.0)) * f(0.5)
            reach = tall * (f(0.55) + f(0.5) * wy[i] + f(0.25) * fade_out(abs(xs[i]) * f(0.6)))
            heat = reach + f(0.32) * body[i] + f(0.16) * wx[i] - up
            flame = p[FLAME] * smooth(f(-0.08), f(0.70), heat)
            tongue = flame * (f(0.22) + f(0.78) * smooth(f(-0.55), f(0.6), body[i] + f(0.5) * wx[i]))
            base = fade_out(up * f(2.2)) * (f(0.4) + f(0.25) * s[GLOW])
            lit = p[SMOKE] * clamp(f(0.35) + f(0.6) * smoke[i]) * (f(0.15) + f(0.75) * base)
            at = f(0.02) + f(0.24) * lit + f(0.10) * tongue
            hot = tongue * tongue
            core = hot * hot * tongue
            for c in range(3):
                warm = inks[c, 3] * inks[c, 3] * f(0.6) + inks[c, 3] * f(0.5) * tongue
                glow = hot * warm * f(2.0) + core * f(0.35) * inks[c, 2] + f(0.05) * base * inks[c, 3]
                field[c, y, i] = shade(ramp, c, at) + glow


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def overlay(field: Plane, s: Plane, p: Plane, ramp: Plane, inks: Plane, seed: Number) -> None:
    """Add the embers: bright, short-lived, whirled as they rise."""
    unit = f(field.shape[1]) * f(0.5)
    count = i32(p[EMBERS] * (f(0.6) + f(0.8) * s[DENSITY]))
    zoom = f(math.exp(f(0.5) * s[PUSH]))
    for n in range(count):
        depth = chance(n, 31, seed)
        clock = chance(n, 32, seed) + s[TIME] * p[SPEED] * (f(0.12) + f(0.16) * chance(n, 33, seed))
        life = i32(math.floor(clock))
        age = clock - f(life)
        x0 = (f(2.0) * chance(n, 34 + 5 * life, seed) - f(1.0)) * (s[ASPECT] + f(0.1))
        turn = chance(n, 35 + 5 * life, seed)
        tall = f(1.0) + f(1.4) * chance(n, 36 + 5 * life, seed)
        x, y = _ember(age, x0, turn, tall)
        bx, by = _ember(max(age - f(0.012), f(0.0)), x0, turn, tall)
        grow = zoom * (f(0.75) + f(0.7) * depth)
        px = ((x - s[PAN] * (f(0.3) + depth)) * grow + s[ASPECT]) * unit
        py = (f(1.0) - (y - s[LIFT] * depth) * grow) * unit
        qx = ((bx - s[PAN] * (f(0.3) + depth)) * grow + s[ASPECT]) * unit
        qy = (f(1.0) - (by - s[LIFT] * depth) * grow) * unit
        glow = smooth(f(0.0), f(0.06), age) * smooth(f(1.0), f(0.35), age)
        glow = glow * (f(0.6) + f(0.4) * wave(clock * f(9.0) + turn)) * s[GLOW] * (f(0.5) + f(1.2) * depth)
        size = (f(0.003) + f(0.007) * depth * depth) * unit
        hot = f(0.5) * smooth(f(0.6), f(0.0), age)
        r = glow * (inks[0, 3] * f(1.3) + hot * inks[0, 2])
        g = glow * (inks[1, 3] * f(1.3) + hot * inks[1, 2])
        b = glow * (inks[2, 3] * f(1.3) + hot * inks[2, 2])
        add_stroke(field, px, py, qx, qy, size, r, g, b)
        add_dot(field, px, py, size * f(6.0), r * f(0.06), g * f(0.06), b * f(0.06))


@njit(inline="always")
def _ember(age: Number, x0: Number, turn: Number, tall: Number) -> tuple[Number, Number]:
    sway = f(0.16) * wave(age * f(1.3) + turn) * age + f(0.05) * wave(age * f(3.7) + turn * f(3.0))
    return x0 + sway + f(0.12) * (turn - f(0.5)) * age, f(-1.15) + age * tall


FAMILY = Family(
    name="fire",
    descriptors=(
        "fire and flames burning",
        "embers and sparks rising into the dark",
        "burning, heat, rage, passion, everything on fire",
        "a bonfire, a candle, ashes and smoke",
    ),
    parameters=(
        Parameter("scale", 0.6, 2.2),
        Parameter("tall", 0.2, 1.1, 0.1),
        Parameter("speed", 0.3, 1.4, 0.1),
        Parameter("smoke", 0.0, 1.0, 0.1),
        Parameter("embers", 60, 700),
        Parameter("flame", 0.0, 1.0, 0.05),
    ),
    looks=(
        Look("flames", "burning flames and flying embers", 0.30, (1.1, 0.75, 0.9, 0.5, 320, 1.0)),
        Look(
            "embers",
            "embers and sparks rising into the dark from a glowing fire",
            0.21,
            (1.2, 0.28, 0.55, 1.0, 520, 0.75),
        ),
        Look("wall of fire", "a raging wall of fire", 0.37, (0.8, 1.05, 1.2, 0.3, 420, 1.0)),
    ),
    coarse=2,
    paint=paint,
    overlay=overlay,
)

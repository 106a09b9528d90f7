"""Deep space: a nebula with dust lanes behind a field of stars that the camera flies through."""

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
    ROLL,
    SCALE,
    TIME,
    Family,
    Look,
    Parameter,
    Plane,
)
from songcut.shooting.procedural.families.framing import finest, flat_view, shade
from songcut.shooting.procedural.noise import Number, chance, f, fade_out, i32, layered, place, screen_row, smooth, u
from songcut.shooting.procedural.sprites import add_dot, add_stroke

NEBULA, BAND, DUST, STARS, SPEED, TRAIL = range(6)


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def paint(field: Plane, s: Plane, p: Plane, ramp: Plane, inks: Plane, seed: Number) -> None:
    """Draw the nebula; see ``family.Kernel``."""
    height, width = field.shape[1], field.shape[2]
    rows = np.empty((7, width), np.float32)
    xs, ys, ax, ay, wx, gas, dust = rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], rows[6]
    view = np.empty(6, np.float32)
    turn = f(6.2831853) * chance(7, 7, seed)
    flat_view(s, f(0.35), turn, view)
    limit = finest(height, view, f(1.0))
    t = s[TIME]
    for y in range(height):
        screen_row(xs, ys, y, height, view)
        place(ax, ay, xs, ys, f(0.7), f(4.0), t * f(0.01))
        layered(wx, ax, ay, 3, f(0.55), t * f(0.02), limit, f(0.0), u(seed + 1))
        for i in range(width):
            ax[i] = xs[i] * f(0.9) + f(0.9) * wx[i]
            ay[i] = ys[i] * f(0.9) - f(0.7) * wx[i] + t * f(0.012)
        layered(gas, ax, ay, 5, f(0.55), t * f(0.02), limit, f(0.0), u(seed + 2))
        place(ax, ay, xs, ys, f(1.6), f(-3.0), f(8.0))
        for i in range(width):
            ax[i] += f(0.6) * gas[i]
        layered(dust, ax, ay, 4, f(0.55), t * f(0.015), limit, f(1.0), u(seed + 3))
        for i in range(width):
            bend = ys[i] + f(0.22) * wx[i]
            band = f(1.0) + p[BAND] * (f(1.05) * fade_out(bend * bend * f(7.0)) - f(0.92))
            cloud = smooth(f(-0.50), f(0.85), gas[i] + f(0.35) * wx[i] + f(0.5) * (band - f(1.0)))
            lane = f(1.0) - p[DUST] * smooth(f(-0.25), f(0.45), dust[i]) * smooth(f(0.15), f(0.6), cloud)
            light = p[NEBULA] * cloud * lane * max(band, f(0.05)) * (f(0.8) + f(0.35) * s[LEVEL])
            core = smooth(f(0.45), f(1.05), cloud * max(band, f(0.0))) * lane
            core = f(0.25) * core * core
            at = f(0.02) + f(0.62) * light
            tint = smooth(f(-0.1), f(0.6), wx[i]) * light
            for c in range(3):
                ground = shade(ramp, c, at)
                field[c, y, i] = (
                    ground + tint * (inks[c, 3] * f(0.42) - f(0.3) * ground) + inks[c, 2] * core * core * f(0.25)
                )


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def overlay(field: Plane, s: Plane, p: Plane, ramp: Plane, inks: Plane, seed: Number) -> None:
    """Add the stars: still ones far off, near ones that pass the camera."""
    unit = f(field.shape[1]) * f(0.5)
    travel = s[TIME] * p[SPEED] + s[PUSH] * f(0.5)
    ca, sa = f(math.cos(s[ROLL])), f(math.sin(s[ROLL]))
    count = i32(p[STARS] * (f(0.6) + f(0.8) * s[DENSITY]))
    for n in range(count):
        z = chance(n, 1, seed) - travel
        z = z - f(math.floor(z))
        depth = f(0.04) + z
        # Seen at twice the picture's size at the far end, so that turning never shows an edge.
        x0 = (f(2.0) * chance(n, 2, seed) - f(1.0)) * f(1.25) * max(s[ASPECT], f(1.0)) + s[PAN] * f(0.4)
        y0 = (f(2.0) * chance(n, 3, seed) - f(1.0)) * f(1.25) * max(s[ASPECT], f(1.0)) + s[LIFT] * f(0.4)
        x = (ca * x0 - sa * y0) * s[SCALE] / depth * f(0.9)
        y = (sa * x0 + ca * y0) * s[SCALE] / depth * f(0.9)
        if abs(x) > s[ASPECT] * f(1.1) or abs(y) > f(1.1):
            continue
        rare = chance(n, 4, seed)
        size = f(0.0022) + f(0.0042) * rare * rare * rare * rare
        near = f(1.0) / (f(0.35) + depth)
        twinkle = f(1.0) + f(0.25) * f(math.sin(s[TIME] * (f(1.0) + f(2.0) * rare) + f(40.0) * rare)) * (
            s[GLOW] - f(0.4)
        )
        light = (
            smooth(f(1.0), f(0.75), z) * smooth(f(0.0), f(0.07), z) * (f(0.5) + f(3.5) * rare * rare * rare) * twinkle
        )
        warm = chance(n, 5, seed)
        r = light * (inks[0, 2] + warm * f(0.6) * (inks[0, 3] - inks[0, 2]))
        g = light * (inks[1, 2] + warm * f(0.6) * (inks[1, 3] - inks[1, 2]))
        b = light * (inks[2, 2] + warm * f(0.6) * (inks[2, 3] - inks[2, 2]))
        px = (x + s[ASPECT]) * unit
        py = (f(1.0) - y) * unit
        radius = size * near * unit
        if p[TRAIL] > f(0.02):
            long = p[TRAIL] * near * near * f(0.10) * (f(0.5) + s[LEVEL])
            add_stroke(field, px, py, px - x * long * unit, py + y * long * unit, radius, r, g, b)
        else:
            add_dot(field, px, py, radius * f(1.5), r, g, b)
        if rare > f(0.965):
            halo = f(0.10) * s[GLOW]
            add_dot(field, px, py, radius * f(9.0), r * halo, g * halo, b * halo)


FAMILY = Family(
    name="stars",
    descriptors=(
        "stars in the night sky, a starfield, the universe",
        "a nebula and galaxies in outer space, the cosmos",
        "the milky way and constellations above",
        "flying past stars at great speed through space",
    ),
    parameters=(
        Parameter("nebula", 0.2, 1.4),
        Parameter("band", 0.0, 1.0),
        Parameter("dust", 0.0, 1.0),
        Parameter("stars", 300, 2600),
        Parameter("speed", 0.0, 0.25, 0.05),
        Parameter("trail", 0.0, 1.0, 0.0),
    ),
    looks=(
        Look("nebula", "a glowing nebula and drifting stars in deep space", 0.25, (1.15, 0.1, 0.7, 1500, 0.012, 0.0)),
        Look(
            "milky way",
            "the milky way, a band of countless stars across the night sky",
            0.17,
            (0.9, 0.95, 0.8, 2400, 0.004, 0.0),
        ),
        Look("star flight", "stars streaking past in a flight through space", 0.22, (0.8, 0.2, 0.5, 1700, 0.11, 0.8)),
    ),
    coarse=2,
    paint=paint,
    overlay=overlay,
)

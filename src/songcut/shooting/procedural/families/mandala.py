"""A kaleidoscope: glowing veins mirrored into petals, opening without end."""

import math

import numpy as np
from numba import njit

from songcut.shooting.procedural.families.family import (
    DENSITY,
    GLOW,
    PUSH,
    RIPPLE,
    TIME,
    Family,
    Look,
    Parameter,
    Plane,
)
from songcut.shooting.procedural.families.framing import flat_view, shade
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
    whole,
)

SECTORS, DETAIL, WARP, VEINS, FILL, SPEED, TWIST = range(7)
# The picture repeats itself this much larger each time the camera has come one unit further.
STEP = 2.6


@njit(inline="always")
def _turns(x: Number, y: Number) -> Number:
    """Return the angle of a point in whole turns, -0.5 to 0.5; a polynomial, error below 0.0002."""
    ax = abs(x) + f(1e-6)
    ay = abs(y) + f(1e-6)
    q = min(ax, ay) / max(ax, ay)
    s = q * q
    a = q * (f(0.15909) + s * (f(-0.05163) + s * (f(0.02497) + s * f(-0.00744))))
    a = f(0.25) - a if ay > ax else a
    a = f(0.5) - a if x < f(0.0) else a
    return -a if y < f(0.0) else a


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def paint(field: Plane, s: Plane, p: Plane, ramp: Plane, inks: Plane, seed: Number) -> None:
    """Draw the picture; see ``family.Kernel``."""
    height, width = field.shape[1], field.shape[2]
    rows = np.empty((9, width), np.float32)
    xs, ys, fx, fy, veins, fill = rows[0], rows[1], rows[2], rows[3], rows[4], rows[5]
    view = np.empty(6, np.float32)
    flat_view(s, f(0.0), f(6.2831853) * chance(2, 2, seed) + s[TIME] * f(0.02), view)
    view[4] = f(0.0)
    view[5] = f(0.0)
    sectors = f(math.floor(p[SECTORS] + f(0.5)))
    travel = s[TIME] * p[SPEED] + s[PUSH] * f(0.9)
    first = i32(math.floor(travel))
    part = travel - f(first)
    for y in range(height):
        screen_row(xs, ys, y, height, view)
        for i in range(width):
            r = math.sqrt(xs[i] * xs[i] + ys[i] * ys[i])
            a = _turns(xs[i], ys[i]) * sectors + p[TWIST] * r
            # Distance from the nearest mirror, rounded where the mirrors meet so that no crease shows.
            m = abs(a - f(whole(a + f(0.5))))
            m = (math.sqrt(m * m + f(0.0016)) - f(0.04)) / sectors
            fx[i] = r * wave(m + f(0.25))
            fy[i] = r * wave(m)
            veins[i] = f(0.0)
            fill[i] = f(0.0)
        for level in range(2):
            # Two copies, one STEP apart in size, cross-fade: the zoom never ends.
            near = part + f(level)
            weight = clamp(f(1.0) - abs(near - f(1.0)))
            size = f(math.pow(f(STEP), f(1.0) - near)) * p[DETAIL]
            own = u(seed + u(first - level) * u(2654435761))
            _veins(veins, fill, rows, weight, size, s, p, view, height, own)
        pulse = f(0.85) + f(0.5) * (s[GLOW] - f(0.85))
        for i in range(width):
            r = math.sqrt(xs[i] * xs[i] + ys[i] * ys[i])
            ring = f(0.5) + f(0.5) * wave(r * f(0.9) - s[TIME] * f(0.07))
            heart = fade_out(r * f(5.0)) * pulse
            line = veins[i] * (f(0.6) + f(0.5) * ring)
            at = f(0.04) + f(0.44) * fill[i] * (f(0.50) + f(0.50) * ring) + f(0.14) * line + f(0.25) * heart
            dark = f(1.0) - f(0.35) * smooth(f(0.7), f(1.9), r)
            for c in range(3):
                glow = line * line * (f(0.95) * inks[c, 3] + f(0.16) * inks[c, 2] * line * line) * pulse
                field[c, y, i] = (
                    shade(ramp, c, at) + glow + heart * (f(0.35) * inks[c, 3] + heart * f(0.4) * inks[c, 2])
                ) * dark


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def _veins(
    veins: Plane,
    fill: Plane,
    rows: Plane,
    weight: Number,
    size: Number,
    s: Plane,
    p: Plane,
    view: Plane,
    height: Number,
    seed: Number,
) -> None:
    """Add one size of the pattern, from warped noise in the folded sector."""
    width = veins.shape[0]
    fx, fy, ax, ay, bend = rows[2], rows[3], rows[6], rows[7], rows[8]
    limit = f(0.25) * f(height) * view[1] / size
    t = s[TIME]
    for i in range(width):
        ax[i] = fx[i] * size * f(0.8) + f(5.0)
        ay[i] = fy[i] * size * f(0.8) + t * f(0.06)
    layered(bend, ax, ay, 2, f(0.5), t * f(0.05), limit, f(0.0), u(seed + u(1)))
    warp = p[WARP] * (f(1.0) + f(0.12) * s[RIPPLE])
    for i in range(width):
        ax[i] = fx[i] * size + warp * bend[i] + t * f(0.04)
        ay[i] = fy[i] * size - warp * bend[i]
    out = np.empty(width, np.float32)
    layered(out, ax, ay, 3, f(0.5), t * f(0.04), limit, f(0.0), u(seed + u(2)))
    thin = p[VEINS] * (f(0.8) + f(0.4) * s[DENSITY])
    for i in range(width):
        d = abs(out[i]) * thin
        veins[i] += weight * (fade_out(d * f(2.2)) * f(0.75) + f(0.5) * fade_out(d * d * f(9.0)))
        fill[i] += weight * p[FILL] * smooth(f(-0.5), f(0.8), out[i] + f(0.6) * bend[i])


FAMILY = Family(
    name="mandala",
    descriptors=(
        "a kaleidoscope, a glowing symmetrical mandala",
        "psychedelic mirrored patterns of light",
        "a blooming flower of light, stained glass, sacred geometry",
        "ecstasy, a vision, hypnotic dancing colours",
    ),
    parameters=(
        Parameter("sectors", 4, 12, 0.2),
        Parameter("detail", 0.9, 3.5),
        Parameter("warp", 0.2, 1.8),
        Parameter("veins", 1.0, 6.0),
        Parameter("fill", 0.0, 1.2),
        Parameter("speed", 0.05, 0.5, 0.1),
        Parameter("twist", 0.0, 0.5),
    ),
    looks=(
        Look("mandala of light", "a glowing kaleidoscope mandala of light", 0.30, (8, 1.6, 0.8, 3.0, 0.7, 0.16, 0.05)),
        Look("stained glass", "a kaleidoscope of stained glass petals", 0.36, (6, 1.2, 0.5, 2.0, 1.15, 0.12, 0.0)),
        Look("spiral flower", "a spiralling flower of luminous threads", 0.28, (10, 2.0, 1.2, 4.5, 0.5, 0.22, 0.4)),
    ),
    coarse=2,
    paint=paint,
)

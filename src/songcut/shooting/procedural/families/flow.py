"""Things carried by a current: threads of light, fireflies, a flock of birds.

The current is the curl of a few travelling waves, so that it has no sources or sinks (R. Bridson, "Curl-noise for
procedural fluid flow", 2007); every traveller's path is walked anew from where it started, so that any frame can be
drawn without the ones before.
"""

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
    ROLL,
    SCALE,
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
    f,
    fade_out,
    i32,
    layered,
    place,
    screen_row,
    smooth,
    u,
    wave,
)
from songcut.shooting.procedural.sprites import add_dot, add_link

COUNT, TRAIL, SIZE, CURL, FLOCK, DARK, GROUND = range(7)
WAVES = 5
# Paths are walked in steps of this many units of flow time.
STRIDE = f(0.035)


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def paint(field: Plane, s: Plane, p: Plane, ramp: Plane, inks: Plane, seed: Number) -> None:
    """Draw the background, a soft glow; see ``family.Kernel``."""
    height, width = field.shape[1], field.shape[2]
    rows = np.empty((5, width), np.float32)
    xs, ys, ax, ay, haze = rows[0], rows[1], rows[2], rows[3], rows[4]
    view = np.empty(6, np.float32)
    flat_view(s, f(0.15), f(0.0), view)
    mx = f(0.7) * (chance(1, 1, seed) - f(0.5)) * s[ASPECT]
    my = f(-0.9) + f(0.7) * chance(1, 2, seed)
    for y in range(height):
        screen_row(xs, ys, y, height, view)
        place(ax, ay, xs, ys, f(0.8), f(2.0), s[TIME] * f(0.02))
        layered(haze, ax, ay, 3, f(0.5), s[TIME] * f(0.03), f(50.0), f(0.0), u(seed + 1))
        for i in range(width):
            d = math.sqrt(f(0.25) * (xs[i] - mx) * (xs[i] - mx) + f(1.8) * (ys[i] - my) * (ys[i] - my))
            at = p[GROUND] * (f(0.35) + f(0.65) * fade_out(d * f(1.15))) * (f(1.0) + f(0.22) * haze[i])
            for c in range(3):
                field[c, y, i] = shade(ramp, c, at)


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def overlay(field: Plane, s: Plane, p: Plane, ramp: Plane, inks: Plane, seed: Number) -> None:
    """Add what is carried."""
    height = field.shape[1]
    unit = f(height) * f(0.5)
    waves = np.empty((WAVES, 5), np.float32)
    _current(waves, s, p, seed)
    ground = i32(p[GROUND] * f(0.62) * f(1023.0))
    count = i32(p[COUNT] * (f(0.65) + f(0.7) * s[DENSITY]))
    trail = i32(p[TRAIL] + f(0.5))
    life = 26 + trail
    zoom = s[SCALE] * f(math.exp(f(0.7) * s[PUSH]))
    ca, sa = f(math.cos(s[ROLL])), f(math.sin(s[ROLL]))
    px = np.empty(life + 1, np.float32)
    py = np.empty(life + 1, np.float32)
    flock_x = f(0.35) * s[ASPECT] * wave(s[TIME] * f(0.031) + chance(5, 1, seed))
    flock_y = f(0.12) * wave(s[TIME] * f(0.043) + chance(5, 2, seed)) + f(0.1)
    for n in range(count):
        pace = f(0.7) + f(0.6) * chance(n, 1, seed)
        clock = chance(n, 2, seed) + s[TIME] * f(0.16) * pace
        birth = i32(math.floor(clock))
        age = clock - f(birth)
        depth = chance(n, 3, seed)
        # A new life begins elsewhere; the lives are numbered so that no frame depends on another.
        x = (f(2.0) * chance(n, 4 + birth * 7, seed) - f(1.0)) * (s[ASPECT] + f(0.3))
        y = (f(2.0) * chance(n, 5 + birth * 7, seed) - f(1.0)) * f(1.25)
        bell = f(0.2) + f(0.8) * chance(n, 6, seed) * chance(n, 8, seed)
        x += p[FLOCK] * (flock_x + x * f(0.75) * bell - x)
        y += p[FLOCK] * (flock_y + y * f(0.5) * bell - y)
        walked = age * f(life)
        steps = i32(walked)
        first = max(steps - trail, 0)
        for k in range(steps + 1):
            px[k] = x
            py[k] = y
            reach = STRIDE if k < steps else STRIDE * (walked - f(steps))
            vx = f(0.0)
            vy = f(0.0)
            for w in range(WAVES):
                q = waves[w, 2] * wave(x * waves[w, 0] + y * waves[w, 1] + waves[w, 3])
                vx += q * waves[w, 1]
                vy -= q * waves[w, 0]
            x += reach * (vx + f(0.25) * p[CURL])
            y += reach * vy
        fade = smooth(f(0.0), f(0.12), age) * smooth(f(1.0), f(0.8), age)
        near = f(0.55) + f(0.9) * depth * depth
        spark = chance(n, 9, seed)
        wing = p[DARK] * fade * f(0.95)
        light = fade * (f(0.10) + f(1.3) * depth * depth * spark) * (f(1.0) - p[DARK]) * s[GLOW]
        light = light * (f(0.55) + f(0.45) * wave(s[TIME] * f(0.3) + spark) if trail < 2 else f(1.0))
        tint = smooth(f(0.35), f(0.85), chance(n, 10, seed))
        r = light * (inks[0, 2] + tint * (inks[0, 3] - inks[0, 2])) - wing * ramp[0, ground]
        g = light * (inks[1, 2] + tint * (inks[1, 3] - inks[1, 2])) - wing * ramp[1, ground]
        b = light * (inks[2, 2] + tint * (inks[2, 3] - inks[2, 2])) - wing * ramp[2, ground]
        size = p[SIZE] * near * unit * zoom
        grow = zoom * (f(0.8) + f(0.4) * depth)
        shift_x = s[PAN] * (f(0.4) + depth)
        shift_y = s[LIFT] * (f(0.4) + depth)
        hx, hy = _seen(x - shift_x, y - shift_y, grow, ca, sa, s[ASPECT], unit)
        if trail < 2:
            add_dot(field, hx, hy, size, r, g, b)
            if p[DARK] < f(0.5):
                add_dot(field, hx, hy, size * f(5.0), r * f(0.09), g * f(0.09), b * f(0.09))
        else:
            for k in range(steps, first, -1):
                tx, ty = _seen(px[k] - shift_x, py[k] - shift_y, grow, ca, sa, s[ASPECT], unit)
                fall = f(1.0) - (walked - f(k)) / f(trail)
                fall = max(fall, f(0.0))
                fall = fall * fall * f(0.55)
                add_link(field, hx, hy, tx, ty, size * (f(0.4) + f(0.6) * fall), r * fall, g * fall, b * fall)
                hx, hy = tx, ty


@njit(inline="always")
def _seen(
    x: Number, y: Number, grow: Number, ca: Number, sa: Number, aspect: Number, unit: Number
) -> tuple[Number, Number]:
    return ((ca * x + sa * y) * grow + aspect) * unit, (f(1.0) - (ca * y - sa * x) * grow) * unit


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def _current(waves: Plane, s: Plane, p: Plane, seed: Number) -> None:
    """Fill the waves: wave numbers in turns a unit, strength and phase."""
    for w in range(WAVES):
        angle = f(6.2831853) * chance(w, 21, seed)
        number = (f(0.22) + f(0.16) * f(w)) * (f(0.7) + f(0.6) * p[CURL])
        waves[w, 0] = number * f(math.cos(angle))
        waves[w, 1] = number * f(math.sin(angle))
        waves[w, 2] = f(1.25) / (f(1.0) + f(0.35) * f(w)) * (f(1.0) + f(0.10) * s[RIPPLE] + f(0.15) * s[LEVEL])
        waves[w, 3] = chance(w, 22, seed) + s[TIME] * (f(0.010) + f(0.006) * f(w))
        waves[w, 4] = f(0.0)


FAMILY = Family(
    name="flow",
    descriptors=(
        "threads of light flowing on the wind",
        "fireflies and glowing particles dancing in the dark",
        "a flock of birds, a murmuration in the sky",
        "wings, wind, breath, dancing, movement and freedom",
    ),
    parameters=(
        Parameter("count", 150, 2600),
        Parameter("trail", 0, 40, 0.0),
        Parameter("size", 0.002, 0.02, 0.05),
        Parameter("curl", 0.3, 1.6),
        Parameter("flock", 0.0, 1.0, 0.0),
        Parameter("dark", 0.0, 1.0, 0.0),
        Parameter("ground", 0.1, 0.9, 0.05),
    ),
    looks=(
        Look(
            "threads of light",
            "threads of light flowing through the dark",
            0.23,
            (650, 34, 0.005, 0.9, 0.0, 0.0, 0.12),
        ),
        Look(
            "fireflies", "fireflies, glowing particles drifting in the dark", 0.24, (420, 0, 0.011, 0.7, 0.0, 0.0, 0.30)
        ),
        Look(
            "murmuration",
            "a murmuration, a flock of birds swirling in the evening sky",
            0.42,
            (2600, 0, 0.0075, 1.1, 1.0, 1.0, 0.70),
        ),
    ),
    coarse=2,
    paint=paint,
    overlay=overlay,
)

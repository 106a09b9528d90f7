"""Land in layers under a sky: ridges, dunes or pines as silhouettes with parallax, mist between, a sun or a moon."""

import math
from typing import Any

import numpy as np
from numba import njit

from songcut.shooting.procedural.families.family import (
    ASPECT,
    DENSITY,
    GLOW,
    LIFT,
    PAN,
    PUSH,
    RIPPLE,
    SCALE,
    TIME,
    Family,
    Look,
    Parameter,
    Plane,
)
from songcut.shooting.procedural.families.framing import lay_row, sky_row
from songcut.shooting.procedural.noise import (
    Number,
    chance,
    clamp,
    f,
    fade_out,
    gradient_noise,
    i32,
    layered,
    smooth,
    u,
)

LAYERS, ROUGH, HEIGHT, TREES, MIST, SUN_HEIGHT, SUN_SIZE, SUN_LIGHT, CLOUDS, NIGHT = range(10)


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def paint(field: Plane, s: Plane, p: Plane, ramp: Plane, inks: Plane, seed: Number) -> None:
    """Draw the picture; see ``family.Kernel``."""
    height, width = field.shape[1], field.shape[2]
    count = i32(p[LAYERS] + f(0.5))
    zoom = s[SCALE] * f(math.exp(f(0.9) * s[PUSH]))
    horizon = f(-0.10) - s[LIFT] * f(0.6)
    look = np.empty(8, np.float32)
    side = f(1.0) if chance(1, 1, seed) > f(0.5) else f(-1.0)
    look[0] = side * (f(0.12) + f(0.40) * chance(1, 2, seed)) * s[ASPECT] - s[PAN] * f(0.05)
    look[1] = horizon + p[SUN_HEIGHT]
    look[2] = p[SUN_SIZE]
    look[3] = p[SUN_LIGHT] * (f(0.9) + f(0.15) * s[GLOW])
    look[4] = (
        (f(0.35) + f(0.45) * p[SUN_LIGHT]) * (f(0.75) + f(0.3) * s[GLOW]) * (f(0.4) + f(0.6) * (f(1.0) - p[NIGHT]))
    )
    look[5] = p[CLOUDS]
    look[6] = f(0.80) - f(0.38) * p[NIGHT]
    look[7] = f(0.34) - f(0.24) * p[NIGHT]
    tops = np.empty((count, width), np.float32)
    edges = np.empty((count, width), np.float32)
    bases = np.empty((count, width), np.float32)
    _skyline(tops, bases, edges, s, p, zoom, horizon, height, seed)
    xs = np.empty(width, np.float32)
    spare = np.empty((4, width), np.float32)
    out = np.empty((3, width), np.float32)
    stars = smooth(f(0.5), f(1.0), p[NIGHT])
    for i in range(width):
        xs[i] = ((f(i) + f(0.5)) * f(2.0) / f(width) - f(1.0)) * s[ASPECT]
    facing = np.empty(width, np.float32)
    lows, highs = np.empty(count, np.float32), np.empty(count, np.float32)
    for i in range(width):
        facing[i] = fade_out(abs(xs[i] - look[0]) * f(1.3)) * look[4]
    for k in range(count):
        lows[k], highs[k] = _extent(tops[k], edges[k])
    open_sky = max(lows.max(), f(-1.0))
    for y in range(height):
        v = f(1.0) - (f(y) + f(0.5)) * f(2.0) / f(height)
        if v > open_sky:
            sky_row(out, xs, v, horizon, look, ramp, inks, spare, s[TIME], u(seed))
            if stars > f(0.05):
                _stars(out, xs, v, stars * smooth(f(-0.1), f(0.5), v), s, inks, height, seed)
        _land(out, xs, v, tops, bases, edges, lows, highs, facing, s, p, look, ramp, inks, spare, seed)
        for c in range(3):
            field[c, y] = out[c]


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def _extent(top: Plane, edge: Plane) -> Any:
    """Return below which height a layer covers every column, and above which height none."""
    low, high = f(9.0), f(-9.0)
    for i in range(top.shape[0]):
        low = min(low, top[i] - f(0.5) / edge[i])
        high = max(high, top[i] + f(0.5) / edge[i])
    return low, high


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def _skyline(
    tops: Plane,
    bases: Plane,
    edges: Plane,
    s: Plane,
    p: Plane,
    zoom: Number,
    horizon: Number,
    height: Number,
    seed: Number,
) -> None:
    """Write each layer's height at every column, without and with its trees, and how sharp its edge is there."""
    count, width = tops.shape
    ax = np.empty(width, np.float32)
    ay = np.empty(width, np.float32)
    along = np.empty(width, np.float32)
    pixel = f(2.0) / f(height)
    for k in range(count):
        near = f(k) / f(max(count - 1, 1))
        # Near layers move more with the camera and are larger: parallax.
        depth = f(0.06) + near * near * f(0.9) + near * f(0.15)
        grow = f(1.0) + (zoom - f(1.0)) * (f(0.3) + f(1.3) * near)
        frequency = (f(1.5) - f(0.75) * near) * (f(0.7) + f(0.5) * p[ROUGH])
        level = horizon + p[HEIGHT] * f(0.22) - near * (f(0.72) + f(0.08) * p[HEIGHT]) - near * s[LIFT] * f(0.5)
        swing = p[HEIGHT] * (f(0.22) + f(0.16) * near) * grow
        for i in range(width):
            x = ((f(i) + f(0.5)) * f(2.0) / f(width) - f(1.0)) * s[ASPECT]
            along[i] = x / grow + s[PAN] * depth
            ax[i] = along[i] * frequency + f(13.7) * f(k)
            ay[i] = f(3.3) + f(5.1) * f(k)
        own = u(seed + u(977 * (k + 1)))
        octaves = 3 + i32(p[ROUGH] * f(4.0))
        gain, limit = f(0.34) + f(0.16) * p[ROUGH], f(0.22) / (pixel * frequency)
        layered(bases[k], ax, ay, octaves, gain, f(0.0), limit, f(0.0), own)
        spacing = f(0.035) + f(0.13) * near * near
        tall = p[TREES] * (f(0.035) + f(0.17) * near * near) * grow
        for i in range(width):
            bases[k, i] = level + swing * bases[k, i]
            tops[k, i] = bases[k, i]
            if tall > f(0.0):
                tops[k, i] += tall * _pines(along[i] / spacing, own)
        for i in range(width):
            rise = (tops[k, min(i + 1, width - 1)] - tops[k, max(i - 1, 0)]) / (f(2.0) * pixel)
            # Far edges are softened by the air.
            edges[k, i] = f(1.0) / (pixel * math.sqrt(f(1.0) + rise * rise) + f(0.006) * (f(1.0) - near) * p[MIST])


@njit(inline="always")
def _pines(x: Number, seed: Number) -> Number:
    """Height, 0 to 1, of a row of pines of which one grows in every unit of x."""
    best = f(0.0)
    cell = i32(math.floor(x))
    for step in range(-1, 2):
        n = i32(cell + step)
        centre = f(n) + f(0.15) + f(0.7) * chance(n, 5, seed)
        tall = f(0.35) + f(0.65) * chance(n, 6, seed)
        wide = f(0.22) + f(0.25) * chance(n, 7, seed)
        d = abs(x - centre) / wide
        # Branches: the slope of the cone is stepped.
        ragged = d + f(0.16) * gradient_noise(d * f(5.5), f(n) * f(3.7), seed) * min(d * f(3.0), f(1.0))
        best = max(best, tall * max(f(1.0) - ragged, f(0.0)))
    return best


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def _land(
    out: Plane,
    xs: Plane,
    v: Number,
    tops: Plane,
    bases: Plane,
    edges: Plane,
    lows: Plane,
    highs: Plane,
    facing: Plane,
    s: Plane,
    p: Plane,
    look: Plane,
    ramp: Plane,
    inks: Plane,
    spare: Plane,
    seed: Number,
) -> None:
    """Lay the layers of land over one row of sky, far to near, only those that can be seen in it."""
    count, width = tops.shape
    first, last = 0, -1
    for k in range(count):
        if v < lows[k]:
            first = k
        if v < highs[k]:
            last = k
    if last < 0:
        return
    bank, ax, ay = spare[0], spare[1], spare[2]
    if first < count - 1 and p[MIST] > f(0.01):
        for i in range(width):
            ax[i] = xs[i] * f(0.8) + s[TIME] * f(0.05) + s[PAN] * f(0.3)
            ay[i] = v * f(2.6) - s[TIME] * f(0.01)
        layered(bank, ax, ay, 2, f(0.5), s[TIME] * f(0.03), f(40.0), f(0.0), u(seed + 77))
    else:
        for i in range(width):
            bank[i] = f(0.0)
    thick = p[MIST] * (f(0.75) + f(0.35) * s[DENSITY]) * (f(1.0) + f(0.12) * s[RIPPLE])
    cover, at, lip = spare[3], spare[1], spare[2]
    for k in range(first, last + 1):
        far = f(1.0) - f(k) / f(max(count - 1, 1))
        tone = f(0.05) + (look[6] - f(0.16)) * far * far * (f(0.55) + f(0.25) * p[MIST])
        edge_light = f(0.08) + f(0.22) * far
        haze = f(0.50) * look[6]
        top, base, edge = tops[k], bases[k], edges[k]
        for i in range(width):
            below = top[i] - v
            cover[i] = clamp(f(0.5) + below * edge[i])
            lip[i] = fade_out(max(below, f(0.0)) * f(26.0)) * facing[i] * edge_light
            mist = thick * far * smooth(f(0.0), f(0.42), base[i] - v) * clamp(f(0.75) + f(0.6) * bank[i])
            at[i] = tone + mist * (haze + f(0.16) * facing[i]) + f(0.3) * lip[i]
        for c in range(3):
            lay_row(out[c], cover, ramp[c], at, lip, inks[c, 3] * f(0.35))


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def _stars(
    out: Plane, xs: Plane, v: Number, strength: Number, s: Plane, inks: Plane, height: Number, seed: Number
) -> None:
    """Add the stars that a row crosses; each is a soft dot a pixel or two wide."""
    width = xs.shape[0]
    unit = f(17.0)
    size = max(f(0.0035), f(2.4) / f(height))
    light = strength * (f(0.0035) / size) * (f(0.0035) / size) * f(2.2)
    inverse = f(1.0) / (size * size)
    cy = i32(math.floor(v * unit))
    for i in range(width):
        x = xs[i] + s[PAN] * f(0.03)
        cx = i32(math.floor(x * unit))
        px = (f(cx) + f(0.2) + f(0.6) * chance(cx, cy, seed)) / unit
        py = (f(cy) + f(0.2) + f(0.6) * chance(cy, cx, seed)) / unit
        d = ((x - px) * (x - px) + (v - py) * (v - py)) * inverse
        rare = chance(cx + 71, cy, seed)
        q = max(f(1.0) - d, f(0.0)) * smooth(f(0.45), f(1.0), rare) * light
        for c in range(3):
            out[c, i] += inks[c, 2] * q


FAMILY = Family(
    name="horizon",
    descriptors=(
        "mountains and hills on the horizon under a wide sky",
        "a misty pine forest, trees in the fog",
        "desert dunes under the sun",
        "fields and open country, a road through the land",
        "sunset or sunrise over the land, a long way home",
        "the moon over a quiet landscape at night",
    ),
    parameters=(
        Parameter("layers", 4, 7, 0.0),
        Parameter("roughness", 0.0, 1.0, 0.1),
        Parameter("height", 0.3, 1.6, 0.12),
        Parameter("trees", 0.0, 1.2, 0.0),
        Parameter("mist", 0.0, 1.2, 0.1),
        Parameter("sun height", 0.1, 0.85, 0.08),
        Parameter("sun size", 0.03, 0.3, 0.05),
        Parameter("sun light", 0.0, 1.6, 0.05),
        Parameter("clouds", 0.0, 1.0, 0.15),
        Parameter("night", 0.0, 1.0, 0.0),
    ),
    looks=(
        Look(
            "sunset mountains",
            "mountain ridges in mist under a low sun at sunset",
            0.40,
            (6, 0.75, 1.1, 0.0, 0.8, 0.32, 0.16, 1.2, 0.5, 0.15),
        ),
        Look(
            "moonlit mountains",
            "mountains in moonlight under a starry night sky",
            0.25,
            (5, 0.8, 1.3, 0.0, 0.6, 0.62, 0.075, 1.5, 0.35, 1.0),
        ),
        Look(
            "pine forest",
            "a misty pine forest on the hills at dawn",
            0.36,
            (6, 0.45, 0.7, 1.0, 1.0, 0.30, 0.09, 0.7, 0.4, 0.25),
        ),
        Look("dunes", "desert dunes under a hazy sun", 0.42, (5, 0.0, 0.8, 0.0, 0.45, 0.40, 0.12, 1.2, 0.15, 0.0)),
    ),
    coarse=1,
    paint=paint,
)

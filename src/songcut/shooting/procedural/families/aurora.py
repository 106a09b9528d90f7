"""Northern lights over dark hills: curtains of rays that fold and wander, with stars between."""

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
    SCALE,
    TIME,
    Family,
    Look,
    Parameter,
    Plane,
)
from songcut.shooting.procedural.families.framing import LAST, shade
from songcut.shooting.procedural.noise import Number, chance, clamp, f, fade_out, i32, i64, layered, smooth, u, wave
from songcut.shooting.procedural.sprites import add_dot

CURTAINS, TALL, FOLDS, RAYS, HILLS, STARS = range(6)


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def paint(field: Plane, s: Plane, p: Plane, ramp: Plane, inks: Plane, seed: Number) -> None:
    """Draw sky and curtains; see ``family.Kernel``."""
    height, width = field.shape[1], field.shape[2]
    count = i32(p[CURTAINS] + f(0.5))
    feet = np.empty((count, width), np.float32)
    rays = np.empty((count, width), np.float32)
    glow = np.empty((count, width), np.float32)
    ax = np.empty(width, np.float32)
    ay = np.empty(width, np.float32)
    fold = np.empty(width, np.float32)
    t = s[TIME]
    zoom = s[SCALE] * f(math.exp(f(0.35) * s[PUSH]))
    for k in range(count):
        own = u(seed + u(101 * (k + 1)))
        for i in range(width):
            x = ((f(i) + f(0.5)) * f(2.0) / f(width) - f(1.0)) * s[ASPECT] / zoom
            ax[i] = (x + s[PAN] * f(0.15)) * f(0.55) + f(7.0) * f(k)
            ay[i] = t * f(0.06) + f(3.0) * f(k)
        layered(fold, ax, ay, 3, f(0.5), t * f(0.04), f(60.0), f(0.0), own)
        for i in range(width):
            x = ((f(i) + f(0.5)) * f(2.0) / f(width) - f(1.0)) * s[ASPECT] / zoom
            slope = f(0.7) * (chance(k, 61, seed) - f(0.5))
            feet[k, i] = f(-0.34) + f(0.24) * f(k) + p[FOLDS] * f(0.55) * fold[i] + slope * x - s[LIFT] * f(0.2)
            ax[i] = x * f(3.2) + f(2.2) * fold[i] + f(11.0) * f(k)
            ay[i] = t * f(0.16) + f(2.0) * f(k)
        layered(rays[k], ax, ay, 4, f(0.62), t * f(0.10), f(0.10) * f(height), f(0.0), u(own + u(9)))
        for i in range(width):
            x = ((f(i) + f(0.5)) * f(2.0) / f(width) - f(1.0)) * s[ASPECT] / zoom
            ax[i] = x * f(0.5) - t * f(0.04) + f(5.0) * f(k)
            ay[i] = t * f(0.05)
        layered(glow[k], ax, ay, 2, f(0.5), t * f(0.05), f(60.0), f(0.0), u(own + u(17)))
    strength = (f(0.55) + f(0.55) * s[LEVEL]) * (f(0.75) + f(0.30) * s[GLOW])
    for y in range(height):
        v = (f(1.0) - (f(y) + f(0.5)) * f(2.0) / f(height)) / zoom
        ground = f(0.12) - f(0.09) * clamp(v * f(0.8) + f(0.3))
        for c in range(3):
            dark = shade(ramp, c, ground)
            for i in range(width):
                field[c, y, i] = dark
        for k in range(count):
            tall = p[TALL] * (f(0.7) + f(0.6) * chance(k, 62, seed))
            for i in range(width):
                up = v - feet[k, i]
                ray = clamp(f(0.45) + p[RAYS] * rays[k, i])
                high = tall * (f(0.55) + f(0.75) * ray)
                rise = smooth(f(-0.05), f(0.06), up)
                body = rise * fade_out(max(up, f(0.0)) / high * f(4.2))
                light = body * ray * smooth(f(-0.35), f(0.6), glow[k, i]) * strength * (f(0.7) + f(0.6) * s[DENSITY])
                hem = fade_out(up * up * f(220.0)) * rise * light
                top = smooth(f(0.0), f(0.9) * high, up)
                for c in range(3):
                    hue = inks[c, 3] + top * (inks[c, 1] * f(1.2) - inks[c, 3])
                    field[c, y, i] += f(1.0) * light * hue + hem * (f(0.5) * inks[c, 3] + f(0.2) * inks[c, 2])


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def overlay(field: Plane, s: Plane, p: Plane, ramp: Plane, inks: Plane, seed: Number) -> None:
    """Add stars, then lay the hills over them."""
    height, width = field.shape[1], field.shape[2]
    unit = f(height) * f(0.5)
    for n in range(i32(p[STARS])):
        x = (f(2.0) * chance(n, 71, seed) - f(1.0)) * (s[ASPECT] + f(0.3)) - s[PAN] * f(0.05)
        y = f(1.5) * chance(n, 72, seed) - f(0.5)
        rare = chance(n, 73, seed)
        light = f(0.9) * rare * rare * rare * (f(0.8) + f(0.2) * wave(s[TIME] * f(0.4) + rare * f(9.0)))
        size = (f(0.004) + f(0.004) * rare * rare) * unit
        px, py = (x + s[ASPECT]) * unit, (f(1.0) - y) * unit
        add_dot(field, px, py, size, light * inks[0, 2], light * inks[1, 2], light * inks[2, 2])
    ax = np.empty(width, np.float32)
    ay = np.empty(width, np.float32)
    top = np.empty(width, np.float32)
    pixel = f(2.0) / f(height)
    zoom = s[SCALE] * f(math.exp(f(0.35) * s[PUSH]))
    for k in range(2):
        for i in range(width):
            x = ((f(i) + f(0.5)) * f(2.0) / f(width) - f(1.0)) * s[ASPECT]
            ax[i] = (x / zoom + s[PAN] * (f(0.2) + f(0.3) * f(k))) * (f(1.3) - f(0.5) * f(k)) + f(9.0) * f(k)
            ay[i] = f(4.0) * f(k)
        layered(top, ax, ay, 6, f(0.48), f(0.0), f(0.2) / pixel, f(0.0), u(seed + u(303 * (k + 1))))
        for i in range(width):
            top[i] = (f(-0.58) - f(0.26) * f(k) + p[HILLS] * (f(0.30) - f(0.08) * f(k)) * top[i]) * zoom - s[LIFT] * f(
                0.5
            )
        _hill(field, top, f(0.075) - f(0.05) * f(k), f(0.10) * (f(1.0) - f(0.6) * f(k)), ramp)


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def _hill(field: Plane, top: Plane, tone: Number, snow: Number, ramp: Plane) -> None:
    """Lay a hill over the picture, lightest along its edge."""
    height, width = field.shape[1], field.shape[2]
    pixel = f(2.0) / f(height)
    edge = np.empty(width, np.float32)
    for i in range(width):
        rise = (top[min(i + 1, width - 1)] - top[max(i - 1, 0)]) / (f(2.0) * pixel)
        edge[i] = f(1.0) / (pixel * math.sqrt(f(1.0) + rise * rise))
    dark_r, dark_g, dark_b = ramp[0], ramp[1], ramp[2]
    first = max(i64((f(1.0) - top.max()) / pixel) - 2, 0)
    for y in range(first, height):
        v = f(1.0) - (f(y) + f(0.5)) * pixel
        red, green, blue = field[0, y], field[1, y], field[2, y]
        for i in range(width):
            below = top[i] - v
            cover = clamp(f(0.5) + below * edge[i])
            n = i32(clamp(tone + snow * fade_out(max(below, f(0.0)) * f(7.0))) * LAST)
            red[i] += cover * (dark_r[n] - red[i])
            green[i] += cover * (dark_g[n] - green[i])
            blue[i] += cover * (dark_b[n] - blue[i])


FAMILY = Family(
    name="aurora",
    descriptors=(
        "aurora, the northern lights over dark hills",
        "curtains of light dancing in the arctic night sky",
        "a miracle in the sky, heaven, spirits of light",
    ),
    parameters=(
        Parameter("curtains", 2, 3, 0.0),
        Parameter("tall", 0.4, 1.4),
        Parameter("folds", 0.3, 1.6),
        Parameter("rays", 0.3, 1.6),
        Parameter("hills", 0.2, 1.2),
        Parameter("stars", 50, 600),
    ),
    looks=(
        Look("northern lights", "northern lights dancing over dark hills", 0.28, (3, 0.85, 1.0, 1.0, 0.8, 350)),
        Look("quiet aurora", "a quiet aurora above the mountains under the stars", 0.24, (2, 0.6, 0.6, 0.5, 1.1, 550)),
        Look("aurora storm", "a storm of aurora rays filling the sky", 0.33, (3, 1.25, 1.4, 1.5, 0.5, 200)),
    ),
    coarse=2,
    paint=paint,
    overlay=overlay,
)

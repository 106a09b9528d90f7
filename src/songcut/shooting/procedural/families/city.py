"""The city at night, out of focus: lights as soft discs, a wet street that mirrors them, traffic, rain."""

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
    SCALE,
    TIME,
    Family,
    Look,
    Parameter,
    Plane,
)
from songcut.shooting.procedural.families.framing import shade
from songcut.shooting.procedural.noise import Number, chance, f, fade_out, i32, layered, smooth, u, wave
from songcut.shooting.procedural.sprites import add_disc, add_stroke

LIGHTS, SIZE, ROAD, RAIN, GLARE, LINE = range(6)


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def paint(field: Plane, s: Plane, p: Plane, ramp: Plane, inks: Plane, seed: Number) -> None:
    """Draw the dark behind the lights; see ``family.Kernel``."""
    height, width = field.shape[1], field.shape[2]
    xs = np.empty(width, np.float32)
    ys = np.empty(width, np.float32)
    haze = np.empty(width, np.float32)
    for y in range(height):
        v = f(1.0) - (f(y) + f(0.5)) * f(2.0) / f(height)
        for i in range(width):
            x = ((f(i) + f(0.5)) * f(2.0) / f(width) - f(1.0)) * s[ASPECT]
            xs[i] = x * f(0.7) + s[PAN] * f(0.2) + f(3.0)
            ys[i] = v * f(1.5) + s[TIME] * f(0.02)
        layered(haze, xs, ys, 3, f(0.5), s[TIME] * f(0.02), f(40.0), f(0.0), u(seed + 1))
        away = v - p[LINE]
        band = fade_out(away * away * f(5.0)) * p[GLARE]
        wet = f(0.0)
        if away < f(0.0):
            wet = f(0.35) * fade_out(-away * f(2.0)) * p[GLARE]
        for i in range(width):
            at = f(0.05) + (f(0.20) * band + f(0.13) * wet) * (f(1.0) + f(0.5) * haze[i])
            for c in range(3):
                field[c, y, i] = shade(ramp, c, at) + f(0.02) * band * inks[c, 3]


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def overlay(field: Plane, s: Plane, p: Plane, ramp: Plane, inks: Plane, seed: Number) -> None:
    """Add the lights, their reflections, the traffic and the rain."""
    _lights(field, s, p, ramp, inks, seed)
    if p[ROAD] > f(0.02):
        _traffic(field, s, p, inks, seed)
    if p[RAIN] > f(0.02):
        _rain(field, s, p, inks, seed)


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def _lights(field: Plane, s: Plane, p: Plane, ramp: Plane, inks: Plane, seed: Number) -> None:
    unit = f(field.shape[1]) * f(0.5)
    zoom = s[SCALE] * f(math.exp(f(0.55) * s[PUSH]))
    count = i32(p[LIGHTS] * (f(0.65) + f(0.7) * s[DENSITY]))
    for n in range(count):
        depth = chance(n, 1, seed)
        near = depth * depth
        grow = f(1.0) + (zoom - f(1.0)) * (f(0.4) + near)
        street = f(math.floor(f(5.0) * chance(n, 8, seed)))
        x = (f(2.0) * chance(n, 2, seed) - f(1.0)) * (s[ASPECT] + f(0.4))
        # Lights stand in clusters, as windows and signs do.
        x += f(0.30) * (f(math.floor(x * f(2.5))) / f(2.5) - x)
        y = p[LINE] + f(0.02) + f(0.62) * chance(n, 3, seed) * chance(n, 4, seed) * (f(0.5) + f(0.13) * street)
        x = (x - s[PAN] * (f(0.25) + f(0.9) * near)) * grow
        y = (y - s[LIFT] * (f(0.3) + near) - p[LINE]) * grow + p[LINE]
        radius = p[SIZE] * (f(0.25) + f(0.95) * near) * grow * unit * (f(1.0) + f(0.05) * s[RIPPLE])
        kind = chance(n, 5, seed)
        flicker = f(0.82) + f(0.18) * wave(s[TIME] * (f(0.1) + f(0.5) * kind) + kind * f(7.0))
        light = (f(0.10) + f(0.42) * chance(n, 6, seed) * chance(n, 7, seed)) * flicker * (f(0.55) + f(0.45) * s[GLOW])
        at = i32(f(1023.0) * (f(0.50) + f(0.45) * kind))
        accent = smooth(f(0.55), f(0.75), chance(n, 9, seed))
        r = light * (ramp[0, at] + accent * (f(1.5) * inks[0, 3] - ramp[0, at]))
        g = light * (ramp[1, at] + accent * (f(1.5) * inks[1, 3] - ramp[1, at]))
        b = light * (ramp[2, at] + accent * (f(1.5) * inks[2, 3] - ramp[2, at]))
        px = (x + s[ASPECT]) * unit
        add_disc(field, px, (f(1.0) - y) * unit, radius, f(0.4), r, g, b)
        # The wet street: drawn out downwards, dimmer.
        low = (f(1.0) - (p[LINE] - (y - p[LINE]) * f(0.9) - f(0.03))) * unit
        sway = radius * f(0.35) * wave(s[TIME] * f(0.4) + kind * f(5.0))
        add_stroke(
            field,
            px + sway,
            low - radius,
            px - sway,
            low + radius * f(3.5),
            radius,
            r * f(0.30),
            g * f(0.30),
            b * f(0.30),
        )


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def _traffic(field: Plane, s: Plane, p: Plane, inks: Plane, seed: Number) -> None:
    """Head lights come towards the camera on one side, tail lights go on the other."""
    unit = f(field.shape[1]) * f(0.5)
    count = i32(p[ROAD] * f(46.0))
    ride = s[TIME] * f(0.11) + s[PUSH] * f(0.4)
    for n in range(count):
        lane = i32(f(4.0) * chance(n, 31, seed))
        coming = lane < 2
        z = chance(n, 32, seed) - ride * (f(1.5) if coming else f(0.35)) * (f(0.85) + f(0.3) * chance(n, 33, seed))
        z = z - f(math.floor(z))
        depth = f(0.06) + z * z * f(2.2)
        across = (f(lane) - f(1.5)) * f(0.17) + (f(-0.05) if coming else f(0.05)) - s[PAN] * f(0.25)
        bend = f(0.16) * z * z * wave(s[TIME] * f(0.02) + chance(3, 3, seed))
        shown = smooth(f(1.0), f(0.8), z) * smooth(f(0.0), f(0.05), z)
        for lamp in range(2):
            x = (across + (f(lamp) - f(0.5)) * f(0.055)) / depth * s[SCALE] + bend
            y = p[LINE] - f(0.052) / depth - s[LIFT] * f(0.2)
            radius = f(0.010) / depth * unit
            light = shown * (f(0.55) if coming else f(0.42)) * (f(0.6) + f(0.4) * s[GLOW])
            k = 2 if coming else 3
            px = (x + s[ASPECT]) * unit
            py = (f(1.0) - y) * unit
            add_disc(field, px, py, radius, f(0.3), light * inks[0, k], light * inks[1, k], light * inks[2, k])
            down = f(0.085) / depth * unit
            dim = light * f(0.22)
            add_stroke(
                field,
                px,
                py + down * f(0.3),
                px,
                py + down,
                radius,
                dim * inks[0, k],
                dim * inks[1, k],
                dim * inks[2, k],
            )


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def _rain(field: Plane, s: Plane, p: Plane, inks: Plane, seed: Number) -> None:
    """Streaks in three depths, slanted by a breath of wind."""
    unit = f(field.shape[1]) * f(0.5)
    count = i32(p[RAIN] * f(420.0) * (f(0.6) + f(0.8) * s[DENSITY]))
    slant = f(0.06) + f(0.05) * wave(s[TIME] * f(0.03))
    for n in range(count):
        depth = f(0.35) + f(0.65) * chance(n, 41, seed)
        clock = chance(n, 42, seed) + s[TIME] * f(0.95) * depth
        drop = i32(math.floor(clock))
        fall = clock - f(drop)
        x = (f(2.0) * chance(n, 43 + drop * 3, seed) - f(1.0)) * (s[ASPECT] + f(0.2)) - s[PAN] * depth
        y = f(1.25) - f(2.5) * fall
        long = f(0.15) * depth
        light = (f(0.05) + f(0.12) * depth * depth) * (f(0.8) + f(0.3) * s[LEVEL])
        px = (x + s[ASPECT] - slant * y) * unit
        py = (f(1.0) - y) * unit
        add_stroke(
            field,
            px,
            py,
            px - slant * long * unit,
            py + long * unit,
            f(0.0035) * depth * unit,
            light * inks[0, 2],
            light * inks[1, 2],
            light * inks[2, 2],
        )


FAMILY = Family(
    name="city",
    descriptors=(
        "city lights at night, neon signs, streets of the town",
        "a highway at night, cars driving, headlights on the road",
        "rain falling on the city street at night",
        "glass towers and lit windows, skyscrapers of the city",
        "a party, nightclub, downtown, Saturday night",
    ),
    parameters=(
        Parameter("lights", 40, 260),
        Parameter("size", 0.03, 0.14, 0.15),
        Parameter("road", 0.0, 1.0, 0.0),
        Parameter("rain", 0.0, 1.0, 0.0),
        Parameter("glare", 0.2, 1.2, 0.1),
        Parameter("line", -0.5, 0.1, 0.1),
    ),
    looks=(
        Look("city lights", "blurred city lights at night", 0.27, (170, 0.085, 0.0, 0.0, 0.8, -0.22)),
        Look(
            "night drive", "a highway at night with the lights of passing cars", 0.24, (90, 0.05, 1.0, 0.0, 0.9, -0.02)
        ),
        Look("city rain", "rain falling through city lights at night", 0.26, (130, 0.10, 0.0, 1.0, 0.9, -0.2)),
    ),
    coarse=2,
    paint=paint,
    overlay=overlay,
)

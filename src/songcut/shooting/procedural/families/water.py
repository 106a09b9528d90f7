"""Open water under a sky: waves in perspective, and the sun's or moon's path of glitter."""

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
from songcut.shooting.procedural.families.framing import light_row, sky_row
from songcut.shooting.procedural.noise import Number, add_noise_pair, chance, clamp, f, fade_out, smooth, u

WAVES, CHOP, SUN_HEIGHT, SUN_SIZE, SUN_LIGHT, CLOUDS, NIGHT = range(7)


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def paint(field: Plane, s: Plane, p: Plane, ramp: Plane, inks: Plane, seed: Number) -> None:
    """Draw the picture; see ``family.Kernel``."""
    height, width = field.shape[1], field.shape[2]
    horizon = f(0.10) + f(0.22) * (chance(3, 3, seed) - f(0.5)) - s[LIFT] * f(0.8)
    look = np.empty(8, np.float32)
    look[0] = f(0.55) * (chance(1, 2, seed) - f(0.5)) * s[ASPECT] - s[PAN] * f(0.15)
    look[1] = horizon + p[SUN_HEIGHT]
    look[2] = p[SUN_SIZE]
    look[3] = p[SUN_LIGHT]
    look[4] = (f(0.3) + f(0.45) * p[SUN_LIGHT]) * (f(0.75) + f(0.3) * s[GLOW]) * (f(1.0) - f(0.55) * p[NIGHT])
    look[5] = p[CLOUDS]
    look[6] = f(0.74) - f(0.36) * p[NIGHT]
    look[7] = f(0.32) - f(0.22) * p[NIGHT]
    xs = np.empty(width, np.float32)
    spare = np.empty((4, width), np.float32)
    out = np.empty((3, width), np.float32)
    for i in range(width):
        xs[i] = ((f(i) + f(0.5)) * f(2.0) / f(width) - f(1.0)) * s[ASPECT] / s[SCALE]
    pixel = f(2.0) / f(height)
    for y in range(height):
        v = f(1.0) - (f(y) + f(0.5)) * pixel
        if v > horizon - pixel:
            sky_row(out, xs, v, horizon, look, ramp, inks, spare, s[TIME], u(seed))
            for c in range(3):
                for i in range(width):
                    field[c, y, i] = out[c, i]
        if v < horizon + pixel:
            cover = clamp((horizon - v) / pixel + f(0.5))
            _sea(out, xs, max(horizon - v, f(0.3) * pixel), pixel, s, p, look, ramp, inks, spare, seed)
            for c in range(3):
                for i in range(width):
                    before = field[c, y, i] if v > horizon - pixel else f(0.0)
                    field[c, y, i] = before + cover * (out[c, i] - before)


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def _sea(
    out: Plane,
    xs: Plane,
    down: Number,
    pixel: Number,
    s: Plane,
    p: Plane,
    look: Plane,
    ramp: Plane,
    inks: Plane,
    spare: Plane,
    seed: Number,
) -> None:
    """Write a row of water ``down`` below the horizon.

    Waves too fine for the row are not drawn but widen the glitter instead, as the unseen slopes of real waves do.
    """
    width = xs.shape[0]
    z = f(0.55) / down
    # How much of the water's depth one row covers: waves shorter than this are too fine.
    step = z * z * pixel / f(0.55)
    along = spare[0]
    across = spare[1]
    ax = spare[2]
    ay = spare[3]
    for i in range(width):
        along[i] = f(0.0)
        across[i] = f(0.0)
    amplitude = p[WAVES] * (f(0.75) + f(0.35) * s[LEVEL] + f(0.18) * s[RIPPLE])
    frequency = f(0.55)
    gain = f(0.62) + f(0.22) * p[CHOP]
    rough = f(0.0)
    t = s[TIME]
    forward = s[PUSH] * f(3.0)
    for octave in range(7):
        keep = clamp(f(1.6) - f(3.2) * frequency * step)
        if keep > f(0.0):
            # Each octave comes from its own side and at its own pace: short waves are slower.
            slant = f(0.5) - f(0.37) * f((octave * 5) % 4)
            pace = f(0.42) * t / math.sqrt(frequency)
            for i in range(width):
                x = xs[i] * z + s[PAN] * f(1.2)
                q = (z + forward) * f(1.0)
                ax[i] = (x + slant * q) * frequency * f(0.62) + f(3.7) * f(octave) + pace * f(0.25)
                ay[i] = (q - slant * x * f(0.5)) * frequency + pace
            add_noise_pair(along, across, ax, ay, amplitude * keep, u(seed + u(31 * octave + 7)))
        rough += amplitude * amplitude * (f(1.0) - keep * keep)
        frequency *= f(1.95)
        amplitude *= gain
    wide = f(0.05) + f(1.5) * math.sqrt(rough)
    lift = f(0.36) * clamp(down * f(1.8)) + f(0.03)
    power = f(1.0) / (f(0.018) + wide * wide * f(0.30) * (f(0.25) + down))
    fog = fade_out(down * f(16.0))
    glitter = f(2.3) * p[SUN_LIGHT] * s[GLOW] * (f(0.7) + f(0.5) * s[DENSITY])
    narrow = f(0.35) + f(0.9) * down
    for i in range(width):
        tilt = along[i]
        lean = across[i]
        seen = down * f(0.9) + lift * tilt * f(2.2)
        up = clamp(abs(seen) * f(0.85))
        at = look[6] + (look[7] - look[6]) * math.sqrt(up)
        # Steep faces look down into the water, whose own colour is dark.
        into = smooth(f(0.05), f(0.75), down * f(0.55) + tilt * lift * f(2.0) + f(0.12))
        at = at * (f(0.86) - f(0.44) * into)
        dx = (xs[i] - look[0] + lean * f(0.55) * narrow) / (f(0.16) + f(0.30) * narrow)
        dy = seen - (look[1] - f(0.0)) * f(0.45)
        spark = fade_out((dx * dx * f(2.4) + dy * dy * f(1.6)) * power * f(0.22))
        spark = spark * spark * glitter
        sheen = f(0.24) * look[4] * fade_out(abs(xs[i] - look[0]) * f(1.5)) * (f(0.4) + f(0.6) * fog)
        ax[i] = at + fog * (look[6] * f(0.82) - at) * f(0.6) + f(0.55) * sheen
        # The slopes' rows are done with, pixel by pixel, as the lights take their place.
        along[i] = spark
        across[i] = sheen
        ay[i] = f(1.0)
    for c in range(3):
        light_row(
            out[c], ramp[c], ax, ay, along, f(0.8) * inks[c, 2] + f(0.2) * inks[c, 3], across, f(0.1) * inks[c, 3]
        )


FAMILY = Family(
    name="water",
    descriptors=(
        "the open sea, ocean waves under the sky",
        "moonlight on dark water at night",
        "a lake or river shining in the sun",
        "boats in a harbour, the shore, the beach",
        "waves, tide, sailing, drowning, the deep blue ocean",
    ),
    parameters=(
        Parameter("waves", 0.15, 1.0, 0.1),
        Parameter("chop", 0.0, 1.0, 0.15),
        Parameter("sun height", 0.08, 0.8, 0.08),
        Parameter("sun size", 0.03, 0.3, 0.05),
        Parameter("sun light", 0.0, 1.6, 0.05),
        Parameter("clouds", 0.0, 1.0, 0.15),
        Parameter("night", 0.0, 1.0, 0.0),
    ),
    looks=(
        Look(
            "moonlit sea",
            "the open sea at night with moonlight glittering on dark waves",
            0.24,
            (0.5, 0.45, 0.55, 0.07, 1.4, 0.45, 1.0),
        ),
        Look(
            "golden sea",
            "the sea at sunset with golden sun glitter on the waves",
            0.38,
            (0.5, 0.4, 0.22, 0.15, 1.2, 0.5, 0.2),
        ),
        Look("calm lake", "still calm water under a pale morning sky", 0.42, (0.22, 0.2, 0.34, 0.10, 0.9, 0.6, 0.05)),
        Look(
            "rough sea",
            "rough dark ocean waves under heavy storm clouds",
            0.27,
            (0.95, 0.8, 0.5, 0.12, 0.55, 0.95, 0.6),
        ),
    ),
    coarse=1,
    paint=paint,
)

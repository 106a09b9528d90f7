"""Ink, smoke and clouds: noise warped by noise (I. Quilez, "Domain warping"), lit from one side."""

import numpy as np
from numba import njit

from songcut.shooting.procedural.families.family import DENSITY, LEVEL, RIPPLE, TIME, Family, Look, Parameter, Plane
from songcut.shooting.procedural.families.framing import finest, flat_view, shade
from songcut.shooting.procedural.noise import Number, clamp, f, layered, place, screen_row, smooth, u

SCALE, WARP, FALL, COVER, INVERT, ACCENT = range(6)


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def paint(field: Plane, s: Plane, p: Plane, ramp: Plane, inks: Plane, seed: Number) -> None:
    """Draw the picture; see ``family.Kernel``."""
    height, width = field.shape[1], field.shape[2]
    rows = np.empty((9, width), np.float32)
    xs, ys, ax, ay, wx, wy, body, lit, veil = (
        rows[0],
        rows[1],
        rows[2],
        rows[3],
        rows[4],
        rows[5],
        rows[6],
        rows[7],
        rows[8],
    )
    view = np.empty(6, np.float32)
    flat_view(s, f(1.0), f(0.0), view)
    limit = finest(height, view, p[SCALE])
    t = s[TIME]
    warp = p[WARP] * (f(1.0) + f(0.10) * s[RIPPLE])
    for y in range(height):
        screen_row(xs, ys, y, height, view)
        place(ax, ay, xs, ys, f(0.55) * p[SCALE], f(3.1) + t * f(0.012), p[FALL] * t * f(0.04))
        layered(wx, ax, ay, 3, f(0.5), t * f(0.05), limit, f(0.0), u(seed + 1))
        place(ax, ay, xs, ys, f(0.55) * p[SCALE], f(-8.4), f(2.7) - t * f(0.015))
        layered(wy, ax, ay, 3, f(0.5), t * f(-0.06), limit, f(0.0), u(seed + 2))
        place(ax, ay, xs, ys, f(0.42), f(5.5) + t * f(0.02), f(1.3))
        layered(veil, ax, ay, 2, f(0.5), t * f(0.03), limit, f(0.0), u(seed + 4))
        for i in range(width):
            ax[i] = xs[i] * p[SCALE] + warp * wx[i]
            ay[i] = ys[i] * p[SCALE] + warp * wy[i] + p[FALL] * t * f(0.09)
            lit[i] = ax[i]
            veil[i] = veil[i] + f(0.12) * (s[DENSITY] - f(0.5))
            ys[i] = ay[i]
        layered(body, ax, ay, 5, f(0.5), t * f(0.03), limit, f(0.0), u(seed + 3))
        for i in range(width):
            ax[i] = lit[i] + f(0.16)
            ay[i] = ys[i] - f(0.22)
        layered(lit, ax, ay, 3, f(0.5), t * f(0.03), limit, f(0.0), u(seed + 3))
        for i in range(width):
            thick = smooth(f(-0.55), f(0.7), body[i] + f(1.1) * veil[i] + p[COVER])
            edge = clamp(f(0.5) + f(1.1) * (body[i] - lit[i]))
            fold = clamp(f(0.5) + f(0.8) * wx[i])
            at = thick * (f(0.16) + f(0.60) * edge + f(0.24) * fold)
            at = at + p[INVERT] * (f(0.95) - f(0.88) * smooth(f(0.04), f(0.74), at) - at)
            tint = p[ACCENT] * thick * smooth(f(0.1), f(0.7), wy[i]) * (f(0.35) + f(0.4) * s[LEVEL])
            for c in range(3):
                light = shade(ramp, c, at)
                field[c, y, i] = light + tint * (inks[c, 3] * (f(0.25) + edge) - f(0.4) * light)


FAMILY = Family(
    name="ink",
    descriptors=(
        "ink drifting and swirling in water",
        "smoke curling, fog, haze and swirling clouds",
        "a dream, a memory dissolving, abstract flowing colour",
        "storm clouds gathering in a heavy sky",
    ),
    parameters=(
        Parameter("scale", 0.5, 2.4),
        Parameter("warp", 0.4, 2.6),
        Parameter("fall", -1.0, 1.0, 0.1),
        Parameter("cover", -0.5, 0.5),
        Parameter("invert", 0.0, 1.0, 0.0),
        Parameter("accent", 0.0, 1.0, 0.1),
    ),
    looks=(
        Look("velvet smoke", "swirling velvet smoke", 0.27, (0.85, 1.7, -0.6, 0.05, 0.0, 0.8)),
        Look("ink in water", "dark ink blooming in pale water", 0.46, (0.95, 1.9, 0.6, 0.30, 1.0, 0.45)),
        Look("storm clouds", "heavy storm clouds rolling across the sky", 0.30, (1.0, 0.9, 0.1, 0.2, 0.0, 0.35)),
        Look("colour clouds", "dreamlike drifting clouds of colour", 0.36, (0.6, 1.3, -0.3, 0.3, 0.0, 1.0)),
    ),
    coarse=2,
    paint=paint,
)

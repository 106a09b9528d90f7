"""An endless passage: rims of rock, cloud or paper, each with an opening, flown through towards a light."""

import math

import numpy as np
from numba import njit

from songcut.shooting.procedural.families.family import (
    DENSITY,
    GLOW,
    LEVEL,
    PUSH,
    RIPPLE,
    TIME,
    Family,
    Look,
    Parameter,
    Plane,
)
from songcut.shooting.procedural.families.framing import flat_view, shade
from songcut.shooting.procedural.noise import chance, clamp, f, fade_out, layered, screen_row, smooth, u

SOFT, ROUGH, DETAIL, RIDGED, RIM, SPEED = range(6)
LAYERS = 10
# Each rim is this much smaller than the one before it.
STEP = f(1.55)


@njit(nogil=True, cache=True, fastmath=True)
def paint(field: Plane, s: Plane, p: Plane, ramp: Plane, inks: Plane, seed: np.uint32) -> None:
    """Draw the picture; see ``family.Kernel``."""
    height, width = field.shape[1], field.shape[2]
    rows = np.empty((5, width), np.float32)
    view = np.empty(6, np.float32)
    flat_view(s, f(0.0), f(0.0), view)
    view[4] = f(0.0)
    view[5] = f(0.0)
    travel = s[TIME] * p[SPEED] + s[PUSH] * f(2.2)
    first = np.int32(math.floor(travel))
    part = travel - f(first)
    core = f(0.8) + f(0.45) * (s[GLOW] - f(0.85))
    for y in range(height):
        screen_row(rows[0], rows[1], y, height, view)
        for i in range(width):
            r = math.sqrt(rows[0, i] * rows[0, i] + rows[1, i] * rows[1, i])
            light = core * (fade_out(r * f(5.0)) + f(0.5) * fade_out(r * f(1.7)))
            for c in range(3):
                field[c, y, i] = shade(ramp, c, f(0.80) + f(0.2) * light) + inks[c, 2] * light * f(0.9)
    for back in range(LAYERS):
        k = LAYERS - 1 - back
        # 0 when the rim passes the camera, LAYERS when it appears.
        depth = f(k) + f(1.0) - part
        _rim(field, rows, s, p, ramp, inks, view, depth, first + np.int32(k), seed)


@njit(nogil=True, cache=True, fastmath=True)
def _rim(
    field: Plane,
    rows: Plane,
    s: Plane,
    p: Plane,
    ramp: Plane,
    inks: Plane,
    view: Plane,
    depth: float,
    number: int,
    seed: np.uint32,
) -> None:
    """Lay one rim over what is behind it, only where it can be seen."""
    height, width = field.shape[1], field.shape[2]
    own = u(seed + u(number) * u(2654435761))
    # The nearest rim opens past the corners of the widest picture before it is gone.
    opening = f(2.6) * f(math.pow(STEP, -depth))
    reach = opening * STEP * (f(1.0) + p[ROUGH]) + f(0.02)
    far = depth / f(LAYERS)
    shown = smooth(f(0.0), f(0.14), f(1.0) - far) * smooth(f(0.0), f(0.35), depth)
    middle_x = f(0.10) * (chance(number, 1, seed) - f(0.5)) * opening
    middle_y = f(0.10) * (chance(number, 2, seed) - f(0.5)) * opening
    angle = f(6.2831853) * chance(number, 3, seed)
    ca, sa = f(math.cos(angle)), f(math.sin(angle))
    inverse = f(1.0) / opening
    detail = p[DETAIL] * (f(0.8) + f(0.4) * s[DENSITY])
    limit = f(0.30) * f(height) * opening / detail
    fog = smooth(f(0.0), f(1.0), far)
    tone = f(0.03) + f(0.66) * fog
    pixel = f(2.0) / f(height) * inverse
    soft = max(p[SOFT], f(1.5) * pixel)
    glow = p[RIM] * (f(0.35) + f(0.9) * fog) * (f(0.7) + f(0.5) * s[GLOW])
    for y in range(height):
        v = f(1.0) - (f(y) + f(0.5)) * f(2.0) / f(height) - middle_y
        # Rims in front hide everything outside this reach; the first few reach past the picture anyway.
        room = reach * reach - v * v
        if depth > f(1.6) and room <= f(0.0):
            continue
        half = f(math.sqrt(max(room, f(0.0)))) if depth > f(1.6) else f(9.0)
        per = f(width) / (f(2.0) * view[0])
        x0 = max(np.int64((middle_x - half + view[0]) * per), 0)
        x1 = min(np.int64((middle_x + half + view[0]) * per) + 1, width)
        if x1 - x0 < 2:
            continue
        xs, ys = rows[0, x0:x1], rows[1, x0:x1]
        body, ax, ay = rows[2, x0:x1], rows[3, x0:x1], rows[4, x0:x1]
        screen = f(2.0) * view[0] / f(width)
        for i in range(x1 - x0):
            x = ((f(i + x0) + f(0.5)) * screen - view[0] - middle_x) * inverse / view[1]
            z = v * inverse / view[1]
            xs[i] = x
            ys[i] = z
            ax[i] = (ca * x - sa * z) * detail + f(31.7)
            ay[i] = (sa * x + ca * z) * detail - f(12.9)
        layered(body, ax, ay, 4, f(0.5), s[TIME] * f(0.02), limit, p[RIDGED], own)
        for i in range(x1 - x0):
            r = math.sqrt(xs[i] * xs[i] + ys[i] * ys[i])
            d = r - f(1.0) - p[ROUGH] * body[i]
            cover = shown * smooth(-soft, soft, d)
            inside = max(d, f(0.0))
            lip = glow * fade_out(inside * f(9.0)) * (f(1.0) + f(0.35) * s[RIPPLE])
            at = tone + f(0.10) * body[i] * (f(1.0) - fog) + f(0.20) * lip + f(0.06) * fade_out(inside * f(2.0))
            for c in range(3):
                light = shade(ramp, c, at) + inks[c, 3] * lip * f(0.5) * (f(0.6) + f(0.4) * s[LEVEL])
                field[c, y, i + x0] += cover * (light - field[c, y, i + x0])


FAMILY = Family(
    name="passage",
    descriptors=(
        "flying through an endless tunnel towards a light",
        "a cave, a passage, a portal, falling into the depths",
        "infinite zoom, travelling inwards, hypnotic descent",
        "a corridor between worlds, breaking through to the other side",
    ),
    parameters=(
        Parameter("softness", 0.004, 0.6, 0.05),
        Parameter("roughness", 0.15, 0.7),
        Parameter("detail", 0.6, 2.4),
        Parameter("ridged", 0.0, 1.0, 0.0),
        Parameter("rim light", 0.0, 1.2, 0.1),
        Parameter("speed", 0.2, 1.0, 0.1),
    ),
    looks=(
        Look("cave", "an endless cave of dark rock towards a distant light", 0.28, (0.01, 0.42, 1.5, 0.0, 0.8, 0.42)),
        Look("cloud tunnel", "an endless tunnel of soft clouds", 0.34, (0.45, 0.55, 1.1, 0.0, 0.25, 0.5)),
        Look("paper cut", "endless layers of cut paper opening inwards", 0.36, (0.008, 0.34, 0.9, 0.0, 0.45, 0.36)),
        Look("roots", "a tunnel of roots and crystal veins", 0.30, (0.03, 0.6, 1.0, 1.0, 1.0, 0.45)),
    ),
    coarse=1,
    paint=paint,
)

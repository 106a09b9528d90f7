"""An endless passage: rims of rock, cloud or paper, each with an opening, flown through towards a light."""

import math

import numpy as np
from numba import njit

from songcut.shooting.procedural.families.family import (
    ASPECT,
    DENSITY,
    GLOW,
    LEVEL,
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
from songcut.shooting.procedural.families.framing import flat_view, lay_row, shade
from songcut.shooting.procedural.noise import (
    Number,
    chance,
    f,
    fade_out,
    i32,
    i64,
    layered,
    screen_row,
    smooth,
    u,
)

SOFT, ROUGH, DETAIL, RIDGED, RIM, SPEED = range(6)
LAYERS = 8
# Each rim is this much smaller than the one before it.
STEP = f(1.75)
# The noise that shapes a rim is held within this, so that where a rim can be seen is known before it is drawn.
BOUND = f(0.6)


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def paint(field: Plane, s: Plane, p: Plane, ramp: Plane, inks: Plane, seed: Number) -> None:
    """Draw the picture; see ``family.Kernel``."""
    height, width = field.shape[1], field.shape[2]
    rows = np.empty((4, width), np.float32)
    view = np.empty(6, np.float32)
    flat_view(s, f(0.0), f(0.0), view)
    view[2], view[3] = f(1.0), f(0.0)
    travel = s[TIME] * p[SPEED] + s[PUSH] * f(2.2)
    first = i32(math.floor(travel))
    part = travel - f(first)
    core = f(0.8) + f(0.45) * (s[GLOW] - f(0.85))
    # Beyond this the rims, of which all but the farthest are whole, hide the light.
    reach = f(2.6) * f(math.pow(STEP, f(2.9 - LAYERS))) * (f(1.1) + BOUND * p[ROUGH] + p[SOFT]) * s[SCALE]
    for y in range(height):
        screen_row(rows[0], rows[1], y, height, view)
        if abs(rows[1, 0]) > reach:
            continue
        for i in range(width):
            r = math.sqrt(rows[0, i] * rows[0, i] + rows[1, i] * rows[1, i])
            light = core * (fade_out(r * f(5.0)) + f(0.5) * fade_out(r * f(1.7)))
            for c in range(3):
                field[c, y, i] = shade(ramp, c, f(0.80) + f(0.2) * light) + inks[c, 2] * light * f(0.9)
    for back in range(LAYERS):
        k = LAYERS - 1 - back
        # 0 when the rim passes the camera, LAYERS when it appears.
        depth = f(k) + f(1.0) - part
        _rim(field, rows, s, p, ramp, inks, depth, first + i32(k), seed)


# Places in a rim's numbers.
X, Y, OPENING, COS, SIN, DETAIL_OF, LIMIT, FOG, TONE, SOFT_OF, GLOW_OF, SHOWN, RIDGED_OF, ROUGH_OF, DRIFT, ACCENT = (
    range(16)
)


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def _rim(
    field: Plane,
    rows: Plane,
    s: Plane,
    p: Plane,
    ramp: Plane,
    inks: Plane,
    depth: Number,
    number: Number,
    seed: Number,
) -> None:
    """Lay one rim over what is behind it, only where it can be seen."""
    height, width = field.shape[1], field.shape[2]
    own = u(seed + u(number) * u(2654435761))
    g = np.empty(16, np.float32)
    _measure(g, s, p, depth, number, height, seed)
    inner = max(f(1.0) - BOUND * p[ROUGH] - g[SOFT_OF], f(0.0)) * g[OPENING]
    # The rim in front hides what lies farther out than this; the first rims have none in front that is whole.
    outer = (f(1.0) + BOUND * p[ROUGH] + g[SOFT_OF]) * g[OPENING] * STEP + f(0.08) * g[OPENING]
    if depth < f(1.4):
        outer = f(99.0)
    per = f(width) / (f(2.0) * s[ASPECT])
    centre = (g[X] + s[ASPECT]) * per
    for y in range(height):
        v = f(1.0) - (f(y) + f(0.5)) * f(2.0) / f(height) - g[Y]
        if abs(v) >= outer:
            continue
        half = f(math.sqrt(outer * outer - v * v)) * per
        x0 = i64(max(centre - half, f(0.0)))
        x1 = i64(min(centre + half + f(1.0), f(width)))
        hole = f(math.sqrt(max(inner * inner - v * v, f(0.0)))) * per
        a = i64(min(max(centre - hole, f(x0)), f(x1)))
        b = i64(min(max(centre + hole, f(a)), f(x1)))
        if b - a < 8:
            _rim_span(field, rows, g, ramp, inks, y, x0, x1, v, per, own)
        else:
            _rim_span(field, rows, g, ramp, inks, y, x0, a, v, per, own)
            _rim_span(field, rows, g, ramp, inks, y, b, x1, v, per, own)


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def _measure(g: Plane, s: Plane, p: Plane, depth: Number, number: Number, height: Number, seed: Number) -> None:
    """Fill a rim's numbers; ``depth`` is 0 when it passes the camera and LAYERS when it appears."""
    # The nearest rim opens past the corners of the widest picture before it is gone.
    opening = f(2.6) * f(math.pow(STEP, -depth)) * s[SCALE]
    angle = f(6.2831853) * chance(number, 3, seed) + s[ROLL]
    far = depth / f(LAYERS)
    fog = smooth(f(0.0), f(1.0), far)
    g[X] = f(0.10) * (chance(number, 1, seed) - f(0.5)) * opening
    g[Y] = f(0.10) * (chance(number, 2, seed) - f(0.5)) * opening
    g[OPENING] = opening
    g[COS] = f(math.cos(angle))
    g[SIN] = f(math.sin(angle))
    g[DETAIL_OF] = p[DETAIL] * (f(0.8) + f(0.4) * s[DENSITY])
    g[LIMIT] = f(0.30) * f(height) * opening / g[DETAIL_OF]
    g[FOG] = fog
    g[TONE] = f(0.03) + f(0.66) * fog
    g[SOFT_OF] = max(p[SOFT], f(3.0) / (f(height) * opening))
    g[GLOW_OF] = p[RIM] * (f(0.35) + f(0.9) * fog) * (f(0.7) + f(0.5) * s[GLOW]) * (f(1.0) + f(0.35) * s[RIPPLE])
    g[SHOWN] = smooth(f(0.0), f(0.14), f(1.0) - far) * smooth(f(0.0), f(0.35), depth)
    g[RIDGED_OF] = p[RIDGED]
    g[ROUGH_OF] = p[ROUGH]
    g[DRIFT] = s[TIME] * f(0.02)
    g[ACCENT] = f(0.5) * (f(0.6) + f(0.4) * s[LEVEL])


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def _rim_span(
    field: Plane,
    rows: Plane,
    g: Plane,
    ramp: Plane,
    inks: Plane,
    y: Number,
    x0: Number,
    x1: Number,
    v: Number,
    per: Number,
    seed: Number,
) -> None:
    """Lay a rim over the pixels ``x0`` to ``x1`` of a row at height ``v`` over the rim's middle."""
    n = x1 - x0
    if n < 1:
        return
    away, body, ax, ay = rows[0, :n], rows[1, :n], rows[2, :n], rows[3, :n]
    inverse = f(1.0) / g[OPENING]
    z = v * inverse
    start = (f(x0) + f(0.5)) / per - f(field.shape[2]) / (f(2.0) * per) - g[X]
    for i in range(n):
        x = (start + f(i32(i)) / per) * inverse
        away[i] = math.sqrt(x * x + z * z)
        ax[i] = (g[COS] * x - g[SIN] * z) * g[DETAIL_OF] + f(31.7)
        ay[i] = (g[SIN] * x + g[COS] * z) * g[DETAIL_OF] - f(12.9)
    layered(body, ax, ay, 3, f(0.5), g[DRIFT], g[LIMIT], g[RIDGED_OF], seed)
    soft, thin = g[SOFT_OF], f(1.0) - g[FOG]
    for i in range(n):
        shape = min(max(body[i], -BOUND), BOUND)
        d = away[i] - f(1.0) - g[ROUGH_OF] * shape
        inside = max(d, f(0.0))
        lip = g[GLOW_OF] * fade_out(inside * f(9.0))
        ax[i] = g[TONE] + f(0.10) * shape * thin + f(0.20) * lip + f(0.06) * fade_out(inside * f(2.0))
        body[i] = g[SHOWN] * smooth(-soft, soft, d)
        ay[i] = lip
    for c in range(3):
        lay_row(field[c, y, x0:x1], body, ramp[c], ax, ay, inks[c, 3] * g[ACCENT])


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
        Look("cloud tunnel", "an endless tunnel of soft clouds", 0.34, (0.45, 0.55, 1.1, 0.0, 0.25, 0.5), coarse=2),
        Look("paper cut", "endless layers of cut paper opening inwards", 0.36, (0.008, 0.34, 0.9, 0.0, 0.45, 0.36)),
        Look("roots", "a tunnel of roots and crystal veins", 0.30, (0.03, 0.6, 1.0, 1.0, 1.0, 0.45)),
    ),
    coarse=1,
    paint=paint,
)

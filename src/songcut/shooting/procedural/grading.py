"""From linear light to the planes of a graded picture: bloom, vignette, filmic tone curve, grain, dither, bt709 I420.

The tone curve is J. Hejl's and R. Burgess-Dawson's filmic approximation ("Filmic tonemapping for real-time rendering",
SIGGRAPH 2010 course): one rational function from linear light to display values, with a toe that keeps blacks rich and
a shoulder that highlights never reach the end of. Luma is made at full size, chroma from the mean of 2x2 pixels.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from songcut.shooting.procedural.noise import Number, f, i32, i64

Plane = NDArray[np.float32]
Row = NDArray[np.float32]

# The bloom is spread on a grid of this many rows at every picture size, so that a proxy glows like the full picture.
BLOOM_ROWS = 45
# The grain tile is larger than the picture by this margin, into which it is shifted anew for every frame.
GRAIN_MARGIN = 64


@njit(inline="always")
def tone(light: Number) -> Number:
    """Return the display value, 0 to 1, of linear light (0.18 gives about 0.5)."""
    x = max(light - f(0.002), f(0.0))
    return (x * (f(6.2) * x + f(0.5))) / (x * (f(6.2) * x + f(1.7)) + f(0.06))


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def enlarge(small: Plane, large: Plane) -> None:
    """Fill ``large`` (3, 2h, 2w) from ``small`` (3, h, w), bilinear, pixel centres kept."""
    height = small.shape[1]
    width = small.shape[2]
    a = f(0.75)
    b = f(0.25)
    blend = np.empty(width, np.float32)
    for c in range(3):
        for y in range(large.shape[1]):
            near = min(y // 2, height - 1)
            far = max(near - 1, 0) if y % 2 == 0 else min(near + 1, height - 1)
            top = small[c, near]
            low = small[c, far]
            for x in range(width):
                blend[x] = a * top[x] + b * low[x]
            row = large[c, y]
            row[0] = blend[0]
            for x in range(1, width):
                row[2 * x] = a * blend[x] + b * blend[x - 1]
            for x in range(width - 1):
                row[2 * x + 1] = a * blend[x] + b * blend[x + 1]
            row[2 * width - 1] = blend[width - 1]


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def gather_bloom(field: Plane, grid: Plane, spare: Plane, passes: Number) -> None:
    """Average the picture's light over a coarse grid and blur it; bright light weighs more.

    ``grid`` and ``spare`` have shape (3, BLOOM_ROWS, columns).
    """
    height = field.shape[1]
    width = field.shape[2]
    rows = grid.shape[1]
    columns = grid.shape[2]
    total = np.zeros(width, np.float32)
    for c in range(3):
        for gy in range(rows):
            y0 = gy * height // rows
            y1 = max((gy + 1) * height // rows, y0 + 1)
            for x in range(width):
                total[x] = f(0.0)
            for y in range(y0, y1):
                row = field[c, y]
                for x in range(width):
                    total[x] += min(row[x], f(6.0))
            for gx in range(columns):
                x0 = gx * width // columns
                x1 = max((gx + 1) * width // columns, x0 + 1)
                s = f(0.0)
                for x in range(x0, x1):
                    s += total[x]
                grid[c, gy, gx] = s / f((y1 - y0) * (x1 - x0))
    for _ in range(passes):
        for c in range(3):
            for y in range(rows):
                for x in range(columns):
                    left = grid[c, y, max(x - 1, 0)]
                    right = grid[c, y, min(x + 1, columns - 1)]
                    spare[c, y, x] = f(0.25) * (left + right) + f(0.5) * grid[c, y, x]
            for y in range(rows):
                for x in range(columns):
                    up = spare[c, max(y - 1, 0), x]
                    down = spare[c, min(y + 1, rows - 1), x]
                    grid[c, y, x] = f(0.25) * (up + down) + f(0.5) * spare[c, y, x]


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def develop(
    field: Plane,
    bloom: Plane,
    grain: NDArray[np.int8],
    shift: NDArray[np.int64],
    look: Plane,
    luma: NDArray[np.uint8],
    blue: NDArray[np.uint8],
    red: NDArray[np.uint8],
) -> None:
    """Grade a picture and write its planes, limited range.

    Parameters
    ----------
    field
        Linear light, shape (3, height, width).
    bloom
        From ``gather_bloom``.
    grain
        Shape (height + GRAIN_MARGIN, width + GRAIN_MARGIN), in 1/32 of a code value at mid-grey.
    shift
        Where in the margin this frame's grain starts: row, column.
    look
        Exposure, share of bloom, vignette strength, saturation, black lift.
    luma, blue, red
        Planes to write; the chroma planes have half the sides.
    """
    height = field.shape[1]
    width = field.shape[2]
    glow = np.empty((3, width), np.float32)
    shown = np.empty((3, 2, width), np.float32)
    shade = np.empty(width, np.float32)
    left, part = _bloom_columns(bloom.shape[2], width)
    exposure, share, vignette, saturation, lift = look[0], look[1], look[2], look[3], look[4]
    across = f(2.0) / f(width)
    for pair in range(height // 2):
        _bloom_row(bloom, glow, left, part, (f(pair) * f(2.0) + f(1.0)) * f(bloom.shape[1]) / f(height))
        for k in range(2):
            y = 2 * pair + k
            v = f(2.0) * (f(y) + f(0.5)) / f(height) - f(1.0)
            for x in range(width):
                h = (f(i32(x)) + f(0.5)) * across - f(1.0)
                d = h * h * f(0.62) + v * v * f(0.38)
                shade[x] = exposure * (f(1.0) - vignette * d * d * (f(1.6) - f(0.6) * d))
            _expose(field[0, y], glow[0], shade, shown[0, k], share, lift)
            _expose(field[1, y], glow[1], shade, shown[1, k], share, lift)
            _expose(field[2, y], glow[2], shade, shown[2, k], share, lift)
            specks = grain[y + shift[0], shift[1] : shift[1] + width]
            _luma(shown[0, k], shown[1, k], shown[2, k], specks, luma[y])
        _chroma(shown, saturation, grain[2 * pair + shift[0]], blue[pair], red[pair])


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def _expose(line: Row, halo: Row, shade: Row, out: Row, share: Number, lift: Number) -> None:
    """Add the bloom to a channel's row, expose it and bend it to display values."""
    for x in range(line.shape[0]):
        light = line[x] + share * (halo[x] - line[x])
        out[x] = lift + (f(1.0) - lift) * tone(light * shade[x])


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def _luma(r: Row, g: Row, b: Row, specks: NDArray[np.int8], out: NDArray[np.uint8]) -> None:
    """Write a row of luma with grain."""
    for x in range(r.shape[0]):
        grey = f(0.2126) * r[x] + f(0.7152) * g[x] + f(0.0722) * b[x]
        # Film grain is strongest in the mid-tones; the floor of it dithers what is smooth.
        amount = f(0.5) + f(2.2) * grey * (f(1.0) - grey)
        value = f(16.5) + f(219.0) * grey + amount * f(1.0 / 32.0) * f(i32(specks[x]))
        out[x] = np.uint8(i32(min(max(value, f(16.0)), f(235.0))))


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def _bloom_columns(columns: Number, width: Number) -> Any:
    """Return for each pixel the bloom column left of it and how far it is towards the next."""
    left = np.empty(width, np.int32)
    part = np.empty(width, np.float32)
    step = f(columns) / f(width)
    for x in range(width):
        at = min(max((f(i32(x)) + f(0.5)) * step - f(0.5), f(0.0)), f(columns - 1))
        left[x] = min(i32(at), i32(columns - 2))
        part[x] = at - f(left[x])
    return left, part


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def _bloom_row(bloom: Plane, glow: Plane, left: NDArray[np.int32], part: Row, y: Number) -> None:
    """Sample the bloom grid along one picture row (y in grid rows)."""
    rows = bloom.shape[1]
    columns = bloom.shape[2]
    at = min(max(y - f(0.5), f(0.0)), f(rows - 1))
    j = min(i64(at), rows - 2)
    t = at - f(j)
    blend = np.empty(columns, np.float32)
    for c in range(3):
        top = bloom[c, j]
        low = bloom[c, j + 1]
        for x in range(columns):
            blend[x] = top[x] + t * (low[x] - top[x])
        out = glow[c]
        for x in range(left.shape[0]):
            i = left[x]
            out[x] = blend[i] + part[x] * (blend[i + 1] - blend[i])


@njit(nogil=True, cache=True, fastmath=True, error_model="numpy")
def _chroma(
    shown: Plane, saturation: Number, specks: NDArray[np.int8], blue: NDArray[np.uint8], red: NDArray[np.uint8]
) -> None:
    """Write a row of both chroma planes from two rows of display RGB; every other speck dithers."""
    for x in range(blue.shape[0]):
        a = 2 * x
        r = f(0.25) * (shown[0, 0, a] + shown[0, 0, a + 1] + shown[0, 1, a] + shown[0, 1, a + 1])
        g = f(0.25) * (shown[1, 0, a] + shown[1, 0, a + 1] + shown[1, 1, a] + shown[1, 1, a + 1])
        b = f(0.25) * (shown[2, 0, a] + shown[2, 0, a + 1] + shown[2, 1, a] + shown[2, 1, a + 1])
        grey = f(0.2126) * r + f(0.7152) * g + f(0.0722) * b
        dither = f(i32(specks[a])) * f(0.5 / 32.0)
        cb = f(128.5) + saturation * f(224.0 / 1.8556) * (b - grey) + dither
        cr = f(128.5) + saturation * f(224.0 / 1.5748) * (r - grey) - dither
        blue[x] = np.uint8(i32(min(max(cb, f(16.0)), f(240.0))))
        red[x] = np.uint8(i32(min(max(cr, f(16.0)), f(240.0))))


def grain_tile(height: int, width: int, seed: int) -> NDArray[np.int8]:
    """Make a grain tile: near-Gaussian specks a little larger than a pixel, standard deviation 32 (see develop)."""
    random = np.random.Generator(np.random.Philox(seed))
    shape = (height + GRAIN_MARGIN, width + GRAIN_MARGIN)
    # The sum of three even random bytes is near enough to Gaussian, and quick.
    fine = random.integers(-128, 128, (3, *shape), dtype=np.int8).sum(axis=0, dtype=np.float32)
    soft = fine + 0.35 * (np.roll(fine, 1, 0) + np.roll(fine, 1, 1))
    return np.asarray(np.clip(soft * (32.0 / float(soft.std())), -127, 127), dtype=np.int8)


def display(light: Plane) -> Plane:
    """Tone-map linear light with numpy: the same curve as ``tone``, for measuring."""
    x = np.maximum(light - np.float32(0.002), 0)
    return np.asarray((x * (6.2 * x + 0.5)) / (x * (6.2 * x + 1.7) + 0.06), dtype=np.float32)


__all__ = ["BLOOM_ROWS", "GRAIN_MARGIN", "develop", "display", "enlarge", "gather_bloom", "grain_tile", "tone"]

"""From linear light to the planes of a graded picture: bloom, vignette, filmic tone curve, grain, dither, bt709 I420.

The tone curve is J. Hejl's and R. Burgess-Dawson's filmic approximation ("Filmic tonemapping for real-time rendering",
SIGGRAPH 2010 course): one rational function from linear light to display values, with a toe that keeps blacks rich and a
shoulder that highlights never reach the end of. Luma is made at full size and chroma from the mean of 2x2 pixels.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from songcut.shooting.procedural.noise import f

Plane = NDArray[np.float32]

# The bloom is spread on a grid of this many rows at every picture size, so that a proxy glows like the full picture.
BLOOM_ROWS = 45
# The grain tile is larger than the picture by this margin, into which it is shifted anew for every frame.
GRAIN_MARGIN = 64


@njit(inline="always")
def tone(light: float) -> float:
    """Return the display value, 0 to 1, of linear light (0.18 gives about 0.5)."""
    x = max(light - f(0.002), f(0.0))
    return (x * (f(6.2) * x + f(0.5))) / (x * (f(6.2) * x + f(1.7)) + f(0.06))


@njit(nogil=True, cache=True, fastmath=True)
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


@njit(nogil=True, cache=True, fastmath=True)
def gather_bloom(field: Plane, grid: Plane, spare: Plane, passes: int) -> None:
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


@njit(nogil=True, cache=True, fastmath=True)
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
    rows = bloom.shape[1]
    columns = bloom.shape[2]
    glow = np.empty((3, width), np.float32)
    shown = np.empty((3, 2, width), np.float32)
    exposure, share, vignette, saturation, lift = look[0], look[1], look[2], look[3], look[4]
    for pair in range(height // 2):
        _bloom_row(bloom, glow, (f(pair) * f(2.0) + f(1.0)) * f(rows) / f(height), f(columns) / f(width))
        for k in range(2):
            y = 2 * pair + k
            v = f(2.0) * (f(y) + f(0.5)) / f(height) - f(1.0)
            for c in range(3):
                line = field[c, y]
                halo = glow[c]
                out = shown[c, k]
                for x in range(width):
                    h = f(2.0) * (f(x) + f(0.5)) / f(width) - f(1.0)
                    d = h * h * f(0.62) + v * v * f(0.38)
                    shade = f(1.0) - vignette * d * d * (f(1.6) - f(0.6) * d)
                    light = line[x] + share * (halo[x] - line[x])
                    out[x] = lift + (f(1.0) - lift) * tone(light * exposure * shade)
            r, g, b = shown[0, k], shown[1, k], shown[2, k]
            specks = grain[y + shift[0]]
            out8 = luma[y]
            offset = shift[1]
            for x in range(width):
                grey = f(0.2126) * r[x] + f(0.7152) * g[x] + f(0.0722) * b[x]
                # Film grain is strongest in the mid-tones; a floor of one code value dithers what is left.
                amount = f(0.5) + f(2.2) * grey * (f(1.0) - grey)
                value = f(16.5) + f(219.0) * grey + amount * f(1.0 / 32.0) * f(specks[x + offset])
                out8[x] = np.uint8(min(max(value, f(16.0)), f(235.0)))
        _chroma(shown, saturation, grain[2 * pair + shift[0]], blue[pair], red[pair])


@njit(nogil=True, cache=True, fastmath=True)
def _bloom_row(bloom: Plane, glow: Plane, y: float, step: float) -> None:
    """Sample the bloom grid along one picture row (y in grid rows)."""
    rows = bloom.shape[1]
    columns = bloom.shape[2]
    at = min(max(y - f(0.5), f(0.0)), f(rows - 1))
    j = min(np.int64(at), rows - 2)
    t = at - f(j)
    for c in range(3):
        for x in range(glow.shape[1]):
            px = min(max((f(x) + f(0.5)) * step - f(0.5), f(0.0)), f(columns - 1))
            i = min(np.int32(px), np.int32(columns - 2))
            q = px - f(i)
            top = bloom[c, j, i] + q * (bloom[c, j, i + 1] - bloom[c, j, i])
            low = bloom[c, j + 1, i] + q * (bloom[c, j + 1, i + 1] - bloom[c, j + 1, i])
            glow[c, x] = top + t * (low - top)


@njit(nogil=True, cache=True, fastmath=True)
def _chroma(
    shown: Plane, saturation: float, specks: NDArray[np.int8], blue: NDArray[np.uint8], red: NDArray[np.uint8]
) -> None:
    """Write a row of both chroma planes from two rows of display RGB; every third speck dithers."""
    for x in range(blue.shape[0]):
        a = 2 * x
        r = f(0.25) * (shown[0, 0, a] + shown[0, 0, a + 1] + shown[0, 1, a] + shown[0, 1, a + 1])
        g = f(0.25) * (shown[1, 0, a] + shown[1, 0, a + 1] + shown[1, 1, a] + shown[1, 1, a + 1])
        b = f(0.25) * (shown[2, 0, a] + shown[2, 0, a + 1] + shown[2, 1, a] + shown[2, 1, a + 1])
        grey = f(0.2126) * r + f(0.7152) * g + f(0.0722) * b
        dither = f(specks[a]) * f(0.5 / 32.0)
        cb = f(128.5) + saturation * f(224.0 / 1.8556) * (b - grey) + dither
        cr = f(128.5) + saturation * f(224.0 / 1.5748) * (r - grey) - dither
        blue[x] = np.uint8(min(max(cb, f(16.0)), f(240.0)))
        red[x] = np.uint8(min(max(cr, f(16.0)), f(240.0)))


def grain_tile(height: int, width: int, seed: int) -> NDArray[np.int8]:
    """Make the grain of a shot: near-Gaussian specks a little larger than a pixel, standard deviation 32 (see develop)."""
    random = np.random.Generator(np.random.Philox(seed))
    shape = (height + GRAIN_MARGIN, width + GRAIN_MARGIN)
    # The sum of four even random bytes is near enough to Gaussian, and quick.
    fine = sum(random.integers(-128, 128, shape, dtype=np.int16) for _ in range(3)).astype(np.float32)
    soft = fine + 0.35 * (np.roll(fine, 1, 0) + np.roll(fine, 1, 1))
    return np.clip(soft * (32.0 / float(soft.std())), -127, 127).astype(np.int8)


def display(light: Plane) -> Plane:
    """Tone-map linear light with numpy: the same curve as ``tone``, for measuring."""
    x = np.maximum(light - np.float32(0.002), 0)
    return np.asarray((x * (6.2 * x + 0.5)) / (x * (6.2 * x + 1.7) + 0.06), dtype=np.float32)


__all__ = ["BLOOM_ROWS", "GRAIN_MARGIN", "develop", "display", "enlarge", "gather_bloom", "grain_tile", "tone"]

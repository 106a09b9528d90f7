"""Lay frames of a film out on one page, to see at a glance what it looks like.

python3 run.py python samples/contact_sheet.py FILM.mp4 SHEET.jpg [COLUMNSxROWS]
"""

import sys
from pathlib import Path

from PIL import Image

from songcut.media.probe import probe_video
from songcut.media.reading import read_rgb

WIDTH = 240


def main(film: Path, sheet: Path, grid: str = "6x5") -> None:
    """Write the sheet: frames evenly over the film, row by row."""
    columns, rows = (int(number) for number in grid.split("x"))
    info = probe_video(film)
    height = round(WIDTH * info.height / info.width / 2) * 2
    count = columns * rows
    times = [info.duration * (2 * n + 1) / (2 * count) for n in range(count)]
    page = Image.new("RGB", (columns * WIDTH, rows * height))
    for n, frame in enumerate(read_rgb(film, times, WIDTH, height)):
        page.paste(Image.fromarray(frame), (n % columns * WIDTH, n // columns * height))
    page.save(sheet, quality=82)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])

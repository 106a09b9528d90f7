"""A generator of colour cards: each take is one colour of the palette, brighter on the beat."""

import hashlib
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from songcut.media.writing import write_segment
from songcut.model.takes import Take
from songcut.ports import ShootingFloor, TakeOrder

# How much of the way to white a full beat lights the card.
FLASH = 0.35


class SolidGenerator:
    """Shoots cards at full size; there is nothing to gain from proxies."""

    name = "solid"
    version = "1"
    made_to_order = True
    shoots_proxies = False

    def shoot(self, orders: Sequence[TakeOrder], floor: ShootingFloor) -> Iterator[Take]:
        """Yield one take for every order."""
        for order in orders:
            yield shoot_card(order, floor)

    def finish(self, take: Take, order: TakeOrder, floor: ShootingFloor) -> Take:
        """Return the take as it is: it is no proxy."""
        return take


def shoot_card(order: TakeOrder, floor: ShootingFloor) -> Take:
    """Write one card's file, named by the order's id, and return its take."""
    colour = order.palette[order.seed % len(order.palette)]
    base = np.array(colour.rgb)
    pictures = (card(base + (1 - base) * FLASH * beat, order) for beat in order.music.beat)
    path = floor.folder / f"{order.id}.mp4"
    frames = write_segment(path, pictures, order.picture, floor.quality)  # the file appears whole or not at all
    return Take(
        id=order.id,
        shot=order.shot.index,
        generator=SolidGenerator.name,
        prompt=order.full_prompt,
        caption=f"a plain {colour.name} card pulsing with the beat",
        path=str(path),
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        duration=Fraction(frames) / order.picture.rate,
        width=order.picture.width,
        height=order.picture.height,
        seed=order.seed,
    )


def card(rgb: NDArray[np.float64], order: TakeOrder) -> NDArray[np.uint8]:
    """Return a plain picture as songcut encodes it: I420, BT.709, limited range (ITU-R BT.709-6, 3.2 to 3.5)."""
    red, green, blue = rgb
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    width, height = order.picture.width, order.picture.height
    picture = np.empty((height * 3 // 2, width), dtype=np.uint8)
    picture[:height] = round(16 + 219 * luma)
    picture[height : height * 5 // 4] = round(128 + 224 * (blue - luma) / 1.8556)
    picture[height * 5 // 4 :] = round(128 + 224 * (red - luma) / 1.5748)
    return picture

"""A small deterministic embedder for tests: texts by their words, pictures by the name of their mean colour."""

import re
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_STOP_WORDS = frozenset(
    ["a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "is", "it", "its", "of", "on"]
)
_COLOURS = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "grey": (128, 128, 128),
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "yellow": (255, 255, 0),
    "cyan": (0, 255, 255),
    "magenta": (255, 0, 255),
    "orange": (255, 128, 0),
}


class StubEmbedder:
    """Bag-of-words hashing: texts that share words are alike, and a red picture is like the word "red".

    Parameters
    ----------
    images
        Whether pictures can be embedded too; without it ``embed_images`` raises BackendError.
    """

    name = "stub"
    revision = "1"

    def __init__(self, images: bool = True, dimensions: int = 512) -> None:
        self.modalities = frozenset({"text", "image"}) if images else frozenset({"text"})
        self._dimensions = dimensions

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows, shape (texts, dimensions)."""
        return np.stack([self._of(text) for text in texts]) if texts else self._none()

    def embed_images(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return unit rows, shape (images, dimensions)."""
        from songcut.errors import BackendError

        if "image" not in self.modalities:
            raise BackendError("stub: this embedder reads texts only")
        return self.embed_texts([_colour_name(image) for image in images])

    def _of(self, text: str) -> NDArray[np.float32]:
        row = np.zeros(self._dimensions, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()):
            if word in _STOP_WORDS:
                continue
            # Plurals count as their singular: enough of a stem for tests.
            code = zlib.crc32(word.removesuffix("s").encode())
            row[code % self._dimensions] += 1.0 if code >> 31 else -1.0
        length = float(np.linalg.norm(row))
        if length == 0.0:
            row[0] = length = 1.0
        return row / np.float32(length)

    def _none(self) -> NDArray[np.float32]:
        return np.zeros((0, self._dimensions), dtype=np.float32)


def _colour_name(image: NDArray[np.uint8]) -> str:
    mean = image.reshape(-1, 3).mean(axis=0)
    return min(_COLOURS, key=lambda name: float(np.sum((mean - np.array(_COLOURS[name])) ** 2)))

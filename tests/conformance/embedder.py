"""The laws of an embedder. Subclass the suite and give it yours in a ``plugin`` fixture (scope it to the class if
its model is slow to load).
"""

import numpy as np
import pytest

from songcut.errors import BackendError
from songcut.ports import Embedder

TEXTS = ["a lighthouse in fog", "neon rain on a city street at night", "Ein Hund, der über die Wiese läuft", "x"]


def solid(red: int, green: int, blue: int, height: int = 40, width: int = 64) -> np.ndarray:
    return np.full((height, width, 3), (red, green, blue), dtype=np.uint8)


class EmbedderConformance:
    @pytest.fixture
    def plugin(self) -> Embedder:
        raise NotImplementedError("override the plugin fixture")

    def test_it_is_an_embedder_that_names_its_weights(self, plugin: Embedder) -> None:
        assert isinstance(plugin, Embedder)
        assert plugin.name.strip()
        assert plugin.revision.strip()
        assert plugin.modalities in ({"text"}, {"text", "image"})

    def test_texts_become_unit_rows(self, plugin: Embedder) -> None:
        rows = plugin.embed_texts(TEXTS)
        assert rows.dtype == np.float32
        assert rows.shape == (len(TEXTS), rows.shape[1])
        assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-4)

    def test_a_text_alone_and_in_a_batch_agree(self, plugin: Embedder) -> None:
        together = plugin.embed_texts(TEXTS)
        for text, row in zip(TEXTS, together, strict=True):
            assert float(plugin.embed_texts([text])[0] @ row) > 0.9999

    def test_the_same_text_gives_the_same_row_and_another_another(self, plugin: Embedder) -> None:
        rows = plugin.embed_texts([TEXTS[0], TEXTS[1], TEXTS[0]])
        assert rows[0] == pytest.approx(rows[2], abs=1e-6)
        assert float(rows[0] @ rows[1]) < 0.999

    def test_no_texts_give_no_rows(self, plugin: Embedder) -> None:
        assert plugin.embed_texts([]).shape == (0, plugin.embed_texts(["x"]).shape[1])

    @pytest.mark.parametrize("text", ["", "   ", "word " * 3000, "\U0001f30a"], ids=["empty", "blank", "long", "emoji"])
    def test_odd_texts_have_finite_rows(self, plugin: Embedder, text: str) -> None:
        assert np.all(np.isfinite(plugin.embed_texts([text])))

    def test_pictures_are_refused_by_a_text_embedder_and_embedded_by_another(self, plugin: Embedder) -> None:
        pictures = [
            solid(220, 30, 30),
            solid(20, 40, 200, 90, 50),
            np.random.default_rng(1).integers(0, 255, (48, 48, 3), np.uint8),
        ]
        if "image" not in plugin.modalities:
            with pytest.raises(BackendError):
                plugin.embed_images(pictures)
            return
        rows = plugin.embed_images(pictures)
        dimensions = plugin.embed_texts(["x"]).shape[1]
        assert rows.shape == (3, dimensions)
        assert rows.dtype == np.float32
        assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-4)
        assert float(plugin.embed_images(pictures[1:2])[0] @ rows[1]) > 0.999
        assert plugin.embed_images([]).shape == (0, dimensions)

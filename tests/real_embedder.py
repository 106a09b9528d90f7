"""The bundled text model, loaded once a test session: about four CPU-seconds."""

from functools import cache

from songcut.choosing.embedders import BundledTextEmbedder


@cache
def real_embedder() -> BundledTextEmbedder:
    """Return the shared embedder."""
    return BundledTextEmbedder()

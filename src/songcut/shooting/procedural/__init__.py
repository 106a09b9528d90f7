"""Pictures without a model: scene families drawn by numba kernels, chosen by the prompt and moved by the music."""

"""Decoded sound."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Audio:
    """Mono sound for analysis.

    Attributes
    ----------
    samples
        float32, shape (samples,), nominally -1 to 1; sample 0 is the song's time zero.
    rate
        Samples per second.
    """

    samples: NDArray[np.float32]
    rate: int

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / self.rate

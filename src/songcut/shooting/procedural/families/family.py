"""What a scene family is: a kernel, its declared parameters, its looks, and the sentences that call for it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Kernel = Callable[[Plane, Plane, Plane, Plane, Plane, np.uint32], None]
"""``paint(field, state, values, ramp, inks, seed)``.

field
    Linear light to draw on, shape (3, height, width), 1 being diffuse white; ``paint`` fills it, ``overlay`` adds.
state
    The frame: time, camera and music, indexed by the names below.
values
    The look's parameters in the family's declared order.
ramp
    The palette from its shadows to its lights, shape (3, 1024).
inks
    Key colours of the palette, shape (3, 4): shadow, body, light, accent.
seed
    Decides everything random.
"""

# Places in a frame's state.
TIME = 0  # seconds of motion since the shot's start, faster where the music has more energy
PUSH = 1  # how far the camera has come forward, 1 being about one scene depth a good push makes
PAN = 2  # camera shift right, in half picture heights at depth 1
LIFT = 3  # camera shift up
ROLL = 4  # radians
SCALE = 5  # focal scale, 1 at rest
GLOW = 6  # how strongly small lights shine, 1 at rest
RIPPLE = 7  # 0 to 1, jumps on beats and falls away
LEVEL = 8  # energy of the music, 0 to 1, smoothed
ASPECT = 9  # picture width over height
DENSITY = 10  # 0 sparse to 1 dense
STATES = 11


# Mean of the graded picture, 0 to 1, above which it looks washed out whatever is in it.
_BRIGHTEST = 0.56


@dataclass(frozen=True)
class Parameter:
    """A number a look sets; takes of one look vary within a part of ``low`` to ``high``.

    Attributes
    ----------
    spread
        How much of the range the seed may move the look's value, 0 to 1.
    """

    name: str
    low: float
    high: float
    spread: float = 0.15


@dataclass(frozen=True)
class Look:
    """One way a family can look.

    Attributes
    ----------
    caption
        What is seen, as a noun phrase for "... through/over/of".
    light
        Mean brightness of the picture in the middle of the light range, 0 to 1 in display values.
    values
        The family's parameters, in declared order.
    coarse
        2 when this look is soft enough to be drawn at half size though its family is not; 0: as the family.
    """

    name: str
    caption: str
    light: float
    values: tuple[float, ...]
    coarse: int = 0

    def lit(self, light: float) -> float:
        """Return the brightness wanted of it in light from -1 (dark) to 1 (bright)."""
        return min(self.light * (1.0 + 0.38 * light), _BRIGHTEST)


@dataclass(frozen=True)
class Family:
    """A kind of scene.

    Attributes
    ----------
    descriptors
        Sentences that call for it; a prompt is compared with each.
    coarse
        1 when ``paint`` needs every pixel, 2 when its picture is smooth enough to be drawn at half size.
    paint
        Draws the picture.
    overlay
        Draws sharp details over it at full size, or None.
    """

    name: str
    descriptors: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    looks: tuple[Look, ...]
    coarse: int
    paint: Kernel
    overlay: Kernel | None = None

    def __post_init__(self) -> None:
        for look in self.looks:
            if len(look.values) != len(self.parameters):
                raise ValueError(f"{self.name}, {look.name}: {len(self.parameters)} parameters, not {len(look.values)}")
            for value, parameter in zip(look.values, self.parameters, strict=True):
                if not parameter.low <= value <= parameter.high:
                    raise ValueError(f"{self.name}, {look.name}: {parameter.name} {value} is outside its range")

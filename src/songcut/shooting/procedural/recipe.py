"""What a take is made from, beside its order: kept in its settings, so that it can be shot again at full size."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Recipe:
    """The choices made for a take.

    Attributes
    ----------
    family, look, camera
        Names.
    pace
        How fast the camera moves, 1 being calm.
    motion
        -1 calm to 1 violent.
    light
        -1 dark to 1 bright.
    density
        -1 sparse to 1 dense.
    """

    family: str
    look: str
    camera: str
    pace: float = 1.0
    motion: float = 0.0
    light: float = 0.0
    density: float = 0.0

    def settings(self) -> tuple[tuple[str, str], ...]:
        """Return name and value pairs; the numbers are written so that reading gives the same ones."""
        return tuple((field.name, str(getattr(self, field.name))) for field in fields(self))


def recipe_from(settings: tuple[tuple[str, str], ...]) -> Recipe:
    """Read what ``Recipe.settings`` wrote.

    Raises
    ------
    ValueError
        If a name is missing or a number is none.
    """
    pairs = dict(settings)
    try:
        return Recipe(
            family=pairs["family"],
            look=pairs["look"],
            camera=pairs["camera"],
            pace=float(pairs["pace"]),
            motion=float(pairs["motion"]),
            light=float(pairs["light"]),
            density=float(pairs["density"]),
        )
    except KeyError as missing:
        raise ValueError(f"the take's settings lack {missing}") from None

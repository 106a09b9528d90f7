"""The scene families, each a module with its kernel, its parameters and its looks."""

from songcut.shooting.procedural.families import aurora, city, fire, flow, horizon, ink, mandala, passage, stars, water
from songcut.shooting.procedural.families.family import Family

FAMILIES: tuple[Family, ...] = (
    water.FAMILY,
    horizon.FAMILY,
    city.FAMILY,
    stars.FAMILY,
    aurora.FAMILY,
    fire.FAMILY,
    flow.FAMILY,
    ink.FAMILY,
    passage.FAMILY,
    mandala.FAMILY,
)

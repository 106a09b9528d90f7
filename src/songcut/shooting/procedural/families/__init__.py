"""The scene families, each a module with its kernel, its parameters and its looks."""

from songcut.shooting.procedural.families import ink, passage, stars
from songcut.shooting.procedural.families.family import Family

FAMILIES: tuple[Family, ...] = (ink.FAMILY, passage.FAMILY, stars.FAMILY)

"""Saving and loading values: plain data under a versioned schema label, checked on reading, upgraded when old.

pydantic checks the frozen dataclasses as they stand; it is the one dependency of this room besides numpy.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

Value = TypeVar("Value")
Data = dict[str, Any]

# (name, old version) -> function from the old data to the next version's.
_UPGRADES: dict[tuple[str, int], Callable[[Data], Data]] = {}


class SchemaError(ValueError):
    """Data does not fit its schema; ``place`` is the path to the fault, keys and indices, outermost first."""

    def __init__(self, place: tuple[str | int, ...], reason: str) -> None:
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
        super().__init__(f"{where}: {reason}" if where else reason)
        self.place = place
        self.reason = reason


@dataclass(frozen=True)
class Schema:
    """A label for saved data: ``songcut/NAME.VERSION``."""

    name: str
    version: int

    @property
    def label(self) -> str:
        """The label as written into files."""
        return f"songcut/{self.name}.{self.version}"


def to_data(value: object) -> Any:
    """Turn a value made of frozen dataclasses into plain data that JSON can hold; Fractions become ``"24/1"``."""
    return _adapter(cast(Any, type(value))).dump_python(value, mode="json")


def from_data(kind: type[Value], data: object) -> Value:
    """Check plain data and make the value.

    Raises
    ------
    SchemaError
        Naming the first fault's place.
    """
    try:
        value: Value = _adapter(cast(Any, kind)).validate_json(json.dumps(data))
    except ValidationError as error:
        first = error.errors()[0]
        raise SchemaError(tuple(first["loc"]), first["msg"].removeprefix("Value error, ")) from None
    except (TypeError, ValueError) as error:
        raise SchemaError((), str(error)) from None
    _refuse_unknown_names(data, to_data(value), ())
    return value


def label(value: object, schema: Schema) -> Data:
    """Return the value's data with its schema label first."""
    return {"schema": schema.label, **to_data(value)}


def unlabel(kind: type[Value], data: object, schema: Schema) -> Value:
    """Read labelled data, upgrading older versions.

    Raises
    ------
    SchemaError
        If the label is missing, of another kind or newer than this songcut knows, or the data does not fit.
    """
    if not isinstance(data, Mapping):
        raise SchemaError((), "expected named values at the top")
    rest = dict(data)
    found = rest.pop("schema", None)
    name, _, number = str(found).removeprefix("songcut/").rpartition(".")
    if name != schema.name or not number.isdigit():
        raise SchemaError(("schema",), f"expected {schema.label}, found {found!r}")
    version = int(number)
    if version > schema.version:
        raise SchemaError(("schema",), f"{found} was written by a newer songcut; this one reads up to {schema.label}")
    while version < schema.version:
        rest = _UPGRADES[name, version](rest)
        version += 1
    return from_data(kind, rest)


def digest(*parts: object) -> str:
    """Hash values and plain data to 64 hex digits; equal parts give equal digests on every machine."""
    text = json.dumps([_plain(part) for part in parts], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _refuse_unknown_names(data: object, known: object, place: tuple[str | int, ...]) -> None:
    """Raise SchemaError at the first name in the data that the value has no place for: most likely a typo."""
    if isinstance(data, Mapping) and isinstance(known, Mapping):
        for name, inner in data.items():
            if name not in known:
                names = ", ".join(known)
                raise SchemaError((*place, name), f"there is no such name here; the names are {names}")
            _refuse_unknown_names(inner, known[name], (*place, name))
    elif isinstance(data, list) and isinstance(known, list):
        for index, (inner, known_inner) in enumerate(zip(data, known, strict=True)):
            _refuse_unknown_names(inner, known_inner, (*place, index))


def _plain(part: object) -> Any:
    if part is None or isinstance(part, str | int | float | bool):
        return part
    if isinstance(part, Fraction):
        return str(part)
    if isinstance(part, Mapping):
        return {str(key): _plain(value) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_plain(each) for each in part]
    return to_data(part)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)

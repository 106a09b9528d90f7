"""Finding plugins by entry point; the built-ins come in by the same door."""

import importlib.metadata
from dataclasses import dataclass
from typing import Any

from songcut.errors import MissingBackendError, UnknownPluginError

GROUPS = {
    "beat tracker": "songcut.beat_trackers",
    "section finder": "songcut.section_finders",
    "transcriber": "songcut.transcribers",
    "treatment writer": "songcut.treatment_writers",
    "generator": "songcut.generators",
    "embedder": "songcut.embedders",
    "exporter": "songcut.exporters",
}


@dataclass(frozen=True)
class Plugin:
    """One installed plugin: its port (a key of ``GROUPS``), its name, where it is, and which package brought it."""

    port: str
    name: str
    target: str
    distribution: str
    version: str


def installed(port: str | None = None) -> tuple[Plugin, ...]:
    """List the installed plugins, of one port or of all, sorted by port and name."""
    ports = [port] if port is not None else list(GROUPS)
    return tuple(
        _plugin(each, entry) for each in ports for entry in sorted(_entries(each), key=lambda entry: entry.name)
    )


def create(port: str, name: str) -> Any:
    """Make the plugin of a port by name.

    Raises
    ------
    UnknownPluginError
        If none has that name, or two distributions bring different ones.
    MissingBackendError
        If it is installed but something that it needs is not.
    """
    try:
        return _find(port, name).load()()
    except ImportError as error:
        raise MissingBackendError(f"the {port} {name!r} needs something that is not installed: {error}") from error


def describe(port: str, name: str) -> Plugin:
    """Say which plugin has a name, without loading it.

    Raises
    ------
    UnknownPluginError
        As ``create``.
    """
    return _plugin(port, _find(port, name))


def _find(port: str, name: str) -> importlib.metadata.EntryPoint:
    entries = _entries(port)
    found = [entry for entry in entries if entry.name == name]
    if not found:
        known = ", ".join(sorted({entry.name for entry in entries})) or "none"
        raise UnknownPluginError(f"there is no {port} named {name!r}; installed are: {known}")
    if len(found) > 1:
        homes = ", ".join(sorted(f"{e.value} from {e.dist.name if e.dist else '?'}" for e in found))
        raise UnknownPluginError(f"two plugins claim the {port} name {name!r}: {homes}; uninstall one of them")
    return found[0]


def _plugin(port: str, entry: importlib.metadata.EntryPoint) -> Plugin:
    home = entry.dist
    return Plugin(port, entry.name, entry.value, home.name if home else "", home.version if home else "")


def _entries(port: str) -> list[importlib.metadata.EntryPoint]:
    entries = importlib.metadata.entry_points(group=GROUPS[port])
    # One distribution can be seen twice (an editable install and its build folder): the same target is one plugin.
    unique = {(entry.name, entry.value): entry for entry in entries}
    return list(unique.values())

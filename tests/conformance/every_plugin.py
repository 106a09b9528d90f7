"""Running a suite on everything that is installed for a port."""

from collections.abc import Collection

import pytest

from songcut import plugins


def every(port: str, *, slow: Collection[str] = (), but: Collection[str] = ()) -> list[object]:
    """Return a pytest parameter for each installed plugin of a port; those in ``slow`` run with ``-m slow`` only."""
    return [
        pytest.param(plugin.name, id=plugin.name, marks=[pytest.mark.slow] if plugin.name in slow else [])
        for plugin in plugins.installed(port)
        if plugin.name not in but
    ]

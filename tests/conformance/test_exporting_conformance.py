"""The suite for exporters, on everything installed."""

import pytest

from conformance.every_plugin import every
from conformance.exporter import ExporterConformance
from songcut import plugins
from songcut.ports import Exporter


class TestExporters(ExporterConformance):
    @pytest.fixture(params=every("exporter"))
    def plugin(self, request: pytest.FixtureRequest) -> Exporter:
        return plugins.create("exporter", request.param)

"""The suite for treatment writers, on everything installed."""

import pytest

from conformance.every_plugin import every
from conformance.treatment_writer import TreatmentWriterConformance
from songcut import plugins
from songcut.ports import TreatmentWriter


class TestTreatmentWriters(TreatmentWriterConformance):
    @pytest.fixture(params=every("treatment writer"))
    def plugin(self, request: pytest.FixtureRequest) -> TreatmentWriter:
        return plugins.create("treatment writer", request.param)

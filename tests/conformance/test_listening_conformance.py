"""The suites for beat trackers, section finders and transcribers, on everything installed."""

import pytest

from conformance.beat_tracker import BeatTrackerConformance
from conformance.every_plugin import every
from conformance.section_finder import SectionFinderConformance
from conformance.transcriber import TranscriberConformance
from songcut import plugins
from songcut.ports import BeatTracker, SectionFinder, Transcriber


class TestBeatTrackers(BeatTrackerConformance):
    @pytest.fixture(params=every("beat tracker"))
    def plugin(self, request: pytest.FixtureRequest) -> BeatTracker:
        return plugins.create("beat tracker", request.param)


class TestSectionFinders(SectionFinderConformance):
    @pytest.fixture(params=every("section finder"))
    def plugin(self, request: pytest.FixtureRequest) -> SectionFinder:
        return plugins.create("section finder", request.param)


class TestTranscribers(TranscriberConformance):
    @pytest.fixture(params=every("transcriber"))
    def plugin(self, request: pytest.FixtureRequest) -> Transcriber:
        return plugins.create("transcriber", request.param)

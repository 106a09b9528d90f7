import json

import pytest

from songcut.exporting.analysis import analysis_data, analysis_from_data, analysis_text
from songcut.model.analysis import Accent, Beat, BeatGrid, EnergyCurve, Mood, Section, SongAnalysis
from songcut.model.schema import SchemaError

ANALYSIS = SongAnalysis(
    duration=8.0,
    tempo=120.0,
    beats=BeatGrid((Beat(0.1, 1), Beat(0.6, 2))),
    sections=(Section(0.0, 3.0, "A", "verse", 0.5), Section(3.0, 8.0, "B", "chorus", 1.0)),
    energy=EnergyCurve(0.1, (0.0, 1 / 3, 1.0)),
    accents=(Accent(0.5, 0.7),),
    key="A minor",
    mood=Mood(-0.1, 0.3, ("restless", "dark")),
)


def test_the_object_has_the_promised_shape_and_comes_back():
    data = json.loads(json.dumps(analysis_data(ANALYSIS)))
    assert data["schema"] == "songcut/analysis.1"
    assert data["beats"] == [{"time": 0.1, "number": 1}, {"time": 0.6, "number": 2}]
    assert analysis_from_data(data) == ANALYSIS


@pytest.mark.parametrize("change", [{"beats": 3}, {"schema": "songcut/other.1"}, {"tempo": "fast"}])
def test_data_that_does_not_fit_is_refused(change):
    with pytest.raises(SchemaError):
        analysis_from_data(analysis_data(ANALYSIS) | change)
    with pytest.raises(SchemaError):
        analysis_from_data([])


def test_the_page_names_every_section():
    page = analysis_text(ANALYSIS)
    assert "A verse" in page
    assert "B chorus" in page
    assert "120.0 bpm" in page
    assert "restless, dark" in page

"""The laws of a treatment writer. Subclass the suite and give it yours in a ``plugin`` fixture."""

import pytest

from conformance import material
from songcut.model.analysis import SongAnalysis
from songcut.model.song import Lyrics
from songcut.model.treatment import Brief, Treatment
from songcut.ports import TreatmentWriter
from stub_embedder import StubEmbedder


class TreatmentWriterConformance:
    @pytest.fixture
    def plugin(self) -> TreatmentWriter:
        raise NotImplementedError("override the plugin fixture")

    def test_it_is_a_treatment_writer_with_a_name(self, plugin: TreatmentWriter) -> None:
        assert isinstance(plugin, TreatmentWriter)
        assert plugin.name.strip()

    @pytest.mark.parametrize("lyrics", [material.LYRICS, Lyrics()], ids=["sung", "instrumental"])
    def test_every_section_has_its_own_prompt_in_order(self, plugin: TreatmentWriter, lyrics: Lyrics) -> None:
        heard = material.analysis()
        treatment = plugin.write(material.desk(StubEmbedder(), heard=heard, lyrics=lyrics))
        assert_fits(treatment, heard)
        assert len({section.prompt for section in treatment.sections}) == len(heard.sections)

    def test_sections_of_one_letter_share_their_motif(self, plugin: TreatmentWriter) -> None:
        treatment = plugin.write(material.desk(StubEmbedder()))
        motifs: dict[str, set[str]] = {}
        for section in treatment.sections:
            motifs.setdefault(section.letter, set()).add(section.motif)
        assert all(len(shared) == 1 for shared in motifs.values())

    @pytest.mark.parametrize("count", [1, 24])
    def test_songs_of_one_section_and_of_many_are_written_for(self, plugin: TreatmentWriter, count: int) -> None:
        functions = ("verse", "chorus", "bridge")
        parts = tuple((6.0, "ABC"[n % 3], functions[n % 3], 0.3 + 0.2 * (n % 3)) for n in range(count))
        heard = material.analysis(parts)
        assert_fits(plugin.write(material.desk(StubEmbedder(), heard=heard)), heard)

    def test_what_was_asked_for_wins(self, plugin: TreatmentWriter) -> None:
        brief = Brief(idea="a paper boat crosses a city", style="charcoal on wet paper")
        treatment = plugin.write(material.desk(StubEmbedder(), brief=brief))
        assert "charcoal on wet paper" in treatment.style
        assert "paper boat" in " ".join([treatment.concept, *(s.prompt + s.motif for s in treatment.sections)])

    def test_the_same_desk_and_seed_give_the_same_treatment(self, plugin: TreatmentWriter) -> None:
        assert plugin.write(material.desk(StubEmbedder())) == plugin.write(material.desk(StubEmbedder()))

    def test_it_signs_its_work(self, plugin: TreatmentWriter) -> None:
        assert plugin.write(material.desk(StubEmbedder())).written_by


def assert_fits(treatment: Treatment, heard: SongAnalysis) -> None:
    """Assert that a treatment has one prompt for every section, with what was heard beside it."""
    assert treatment.concept.strip()
    assert treatment.style.strip()
    assert treatment.palette
    assert [(s.letter, s.function) for s in treatment.sections] == [(s.letter, s.function) for s in heard.sections]
    assert [s.start for s in treatment.sections] == pytest.approx([s.start for s in heard.sections], abs=0.01)
    assert all(s.prompt.strip() for s in treatment.sections)
    assert all(variation.strip() for s in treatment.sections for variation in s.variations)

"""The laws of a section finder. Subclass the suite and give it yours in a ``plugin`` fixture."""

from itertools import pairwise

import numpy as np
import pytest

from conformance import material
from songcut.model.analysis import BeatGrid, Section
from songcut.model.audio import Audio
from songcut.ports import SectionFinder


class SectionFinderConformance:
    @pytest.fixture
    def plugin(self) -> SectionFinder:
        raise NotImplementedError("override the plugin fixture")

    def test_it_is_a_section_finder_with_a_name(self, plugin: SectionFinder) -> None:
        assert isinstance(plugin, SectionFinder)
        assert plugin.name.strip()

    def test_sections_tile_the_song_with_inner_edges_on_downbeats(self, plugin: SectionFinder) -> None:
        audio = material.two_part_song()
        beats = material.grid(120, audio.duration)
        sections = plugin.find(audio, beats, material.energy(audio))
        assert_tiled(sections, audio)
        for section in sections[1:]:
            assert np.min(np.abs(beats.downbeats - section.start)) < 1e-6
        assert all(section.letter for section in sections)

    @pytest.mark.parametrize(
        "audio",
        [material.silence(20), material.clicks(120, 1.5), material.clicks(120, 0.3)],
        ids=["silence", "1.5s", "0.3s"],
    )
    def test_songs_without_form_or_beats_are_tiled_too(self, plugin: SectionFinder, audio: Audio) -> None:
        assert_tiled(plugin.find(audio, BeatGrid(), material.energy(audio)), audio)

    def test_the_same_song_gives_the_same_sections(self, plugin: SectionFinder) -> None:
        audio = material.two_part_song(24)
        beats = material.grid(120, audio.duration)
        assert plugin.find(audio, beats, material.energy(audio)) == plugin.find(audio, beats, material.energy(audio))


def assert_tiled(sections: tuple[Section, ...], audio: Audio) -> None:
    """Assert that sections follow each other from 0 to the song's end."""
    assert sections
    assert sections[0].start == 0
    assert sections[-1].end == pytest.approx(audio.duration, abs=1e-6)
    assert all(before.end == after.start for before, after in pairwise(sections))

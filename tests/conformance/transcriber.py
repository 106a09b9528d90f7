"""The laws of a transcriber. Subclass the suite and give it yours in a ``plugin`` fixture."""

from itertools import pairwise

import pytest

from conformance import material
from songcut.model.song import Lyrics
from songcut.ports import Transcriber


class TranscriberConformance:
    @pytest.fixture
    def plugin(self) -> Transcriber:
        raise NotImplementedError("override the plugin fixture")

    def test_it_is_a_transcriber_with_a_name(self, plugin: Transcriber) -> None:
        assert isinstance(plugin, Transcriber)
        assert plugin.name.strip()

    def test_silence_has_no_words(self, plugin: Transcriber) -> None:
        lyrics = plugin.transcribe(material.silence(6))
        assert isinstance(lyrics, Lyrics)
        assert lyrics.lines == ()

    def test_lines_have_words_and_ordered_times_inside_the_song(self, plugin: Transcriber) -> None:
        audio = material.two_part_song(16)
        lines = plugin.transcribe(audio).lines
        for line in lines:
            assert line.text.strip()
            assert line.start is not None
            assert 0 <= line.start <= (line.start if line.end is None else line.end) <= audio.duration
        assert all(a.start <= b.start for a, b in pairwise(lines))

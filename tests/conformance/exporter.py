"""The laws of an exporter. Subclass the suite and give it yours in a ``plugin`` fixture."""

from pathlib import Path

import pytest

from conformance import material
from songcut.errors import OutputError
from songcut.ports import Exporter


class ExporterConformance:
    @pytest.fixture
    def plugin(self) -> Exporter:
        raise NotImplementedError("override the plugin fixture")

    def test_it_is_an_exporter_with_a_name_and_a_suffix(self, plugin: Exporter) -> None:
        assert isinstance(plugin, Exporter)
        assert plugin.name.strip()
        assert plugin.suffix.startswith(".")
        assert len(plugin.suffix) > 1

    def test_one_file_is_written_and_nothing_else(self, plugin: Exporter, tmp_path: Path) -> None:
        path = tmp_path / f"cut{plugin.suffix}"
        plugin.export(material.timeline(tmp_path), path)
        assert list(tmp_path.iterdir()) == [path]
        assert path.stat().st_size > 0

    def test_an_older_file_is_replaced_and_the_same_timeline_gives_the_same_bytes(
        self, plugin: Exporter, tmp_path: Path
    ) -> None:
        path = tmp_path / f"cut{plugin.suffix}"
        plugin.export(material.timeline(tmp_path), path)
        first = path.read_bytes()
        path.write_bytes(b"older" * 100_000)
        plugin.export(material.timeline(tmp_path), path)
        assert path.read_bytes() == first

    def test_media_below_the_folder_are_named_relative_to_it(self, plugin: Exporter, tmp_path: Path) -> None:
        path = tmp_path / f"cut{plugin.suffix}"
        plugin.export(material.timeline(tmp_path), path)
        written = path.read_bytes()
        assert b"takes/one.mp4" in written
        assert str(tmp_path).encode() not in written

    def test_where_nothing_can_be_written_it_says_so_and_leaves_nothing(self, plugin: Exporter, tmp_path: Path) -> None:
        path = tmp_path / "absent" / f"cut{plugin.suffix}"
        with pytest.raises(OutputError, match="absent"):
            plugin.export(material.timeline(tmp_path), path)
        assert list(tmp_path.iterdir()) == []

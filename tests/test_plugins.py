"""Plugins: found by entry point, listed, refused by name, and the sample plugin installed and used."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from songcut import plugins
from songcut.errors import InputError, MissingBackendError, UnknownPluginError

SAMPLE = Path(__file__).parent.parent / "samples" / "songcut-sample-plugin"


def distribution(folder: Path, name: str, group: str, *entries: str) -> None:
    """Put an installed distribution's metadata into a folder, as pip leaves it."""
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("\n".join([f"[{group}]", *entries]) + "\n")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the import path for made-up distributions."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


BUILT_INS = {
    ("beat tracker", "ellis"),
    ("section finder", "novelty"),
    ("treatment writer", "builtin"),
    ("generator", "procedural"),
    ("generator", "footage"),
    ("embedder", "minilm"),
    ("embedder", "sentence-transformers"),
    ("exporter", "otio"),
}


def test_the_built_ins_come_in_by_the_same_door() -> None:
    found = {(plugin.port, plugin.name) for plugin in plugins.installed() if plugin.distribution == "songcut"}
    assert found >= BUILT_INS


def test_the_list_is_sorted_and_says_who_brought_what(site: Path) -> None:
    distribution(site, "aardvark", "songcut.generators", "ant = json:JSONDecoder")
    generators = plugins.installed("generator")
    assert [plugin.name for plugin in generators] == sorted(plugin.name for plugin in generators)
    assert plugins.Plugin("generator", "ant", "json:JSONDecoder", "aardvark", "1.0") in generators
    ports = [plugin.port for plugin in plugins.installed()]
    assert ports == sorted(ports, key=list(plugins.GROUPS).index)


def test_a_plugin_is_made_by_name(site: Path) -> None:
    distribution(site, "aardvark", "songcut.generators", "ant = json:JSONDecoder")
    assert isinstance(plugins.create("generator", "ant"), json.JSONDecoder)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UnknownPluginError, match=r"no generator named 'nosuch'; installed are: .*footage.*procedural"):
        plugins.create("generator", "nosuch")
    assert issubclass(UnknownPluginError, InputError)


def test_a_name_claimed_twice_is_refused_and_both_claimants_named(site: Path) -> None:
    distribution(site, "usurper", "songcut.generators", "footage = json:JSONDecoder")
    with pytest.raises(UnknownPluginError, match=r"two plugins claim .*'footage'.*json:JSONDecoder from usurper"):
        plugins.create("generator", "footage")


def test_one_plugin_seen_twice_is_one(site: Path) -> None:
    distribution(site, "twin", "songcut.exporters", "x = json:JSONDecoder")
    distribution(site, "twin-copy", "songcut.exporters", "x = json:JSONDecoder")
    assert [plugin.name for plugin in plugins.installed("exporter")].count("x") == 1
    plugins.create("exporter", "x")


def test_a_plugin_whose_library_is_missing_says_which(site: Path) -> None:
    (site / "needy_plugin.py").write_text("import a_library_nobody_has\nclass It: pass\n")
    distribution(site, "needy", "songcut.embedders", "needy = needy_plugin:It")
    with pytest.raises(MissingBackendError, match=r"embedder 'needy' needs .*a_library_nobody_has"):
        plugins.create("embedder", "needy")


def test_listing_loads_no_plugin(site: Path) -> None:
    (site / "bomb_plugin.py").write_text("raise RuntimeError('loaded')\n")
    distribution(site, "bomb", "songcut.embedders", "bomb = bomb_plugin:It")
    assert "bomb" in {plugin.name for plugin in plugins.installed("embedder")}


@pytest.fixture(scope="module")
def installed_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample plugin, built and installed offline into a folder of its own."""
    pytest.importorskip("pip", reason="this environment has no pip to install with")
    folder = tmp_path_factory.mktemp("sample")
    # A copy, because a build leaves its own files beside the source.
    source = shutil.copytree(SAMPLE, folder / "source", ignore=shutil.ignore_patterns("build", "*.egg-info"))
    target = folder / "site"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index"]
    command += ["--no-deps", "--no-build-isolation", "--target", str(target), str(source)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return target


def run_with(site: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(site), "OMP_NUM_THREADS": "1"}
    return subprocess.run([sys.executable, *arguments], env=environment, cwd=cwd, capture_output=True, text=True)


def test_the_sample_plugin_installs_and_is_found_only_then(installed_sample: Path, tmp_path: Path) -> None:
    assert "solid" not in {plugin.name for plugin in plugins.installed("generator")}
    program = """
        import json
        from songcut import plugins
        made = [plugins.create("generator", "solid"), plugins.create("beat tracker", "metronome")]
        home = {plugin.name: plugin.distribution for plugin in plugins.installed()}
        print(json.dumps([[it.name, home[it.name]] for it in made]))
    """
    done = run_with(installed_sample, "-c", textwrap.dedent(program), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [
        ["solid", "songcut-sample-plugin"],
        ["metronome", "songcut-sample-plugin"],
    ]


# What the author of a plugin writes to hold it to its port's laws.
AUTHORS_TESTS = """
import pytest
from conformance.beat_tracker import BeatTrackerConformance
from conformance.clip_generator import MadeToOrderConformance
from songcut import plugins

class TestSolid(MadeToOrderConformance):
    @pytest.fixture
    def plugin(self):
        return plugins.create("generator", "solid")

class TestMetronome(BeatTrackerConformance):
    @pytest.fixture
    def plugin(self):
        return plugins.create("beat tracker", "metronome")
"""


def test_the_sample_plugin_keeps_the_laws_of_its_ports(installed_sample: Path, tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text(AUTHORS_TESTS)
    pythonpath = f"pythonpath={Path(__file__).parent}"
    done = run_with(
        installed_sample, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", pythonpath, str(tmp_path), cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout
    assert "failed" not in done.stdout
    assert int(done.stdout.rsplit("\n", 2)[-2].split()[0]) >= 20


def test_a_card_brightens_on_the_beat(installed_sample: Path, tmp_path: Path) -> None:
    program = f"""
        import json, sys
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from fractions import Fraction
        from pathlib import Path
        from conformance import material
        from songcut import plugins
        from songcut.media.reading import read_rgb
        from stub_embedder import StubEmbedder
        (order,) = material.orders(shots=1, takes=1)
        floor = material.floor(Path("takes"), StubEmbedder(), print)
        (take,) = plugins.create("generator", "solid").shoot([order], floor)
        times = [Fraction(2 * n + 1, 48) for n in range(14)]
        seen = [picture.mean(axis=(0, 1)).tolist() for picture in read_rgb(Path(take.path), times, 128, 72)]
        print(json.dumps({{"seen": seen, "beat": order.music.beat.tolist(), "hex": order.palette[order.seed % 3].hex}}))
    """
    done = run_with(installed_sample, "-c", textwrap.dedent(program), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    base = [int(found["hex"][at : at + 2], 16) for at in (1, 3, 5)]
    for seen, beat in zip(found["seen"], found["beat"], strict=True):
        assert seen == pytest.approx([each + (255 - each) * 0.35 * beat for each in base], abs=8)
    assert max(found["beat"]) - min(found["beat"]) > 0.3

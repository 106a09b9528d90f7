"""The README says nothing that does not work: its commands parse, its files exist, its Python runs."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

import media_makers as make
import songcut
from songcut.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
COMMANDS = re.findall(r"^    (songcut .*)$", README, re.MULTILINE)


def test_the_readme_shows_its_commands():
    assert len(COMMANDS) >= 6
    assert "python3 run.py make samples/on-the-run.ogg" in README
    assert "python3 run.py test" in README


@pytest.fixture(scope="module")
def workplace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("readme")
    make.write_click_song(folder / "song.mp3", seconds=6)
    (folder / "footage").mkdir()
    for n in range(3):
        make.write_coded_clip(folder / "footage" / f"{n}.mp4", clip=n, frames=170, width=160, height=90)
    (folder / "footage" / "0.txt").write_text("the sea at night")
    return folder


@pytest.mark.parametrize("command", [c for c in COMMANDS if "--embedder" not in c])
def test_every_command_of_the_readme_runs(command, workplace, monkeypatch):
    monkeypatch.chdir(workplace)
    words = shlex.split(command)[1:]
    small = {"make": ["--quality", "draft", "--takes", "1"], "render": ["--quality", "draft"]}.get(words[0], [])
    if words[0] == "make" and "--format" not in words:
        small += ["--format", "160x90"]
    if "reels" in words:
        words[words.index("reels")] = "90x160"
    if "--clips" in words:
        words += ["--project", "footage.songcut"]
    result = CliRunner().invoke(app, [*words, *small])
    assert result.exit_code == 0, result.stderr


def test_the_python_of_the_readme_runs(workplace, monkeypatch):
    monkeypatch.chdir(workplace)
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    full_make = songcut.make
    monkeypatch.setattr(
        songcut, "make", lambda *a, **k: full_make(*a, **{**k, "format": "96x96", "quality": "draft", "takes": 1})
    )
    scope = {}
    exec(block, scope)
    assert scope["made"].film.exists()


@pytest.mark.parametrize(
    "page", sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *ROOT.glob("samples/*.md")])
)
def test_every_link_to_a_file_leads_somewhere(page):
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_the_changelog_knows_this_version_or_says_unreleased():
    text = (ROOT / "CHANGELOG.md").read_text()
    assert "## [Unreleased]" in text or f"## [{songcut.__version__}]" in text

"""``pip install .`` alone gives everything: the wheel holds the data files, the entry points and the command."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_the_wheel_is_whole(tmp_path):
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path)]
    source = tmp_path / "source"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(source)], check=True)
    done = subprocess.run([*build, str(source)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        entries = next(archive.read(name).decode() for name in names if name.endswith("entry_points.txt"))
    in_source = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src" / "songcut").rglob("*")
        if path.suffix in (".py", ".toml", ".json", ".txt", ".typed")
    }
    assert in_source <= names
    assert "songcut = songcut.cli:main" in entries
    assert "[songcut.generators]" in entries

#!/usr/bin/env python3
"""Set songcut up once, then run it.

    python3 run.py make SONG ...    sets up, then makes a film of the song
    python3 run.py test [...]       sets up, then runs the tests
    python3 run.py COMMAND ...      any other songcut command
    python3 run.py python ...       the environment's own Python

The environment lives in .venv beside this file and is rebuilt only when pyproject.toml, constraints.txt or
the Python version changes. On Linux the CPU build of torch is used, which is several gigabytes smaller; set
SONGCUT_TORCH=cuda to get the build for NVIDIA cards. Only the standard library is used here.
"""

from __future__ import annotations  # so that older interpreters get as far as being told that they are too old

import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
CPU_WHEELS = "https://download.pytorch.org/whl/cpu"


def fail(message: str) -> None:
    """Say what went wrong in one line and stop."""
    sys.exit(f"run.py: {message}")


def environment_python() -> Path:
    """Where the environment keeps its interpreter."""
    windows = platform.system() == "Windows"
    return ENVIRONMENT / ("Scripts/python.exe" if windows else "bin/python")


def fingerprint(extras: str) -> str:
    """Hash everything that decides what the environment holds."""
    digest = hashlib.sha256(f"{sys.version}\n{extras}\n{os.environ.get('SONGCUT_TORCH', '')}\n{ROOT}".encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def torch_source() -> list[str]:
    """Return the pip arguments that get a CPU torch on this machine.

    pip is asked which torch it would take: when that is already a CPU build (the machine's own pip configuration
    decides) nothing is added; elsewhere on Linux PyTorch's index of CPU wheels is added, because the default
    index's Linux wheels bring gigabytes of CUDA libraries.
    """
    if platform.system() != "Linux" or os.environ.get("SONGCUT_TORCH") == "cuda":
        return []
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        asked = pip(
            "install",
            "--dry-run",
            "--no-deps",
            "--ignore-installed",
            "--report",
            str(report),
            "-c",
            str(ROOT / "constraints.txt"),
            "torch",
            quiet=True,
        )
        if asked == 0:
            installs = json.loads(report.read_text())["install"]
            if installs and "+cpu" in installs[0]["metadata"]["version"]:
                return []
    return ["--extra-index-url", CPU_WHEELS]


def pip(*arguments: str, quiet: bool = False) -> int:
    """Run the environment's pip and return its exit status."""
    command = [str(environment_python()), "-m", "pip", "--disable-pip-version-check", *arguments]
    silence = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, stdout=silence, stderr=silence).returncode


def set_up(extras: str) -> None:
    """Build the environment unless the one that is there fits."""
    stamps = [ENVIRONMENT / f"songcut-{name}.stamp" for name in ("dev", "user")]
    wanted = {"dev": fingerprint("dev"), "user": fingerprint("user")}
    ready = {stamp.read_text() for stamp in stamps if stamp.exists()}
    if wanted["dev"] in ready or (extras == "user" and wanted["user"] in ready):
        return
    print("songcut: setting up .venv (once; a few minutes)", file=sys.stderr)
    venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(ENVIRONMENT)
    project = f"{ROOT}[dev,bench]" if extras == "dev" else str(ROOT)
    arguments = ["install", "--quiet", "-c", str(ROOT / "constraints.txt"), *torch_source(), "--editable", project]
    if pip(*arguments) != 0:
        fail("pip could not install songcut; its message above says why. Mend that and run the same command again.")
    for stamp in stamps:
        stamp.unlink(missing_ok=True)
    (ENVIRONMENT / f"songcut-{extras}.stamp").write_text(wanted[extras])


def main() -> int:
    """Set up, then hand the arguments on."""
    # The source needs 3.11; this file itself stays readable by older interpreters so that it can say so.
    if sys.version_info < (3, 11):  # noqa: UP036
        fail(
            f"songcut needs Python 3.11 or newer and this is {platform.python_version()}; run it with a newer python3."
        )
    arguments = sys.argv[1:] or ["--help"]
    testing = arguments[0] in ("test", "python")
    set_up("dev" if testing else "user")
    python = str(environment_python())
    if arguments[0] == "test":
        # A worker a core, each file's tests on one worker; four workers load torch four times and no more.
        command = [python, "-m", "pytest", "-n", "auto", "--maxprocesses", "4", "--dist", "loadfile", *arguments[1:]]
    elif arguments[0] == "python":
        command = [python, *arguments[1:]]
    else:
        return subprocess.run([python, "-m", "songcut", *arguments]).returncode
    return subprocess.run(command, cwd=ROOT).returncode


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)

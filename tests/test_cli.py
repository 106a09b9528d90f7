import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import media_makers as make
from songcut.cli import app

SMALL = ["--format", "160x90", "--quality", "draft", "--takes", "1"]


def run(*arguments, cwd=None):
    """Run the command in this process: exit code, stdout, stderr."""
    before = Path.cwd()
    os.chdir(cwd or before)
    try:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])
    finally:
        os.chdir(before)


def songcut(*arguments, **kwargs):
    command = [sys.executable, "-m", "songcut", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, **kwargs)


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    path = tmp_path_factory.mktemp("song") / "clicks.flac"
    make.write_click_song(path, bpm=120, seconds=8)
    return path


@pytest.mark.parametrize("command", ["make", "analyze", "render", "plugins"])
def test_every_command_has_help_with_an_example(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Example: songcut" in " ".join(result.stdout.split())


@pytest.mark.parametrize("code", ["import songcut", "import songcut.cli; songcut.cli.app(['--help'])"])
def test_starting_is_cheap_and_loads_nothing_heavy(code):
    script = f"""
import atexit, resource, sys
def report():
    used = resource.getrusage(resource.RUSAGE_SELF)
    heavy = [name for name in ("torch", "librosa", "numba", "sentence_transformers") if name in sys.modules]
    print("REPORT", used.ru_utime + used.ru_stime, heavy)
atexit.register(report)
{code}
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    _, seconds, heavy = done.stdout.splitlines()[-1].split(maxsplit=2)
    assert heavy == "[]"
    # The budget is half a second of CPU; a busy machine may double the bill, and loading torch would cost seconds.
    assert float(seconds) < 1.0


def test_analyze_prints_one_object_with_all_that_is_promised(song):
    result = run("analyze", song, "--json")
    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    data = json.loads(line)
    assert data["schema"] == "songcut/analysis.1"
    assert data["duration"] == pytest.approx(8, abs=0.01)
    assert data["tempo"] == pytest.approx(120, rel=0.02)
    assert {"time", "number"} == set(data["beats"][0])
    assert {"start", "end", "letter", "function", "energy"} == set(data["sections"][0])
    assert {"hop", "values"} == set(data["energy"])
    assert all(0 <= value <= 1 for value in data["energy"]["values"])
    assert {"time", "strength"} == set(data["accents"][0])
    assert data["key"].split()[1] in ("major", "minor")
    assert {"valence", "arousal", "words"} == set(data["mood"])


def test_analyze_without_json_is_a_page_to_read(song):
    result = run("analyze", song)
    assert result.exit_code == 0
    assert "bpm" in result.stdout
    assert "section" in result.stdout


def test_make_speaks_json_alone_on_stdout(song, tmp_path):
    result = run("make", song, *SMALL, "--json", "--until", "plan", cwd=tmp_path)
    assert result.exit_code == 0
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert rows[-1]["stages"] == ["listen", "write", "plan"]
    assert any(row.get("event") == "progress" and row["seconds_left"] > 0 for row in rows)
    assert (tmp_path / "clicks.songcut" / "shots.json").exists()


def test_make_and_render_write_where_they_say(song, tmp_path):
    result = run("make", song, *SMALL, cwd=tmp_path)
    assert result.exit_code == 0, result.stderr
    film = tmp_path / "clicks.mp4"
    assert str(film) in result.stderr.replace("\n", "")
    assert result.stdout == ""
    again = run("render", tmp_path / "clicks.songcut", "-o", tmp_path / "again.mp4", "--quality", "draft")
    assert again.exit_code == 0, again.stderr
    assert (tmp_path / "again.mp4").read_bytes() == film.read_bytes()


def test_plugins_are_listed(tmp_path):
    rows = [json.loads(line) for line in run("plugins", "--json").stdout.splitlines()]
    assert {"port": "generator", "name": "procedural"}.items() <= rows_by(rows, "procedural").items()
    assert rows_by(rows, "ellis")["port"] == "beat tracker"


def rows_by(rows, name):
    return next(row for row in rows if row["name"] == name)


def test_an_interrupt_ends_with_130_and_the_run_goes_on(song, tmp_path):
    command = [sys.executable, "-m", "songcut", "make", str(song), *SMALL, "--takes", "8", "--json"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in process.stdout:
        row = json.loads(line)
        if row.get("stage") == "shoot" and row.get("done", 0) >= 2:
            process.send_signal(signal.SIGINT)
            break
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert "go on" in errors
    kept = len((tmp_path / "clicks.songcut" / "takes.jsonl").read_text().splitlines())
    assert kept >= 2
    assert songcut("make", song, *SMALL, "--takes", "8", cwd=tmp_path).returncode == 0


@pytest.mark.slow
def test_kills_at_any_moment_lose_nothing(song, tmp_path):
    """SIGKILL at moments spread over a run; the film that comes out in the end is the one of an undisturbed run."""
    whole = tmp_path / "whole"
    killed = tmp_path / "killed"
    whole.mkdir()
    killed.mkdir()
    began = time.monotonic()
    assert songcut("make", song, *SMALL, cwd=whole).returncode == 0
    undisturbed = time.monotonic() - began
    command = [sys.executable, "-m", "songcut", "make", str(song), *SMALL]
    kept = b""
    for attempt in range(8):
        process = subprocess.Popen(command, cwd=killed, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(undisturbed * (0.3 + 0.08 * attempt))
        process.kill()
        process.wait()
        record = killed / "clicks.songcut" / "takes.jsonl"
        now = record.read_bytes() if record.exists() else b""
        assert now.startswith(kept[: kept.rfind(b"\n") + 1]), "a take on record was lost"
        kept = now
    assert songcut("make", song, *SMALL, cwd=killed).returncode == 0
    assert (killed / "clicks.mp4").read_bytes() == (whole / "clicks.mp4").read_bytes()


# --- bad input: one sentence, exit code 2, no traceback --------------------------------------------------------------


def bad(*arguments, cwd):
    result = run(*arguments, cwd=cwd)
    assert result.exit_code == 2, (result.stdout, result.stderr, result.exception)
    assert "Traceback" not in result.stderr
    # Lines of stages that were done may come first; the last paragraph is the sentence.
    _, found, sentence = ("\n" + result.stderr).rpartition("\nsongcut: ")
    assert found
    assert sentence.strip().count("\n") == 0
    return sentence.strip()


def test_a_missing_file(tmp_path):
    assert "nowhere.mp3" in bad("make", "nowhere.mp3", cwd=tmp_path)


def test_an_empty_file(tmp_path):
    (tmp_path / "empty.mp3").touch()
    assert "empty" in bad("make", "empty.mp3", cwd=tmp_path)


def test_a_text_file_named_mp3(tmp_path):
    (tmp_path / "text.mp3").write_text("dear diary, " * 400)
    assert "text.mp3" in bad("make", "text.mp3", cwd=tmp_path)


@pytest.mark.parametrize("name", ["song.wav", "song.flac", "song.m4a"])
def test_a_truncated_file(tmp_path, name):
    make.write_click_song(tmp_path / name, seconds=20)
    make.cut_file(tmp_path / name, 0.5)
    assert name in bad("make", name, cwd=tmp_path)


def test_a_video_without_audio(tmp_path):
    make.write_coded_clip(tmp_path / "mute.mp4", clip=1, frames=72)
    assert "mute.mp4" in bad("make", "mute.mp4", cwd=tmp_path)


def test_silence(tmp_path):
    make.write_wav(tmp_path / "silence.wav", np.zeros(44100 * 5, np.float32))
    assert "silent" in bad("make", "silence.wav", cwd=tmp_path)


def test_a_song_under_two_seconds(tmp_path):
    make.write_click_song(tmp_path / "short.wav", seconds=1.5)
    assert "2 s" in bad("make", "short.wav", cwd=tmp_path).replace("seconds", "s")


def test_a_folder_in_the_songs_place(tmp_path):
    (tmp_path / "folder").mkdir()
    assert "folder" in bad("make", "folder", cwd=tmp_path)


def test_a_folder_with_no_clips(song, tmp_path):
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "notes.txt").write_text("none yet")
    assert "clips" in bad("make", song, *SMALL, "--clips", tmp_path / "clips", cwd=tmp_path)


def test_a_clips_folder_that_is_not_there(song, tmp_path):
    assert "nowhere" in bad("make", song, *SMALL, "--clips", tmp_path / "nowhere", cwd=tmp_path)


def test_one_clip_is_not_enough(song, tmp_path):
    (tmp_path / "clips").mkdir()
    make.write_coded_clip(tmp_path / "clips" / "1.mp4", clip=1, frames=400)
    assert "clips" in bad("make", song, *SMALL, "--clips", tmp_path / "clips", cwd=tmp_path)


def test_clips_shorter_than_every_shot(song, tmp_path):
    (tmp_path / "clips").mkdir()
    for n in range(3):
        make.write_coded_clip(tmp_path / "clips" / f"{n}.mp4", clip=n, frames=5)
    assert "longer clips" in bad("make", song, *SMALL, "--clips", tmp_path / "clips", cwd=tmp_path)


def test_an_unwritable_output(song, tmp_path):
    assert "nowhere" in bad("make", song, "-o", tmp_path / "nowhere" / "film.mp4", cwd=tmp_path)
    (tmp_path / "folder.mp4").mkdir()
    assert "folder.mp4" in bad("make", song, "-o", tmp_path / "folder.mp4", cwd=tmp_path)


def test_a_film_never_replaces_what_it_is_made_from(tmp_path):
    make.write_video_with_sound(
        tmp_path / "song.mp4", clip=1, frames=144, samples=make.click_song(seconds=6)[0], rate=44_100
    )
    before = (tmp_path / "song.mp4").read_bytes()
    assert "replace the song" in bad("make", "song.mp4", "-o", "song.mp4", cwd=tmp_path)
    assert run("make", "song.mp4", *SMALL, cwd=tmp_path).exit_code == 0
    assert (tmp_path / "song-film.mp4").exists()
    assert (tmp_path / "song.mp4").read_bytes() == before


def test_a_film_does_not_go_among_its_clips(song, tmp_path):
    (tmp_path / "clips").mkdir()
    said = bad("make", song, "--clips", tmp_path / "clips", "-o", tmp_path / "clips" / "film.mp4", cwd=tmp_path)
    assert "among the clips" in said


def test_a_film_is_an_mp4(song, tmp_path):
    assert ".mp4" in bad("make", song, "-o", "film.avi", cwd=tmp_path)


def test_malformed_lyrics(song, tmp_path):
    (tmp_path / "words.lrc").write_text("[ti:x]\n[00:01.00]fine\n[00:99.00]not fine\n")
    said = bad("make", song, *SMALL, "--lyrics", tmp_path / "words.lrc", cwd=tmp_path)
    assert "words.lrc" in said
    assert "line 3" in said


def test_missing_lyrics(song, tmp_path):
    assert "words.lrc" in bad("make", song, *SMALL, "--lyrics", tmp_path / "words.lrc", cwd=tmp_path)


@pytest.fixture(scope="module")
def written(song, tmp_path_factory):
    folder = tmp_path_factory.mktemp("written")
    assert run("make", song, *SMALL, "--until", "write", cwd=folder).exit_code == 0
    return folder


@pytest.mark.parametrize(
    ("find", "put"),
    [
        ("prompt:", "promt:"),
        ("palette:", "palette: ["),
        ("section: 1", "section: one"),
        (
            "#",
            "#zz",
        ),
    ],
)
def test_a_malformed_treatment_names_the_line(written, song, tmp_path, find, put):
    treatment = written / "clicks.songcut" / "treatment.yaml"
    good = treatment.read_text()
    at = good.rindex(find) if find != "#" else good.index("'#") + 1 if "'#" in good else good.index('"#') + 1
    treatment.write_text(good[:at] + put + good[at + len(find) :])
    try:
        said = bad("make", song, *SMALL, "--until", "plan", cwd=written)
    finally:
        treatment.write_text(good)
    assert "treatment.yaml, line " in said


@pytest.mark.parametrize(
    "options",
    [
        ["--format", "enormous"],
        ["--fps", "0"],
        ["--pace", "frantic"],
        ["--quality", "best"],
        ["--from", "nowhere"],
        ["--generator", "nobody"],
    ],
)
def test_an_option_that_is_none(song, tmp_path, options):
    assert options[1] in bad("make", song, *options, cwd=tmp_path)


def test_unknown_options_are_bad_usage(song):
    assert run("make", song, "--colour", "blue").exit_code == 2


def test_a_project_that_is_not_there(tmp_path):
    assert "nowhere" in bad("render", tmp_path / "nowhere", cwd=tmp_path)


def test_a_project_without_a_timeline(tmp_path):
    (tmp_path / "p.songcut").mkdir()
    assert "timeline" in bad("render", tmp_path / "p.songcut", cwd=tmp_path)


def test_a_damaged_timeline(tmp_path):
    (tmp_path / "p.songcut").mkdir()
    (tmp_path / "p.songcut" / "timeline.otio").write_text("{")
    assert "timeline.otio" in bad("render", tmp_path / "p.songcut", cwd=tmp_path)


def test_errors_are_json_too_when_asked(tmp_path):
    result = run("make", "nowhere.mp3", "--json", cwd=tmp_path)
    assert result.exit_code == 2
    assert json.loads(result.stdout.splitlines()[-1])["exit_code"] == 2


def test_a_full_disk_while_rendering_leaves_no_broken_film(song, tmp_path):
    """A limit on file sizes stops the film's writing as a full disk does; lifting it, the run goes on."""
    assert songcut("make", song, *SMALL, "--until", "assemble", cwd=tmp_path).returncode == 0
    largest = max(path.stat().st_size for path in (tmp_path / "clicks.songcut").rglob("*") if path.is_file())
    script = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({largest + 1000}, {largest + 1000}));"
        "from songcut.cli import main; main()"
    )
    command = [sys.executable, "-c", script, "make", str(song), *SMALL]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert "clicks.mp4" in done.stderr.replace("\n", "")
    assert not list(tmp_path.glob("*.mp4"))
    time.sleep(0.01)
    assert songcut("make", song, *SMALL, cwd=tmp_path).returncode == 0
    assert (tmp_path / "clicks.mp4").exists()


def test_a_missing_model_is_a_backend_that_failed(song, tmp_path):
    result = run("make", song, *SMALL, "--embedder", "nobody/nothing", cwd=tmp_path)
    assert result.exit_code == 3
    assert "nobody/nothing" in result.stderr
    assert "Traceback" not in result.stderr

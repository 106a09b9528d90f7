"""What a film costs: wall time, CPU time and peak memory of every stage of ``songcut make``, from nothing.

    python3 run.py python benchmarks/end_to_end.py [--song SONG] [--seconds N] [make's own options]

The song is made into a film in an empty folder, in a process of its own, and the table is printed; it goes as JSON
to ``benchmarks/results/end_to_end.json``. Seconds per second of song are the figure to compare: the machine's speed
is printed beside them as the time that x264 alone takes to encode the same number of frames at the same size and
quality, in the same run.
"""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).resolve().parent / "results"


@dataclass(frozen=True)
class StageCost:
    """One row: seconds of wall and CPU, and the largest resident memory seen during the stage, in MiB."""

    stage: str
    wall: float
    cpu: float
    peak_mib: float


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--song", type=Path, default=ROOT / "samples" / "on-the-run.ogg")
    parser.add_argument("--seconds", type=float, help="tile or cut the song to this length first")
    arguments, options = parser.parse_known_args()
    with tempfile.TemporaryDirectory(prefix="songcut-benchmark-") as name:
        folder = Path(name)
        song = arguments.song.resolve()
        if arguments.seconds:
            song = retimed(song, arguments.seconds, folder / f"{song.stem}.flac")
        rows, start_up = measured(song, folder, options)
        report(song, folder, rows, start_up, options)


def measured(song: Path, folder: Path, options: list[str]) -> tuple[list[StageCost], float]:
    """Run ``songcut make`` and read its cost off the operating system at each change of stage."""
    command = [sys.executable, "-m", "songcut", "make", str(song), "--json", *options]
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    watched = psutil.Process(process.pid)
    rows: list[StageCost] = []
    stage, wall, cpu, peak, start_up = "", began, 0.0, 0.0, 0.0
    for line in process.stdout or ():
        row = json.loads(line)
        if "error" in row:
            sys.exit(row["error"])
        used, memory, now = sum(watched.cpu_times()[:2]), watched.memory_info().rss / 2**20, time.perf_counter()
        peak = max(peak, memory)
        if row.get("stage", "end") != stage:
            if stage:
                rows.append(StageCost(stage, now - wall, used - cpu, peak))
            else:
                start_up = now - began
            stage, wall, cpu, peak = row.get("stage", "end"), now, used, memory
    if process.wait() != 0:
        sys.exit(process.returncode)
    return rows, start_up


def encoder_alone(frames: int, width: int, height: int, quality: str, folder: Path) -> float:
    """Return the wall seconds x264 takes for so many noisy moving pictures, on every core, as the film's size."""
    from songcut.execution import available_workers, run_in_order
    from songcut.media.writing import write_segment
    from songcut.model.takes import PictureFormat

    picture = PictureFormat(width, height, Fraction(24))
    noise = np.random.default_rng(0)
    base = noise.integers(60, 180, (height * 3 // 2 // 8 + 1, width // 8 + 1), dtype=np.uint8)
    still = np.kron(base, np.ones((8, 8), np.uint8))[: height * 3 // 2, :width]
    grain = noise.integers(0, 6, (8, *still.shape), dtype=np.uint8)
    share, workers = 120, available_workers()

    def encode(number: int) -> None:
        moving = (np.roll(still, 2 * n, axis=1) + grain[n % 8] for n in range(share))
        write_segment(folder / f"x264-{number}.mp4", moving, picture, quality)

    began = time.perf_counter()
    list(run_in_order(encode, range(workers), workers))
    return (time.perf_counter() - began) * frames / (share * workers)


def report(song: Path, folder: Path, rows: list[StageCost], start_up: float, options: list[str]) -> None:
    """Print the table and write the JSON."""
    from songcut.media.audio import decode_audio
    from songcut.media.probe import probe_video

    seconds = decode_audio(song).duration
    film = probe_video(next(folder.glob("*.mp4")))
    quality = options[options.index("--quality") + 1] if "--quality" in options else "standard"
    reference = encoder_alone(film.frames, film.width, film.height, quality, folder)
    total = StageCost("total", sum(r.wall for r in rows), sum(r.cpu for r in rows), max(r.peak_mib for r in rows))
    print(f"{song.name}, {seconds:.1f} s, {film.width}x{film.height}, {film.frames} frames, {' '.join(options)}\n")
    print("| stage | wall s | CPU s | peak MiB | wall s per second of song |")
    print("| --- | --- | --- | --- | --- |")
    for row in [*rows, total]:
        print(f"| {row.stage} | {row.wall:.1f} | {row.cpu:.1f} | {row.peak_mib:.0f} | {row.wall / seconds:.3f} |")
    print(f"\nstart-up {start_up:.1f} s; x264 alone on {film.frames} frames of this size: {reference:.1f} s, ", end="")
    print(f"so the whole takes {total.wall / reference:.2f} times the encoder alone")
    RESULTS.mkdir(exist_ok=True)
    result = {
        "song": song.name,
        "seconds": seconds,
        "frames": film.frames,
        "size": [film.width, film.height],
        "options": options,
        "machine": platform.processor() or platform.machine(),
        "start_up": start_up,
        "x264_alone": reference,
        "film_seconds_per_song_second": total.wall / seconds,
        "stages": [asdict(row) for row in [*rows, total]],
    }
    (RESULTS / "end_to_end.json").write_text(json.dumps(result, indent=1))


def retimed(song: Path, seconds: float, output: Path) -> Path:
    """Write a song of another length as FLAC by repeating or cutting it."""
    import av

    from songcut.media.audio import decode_audio

    rate = 44_100
    samples = decode_audio(song, rate).samples
    total = round(seconds * rate)
    with av.open(str(output), "w") as container:
        stream = container.add_stream("flac", rate=rate)
        stream.layout = "mono"
        for start in range(0, total, rate):
            indices = np.arange(start, min(start + rate, total)) % len(samples)
            block = (np.clip(samples[indices], -1, 1) * 32767).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(block[None], format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return output


if __name__ == "__main__":
    main()

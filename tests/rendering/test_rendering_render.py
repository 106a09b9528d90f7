import subprocess
import sys
import textwrap
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import media_makers as make
from songcut.errors import InputError, OutputError
from songcut.media.probe import probe_video
from songcut.media.reading import read_pictures
from songcut.media.writing import write_segment
from songcut.model.takes import PictureFormat
from songcut.model.timeline import Clip, Timeline
from songcut.model.timing import FrameRange
from songcut.rendering.render import RenderJob, prune_segments, render

PICTURE = PictureFormat(320, 180, Fraction(24))


@pytest.fixture
def studio(tmp_path):
    """A project-like folder with a two-second song and three coded clips of three seconds."""
    (tmp_path / "segments").mkdir()
    make.write_click_song(tmp_path / "song.wav", seconds=2)
    for clip in (1, 2, 3):
        make.write_coded_clip(tmp_path / f"{clip}.mp4", clip=clip, frames=72)
    return tmp_path


def timeline(*clips, picture=PICTURE):
    return Timeline("t", picture, clips, "song.wav", 2.0)


THREE = timeline(
    Clip(FrameRange(0, 10), "1.mp4", Fraction(0)),
    Clip(FrameRange(10, 31), "2.mp4", Fraction(20, 24)),
    Clip(FrameRange(31, 48), "3.mp4", Fraction(55, 24)),
)


def job(studio, cut=THREE, **changes):
    return replace(RenderJob(cut, studio, studio / "segments", studio / "film.mp4", "draft", 2), **changes)


def test_every_frame_of_the_film_is_the_one_the_timeline_asks_for(studio):
    render(job(studio))
    wanted = [(1, n) for n in range(10)] + [(2, 20 + n) for n in range(21)] + [(3, 55 + n) for n in range(17)]
    assert make.read_film_codes(studio / "film.mp4") == wanted


@pytest.mark.parametrize("source_rate", [Fraction(25), Fraction(30000, 1001), Fraction(12), Fraction(60)])
def test_clips_of_another_rate_show_the_frame_at_the_middle_of_each_film_frame(studio, source_rate):
    make.write_coded_clip(studio / "other.mp4", clip=9, frames=200, rate=source_rate)
    start = Fraction(1, 3)
    render(job(studio, timeline(Clip(FrameRange(0, 48), "other.mp4", start))))
    wanted = [(9, int((start + (n + Fraction(1, 2)) / 24) * source_rate)) for n in range(48)]
    assert make.read_film_codes(studio / "film.mp4") == wanted


def test_speed_steps_through_the_clip_faster(studio):
    render(job(studio, timeline(Clip(FrameRange(0, 30), "1.mp4", Fraction(0), Fraction(2)))))
    assert make.read_film_codes(studio / "film.mp4") == [(1, 2 * n + 1) for n in range(30)]


def test_a_gap_is_black(studio):
    render(job(studio, timeline(Clip(FrameRange(0, 5), None), Clip(FrameRange(5, 9), "1.mp4"))))
    times = [Fraction(2 * n + 1, 48) for n in range(9)]
    lumas = [picture[:180] for picture in read_pictures(studio / "film.mp4", times, 320, 180)]
    assert all(abs(int(luma.mean()) - 16) <= 1 for luma in lumas[:5])
    assert [make.read_code(luma) for luma in lumas[5:]] == [(1, n) for n in range(4)]


def test_the_film_has_the_timelines_length_size_and_rate(studio):
    render(job(studio))
    info = probe_video(studio / "film.mp4")
    assert (info.width, info.height, info.frames, info.rate) == (320, 180, 48, Fraction(24))
    assert info.duration == 2


def test_the_same_job_gives_the_same_bytes(studio):
    render(job(studio))
    first = (studio / "film.mp4").read_bytes()
    for path in (studio / "segments").iterdir():
        path.unlink()
    render(job(studio, workers=1))
    assert (studio / "film.mp4").read_bytes() == first


def test_a_segment_is_encoded_once(studio):
    render(job(studio))
    before = {path.name: path.stat().st_mtime_ns for path in (studio / "segments").iterdir()}
    changed = replace(THREE, clips=(*THREE.clips[:2], replace(THREE.clips[2], in_point=Fraction(1))))
    render(job(studio, changed))
    after = {path.name: path.stat().st_mtime_ns for path in (studio / "segments").iterdir()}
    assert before.items() <= after.items()
    assert len(after) == len(before) + 1
    prune_segments(studio / "segments", changed, studio, "draft")
    assert len(list((studio / "segments").iterdir())) == 3


def test_a_take_that_already_is_a_segment_is_joined_as_it_stands(studio):
    pictures = list(read_pictures(studio / "1.mp4", [Fraction(2 * n + 1, 48) for n in range(48)], 320, 180))
    write_segment(studio / "ready.mp4", pictures, PICTURE, "draft")
    render(job(studio, timeline(Clip(FrameRange(0, 48), "ready.mp4"))))
    assert list((studio / "segments").iterdir()) == []
    assert make.read_film_codes(studio / "film.mp4") == [(1, n) for n in range(48)]


@pytest.mark.parametrize("change", [{"quality": "high"}, {"size": 640}])
def test_a_take_of_another_make_is_encoded(studio, change):
    write_segment(studio / "ready.mp4", [np.full((270, 320), 90, np.uint8)] * 48, PICTURE, "draft")
    picture = PictureFormat(change.get("size", 320), 180, Fraction(24))
    cut = timeline(Clip(FrameRange(0, 48), "ready.mp4"), picture=picture)
    render(job(studio, cut, quality=change.get("quality", "draft")))
    assert len(list((studio / "segments").iterdir())) == 1
    assert probe_video(studio / "film.mp4").width == picture.width


def test_progress_ends_with_all_frames(studio):
    told = []
    render(job(studio), lambda done, total: told.append((done, total)))
    assert told == [(10, 48), (31, 48), (48, 48)]


def test_missing_media_is_named_before_anything_is_encoded(studio):
    (studio / "2.mp4").unlink()
    with pytest.raises(InputError, match=r"clip 2 .*2\.mp4"):
        render(job(studio))
    assert list((studio / "segments").iterdir()) == []


def test_an_unwritable_film_is_one_sentence(studio):
    with pytest.raises(OutputError, match="nowhere"):
        render(job(studio, output=studio / "nowhere" / "film.mp4"))


def test_a_full_disk_leaves_no_broken_film(studio):
    """A limit on file sizes stops writing as a full disk does, in a process of its own."""
    (studio / "film.mp4").write_bytes(b"the film of an earlier run")
    script = textwrap.dedent(
        f"""
        import resource, signal, sys
        sys.path[:0] = {[str(p) for p in sys.path if "tests" in p]!r}
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
        from pathlib import Path
        from songcut.errors import OutputError
        from test_rendering_render import THREE, job
        try:
            from songcut.rendering.render import render
            render(job(Path({str(studio)!r})))
        except OutputError as error:
            print(error)
            sys.exit(error.exit_code)
        """
    )
    path = f"import sys; sys.path.insert(0, {str(__file__.rsplit('/', 1)[0])!r})\n"
    done = subprocess.run([sys.executable, "-c", path + script], capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert "mp4" in done.stdout
    assert (studio / "film.mp4").read_bytes() == b"the film of an earlier run"
    assert not [path for path in studio.rglob("*") if "film" in path.name and path.name != "film.mp4"]

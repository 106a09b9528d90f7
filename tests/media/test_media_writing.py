"""Segments: the pictures that were given, tagged, at a constant rate, whole or not at all, the same bytes each time."""

import resource
import subprocess
import sys
import textwrap
from fractions import Fraction

import av
import numpy as np
import pytest

from media_makers import code_picture, read_film_codes
from songcut.errors import InputError, MediaError, OutputError
from songcut.media.writing import QUALITIES, write_segment
from songcut.model.takes import PictureFormat

RATES = [Fraction(24), Fraction(25), Fraction(30_000, 1001), Fraction(24_000, 1001), Fraction(60), Fraction(25, 2)]
SMALL = PictureFormat(160, 90, Fraction(24))


def coded(clip: int, frames: int, picture: PictureFormat = SMALL, start: int = 0):
    for number in range(start, start + frames):
        array = np.full((picture.height * 3 // 2, picture.width), 128, np.uint8)
        array[: picture.height] = code_picture(clip, number, picture.width, picture.height)
        yield array


@pytest.mark.parametrize("quality", QUALITIES)
@pytest.mark.parametrize("rate", RATES)
def test_frames_times_and_tags(tmp_path, quality, rate):
    picture = PictureFormat(160, 90, rate)
    path = tmp_path / "segment.mp4"
    assert write_segment(path, coded(5, 70, picture), picture, quality) == 70
    assert read_film_codes(path) == [(5, number) for number in range(70)]
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        base = Fraction(stream.time_base)
        packets = [packet for packet in container.demux(stream) if packet.size]
        assert [packet.pts * base for packet in packets] == [number / rate for number in range(70)]
        assert all(packet.pts == packet.dts and packet.duration * base == 1 / rate for packet in packets)
        keys = [number for number, packet in enumerate(packets) if packet.is_keyframe]
        assert keys[0] == 0
        assert all(later - earlier <= 2 * rate for earlier, later in zip(keys, [*keys[1:], 70], strict=True))
        context = stream.codec_context
        assert (context.color_range, context.colorspace, context.color_primaries, context.color_trc) == (1, 1, 1, 1)
        assert (context.pix_fmt, context.codec.name, context.has_b_frames) == ("yuv420p", "h264", False)
        assert Fraction(stream.average_rate) == rate


@pytest.mark.parametrize("quality", QUALITIES)
def test_same_pictures_same_bytes_and_parameter_sets_depend_on_settings_alone(tmp_path, quality):
    first, again, other = (tmp_path / f"{name}.mp4" for name in ("first", "again", "other"))
    write_segment(first, coded(1, 30), SMALL, quality)
    write_segment(again, coded(1, 30), SMALL, quality)
    noise = np.random.default_rng(1).integers(16, 235, (3, 135, 160), dtype=np.uint8)
    write_segment(other, noise, SMALL, quality)
    assert first.read_bytes() == again.read_bytes()
    assert _parameters(first) == _parameters(other)


def test_qualities_are_ordered(tmp_path):
    """More bits and less error from draft to high, on a picture with texture."""
    rng = np.random.default_rng(2)
    y, x = np.mgrid[:135, :160]
    pictures = [
        (120 + 60 * np.sin((x + 2 * n) / 9) * np.cos(y / 13 + n / 5) + rng.normal(0, 2, x.shape)).astype(np.uint8)
        for n in range(8)
    ]
    sizes, errors = [], []
    for quality in QUALITIES:
        path = tmp_path / f"{quality}.mp4"
        write_segment(path, pictures, SMALL, quality)
        with av.open(str(path)) as container:
            shown = [frame.to_ndarray() for frame in container.decode(video=0)]
        sizes.append(path.stat().st_size)
        errors.append(np.mean([np.abs(a.astype(int) - b).mean() for a, b in zip(shown, pictures, strict=True)]))
    assert sizes == sorted(sizes)
    assert errors == sorted(errors, reverse=True)


def test_wrong_pictures_and_quality_are_refused(tmp_path):
    path = tmp_path / "segment.mp4"
    with pytest.raises(ValueError, match="shape"):
        write_segment(path, [np.zeros((90, 160), np.uint8)], SMALL, "draft")
    with pytest.raises(ValueError, match="at least one picture"):
        write_segment(path, [], SMALL, "draft")
    with pytest.raises(InputError, match="draft, standard, high"):
        write_segment(path, coded(1, 1), SMALL, "best")
    assert list(tmp_path.iterdir()) == []


def test_an_error_in_the_pictures_passes_and_leaves_nothing(tmp_path):
    def failing():
        yield from coded(1, 3)
        raise MediaError("clip.mp4", "is damaged")

    path = tmp_path / "segment.mp4"
    path.write_bytes(b"an earlier film")
    with pytest.raises(MediaError, match="is damaged"):
        write_segment(path, failing(), SMALL, "draft")
    assert path.read_bytes() == b"an earlier film"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interruption_leaves_nothing(tmp_path):
    def interrupted():
        yield from coded(1, 3)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_segment(tmp_path / "segment.mp4", interrupted(), SMALL, "draft")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path):
    """A limit on the size of files stands for the full disk: the write fails in the same place."""
    script = textwrap.dedent("""
        import resource, sys
        from fractions import Fraction
        from pathlib import Path
        import numpy as np
        from songcut.errors import OutputError
        from songcut.media.writing import write_segment
        from songcut.model.takes import PictureFormat
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
        rng = np.random.default_rng(0)
        pictures = (rng.integers(16, 235, (135, 160), dtype=np.uint8) for _ in range(40))
        try:
            write_segment(Path(sys.argv[1]), pictures, PictureFormat(160, 90, Fraction(24)), "high")
        except OutputError as error:
            print(error)
    """)
    path = tmp_path / "segment.mp4"
    said = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert said.stdout.startswith(f"{path}: the file would be larger")
    assert said.stdout.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_missing_folder_is_an_output_error(tmp_path):
    with pytest.raises(OutputError, match=r"cannot be written there \(no such file or directory\)"):
        write_segment(tmp_path / "missing" / "segment.mp4", coded(1, 1), SMALL, "draft")


def _parameters(path):
    with av.open(str(path)) as container:
        return container.streams.video[0].codec_context.extradata


def test_memory_does_not_grow_with_length(tmp_path):
    """Two minutes of small pictures cost hardly more than two seconds."""
    write_segment(tmp_path / "short.mp4", coded(1, 48), SMALL, "draft")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    write_segment(tmp_path / "long.mp4", coded(1, 2880), SMALL, "draft")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 8 * 1024  # KiB; the pictures alone would be 62 MiB

"""Every picture that comes out is the one asked for, upright, unstretched and in the right colours."""

from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media_makers import cut_file, read_code, write_click_song, write_clip, write_coded_clip, write_still
from songcut.errors import MediaError
from songcut.media.probe import probe_video
from songcut.media.reading import read_pictures, read_rgb

NTSC = Fraction(1001)


def middles(frames: int, rate: Fraction, start: Fraction = Fraction(0)) -> list[Fraction]:
    return [start + (frame + Fraction(1, 2)) / rate for frame in range(frames)]


def codes(path: Path, times: list[Fraction], width: int = 160, height: int = 90) -> list[tuple[int, int]]:
    return [read_code(picture[:height]) for picture in read_pictures(path, times, width, height)]


def expected(times: list[Fraction], shown: list[Fraction]) -> list[int]:
    """The law itself: the last frame displayed at or before each instant."""
    return [max(sum(start <= time for start in shown) - 1, 0) for time in times]


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(25), 30_000 / NTSC, Fraction(30), Fraction(60), 24_000 / NTSC])
@pytest.mark.parametrize("film_rate", [Fraction(24), Fraction(60)])
def test_constant_rates(tmp_path, rate, film_rate):
    path = tmp_path / "clip.mp4"
    write_coded_clip(path, clip=3, frames=40, rate=rate)
    times = middles(30, film_rate)
    shown = [number / rate for number in range(40)]
    assert codes(path, times) == [(3, frame) for frame in expected(times, shown)]


VARIABLE = list(accumulate([Fraction(n, 1000) for n in (0, 33, 41, 10, 120, 17, 300, 5, 33, 33, 90, 41)]))


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_variable_rate(tmp_path, suffix):
    path = tmp_path / f"clip{suffix}"
    write_coded_clip(path, clip=9, frames=len(VARIABLE), times=VARIABLE, rate=Fraction(30))
    times = middles(40, Fraction(50))
    assert codes(path, times) == [(9, frame) for frame in expected(times, VARIABLE)]


@pytest.mark.parametrize(
    ("codec", "suffix", "options", "pixels"),
    [
        ("libx264", ".mp4", {"x264-params": "keyint=250:scenecut=0:bframes=3:open-gop=1"}, "yuv420p"),
        ("libx264", ".mov", {"x264-params": "keyint=12:scenecut=0:bframes=3:b-pyramid=2:open-gop=1"}, "yuv420p"),
        ("libx264", ".mkv", {"x264-params": "keyint=12:bframes=2"}, "yuv444p"),
        ("libx264", ".ts", {"x264-params": "keyint=12:bframes=2"}, "yuv420p"),
        (
            "libx265",
            ".mp4",
            {"x265-params": "keyint=15:bframes=3:log-level=none", "preset": "ultrafast"},
            "yuv420p10le",
        ),
        ("libvpx-vp9", ".webm", {"cpu-used": "8", "deadline": "realtime"}, "yuv420p"),
        ("mpeg4", ".avi", {}, "yuv420p"),
        ("libx264", ".avi", {"x264-params": "bframes=2"}, "yuv420p"),
        ("libx264", ".flv", {"x264-params": "keyint=12:bframes=2"}, "yuv420p"),
        ("mpeg2video", ".mpg", {"bf": "2", "g": "9"}, "yuv420p"),
        ("mpeg2video", ".ts", {"bf": "2", "g": "9"}, "yuv420p"),
        ("prores_ks", ".mov", {}, "yuv422p10le"),
        ("mjpeg", ".mov", {}, "yuvj420p"),
    ],
)
def test_codecs_and_groups_of_pictures(tmp_path, codec, suffix, options, pixels):
    path = tmp_path / f"clip{suffix}"
    write_coded_clip(path, clip=200, frames=60, codec=codec, options=options, pixels=pixels, rate=Fraction(25))
    for start in (Fraction(0), Fraction(7, 10), Fraction(21, 10)):
        times = middles(8, Fraction(24), start)
        shown = [Fraction(number, 25) for number in range(60)]
        assert codes(path, times) == [(200, frame) for frame in expected(times, shown)]


def test_every_start_in_a_clip_with_many_key_frames(tmp_path):
    path = tmp_path / "clip.mp4"
    write_coded_clip(path, clip=1, frames=50, options={"x264-params": "keyint=7:bframes=3:open-gop=1"})
    for first in range(0, 50, 3):
        times = middles(2, Fraction(24), Fraction(first, 24))
        assert codes(path, times) == [(1, first), (1, min(first + 1, 49))]


@settings(max_examples=15, deadline=None)
@given(
    gaps=st.lists(st.integers(1, 200), min_size=3, max_size=12),
    instants=st.lists(st.integers(0, 1500), min_size=1, max_size=12),
    bframes=st.integers(0, 3),
)
def test_any_variable_rate_and_any_instants(tmp_path_factory, gaps, instants, bframes):
    shown = [Fraction(total, 1000) for total in accumulate([0, *gaps])]
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    options = {"x264-params": f"keyint=4:bframes={bframes}:open-gop=1", "preset": "ultrafast"}
    write_coded_clip(path, clip=8, frames=len(shown), times=shown, options=options, width=96, height=64)
    times = sorted(Fraction(instant, 1000) for instant in instants)
    assert codes(path, times, 96, 64) == [(8, frame) for frame in expected(times, shown)]


def test_past_the_end_and_repeated_instants(tmp_path):
    path = tmp_path / "clip.mp4"
    write_coded_clip(path, clip=1, frames=5)
    times = [Fraction(1, 48), Fraction(1, 48), Fraction(7, 48), Fraction(100), Fraction(1000)]
    pictures = list(read_pictures(path, times, 160, 90))
    assert [read_code(picture[:90])[1] for picture in pictures] == [0, 0, 3, 4, 4]
    assert pictures[0] is pictures[1]
    assert not pictures[0].flags.writeable


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize(("width", "height"), [(160, 90), (90, 160), (100, 100), (256, 96)])
def test_rotated_clips_stand_upright_and_fill(tmp_path, rotation, width, height):
    path = tmp_path / "clip.mp4"
    write_coded_clip(path, clip=77, frames=3, width=320, height=180, rotation=rotation)
    info = probe_video(path)
    assert (info.width, info.height, info.rotation) == (320, 180, rotation)
    assert codes(path, middles(3, Fraction(24)), width, height) == [(77, 0), (77, 1), (77, 2)]
    assert [read_code(rgb) for rgb in read_rgb(path, middles(2, Fraction(24)), width, height)] == [(77, 0), (77, 1)]


@pytest.mark.parametrize(
    ("stored_aspect", "displayed"),
    [(Fraction(4, 3), (320, 180)), (Fraction(2, 3), (320, 180)), (Fraction(8, 9), (320, 270))],
)
def test_pixels_that_are_not_square_are_not_stretched(tmp_path, stored_aspect, displayed):
    path = tmp_path / "clip.mp4"
    write_coded_clip(path, clip=5, frames=3, width=displayed[0], height=displayed[1], pixel_aspect=stored_aspect)
    info = probe_video(path)
    assert (info.width, info.height) == displayed
    picture = next(read_pictures(path, [Fraction(0)], 160, 90))
    rows, columns = _extent(picture[:90])
    assert abs(rows - columns) <= 2
    assert read_code(picture[:90]) == (5, 0)


@pytest.mark.parametrize(("width", "height"), [(321, 181), (77, 99), (33, 21), (1022, 34)])
def test_odd_and_long_sizes(tmp_path, width, height):
    path = tmp_path / "clip.mkv"
    write_coded_clip(path, clip=5, frames=3, width=width, height=height, codec="ffv1", pixels="yuv444p")
    picture = next(read_pictures(path, [Fraction(0)], 160, 90))
    assert picture.shape == (135, 160)
    rows, columns = _extent(picture[:90])
    assert abs(rows - columns) <= 2
    assert next(read_rgb(path, [Fraction(0)], 31, 17)).shape == (17, 31, 3)


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_stills_repeat(tmp_path, suffix):
    path = tmp_path / f"still{suffix}"
    write_still(path, clip=12)
    info = probe_video(path)
    assert info.is_still
    assert (info.width, info.height, info.frames) == (320, 180, 1)
    assert codes(path, middles(5, Fraction(24))) == [(12, 0)] * 5


def test_edit_list_that_starts_late(tmp_path):
    """Time 0 is the first frame displayed, wherever the file's own clock starts."""
    path = tmp_path / "clip.mp4"
    times = [Fraction(5) + Fraction(number, 24) for number in range(10)]
    write_coded_clip(path, clip=4, frames=10, times=times, options={"x264-params": "bframes=2"})
    assert codes(path, middles(10, Fraction(24))) == [(4, number) for number in range(10)]
    assert probe_video(path).duration == Fraction(10, 24)


@pytest.mark.parametrize(
    ("tags", "size", "weights", "full"),
    [
        ((1, 1, 1, 1), (320, 180), (0.2126, 0.0722), False),
        ((2, 1, 1, 1), (320, 180), (0.2126, 0.0722), True),
        ((1, 6, 6, 6), (320, 180), (0.299, 0.114), False),
        ((2, 5, 5, 6), (320, 180), (0.299, 0.114), True),
        ((0, 2, 2, 2), (320, 180), (0.299, 0.114), False),
        ((0, 2, 2, 2), (1280, 720), (0.2126, 0.0722), False),
    ],
)
def test_colours_are_those_of_the_source(tmp_path, tags, size, weights, full):
    """A saturated colour, encoded by hand with the source's matrix and range, comes back in both outputs."""
    rgb = np.array([200.0, 60.0, 90.0])
    path = tmp_path / "clip.mkv"
    _write_flat_clip(path, _ycbcr(rgb, *weights, full=full), size, tags)
    seen = next(read_rgb(path, [Fraction(0)], 64, 36))
    assert np.abs(seen.reshape(-1, 3).mean(axis=0) - rgb).max() < 1.5
    planes = next(read_pictures(path, [Fraction(0)], 64, 36))
    luma, cb, cr = planes[:36], planes[36:45], planes[45:]
    assert np.abs(np.array([luma.mean(), cb.mean(), cr.mean()]) - _ycbcr(rgb, 0.2126, 0.0722, full=False)).max() < 1.5


def test_the_same_pixels_twice(tmp_path):
    path = tmp_path / "clip.mp4"
    write_coded_clip(path, clip=1, frames=4, width=322, height=182)
    first, second = (list(read_pictures(path, middles(4, Fraction(24)), 160, 90)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_no_instants_no_pictures(tmp_path):
    assert list(read_pictures(tmp_path / "missing.mp4", [], 160, 90)) == []


def test_wrong_requests_are_refused_at_once(tmp_path):
    with pytest.raises(ValueError, match="even sides"):
        read_pictures(tmp_path / "clip.mp4", [Fraction(0)], 161, 90)
    with pytest.raises(ValueError, match="must not decrease"):
        read_rgb(tmp_path / "clip.mp4", [Fraction(1), Fraction(0)], 16, 16)


def test_files_without_pictures(tmp_path):
    song = tmp_path / "song.mp3"
    write_click_song(song, seconds=3, cover=True)
    text = tmp_path / "clip.mp4"
    text.write_text("this is no clip\n" * 50)
    for path in (song, text, tmp_path / "missing.mp4"):
        with pytest.raises(MediaError) as caught:
            probe_video(path)
        assert str(path) in str(caught.value)
        with pytest.raises(MediaError):
            next(read_pictures(path, [Fraction(0)], 160, 90))


def test_a_clip_damaged_part_way_is_an_error_that_names_it(tmp_path):
    path = tmp_path / "clip.mp4"
    write_coded_clip(path, clip=1, frames=40, options={"x264-params": "keyint=10"})
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat") + 4
    middle = start + len(data) // 3
    data[middle : middle + 2000] = b"\xff" * 2000
    path.write_bytes(data)
    with pytest.raises(MediaError, match=r"clip\.mp4.*damaged"):
        list(read_pictures(path, middles(40, Fraction(24)), 160, 90))


def test_a_clip_cut_off_offers_what_is_there(tmp_path):
    path = tmp_path / "clip.mkv"
    write_coded_clip(path, clip=1, frames=40, codec="mjpeg", pixels="yuvj420p")
    cut_file(path, 0.5)
    info = probe_video(path)
    assert 10 < info.frames < 30
    assert codes(path, [info.duration - Fraction(1, 48)])[0][1] == info.frames - 1


def test_description_is_the_comment(tmp_path):
    path = tmp_path / "clip.mp4"
    write_coded_clip(path, clip=1, frames=2, description="a red kite over a field")
    assert probe_video(path).description == "a red kite over a field"


@pytest.mark.parametrize("rate", [Fraction(24), 30_000 / NTSC, Fraction(25, 2)])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_probe_knows_rate_and_duration(tmp_path, rate, suffix):
    path = tmp_path / f"clip{suffix}"
    write_coded_clip(path, clip=1, frames=30, rate=rate)
    info = probe_video(path)
    assert (info.frames, info.rate, info.codec, info.is_still) == (30, rate, "h264", False)
    tolerance = Fraction(0) if suffix == ".mp4" else Fraction(1, 500)
    assert abs(info.duration - 30 / rate) <= tolerance


def _extent(luma: np.ndarray) -> tuple[int, int]:
    marked = np.abs(luma.astype(int) - 126) > 48
    return int(marked.any(axis=1).sum()), int(marked.any(axis=0).sum())


def _ycbcr(rgb: np.ndarray, red: float, blue: float, *, full: bool) -> np.ndarray:
    """ITU-R BT.601 and BT.709, section 3: luma and colour differences in 8 bits."""
    r, g, b = rgb / 255
    luma = red * r + (1 - red - blue) * g + blue * b
    cb, cr = (b - luma) / (2 * (1 - blue)), (r - luma) / (2 * (1 - red))
    return (
        np.array([255 * luma, 128 + 255 * cb, 128 + 255 * cr])
        if full
        else np.array([16 + 219 * luma, 128 + 224 * cb, 128 + 224 * cr])
    )


def _write_flat_clip(path: Path, values: np.ndarray, size: tuple[int, int], tags: tuple[int, int, int, int]) -> None:
    width, height = size
    picture = np.empty((height * 3 // 2, width), np.uint8)
    picture[:height], picture[height : height * 5 // 4], picture[height * 5 // 4 :] = np.round(values)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=24, width=width, height=height)
        context = stream.codec_context
        context.pix_fmt = "yuv420p"
        context.color_range, context.colorspace, context.color_primaries, context.color_trc = tags
        frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.color_range, frame.colorspace = tags[:2]
        frame.pts = 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def test_a_clip_of_one_picture(tmp_path):
    path = tmp_path / "clip.mp4"
    write_clip(path, [np.full((90, 160), 90, np.uint8)], rate=Fraction(24))
    assert probe_video(path).duration == Fraction(1, 24)
    assert len(list(read_pictures(path, middles(3, Fraction(24)), 32, 18))) == 3

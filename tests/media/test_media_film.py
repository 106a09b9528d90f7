"""Films: every frame in its place, the song untouched or aligned, tagged, streamable, whole or not there."""

import subprocess
import sys
import textwrap
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from media_makers import (
    code_picture,
    impulse_sound,
    read_film_codes,
    write_click_song,
    write_sound,
    write_video_with_sound,
)
from songcut.errors import MediaError, OutputError
from songcut.media.audio import decode_audio, read_song
from songcut.media.film import FilmTags, SegmentUse, assemble_film
from songcut.media.probe import probe_video
from songcut.media.writing import write_segment
from songcut.model.takes import PictureFormat

PICTURE = PictureFormat(96, 64, Fraction(24))


def segment(path: Path, clip: int, frames: int, picture: PictureFormat = PICTURE, quality: str = "draft") -> Path:
    def pictures():
        for number in range(frames):
            array = np.full((picture.height * 3 // 2, picture.width), 128, np.uint8)
            array[: picture.height] = code_picture(clip, number, picture.width, picture.height)
            yield array

    write_segment(path, pictures(), picture, quality)
    return path


@pytest.fixture
def segments(tmp_path):
    return [segment(tmp_path / f"{clip}.mp4", clip, frames) for clip, frames in ((1, 20), (2, 1), (3, 51))]


@pytest.fixture
def song(tmp_path):
    path = tmp_path / "song.mp3"
    write_click_song(path, seconds=3)
    return path


EXPECTED = [(1, n) for n in range(20)] + [(2, 0)] + [(3, n) for n in range(51)]


@pytest.mark.parametrize(
    "rate", [Fraction(24), Fraction(25), Fraction(24_000, 1001), Fraction(30_000, 1001), Fraction(60), Fraction(25, 2)]
)
def test_frames_are_where_they_belong(tmp_path, song, rate):
    picture = PictureFormat(96, 64, rate)
    parts = [segment(tmp_path / f"{clip}.mp4", clip, frames, picture) for clip, frames in ((1, 20), (2, 1), (3, 51))]
    film = tmp_path / "film.mp4"
    assert assemble_film(parts, song, film, picture) == 72
    assert read_film_codes(film) == EXPECTED
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        base = Fraction(stream.time_base)
        packets = [packet for packet in container.demux(stream) if packet.size]
        assert [packet.pts * base for packet in packets] == [number / rate for number in range(72)]
        assert [packet.dts for packet in packets] == [packet.pts for packet in packets]
        assert stream.duration * base == 72 / rate
        assert Fraction(stream.average_rate) == rate
        assert [number for number, packet in enumerate(packets) if packet.is_keyframe][:3] == [0, 20, 21]
    info = probe_video(film)
    assert (info.frames, info.duration, info.rate) == (72, 72 / rate, rate)


def test_a_strict_decoder_finds_no_fault_at_the_joins(tmp_path, segments, song):
    film = tmp_path / "film.mp4"
    assemble_film([*segments, *segments], song, film, PICTURE)
    with av.open(str(film)) as container:
        container.streams.video[0].codec_context.options = {"err_detect": "explode+crccheck+bitstream+buffer"}
        frames = list(container.decode(video=0))
    assert len(frames) == 144
    assert not any(frame.is_corrupt for frame in frames)


def test_tags_colours_and_index_first(tmp_path, segments, song):
    film = tmp_path / "film.mp4"
    assemble_film(segments, song, film, PICTURE, tags=FilmTags(title="Ålesund", artist="Zoë"))
    with av.open(str(film)) as container:
        assert (container.metadata["title"], container.metadata["artist"]) == ("Ålesund", "Zoë")
        assert [stream.type for stream in container.streams] == ["video", "audio"]
        context = container.streams.video[0].codec_context
        assert (context.color_range, context.colorspace, context.color_primaries, context.color_trc) == (1, 1, 1, 1)
        assert (context.width, context.height, context.pix_fmt) == (96, 64, "yuv420p")
        frame = next(container.decode(video=0))
        assert (frame.color_range, frame.colorspace) == (1, 1)
    data = film.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize(
    ("suffix", "codec", "rate"),
    [
        ("mp3", "libmp3lame", 44_100),
        ("mp3", "libmp3lame", 48_000),
        ("mp3", "libmp3lame", 22_050),
        ("m4a", "aac", 44_100),
        ("m4a", "aac", 48_000),
        ("m4a", "alac", 44_100),
        ("flac", "flac", 44_100),
        ("flac", "flac", 96_000),
        ("mov", "libmp3lame", 44_100),
        ("mkv", "aac", 48_000),
        ("mkv", "flac", 44_100),
        ("aac", "aac", 44_100),
    ],
)
def test_copied_sound_is_the_song_sample_for_sample(tmp_path, segments, suffix, codec, rate):
    path = tmp_path / f"song.{suffix}"
    write_sound(path, impulse_sound([3000, rate, 3 * rate - 100], 3 * rate), rate, codec=codec)
    film = tmp_path / "film.mp4"
    assemble_film(segments, path, film, PICTURE)
    # Beside songcut's own decoding, FFmpeg's plain one: it plays an MP4's last padding too, never less.
    heard, wanted = _sound(film), _sound(path)
    assert heard.shape[1] >= wanted.shape[1]
    assert np.array_equal(heard[:, : wanted.shape[1]], wanted)
    assert np.array_equal(decode_audio(film, rate).samples, decode_audio(path, rate).samples)
    header = 7 if suffix == "aac" else 0  # ADTS writes one before every packet, MP4 once for all
    assert _packets(film) == [packet[header:] for packet in _packets(path)]
    assert read_song(film)[0].codec == read_song(path)[0].codec
    assert read_film_codes(film) == EXPECTED


@pytest.mark.parametrize(
    ("suffix", "codec", "layout", "rate"),
    [
        ("wav", "pcm_s16le", "stereo", 44_100),
        ("wav", "pcm_s24le", "mono", 48_000),
        ("wav", "pcm_f32le", "5.1", 96_000),
        ("wav", "pcm_s16le", "stereo", 192_000),
        ("wav", "pcm_s16le", "mono", 8000),
        ("wav", "pcm_u8", "mono", 37_800),
        ("wav", "pcm_s16le", "3 channels", 44_100),
        ("wav", "pcm_s16le", "12 channels", 44_100),
        ("wav", "pcm_s16le", "7.1", 48_000),
        ("wav", "pcm_s16le", "6.1", 48_000),
        ("ogg", "vorbis", "stereo", 44_100),
        ("opus", "libopus", "stereo", 48_000),
        ("mp3", "libmp3lame", "mono", 11_025),
    ],
)
def test_encoded_sound_is_aligned(tmp_path, segments, suffix, codec, layout, rate):
    """The film's sound lags the song's by less than a millisecond, and is as long."""
    channels = av.AudioLayout(layout).nb_channels
    noise = np.random.default_rng(3).normal(0, 0.1, 3 * rate)
    smooth = np.convolve(noise, np.ones(8) / 8, "same").astype(np.float32)
    path = tmp_path / f"song.{suffix}"
    write_sound(path, np.vstack([smooth] * channels), rate, codec=codec, layout=layout)
    film = tmp_path / "film.mp4"
    assemble_film(segments, path, film, PICTURE)
    heard, wanted = decode_audio(film, 48_000).samples, decode_audio(path, 48_000).samples
    assert abs(len(heard) - len(wanted)) <= 2
    assert abs(_lag(heard, wanted)) < 48
    for part in (slice(0, 24_000), slice(-24_000, None)):
        shorter = min(len(heard), len(wanted))
        assert abs(_lag(heard[:shorter][part], wanted[:shorter][part])) < 48
    song, _ = read_song(film)
    assert song.codec == "aac"
    assert song.channels == {"3 channels": 1, "12 channels": 1, "6.1": 2}.get(layout, channels)


def test_the_bit_rate_is_high(tmp_path, segments):
    path = tmp_path / "song.wav"
    noise = np.random.default_rng(3).normal(0, 0.2, (2, 3 * 44_100)).astype(np.float32)
    write_sound(path, noise)
    assemble_film(segments, path, tmp_path / "film.mp4", PICTURE)
    assert sum(map(len, _packets(tmp_path / "film.mp4"))) * 8 / 3 == pytest.approx(320_000, rel=0.05)


def test_a_video_as_song_gives_only_its_sound(tmp_path, segments):
    video = tmp_path / "video.mp4"
    write_video_with_sound(video, clip=99, frames=72, samples=impulse_sound([44_100], 3 * 44_100), rate=44_100)
    film = tmp_path / "film.mp4"
    assemble_film(segments, video, film, PICTURE)
    assert read_film_codes(film) == EXPECTED
    assert np.array_equal(decode_audio(film).samples, decode_audio(video).samples)


def test_cover_art_is_left_out(tmp_path, segments):
    path = tmp_path / "song.mp3"
    write_click_song(path, seconds=3, cover=True)
    assemble_film(segments, path, tmp_path / "film.mp4", PICTURE)
    with av.open(str(tmp_path / "film.mp4")) as container:
        assert [stream.type for stream in container.streams] == ["video", "audio"]


@pytest.mark.parametrize("suffix", ["mp3", "wav"])
def test_the_same_film_bit_for_bit(tmp_path, segments, suffix):
    path = tmp_path / f"song.{suffix}"
    write_click_song(path, seconds=3)
    first, second = tmp_path / "first.mp4", tmp_path / "second.mp4"
    for film in (first, second):
        assemble_film(segments, path, film, PICTURE, tags=FilmTags(title="t"))
    assert first.read_bytes() == second.read_bytes()


def test_part_of_a_segment_and_progress(tmp_path, segments, song):
    seen: list[int] = []
    uses = [SegmentUse(segments[0], 7), SegmentUse(segments[2]), SegmentUse(segments[0], 20)]
    film = tmp_path / "film.mp4"
    assert assemble_film(uses, song, film, PICTURE, progress=seen.append) == 78
    assert seen == [7, 58, 78]
    expected = [(1, n) for n in range(7)] + [(3, n) for n in range(51)] + [(1, n) for n in range(20)]
    assert read_film_codes(film) == expected


def test_segments_that_do_not_fit_are_named(tmp_path, segments, song):
    film = tmp_path / "film.mp4"
    other = segment(tmp_path / "other.mp4", 9, 5, PICTURE, "high")
    larger = segment(tmp_path / "larger.mp4", 9, 5, PictureFormat(128, 64, Fraction(24)))
    for wrong, words in (
        (other, "other settings"),
        (larger, "other settings"),
        (SegmentUse(segments[1], 3), "has 1 frames where 3"),
        (tmp_path / "missing.mp4", "no such file"),
    ):
        with pytest.raises(MediaError, match=words):
            assemble_film([segments[0], wrong], song, film, PICTURE)
        assert not film.exists()
    with pytest.raises(ValueError, match="at least one segment"):
        assemble_film([], song, film, PICTURE)
    assert not any(path.name.endswith(".tmp") for path in tmp_path.iterdir())


def test_a_bad_song_leaves_no_film(tmp_path, segments):
    path = tmp_path / "song.mp3"
    path.write_text("words\n" * 100)
    with pytest.raises(MediaError, match=r"song\.mp3"):
        assemble_film(segments, path, tmp_path / "film.mp4", PICTURE)
    with pytest.raises(MediaError, match="no audio"):
        assemble_film(segments, segments[0], tmp_path / "film.mp4", PICTURE)
    assert not (tmp_path / "film.mp4").exists()


def test_places_that_cannot_be_written(tmp_path, segments, song):
    with pytest.raises(OutputError, match=r"film\.mp4"):
        assemble_film(segments, song, tmp_path / "missing" / "film.mp4", PICTURE)
    (tmp_path / "film.mp4").mkdir()
    with pytest.raises(OutputError, match=r"film\.mp4"):
        assemble_film(segments, song, tmp_path / "film.mp4", PICTURE)
    assert not any(path.name.endswith(".tmp") for path in tmp_path.iterdir())


@pytest.mark.parametrize("limit", [2_000, 40_000, 1_000_000])
def test_a_full_disk_leaves_no_broken_film(tmp_path, segments, limit):
    """In the header, in the middle, and while the index is moved to the front."""
    song = tmp_path / "song.wav"
    write_sound(song, np.random.default_rng(3).normal(0, 0.2, (2, 2 * 44_100)).astype(np.float32))
    film = tmp_path / "film.mp4"
    film.write_bytes(b"an earlier film")
    assemble_film(segments, song, tmp_path / "whole.mp4", PICTURE)
    limit = min(limit, (tmp_path / "whole.mp4").stat().st_size - 500)
    script = textwrap.dedent("""
        import resource, sys
        from fractions import Fraction
        from pathlib import Path
        from songcut.errors import OutputError
        from songcut.media.film import assemble_film
        from songcut.model.takes import PictureFormat
        limit = int(sys.argv[1])
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        song, film, *segments = map(Path, sys.argv[2:])
        try:
            assemble_film(segments, song, film, PictureFormat(96, 64, Fraction(24)))
        except OutputError as error:
            print(error)
    """)
    said = subprocess.run(
        [sys.executable, "-c", script, str(limit), str(song), str(film), *map(str, segments)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.startswith(f"{film}: the file would be larger")
    assert said.stdout.count("\n") == 1
    assert film.read_bytes() == b"an earlier film"
    assert not any(path.name.endswith(".tmp") for path in tmp_path.iterdir())


@pytest.mark.slow
def test_memory_and_time_stamps_over_an_hour(tmp_path):
    """An hour of film costs little more memory than a minute, and its last frame is exactly where it belongs."""
    rate = Fraction(30_000, 1001)
    picture = PictureFormat(96, 64, rate)
    part = segment(tmp_path / "part.mp4", 1, 1800, picture)
    song = tmp_path / "song.flac"
    _write_long_flac(song, 3600)
    script = textwrap.dedent("""
        import resource, sys
        from fractions import Fraction
        from pathlib import Path
        from songcut.media.film import SegmentUse, assemble_film
        from songcut.model.takes import PictureFormat
        picture = PictureFormat(96, 64, Fraction(30_000, 1001))
        part, song, film = map(Path, sys.argv[1:4])
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assemble_film([SegmentUse(part, 1800)] * int(sys.argv[4]), song, film, picture)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    """)
    grown = []
    for count in (1, 60):
        film = tmp_path / "film.mp4"
        said = subprocess.run(
            [sys.executable, "-c", script, str(part), str(song), str(film), str(count)],
            capture_output=True,
            text=True,
            check=True,
        )
        grown.append(int(said.stdout) / 1024)
    assert grown[1] < 120  # MiB
    info = probe_video(film)
    assert (info.frames, info.duration) == (108_000, 108_000 / rate)


def _sound(path: Path) -> np.ndarray:
    """Decode in the source's own rate and format, shape (channels or 1, samples or samples times channels)."""
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)


def _packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


def _lag(heard: np.ndarray, wanted: np.ndarray) -> int:
    """How many samples ``heard`` lags ``wanted``, by the peak of their cross-correlation."""
    size = 1 << (len(heard) + len(wanted)).bit_length()
    correlation = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size)), size)
    peak = int(np.argmax(correlation))
    return peak if peak < size // 2 else peak - size


def _write_long_flac(path: Path, seconds: int) -> None:
    ints = (np.random.default_rng(0).normal(0, 0.05, 8000) * 32767).astype(np.int16)[None]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("flac", rate=8000)
        stream.layout = "mono"
        for number in range(seconds):
            frame = av.AudioFrame.from_ndarray(ints, format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 8000, number * 8000, Fraction(1, 8000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))

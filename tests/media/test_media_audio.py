"""Songs: every format comes out at the right length and in the right place, or is refused in one sentence."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from media_makers import (
    click_song,
    cut_file,
    impulse_sound,
    write_click_song,
    write_coded_clip,
    write_sound,
    write_still,
    write_video_with_sound,
    write_wav,
)
from songcut.errors import MediaError
from songcut.media.audio import ANALYSIS_RATE, decode_audio, read_song

FORMATS = ["wav", "flac", "mp3", "m4a", "ogg", "opus", "mkv", "mov"]
# What the container alone can know: Matroska and this Vorbis encoder keep the last block's padding.
PADDED = {"mkv": 1024, "ogg": 1024}


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("rate", [44_100, 48_000, 32_000])
def test_impulses_land_where_they_were_put(tmp_path, suffix, rate):
    at = [40, rate // 2, 2 * rate + 77, 3 * rate - 60]
    path = tmp_path / f"song.{suffix}"
    write_sound(path, impulse_sound(at, 3 * rate), rate)
    audio = decode_audio(path, 48_000)
    for sample in at:
        centre = round(sample / rate * 48_000)
        start = max(0, centre - 480)
        near = np.abs(audio.samples[start : centre + 480])
        assert abs(_centre_of(near) + start - centre) <= 48  # a millisecond
    song, _ = read_song(path)
    assert 0 <= song.duration - 3 <= PADDED.get(suffix, 0) / rate + 1e-9
    assert (song.channels, song.sample_rate) == (2, 48_000 if suffix == "opus" else rate)


@pytest.mark.parametrize("suffix", FORMATS)
def test_level_and_analysis_rate(tmp_path, suffix):
    time = np.arange(44_100 * 3) / 44_100
    path = tmp_path / f"song.{suffix}"
    write_sound(path, np.vstack([0.5 * np.sin(2 * np.pi * 440 * time)] * 2).astype(np.float32))
    song, audio = read_song(path)
    assert audio.rate == ANALYSIS_RATE
    assert audio.samples.dtype == np.float32
    assert abs(len(audio.samples) - song.duration * ANALYSIS_RATE) <= 1
    assert np.sqrt(np.mean(audio.samples[5000:-5000] ** 2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.03)


def test_mono_is_the_mean_of_the_channels(tmp_path):
    time = np.arange(44_100 * 2) / 44_100
    left, right = 0.8 * np.sin(2 * np.pi * 300 * time), 0.2 * np.sin(2 * np.pi * 500 * time)
    write_wav(tmp_path / "song.wav", np.vstack([left, right]))
    samples = decode_audio(tmp_path / "song.wav", 44_100).samples
    assert np.abs(samples - (left + right) / 2).max() < 1e-4


@pytest.mark.parametrize(
    ("suffix", "codec", "layout", "rate"),
    [
        ("wav", "pcm_u8", "mono", 8000),
        ("wav", "pcm_f32le", "5.1", 96_000),
        ("wav", "pcm_s24le", "7.1", 192_000),
        ("wav", "pcm_s16le", "3 channels", 44_100),
        ("wav", "pcm_s16le", "12 channels", 44_100),
        ("flac", "flac", "5.1(side)", 88_200),
        ("m4a", "aac", "5.1", 48_000),
        ("m4a", "aac", "7.1", 48_000),
        ("m4a", "alac", "stereo", 44_100),
        ("mp3", "libmp3lame", "mono", 8000),
        ("mp3", "libmp3lame", "mono", 22_050),
    ],
)
def test_any_channels_and_rates(tmp_path, suffix, codec, layout, rate):
    channels = av.AudioLayout(layout).nb_channels
    sound = impulse_sound([rate], 3 * rate, channels)
    path = tmp_path / f"song.{suffix}"
    write_sound(path, sound, rate, codec=codec, layout=layout)
    song, audio = read_song(path)
    assert (song.channels, song.sample_rate, song.duration) == (channels, rate, pytest.approx(3, abs=1e-3))
    near = np.abs(audio.samples[ANALYSIS_RATE - 300 : ANALYSIS_RATE + 300])
    assert abs(_centre_of(near) - 300) <= 22
    assert near.max() == np.abs(audio.samples).max() > 0.2


def test_sound_before_time_zero_is_not_played(tmp_path):
    """An MP4 whose edit list hides more than one packet of priming, as iTunes writes it."""
    path = tmp_path / "song.m4a"
    _write_primed(path, hidden=2112)
    audio = decode_audio(path, 44_100)
    peak = _centre_of(np.abs(audio.samples))
    assert abs(peak - (44_100 - 2112)) <= 44
    assert len(audio.samples) == 3 * 44_100 - 2112


def test_a_wrong_duration_in_the_header_cuts_no_sound(tmp_path):
    """Downloads in fragments keep the length that was known when they began."""
    path = tmp_path / "song.m4a"
    write_sound(path, click_song(seconds=4)[0], codec="alac")
    data = bytearray(path.read_bytes().replace(b"edts", b"free"))
    # In these boxes of version 0 the duration follows so many bytes of other things (ISO/IEC 14496-12).
    for box, before in ((b"mdhd", 16), (b"mvhd", 16), (b"tkhd", 20)):
        place = data.index(box) + 4 + before
        data[place : place + 4] = (int.from_bytes(data[place : place + 4], "big") // 2).to_bytes(4, "big")
    path.write_bytes(data)
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert stream.duration * stream.time_base == 2
    assert decode_audio(path).duration == pytest.approx(4, abs=0.01)


def test_a_video_gives_its_sound(tmp_path):
    path = tmp_path / "video.mp4"
    write_video_with_sound(path, clip=1, frames=72, samples=impulse_sound([44_100], 3 * 44_100), rate=44_100)
    song, audio = read_song(path)
    assert (song.codec, song.duration) == ("aac", 3)
    assert abs(_centre_of(np.abs(audio.samples)) - ANALYSIS_RATE) <= 22


def test_cover_art_is_no_hindrance(tmp_path):
    path = tmp_path / "song.mp3"
    write_click_song(path, seconds=3, cover=True)
    with av.open(str(path)) as container:
        assert len(container.streams.video) == 1
    assert read_song(path)[0].duration == 3


@pytest.mark.parametrize("suffix", ["mp3", "flac", "m4a", "ogg", "opus", "mkv"])
def test_tags(tmp_path, suffix):
    path = tmp_path / f"song.{suffix}"
    tags = {"title": "Ålesund", "artist": "Zoë", "lyrics": "first line\nsecond line"}
    write_click_song(path, seconds=3, tags=tags)
    song, _ = read_song(path)
    assert (song.title, song.artist, song.embedded_lyrics) == ("Ålesund", "Zoë", "first line\nsecond line")
    assert Path(song.path) == path.resolve()


def test_id3_lyrics_with_a_language(tmp_path):
    path = tmp_path / "song.mp3"
    write_click_song(path, seconds=3)
    path.write_bytes(_id3_with_lyrics("la la la") + path.read_bytes())
    assert read_song(path)[0].embedded_lyrics == "la la la"


def test_tags_in_a_foreign_encoding_do_not_stop_a_song(tmp_path):
    path = tmp_path / "song.flac"
    write_click_song(path, seconds=3, tags={"title": "XXXXX", "artist": "A"})
    path.write_bytes(path.read_bytes().replace(b"XXXXX", b"Caf\xe9!"))
    song, _ = read_song(path)
    assert song.title is not None and song.title.startswith("Caf")


def test_hash_is_of_the_bytes(tmp_path):
    import hashlib

    path = tmp_path / "song.wav"
    write_click_song(path, seconds=3)
    assert read_song(path)[0].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_names_that_look_like_protocols_and_patterns(tmp_path):
    for name in ("http:song.wav", "a%03d.wav", "-song.wav", "söng 'x'.wav"):
        write_click_song(tmp_path / "made.wav", seconds=3)
        (tmp_path / "made.wav").rename(tmp_path / name)
        assert read_song(tmp_path / name)[0].duration == 3


def test_the_same_samples_twice(tmp_path):
    path = tmp_path / "song.mp3"
    write_click_song(path, seconds=3)
    assert np.array_equal(read_song(path)[1].samples, read_song(path)[1].samples)


# Refusals


def refusal(path: Path) -> str:
    with pytest.raises(MediaError) as caught:
        read_song(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return caught.value.reason


def test_missing_folder_empty(tmp_path):
    assert "no such file" in refusal(tmp_path / "song.mp3")
    assert "is a folder" in refusal(tmp_path)
    (tmp_path / "song.mp3").touch()
    assert "is empty" in refusal(tmp_path / "song.mp3")


@pytest.mark.parametrize(
    "content",
    [
        b"These are the words of a song.\n" * 200,
        b"#EXTM3U\n#EXTINF:3,\nhttp://127.0.0.1/song.mp3\n",
        bytes(range(256)) * 100,
        b"\0" * 5000,
    ],
)
def test_not_a_media_file(tmp_path, content):
    path = tmp_path / "song.mp3"
    path.write_bytes(content)
    assert "not a media file" in refusal(path)


def test_a_playlist_opens_no_other_file(tmp_path):
    write_click_song(tmp_path / "song.wav", seconds=3)
    path = tmp_path / "song.mp3"
    path.write_text("ffconcat version 1.0\nfile song.wav\n")
    assert "is a playlist" in refusal(path)
    path.write_text("ffconcat version 1.0\nfile missing.wav\n")
    refusal(path)


def test_text_with_its_own_name(tmp_path):
    path = tmp_path / "song.txt"
    path.write_text("These are the words of a song.\n" * 20)
    refusal(path)


def test_pictures_without_sound(tmp_path):
    write_coded_clip(tmp_path / "clip.mp4", clip=1, frames=3)
    write_still(tmp_path / "still.png", clip=1)
    assert "without sound" in refusal(tmp_path / "clip.mp4")
    assert "without sound" in refusal(tmp_path / "still.png")


@pytest.mark.parametrize("suffix", ["wav", "flac", "mp3", "m4a", "ogg", "opus", "mkv"])
@pytest.mark.parametrize("share", [0.3, 0.8])
def test_truncated(tmp_path, suffix, share):
    path = tmp_path / f"song.{suffix}"
    write_click_song(path, seconds=8)
    cut_file(path, share)
    assert "is cut off" in refusal(path)


def test_damaged_part_way(tmp_path):
    path = tmp_path / "song.mp3"
    write_click_song(path, seconds=8)
    data = bytearray(path.read_bytes())
    noise = np.random.default_rng(1).integers(0, 256, len(data) // 10, dtype=np.uint8).tobytes()
    data[len(data) // 2 : len(data) // 2 + len(noise)] = noise
    path.write_bytes(data)
    assert "is damaged at 4" in refusal(path)


def test_a_few_bad_bytes_are_played_over(tmp_path):
    path = tmp_path / "song.mp3"
    write_click_song(path, seconds=8)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 30] = b"\xff" * 30
    path.write_bytes(data + b"TAG" + b"junk " * 25)
    assert read_song(path)[0].duration == pytest.approx(8, abs=0.1)


def test_an_mp3_without_a_frame_count_is_not_called_cut_off(tmp_path):
    """Its declared length is a guess from the first frame's bit rate."""
    path = tmp_path / "song.mp3"
    write_sound(path, click_song(seconds=8)[0], options={"write_xing": "0"})
    assert read_song(path)[0].duration == pytest.approx(8, abs=0.1)


def test_a_wav_of_unknown_length_is_read_to_its_end(tmp_path):
    path = tmp_path / "song.wav"
    write_click_song(path, seconds=4)
    data = bytearray(path.read_bytes())
    place = data.index(b"data") + 4
    data[place : place + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    assert read_song(path)[0].duration == pytest.approx(4, abs=0.01)


def test_too_short_and_silent(tmp_path):
    path = tmp_path / "song.wav"
    write_wav(path, np.full(44_100, 0.5, np.float32))
    assert "lasts 1.00 s; a song needs at least 2 s" in refusal(path)
    write_wav(path, np.full(3 * 44_100, 3e-4, np.float32))
    assert "is silent" in refusal(path)
    assert len(decode_audio(path).samples) == 3 * ANALYSIS_RATE


@pytest.mark.slow
def test_an_hour_costs_the_array_and_little_more(tmp_path):
    path = tmp_path / "song.flac"
    minute = np.random.default_rng(0).normal(0, 0.1, 44_100 * 60).astype(np.float32)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("flac", rate=44_100)
        stream.layout = "mono"
        ints = (minute * 32767).astype(np.int16)[None]
        for number in range(60):
            frame = av.AudioFrame.from_ndarray(ints, format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 44_100, number * len(minute), Fraction(1, 44_100)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    script = (
        "import sys, resource; from pathlib import Path; from songcut.media.audio import read_song\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "song, audio = read_song(Path(sys.argv[1]))\n"
        "print(song.duration, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    said = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    duration, grown = map(float, said.stdout.split())
    assert duration == 3600
    assert grown / 1024 < 3600 * ANALYSIS_RATE * 4 / 2**20 + 40  # MiB


def _centre_of(pulse: np.ndarray) -> float:
    """Where the energy of a pulse lies, in samples."""
    energy = np.where(pulse > 0.3 * pulse.max(), pulse, 0.0) ** 2
    return float((np.arange(len(pulse)) * energy).sum() / energy.sum())


def _write_primed(path: Path, hidden: int) -> None:
    """Encode three seconds with a pulse at one second, stamped so that the first ``hidden`` samples lie before 0."""
    with av.open(str(path), "w", options={"movie_timescale": "44100"}) as container:
        stream = container.add_stream("alac", rate=44_100)
        stream.layout = "mono"
        stream.codec_context.format = "s16p"
        sound = impulse_sound([44_100], 3 * 44_100, 1)
        for start in range(0, sound.shape[1], 1024):
            ints = np.ascontiguousarray((sound[:, start : start + 1024] * 32767).astype(np.int16))
            frame = av.AudioFrame.from_ndarray(ints, format="s16p", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 44_100, start - hidden, Fraction(1, 44_100)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _id3_with_lyrics(words: str) -> bytes:
    """Return an ID3v2.3 tag with one USLT frame in English."""
    body = b"\x00eng\x00" + words.encode("latin-1")
    frame = b"USLT" + len(body).to_bytes(4, "big") + b"\0\0" + body
    size = len(frame)
    return b"ID3\x03\0\0" + bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0)) + frame

"""Makers of media with known answers, for everybody's tests: coded clips, click songs, and files to refuse.

A coded clip shows its clip number and each frame's number as a square of five by five black and white cells on grey,
in the middle, so that the code survives scaling, centre-cropping between 16:9 and 9:16, and re-encoding.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

_CELLS = 5
_CLIP_BITS, _FRAME_BITS, _CHECK_BITS = 8, 12, 5
_BLACK, _GREY, _WHITE = 16, 126, 235
# A cell's black or white lies this far from grey at least, even after a hard compression.
_CONTRAST = 48

_SOUND_CODECS = {
    ".wav": "pcm_s16le",
    ".flac": "flac",
    ".mp3": "libmp3lame",
    ".m4a": "aac",
    ".mp4": "aac",
    ".mov": "aac",
    ".mkv": "aac",
    ".ogg": "vorbis",
    ".opus": "libopus",
}
_LOSSY = {"libmp3lame", "aac", "vorbis", "libopus"}


# Coded clips


def code_picture(clip: int, frame: int, width: int, height: int) -> NDArray[np.uint8]:
    """Return the luma of one coded frame, uint8, shape (height, width), limited range."""
    picture = np.full((height, width), _GREY, dtype=np.uint8)
    side = min(width, height) // 2
    top, left = (height - side) // 2, (width - side) // 2
    edges = np.round(np.linspace(0, side, _CELLS + 1)).astype(int)
    for index, bit in enumerate(_code_bits(clip, frame)):
        row, column = divmod(index, _CELLS)
        picture[top + edges[row] : top + edges[row + 1], left + edges[column] : left + edges[column + 1]] = (
            _WHITE if bit else _BLACK
        )
    return picture


def read_code(picture: NDArray[np.uint8]) -> tuple[int, int]:
    """Read (clip, frame) from a luma plane (height, width) or an RGB picture (height, width, 3).

    Raises
    ------
    ValueError
        If there is no code or its check bits are wrong.
    """
    luma = picture.mean(axis=2) if picture.ndim == 3 else picture.astype(np.float64)
    marked = np.abs(luma - _GREY) > _CONTRAST
    rows, columns = np.flatnonzero(marked.any(axis=1)), np.flatnonzero(marked.any(axis=0))
    if len(rows) < _CELLS or len(columns) < _CELLS:
        raise ValueError("there is no code in the picture")
    top, height = rows[0], rows[-1] + 1 - rows[0]
    left, width = columns[0], columns[-1] + 1 - columns[0]
    bits = []
    for index in range(_CELLS * _CELLS):
        row, column = divmod(index, _CELLS)
        cell = luma[
            top + round((row + 0.3) * height / _CELLS) : top + round((row + 0.7) * height / _CELLS) + 1,
            left + round((column + 0.3) * width / _CELLS) : left + round((column + 0.7) * width / _CELLS) + 1,
        ]
        bits.append(int(np.median(cell) > _GREY))
    clip, frame = _number(bits[:_CLIP_BITS]), _number(bits[_CLIP_BITS : _CLIP_BITS + _FRAME_BITS])
    if bits != _code_bits(clip, frame):
        raise ValueError(f"the code is not legible (read clip {clip}, frame {frame}, with wrong check bits)")
    return clip, frame


def read_film_codes(path: Path) -> list[tuple[int, int]]:
    """Decode every displayed frame of a film and read its code."""
    with av.open(str(path)) as container:
        return [read_code(_luma(frame)) for frame in container.decode(video=0)]


def write_coded_clip(
    path: Path,
    *,
    clip: int,
    frames: int,
    width: int = 320,
    height: int = 180,
    rate: Fraction | int = 24,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    rotation: int = 0,
    pixel_aspect: Fraction = Fraction(1),
    times: Sequence[Fraction] | None = None,
    options: Mapping[str, str] | None = None,
    description: str = "",
    colours: tuple[int, int, int, int] | None = None,
) -> None:
    """Write a clip whose frame n carries the code (clip, n).

    Parameters
    ----------
    width, height
        As displayed; the stored picture is turned by ``rotation`` and squeezed by ``pixel_aspect``.
    rotation
        Degrees clockwise that a player turns the stored picture: 0, 90, 180 or 270.
    times
        Display time of each frame in seconds, for a variable rate; None for the constant ``rate``.
    options
        The encoder's options.
    colours
        Tags: FFmpeg's numbers for range, matrix, primaries and transfer.
    """
    pictures = (code_picture(clip, number, width, height) for number in range(frames))
    write_clip(
        path,
        (np.rot90(_squeezed(luma, pixel_aspect), rotation // 90) for luma in pictures),
        rate=Fraction(rate),
        codec=codec,
        pixels=pixels,
        rotation=rotation,
        pixel_aspect=pixel_aspect,
        times=times,
        options=options,
        description=description,
        colours=colours,
    )


def write_clip(
    path: Path,
    lumas: Iterable[NDArray[np.uint8]],
    *,
    rate: Fraction = Fraction(24),
    codec: str = "libx264",
    pixels: str = "yuv420p",
    rotation: int = 0,
    pixel_aspect: Fraction = Fraction(1),
    times: Sequence[Fraction] | None = None,
    options: Mapping[str, str] | None = None,
    description: str = "",
    colours: tuple[int, int, int, int] | None = None,
) -> None:
    """Write grey pictures (luma planes, limited range) as a clip; see ``write_coded_clip``."""
    base = 1 / rate if times is None else Fraction(1, 90_000)
    with av.open(str(path), "w") as container:
        stream = None
        for number, luma in enumerate(lumas):
            if stream is None:
                stream = container.add_stream(
                    codec,
                    rate=rate,
                    options=dict(options or {}),
                    width=luma.shape[1],
                    height=luma.shape[0],
                    time_base=base,
                )
                stream.codec_context.pix_fmt = pixels
                stream.codec_context.sample_aspect_ratio = pixel_aspect
                if colours is not None:
                    context = stream.codec_context
                    context.color_range, context.colorspace, context.color_primaries, context.color_trc = colours
                if rotation:
                    stream.set_display_rotation(-rotation)
                if description:
                    container.metadata["comment"] = description
            frame = _grey_frame(luma, pixels)
            frame.pts = number if times is None else round(times[number] / base)
            frame.time_base = base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def write_black_clip(path: Path, *, frames: int = 48, width: int = 320, height: int = 180) -> None:
    """Write a clip that is black all through."""
    write_clip(path, (np.full((height, width), _BLACK, np.uint8) for _ in range(frames)))


def write_frozen_clip(path: Path, *, frames: int = 48, width: int = 320, height: int = 180, clip: int = 0) -> None:
    """Write a clip that shows frame 0 of a coded clip all through."""
    write_clip(path, (code_picture(clip, 0, width, height) for _ in range(frames)))


def write_still(path: Path, *, clip: int, width: int = 320, height: int = 180) -> None:
    """Write an image file (by extension: .png or .jpg) with the code (clip, 0)."""
    from PIL import Image

    luma = code_picture(clip, 0, width, height).astype(np.float64)
    Image.fromarray(np.clip((luma - 16) * 255 / 219, 0, 255).astype(np.uint8)).convert("RGB").save(path)


# Sound


def write_sound(
    path: Path,
    samples: NDArray[np.float32],
    rate: int = 44_100,
    *,
    codec: str | None = None,
    layout: str | None = None,
    tags: Mapping[str, str] | None = None,
    cover: bool = False,
    bit_rate: int = 192_000,
    options: Mapping[str, str] | None = None,
) -> None:
    """Encode sound by the file's extension.

    Parameters
    ----------
    samples
        float32, shape (channels, samples) or (samples,), -1 to 1.
    layout
        FFmpeg's name of the channel layout; by default mono or stereo.
    cover
        Add cover art (MP3).
    """
    channels = np.atleast_2d(np.asarray(samples, dtype=np.float32))
    layout = layout or {1: "mono", 2: "stereo"}[len(channels)]
    codec = codec or _SOUND_CODECS[path.suffix]
    if codec == "vorbis":  # FFmpeg's own encoder knows stereo only, and calls itself experimental
        channels, layout = (np.vstack([channels, channels]) if len(channels) == 1 else channels), "stereo"
    coded_rate = 48_000 if codec == "libopus" else rate
    with av.open(str(path), "w") as container:
        container.metadata.update(dict(tags or {}))
        experimental = {"strict": "experimental"} if codec == "vorbis" else {}
        stream = container.add_stream(codec, rate=coded_rate, options={**experimental, **(options or {})})
        stream.layout = layout
        if codec in _LOSSY:
            stream.bit_rate = bit_rate
        art = _cover_stream(container) if cover else None
        resampler = av.AudioResampler(format=stream.format.name, layout=layout, rate=coded_rate)
        if art is not None:
            container.mux(art)
        block = 4096
        for start in range(0, channels.shape[1], block):
            # Packed: PyAV counts the planes of eight and more channels wrongly.
            part = np.ascontiguousarray(channels[:, start : start + block].T).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(part, format="flt", layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            for converted in resampler.resample(frame):
                container.mux(stream.encode(converted))
        for converted in resampler.resample(None):
            container.mux(stream.encode(converted))
        container.mux(stream.encode(None))


def write_wav(path: Path, samples: NDArray[np.float32], rate: int = 44_100) -> None:
    """Write 16-bit PCM; samples as in ``write_sound``."""
    write_sound(path, samples, rate, codec="pcm_s16le")


def write_click_song(
    path: Path,
    *,
    bpm: float = 120.0,
    seconds: float = 20.0,
    beats_per_bar: int = 4,
    rate: int = 44_100,
    first_beat: float = 0.0,
    bed: bool = True,
    channels: int = 2,
    tags: Mapping[str, str] | None = None,
    cover: bool = False,
) -> NDArray[np.float64]:
    """Write a song of clicks, downbeats louder and lower, over a bed of chords; returns the beat times in seconds.

    The bed changes chord each bar (A minor, F, C, G). In every second group of eight bars it plays an octave higher
    and louder, so that there are sections to find.
    """
    samples, beats = click_song(
        bpm=bpm, seconds=seconds, beats_per_bar=beats_per_bar, rate=rate, first_beat=first_beat, bed=bed
    )
    write_sound(path, np.vstack([samples] * channels), rate, tags=tags, cover=cover)
    return beats


def click_song(
    *,
    bpm: float = 120.0,
    seconds: float = 20.0,
    beats_per_bar: int = 4,
    rate: int = 44_100,
    first_beat: float = 0.0,
    bed: bool = True,
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return the sound of ``write_click_song``, float32 mono, and its beat times in seconds."""
    total = round(seconds * rate)
    beats = np.arange(first_beat, seconds - 0.05, 60.0 / bpm)
    sound = _chord_bed(total, rate, beats, beats_per_bar) if bed else np.zeros(total)
    for number, beat in enumerate(beats):
        downbeat = number % beats_per_bar == 0
        click = _click(rate, 700.0 if downbeat else 1400.0, 0.6 if downbeat else 0.3)
        start = round(beat * rate)
        stop = min(total, start + len(click))
        sound[start:stop] += click[: stop - start]
    return np.clip(sound, -0.98, 0.98).astype(np.float32), beats


def impulse_sound(at: Sequence[int], length: int, channels: int = 2) -> NDArray[np.float32]:
    """Return silence with a short raised-cosine pulse centred on each sample of ``at``, shape (channels, length)."""
    sound = np.zeros(length, dtype=np.float32)
    pulse = (0.45 * (1 + np.cos(np.linspace(-np.pi, np.pi, 33)))).astype(np.float32)
    for centre in at:
        sound[centre - 16 : centre + 17] += pulse
    return np.vstack([sound] * channels)


def write_video_with_sound(path: Path, *, clip: int, frames: int, samples: NDArray[np.float32], rate: int) -> None:
    """Write a coded clip at 24 frames/s with AAC sound, in one file."""
    channels = np.atleast_2d(np.asarray(samples, dtype=np.float32))
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=24, width=320, height=180)
        sound = container.add_stream("aac", rate=rate)
        sound.layout = "mono" if len(channels) == 1 else "stereo"
        for number in range(frames):
            frame = _grey_frame(code_picture(clip, number, 320, 180), "yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 24)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        for start in range(0, channels.shape[1], 1024):
            part = np.ascontiguousarray(channels[:, start : start + 1024])
            block = av.AudioFrame.from_ndarray(part, format="fltp", layout=sound.layout.name)
            block.sample_rate, block.pts, block.time_base = rate, start, Fraction(1, rate)
            container.mux(sound.encode(block))
        container.mux(sound.encode(None))


def cut_file(path: Path, share: float) -> None:
    """Keep only the first part of a file's bytes, as a broken download does."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])


def _chord_bed(total: int, rate: int, beats: NDArray[np.float64], beats_per_bar: int) -> NDArray[np.float64]:
    time = np.arange(total) / rate
    sound = np.zeros(total)
    chords = ((220.0, 261.63, 329.63), (174.61, 220.0, 261.63), (261.63, 329.63, 392.0), (196.0, 246.94, 293.66))
    bars = beats[::beats_per_bar]
    for number, start in enumerate(bars):
        stop = bars[number + 1] if number + 1 < len(bars) else total / rate
        part = slice(round(start * rate), round(stop * rate))
        loud = (number // 8) % 2 == 1
        for pitch in chords[number % len(chords)]:
            sound[part] += (0.09 if loud else 0.04) * np.sin(2 * np.pi * pitch * (2 if loud else 1) * time[part])
    return sound


def _click(rate: int, pitch: float, loudness: float) -> NDArray[np.float64]:
    time = np.arange(round(0.04 * rate)) / rate
    return loudness * np.cos(2 * np.pi * pitch * time) * np.exp(-time / 0.008)


def _cover_stream(container: av.container.OutputContainer) -> Iterable[av.Packet]:
    art = container.add_stream("mjpeg", width=64, height=64)
    art.codec_context.pix_fmt = "yuvj420p"
    art.codec_context.time_base = Fraction(1, 25)
    frame = _grey_frame(np.full((64, 64), 180, np.uint8), "yuvj420p")
    frame.pts, frame.time_base = 0, Fraction(1, 25)
    return [*art.encode(frame), *art.encode(None)]


def _grey_frame(luma: NDArray[np.uint8], pixels: str) -> av.VideoFrame:
    """Return a frame with neutral chroma; odd sizes keep their size."""
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(luma), format="gray8")
    made = frame if pixels == "gray8" else av.VideoFrame(luma.shape[1], luma.shape[0], _planar(pixels))
    if made is not frame:
        for index, plane in enumerate(made.planes):
            rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
            rows[:] = 128
            if index == 0:
                rows[:, : luma.shape[1]] = luma
        if made.format.name != pixels:
            made = made.reformat(format=pixels)
    return made


def _planar(pixels: str) -> str:
    return pixels if pixels in ("yuv420p", "yuvj420p", "yuv422p", "yuv444p") else "yuv444p"


def _squeezed(luma: NDArray[np.uint8], pixel_aspect: Fraction) -> NDArray[np.uint8]:
    """Store a displayed picture with pixels that are not square: fewer columns, or fewer rows."""
    height, width = luma.shape
    stored_width = round(width / pixel_aspect) if pixel_aspect > 1 else width
    stored_height = round(height * pixel_aspect) if pixel_aspect < 1 else height
    rows = (np.arange(stored_height) + 0.5) * height / stored_height
    columns = (np.arange(stored_width) + 0.5) * width / stored_width
    return luma[rows.astype(int)][:, columns.astype(int)]


def _luma(frame: av.VideoFrame) -> NDArray[np.uint8]:
    plane = frame.planes[0]
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]


def _code_bits(clip: int, frame: int) -> list[int]:
    check = (clip * 29 + frame * 11 + (frame >> 5) * 7 + 21) % (1 << _CHECK_BITS)
    value = ((clip << _FRAME_BITS) | frame) << _CHECK_BITS | check
    total = _CLIP_BITS + _FRAME_BITS + _CHECK_BITS
    return [(value >> (total - 1 - place)) & 1 for place in range(total)]


def _number(bits: Sequence[int]) -> int:
    return int("".join(map(str, bits)), 2)

"""Songs made of numbers, with known beats, chords and levels."""

import numpy as np

from songcut.model.audio import Audio

RATE = 22_050
MAJOR = (0, 4, 7)
MINOR = (0, 3, 7)


def frequency(semitones_from_a4):
    return 440.0 * 2 ** (semitones_from_a4 / 12)


def audio(samples, rate=RATE):
    return Audio(np.asarray(samples, dtype=np.float32), rate)


def silence(seconds, rate=RATE):
    return np.zeros(round(seconds * rate))


def hit(rate=RATE, low=False):
    """A drum stroke of 60 ms: a click of noise, with a low tone under it for a kick drum."""
    time = np.arange(int(0.06 * rate)) / rate
    noise = np.random.default_rng(1).normal(0, 1, len(time)) * np.exp(-time / 0.008)
    kick = np.sin(2 * np.pi * 70 * time) * np.exp(-time / 0.03) if low else 0.0
    return 0.3 * noise + 0.9 * kick


def put(samples, sound, time, rate=RATE):
    start = round(time * rate)
    piece = sound[: max(0, len(samples) - start)]
    samples[start : start + len(piece)] += piece


def drums(bpm, beats_per_bar, seconds, first=0.5, rate=RATE):
    """A click track; returns the samples, the beat times and the downbeat times."""
    samples = silence(seconds, rate)
    times = np.arange(first, seconds - 0.1, 60 / bpm)
    for index, time in enumerate(times):
        put(samples, hit(rate, low=index % beats_per_bar == 0), time, rate)
    return samples, times, times[::beats_per_bar]


def tone(semitones, seconds, level=0.1, rate=RATE):
    """A soft organ note, semitones from A4, with four overtones and short fades."""
    time = np.arange(round(seconds * rate)) / rate
    note = sum(np.sin(2 * np.pi * frequency(semitones) * n * time) / n**2 for n in range(1, 5))
    fade = np.minimum(1, np.minimum(time, seconds - time) / 0.02)
    return level * note * fade


def chord(root, shape, seconds, level=0.1, rate=RATE):
    return sum(tone(root + step, seconds, level, rate) for step in shape)


def band(parts, bpm=120, beats_per_bar=4, rate=RATE):
    """A song of parts, each (chords, bars, level): one chord a bar in turn, with drums. Returns samples and edges."""
    bar = beats_per_bar * 60 / bpm
    pieces, edges = [], [0.0]
    for chords, bars, level in parts:
        notes = np.concatenate([chord(*chords[index % len(chords)], bar, level, rate) for index in range(bars)])
        beat, _, _ = drums(bpm, beats_per_bar, len(notes) / rate + 0.2, first=0.0, rate=rate)
        pieces.append(notes + level * 3 * beat[: len(notes)])
        edges.append(edges[-1] + bars * bar)
    return np.concatenate(pieces), edges

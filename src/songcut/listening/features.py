"""What the ear needs of the spectrum, computed once per song and in blocks, so that no whole spectrogram is ever held.

Two resolutions: a fine one for onsets (12 ms between frames) and a coarse one with long windows for harmony, timbre and
loudness (93 ms). Loaded lazily: imports librosa, whose filter banks it uses.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import scipy.fft
import scipy.signal
from librosa.filters import chroma as chroma_filters
from librosa.filters import mel as mel_filters
from numpy.typing import NDArray

from songcut.model.audio import Audio

Floats = NDArray[np.float32]

# Frames per block: 1024 frames of 4096 samples as complex64 are 17 MB, and long enough to keep the FFT busy.
_BLOCK = 1024
_ONSET_BANDS = 96
_TIMBRE_BANDS = 40
_MFCCS = 13
_TOP_FREQUENCY = 11_025.0
# Kick drum and bass: the bands whose onsets speak for a downbeat.
_LOW_FREQUENCY = 160.0
# Quieter than this below the song's peak is not heard beside it (librosa.power_to_db has the same default).
_RANGE_DB = 80.0
# What is never louder than this is silence (loudness, dB).
SILENCE_DB = -60.0
# ITU-R BS.1770-4, tables 1 and 2: the two filters of the K weighting, given for 48 kHz.
_K_SHELF = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (1.0, -1.69065929318241, 0.73248077421585),
)
_K_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))


@dataclass(frozen=True, eq=False)
class Features:
    """Frames of a song; frame i is centred on ``i * hop`` seconds.

    Attributes
    ----------
    onset_hop, tone_hop
        Seconds between frames of the fine and of the coarse features.
    onset
        Rise of the log spectrum, mean over all bands, float32, shape (fine frames,), dB, at least 0.
    pulse
        The same, median over the bands: only what strikes most of the spectrum at once.
    low_onset
        The same, mean over the bands below 160 Hz.
    chroma
        Energy of the 12 pitch classes from C, float32, shape (coarse frames, 12), at least 0.
    timbre
        Mel-frequency cepstral coefficients 1 to 13, float32, shape (coarse frames, 13).
    loudness
        K-weighted level, float32, shape (coarse frames,), dB; a full-scale sine at 1 kHz is near -3, silence -100.
    brightness
        Spectral centroid, float32, shape (coarse frames,), Hz; 0 in silence.
    """

    onset_hop: float
    onset: Floats
    pulse: Floats
    low_onset: Floats
    tone_hop: float
    chroma: Floats
    timbre: Floats
    loudness: Floats
    brightness: Floats


# The ports hand on sound, not features: each song's are kept as long as its sound is.
_KNOWN: WeakKeyDictionary[Audio, Features] = WeakKeyDictionary()


def features_of(audio: Audio) -> Features:
    """Return the features of a song; a second call with the same ``Audio`` costs nothing."""
    if audio not in _KNOWN:
        onset_window = _window_length(audio.rate, 1 / 21.5)
        tone_window = _window_length(audio.rate, 1 / 5.4)
        samples = _cleaned(audio.samples)
        onset, pulse, low_onset = _onsets(samples, audio.rate, onset_window, onset_window // 4)
        chroma, timbre, loudness, brightness = _tones(samples, audio.rate, tone_window, tone_window // 2)
        _KNOWN[audio] = Features(
            onset_hop=onset_window // 4 / audio.rate,
            onset=onset,
            pulse=pulse,
            low_onset=low_onset,
            tone_hop=tone_window // 2 / audio.rate,
            chroma=chroma,
            timbre=timbre,
            loudness=loudness,
            brightness=brightness,
        )
    return _KNOWN[audio]


def _window_length(rate: int, seconds: float) -> int:
    """Return the power of two of samples nearest a length in seconds, at least 64."""
    return max(64, int(2 ** np.round(np.log2(rate * seconds))))


def _cleaned(samples: Floats) -> Floats:
    """Take out a constant offset, which would weigh on every low band, and values that are not numbers."""
    if len(samples) == 0:
        return samples
    offset = float(samples.mean(dtype=np.float64))
    if not np.isfinite(offset):
        samples = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
        offset = float(samples.mean(dtype=np.float64))
    # An hour is 318 MB: copied only where there is something to take out.
    return samples - np.float32(offset) if abs(offset) > 1e-4 else samples


def _power_blocks(samples: Floats, window: int, hop: int) -> Iterator[Floats]:
    """Yield power spectra, shape (frames, bins), of Hann windows centred on multiples of the hop, silence outside."""
    shape = scipy.signal.get_window("hann", window).astype(np.float32)
    # A full-scale sine has power 1/2 in its bin's neighbourhood whatever the window's length.
    shape /= np.float32(shape.sum() / np.sqrt(2.0))
    frames = len(samples) // hop + 1
    for first in range(0, frames, _BLOCK):
        count = min(_BLOCK, frames - first)
        start = first * hop - window // 2
        stop = start + (count - 1) * hop + window
        piece = np.zeros(stop - start, dtype=np.float32)
        inside = samples[max(0, start) : min(len(samples), stop)]
        piece[max(0, -start) : max(0, -start) + len(inside)] = inside
        views = np.lib.stride_tricks.sliding_window_view(piece, window)[::hop]
        spectrum = scipy.fft.rfft(views * shape, axis=1)
        yield spectrum.real**2 + spectrum.imag**2


def _mel_bank(rate: int, window: int, bands: int) -> Floats:
    """Return a mel filter bank of shape (bins, bands) whose rows each have something in them."""
    bank = mel_filters(
        sr=rate, n_fft=window, n_mels=bands, fmin=30.0, fmax=min(_TOP_FREQUENCY, rate / 2), norm=None, dtype=np.float32
    )
    # Short windows leave the lowest triangles between two bins, empty.
    return np.ascontiguousarray(bank[bank.sum(axis=1) > 0].T)


def _onsets(samples: Floats, rate: int, window: int, hop: int) -> tuple[Floats, Floats, Floats]:
    """Return the onset strength over all bands, their median, and below 160 Hz, each of shape (frames,).

    Log-mel spectral flux (S. Böck, G. Widmer, "Maximum filter vibrato suppression for onset detection", 2013, without
    the filter; as librosa.onset.onset_strength), each frame against the one half a window before.
    """
    frames = len(samples) // hop + 1
    bank = _mel_bank(rate, window, _ONSET_BANDS)
    centres = (np.arange(window // 2 + 1) * rate / window) @ bank / bank.sum(axis=0)
    low = centres < _LOW_FREQUENCY
    floor = _floor_power(samples)
    onset = np.zeros(frames, dtype=np.float32)
    pulse = np.zeros(frames, dtype=np.float32)
    low_onset = np.zeros(frames, dtype=np.float32)
    lag = window // hop // 2
    tail = np.full((lag, bank.shape[1]), 10 * np.log10(floor), dtype=np.float32)
    done = 0
    for power in _power_blocks(samples, window, hop):
        level = np.concatenate([tail, 10 * np.log10(np.maximum(power @ bank, floor))])
        rise = np.maximum(level[lag:] - level[:-lag], 0)
        rows = slice(done, done + len(power))
        onset[rows] = rise.mean(axis=1)
        pulse[rows] = np.median(rise, axis=1)
        low_onset[rows] = rise[:, low].mean(axis=1)
        tail = level[-lag:]
        done += len(power)
    return onset, pulse, low_onset


def _floor_power(samples: Floats) -> np.float32:
    """Return the power of a band that is 80 dB below the song's peak; never less than 16-bit silence."""
    # Not the maximum of np.abs, which would copy the song.
    peak = max(float(samples.max(initial=0.0)), -float(samples.min(initial=0.0)), 1e-3)
    return np.float32(peak**2 / 2 * 10 ** (-_RANGE_DB / 10))


def _tones(samples: Floats, rate: int, window: int, hop: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Return chroma, timbre, loudness and brightness, each with one row per frame."""
    frames = len(samples) // hop + 1
    frequencies = np.arange(window // 2 + 1) * rate / window
    mel = _mel_bank(rate, window, _TIMBRE_BANDS)
    classes = chroma_filters(sr=rate, n_fft=window, dtype=np.float32).T
    # Below 60 Hz a semitone is narrower than a bin; above 4 kHz are overtones and cymbals.
    classes = np.ascontiguousarray(classes * ((frequencies > 60) & (frequencies < 4000))[:, None], dtype=np.float32)
    weighting = _k_weighting(frequencies)
    floor = _floor_power(samples)
    chroma = np.zeros((frames, 12), dtype=np.float32)
    timbre = np.zeros((frames, _MFCCS), dtype=np.float32)
    loudness = np.zeros(frames, dtype=np.float32)
    brightness = np.zeros(frames, dtype=np.float32)
    done = 0
    for power in _power_blocks(samples, window, hop):
        rows = slice(done, done + len(power))
        chroma[rows] = np.sqrt(power) @ classes
        bands = 10 * np.log10(np.maximum(power @ mel, floor))
        timbre[rows] = scipy.fft.dct(bands, axis=1, norm="ortho")[:, 1 : _MFCCS + 1]
        # A Hann window spreads a sine over bins whose powers sum to 1.5 times its own.
        loudness[rows] = 10 * np.log10(power @ weighting / 1.5 + 1e-10)
        total = power.sum(axis=1)
        brightness[rows] = np.where(total > 1e-9, power @ frequencies / np.maximum(total, 1e-9), 0.0)
        done += len(power)
    return chroma, timbre, loudness, brightness


def _k_weighting(frequencies: NDArray[np.float64]) -> Floats:
    """Return the power gain of the K weighting (ITU-R BS.1770-4) at frequencies in Hz."""
    gain = np.ones(len(frequencies))
    for numerator, denominator in (_K_SHELF, _K_HIGH_PASS):
        _, response = scipy.signal.freqz(numerator, denominator, worN=np.minimum(frequencies, 23_999.0), fs=48_000)
        gain *= np.abs(response) ** 2
    return gain.astype(np.float32)

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from songcut.choosing.technique import check_length, check_picture, check_take
from songcut.model.shots import Shot
from songcut.model.takes import Take
from songcut.model.timing import FrameRange

RATE = Fraction(24)
SHOT = Shot(0, FrameRange(0, 48), 0, "a wave", "still", 0.5)
TAKE = Take("t", None, "footage", "", "a wave", "wave.mp4", "", Fraction(5), 64, 36)


def noise_frames(count: int, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.integers(0, 255, (36, 64, 3), dtype=np.uint8) for _ in range(count)]


def lifted(value: int, count: int = 4) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [np.clip(value + rng.integers(-1, 2, (36, 64, 3)), 0, 255).astype(np.uint8) for _ in range(count)]


def test_a_moving_picture_passes():
    assert check_take(noise_frames(4), TAKE, SHOT, RATE) == ""


@pytest.mark.parametrize("level", [0, 4, 16])
def test_black_is_refused_at_every_usual_black_level(level):
    assert check_picture(lifted(level), TAKE) == "black"


def test_a_take_that_is_black_at_one_end_only_passes():
    assert check_picture([*lifted(0, 1), *noise_frames(3)], TAKE) == ""


def test_a_dark_sky_with_moving_stars_is_neither_black_nor_frozen():
    frames = []
    for step in range(4):
        frame = np.zeros((180, 320, 3), dtype=np.uint8)
        rng = np.random.default_rng(2)
        rows, columns = rng.integers(0, 180, 250), (rng.integers(0, 320, 250) + 7 * step) % 320
        frame[rows, columns] = 230
        frames.append(frame)
    assert check_picture(frames, TAKE) == ""


def test_a_frozen_take_is_refused_despite_compression_noise():
    base = noise_frames(1)[0].astype(np.int16)
    rng = np.random.default_rng(3)
    frames = [np.clip(base + rng.integers(-1, 2, base.shape), 0, 255).astype(np.uint8) for _ in range(4)]
    assert check_picture(frames, TAKE) == "frozen"


def test_a_take_that_moves_once_is_not_frozen():
    first, second = noise_frames(2)
    assert check_picture([first, first, second, second], TAKE) == ""


def test_a_still_may_stand_still():
    frame = noise_frames(1)[0]
    assert check_picture([frame] * 4, replace(TAKE, settings=(("still", "yes"),))) == ""


def test_one_frame_cannot_be_called_frozen():
    assert check_picture(noise_frames(1), TAKE) == ""


def test_no_frames_means_unreadable():
    assert check_picture([], TAKE) == "no picture could be read"


@pytest.mark.parametrize(
    ("duration", "fits"),
    [
        (Fraction(2), True),
        (Fraction(95, 48), True),  # exactly half a frame short
        (Fraction(95, 48) - Fraction(1, 10**9), False),
        (Fraction(1), False),
    ],
)
def test_a_take_may_be_half_a_frame_short_and_no_more(duration, fits):
    reason = check_length(replace(TAKE, duration=duration), SHOT, RATE)
    assert (reason == "") == fits


def test_too_short_says_both_lengths():
    reason = check_take(noise_frames(3), replace(TAKE, duration=Fraction(1)), SHOT, RATE)
    assert reason == "too short: 1.0 s for a shot of 2.0 s"

"""The makers that other tests trust: codes survive what films do to pictures, and wrong ones are not read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_makers import click_song, code_picture, read_code


@given(clip=st.integers(0, 255), frame=st.integers(0, 4095), size=st.sampled_from([(320, 180), (180, 320), (64, 64)]))
def test_a_code_is_read_back(clip, frame, size):
    picture = code_picture(clip, frame, *size)
    assert read_code(picture) == (clip, frame)
    rgb = np.repeat(((picture.astype(int) - 16) * 255 // 219).astype(np.uint8)[..., None], 3, axis=2)
    assert read_code(rgb) == (clip, frame)


@given(clip=st.integers(0, 255), frame=st.integers(0, 4095), seed=st.integers(0, 99))
def test_noise_and_a_centre_crop_do_not_matter(clip, frame, seed):
    picture = code_picture(clip, frame, 320, 180)[:, 110:212].astype(int)
    noise = np.random.default_rng(seed).integers(-20, 21, picture.shape)
    assert read_code(np.clip(picture + noise, 0, 255).astype(np.uint8)) == (clip, frame)


def test_what_is_no_code_is_not_read():
    with pytest.raises(ValueError, match="no code"):
        read_code(np.full((90, 160), 16, np.uint8)[:3])
    with pytest.raises(ValueError, match="check bits"):
        read_code(np.full((90, 160), 16, np.uint8))
    mixed = code_picture(1, 1, 160, 90)
    mixed[:45] = code_picture(200, 3000, 160, 90)[:45]
    with pytest.raises(ValueError, match="check bits"):
        read_code(mixed)


def test_clicks_are_on_the_beats():
    sound, beats = click_song(bpm=90, seconds=6, bed=False, first_beat=0.5)
    assert np.allclose(np.diff(beats), 60 / 90)
    for beat in beats:
        start = round(beat * 44_100)
        assert np.abs(sound[start - 400 : start]).max() < 0.01
        assert np.abs(sound[start : start + 40]).max() > 0.2

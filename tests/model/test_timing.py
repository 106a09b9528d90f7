from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songcut.errors import InputError
from songcut.model.timing import FrameRange, exact_time, film_length, frame_rate, frame_time, nearest_frame

rates = st.sampled_from([Fraction(24), Fraction(25), Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60)])


@pytest.mark.parametrize(
    ("given_rate", "exact"),
    [
        (24, Fraction(24)),
        ("25", Fraction(25)),
        (12.5, Fraction(25, 2)),
        ("23.976", Fraction(24000, 1001)),
        ("23.98", Fraction(24000, 1001)),
        (29.97, Fraction(30000, 1001)),
        ("59.94", Fraction(60000, 1001)),
        ("30000/1001", Fraction(30000, 1001)),
        (24000 / 1001, Fraction(24000, 1001)),
        (Fraction(48000, 1001), Fraction(48000, 1001)),
    ],
)
def test_rates_are_read_exactly(given_rate, exact):
    assert frame_rate(given_rate) == exact


@pytest.mark.parametrize("bad", ["fast", "", "0", 0, -24, 241, "24/0", float("nan"), float("inf")])
def test_a_rate_that_is_none_is_refused(bad):
    with pytest.raises(InputError):
        frame_rate(bad)


@given(st.floats(0, 36_000, allow_nan=False), rates)
def test_the_nearest_frame_is_at_most_half_a_frame_away(time, rate):
    frame = nearest_frame(time, rate)
    assert abs(Fraction(time) - exact_time(frame, rate)) <= Fraction(1, 2) / rate


@given(st.integers(0, 10_000_000), rates)
def test_a_frame_survives_the_way_through_seconds(frame, rate):
    assert nearest_frame(frame_time(frame, rate), rate) == frame
    assert nearest_frame(exact_time(frame, rate), rate) == frame


def test_an_hour_of_ntsc_does_not_drift():
    assert nearest_frame(3600.0, Fraction(30000, 1001)) == 107892


@given(st.floats(0.001, 36_000), rates)
def test_a_film_is_as_long_as_its_song_to_the_frame(duration, rate):
    assert (
        abs(film_length(duration, rate) / rate - Fraction(duration))
        <= max(Fraction(1, 2), 1 - Fraction(duration) * rate) / rate
    )


@pytest.mark.parametrize(("start", "stop"), [(0, 0), (5, 4), (-1, 3)])
def test_a_range_is_half_open_and_not_empty(start, stop):
    with pytest.raises(ValueError, match="frame range"):
        FrameRange(start, stop)


def test_a_range_holds_its_start_and_not_its_stop():
    frames = FrameRange(3, 6)
    assert list(frames) == [3, 4, 5]
    assert frames.length == 3
    assert 3 in frames
    assert 6 not in frames

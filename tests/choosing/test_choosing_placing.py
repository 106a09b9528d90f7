from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from songcut.choosing.placing import place_uses

RATES = st.sampled_from([Fraction(24), Fraction(30000, 1001), Fraction(25), Fraction(60000, 1001)])


def test_one_use_is_centred():
    assert place_uses([48], Fraction(10), Fraction(24)) == (Fraction(4),)


def test_two_uses_share_the_room_evenly_in_film_order():
    assert place_uses([48, 48], Fraction(10), Fraction(24)) == (Fraction(2), Fraction(6))


def test_a_take_that_just_fits_starts_at_its_beginning():
    assert place_uses([48], Fraction(2), Fraction(24)) == (Fraction(0),)
    assert place_uses([48], Fraction(2) - Fraction(1, 48), Fraction(24)) == (Fraction(0),)


def test_uses_that_the_take_cannot_hold_apart_start_at_other_places():
    points = place_uses([48] * 4, Fraction(3), Fraction(24))
    assert len(set(points)) == 4


@given(
    lengths=st.lists(st.integers(1, 300), min_size=1, max_size=12),
    spare=st.fractions(min_value=0, max_value=60, max_denominator=1001),
    rate=RATES,
)
def test_every_use_lies_in_the_take_on_whole_frames(lengths, spare, rate):
    duration = max(lengths) / rate + spare
    points = place_uses(lengths, duration, rate)
    for length, point in zip(lengths, points, strict=True):
        assert (point * rate).denominator == 1
        assert point >= 0 and point + length / rate <= duration


@given(
    lengths=st.lists(st.integers(1, 300), min_size=2, max_size=12),
    spare=st.fractions(min_value=0, max_value=60, max_denominator=1001),
    rate=RATES,
)
def test_uses_do_not_overlap_where_the_take_holds_them_all(lengths, spare, rate):
    duration = sum(lengths) / rate + spare
    points = place_uses(lengths, duration, rate)
    for (length, point), (_, later) in pairwise(zip(lengths, points, strict=True)):
        assert point + length / rate <= later

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from songcut.listening.pulse_path import _TIGHTNESS, _best_links, beat_frames


def strokes(frames, at, noise=0.0):
    curve = np.random.default_rng(0).random(frames) * noise
    curve[np.asarray(at)] += 1.0
    return curve.astype(np.float32)


@pytest.mark.parametrize("period", [30, 43, 60])
def test_even_strokes_are_the_beats(period):
    at = np.arange(10, 1000, period)
    found = beat_frames(strokes(1000, at), period)
    # After the last stroke the steps may go on to the very end, as librosa's do.
    assert found[: len(at)].tolist() == at.tolist()
    assert len(found) <= len(at) + 1


def test_a_missing_stroke_is_bridged_and_an_extra_one_passed_over():
    at = np.arange(10, 1000, 40)
    curve = strokes(1000, np.delete(at, 12), noise=0.02)
    curve[at[5] + 17] = 0.6
    assert np.abs(beat_frames(curve, 40)[: len(at)] - at).max() <= 2


def test_silence_has_no_beats():
    assert len(beat_frames(np.zeros(500, np.float32), 40)) == 0
    assert len(beat_frames(np.zeros(1, np.float32), 40)) == 0


@settings(max_examples=60, deadline=None)
@given(st_numpy.arrays(np.float64, st.integers(2, 40), elements=st.floats(0, 9)), st.integers(2, 6))
def test_the_best_path_is_the_best_of_all(score, step):
    """Against every path there is, by recursion."""
    _, total = _best_links(score, float(step), _TIGHTNESS)

    def best(frame):
        before = [
            known[frame - lag] - _TIGHTNESS * np.log(lag / step) ** 2
            for lag in range(max(1, round(step / 2)), 2 * step + 1)
            if frame - lag >= 0
        ]
        return score[frame] + (max(before) if before else 0.0)

    known = []
    for frame in range(len(score)):
        known.append(best(frame))
    np.testing.assert_allclose(total, known, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    st_numpy.arrays(np.float32, st.integers(1, 300), elements=st.floats(0, 100, width=32)),
    st.floats(1.0, 80.0),
)
def test_any_curve_gives_increasing_frames_inside_it(curve, period):
    frames = beat_frames(curve, period)
    assert np.all(np.diff(frames) > 0)
    assert len(frames) == 0 or (frames[0] >= 0 and frames[-1] < len(curve))

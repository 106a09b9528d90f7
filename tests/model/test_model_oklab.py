import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songcut.model.oklab import from_oklch, to_linear, to_oklab


@pytest.mark.parametrize(
    ("colour_hex", "lab"),
    [
        ("#ffffff", (1.0, 0.0, 0.0)),
        ("#000000", (0.0, 0.0, 0.0)),
        ("#ff0000", (0.6280, 0.2249, 0.1258)),  # published values of Oklab for sRGB's primaries
        ("#00ff00", (0.8664, -0.2339, 0.1795)),
        ("#0000ff", (0.4520, -0.0325, -0.3115)),
    ],
)
def test_oklab_has_its_published_values(colour_hex, lab):
    assert to_oklab(colour_hex) == pytest.approx(lab, abs=2e-4)


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_oklch_and_back_is_the_same_colour(colour_hex):
    light, a, b = to_oklab(colour_hex)
    back = from_oklch(light, float(np.hypot(a, b)), float(np.degrees(np.arctan2(b, a))))
    for i in (1, 3, 5):
        assert abs(int(back[i : i + 2], 16) - int(colour_hex[i : i + 2], 16)) <= 1


def test_linear_light_of_rows():
    rows = np.stack([to_oklab("#ffffff"), to_oklab("#ff0000")])
    np.testing.assert_allclose(to_linear(rows), [[1, 1, 1], [1, 0, 0]], atol=1e-4)

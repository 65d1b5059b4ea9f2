import numpy as np
import pytest

from predictor import ForecastError
from predictor.comparison.all_k import compare_curves
from predictor.comparison.beyond import first_turn, forecast_difference
from predictor.comparison.pairs import PairedCounts
from tests.predictor.comparison.truths import counts, curve, drawn, sharpened


def test_within_the_samples_it_agrees_with_the_unbiased_difference_and_beyond_its_band_is_wider() -> None:
    rng = np.random.default_rng(1)
    rates = sharpened(rng, 300)
    pairs = drawn(rates, 16, rng)
    found, known = forecast_difference(pairs, 400), compare_curves(pairs)
    for k in (1, 2, 4, 8):
        here = found.ks.index(k)
        assert abs(found.band.middle[here] - known.difference[k - 1]) < 1.5 * found.band.error[here]
        assert found.band.error[here] == pytest.approx(known.band.error[k - 1], rel=0.3)
    assert found.band.error[-1] > 1.1 * found.band.error[0]
    low, high = found.band.at(95)
    truth = curve(rates[1], found.ks) - curve(rates[0], found.ks)
    assert np.all((low <= truth) & (truth <= high))
    assert found.b_ahead < 0.1
    assert found.turn is not None
    assert found.turn_intervals[80][0] <= found.turn


def test_what_a_forecast_of_samples_refuses_is_refused() -> None:
    none = counts("b", [0] * 8, 4)
    with pytest.raises(ForecastError, match="no sample passed"):
        forecast_difference(PairedCounts(counts("a", [1] * 8, 4), none), 100)
    with pytest.raises(ForecastError, match="k from 1 to"):
        forecast_difference(PairedCounts(counts("a", [1] * 8, 4), counts("b", [2] * 8, 4)), 10**7)


def test_the_warnings_name_the_model() -> None:
    a, b = counts("a", [1, 2, 3, 0, 1, 2, 3, 4], 4), counts("b", [2] * 8, 4)
    codes = {warned.code: warned.message for warned in forecast_difference(PairedCounts(a, b), 300).warnings}
    assert codes["few_problems"].startswith("b: ")
    assert "far_beyond" in codes


def test_what_is_registered_is_of_these_very_problems() -> None:
    """Problems whose rates are known from many samples: only the problems drawn anew leave anything open."""
    a = counts("a", [0, 100, 200, 300, 400] * 6, 400)
    b = counts("b", [100, 200, 300, 400, 400] * 6, 400)
    found = forecast_difference(PairedCounts(a, b), 2)
    exact = {name: float(np.mean(1 - (1 - side.passes / 400) ** 2)) for name, side in (("a", a), ("b", b))}
    overall = found.record()["overall"]
    assert isinstance(overall, dict)
    assert overall["pass@2:a"]["point"] == pytest.approx(exact["a"], abs=0.01)
    assert overall["pass@2:b-a"]["point"] == pytest.approx(exact["b"] - exact["a"], abs=0.01)
    low, high = found.here.difference.intervals[95]
    everywhere = found.band.error[-1] * 2 * 1.96
    assert high - low < 0.5 * everywhere
    assert found.here.b_ahead == 1
    assert found.here.turn.point == 3  # no turn up to k = 2


def test_the_first_turn_is_where_the_sign_of_k_1_is_reversed() -> None:
    curves = np.array(
        [[0.1, 0.0, -0.1, 0.2], [-0.1, -0.2, 0.0, 0.1], [0.1, 0.2, 0.1, 0.0], [0, -0.1, 0.1, 0]]
    )
    assert first_turn(curves, (1, 2, 5, 9)).tolist() == [5, 9, np.inf, np.inf]

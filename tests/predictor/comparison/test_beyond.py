import numpy as np
import pytest

from predictor import ForecastError
from predictor.comparison.all_k import compare_curves
from predictor.comparison.beyond import forecast_difference
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

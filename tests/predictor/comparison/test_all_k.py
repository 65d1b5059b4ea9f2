from fractions import Fraction
from itertools import combinations
from math import comb

import numpy as np
import pytest
from scipy import stats

from evaluator.metrics import compare
from evaluator.metrics.pass_at_k import Count
from predictor import ForecastError
from predictor.comparison.all_k import compare_curves
from predictor.comparison.bands import band_of_mean
from predictor.comparison.order import Order
from predictor.comparison.pairs import curve_ks, pair_counts, pass_at_ks
from tests.predictor.comparison.truths import counts, curve, drawn, sharpened, shifted


def test_every_k_has_the_share_of_subsets_with_a_pass() -> None:
    n = 7
    for c in range(n + 1):
        found = pass_at_ks(np.array([c]), np.array([n]), range(1, n + 1))[0]
        for k in range(1, n + 1):
            subsets = [1 for chosen in combinations(range(n), k) if min(chosen) < c]
            assert found[k - 1] == pytest.approx(float(Fraction(len(subsets), comb(n, k))), abs=1e-12)


def test_the_error_at_one_k_is_that_of_compare() -> None:
    """The same pseudo-pairs at k = 1, where differences have their largest size, give the same interval."""
    rng = np.random.default_rng(3)
    pairs = drawn(shifted(rng, 60), 2, rng)
    found = compare_curves(pairs)
    sides = [
        {task: Count(2, int(c)) for task, c in zip(side.problems, side.passes, strict=True)} for side in pairs
    ]
    one = compare(*sides, k=2)
    assert one is not None
    half = stats.t.ppf(0.975, 59) * found.band.error[1]
    assert found.band.middle[1] + half == pytest.approx(one.high, rel=1e-6)
    assert found.difference[1] == pytest.approx(one.difference)


def test_a_band_of_one_point_is_students_interval() -> None:
    band = band_of_mean(np.array([0.1]), np.array([[0.02], [0.01]]), np.random.default_rng(0), degrees=9)
    assert band.factors[95] == pytest.approx(stats.t.ppf(0.975, 9), rel=0.06)
    assert band.error[0] == pytest.approx(np.sqrt(0.0005))


def test_a_band_over_independent_points_is_that_of_their_maximum() -> None:
    band = band_of_mean(np.zeros(20), np.eye(20), np.random.default_rng(0), degrees=None)
    assert band.factors[95] == pytest.approx(stats.norm.ppf(0.5 + 0.95 ** (1 / 20) / 2), rel=0.02)


def test_bands_hold_whole_curves_and_the_crossing_as_often_as_they_say() -> None:
    """150 sets of 164 problems; benchmarks/comparisons.py has more of them."""
    rng = np.random.default_rng(11)
    n, ks, sets = 16, curve_ks(16), 150
    rates = sharpened(rng, 200_000)
    truth = curve(rates[1], ks) - curve(rates[0], ks)
    crossing = ks[int(np.argmax(truth < 0))]
    inside = {80: 0, 95: 0}
    turns, held = 0, 0
    for _number in range(sets):
        found = compare_curves(drawn(sharpened(rng, 164), n, rng))
        for level in inside:
            low, high = found.band.at(level)
            inside[level] += bool(np.all((low <= truth) & (truth <= high)))
        for turn in found.order.crossings:
            turns += 1
            held += turn.low < crossing <= turn.high
    assert 0.70 <= inside[80] / sets <= 0.90
    assert inside[95] / sets >= 0.90
    assert turns > 20
    assert held / turns > 0.85


def test_the_order_that_turns_is_found_and_one_that_does_not_is_not() -> None:
    rng = np.random.default_rng(5)
    turning = compare_curves(drawn(sharpened(rng, 2000), 16, rng))
    assert turning.order.order is Order.TURNS
    [crossing] = turning.order.crossings
    assert crossing.low < crossing.k <= crossing.high
    assert crossing.ahead_after == "a"
    assert [each.ahead for each in turning.order.stretches] == ["b", "a"]
    steady = compare_curves(drawn(shifted(rng, 2000), 8, rng))
    assert steady.order.order is Order.B_AHEAD
    assert not steady.order.crossings
    same = compare_curves(drawn((rate := shifted(rng, 100)[0], rate), 8, rng))
    assert same.order.order is Order.UNSETTLED


def test_swapping_the_models_mirrors_everything() -> None:
    rng = np.random.default_rng(2)
    pairs = drawn(sharpened(rng, 400), 16, rng)
    there, back = compare_curves(pairs), compare_curves(pair_counts(pairs.b, pairs.a))
    assert back.difference == pytest.approx(-there.difference)
    assert back.band.at(95)[0] == pytest.approx(-there.band.at(95)[1])
    assert [turn.k for turn in back.order.crossings] == [turn.k for turn in there.order.crossings]


def test_models_that_agree_on_all_problems_still_have_a_band_with_a_width() -> None:
    found = compare_curves(pair_counts(counts("a", [4] * 20, 4), counts("b", [4] * 20, 4)))
    low, high = found.band.at(95)
    assert np.all(high - low > 0.05)
    assert [warned.code for warned in found.warnings] == ["few_problems", "few_differ"]


def test_unequal_samples_are_compared_up_to_the_fewest_and_too_few_problems_are_refused() -> None:
    a, b = counts("a", [1, 2, 3, 4, 5], 6), counts("b", [1, 2, 3, 4, 2], 9)
    assert compare_curves(pair_counts(a, b)).ks == tuple(range(1, 7))
    with pytest.raises(ForecastError, match="4 common problem"):
        compare_curves(pair_counts(counts("a", [1, 2, 3, 4], 6), b))
    with pytest.raises(ForecastError, match="no problem in common"):
        pair_counts(a, b._replace(problems=("x1", "x2", "x3", "x4", "x5")))


def test_many_samples_have_256_k_up_to_the_last() -> None:
    ks = curve_ks(10_000)
    assert (ks[0], ks[-1]) == (1, 10_000)
    assert len(ks) <= 256
    assert curve_ks(5) == (1, 2, 3, 4, 5)

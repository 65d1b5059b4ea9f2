from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from predictor.estimators import (
    expected_t,
    neg_log_pass,
    neg_log_pass_at,
    neg_log_pass_plug_in,
    neg_log_pass_sequential,
    pass_at_k,
)


@given(st.integers(0, 40), st.integers(1, 40))
def test_t_n_is_the_sum_of_failures_at_k_over_k(c: int, extra: int) -> None:
    n = c + extra
    series = sum((1 - pass_at_k(c, n, k)) / k for k in range(1, n + 1))
    assert float(neg_log_pass(c, n).value) == pytest.approx(float(series), abs=1e-10)


@pytest.mark.parametrize("p", [0.005, 0.1, 0.7])
@pytest.mark.parametrize("n", [1, 7, 100])
def test_t_n_expects_the_truncated_series_exactly(p: float, n: int) -> None:
    c = np.arange(n + 1)
    mean = stats.binom.pmf(c, n, p) @ neg_log_pass(c, n).value
    assert mean == pytest.approx(sum((1 - p) ** k / k for k in range(1, n + 1)), rel=1e-10)


def test_measured_bias_of_t_n_at_a_rare_pass_is_the_published_one() -> None:
    c = np.arange(101)
    mean = stats.binom.pmf(c, 100, 0.005) @ neg_log_pass(c, 100).value
    assert mean + np.log(0.005) == pytest.approx(-0.56, abs=0.005)


@pytest.mark.parametrize("r", [1, 3])
def test_sequential_sampling_is_unbiased(r: int) -> None:
    draws = np.arange(r, 4000)
    chance = stats.nbinom.pmf(draws - r, r, 0.05)
    estimate = neg_log_pass_sequential(draws, r)
    assert chance @ estimate.value == pytest.approx(-np.log(0.05), abs=1e-6)
    spread = chance @ estimate.value**2 - (chance @ estimate.value) ** 2
    assert chance @ estimate.standard_error**2 == pytest.approx(spread, rel=1e-4)


def test_pass_at_k_counts_subsets() -> None:
    passed = [True] * 3 + [False] * 4
    subsets = list(combinations(passed, 2))
    assert float(pass_at_k(3, 7, 2)) == pytest.approx(sum(map(any, subsets)) / len(subsets))
    assert float(pass_at_k(6, 7, 2)) == 1.0


def test_pass_at_k_refuses_too_few_samples() -> None:
    with pytest.raises(ValueError, match=r"pass@10 needs n >= 10 .* smallest n is 3"):
        pass_at_k([1, 2], [3, 20], 10)


def test_plug_in_is_infinite_without_a_pass() -> None:
    assert np.isinf(neg_log_pass_plug_in(0, 5).value)
    assert float(neg_log_pass_plug_in(2, 8).value) == pytest.approx(np.log(4))


@given(st.floats(1e-6, 30), st.integers(5, 2000))
def test_expected_t_is_within_a_thousandth_of_the_series(value: float, n: int) -> None:
    k = np.arange(1, n + 1)
    series = float((np.exp(k * np.log1p(-np.exp(-value))) / k).sum())
    assert float(expected_t(value, n)) == pytest.approx(series, abs=1.5e-3)


@pytest.mark.parametrize(
    ("passes", "samples", "at"), [(0, 20, 5), (3, 20, 20), (7, 12, 4), (12, 12, 6), (1, 4, 9)]
)
def test_fewer_samples_would_show_the_mean_over_every_subset(passes: int, samples: int, at: int) -> None:
    """The mean of T over all ways to choose `at` of the samples, by the hypergeometric distribution."""
    drawn = min(at, samples)
    ways = [comb(passes, c) * comb(samples - passes, drawn - c) for c in range(drawn + 1)]
    exact = sum(w * float(neg_log_pass(c, drawn).value) for c, w in enumerate(ways)) / comb(samples, drawn)
    assert float(neg_log_pass_at(passes, samples, at)) == pytest.approx(exact, abs=1e-12)


def test_expected_t_interpolates_large_arrays_closely() -> None:
    value = np.geomspace(1e-4, 500, 9000)
    pieces = np.concatenate([expected_t(part, 100) for part in np.array_split(value, 3)])
    assert expected_t(value, 100) == pytest.approx(pieces, abs=2e-5)


def test_expected_t_without_a_sample_count_is_minus_log_p() -> None:
    assert float(expected_t(2.5, None)) == 2.5

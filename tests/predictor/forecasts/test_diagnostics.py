from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from predictor import PassCounts, Target
from predictor.forecasts.diagnostics import capability_warnings, discoveries, inverse_scaling
from tests.predictor.ladders import Simulated


def ladder_of(
    columns: dict[str, list[str]] | None = None, flops: tuple[float, ...] = (1e20, 1e21, 1e22)
) -> PassCounts:
    return PassCounts.from_records(
        {"model": f"m{j}", "task_id": f"t{i}", "n": 100, "c": 10 + 20 * j + i, "flops": f}
        | {name: values[j] for name, values in (columns or {}).items()}
        for j, f in enumerate(flops)
        for i in range(20)
    )


def codes(counts: PassCounts, target: Target) -> set[str]:
    return {warned.code for warned in capability_warnings(counts, target)}


def test_few_models_and_a_far_target_are_said() -> None:
    assert {"few_models", "far"} <= codes(ladder_of(), Target(2e25))


def test_a_near_target_is_not_called_far() -> None:
    assert "far" not in codes(ladder_of(), Target(5e24))


def test_a_short_range_is_said() -> None:
    assert "short_range" in codes(ladder_of(flops=(1e20, 2e20, 3e20)), Target(1e21))


@pytest.mark.parametrize("condition", ["temperature", "prompt", "suite"])
def test_models_measured_differently_are_said(condition: str) -> None:
    assert f"mixed_{condition}" in codes(ladder_of({condition: ["a", "b", "b"]}), Target(1e23))


def test_mixed_tokens_per_parameter_are_said() -> None:
    assert "mixed_tokens_per_parameter" in codes(
        ladder_of({"params": ["1e9", "2e9", "4e9"], "tokens": ["2e10", "4e10", "9e11"]}), Target(1e23)
    )


def test_a_slope_that_may_be_zero_is_said() -> None:
    rng = np.random.default_rng(0)
    counts = PassCounts.from_records(
        {
            "model": f"m{j}",
            "task_id": f"t{i}",
            "n": 50,
            "c": int(rng.integers(5, 45)),
            "flops": 10.0 ** (20 + j),
        }
        for j in range(5)
        for i in range(30)
    )
    assert "slope_not_clear" in codes(counts, Target(1e26))


def test_problems_that_get_worse_are_named(simulate: Callable[..., Simulated]) -> None:
    counts = simulate(0, problems=40, models=8, samples=200).counts
    passes = counts.passes.copy()
    passes[:, 3] = np.linspace(190, 20, 8).astype(int)
    passes[:, 17] = np.linspace(150, 1, 8).astype(int)
    assert inverse_scaling(counts.with_counts(passes, counts.samples)) == (
        counts.problems[3],
        counts.problems[17],
    )


def test_noise_alone_names_few_problems(simulate: Callable[..., Simulated]) -> None:
    """Pass rates that do not depend on compute: false discoveries are rare over 20 tables of 60 problems."""
    rng = np.random.default_rng(1)
    base = simulate(0, problems=60, models=6).counts
    named = 0
    for _ in range(20):
        flat = rng.binomial(100, np.full(base.passes.shape, 0.5))
        named += len(inverse_scaling(base.with_counts(flat, base.samples)))
    assert named <= 4


@pytest.mark.parametrize("seed", range(20))
def test_discoveries_are_those_of_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    p_values = np.round(rng.uniform(size=100) ** (1 + 4 * (rng.uniform(size=100) < 0.3)), 3)  # with ties
    for rate in (0.01, 0.05, 0.3, 1.0):
        assert (
            discoveries(p_values, rate).tolist() == (stats.false_discovery_control(p_values) <= rate).tolist()
        )
    assert not discoveries(np.ones(5), 0.05).any()

"""Odd tables: each gives a finite forecast and says what is odd, or is refused in one sentence."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from predictor import ForecastError, Settings, Target, forecast_capability
from predictor.arrays import Floats

PROBLEMS, SAMPLES = 20, 12
Row = dict[str, Any]
Cell = Callable[[int, int], Any]


def power_laws(models: int) -> Floats:
    """Pass rates of models each ten times the one before, shape (models, problems)."""
    x = np.log(10) * np.arange(models)
    a = np.random.default_rng(5).standard_normal(PROBLEMS)
    return np.exp(-np.exp(np.log(0.5) + 0.2 * (x[-1] - x)[:, None] + a))


def rows(
    rates: Floats, flops: list[float], unsampled: Callable[[int, int], bool] = lambda *_: False, **more: Cell
) -> list[Row]:
    rng = np.random.default_rng(0)
    return [
        {"model": f"m{j}", "task_id": f"t{i}", "n": SAMPLES, "c": int(rng.binomial(SAMPLES, rates[j, i])), "flops": flops[j]}
        | {name: value(j, i) for name, value in more.items()}
        for j in range(len(rates))
        for i in range(PROBLEMS)
        if not unsampled(j, i)
    ]  # fmt: skip


def sizes(models: int) -> list[float]:
    return [1e18 * 10.0**j for j in range(models)]


def three_levels(*levels: float) -> Floats:
    return np.tile(np.array(levels)[:, None], PROBLEMS)


HALVES = np.tile(np.repeat([0.0, 1.0], PROBLEMS // 2), (3, 1))
PARAMS = [1e8, 3e8, 1e9, 3e9]
ODD: dict[str, tuple[list[Row], Target, str]] = {
    "the largest of three never sampled on half": (
        rows(power_laws(3), sizes(3), lambda j, i: j == 2 and i >= 10),
        Target(1e22),
        "missing_cells",
    ),
    "no two models sampled on the same half": (
        rows(power_laws(3), sizes(3), lambda j, i: j < 2 and (i < 10) == (j == 0)),
        Target(1e22),
        "missing_cells",
    ),
    "a model sampled on one problem": (
        rows(power_laws(4), sizes(4), lambda j, i: j == 0 and i > 0),
        Target(1e23),
        "missing_cells",
    ),
    "few passes in all": (rows(three_levels(0, 0, 0.03), sizes(3)), Target(1e22), "never_solved"),
    "nothing, then everything": (rows(three_levels(0, 0, 1), sizes(3)), Target(1e22), "few_models"),
    "half never, half always": (rows(HALVES, sizes(3)), Target(1e22), "always_solved"),
    "a model that solves nothing": (
        rows(power_laws(4) * [[0], [1], [1], [1]], sizes(4)),
        Target(1e23),
        "few_models",
    ),
    "worse with compute": (rows(power_laws(4)[::-1], sizes(4)), Target(1e23), "slope_not_clear"),
    "three seeds of one size, and one larger": (
        rows(power_laws(4), [1e20, 1e20, 1e20, 1e21]),
        Target(1e23),
        "few_models",
    ),
    "sizes that hardly differ": (
        rows(power_laws(3), [1e20, 1.0001e20, 1.0002e20]),
        Target(1e23),
        "short_range",
    ),
    "a target of more compute than it makes use of": (
        rows(power_laws(4), sizes(4), params=lambda j, _: PARAMS[j], tokens=lambda j, _: 1e18 * 10.0**j / (6 * PARAMS[j])),
        Target(1e22, "wasteful", 1e7, 1e22 / 6e7),
        "mixed_tokens_per_parameter",
    ),
    "sizes of some models alone": (
        rows(power_laws(4), sizes(4), params=lambda j, _: PARAMS[j] if j else None, prompt=lambda j, _: "ab"[j % 2]),
        Target(1e23, "next", 1e10, 1e12),
        "mixed_prompt",
    ),
    "a likelihood of the solution out of all range": (
        rows(power_laws(4) * 0.05, sizes(4), nll=lambda _, i: 1e300 if i % 2 else 1e-300),
        Target(1e23),
        "never_solved",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_an_odd_table_gives_a_finite_forecast_and_a_warning(name: str) -> None:
    table, target, code = ODD[name]
    forecast = forecast_capability(table, target, settings=Settings(size=400))
    scopes = [forecast.overall, *(each.estimates for each in forecast.buckets), *forecast.problems.values()]
    found = [estimate for scope in scopes for estimate in scope.values()]
    edges = [edge for estimate in found for pair in estimate.intervals.values() for edge in pair]
    assert np.isfinite([*(estimate.point for estimate in found), *edges]).all()
    assert code in {warned.code for warned in forecast.warnings}


def test_models_of_one_equivalent_compute_are_refused_in_a_sentence() -> None:
    """FLOPs differ here, parameters and tokens do not: one of the columns is wrong."""
    table = rows(power_laws(3), sizes(3), params=lambda *_: 1e9, tokens=lambda *_: 1e10)
    with pytest.raises(ForecastError, match=r"^by their params and tokens all training models have the same"):
        forecast_capability(table, Target(1e22, "next", 1e10, 1e11))


def test_models_of_nearly_one_compute_are_refused_in_a_sentence() -> None:
    with pytest.raises(ForecastError, match="the compute of the training models hardly differs"):
        forecast_capability(rows(power_laws(3), [1e20, 1e20 * (1 + 1e-9), 1e20 * (1 + 2e-9)]), 1e22)

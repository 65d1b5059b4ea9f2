from collections.abc import Callable

import pytest

from predictor import ForecastError, Target, plan
from tests.predictor.ladders import Simulated


def test_samples_go_where_the_variance_is(ladder: Simulated) -> None:
    found = plan(ladder.counts, Target(ladder.target_flops), width=0.01, budget=20_000)
    assert found.after_samples < found.half_width
    removed = [row.variance_removed for row in found.samples]
    assert removed == sorted(removed, reverse=True)
    assert sum(row.samples for row in found.samples) == 20_000
    assert found.samples_part >= sum(removed) > 0


def test_a_width_already_reached_costs_nothing(ladder: Simulated) -> None:
    found = plan(ladder.counts, Target(ladder.target_flops), width=100.0)
    assert found.reachable
    assert found.samples == ()


def test_no_number_of_samples_makes_up_for_irregular_models(ladder: Simulated) -> None:
    found = plan(ladder.counts, Target(ladder.target_flops), width=1e-6)
    assert not found.reachable
    assert found.models_part > 0


def test_samples_that_are_taken_narrow_the_forecast_as_planned(simulate: Callable[..., Simulated]) -> None:
    """Taking nine times the samples everywhere divides the sampling part by about nine."""
    parts = [
        plan(
            simulate(0, problems=80, samples=n, top=0.05, ahead=3.0).counts, Target(1e24), width=1.0
        ).samples_part
        for n in (200, 1800)
    ]
    assert parts[0] / parts[1] == pytest.approx(9, rel=0.35)


def test_a_larger_model_narrows_more_and_costs_more(ladder: Simulated) -> None:
    found = plan(ladder.counts, Target(ladder.target_flops), width=0.1).new_models
    by_size = sorted(found, key=lambda model: model.flops)
    assert by_size[-1].half_width < by_size[0].half_width
    per_flop = [model.narrowing_per_flop for model in found]
    assert per_flop == sorted(per_flop, reverse=True)


def test_a_plan_needs_three_models_and_a_positive_width(ladder: Simulated) -> None:
    with pytest.raises(ForecastError, match="a plan needs 3"):
        plan(ladder.counts, Target(float(ladder.counts.flops[1])), width=0.1)
    with pytest.raises(ForecastError, match="must be positive"):
        plan(ladder.counts, Target(ladder.target_flops), width=-1.0)

"""The curve of every method over compute, against the point forecast and against the data."""

import numpy as np
import pytest

from predictor import Losses, LossSettings, Settings, Target, forecast_capability, forecast_loss
from predictor.forecasts.capability import capability_task
from predictor.forecasts.curves import Curve, capability_curves, loss_curve
from predictor.forecasts.estimates import Estimate
from predictor.methods.catalog import METHODS, find_method
from tests.predictor.ladders import Simulated


def at_target(curve: Curve) -> Estimate:
    place = int(np.flatnonzero(curve.compute == 1)[0])
    intervals = {
        level: (float(low[place]), float(high[place])) for level, (low, high) in curve.intervals.items()
    }
    return Estimate(float(curve.middle[place]), intervals)


def assert_same(curve: Curve, estimate: Estimate) -> None:
    found = at_target(curve)
    assert found.point == pytest.approx(estimate.point, rel=1e-9)
    for level, pair in estimate.intervals.items():
        assert found.intervals[level] == pytest.approx(pair, rel=1e-9)


@pytest.mark.parametrize("method", sorted(METHODS))  # `auto` is one of them by another name
def test_a_curve_is_the_point_forecast_at_the_target(ladder: Simulated, method: str) -> None:
    forecast = forecast_capability(
        ladder.counts, ladder.target_flops, method=method, settings=Settings(size=1200)
    )
    curves = capability_curves(ladder.counts, forecast)
    assert set(curves.overall) == set(forecast.overall)
    for metric, estimate in forecast.overall.items():
        assert_same(curves.overall[metric], estimate)
    for found, bucket in zip(curves.buckets, forecast.buckets, strict=True):
        for metric, estimate in bucket.estimates.items():
            assert_same(found[metric], estimate)


def test_the_halves_of_split_samples_are_the_ones_that_were_forecast_from(ladder: Simulated) -> None:
    settings = Settings(size=300, split_samples=True, seed=4)
    forecast = forecast_capability(ladder.counts, ladder.target_flops, method="report", settings=settings)
    curves = capability_curves(ladder.counts, forecast)
    assert_same(curves.overall["neg_mean_log_pass"], forecast.overall["neg_mean_log_pass"])


@pytest.mark.parametrize("method", ["auto", "report", "log-linear"])
def test_a_curve_runs_through_the_models_and_widens_beyond_them(ladder: Simulated, method: str) -> None:
    forecast = forecast_capability(
        ladder.counts, ladder.target_flops, method=method, settings=Settings(size=600)
    )
    curve = capability_curves(ladder.counts, forecast).overall["neg_mean_log_pass"]
    train = ladder.counts.flops / ladder.target_flops
    assert curve.compute[0] < train.min() < 1 < curve.compute[-1]
    low, high = curve.intervals[80]
    assert np.all((low <= curve.middle) & (curve.middle <= high))
    width = np.log(high / low)
    assert width[-1] > np.interp(np.log(np.median(train)), np.log(curve.compute), width)
    assert curve.middle[0] > curve.middle[-1]


def test_the_last_value_says_nothing_of_models_below_the_largest(ladder: Simulated) -> None:
    forecast = forecast_capability(ladder.counts, ladder.target_flops, method="last-value")
    curve = capability_curves(ladder.counts, forecast).overall["pass@1"]
    assert curve.compute[0] == pytest.approx(ladder.counts.flops.max() / ladder.target_flops)
    assert np.ptp(curve.middle) == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("method", ["latent-trend", "last-value", "log-linear"])
def test_no_draw_of_pass_at_10_is_below_its_pass_at_1(ladder: Simulated, method: str) -> None:
    settings = Settings(ks=(1, 10, 50), size=400)
    chosen = find_method(method)
    groups = chosen.choose(ladder.counts, settings.rule)
    task = capability_task(ladder.counts, Target(ladder.target_flops * 100), settings)
    draws = chosen.draw(task, groups.buckets).buckets
    assert np.all(draws["pass@10"] >= draws["pass@1"])
    assert np.all(draws["pass@50"] >= draws["pass@10"])


LOSSES = Losses.from_records(
    [
        {
            "model": f"m{size}", "params": 10.0**7 * 3**size, "tokens": 2e8 * 3**size,
            "loss": 1.2 + 1.5 * 3 ** (-0.2 * size) + 0.01 * (size % 2),
        }
        for size in range(8)
    ],
    "loss",
    "table",
)  # fmt: skip


@pytest.mark.parametrize("method", ["auto", "report", "size-data-log", "last-value", "log-linear"])
def test_a_loss_curve_is_the_point_forecast_at_the_target(method: str) -> None:
    goal = Target(6 * 1e12 * 1e13, "big", 1e12, 1e13)
    forecast = forecast_loss(LOSSES, goal, method=method, settings=LossSettings(size=500))
    curve = loss_curve(LOSSES, forecast)
    assert_same(curve, forecast.loss)
    assert np.all(np.isfinite(curve.middle))

"""From forecasts to panels: what of a table and a law is drawn."""

from collections.abc import Mapping

import numpy as np

from predictor.arrays import Floats, Integers
from predictor.data import FigurePoints
from predictor.estimators import mean_neg_log_pass
from predictor.forecasts.curves import CapabilityCurves, Curve, capability_curves, loss_curve
from predictor.forecasts.result import BucketForecast, CapabilityForecast, LossForecast
from predictor.laws.power_law import PowerLaws, fit_power_laws
from predictor.methods.base import MEASURED, NEG_MEAN_LOG_PASS
from predictor.plots.render import Band, Panel
from predictor.scores import LEVELS
from predictor.tables.losses import Losses
from predictor.tables.pass_counts import PassCounts

__all__ = ["capability_panels", "loss_panel", "power_law_band", "report_figure_2"]

NATS = "$-$Mean log pass rate (nats)"
GEOMETRIC = "Geometric mean pass rate"
# What a panel shows, first to last choice: what the samples would show comes before the truth behind it.
NEGATIVE_LOGS = (MEASURED, NEG_MEAN_LOG_PASS)
RATES = ("pass@1", "geometric_mean_pass_measured", "geometric_mean_pass")
QUANTITIES = {"pass@1": "pass@1"} | dict.fromkeys(NEGATIVE_LOGS, NATS) | dict.fromkeys(RATES[1:], GEOMETRIC)


def power_law_band(laws: PowerLaws, number: int = 0) -> Band:
    """Return the line and intervals of a law, from the smallest compute to a little past the target."""
    compute = np.geomspace(np.exp(laws.log_c.min()) / 2, 2.0, 160)
    flops = compute * laws.reference
    pairs = {level: laws.interval(flops, level / 100)[:, number] for level in LEVELS}
    return Band(
        compute,
        np.exp(laws.log_mean(flops)[:, number]),
        {level: (pair[:, 0], pair[:, 1]) for level, pair in pairs.items()},
    )


def report_figure_2(points: FigurePoints) -> Panel:
    """Return the report's figure 2 with the interval that it lacks."""
    laws = fit_power_laws(points.compute, points.value)
    return Panel(
        "Capability on 23 problems of HumanEval",
        NATS,
        points.compute,
        points.value,
        band=power_law_band(laws),
        outcome=points.outcome,
    )


def capability_panels(
    counts: PassCounts,
    forecast: CapabilityForecast,
    *,
    rates: bool = False,
    whole: bool = False,
    curves: CapabilityCurves | None = None,
) -> list[Panel]:
    """Return a panel per bucket: observed values, the curve and bands, the outcome if the table has it.

    Args:
        counts: the table that the forecast was made from.
        forecast: of any method.
        rates: show pass@1, or the geometric mean pass rate of a method that forecasts no pass@1, instead of
            -mean log pass rate.
        whole: begin with a panel over every problem that the method covers.
        curves: of this forecast, if they are there already.
    """
    curves = curves or capability_curves(counts, forecast)
    column = {task: number for number, task in enumerate(counts.problems)}
    parts = [np.array([column[task] for task in each.problems]) for each in forecast.buckets]
    found = list(zip(map(_title, forecast.buckets), parts, curves.buckets, strict=True))
    if whole:
        found.insert(0, (_whole_title(counts, forecast), np.concatenate(parts), curves.overall))
    return [_capability_panel(counts, forecast, *each, rates=rates) for each in found]


def _title(bucket: BucketForecast) -> str:
    name = f"Bucket {bucket.name}" if bucket.name[0].isdigit() else bucket.name.capitalize()
    return f"{name} ({_problems(len(bucket.problems))})"


def _whole_title(counts: PassCounts, forecast: CapabilityForecast) -> str:
    covered = sum(len(bucket.problems) for bucket in forecast.buckets)
    every = len(counts.problems)
    return f"All {_problems(every)}" if covered == every else f"{covered} of {_problems(every)}"


def _problems(number: int) -> str:
    return f"{number} problem" if number == 1 else f"{number} problems"


def _capability_panel(
    counts: PassCounts,
    forecast: CapabilityForecast,
    title: str,
    problems: Integers,
    curves: Mapping[str, Curve],
    *,
    rates: bool,
) -> Panel:
    metric = next(name for name in (RATES if rates else NEGATIVE_LOGS) if name in curves)
    train = counts.select([counts.index(model) for model in forecast.train_models])
    outcome = None
    if forecast.target.name in counts.models:
        target = counts.select([counts.index(str(forecast.target.name))])
        outcome = float(_observed(target, problems, metric)[0])
    return Panel(
        title,
        QUANTITIES[metric],
        train.flops / forecast.target.flops,
        _observed(train, problems, metric),
        band=Band(*curves[metric]),
        outcome=outcome,
        log_value=not rates,
        models=train.models,
    )


def loss_panel(losses: Losses, forecast: LossForecast, *, unit: str = "") -> Panel:
    """Return a panel of observed losses, the law or mixture over compute, its intervals, the outcome."""
    train = losses.select([losses.index(model) for model in forecast.train_models])
    outcome = None
    if forecast.target.name in losses.models:
        outcome = float(losses.loss[losses.index(str(forecast.target.name))])
    return Panel(
        f"Loss: {losses.column}",
        f"Loss ({unit})" if unit else "Loss",
        train.flops / forecast.target.flops,
        train.loss,
        band=Band(*loss_curve(losses, forecast)),
        outcome=outcome,
        models=train.models,
    )


def _observed(counts: PassCounts, problems: Integers, metric: str) -> Floats:
    passes, samples = counts.passes[:, problems], counts.samples[:, problems]
    if metric != "pass@1":
        value = mean_neg_log_pass(passes, samples).value
        return value if metric in NEGATIVE_LOGS else np.asarray(np.exp(-value))
    sampled = np.maximum((samples > 0).sum(axis=1), 1)
    return np.asarray((passes / np.maximum(samples, 1)).sum(axis=1) / sampled)

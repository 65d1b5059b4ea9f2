"""From forecasts to panels: what of a table and a law is drawn."""

import numpy as np
from numpy.typing import NDArray

from predictor.data import FigurePoints
from predictor.estimators import mean_neg_log_pass
from predictor.forecasts.result import CapabilityForecast, LossForecast
from predictor.laws.loss_law import Form, Objective, fit_loss
from predictor.laws.loss_posterior import loss_posterior
from predictor.laws.power_law import PowerLaws, fit_power_laws
from predictor.plots.render import Band, Panel
from predictor.scores import LEVELS
from predictor.tables.losses import Losses
from predictor.tables.pass_counts import PassCounts

__all__ = ["capability_panels", "loss_panel", "power_law_band", "report_figure_2"]

Floats = NDArray[np.float64]
NATS = "$-$Mean log pass rate (nats)"


def power_law_band(laws: PowerLaws, number: int = 0) -> Band:
    """The line and intervals of one law, from the smallest training compute to a little past the target."""
    compute = np.geomspace(np.exp(laws.log_c.min()) / 2, 2.0, 160)
    flops = compute * laws.reference
    pairs = {level: laws.interval(flops, level / 100)[:, number] for level in LEVELS}
    return Band(
        compute,
        np.exp(laws.log_mean(flops)[:, number]),
        {level: (pair[:, 0], pair[:, 1]) for level, pair in pairs.items()},
    )


def report_figure_2(points: FigurePoints) -> Panel:
    """The report's figure 2 with the interval it lacks."""
    laws = fit_power_laws(points.compute, points.value)
    return Panel(
        "Capability on 23 problems of HumanEval",
        NATS,
        points.compute,
        points.value,
        band=power_law_band(laws),
        outcome=points.outcome,
    )


def capability_panels(counts: PassCounts, forecast: CapabilityForecast) -> list[Panel]:
    """One panel per bucket: observed means, forecast, the bucket's law, the outcome if the table has it.

    The band of `report` is its t interval; the other methods show their forecast at the target and, as a
    guide to the eye, no line: their laws are not straight in these axes.
    """
    rows = [counts.index(model) for model in forecast.train_models]
    train = counts.select(rows)
    column = {task: number for number, task in enumerate(counts.problems)}
    found = []
    for bucket in forecast.buckets:
        problems = np.array([column[task] for task in bucket.problems])
        observed = _means(train, problems)
        band = None
        if forecast.method == "report":
            band = power_law_band(fit_power_laws(train.flops, observed, reference=forecast.target.flops))
        estimate = bucket.estimates["neg_mean_log_pass"]
        low, high = estimate.intervals[80]
        outcome = None
        if forecast.target.name in counts.models:
            outcome = float(_means(counts.select([counts.index(str(forecast.target.name))]), problems)[0])
        title = f"Bucket {bucket.name}" if bucket.name[0].isdigit() else bucket.name.capitalize()
        found.append(
            Panel(
                f"{title} ({len(problems)} problems)",
                NATS,
                train.flops / forecast.target.flops,
                observed,
                band=band,
                forecast=None if band else (estimate.point, low, high),
                outcome=outcome,
                log_value=True,
            )
        )
    return found


def loss_panel(losses: Losses, forecast: LossForecast, *, unit: str = "") -> Panel:
    """Observed losses, the compute law under the forecast's objective, its intervals, the outcome."""
    train = losses.select([losses.index(model) for model in forecast.train_models])
    irreducible = forecast.settings.get("irreducible")
    train = train.pinned(irreducible if isinstance(irreducible, float) else None)
    objective = Objective(str(forecast.law.get("objective", Objective.ABSOLUTE)))
    fit = fit_loss(train, Form.COMPUTE, objective)
    posterior = loss_posterior(train, fit)
    compute = np.geomspace(train.flops.min() / forecast.target.flops / 2, 2.0, 60)
    rng = np.random.default_rng(0)
    template = train.compute[0]._replace(params=float("nan"), tokens=float("nan"))
    draws = [posterior.draws(template._replace(flops=c * forecast.target.flops), 2000, rng) for c in compute]
    quantiles = {
        level: np.array([np.quantile(d, [0.5 - level / 200, 0.5 + level / 200]) for d in draws])
        for level in LEVELS
    }
    middle = fit.predict(tuple(template._replace(flops=c * forecast.target.flops) for c in compute))
    outcome = None
    if forecast.target.name in losses.models:
        outcome = float(losses.loss[losses.index(str(forecast.target.name))])
    low, high = forecast.loss.intervals[80]
    # Of a mixture, or a law of size and data, the line is a guide; what it forecasts stands at the target.
    by_line = forecast.method == "report" or forecast.method.startswith("compute-")
    return Panel(
        f"Loss: {losses.column}",
        f"Loss ({unit})" if unit else "Loss",
        train.flops / forecast.target.flops,
        train.loss,
        band=Band(compute, middle, {level: (pair[:, 0], pair[:, 1]) for level, pair in quantiles.items()}),
        forecast=None if by_line else (forecast.loss.point, low, high),
        outcome=outcome,
    )


def _means(counts: PassCounts, problems: NDArray[np.int64]) -> Floats:
    return mean_neg_log_pass(counts.passes[:, problems], counts.samples[:, problems]).value

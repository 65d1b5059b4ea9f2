"""From forecasts to panels: what of a table and a law is drawn."""

import numpy as np

from predictor.arrays import Floats, Integers
from predictor.data import FigurePoints
from predictor.estimators import mean_neg_log_pass
from predictor.forecasts.capability import Settings, capability_task
from predictor.forecasts.result import BucketForecast, CapabilityForecast, LossForecast
from predictor.laws.loss_law import LossForm, Objective, fit_loss
from predictor.laws.loss_posterior import loss_posterior
from predictor.laws.power_law import PowerLaws, fit_power_laws
from predictor.methods.base import MEASURED, NEG_MEAN_LOG_PASS
from predictor.methods.catalog import DEFAULT
from predictor.methods.latent_trend import latent_trend_curve
from predictor.plots.render import Band, Panel
from predictor.problem_buckets import Bucket
from predictor.scores import LEVELS
from predictor.tables.losses import Losses
from predictor.tables.pass_counts import PassCounts

__all__ = ["capability_panels", "loss_panel", "power_law_band", "report_figure_2"]

NATS = "$-$Mean log pass rate (nats)"
CURVE_POINTS, CURVE_DRAWS = 32, 1000


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
    """One panel per bucket: observed means, the forecast over compute, and the outcome if the table has it.

    The band of `report` is its t interval; that of `latent-trend` comes from its draws, as T_n would show
    them, at every compute, with the law fitted again. Other methods show their forecast at the target
    alone.
    """
    train = counts.select([counts.index(model) for model in forecast.train_models])
    column = {task: number for number, task in enumerate(counts.problems)}
    buckets = tuple(
        Bucket(each.name, np.array([column[task] for task in each.problems])) for each in forecast.buckets
    )
    observed = [_means(train, bucket.problems) for bucket in buckets]
    bands = _bands(train, forecast, buckets, observed)
    return [
        _capability_panel(counts, forecast, each, bucket.problems, observed=values, band=band)
        for each, bucket, values, band in zip(forecast.buckets, buckets, observed, bands, strict=True)
    ]


def _capability_panel(
    counts: PassCounts,
    forecast: CapabilityForecast,
    bucket: BucketForecast,
    problems: Integers,
    *,
    observed: Floats,
    band: Band | None,
) -> Panel:
    estimate = bucket.estimates.get(MEASURED, bucket.estimates[NEG_MEAN_LOG_PASS])
    low, high = estimate.intervals[80]
    outcome = None
    if forecast.target.name in counts.models:
        outcome = float(_means(counts.select([counts.index(str(forecast.target.name))]), problems)[0])
    title = f"Bucket {bucket.name}" if bucket.name[0].isdigit() else bucket.name.capitalize()
    flops = np.array([counts.flops[counts.index(model)] for model in forecast.train_models])
    return Panel(
        f"{title} ({len(problems)} problems)",
        NATS,
        flops / forecast.target.flops,
        observed,
        band=band,
        forecast=None if band else (estimate.point, low, high),
        outcome=outcome,
        log_value=True,
    )


def _bands(
    train: PassCounts, forecast: CapabilityForecast, buckets: tuple[Bucket, ...], observed: list[Floats]
) -> list[Band | None]:
    """Each bucket's curve over compute, from methods that have one."""
    if forecast.method == "report":
        reference = forecast.target.flops
        return [power_law_band(fit_power_laws(train.flops, y, reference=reference)) for y in observed]
    if forecast.method != DEFAULT:
        return [None] * len(buckets)
    seed = forecast.settings.get("seed", 0)
    settings = Settings(ks=(), size=CURVE_DRAWS, seed=seed if isinstance(seed, int) else 0)
    task = capability_task(train, forecast.target, settings)
    compute = np.geomspace(train.flops.min() / forecast.target.flops / 2, 2.0, CURVE_POINTS)
    draws = latent_trend_curve(task, buckets, compute * forecast.target.flops)
    tails = [0.5 - level / 200 for level in LEVELS]
    quantiles = np.quantile(draws, [0.5, *tails, *(1 - tail for tail in tails)], axis=1)
    return [
        Band(
            compute,
            quantiles[0, :, number],
            {
                level: (quantiles[1 + place, :, number], quantiles[1 + len(LEVELS) + place, :, number])
                for place, level in enumerate(LEVELS)
            },
        )
        for number in range(len(buckets))
    ]


def loss_panel(losses: Losses, forecast: LossForecast, *, unit: str = "") -> Panel:
    """Observed losses, the compute law under the forecast's objective, its intervals, the outcome."""
    train = losses.select([losses.index(model) for model in forecast.train_models])
    irreducible = forecast.settings.get("irreducible")
    train = train.pinned(irreducible if isinstance(irreducible, float) else None)
    objective = Objective(str(forecast.law.get("objective", Objective.ABSOLUTE)))
    fit = fit_loss(train, LossForm.COMPUTE, objective)
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


def _means(counts: PassCounts, problems: Integers) -> Floats:
    return mean_neg_log_pass(counts.passes[:, problems], counts.samples[:, problems]).value

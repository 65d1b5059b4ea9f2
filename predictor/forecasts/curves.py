"""What a forecast says over compute: its median and intervals at models between the smallest and the target.

The method draws at every compute as it draws at the target, from the same training models, buckets and random
numbers. At the target the curve is therefore the forecast itself, and pass@10 of a draw is never below its
pass@1.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from predictor.arrays import Floats
from predictor.forecasts.capability import GEOMETRIC_MEANS, Settings, capability_task
from predictor.forecasts.loss import LossSettings, draw_loss_curve
from predictor.forecasts.result import CapabilityForecast, LossForecast
from predictor.methods.base import Draws, ForecastTask, Method
from predictor.methods.catalog import find_method
from predictor.problem_buckets import Bucket
from predictor.scores import LEVELS
from predictor.tables.compute import Compute
from predictor.tables.losses import Losses
from predictor.tables.pass_counts import PassCounts

__all__ = ["CapabilityCurves", "Curve", "capability_curves", "loss_curve"]

# Points below the target and beyond it, and the draws at each; at the target there are as many as it has.
BELOW, BEYOND, DRAWS = 18, 2, 600


class Curve(NamedTuple):
    """One metric over compute.

    Attributes:
        compute: relative to the target, ascending, shape (X,); 1 is among them.
        middle: the median at each, in the metric's unit.
        intervals: low and high at each, by level 50, 80 and 95.
    """

    compute: Floats
    middle: Floats
    intervals: Mapping[int, tuple[Floats, Floats]]


@dataclass(frozen=True, slots=True, eq=False)
class CapabilityCurves:
    """Curves by metric, as `CapabilityForecast.overall` names them: over every covered problem, by bucket."""

    overall: Mapping[str, Curve]
    buckets: tuple[Mapping[str, Curve], ...]


def capability_curves(counts: PassCounts, forecast: CapabilityForecast) -> CapabilityCurves:
    """Return what the forecast's method says at other compute.

    Args:
        counts: the table that the forecast was made from.
        forecast: of any method; its buckets, models and settings are taken as they are.

    Raises:
        ForecastError: the table no longer carries the method.
    """
    method = find_method(forecast.method)
    settings = _settings_of(forecast)
    train = counts.select([counts.index(model) for model in forecast.train_models])
    column = {task: number for number, task in enumerate(counts.problems)}
    buckets = tuple(
        Bucket(each.name, np.array([column[task] for task in each.problems])) for each in forecast.buckets
    )
    fit_on = method.choose(train, settings.rule).fit_on if settings.split_samples else train
    task = capability_task(fit_on, forecast.target, settings)
    grid = _grid(train.flops / forecast.target.flops, from_largest=method.from_largest)
    drawn = list(_draws(method, task, buckets, grid))
    sizes = np.array([len(bucket.problems) for bucket in buckets], dtype=float)
    shares = sizes / sizes.sum()
    columns = [np.eye(len(buckets))[number] for number in range(len(buckets))]
    overall, *parts = (_curves(grid, drawn, weights) for weights in (shares, *columns))
    return CapabilityCurves(overall, tuple(parts))


def _settings_of(forecast: CapabilityForecast) -> Settings:
    given: Any = forecast.settings
    plain = Settings()
    ks = (int(name.removeprefix("pass@")) for name in forecast.overall if name.startswith("pass@"))
    return Settings(
        tuple(ks),
        given.get("buckets", plain.buckets),
        given.get("drop_hardest", plain.drop_hardest),
        given.get("split_samples", plain.split_samples),
        given.get("draws", plain.size),
        given.get("seed", plain.seed),
    )


def _grid(compute: Floats, *, from_largest: bool) -> Floats:
    start = float(compute.max()) if from_largest else float(compute.min()) / 2
    below = np.geomspace(min(start, 0.5), 1.0, BELOW)
    beyond = np.geomspace(1.0, 2.0, BEYOND + 1)[1:]
    return np.concatenate([below, beyond])


def _draws(method: Method, task: ForecastTask, buckets: tuple[Bucket, ...], grid: Floats) -> Iterator[Draws]:
    """Draws at every compute of the grid, from one fit where the method offers that."""
    few = replace(task, size=min(DRAWS, task.size))
    if method.curve is not None:
        goals = [_at(task, float(place)) for place in grid]
        yield from method.curve(task, buckets, goals, few.size)
        return
    for place in grid:
        chosen = task if place == 1 else few
        yield method.draw(replace(chosen, target=_at(task, float(place))), buckets)


def _at(task: ForecastTask, place: float) -> Compute:
    """The target's compute times `place`; N and D are not known there."""
    if place == 1:
        return task.target
    return Compute(task.target.flops * place, float("nan"), float("nan"), derived=False)


def _curves(grid: Floats, drawn: Sequence[Draws], weights: Floats) -> dict[str, Curve]:
    found = {}
    for metric in drawn[0].buckets:
        values = [draws.buckets[metric] @ weights for draws in drawn]
        found[metric] = _curve(grid, values)
        if metric in GEOMETRIC_MEANS:
            found[GEOMETRIC_MEANS[metric]] = _curve(grid, [np.exp(-value) for value in values])
    return found


def _curve(grid: Floats, draws: Sequence[Floats]) -> Curve:
    tails = [0.5 - level / 200 for level in LEVELS]
    wanted = [0.5, *tails, *(1 - tail for tail in tails)]
    found = np.array([np.quantile(values, wanted) for values in draws]).T
    return Curve(
        grid,
        found[0],
        {level: (found[1 + at], found[1 + len(LEVELS) + at]) for at, level in enumerate(LEVELS)},
    )


def loss_curve(losses: Losses, forecast: LossForecast) -> Curve:
    """Return what the forecast's law, or its mixture of laws, says at other compute.

    A law of size and data needs N and D everywhere: log N is interpolated over log C between the models and
    the target, and D follows from C = 6 N D.
    """
    train = losses.select([losses.index(model) for model in forecast.train_models])
    irreducible = forecast.settings.get("irreducible")
    train = train.pinned(irreducible if isinstance(irreducible, float) else None)
    grid = _grid(train.flops / forecast.target.flops, from_largest=forecast.method == "last-value")
    aim = forecast.target
    goal = Compute(aim.flops, aim.params, aim.tokens, aim.derived)
    goals = [goal if place == 1 else _between(train, goal, float(place)) for place in grid]
    given: Any = forecast.settings
    settings = LossSettings(given.get("draws", LossSettings().size), given.get("seed", 0))
    weights: Any = forecast.law.get("weights", {})
    return _curve(grid, draw_loss_curve(train, goals, forecast.method, settings, weights))


def _between(train: Losses, goal: Compute, place: float) -> Compute:
    flops = goal.flops * place
    known = np.array([*train.params, goal.params])
    if not np.isfinite(known).all():
        return Compute(flops, float("nan"), float("nan"), derived=False)
    log_c, log_n = np.log([*train.flops, goal.flops]), np.log(known)
    places, where = np.unique(log_c, return_inverse=True)
    means = np.bincount(where, weights=log_n) / np.bincount(where)
    at = np.log(flops)
    outside = min(at - places[0], 0.0) + max(at - places[-1], 0.0)
    params = float(np.exp(np.interp(at, places, means) + outside / 2))
    return Compute(flops, params, flops / (6 * params), derived=True)

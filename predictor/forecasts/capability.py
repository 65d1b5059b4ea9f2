"""Capability forecasts: a pass-count table and a target in, estimates with intervals and warnings out."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from predictor.arrays import Floats
from predictor.errors import ForecastError
from predictor.estimators import expected_t
from predictor.forecasts.canonical import canonical, known_or_none
from predictor.forecasts.diagnostics import capability_warnings
from predictor.forecasts.estimates import Estimate, ForecastWarning, Target
from predictor.forecasts.result import BucketForecast, CapabilityForecast
from predictor.forecasts.targets import choose_training, resolve_target
from predictor.forecasts.variance_sources import sd_by_source
from predictor.methods.base import (
    MEASURED,
    NEG_MEAN_LOG_PASS,
    BucketRule,
    Buckets,
    Draws,
    ForecastTask,
    Method,
)
from predictor.methods.catalog import find_method
from predictor.tables.compute import Compute
from predictor.tables.pass_counts import PassCounts
from predictor.tables.records import TableLike

__all__ = ["Settings", "capability_task", "data_digest", "forecast_capability"]

GEOMETRIC_MEANS = {NEG_MEAN_LOG_PASS: "geometric_mean_pass", MEASURED: "geometric_mean_pass_measured"}


@dataclass(frozen=True, slots=True)
class Settings:
    """What may be chosen about a capability forecast.

    Attributes:
        ks: the pass@k wanted; each must not exceed the samples of any problem.
        buckets, drop_hardest: the report's 6 and 15.
        split_samples: choose P and the buckets on one random half of the samples and fit `report` on the
            other.
        size: predictive draws.
        seed: of every random choice; the same seed gives the same digits.
    """

    ks: tuple[int, ...] = (1, 10)
    buckets: int = 6
    drop_hardest: int = 15
    split_samples: bool = False
    size: int = 4000
    seed: int = 0

    @property
    def rule(self) -> BucketRule:
        """Return the part of the settings that puts problems into buckets."""
        return BucketRule(self.buckets, self.drop_hardest, self.split_samples, self.seed)


def forecast_capability(
    counts: PassCounts | TableLike,
    target: Target | str | float,
    *,
    method: str = "auto",
    train_models: Sequence[str] | None = None,
    train_max_flops: float | None = None,
    settings: Settings | None = None,
) -> CapabilityForecast:
    """Forecast a larger model's pass rates from the pass counts of smaller ones.

    Args:
        counts: the table, or a path, a data frame or a list of dictionaries with its columns (`read_counts`);
            it may hold the target, whose counts are then left aside.
        target: a `Target`, the name of a model in the table, or FLOPs (a number, or text such as `1e25`).
        method: one of `METHOD_NAMES`; `auto` is the default method.
        train_models: names to train on; by default every model with less compute than the target.
        train_max_flops: leave out models above this compute.
        settings: see `Settings`.

    Returns:
        Medians and 50, 80 and 95% intervals of -mean log p in nats, the geometric-mean pass rate and pass@k:
        overall, per bucket, and per problem. Where the method distinguishes them, `..._measured` is what
        T_n would show at the training models' sample count, which is what a table of outcomes can be
        compared with.

    Raises:
        TableError: the table is malformed.
        ForecastError: unknown model or method, fewer training models than the method needs, one compute
            value, a target inside the training range, or no problem that the method could cover.
    """
    settings = settings or Settings()
    chosen = find_method(method)
    counts = PassCounts.of(counts)
    if min(settings.ks, default=1) < 1:
        raise ForecastError(f"pass@{min(settings.ks)} does not exist; choose k of at least 1")
    goal = resolve_target(counts.models, counts.compute, target)
    mask = choose_training(
        counts.models,
        counts.flops,
        goal,
        train_models,
        train_max_flops,
        min_models=chosen.min_models,
        min_levels=chosen.min_levels,
    )
    train = counts.select(mask)
    _check_sampled(train)
    groups = chosen.choose(train, settings.rule)
    task = capability_task(groups.fit_on, goal, settings)
    draws = chosen.draw(task, groups.buckets)
    return _build(
        draws,
        task,
        groups,
        goal,
        method=chosen,
        settings=settings,
        table=counts,
    )


def capability_task(train: PassCounts, goal: Target, settings: Settings) -> ForecastTask:
    """Return the task of a method: the pass@k that can be measured, and the median sample count for T_n."""
    sampled = train.samples[train.samples > 0]
    ks = tuple(k for k in settings.ks if k <= int(sampled.min()))
    compute = Compute(goal.flops, goal.params, goal.tokens, goal.derived)
    return ForecastTask(train, compute, float(np.median(sampled)), ks, settings.size, settings.seed)


def _check_sampled(train: PassCounts) -> None:
    if not train.passes.any():
        raise ForecastError("no training model solved any problem; sample more, or add larger models")
    unsampled = (train.samples == 0).all(axis=0)
    if unsampled.any():
        task = train.problems[int(np.argmax(unsampled))]
        raise ForecastError(f"no training model was sampled on {task}; sample it or leave the problem out")


def _build(
    draws: Draws,
    task: ForecastTask,
    groups: Buckets,
    goal: Target,
    *,
    method: Method,
    settings: Settings,
    table: PassCounts,
) -> CapabilityForecast:
    names = np.array(task.counts.problems)
    overall = {metric: value @ groups.shares for metric, value in draws.buckets.items()}
    laws = method.law(task, groups.buckets) if method.law else _median_laws(draws, method)
    buckets = tuple(
        BucketForecast(
            bucket.name,
            tuple(names[bucket.problems]),
            laws[number],
            _estimates({metric: value[:, number] for metric, value in draws.buckets.items()}),
        )
        for number, bucket in enumerate(groups.buckets)
    )
    warnings = (
        *capability_warnings(task.counts, goal),
        *_unmeasured(task.counts, settings),
        *(ForecastWarning(*note) for note in draws.notes.items()),
    )
    return CapabilityForecast(
        method.name,
        goal,
        task.counts.models,
        _estimates(overall),
        buckets,
        tuple(names[groups.excluded]),
        _single(draws, task),
        sd_by_source(task.counts, task.target.flops, settings.seed),
        warnings,
        _settings(task, settings, method, outcome_in_table=goal.name in table.models),
        table,
    )


def _unmeasured(counts: PassCounts, settings: Settings) -> Iterator[ForecastWarning]:
    """The wanted pass@k that cannot be measured."""
    least = int(counts.samples[counts.samples > 0].min())
    for k in settings.ks:
        if k > least:
            yield ForecastWarning(
                "too_few_samples",
                f"pass@{k} is left out: it needs {k} samples of every problem and one has {least}",
            )


def _estimates(draws: Mapping[str, Floats]) -> dict[str, Estimate]:
    """Estimates by metric; beside each -mean log pass its geometric mean pass rate exp(-it)."""
    found = {}
    for metric, value in draws.items():
        found[metric] = Estimate.from_draws(value)
        if metric in GEOMETRIC_MEANS:
            found[GEOMETRIC_MEANS[metric]] = Estimate.from_draws(np.exp(-value))
    return found


def _median_laws(draws: Draws, method: Method) -> list[dict[str, object]]:
    """Alpha with C = 1 at the target, and k, as the medians of the draws."""
    k = float(np.median(draws.k))
    alphas = np.median(draws.buckets[NEG_MEAN_LOG_PASS], axis=0)
    return [{"form": method.name, "alpha": float(alpha), "k": k} for alpha in alphas]


def _single(draws: Draws, task: ForecastTask) -> dict[str, dict[str, Estimate]]:
    """Each problem's -log p as T_n would show it, and its pass rate."""
    if draws.problems is None:
        return {}
    value = expected_t(draws.problems, task.measured_at)
    rate = np.exp(-draws.problems)
    return {
        name: {NEG_MEAN_LOG_PASS: Estimate.from_draws(value[:, i]), "pass@1": Estimate.from_draws(rate[:, i])}
        for i, name in enumerate(task.counts.problems)
    }


def _settings(
    task: ForecastTask, settings: Settings, method: Method, *, outcome_in_table: bool
) -> dict[str, object]:
    return {
        "data_sha256": data_digest(task.counts),
        "method_revision": method.revision,
        "compute_rule": "6ND where derived, else as given",
        "objective": method.objective,
        **(method.details(task) if method.details else {"axis": "flops"}),
        "measured_at": task.measured_at,
        "buckets": settings.buckets,
        "drop_hardest": settings.drop_hardest,
        "split_samples": settings.split_samples,
        "draws": settings.size,
        "seed": settings.seed,
        "outcome_in_table": outcome_in_table,
    }


def data_digest(counts: PassCounts) -> str:
    """Return SHA-256 of all that a forecast may use: compute, N, D, n, c, nll, losses, conditions, names."""
    content = {
        "models": counts.models,
        "compute": [known_or_none(compute[:3]) for compute in counts.compute],
        "problems": counts.problems,
        "n": counts.samples.tolist(),
        "c": counts.passes.tolist(),
        "nll": [known_or_none(row) for row in counts.nll],
        "loss": known_or_none(counts.loss),
        "conditions": counts.conditions,
        "bucket": counts.bucket,
    }
    return hashlib.sha256(canonical(content).encode()).hexdigest()

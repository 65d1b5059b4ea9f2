"""Forecasts: a table and a target in, estimates with intervals and warnings out."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from predictor.errors import ForecastError
from predictor.estimators import expected_t
from predictor.forecasts.diagnostics import capability_guards
from predictor.forecasts.result import (
    BucketForecast,
    CapabilityForecast,
    Estimate,
    Target,
    Warned,
    canonical,
    known_or_none,
)
from predictor.forecasts.variance_sources import resampling_levels
from predictor.methods.catalog import METHODS, NEG_MEAN_LOG_PASS, Draws, Ladder, report_laws
from predictor.methods.ensemble import Fits, Mixing, auto
from predictor.problem_buckets import Bucket, Partition, partition, solved_by_all
from predictor.tables.pass_counts import Compute, PassCounts
from predictor.tables.rows import parse_quantity

__all__ = ["METHOD_NAMES", "Settings", "choose_training", "forecast_capability", "resolve_target"]

Floats = NDArray[np.float64]
METHOD_NAMES = ("auto", *METHODS)
NOTHING: Mapping[str, str] = MappingProxyType({})


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
        mixing: how the weights of `auto` follow its scores.
    """

    ks: tuple[int, ...] = (1, 10)
    buckets: int = 6
    drop_hardest: int = 15
    split_samples: bool = False
    size: int = 4000
    seed: int = 0
    mixing: Mixing = field(default_factory=Mixing)


def forecast_capability(
    counts: PassCounts,
    target: Target | str | float,
    *,
    method: str = "auto",
    train_models: Sequence[str] | None = None,
    train_max_flops: float | None = None,
    settings: Settings | None = None,
    fits: Fits | None = None,
) -> CapabilityForecast:
    """Forecast a larger model's pass rates from the pass counts of smaller ones.

    Args:
        counts: the table; it may hold the target, whose counts are then left aside.
        target: a `Target`, the name of a model in the table, or FLOPs (a number, or text such as `1e25`).
        method: `auto`, `report`, `hierarchical`, or another of `METHOD_NAMES`.
        train_models: names to train on; by default every model with less compute than the target.
        train_max_flops: leave out models above this compute.
        settings: see `Settings`.
        fits: memory of inner back-tests to share between calls on the same table.

    Returns:
        Medians and 50, 80 and 95 % intervals of -E log p (nats, as T_n measured at the training sample count
        would show it), its geometric-mean pass rate and pass@k: overall, per bucket, and per problem.

    Raises:
        ForecastError: unknown model or method, fewer than 3 training models, one compute value, a target
            inside the training range, or no problem that `report` could speak of.
    """
    settings = settings or Settings()
    if method not in METHOD_NAMES:
        raise ForecastError(f"unknown method {method!r}; choose one of {', '.join(METHOD_NAMES)}")
    if min(settings.ks, default=1) < 1:
        raise ForecastError(f"pass@{min(settings.ks)} does not exist; choose k of at least 1")
    goal = resolve_target(counts, target)
    train = counts.select(choose_training(counts.models, counts.flops, goal, train_models, train_max_flops))
    _check_sampled(train)
    ladder = _ladder(train, goal, settings)
    groups = _groups(train, method, settings)
    if method == "report":
        ladder = replace(ladder, counts=groups.fit_on, ks=())
    elif method == "auto":
        draws = auto(ladder, groups.buckets, fits, settings.mixing)
    if method != "auto":
        draws = METHODS[method](ladder, groups.buckets)
    known = goal.name in counts.models
    return _answer(draws, ladder, groups, goal, method=method, settings=settings, outcome_in_table=known)


def resolve_target(counts: PassCounts, target: Target | str | float) -> Target:
    """The target as a `Target`: a model of the table by name, else FLOPs."""
    if isinstance(target, Target):
        return target
    if isinstance(target, str) and target in counts.models:
        compute = counts.compute[counts.index(target)]
        return Target(compute.flops, target, compute.params, compute.tokens, compute.derived)
    try:
        return Target(parse_quantity(target))
    except ValueError:
        raise ForecastError(
            f"unknown target {target!r}; give FLOPs, or one of {', '.join(counts.models)}"
        ) from None


def choose_training(
    models: tuple[str, ...],
    flops: Floats,
    target: Target,
    names: Sequence[str] | None,
    max_flops: float | None,
) -> NDArray[np.bool_]:
    """Which models to train on, as a mask; see `forecast_capability` for the rules and the refusals."""
    unknown = [name for name in names or () if name not in models]
    if unknown:
        raise ForecastError(f"unknown training model {unknown[0]!r}; the table has {', '.join(models)}")
    if names is not None and target.name in names:
        raise ForecastError(f"{target.name} is the target and cannot train its own forecast; leave it out")
    named = np.isin(models, list(names)) if names is not None else flops < target.flops
    chosen = named & (flops <= max_flops) if max_flops is not None else named
    inside = chosen & (flops >= target.flops)
    if inside.any():
        model = models[int(np.argmax(inside))]
        raise ForecastError(
            f"the target's {target.flops:g} FLOPs lie inside the training range: {model} has "
            f"{flops[inside][0]:g}; "
            "train on smaller models only"
        )
    if chosen.sum() < 3:
        raise ForecastError(
            f"{chosen.sum()} training models with less than {target.flops:g} FLOPs; give at least 3, better "
            "5, smaller ones"
        )
    if len(np.unique(flops[chosen])) < 2:
        raise ForecastError(
            f"every training model has {flops[chosen][0]:g} FLOPs; a slope needs two compute values"
        )
    return np.asarray(chosen)


@dataclass(frozen=True, slots=True, eq=False)
class _Groups:
    """The buckets of a forecast, the task columns left out, and the counts that `report` fits."""

    buckets: tuple[Bucket, ...]
    excluded: NDArray[np.int64]
    fit_on: PassCounts

    @property
    def shares(self) -> Floats:
        sizes = np.array([len(bucket.problems) for bucket in self.buckets], dtype=float)
        return np.asarray(sizes / sizes.sum())


def _check_sampled(train: PassCounts) -> None:
    if not train.passes.any():
        raise ForecastError("no training model solved any problem; sample more, or add larger models")
    unsampled = (train.samples == 0).all(axis=0)
    if unsampled.any():
        task = train.problems[int(np.argmax(unsampled))]
        raise ForecastError(f"no training model was sampled on {task}; sample it or leave the problem out")


def _ladder(train: PassCounts, goal: Target, settings: Settings) -> Ladder:
    least = int(train.samples[train.samples > 0].min())
    ks = tuple(k for k in settings.ks if k <= least)
    compute = Compute(goal.flops, goal.params, goal.tokens, goal.derived)
    return Ladder(
        train, compute, float(np.median(train.samples[train.samples > 0])), ks, settings.size, settings.seed
    )


def report_groups(train: PassCounts, settings: Settings) -> Partition:
    """The report's buckets cut down to P, empty ones left out; a `ForecastError` when none is left."""
    parts = partition(train, buckets=settings.buckets, drop_hardest=settings.drop_hardest)
    solved = solved_by_all(train)
    perfect = (train.passes == train.samples).all(axis=0)
    kept = [Bucket(b.name, b.problems[solved[b.problems]]) for b in parts.buckets]
    # A bucket whose every problem some model always passes has y = 0 there, and no logarithm.
    kept = [b for b in kept if len(b.problems) and not perfect[b.problems].all()]
    plain = [(train.passes[:, b.problems] < train.samples[:, b.problems]).any(axis=1).all() for b in kept]
    kept = [b for b, varies in zip(kept, plain, strict=True) if varies]
    if not kept:
        raise ForecastError(
            "no problem beyond the hardest was solved by every training model, so the report's law has "
            "nothing to fit; "
            "use method hierarchical or auto, more samples, or fewer of the weakest models"
        )
    covered = np.concatenate([b.problems for b in kept])
    return Partition(tuple(kept), np.setdiff1d(np.arange(len(train.problems)), covered))


def _groups(train: PassCounts, method: str, settings: Settings) -> _Groups:
    if method == "report":
        if settings.split_samples:
            chooser, fitter = train.split_samples(np.random.default_rng(settings.seed))
            parts = report_groups(chooser, settings)
            return _Groups(parts.buckets, parts.dropped, fitter)
        parts = report_groups(train, settings)
        return _Groups(parts.buckets, parts.dropped, train)
    parts = partition(train, buckets=settings.buckets, drop_hardest=settings.drop_hardest)
    hardest = (Bucket("hardest", parts.dropped),) if len(parts.dropped) else ()
    return _Groups((*parts.buckets, *hardest), np.array([], dtype=np.int64), train)


def _answer(
    draws: Draws,
    ladder: Ladder,
    groups: _Groups,
    goal: Target,
    *,
    method: str,
    settings: Settings,
    outcome_in_table: bool,
) -> CapabilityForecast:
    names = np.array(ladder.counts.problems)
    overall = {metric: value @ groups.shares for metric, value in draws.buckets.items()}
    buckets = tuple(
        BucketForecast(
            bucket.name,
            tuple(names[bucket.problems]),
            _law(draws, ladder, groups, number, method),
            _estimates({metric: value[:, number] for metric, value in draws.buckets.items()}),
        )
        for number, bucket in enumerate(groups.buckets)
    )
    warnings = (
        *capability_guards(ladder.counts, goal),
        *_unmeasured(ladder, settings),
        *(Warned(*note) for note in draws.notes.items()),
    )
    return CapabilityForecast(
        method,
        goal,
        ladder.counts.models,
        _estimates(overall),
        buckets,
        tuple(names[groups.excluded]),
        _single(draws, ladder),
        resampling_levels(ladder.counts, ladder.target.flops, settings.seed),
        warnings,
        _settings(draws, ladder, settings, method, outcome_in_table=outcome_in_table),
    )


def _unmeasured(ladder: Ladder, settings: Settings) -> Iterator[Warned]:
    """The pass@k that were asked for and cannot be measured."""
    least = int(ladder.counts.samples[ladder.counts.samples > 0].min())
    for k in settings.ks:
        if k > least:
            yield Warned(
                "too_few_samples",
                f"pass@{k} is left out: it needs {k} samples of every problem and one has {least}",
            )


def _estimates(draws: Mapping[str, Floats]) -> dict[str, Estimate]:
    """Estimates by metric, the geometric mean pass rate exp(-(-mean log pass)) beside its logarithm."""
    found = {NEG_MEAN_LOG_PASS: Estimate.from_draws(draws[NEG_MEAN_LOG_PASS])}
    found["geometric_mean_pass"] = Estimate.from_draws(np.exp(-draws[NEG_MEAN_LOG_PASS]))
    return found | {
        metric: Estimate.from_draws(value) for metric, value in draws.items() if metric != NEG_MEAN_LOG_PASS
    }


def _law(draws: Draws, ladder: Ladder, groups: _Groups, number: int, method: str) -> dict[str, object]:
    """Alpha and k with C = 1 at the target. `report` gives its line; others the medians of their draws."""
    if method == "report":
        laws = report_laws(ladder, groups.buckets)
        low, high = laws.k_interval(0.95)[number]
        return {
            "form": "alpha*C^-k",
            "alpha": float(np.exp(laws.log_alpha[number])),
            "k": float(laws.k[number]),
            "k_interval_95": [float(low), float(high)],
            "residual_sd": float(laws.sd[number]),
        }
    alpha = float(np.median(draws.buckets[NEG_MEAN_LOG_PASS][:, number]))
    return {"form": method, "alpha": alpha, "k": float(np.median(draws.k))}


def _single(draws: Draws, ladder: Ladder) -> dict[str, dict[str, Estimate]]:
    if draws.problems is None:
        return {}
    value = expected_t(draws.problems, ladder.measured_at)
    rate = np.exp(-draws.problems)
    return {
        task: {NEG_MEAN_LOG_PASS: Estimate.from_draws(value[:, i]), "pass@1": Estimate.from_draws(rate[:, i])}
        for i, task in enumerate(ladder.counts.problems)
    }


def _settings(
    draws: Draws, ladder: Ladder, settings: Settings, method: str, *, outcome_in_table: bool
) -> dict[str, object]:
    return {
        "data_sha256": data_digest(ladder.counts),
        "compute_rule": "6ND where derived, else as given",
        "objective": "least squares of log y" if method == "report" else "Laplace posterior",
        "axis": str(ladder.axis()) if method == "auto" else "by method",
        "weights": dict(draws.weights),
        "mixing": settings.mixing._asdict() if method == "auto" else None,
        "measured_at": ladder.measured_at,
        "buckets": settings.buckets,
        "drop_hardest": settings.drop_hardest,
        "split_samples": settings.split_samples,
        "draws": settings.size,
        "seed": settings.seed,
        "outcome_in_table": outcome_in_table,
    }


def data_digest(counts: PassCounts) -> str:
    """SHA-256 of all that a forecast may use: compute, N, D, n, c, nll, losses, conditions, names."""
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

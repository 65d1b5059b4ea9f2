"""Rolling-origin back-tests: every model that has smaller ones below it is forecast from them, then scored.

Two problem sets are scored. `shared` holds the problems that `report` keeps (its P), so that every method
answers the same question; `all` holds every problem, for the methods that leave none out.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from predictor.errors import ForecastError
from predictor.estimators import neg_log_pass
from predictor.forecasts.capability import Settings, report_groups
from predictor.forecasts.loss import LOSS_METHODS, LossSettings, draw_loss
from predictor.methods.catalog import METHODS, NEG_MEAN_LOG_PASS, Draws, Ladder
from predictor.methods.ensemble import Fits, Mixing, auto
from predictor.problem_buckets import Bucket, Partition, partition
from predictor.scores import LEVELS, crps, interval
from predictor.tables.losses import Losses
from predictor.tables.pass_counts import PassCounts

__all__ = [
    "DEFAULT_METHODS",
    "LOSS_DEFAULTS",
    "Backtest",
    "Scored",
    "backtest",
    "backtest_losses",
    "by_column",
]

Floats = NDArray[np.float64]
DEFAULT_METHODS = ("report", "hierarchical", "auto", "last-value", "log-linear")
LOSS_DEFAULTS = ("report", "auto", "last-value", "log-linear")
MIN_TRAIN = 3


@dataclass(frozen=True, slots=True)
class Scored:
    """One target under one method.

    Attributes:
        problem_set: `shared`, `all`, or `loss`.
        rung: the target's place in its ladder; seeds of one compute share it, and count as one target.
        problems: how many problems were scored.
        point, outcome: -mean log pass in nats, or the loss.
        error: of the geometric mean pass rate (forecast - outcome, 0..1), or of the loss, relative.
        crps: in the unit of `error`.
        crps_log: CRPS of log(-mean log pass), or of log loss: comparable between families.
        inside: level -> whether the outcome fell inside the interval.
        refused: why the method gave no forecast; then the numbers are nan.
    """

    target: str
    train_models: tuple[str, ...]
    method: str
    problem_set: str
    problems: int
    point: float
    outcome: float
    error: float
    crps: float
    crps_log: float
    inside: Mapping[int, bool]
    refused: str = ""
    rung: str = ""

    def to_json(self) -> dict[str, object]:
        """The row as INTERFACES gives it, and what else is known."""
        name = "relative_loss_error" if self.problem_set == "loss" else "geometric_mean_pass_error"
        numbers = {
            "point": self.point,
            "outcome": self.outcome,
            name: self.error,
            "crps": self.crps,
            "crps_log": self.crps_log,
        }
        return {
            "target": self.target,
            "train_models": list(self.train_models),
            "method": self.method,
            "problem_set": self.problem_set,
            "problems": self.problems,
            **{key: value if np.isfinite(value) else None for key, value in numbers.items()},
            "inside": {str(level): hit for level, hit in self.inside.items()},
            "refused": self.refused or None,
        }


@dataclass(frozen=True, slots=True)
class Backtest:
    """All targets under all methods."""

    rows: tuple[Scored, ...]

    def summary(self) -> dict[str, dict[str, dict[str, float]]]:
        """Problem set -> method -> mean |error|, CRPS, log CRPS, coverage, targets and refusals.

        Means run over the targets that every method answered, so that no method gains by refusing the hard
        ones; models of one compute count as one target.
        """
        found: dict[str, dict[str, dict[str, float]]] = {}
        for problem_set in dict.fromkeys(row.problem_set for row in self.rows):
            rows = [row for row in self.rows if row.problem_set == problem_set]
            refused = {row.target for row in rows if row.refused}
            by_method: dict[str, list[Scored]] = defaultdict(list)
            for row in rows:
                by_method[row.method].append(row)
            found[problem_set] = {method: _summary(mine, refused) for method, mine in by_method.items()}
        return found

    def to_json(self) -> dict[str, object]:
        """`{"targets": [...], "summary": {...}}`."""
        return {"targets": [row.to_json() for row in self.rows], "summary": self.summary()}


def _summary(rows: Sequence[Scored], refused: set[str]) -> dict[str, float]:
    rungs: dict[object, list[Scored]] = defaultdict(list)
    for row in rows:
        if row.target not in refused:
            rungs[row.rung, row.train_models].append(row)
    counts = {"targets": float(len(rungs)), "refused": float(sum(bool(row.refused) for row in rows))}
    if not rungs:
        return counts

    def mean(value: Callable[[Scored], float]) -> float:
        return float(np.mean([np.mean([value(row) for row in rung]) for rung in rungs.values()]))

    means = {
        "mean_abs_error": mean(lambda row: abs(row.error)),
        "crps": mean(lambda row: row.crps),
        "crps_log": mean(lambda row: row.crps_log),
    }
    cover = {f"coverage_{level}": mean(partial(_covers, level=level)) for level in LEVELS}
    return counts | means | cover


def _covers(row: Scored, level: int) -> float:
    return float(row.inside[level])


def backtest(
    counts: PassCounts,
    *,
    methods: Sequence[str] = DEFAULT_METHODS,
    targets: Sequence[str] | None = None,
    settings: Settings | None = None,
    announce: Callable[[str], None] = lambda _target: None,
    fits: Fits | None = None,
) -> Backtest:
    """Forecast each model from all that have less compute, if at least 3 of those solved anything.

    Models that solved nothing are no training models: the report restricts its models in the same way. The
    target's own counts serve for scoring alone. Models of one compute, such as seeds, never train each
    other's forecast. `fits` keeps fits between calls on one table.

    Raises:
        ForecastError: unknown method or target, or no model with 3 such models below it.
    """
    settings = settings or Settings()
    unknown = [method for method in methods if method not in METHODS and method != "auto"]
    if unknown:
        raise ForecastError(f"unknown method {unknown[0]!r}; choose among auto, {', '.join(METHODS)}")
    solved = np.asarray((counts.passes > 0).sum(axis=1) > 0)
    rows: list[Scored] = []
    memory = fits or Fits()
    for name in targets or counts.models:
        j = counts.index(name)
        below = np.asarray((counts.flops < counts.flops[j]) & solved)
        if below.sum() >= MIN_TRAIN and len(np.unique(counts.flops[below])) >= 2 and solved[j]:
            announce(name)
            train = counts.select(below)
            rows.extend(_score_target(counts, j, train, methods=methods, settings=settings, memory=memory))
    if not rows:
        raise ForecastError(
            f"a back-test needs a model with {MIN_TRAIN} smaller ones that solved something; the table has "
            f"{len(counts.models)} models, {solved.sum()} of which solved any problem"
        )
    return Backtest(tuple(rows))


def _score_target(
    counts: PassCounts,
    j: int,
    train: PassCounts,
    *,
    methods: Sequence[str],
    settings: Settings,
    memory: Fits,
) -> Iterable[Scored]:
    ladder = Ladder(
        train, counts.compute[j], float(counts.samples[j].max()), (), settings.size, settings.seed
    )
    sampled = counts.samples[j] > 0
    whole = _cut(partition(train, drop_hardest=settings.drop_hardest), sampled)
    try:
        shared = tuple(_keep(report_groups(train, settings).buckets, sampled))
        refusal = "" if shared else "the target was not sampled on any problem that the report keeps"
    except ForecastError as error:
        shared, refusal = (), str(error)
    for method in methods:
        if shared:
            yield _score(
                counts, j, ladder, method, shared, problem_set="shared", memory=memory, mixing=settings.mixing
            )
        elif method == "report":
            yield _refused(counts.models[j], train.models, method, "shared", refusal)
        if method != "report":
            yield _score(
                counts, j, ladder, method, whole, problem_set="all", memory=memory, mixing=settings.mixing
            )


def _cut(parts: Partition, sampled: NDArray[np.bool_]) -> tuple[Bucket, ...]:
    return tuple(_keep((*parts.buckets, Bucket("hardest", parts.dropped)), sampled))


def _keep(buckets: Iterable[Bucket], sampled: NDArray[np.bool_]) -> Iterable[Bucket]:
    cut = (Bucket(bucket.name, bucket.problems[sampled[bucket.problems]]) for bucket in buckets)
    return (bucket for bucket in cut if len(bucket.problems))


def _score(
    counts: PassCounts,
    j: int,
    ladder: Ladder,
    method: str,
    buckets: tuple[Bucket, ...],
    *,
    problem_set: str,
    memory: Fits,
    mixing: Mixing,
) -> Scored:
    try:
        drawn: Draws = (
            auto(ladder, buckets, memory, mixing)
            if method == "auto"
            else memory.draw(method, ladder, buckets)
        )
    except ForecastError as error:
        return _refused(counts.models[j], ladder.counts.models, method, problem_set, str(error))
    share = np.array([len(bucket.problems) for bucket in buckets], dtype=float)
    draws = np.maximum(drawn.buckets[NEG_MEAN_LOG_PASS] @ (share / share.sum()), 1e-12)
    problems = np.concatenate([bucket.problems for bucket in buckets])
    outcome = float(neg_log_pass(counts.passes[j, problems], counts.samples[j, problems]).value.mean())
    passing = np.exp(-draws)
    return Scored(
        counts.models[j],
        ladder.counts.models,
        method,
        problem_set,
        len(problems),
        float(np.median(draws)),
        outcome,
        float(np.median(passing) - np.exp(-outcome)),
        crps(passing, float(np.exp(-outcome))),
        crps(np.log(draws), float(np.log(outcome))),
        _inside(draws, outcome),
        rung=f"{ladder.target.flops:g}",
    )


def _inside(draws: Floats, outcome: float) -> Mapping[int, bool]:
    pairs = {level: interval(draws, level) for level in LEVELS}
    return MappingProxyType({level: low <= outcome <= high for level, (low, high) in pairs.items()})


def _refused(target: str, train: tuple[str, ...], method: str, problem_set: str, reason: str) -> Scored:
    nan = float("nan")
    return Scored(target, train, method, problem_set, 0, nan, nan, nan, nan, nan, {}, reason)


def backtest_losses(
    losses: Losses,
    *,
    methods: Sequence[str] = LOSS_DEFAULTS,
    targets: Sequence[str] | None = None,
    train_models: Sequence[str] | None = None,
    settings: LossSettings | None = None,
) -> Backtest:
    """Forecast each target's loss from all training models with less compute, if there are at least 5.

    Raises:
        ForecastError: unknown names, or no target with enough models below it.
    """
    settings = settings or LossSettings()
    unknown = [method for method in methods if method not in LOSS_METHODS]
    if unknown:
        raise ForecastError(f"unknown method {unknown[0]!r}; choose among {', '.join(LOSS_METHODS)}")
    pool = np.ones(len(losses.models), dtype=bool)
    if train_models is not None:
        pool[:] = False
        pool[[losses.index(name) for name in train_models]] = True
    rows: list[Scored] = []
    for name in targets or losses.models:
        j = losses.index(name)
        train = losses.select(pool & (losses.flops < losses.flops[j]))
        if len(np.unique(train.flops)) >= 5:
            rows.extend(_score_loss(losses, j, train, method, settings) for method in methods)
    if not rows:
        raise ForecastError(
            "a back-test of losses needs a model with 5 smaller computes below it; add models"
        )
    return Backtest(tuple(rows))


def _score_loss(losses: Losses, j: int, train: Losses, method: str, settings: LossSettings) -> Scored:
    outcome = float(losses.loss[j])
    draws = draw_loss(train, losses.compute[j], method, settings)
    return Scored(
        losses.models[j],
        train.models,
        method,
        "loss",
        1,
        float(np.median(draws)),
        outcome,
        float(np.median(draws) / outcome - 1),
        crps(draws / outcome, 1.0),
        crps(np.log(draws), float(np.log(outcome))),
        _inside(draws, outcome),
        rung=f"{losses.flops[j]:g}",
    )


def by_column(counts: PassCounts, column: str) -> Mapping[str, PassCounts]:
    """One table per token count (`tokens`) or size (`params`): ladders in which only the other changes."""
    if column not in {"tokens", "params"}:
        raise ForecastError(f"cannot split by {column!r}; choose tokens or params")
    values = np.array([getattr(compute, column) for compute in counts.compute])
    if np.isnan(values).any():
        raise ForecastError(f"splitting by {column} needs {column} of every model; add the column")
    return {f"{value:.3g}": counts.select(values == value) for value in np.unique(values)}

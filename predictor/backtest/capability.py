"""Back-tests of pass rates: every model that has smaller ones below it is forecast from them, then scored.

Two problem sets are scored. `shared` holds the problems that `report` keeps (its P), so that every method
answers the same question; `all` holds every problem, for the methods that leave none out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np

from predictor.arrays import Mask
from predictor.backtest.summary import Backtest, BacktestRow, score_draws
from predictor.errors import ForecastError
from predictor.estimators import neg_log_pass
from predictor.forecasts.capability import Settings
from predictor.methods.base import Buckets, Draws, ForecastTask, all_problems
from predictor.methods.catalog import find_method
from predictor.methods.latent_trend import rebucket
from predictor.methods.report import report_buckets
from predictor.problem_buckets import Bucket
from predictor.scores import crps
from predictor.tables.pass_counts import PassCounts
from predictor.tables.records import TableLike

__all__ = ["DEFAULT_METHODS", "backtest", "by_column"]

DEFAULT_METHODS = ("report", "auto", "last-value", "log-linear")
MIN_TRAIN = 3


def backtest(
    counts: PassCounts | TableLike,
    *,
    methods: Sequence[str] = DEFAULT_METHODS,
    targets: Sequence[str] | None = None,
    settings: Settings | None = None,
    announce: Callable[[str], None] = lambda _target: None,
) -> Backtest:
    """Forecast each model from all that have less compute, if at least 3 of those solved anything.

    Models that solved nothing are no training models: the report restricts its models in the same way. The
    target's own counts serve for scoring alone. Models of one compute, such as seeds, never train each
    other's forecast. `counts` is a table, or a path, a data frame or a list of dictionaries (`read_counts`).

    Raises:
        TableError: the table is malformed.
        ForecastError: unknown method or target, or no model with 3 such models below it.
    """
    settings = settings or Settings()
    for method in methods:
        find_method(method)
    counts = PassCounts.of(counts)
    solved = np.asarray((counts.passes > 0).sum(axis=1) > 0)
    rows: list[BacktestRow] = []
    fitted: dict[tuple[object, ...], Draws] = {}
    for name in targets or counts.models:
        j = counts.index(name)
        below = np.asarray((counts.flops < counts.flops[j]) & solved)
        if below.sum() >= MIN_TRAIN and len(np.unique(counts.flops[below])) >= 2 and solved[j]:
            announce(name)
            rows.extend(_Target(counts, j, counts.select(below), settings, fitted).rows(methods))
    if not rows:
        raise ForecastError(
            f"a back-test needs a model with {MIN_TRAIN} smaller ones that solved something; the table has "
            f"{len(counts.models)} models, {solved.sum()} of which solved any problem"
        )
    return Backtest(tuple(rows))


class _Target:
    """One target of a back-test; `fitted` keeps draws of single problems, which serve any buckets."""

    def __init__(
        self,
        counts: PassCounts,
        j: int,
        train: PassCounts,
        settings: Settings,
        fitted: dict[tuple[object, ...], Draws],
    ) -> None:
        self.counts, self.j, self.train, self.fitted = counts, j, train, fitted
        self.rule = settings.rule
        measured_at = float(counts.samples[j].max())
        self.task = ForecastTask(train, counts.compute[j], measured_at, (1,), settings.size, settings.seed)

    def rows(self, methods: Sequence[str]) -> Iterator[BacktestRow]:
        """Every method on the problems of the report, and every method that can on all of them."""
        sampled = self.counts.samples[self.j] > 0
        whole = tuple(_sampled_part(all_problems(self.train, self.rule), sampled))
        try:
            shared = tuple(_sampled_part(report_buckets(self.train, self.rule), sampled))
            refusal = "" if shared else "the target was not sampled on any problem that the report keeps"
        except ForecastError as error:
            shared, refusal = (), str(error)
        for method in methods:
            if shared:
                yield self._score(method, shared, "shared")
            elif method == "report":
                yield BacktestRow.refusal(
                    self.counts.models[self.j], self.train.models, method, "shared", refusal
                )
            if method != "report":
                yield self._score(method, whole, "all")

    def _draw(self, method: str, buckets: tuple[Bucket, ...]) -> Draws:
        key = (method, self.train.models, self.task.target)
        if key in self.fitted:
            return rebucket(self.fitted[key], self.task, buckets)
        drawn = find_method(method).draw(self.task, buckets)
        if drawn.problems is not None:
            self.fitted[key] = drawn
        return drawn

    def _score(self, method: str, buckets: tuple[Bucket, ...], problem_set: str) -> BacktestRow:
        counts, j = self.counts, self.j
        try:
            drawn = self._draw(method, buckets)
        except ForecastError as error:
            return BacktestRow.refusal(counts.models[j], self.train.models, method, problem_set, str(error))
        share = np.array([len(bucket.problems) for bucket in buckets], dtype=float)
        share /= share.sum()
        draws = np.maximum(drawn.measured @ share, 1e-12)
        problems = np.concatenate([bucket.problems for bucket in buckets])
        passes, samples = counts.passes[j, problems], counts.samples[j, problems]
        outcome = float(neg_log_pass(passes, samples).value.mean())
        passing = np.exp(-draws)
        scored = score_draws(draws, outcome)
        rates = drawn.buckets.get("pass@1")
        return BacktestRow(
            counts.models[j],
            self.train.models,
            method,
            problem_set,
            len(problems),
            scored.point,
            outcome,
            float(np.median(passing) - np.exp(-outcome)),
            crps(passing, float(np.exp(-outcome))),
            crps(np.log(draws), float(np.log(max(outcome, 1e-12)))),
            scored.inside,
            level=f"{self.task.target.flops:g}",
            pass_at_1=None if rates is None else score_draws(rates @ share, float((passes / samples).mean())),
        )


def _sampled_part(groups: Buckets, sampled: Mask) -> Iterable[Bucket]:
    """The buckets' problems that the target was sampled on; empty buckets are left out."""
    cut = (Bucket(bucket.name, bucket.problems[sampled[bucket.problems]]) for bucket in groups.buckets)
    return (bucket for bucket in cut if len(bucket.problems))


def by_column(counts: PassCounts, column: str) -> Mapping[str, PassCounts]:
    """Split a table by token count (`tokens`) or size (`params`), so that only the other changes.

    Raises:
        ForecastError: another column, or a model without it.
    """
    if column not in {"tokens", "params"}:
        raise ForecastError(f"cannot split by {column!r}; choose tokens or params")
    values = np.array([getattr(compute, column) for compute in counts.compute])
    if np.isnan(values).any():
        raise ForecastError(f"splitting by {column} needs {column} of every model; add the column")
    return {f"{value:.3g}": counts.select(values == value) for value in np.unique(values)}

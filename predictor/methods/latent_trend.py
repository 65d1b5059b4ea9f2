"""Method `latent-trend`, the default: the binomial law whose common level follows a line that it may leave.

Every metric comes from the same draws of every problem's pass rate, so that within a draw pass@10 is never
below pass@1 and a whole is the mean of its parts. The law itself is in `predictor.laws.latent_trend`.
"""

from collections.abc import Sequence

import numpy as np

from predictor.arrays import Floats
from predictor.errors import ForecastError
from predictor.estimators import expected_t
from predictor.laws.compute_axis import Axis, axis_values
from predictor.laws.latent_trend.cells import cells_of
from predictor.laws.latent_trend.prediction import NEVER, LatentTrend
from predictor.laws.latent_trend.shape import ShapePrior
from predictor.laws.latent_trend.trend import TrendPrior
from predictor.methods.base import MEASURED, NEG_MEAN_LOG_PASS, Draws, ForecastTask, bucket_means
from predictor.problem_buckets import Bucket
from predictor.tables.compute import Compute

__all__ = ["draws_of", "fit_law", "latent_trend", "latent_trend_curve", "rebucket", "record_details"]

# Of log compute, below which models count as of one size.
LEAST_RANGE = 1e-6


def latent_trend(task: ForecastTask, buckets: tuple[Bucket, ...]) -> Draws:
    """Forecast every problem's pass rate, and every metric from those."""
    return draws_of(fit_law(task), task, buckets)


def fit_law(task: ForecastTask) -> LatentTrend:
    """Fit the law to the task's models; it serves any target with the same axis.

    Raises:
        ForecastError: the models stand at one place of the axis.
    """
    x = axis_values((*task.counts.compute, task.target), task.axis())
    if np.ptp(x[:-1]) < LEAST_RANGE:
        raise ForecastError(
            "by their params and tokens all training models have the same compute; a slope needs two values: "
            "correct these columns, or leave them out"
            if task.axis() is Axis.EQUIVALENT
            else "the compute of the training models hardly differs; a slope needs two values"
        )
    return LatentTrend(cells_of(task.counts), x[:-1], seed=task.seed)


def draws_of(law: LatentTrend, task: ForecastTask, buckets: tuple[Bucket, ...]) -> Draws:
    """Return draws of the task's target by a law that was fitted to its models."""
    x = axis_values((*task.counts.compute, task.target), task.axis())
    drawn = law.forecast(float(x[-1]), task.size)
    notes = {}
    if not law.levels.converged:
        notes["not_converged"] = "the fit of the models' levels had not converged after the last step"
    return Draws(_metrics(drawn.neg_log_p, task, buckets), drawn.k, drawn.neg_log_p, notes)


def record_details(task: ForecastTask) -> dict[str, object]:
    """Return the axis and every prior, for a forecast's record."""
    return {"axis": str(task.axis()), "priors": ShapePrior().to_json() | TrendPrior().to_json()}


def rebucket(draws: Draws, task: ForecastTask, buckets: tuple[Bucket, ...]) -> Draws:
    """Return the same draws of single problems, summed over other buckets."""
    assert draws.problems is not None
    return Draws(_metrics(draws.problems, task, buckets), draws.k, draws.problems, draws.notes)


def latent_trend_curve(
    task: ForecastTask, buckets: tuple[Bucket, ...], goals: Sequence[Compute], size: int
) -> list[Draws]:
    """Return `size` draws at each of other computes from one fit; at the target, the forecast itself.

    Between the models and the target x is interpolated in log C; below the smallest model x moves as log C
    does.
    """
    x = axis_values((*task.counts.compute, task.target), task.axis())
    law = fit_law(task)
    known = np.log([*task.counts.flops, task.target.flops])
    places, where = np.unique(known, return_inverse=True)
    means = np.bincount(where, weights=x) / np.bincount(where)
    found = []
    for goal in goals:
        log_c = np.log(goal.flops)
        beyond = np.minimum(log_c - places[0], 0) + np.maximum(log_c - places[-1], 0)
        here = goal == task.target
        at = float(x[-1]) if here else float(np.interp(log_c, places, means) + beyond)
        drawn = law.forecast(at, task.size if here else size)
        found.append(Draws(_metrics(drawn.neg_log_p, task, buckets), drawn.k, drawn.neg_log_p))
    return found


def _metrics(neg_log_p: Floats, task: ForecastTask, buckets: tuple[Bucket, ...]) -> dict[str, Floats]:
    """-mean log pass counts a problem that never passes as T_n would show it: its own -log p is infinite."""
    shown = expected_t(neg_log_p, task.measured_at)
    finite = np.where(neg_log_p < NEVER, neg_log_p, shown)
    metrics = {NEG_MEAN_LOG_PASS: bucket_means(finite, buckets), MEASURED: bucket_means(shown, buckets)}
    for k in task.ks:
        metrics[f"pass@{k}"] = bucket_means(1 - (-np.expm1(-neg_log_p)) ** k, buckets)
    return metrics

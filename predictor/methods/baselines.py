"""Methods `last-value` and `log-linear`: what any other method has to beat.

Both work on each bucket's own metric, measured over the problems that every training model was sampled on,
and forecast what would be measured: T_n, not -log p itself. The metrics of one draw share its random numbers.
"""

import numpy as np

from predictor.arrays import Floats
from predictor.errors import ForecastError
from predictor.estimators import mean_neg_log_pass, pass_at_k
from predictor.laws.power_law import fit_power_laws
from predictor.methods.base import NEG_MEAN_LOG_PASS, Draws, ForecastTask
from predictor.problem_buckets import Bucket
from predictor.tables.pass_counts import PassCounts

__all__ = ["last_value", "log_linear"]

# Where a rate is held that a straight line takes out of its range.
LOWEST_RATE, HIGHEST_RATE = 1e-12, 1 - 1e-9


def last_value(task: ForecastTask, buckets: tuple[Bucket, ...]) -> Draws:
    """Forecast the largest training model's value; the spread is the root mean square of past steps."""
    luck = np.random.default_rng(task.seed).standard_normal((task.size, 1))
    metrics = {}
    for name, k in task.metrics.items():
        rates = _rates(task.counts, buckets, k)
        levels = np.stack([rates[rows].mean(axis=0) for rows in task.counts.compute_levels()])
        steps = np.sqrt(np.mean(np.diff(levels, axis=0) ** 2, axis=0))
        metrics[name] = _as_metric(levels[-1] + steps * luck, k)
    return Draws(_coherent(metrics, task), np.zeros(task.size))


def log_linear(task: ForecastTask, buckets: tuple[Bucket, ...]) -> Draws:
    """Forecast a metric that is linear in log C, held in 0..1, with the line's t interval."""
    metrics = {}
    for name, k in task.metrics.items():
        rates = _rates(task.counts, buckets, k)
        lines = fit_power_laws(task.counts.flops, np.exp(rates), reference=task.target.flops)
        rng = np.random.default_rng(task.seed)  # the same for every metric: their errors are drawn together
        drawn = np.log(np.clip(lines.draws(task.target.flops, task.size, rng), 1e-300, 1e300))
        metrics[name] = _as_metric(drawn, k)
    return Draws(_coherent(metrics, task), np.zeros(task.size))


def _coherent(metrics: dict[str, Floats], task: ForecastTask) -> dict[str, Floats]:
    """Raise pass@k, in every draw, to pass@j of every j below k: lines of their own may cross."""
    highest = np.zeros(())
    for name, _k in sorted(task.metrics.items(), key=lambda metric: metric[1]):
        if name != NEG_MEAN_LOG_PASS:
            highest = metrics[name] = np.maximum(metrics[name], highest)
    return metrics


def _as_metric(rates: Floats, k: int) -> Floats:
    return -np.log(np.clip(rates, LOWEST_RATE, HIGHEST_RATE)) if k == 0 else np.clip(rates, 0, 1)


def _rates(counts: PassCounts, buckets: tuple[Bucket, ...], k: int) -> Floats:
    """Geometric mean pass rate (k = 0) or pass@k of every model and bucket, shape (J, G).

    Raises:
        ForecastError: some bucket has no problem that every model was sampled on.
    """
    common = np.asarray((counts.samples > 0).all(axis=0))
    columns = []
    for bucket in buckets:
        problems = bucket.problems[common[bucket.problems]]
        if not len(problems):
            raise ForecastError(
                f"no problem of bucket {bucket.name} was sampled by every training model, and a baseline "
                "compares models on common problems; use method auto, or leave out the models with gaps"
            )
        passes, samples = counts.passes[:, problems], counts.samples[:, problems]
        if k == 0:
            columns.append(np.exp(-mean_neg_log_pass(passes, samples).value))
        else:
            columns.append(pass_at_k(passes, samples, k).mean(axis=1))
    return np.stack(columns, axis=1)

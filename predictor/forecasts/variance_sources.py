"""How much of the uncertainty comes from samples, from problems, and from models.

The three are measured on the same quantity: the straight-line forecast of log(-mean log pass) at the
target, from T_n over all problems, resampled one source at a time.
"""

import numpy as np

from predictor.arrays import Floats
from predictor.estimators import mean_neg_log_pass
from predictor.laws.regression import leverage
from predictor.tables.pass_counts import PassCounts

__all__ = ["sd_by_source"]


def sd_by_source(
    counts: PassCounts, target_flops: float, seed: int, replicates: int = 200
) -> dict[str, float]:
    """Return standard deviation of the log forecast due to each source alone.

    `samples`: parametric bootstrap of every count. `problems`: cluster bootstrap, the same problems for all
    models. `models`: jackknife over models, plus the scatter of one more model about the line.
    """
    rng = np.random.default_rng(seed)
    weights = leverage(np.log(counts.flops), np.log(target_flops))
    log_y = np.log(mean_neg_log_pass(counts.passes, counts.samples).value)
    rate = (counts.passes + 0.5) / (counts.samples + 1.0)
    redrawn = rng.binomial(counts.samples, rate, size=(replicates // 4, *counts.samples.shape))
    sampled = mean_neg_log_pass(redrawn, counts.samples).value
    chosen = rng.integers(0, len(counts.problems), (replicates, len(counts.problems)))
    clustered = mean_neg_log_pass(
        np.swapaxes(counts.passes[:, chosen], 0, 1), np.swapaxes(counts.samples[:, chosen], 0, 1)
    )
    return {
        "samples": float(np.std(np.log(sampled) @ weights, ddof=1)),
        "problems": float(np.std(np.log(clustered.value) @ weights, ddof=1)),
        "models": _model_error(np.log(counts.flops), log_y, np.log(target_flops)),
    }


def _model_error(x: Floats, log_y: Floats, at: float) -> float:
    left_out = [
        leverage(np.delete(x, j), at) @ np.delete(log_y, j)
        for j in range(len(x))
        if np.ptp(np.delete(x, j)) > 0
    ]
    jackknife = (len(left_out) - 1) / len(left_out) * np.sum((np.array(left_out) - np.mean(left_out)) ** 2)
    fitted = np.array([leverage(x, place) @ log_y for place in x])
    scatter = ((log_y - fitted) ** 2).sum() / (len(x) - 2)
    return float(np.sqrt(jackknife + scatter))

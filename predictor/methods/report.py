"""Method `report`: section 3.2 of the GPT-4 report (arXiv 2303.08774), exactly as far as it is stated.

Rank problems by the training models, drop the 15 hardest, cut the rest into 6 buckets, keep in each the
problems that every training model solved (P), and fit log y = log alpha - k log C by ordinary least squares
to y = -mean log(c/n). The prediction interval is ours: the report gives none.
"""

import numpy as np

from predictor.errors import ForecastError
from predictor.estimators import neg_log_pass, neg_log_pass_plug_in
from predictor.laws.power_law import PowerLaws, fit_power_laws
from predictor.methods.base import LARGEST, NEG_MEAN_LOG_PASS, BucketRule, Buckets, Draws, ForecastTask
from predictor.problem_buckets import Bucket, bucket_problems, solved_by_all
from predictor.tables.pass_counts import PassCounts

__all__ = ["report", "report_bucket_laws", "report_buckets", "report_laws"]


def report(task: ForecastTask, buckets: tuple[Bucket, ...]) -> Draws:
    """Forecast every bucket by its own power law; every training model solved its problems."""
    laws = report_laws(task, buckets)
    draws = laws.draws(task.target.flops, task.size, np.random.default_rng(task.seed))
    return Draws({NEG_MEAN_LOG_PASS: np.minimum(draws, LARGEST)}, np.full(task.size, laws.k.mean()))


def report_laws(task: ForecastTask, buckets: tuple[Bucket, ...]) -> PowerLaws:
    """Fit the law of every bucket by least squares of log y on log C.

    Where P was chosen on other samples than these, a count may be 0 and has no logarithm: T_n then measures
    every problem of every bucket.
    """
    counts = task.counts
    chosen = np.concatenate([bucket.problems for bucket in buckets])
    measure = neg_log_pass_plug_in if (counts.passes[:, chosen] > 0).all() else neg_log_pass
    y = [
        measure(counts.passes[:, b.problems], counts.samples[:, b.problems]).value.mean(axis=1)
        for b in buckets
    ]
    return fit_power_laws(counts.flops, np.stack(y, axis=1), reference=task.target.flops)


def report_bucket_laws(task: ForecastTask, buckets: tuple[Bucket, ...]) -> list[dict[str, object]]:
    """Return the constants of every bucket's law with C = 1 at the target."""
    laws = report_laws(task, buckets)
    return [
        {
            "form": "alpha*C^-k",
            "alpha": float(np.exp(laws.log_alpha[number])),
            "k": float(laws.k[number]),
            "k_interval_95": [float(low), float(high)],
            "residual_sd": float(laws.sd[number]),
        }
        for number, (low, high) in enumerate(laws.k_interval(0.95))
    ]


def report_buckets(train: PassCounts, rule: BucketRule) -> Buckets:
    """Return the report's buckets cut down to P, empty ones left out.

    Raises:
        ForecastError: no problem beyond the hardest was solved by every training model.
    """
    chooser, fitter = train, train
    if rule.split_samples:
        chooser, fitter = train.split_samples(np.random.default_rng(rule.seed))
    parts = bucket_problems(chooser, buckets=rule.buckets, drop_hardest=rule.drop_hardest)
    solved = solved_by_all(chooser)
    cut = (Bucket(b.name, b.problems[solved[b.problems]]) for b in parts.buckets)
    # A bucket whose every problem some model always passes has y = 0 there, and no logarithm.
    kept = tuple(b for b in cut if len(b.problems) and _varies(chooser, b))
    if not kept:
        raise ForecastError(
            "no problem beyond the hardest was solved by every training model, so the report's law has "
            "nothing to fit; use method auto, more samples, or fewer of the weakest models"
        )
    covered = np.concatenate([b.problems for b in kept])
    return Buckets(kept, np.setdiff1d(np.arange(len(train.problems)), covered), fitter)


def _varies(counts: PassCounts, bucket: Bucket) -> bool:
    failed = counts.passes[:, bucket.problems] < counts.samples[:, bucket.problems]
    return bool(failed.any(axis=1).all())

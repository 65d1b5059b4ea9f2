"""Partially pooled power laws: the report's law per bucket, slopes and irregularity shared between them.

A bucket's metric m (-mean log pass, or -log of its pass@k) is measured without dropping a problem; log m is
then one Gaussian observation per bucket and model, and takes the place of a cell in
`predictor.laws.hierarchical`.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from predictor.estimators import mean_neg_log_pass, pass_at_k
from predictor.laws.likelihood import Information, Link
from predictor.problem_buckets import Bucket
from predictor.tables.pass_counts import PassCounts

__all__ = ["BucketCells", "Metric", "bucket_cells", "measure_bucket"]

Floats = NDArray[np.float64]


class Metric(NamedTuple):
    """What of a bucket is forecast: `k` = 0 is -mean log pass, else -log of mean pass@k."""

    k: int


@dataclass(frozen=True, slots=True, eq=False)
class BucketCells:
    """log m of each bucket and model and its precision, shape (G, J); fits where `Cells` fits."""

    log_metric: Floats
    precision: Floats
    link: Link = Link.POWER

    @property
    def constant(self) -> float:
        """No term depends on the data alone."""
        return 0.0

    def start(self) -> Floats:
        """The observations themselves."""
        return self.log_metric.copy()

    def information(self, eta: Floats, floor: float) -> Information:
        """A Gaussian's log-likelihood, gradient and curvature; a bucket has no floor: it must be 0."""
        assert floor == 0.0
        gap = self.log_metric - eta
        log_likelihood = 0.5 * (np.log(self.precision / (2 * np.pi)) - self.precision * gap**2)
        return Information(log_likelihood, self.precision * gap, self.precision)


def measure_bucket(counts: PassCounts, bucket: Bucket, metric: Metric) -> tuple[Floats, Floats]:
    """M of every model on a bucket, and the sampling error of log m, both shape (J,).

    Unsampled problems are left out of a model's mean, and pass@k is kept half a pass off its ends.
    """
    passes, samples = counts.passes[:, bucket.problems], counts.samples[:, bucket.problems]
    if metric.k == 0:
        value, error = mean_neg_log_pass(passes, samples)
        return value, error / value
    sampled = samples > 0
    size = np.maximum(sampled.sum(axis=1), 1)
    rate = np.where(sampled, pass_at_k(passes, np.maximum(samples, metric.k), metric.k), 0)
    least = 0.5 * metric.k / np.maximum(samples.sum(axis=1), 1)
    mean = np.clip(rate.sum(axis=1) / size, least, 1 - least)
    spread = metric.k * np.sqrt((rate * (1 - rate) / np.maximum(samples, 1)).sum(axis=1)) / size
    return -np.log(mean), (spread + least) / (mean * -np.log(mean))


def bucket_cells(counts: PassCounts, buckets: tuple[Bucket, ...], metric: Metric) -> BucketCells:
    """The observations of all buckets; the sampling error is taken as at least .1 %."""
    measured = [measure_bucket(counts, bucket, metric) for bucket in buckets]
    log_metric = np.log(np.stack([value for value, _ in measured]))
    error = np.maximum(np.stack([error for _, error in measured]), 1e-3)
    return BucketCells(log_metric, error**-2)

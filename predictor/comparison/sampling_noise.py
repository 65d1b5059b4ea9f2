r"""The exact variance of the unbiased pass@k from m samples, and its unbiased estimate from n.

The estimate from m samples is the mean over all sets of k samples of "one of them passes" (a U-statistic).
Two sets that share j samples fail together with chance q^(2k-j), q = 1 - p. With w_j = C(k, j) C(m-k, k-j) /
C(m, k) the variance is sum_j w_j q^(2k-j) - q^(2k) (Hoeffding, Ann. Math. Stat. 19, 1948). From n samples
with c passes q^r is estimated without bias by C(n-c, r) / C(n, r), for r up to n: it needs n >= 2k.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

from predictor.arrays import Floats
from predictor.estimators import pass_at_k

__all__ = ["overlap_weights", "sampling_variance"]


def overlap_weights(k: int, taken: int) -> Floats:
    """Return the chance that two sets of k out of `taken` samples share j of them, shape (k + 1,)."""
    shared: Floats = np.arange(k + 1, dtype=float)
    other = k - shared
    possible = taken - k >= other
    left = np.where(possible, taken - k - other, 0)
    log = (
        _log_choose(k, shared)
        + gammaln(taken - k + 1) - gammaln(other + 1) - gammaln(left + 1)
        - (gammaln(taken + 1) - gammaln(k + 1) - gammaln(taken - k + 1))
    )  # fmt: skip
    return np.asarray(np.where(possible, np.exp(log), 0.0))


def sampling_variance(passes: ArrayLike, samples: ArrayLike, k: int, taken: int) -> Floats:
    """Estimate without bias the variance of pass@k from `taken` samples, for each problem.

    It may be negative for one problem; its mean over problems is what counts. For k = 1 and `taken` = n it is
    c (n - c) / (n^2 (n - 1)).

    Raises:
        ValueError: `taken` is below k, or some n below 2k.
    """
    if taken < k:
        raise ValueError(f"pass@{k} from {taken} samples; take at least {k}")
    weights = overlap_weights(k, taken)
    c, n = np.asarray(passes), np.asarray(samples)
    together = sum(
        float(weight) * (1 - pass_at_k(c, n, 2 * k - shared))
        for shared, weight in enumerate(weights)
        if weight
    )
    return np.asarray(together - (1 - pass_at_k(c, n, 2 * k)))


def _log_choose(n: int, j: Floats) -> Floats:
    return np.asarray(gammaln(n + 1) - gammaln(j + 1) - gammaln(n - j + 1))

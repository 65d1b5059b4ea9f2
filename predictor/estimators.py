r"""Estimators of -log p from counts, and of pass@k, with standard errors.

The identity behind the first: -log p = sum_{k>=1} (1 - pass@k) / k. Put the unbiased estimator of pass@k
(Chen et al., arXiv 2107.03374) into it and the sum telescopes to T_n(c) = H_n - H_c = psi(n+1) - psi(c+1).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, exp1, gammaln, polygamma

from predictor.arrays import Floats

__all__ = [
    "EstimateWithError",
    "expected_t",
    "mean_neg_log_pass",
    "neg_log_pass",
    "neg_log_pass_at",
    "neg_log_pass_plug_in",
    "neg_log_pass_sequential",
    "pass_at_k",
]


class EstimateWithError(NamedTuple):
    """An estimate and its standard error, both of the shape of the counts."""

    value: Floats
    standard_error: Floats


def neg_log_pass(passes: ArrayLike, samples: ArrayLike) -> EstimateWithError:
    r"""Estimate -log p in nats from c passes of n: T_n(c) = psi(n+1) - psi(c+1).

    Finite at c = 0, where it is H_n. Its expectation is exactly sum_{k<=n} (1-p)^k / k, so the only bias is
    the truncated tail, under .001 once n p >= 5. The standard error is sqrt(psi'(c+1) - psi'(n+1)), the
    spread of -log p under a uniform prior on p; it stays finite at c = 0.
    """
    c, n = np.asarray(passes, dtype=float), np.asarray(samples, dtype=float)
    variance = np.asarray(polygamma(1, c + 1) - polygamma(1, n + 1))
    return EstimateWithError(np.asarray(digamma(n + 1) - digamma(c + 1)), np.sqrt(np.maximum(variance, 0)))


def mean_neg_log_pass(passes: ArrayLike, samples: ArrayLike) -> EstimateWithError:
    """Return mean of T_n over the sampled problems (last axis), with its sampling error, both in nats.

    Half a failure among all the samples is added, so that a model that always passes still has a logarithm.
    """
    c, n = np.asarray(passes, dtype=float), np.asarray(samples, dtype=float)
    problems = np.maximum((n > 0).sum(axis=-1), 1)
    half = 0.5 / np.maximum(n.sum(axis=-1), 1)
    each = neg_log_pass(c, n)
    value = np.where(n > 0, each.value, 0).sum(axis=-1) / problems + half
    variance = np.where(n > 0, each.standard_error**2, 0).sum(axis=-1)
    return EstimateWithError(value, np.sqrt(variance) / problems + half)


def neg_log_pass_plug_in(passes: ArrayLike, samples: ArrayLike) -> EstimateWithError:
    """Estimate -log p by -log(c / n), as the report probably did; error sqrt((1-p)/(n p)); inf at c = 0."""
    c, n = np.asarray(passes, dtype=float), np.asarray(samples, dtype=float)
    with np.errstate(divide="ignore"):
        return EstimateWithError(-np.log(c / n), np.sqrt((1 - c / n) / c))


def neg_log_pass_sequential(draws: ArrayLike, passes: int = 1) -> EstimateWithError:
    """Estimate -log p without bias by psi(N) - psi(r), if sampling stops at the r-th pass, at draw N.

    r = 1 is inverse binomial sampling (van Opheusden et al., arXiv 2001.03985). The error is
    sqrt(psi'(r) - psi'(N)), whose square is unbiased for the estimator's variance.

    Raises:
        ValueError: fewer draws than passes.
    """
    total = np.asarray(draws, dtype=float)
    if passes < 1 or np.any(total < passes):
        raise ValueError(f"{passes} passes need at least as many draws; got {np.min(total):g}")
    variance = np.asarray(polygamma(1, passes) - polygamma(1, total))
    return EstimateWithError(np.asarray(digamma(total) - digamma(passes)), np.sqrt(np.maximum(variance, 0)))


def pass_at_k(passes: ArrayLike, samples: ArrayLike, k: int) -> Floats:
    """Estimate without bias the chance that one of k samples passes: 1 - C(n-c, k) / C(n, k) (Chen et al.).

    Raises:
        ValueError: some n is below k.
    """
    c, n = np.asarray(passes, dtype=float), np.asarray(samples, dtype=float)
    if np.any(n < k):
        raise ValueError(f"pass@{k} needs n >= {k} samples of every problem; the smallest n is {np.min(n):g}")
    left = n - c
    log_none = _log_binomial(left, k) - _log_binomial(n, k)
    return np.asarray(np.where(left < k, 1.0, -np.expm1(log_none)))


def neg_log_pass_at(passes: ArrayLike, samples: ArrayLike, at: int) -> Floats:
    """Estimate T_n at `at` samples without bias: the sum over k <= `at` of (1 - pass@k) / k.

    With fewer samples than `at`, all of them are used: the estimate is then T_n of what there is.
    """
    c, n = np.asarray(passes, dtype=float), np.asarray(samples, dtype=float)
    total = np.zeros(np.broadcast_shapes(c.shape, n.shape))
    none = np.ones_like(total)
    for k in range(1, at + 1):
        # Chance that k samples drawn without replacement all fail, from that of k - 1.
        with np.errstate(divide="ignore", invalid="ignore"):
            none = np.where(k <= n, none * np.maximum(n - c - k + 1, 0) / np.maximum(n - k + 1, 1), 0.0)
        total += none / k
    return np.asarray(total)


def expected_t(neg_log_p: ArrayLike, samples: float | None) -> Floats:
    """Return the mean of T_n for a true -log p, in nats: sum_{k<=n} (1-p)^k / k; -log p for None.

    The tail beyond n is taken as E1((n + 1/2) * -log(1-p)), a midpoint rule whose error is below 1e-3 nats
    from n = 5. Large arrays are interpolated between 4,000 exact points, within 1e-5 nats.
    """
    value = np.asarray(neg_log_p, dtype=float)
    if samples is None:
        return value
    if value.size < 8000:
        return _expected_t(value, samples)
    log_value = np.log(np.maximum(value, 1e-12))
    grid = np.linspace(log_value.min() - 1e-9, log_value.max() + 1e-9, 4000)
    return np.asarray(np.interp(log_value, grid, _expected_t(np.exp(grid), samples)))


def _expected_t(value: Floats, samples: float) -> Floats:
    limit = digamma(samples + 1) + np.euler_gamma
    with np.errstate(divide="ignore", under="ignore"):
        rate = -np.where(value > 1, np.log1p(-np.exp(-value)), np.log(-np.expm1(-value)))
        tail = exp1(np.maximum((samples + 0.5) * rate, 1e-290))
    # Below p = e^-600 the tail's exponential integral loses its argument; T_n is H_n there.
    return np.asarray(np.where(value < 600, np.clip(value - tail, 0, limit), limit))


def _log_binomial(n: Floats, k: int) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(np.maximum(n - k, 0) + 1))

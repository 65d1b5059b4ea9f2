"""Simultaneous confidence bands by the maximum of the standardised error (sup-t).

A band at 95 % holds the whole curve with that confidence, not only each of its points. Its half width is the
pointwise standard error times one factor: the quantile of the largest standardised error over all points
(Montiel Olea and Plagborg-Moller, J. Appl. Econometrics 34, 2019).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from predictor.arrays import Floats
from predictor.scores import LEVELS

__all__ = ["Band", "band_of_draws", "band_of_mean", "largest_error_quantiles"]

DRAWS = 10_000


class Band(NamedTuple):
    """A curve of K points and its simultaneous bands.

    Attributes:
        middle: what the band stands around, shape (K,).
        error: standard error of each point, shape (K,).
        factors: level in per cent -> the band's half width in standard errors.
    """

    middle: Floats
    error: Floats
    factors: Mapping[int, float]

    def at(self, level: int) -> tuple[Floats, Floats]:
        """Return the band's lower and upper ends, cut to -1..1, each of shape (K,)."""
        half = self.factors[level] * self.error
        return np.maximum(self.middle - half, -1.0), np.minimum(self.middle + half, 1.0)


def band_of_mean(middle: Floats, parts: Floats, rng: np.random.Generator, *, degrees: int | None) -> Band:
    """Return band of a curve whose error is a sum of independent parts, as the mean over problems.

    Args:
        middle: the curve, shape (K,).
        parts: each part's error, up to its sign, shape (P, K); the covariance is `parts.T @ parts`.
        rng: for the quantile of the maximum.
        degrees: of Student's t, for a covariance that was itself estimated; None for the normal law.
    """
    covariance = parts.T @ parts
    error = np.sqrt(np.diag(covariance))
    scale = np.where(error > 0, error, 1.0)
    return Band(middle, error, largest_error_quantiles(covariance / np.outer(scale, scale), rng, degrees))


def largest_error_quantiles(
    correlation: Floats, rng: np.random.Generator, degrees: int | None
) -> Mapping[int, float]:
    """Return quantiles, by level, of the largest |Z| of K correlated normal or Student t variables.

    Student's share one chi-square, so that a single variable has exactly its own t distribution.
    """
    values, vectors = np.linalg.eigh(correlation)
    kept = values > 1e-9 * max(float(values[-1]), 1e-300)
    root = vectors[:, kept] * np.sqrt(values[kept])
    largest = np.abs(rng.standard_normal((DRAWS, root.shape[1])) @ root.T).max(axis=1)
    if degrees is not None:
        largest /= np.sqrt(rng.chisquare(degrees, DRAWS) / degrees)
    return {level: float(np.quantile(largest, level / 100)) for level in LEVELS}


def band_of_draws(draws: Floats, middle: Floats, levels: Sequence[int] = LEVELS) -> Band:
    """Return the band around `middle` that holds `level` per cent of the curves, shape (D, K), entirely."""
    error = draws.std(axis=0, ddof=1)
    scale = np.where(error > 0, error, 1.0)
    largest = np.abs((draws - middle) / scale).max(axis=1)
    return Band(middle, error, {level: float(np.quantile(largest, level / 100)) for level in levels})

"""Families of mixing distributions: from standard normal parameters to masses on the grid.

The prior of every parameter is a standard normal z; the maps below say what it means. With a Beta(a, b)
mixing distribution 1 - pass@k falls as k^-a: a is the exponent of the power law that large k sees.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import expit, log_expit, ndtr

from predictor.arrays import Floats
from predictor.laws.solve_rates.grid import RateGrid

__all__ = ["FAMILIES", "Family", "bumps"]

BUMP_SPACING, BUMP_WIDTH = 0.9, 0.6


class Family(NamedTuple):
    """One family: its name, how many parameters it has, and their map to masses, (T, d) -> (T, G)."""

    name: str
    parameters: int
    masses: Callable[[RateGrid, Floats], Floats]


def beta_masses(grid: RateGrid, a: Floats, b: Floats) -> Floats:
    """Return masses of Beta(a, b) for T pairs, shape (T, G)."""
    log_p, log_q = grid.log_rates()
    inner = a[:, None] * log_p + b[:, None] * log_q
    top = inner.max(axis=1, keepdims=True)
    half = grid.step / 2
    # In logit p the density is p^a (1-p)^b: beyond the ends it falls as e^(a x) and e^(-b x).
    low = np.exp(inner[:, :1] - top - half * a[:, None]) / a[:, None]
    high = np.exp(inner[:, -1:] - top - half * b[:, None]) / b[:, None]
    masses = np.concatenate([low, np.exp(inner - top) * grid.step, high], axis=1)
    return np.asarray(masses / masses.sum(axis=1, keepdims=True))


def _beta(grid: RateGrid, z: Floats) -> Floats:
    mean, size = 2 * z[:, 0], np.exp(0.7 + 1.2 * z[:, 1])
    # A mean of e^-20 and a share of it no longer differ from the end of the grid.
    a, b = size * np.exp(log_expit(mean)), size * np.exp(log_expit(-mean))
    return beta_masses(grid, np.maximum(a, 1e-4), np.maximum(b, 1e-4))


def _zero_inflated(grid: RateGrid, z: Floats) -> Floats:
    never = np.asarray(expit(-2 + 1.2 * z[:, 2]))[:, None]
    masses = (1 - never) * _beta(grid, z)
    masses[:, :1] += never
    return masses


def _power_tail(grid: RateGrid, z: Floats) -> Floats:
    share = np.asarray(expit(-0.5 + 1.5 * z[:, 2]))[:, None]
    exponent = np.exp(np.log(0.3) + 0.6 * z[:, 3])
    return (1 - share) * _beta(grid, z) + share * beta_masses(grid, exponent, np.ones(len(z)))


def _normal_masses(grid: RateGrid, mean: Floats, spread: Floats) -> Floats:
    edges = np.concatenate([grid.logit - grid.step / 2, [grid.logit[-1] + grid.step / 2]])
    below = ndtr((edges - mean[:, None]) / spread[:, None])
    return np.diff(below, axis=1, prepend=0.0, append=1.0)


def _logit_normal(grid: RateGrid, z: Floats) -> Floats:
    return _normal_masses(grid, -1 + 3 * z[:, 0], np.exp(np.log(2.5) + 0.5 * z[:, 1]))


def bumps(grid: RateGrid) -> Floats:
    """Return components of the finite mixture: p = 0, adjacent normals in logit p, p = 1; shape (K, G)."""
    centres = np.arange(grid.logit[0] + BUMP_SPACING, grid.logit[-1], BUMP_SPACING)
    ends = np.zeros((2, len(grid.rate)))
    ends[0, 0] = ends[1, -1] = 1.0
    inner = _normal_masses(grid, centres, np.full(len(centres), BUMP_WIDTH))
    return np.concatenate([ends[:1], inner, ends[1:]])


FAMILIES = (
    Family("beta", 2, _beta),
    Family("zero-inflated", 3, _zero_inflated),
    Family("power-tail", 4, _power_tail),
    Family("logit-normal", 2, _logit_normal),
)

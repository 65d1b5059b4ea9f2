"""The grid of pass rates on which mixing distributions live, and the likelihood of counts on it.

A mixing distribution is one row of masses, G numbers that sum to 1. The first node is p = 0, the last p = 1;
the others are evenly spaced in logit p. What a density has below the lowest or above the highest of them is
put on the nearest end, so that a heavy tail is not cut.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, log_expit

from predictor.arrays import Floats

__all__ = ["RateGrid"]

LOWEST, HIGHEST, COARSEST, MOST = -17.0, 10.0, 0.125, 700  # logits, spacing, nodes


@dataclass(frozen=True, slots=True, eq=False)
class RateGrid:
    """Nodes of p.

    Attributes:
        logit: of the inner nodes, shape (G - 2,), evenly spaced.
        rate: p at every node, shape (G,), from 0 to 1.
    """

    logit: Floats
    rate: Floats

    @classmethod
    def for_samples(cls, samples: int) -> "RateGrid":
        """Return a grid fine enough for the posterior of p after `samples` samples, within 700 nodes."""
        step = min(COARSEST, 1.5 / np.sqrt(samples))
        count = int(min(MOST, np.ceil((HIGHEST - LOWEST) / step) + 1))
        logit = np.linspace(LOWEST, HIGHEST, count)
        return cls(logit, np.concatenate([[0.0], np.asarray(expit(logit)), [1.0]]))

    @property
    def step(self) -> float:
        """Return the distance of two inner nodes, in logits."""
        return float(self.logit[1] - self.logit[0])

    def log_rates(self) -> tuple[Floats, Floats]:
        """Log p and log(1 - p) of the inner nodes."""
        return np.asarray(log_expit(self.logit)), np.asarray(log_expit(-self.logit))

    def likelihood(self, passes: ArrayLike, samples: ArrayLike) -> Floats:
        """Return p^c (1-p)^(n-c) at every node, each row divided by its largest value; shape (U, G)."""
        c = np.asarray(passes, dtype=float)[:, None]
        failed = np.asarray(samples, dtype=float)[:, None] - c
        log_p, log_q = self.log_rates()
        inner = c * log_p + failed * log_q
        ends = [np.where(side == 0, 0.0, -np.inf) for side in (c, failed)]
        log = np.concatenate([ends[0], inner, ends[1]], axis=1)
        return np.asarray(np.exp(log - log.max(axis=1, keepdims=True)))

    def pass_at(self, ks: ArrayLike) -> Floats:
        """Return 1 - (1-p)^k at every node, shape (G, K)."""
        _log_p, log_q = self.log_rates()
        inner = -np.expm1(log_q[:, None] * np.asarray(ks, dtype=float)[None, :])
        edge = np.ones((1, inner.shape[1]))
        return np.concatenate([0 * edge, inner, edge])

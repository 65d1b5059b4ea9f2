r"""Levels extrapolated: a line in log compute, and three ways of leaving it.

    f(x) = mu - k x + white + walk + bend,    k > 0

`white` is independent for each model, `walk` a random walk in x, `bend` an integrated one: a slope that
wanders. Their three sizes lie on a lattice with log-normal priors, and the prior of k is a mixture of
normals. At a point of the lattice everything is Gaussian, and its weight is the exact marginal likelihood
of the levels, the truncation of k included.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import log_ndtr, logsumexp, ndtri_exp

from predictor.arrays import Floats
from predictor.laws.latent_trend.shape import Spread

__all__ = ["SlopePrior", "Trend", "TrendPrior", "symmetric_root"]

LATTICE_REACH = 2.6


class SlopePrior(NamedTuple):
    """One normal of the prior of k, before truncation at 0."""

    weight: float
    mean: float
    sd: float


class LevelDraws(NamedTuple):
    """Draws of the levels, shape (S, J), and the log density of their measurement, up to a constant."""

    levels: Floats
    log_evidence: float


class TrendPrior(NamedTuple):
    """Priors of the trend.

    Attributes:
        white: sd for each model.
        walk: sd per root of log compute.
        bend: sd of the slope per root of log compute.
        points: lattice points of each of the three.
        k: the normals of the slope's prior, for problems that are passed now and then.
        rare: -log p in nats from which passes are so rare that k is expected to be smaller; see `at_level`.
        level_sd: of mu.
    """

    white: Spread = Spread(0.05, 1.2)
    walk: Spread = Spread(0.04, 1.2)
    bend: Spread = Spread(0.011, 1.2)
    points: tuple[int, int, int] = (7, 7, 5)
    k: tuple[SlopePrior, ...] = (SlopePrior(0.6, 0.2, 0.15), SlopePrior(0.4, 0.5, 0.4))
    rare: float = 4.0
    level_sd: float = 5.0

    def at_level(self, neg_log_p: float) -> "TrendPrior":
        """Return the prior for models at which a problem of difficulty 0 has this -log p, in nats.

        Near -log p = y, p = e^-y grows as C^(k y). Where passes are rare, the k of frequent passes would have
        pass rates grow far faster than compute; the prior of k is divided by sqrt(1 + (y / rare)^2), so that
        that of k y is bounded.
        """
        share = float(np.hypot(1.0, neg_log_p / self.rare))
        return self._replace(
            k=tuple(SlopePrior(part.weight, part.mean / share, part.sd / share) for part in self.k)
        )

    def lattice(self) -> tuple[Floats, Floats]:
        """Sizes of white, walk and bend, shape (H, 3), and their log prior weights, shape (H,)."""
        axes, logs = [], []
        for spread, points in zip((self.white, self.walk, self.bend), self.points, strict=True):
            at = np.linspace(-LATTICE_REACH, LATTICE_REACH, points)
            axes.append(spread.median * np.exp(spread.sd * at))
            logs.append(-0.5 * at**2 - np.log(np.exp(-0.5 * at**2).sum()))
        sizes = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
        weight = logs[0][:, None, None] + logs[1][None, :, None] + logs[2][None, None, :]
        return sizes, weight.ravel()

    def to_json(self) -> dict[str, object]:
        """Every prior as plain values, for a forecast's record."""
        return {
            "white": list(self.white),
            "walk": list(self.walk),
            "bend": list(self.bend),
            "k": [list(part) for part in self.k],
            "rare": self.rare,
            "level_sd": self.level_sd,
        }


def _walk(s: Floats, t: Floats) -> tuple[Floats, Floats]:
    """Covariances of a random walk from 0, and of its integral, between places s and t."""
    low = np.maximum(np.minimum(s[:, None], t[None, :]), 0)
    high = np.maximum(s[:, None], t[None, :])
    return low, low**2 * (3 * high - low) / 6


class Trend:
    """The prior of levels at the models' places and at one target's.

    Args:
        x: centred log compute of the models, shape (J,).
        at: of the target, on the same axis; within the models' range or beyond it.
        prior: of the trend.
    """

    def __init__(self, x: Floats, at: float, prior: TrendPrior) -> None:
        sizes, log_weight = prior.lattice()
        parts = len(prior.k)
        self._log_prior = np.concatenate([log_weight + np.log(part.weight) for part in prior.k])
        self._k_mean = np.repeat([part.mean for part in prior.k], len(sizes))
        k_sd = np.repeat([part.sd for part in prior.k], len(sizes))
        self._k_variance = k_sd**2
        self._log_prior -= log_ndtr(self._k_mean / k_sd)
        white, walk, bend = np.tile(sizes**2, (parts, 1)).T
        origin = x.min()
        s, t = x - origin, np.array([at - origin])
        walks, bends = _walk(s, s)
        walks_at, bends_at = _walk(s, t)
        walk_at, bend_at = _walk(t, t)
        level = prior.level_sd**2
        self._covariance = (
            level
            + _each(self._k_variance) * np.outer(x, x)
            + _each(white) * np.eye(len(x))
            + _each(walk) * walks
            + _each(bend) * bends
        )
        cross = (
            level
            + self._k_variance[:, None] * x * at
            + walk[:, None] * walks_at[:, 0]
            + bend[:, None] * bends_at[:, 0]
        )
        own = level + self._k_variance * at**2 + white + walk * walk_at[0, 0] + bend * bend_at[0, 0]
        self._mean, self._mean_at = -self._k_mean[:, None] * x, -self._k_mean * at
        self._inverse = np.linalg.inv(self._covariance)
        self._log_det = np.linalg.slogdet(self._covariance)[1]
        # Regression of the target's level, and of k, on the levels.
        self._with_k = -self._k_variance[:, None] * x
        self._gain = np.einsum("hij,hj->hi", self._inverse, cross)
        self._variance = np.maximum(own - (self._gain * cross).sum(axis=1), 1e-12)
        self._k_gain = np.einsum("hij,hj->hi", self._inverse, self._with_k)
        left = self._k_variance - (self._k_gain * self._with_k).sum(axis=1)
        self._k_left = np.maximum(left, 1e-12)
        self._target_with_k = -self._k_variance * at - (self._gain * self._with_k).sum(axis=1)

    def levels(self, measured: Floats, error: Floats, size: int, rng: np.random.Generator) -> "LevelDraws":
        """Draw the levels given their measurement (J,) and its covariance (J, J)."""
        total = self._covariance + error
        gap = measured - self._mean
        solved = np.linalg.solve(total, np.stack([gap, self._with_k], axis=-1))
        k = self._k_mean + (solved[..., 1] * gap).sum(axis=1)
        k_left = np.maximum(self._k_variance - (solved[..., 1] * self._with_k).sum(axis=1), 1e-12)
        log_weight = self._log_prior - 0.5 * (solved[..., 0] * gap).sum(axis=1)
        log_weight += log_ndtr(k / np.sqrt(k_left)) - 0.5 * np.linalg.slogdet(total)[1]
        chosen = rng.choice(len(log_weight), size, p=_normalised(log_weight))
        drawn = np.empty((size, len(measured)))
        for row, h in enumerate(chosen):
            gain = np.linalg.solve(total[h], self._covariance[h]).T
            root = symmetric_root(self._covariance[h] - gain @ self._covariance[h])
            drawn[row] = self._mean[h] + gain @ gap[h] + root @ rng.standard_normal(len(measured))
        return LevelDraws(drawn, float(logsumexp(log_weight)))

    def target(self, levels: Floats, size: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Draws of the target's level and of k, both shape (size,), given the levels, shape (J,)."""
        gap = levels - self._mean
        k = self._k_mean + (self._k_gain * gap).sum(axis=1)
        log_weight = self._log_prior - 0.5 * np.einsum("hi,hij,hj->h", gap, self._inverse, gap)
        log_weight += log_ndtr(k / np.sqrt(self._k_left)) - 0.5 * self._log_det
        h = rng.choice(len(log_weight), size, p=_normalised(log_weight))
        sd = np.sqrt(self._k_left[h])
        # A normal above 0 by its upper tail, in logarithms: exact also where next to nothing lies above 0.
        tail = log_ndtr(k[h] / sd) + np.log1p(-rng.uniform(size=size))
        drawn = np.maximum(k[h] - sd * ndtri_exp(tail), 0)
        per_k = self._target_with_k[h] / self._k_left[h]
        mean = self._mean_at[h] + (self._gain[h] * gap[h]).sum(axis=1) + per_k * (drawn - k[h])
        left = np.maximum(self._variance[h] - per_k * self._target_with_k[h], 1e-12)
        return mean + np.sqrt(left) * rng.standard_normal(size), drawn


def symmetric_root(covariance: Floats) -> Floats:
    """Return the symmetric matrix whose square is a covariance; negative eigenvalues count as 0.

    Unlike the eigenvectors, whose signs are the linear-algebra library's choice, it depends on the matrix
    alone, so that draws made with it are the same on every machine.
    """
    value, vector = np.linalg.eigh(covariance)
    return np.asarray((vector * np.sqrt(np.maximum(value, 0.0))) @ vector.T)


def _each(values: Floats) -> Floats:
    return values[:, None, None]


def _normalised(log_weight: Floats) -> Floats:
    weight = np.exp(log_weight - log_weight.max())
    return np.asarray(weight / weight.sum())

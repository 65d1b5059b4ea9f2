r"""Posterior of a few parameters z with a standard normal prior, by importance sampling around the mode.

A law supplies log p(data | z) of many rows of z at once. The mode is found by BFGS, whose gradients are
central differences from one such call. The curvature there shapes a cloud of Student's t, which is fitted to
its own weighted draws until these are worth enough. One draw in ten comes from the prior, which bounds the
weights.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import optimize
from scipy.special import gammaln

from predictor.arrays import Floats

# Products of thousands of short rows are sums by einsum: BLAS would start its threads for each.

__all__ = ["LogLikelihood", "Posterior", "posterior_of", "student_log_density"]

LogLikelihood = Callable[[Floats], Floats]

DEGREES, FROM_PRIOR, STEP = 5, 0.1, 1e-3
DRAWS, MOST_ROUNDS, ENOUGH = 900, 5, 100.0
NOISE_DEGREES = 4.0


class Posterior(NamedTuple):
    """Points z, shape (T, P), and their weights, shape (T,), which sum to 1."""

    z: Floats
    weight: Floats

    def draws(self, size: int, rng: np.random.Generator) -> Floats:
        """Return equally weighted draws of z, shape (size, P)."""
        return np.asarray(self.z[rng.choice(len(self.z), size, p=self.weight)])

    @property
    def effective(self) -> float:
        """Return the number of independent draws that the weights are worth."""
        return float(1 / np.sum(self.weight**2))


def posterior_of(
    log_likelihood: LogLikelihood, parameters: int, rng: np.random.Generator, starts: Floats | None = None
) -> Posterior:
    """Sample the posterior.

    Args:
        log_likelihood: rows of z, shape (S, P), to log p(data | z), shape (S,), up to a constant.
        parameters: P.
        rng: of every draw.
        starts: where the search for the mode begins, shape (K, P); by default the prior's centre.
    """

    def objective(z: Floats) -> Floats:
        value = log_likelihood(z) - 0.5 * np.sum(z**2, axis=1)
        return np.asarray(np.where(np.isfinite(value), value, -1e12))

    mode = _mode(objective, np.zeros((1, parameters)) if starts is None else starts)
    centre, root = mode, np.asarray(np.linalg.cholesky(1.3 * _covariance(objective, mode)))
    z, weight = np.zeros((0, parameters)), np.zeros(0)
    for number in range(MOST_ROUNDS):
        z = _cloud(centre, root, DRAWS, rng)
        own = np.logaddexp(
            np.log(FROM_PRIOR) + _log_normal(z), np.log1p(-FROM_PRIOR) + _log_t(z, centre, root)
        )
        log_weight = objective(z) - 0.5 * parameters * np.log(2 * np.pi) - own
        weight = _normalised(log_weight)
        if number > 0 and 1 / np.sum(weight**2) >= ENOUGH:
            break
        # A cloud that rests on a few points would collapse; flatten the weights until it does not.
        broad = weight
        while 1 / np.sum(broad**2) < 5 * parameters:
            log_weight = log_weight * 0.7
            broad = _normalised(log_weight)
        centre = np.sum(broad[:, None] * z, axis=0)
        away = z - centre
        spread = np.einsum("s,si,sj->ij", broad, away, away) + 1e-8 * np.eye(parameters)
        root = np.asarray(np.linalg.cholesky(1.3 * spread))
    return Posterior(z, weight)


def student_log_density(residual: Floats, sd: Floats) -> Floats:
    """Log density of Student's t with 4 degrees at residuals, (S, J), of scale `sd`, summed over J: (S,)."""
    scaled = (residual / sd) ** 2 / NOISE_DEGREES
    density = -np.log(sd) - 0.5 * (NOISE_DEGREES + 1) * np.log1p(scaled)
    return np.asarray(density.sum(axis=1))


def _mode(objective: LogLikelihood, starts: Floats) -> Floats:
    size = starts.shape[1]
    steps = np.vstack([np.zeros((1, size)), STEP * np.eye(size), -STEP * np.eye(size)])

    def value_and_slope(z: Floats) -> tuple[float, Floats]:
        found = objective(z + steps)
        slope = (found[1 : size + 1] - found[size + 1 :]) / (2 * STEP)
        return -float(found[0]), -slope

    # BFGS is numpy alone: the threads that L-BFGS-B starts for five numbers take far longer than the search.
    results = [
        optimize.minimize(
            value_and_slope, start, jac=True, method="BFGS", options={"gtol": 1e-3, "maxiter": 80}
        )
        for start in starts
    ]
    return np.asarray(min(results, key=lambda result: float(result.fun)).x)


def _covariance(objective: LogLikelihood, mode: Floats) -> Floats:
    """Inverse curvature at the mode, its variances held between those of a point and of the prior."""
    size, step = len(mode), 0.02
    eye = step * np.eye(size)
    first, second = np.triu_indices(size)
    corners = [
        objective(mode + sign_a * eye[first] + sign_b * eye[second]) * sign_a * sign_b
        for sign_a in (1, -1)
        for sign_b in (1, -1)
    ]
    curvature = np.zeros((size, size))
    curvature[first, second] = curvature[second, first] = -np.sum(corners, axis=0) / (4 * step**2)
    values, vectors = np.linalg.eigh(curvature)
    return np.asarray((vectors / np.clip(values, 1.0, 1e6)) @ vectors.T)


def _cloud(centre: Floats, root: Floats, size: int, rng: np.random.Generator) -> Floats:
    d = len(centre)
    normal = rng.standard_normal((size, d))
    heavy = np.sqrt(DEGREES / rng.chisquare(DEGREES, size))[:, None]
    prior = rng.random(size) < FROM_PRIOR
    return np.asarray(np.where(prior[:, None], normal, centre + heavy * np.einsum("sj,ij->si", normal, root)))


def _log_normal(z: Floats) -> Floats:
    return np.asarray(-0.5 * np.sum(z**2, axis=1) - 0.5 * z.shape[1] * np.log(2 * np.pi))


def _log_t(z: Floats, centre: Floats, root: Floats) -> Floats:
    d = len(centre)
    distance = np.sum(np.einsum("sj,ij->si", z - centre, np.linalg.inv(root)) ** 2, axis=1)
    constant = (
        gammaln((DEGREES + d) / 2) - gammaln(DEGREES / 2) - 0.5 * d * np.log(DEGREES * np.pi)
        - np.log(np.diag(root)).sum()
    )  # fmt: skip
    return np.asarray(constant - 0.5 * (DEGREES + d) * np.log1p(distance / DEGREES))


def _normalised(log_weight: Floats) -> Floats:
    weight = np.exp(log_weight - log_weight.max())
    return np.asarray(weight / weight.sum())

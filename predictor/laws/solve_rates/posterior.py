"""Posteriors of the families given counts: weighted rows of masses, and how they predict held-back samples.

A family's few parameters are integrated by importance sampling in three rounds, from the prior to a
cloud around the posterior; the finite mixture's weights, which have a Dirichlet prior, by Gibbs sampling.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import gammaln

from predictor.arrays import Floats, Integers
from predictor.laws.solve_rates.families import Family, bumps
from predictor.laws.solve_rates.grid import RateGrid

__all__ = ["Cells", "RatePosterior", "fit_family", "fit_finite_mixture", "held_back_score"]

ROUNDS = (1000, 700, 700)
DEGREES, FROM_PRIOR = 6, 0.1
SWEEPS, BURN_IN, KEPT_EVERY, DIRICHLET = 1500, 300, 6, 10.0


class Cells(NamedTuple):
    """Problems with equal counts together: c and n of each kind, how many there are, each problem's kind."""

    passes: Integers
    samples: Integers
    problems: Integers
    kind: Integers

    @classmethod
    def of(cls, passes: Integers, samples: Integers) -> "Cells":
        """Group I problems into U kinds."""
        pairs, kind, count = np.unique(
            np.stack([passes, samples]), axis=1, return_inverse=True, return_counts=True
        )
        return cls(pairs[0], pairs[1], count, kind.reshape(-1))


class RatePosterior(NamedTuple):
    """T mixing distributions, shape (T, G), and their weights, shape (T,), which sum to 1."""

    masses: Floats
    weight: Floats


def fit_family(family: Family, grid: RateGrid, cells: Cells, rng: np.random.Generator) -> RatePosterior:
    """Fit the mixing distribution of a family; its prior is standard normal in each parameter."""
    likelihood = grid.likelihood(cells.passes, cells.samples)
    d = family.parameters
    centre: Floats = np.zeros(d)
    root: Floats = np.eye(d)
    masses, weight = np.zeros((0, len(grid.rate))), np.zeros(0)
    for number, size in enumerate(ROUNDS):
        z = _t_draws(centre, root, size, rng) if number else rng.standard_normal((size, d))
        masses = family.masses(grid, z)
        log_weight = _log_marginal(masses, likelihood, cells.problems)
        if number:
            own = np.logaddexp(
                np.log(FROM_PRIOR) + _log_normal(z), np.log1p(-FROM_PRIOR) + _log_t(z, centre, root)
            )
            log_weight += _log_normal(z) - own
        # Before the last round a cloud that rests on one point would collapse; temper it until it does not.
        weight = _normalised(log_weight)
        broad = weight
        while number < len(ROUNDS) - 1 and 1 / (broad**2).sum() < 5 * d:
            log_weight = log_weight * 0.7
            broad = _normalised(log_weight)
        centre = broad @ z
        spread = (z - centre).T @ ((z - centre) * broad[:, None]) + 1e-6 * np.eye(d)
        root = np.asarray(np.linalg.cholesky(1.3 * spread), dtype=np.float64)
    return RatePosterior(masses, weight)


def fit_finite_mixture(grid: RateGrid, cells: Cells, rng: np.random.Generator) -> RatePosterior:
    """Fit a finite mixture of narrow components, a smooth histogram of logit p.

    The prior is Dirichlet with 10 problems' worth of mass in all, evenly over the components, p = 0 too.
    """
    components = bumps(grid)
    likelihood = grid.likelihood(cells.passes, cells.samples) @ components.T
    prior = np.full(len(components), DIRICHLET / len(components))
    share = np.full(len(components), 1 / len(components))
    kept = []
    for sweep in range(SWEEPS):
        chance = likelihood * share + 1e-300
        counts = rng.multinomial(cells.problems, chance / chance.sum(axis=1, keepdims=True)).sum(axis=0)
        share = rng.dirichlet(prior + counts)
        if sweep >= BURN_IN and sweep % KEPT_EVERY == 0:
            kept.append(share)
    return RatePosterior(np.array(kept) @ components, np.full(len(kept), 1 / len(kept)))


def held_back_score(
    fitted: RatePosterior, grid: RateGrid, part: tuple[Integers, Integers], whole: tuple[Integers, Integers]
) -> float:
    """Log predictive likelihood of the samples in `whole` but not in `part`, summed over problems.

    `fitted` is a posterior given `part`. A constant that is the same for every posterior is left out.
    """
    pairs, count = np.unique(np.stack([*part, *whole]), axis=1, return_counts=True)
    before = fitted.masses @ grid.likelihood(pairs[0], pairs[1]).T
    after = fitted.masses @ grid.likelihood(pairs[2], pairs[3]).T
    ratio = fitted.weight @ (after / np.maximum(before, 1e-300))
    return float(count @ np.log(np.maximum(ratio, 1e-300)))


def _log_marginal(masses: Floats, likelihood: Floats, count: Integers) -> Floats:
    return np.asarray(np.log(np.maximum(masses @ likelihood.T, 1e-300)) @ count)


def _normalised(log_weight: Floats) -> Floats:
    weight = np.exp(log_weight - log_weight.max())
    return np.asarray(weight / weight.sum())


def _t_draws(centre: Floats, root: Floats, size: int, rng: np.random.Generator) -> Floats:
    """Draws of Student's t around the centre, one in ten from the prior instead."""
    d = len(centre)
    normal = rng.standard_normal((size, d))
    scale = np.sqrt(DEGREES / rng.chisquare(DEGREES, (size, 1)))
    return np.where(rng.random((size, 1)) < FROM_PRIOR, normal, centre + scale * (normal @ root.T))


def _log_normal(z: Floats) -> Floats:
    return np.asarray(-0.5 * (z**2).sum(axis=1) - 0.5 * z.shape[1] * np.log(2 * np.pi))


def _log_t(z: Floats, centre: Floats, root: Floats) -> Floats:
    d = len(centre)
    unit = np.linalg.solve(root, (z - centre).T)
    constant = gammaln((DEGREES + d) / 2) - gammaln(DEGREES / 2) - 0.5 * d * np.log(DEGREES * np.pi)
    tail = 0.5 * (DEGREES + d) * np.log1p((unit**2).sum(axis=0) / DEGREES)
    return np.asarray(constant - np.log(np.diag(root)).sum() - tail)

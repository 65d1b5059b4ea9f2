"""The hierarchical law's posterior: spreads by Laplace marginal likelihood, then draws for a new model.

The spreads are not plugged in: draws come from several points around their mode, weighted by evidence times
prior, so that intervals carry the doubt about them. With few models the data hardly speak about `model`, and
its prior decides how far off one more model may be.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import optimize
from scipy.special import log_ndtr, ndtri_exp

from predictor.laws.hierarchical import Design, Likelihood, Mode, Prior, Spreads, centre, find_mode
from predictor.laws.likelihood import Link

__all__ = [
    "CONTROLLED",
    "PUBLIC",
    "HyperPrior",
    "LogNormal",
    "Posterior",
    "Prediction",
    "fit_posterior",
    "truncated_normal",
]

Floats = NDArray[np.float64]


class LogNormal(NamedTuple):
    """A prior by its median and the standard deviation of its logarithm."""

    median: float
    log_sd: float


class HyperPrior(NamedTuple):
    """What is believed about the spreads before the counts; medians on eta's scale.

    `CONTROLLED` is for one lab's ladder, every model trained by one recipe: irregularity is small and the
    data may say otherwise (the scatter of the report's figure 2 about its line is 5 %). `PUBLIC` is for
    released families, whose models are off a law by 5 to 40 % and bend away from it along the way.
    """

    difficulty: LogNormal
    slope: LogNormal
    model: LogNormal
    cell: LogNormal
    drift: LogNormal
    floor: LogNormal = LogNormal(0.004, 1.0)

    def spreads(self, z: Floats) -> Spreads:
        """The spreads at z, standard normal a priori: 5 logs, a correlation's tanh, perhaps a floor's log."""
        scales = [t.median * np.exp(t.log_sd * v) for t, v in zip(self[:5], z[:5], strict=True)]
        floor = self.floor.median * np.exp(self.floor.log_sd * z[6]) if len(z) > 6 else 0.0
        difficulty, slope, model, cell, drift = scales
        return Spreads(difficulty, slope, model, cell, drift, float(np.tanh(0.6 * z[5])), float(floor))


CONTROLLED = HyperPrior(
    LogNormal(1.2, 0.8),
    LogNormal(0.03, 1.0),
    LogNormal(0.02, 1.2),
    LogNormal(0.15, 1.2),
    LogNormal(0.01, 1.2),
)
PUBLIC = HyperPrior(
    LogNormal(1.5, 1.0), LogNormal(0.08, 0.7), LogNormal(0.12, 0.8), LogNormal(0.3, 1.0), LogNormal(0.12, 0.8)
)


class Prediction(NamedTuple):
    """Draws for one target: -log p of every problem, shape (S, I), and the k of each draw, shape (S,)."""

    neg_log_p: Floats
    k: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Modes at several points of the spreads and their weights; `modes[0]` is the best.

    Attributes:
        centre: mean log compute of the training models.
    """

    modes: tuple[Mode, ...]
    weights: Floats
    design: Design
    link: Link
    centre: float

    def predict(self, x: float, size: int, rng: np.random.Generator, *, scatter: float = 0.0) -> Prediction:
        """Draws of a new model at x; its u and e are new, and u is the same for every problem.

        `scatter` is the standard deviation of x itself where the target's place is not known; every one of
        the posterior's points then takes its own x.
        """
        ahead = x - self.centre + scatter * rng.standard_normal(len(self.modes))
        shares = rng.multinomial(size, self.weights)
        parts = [
            _draw(mode, self.design, self.link, ahead=where, size=int(share), rng=rng)
            for mode, where, share in zip(self.modes, ahead, shares, strict=True)
            if share
        ]
        return Prediction(
            np.concatenate([part.neg_log_p for part in parts]), np.concatenate([p.k for p in parts])
        )


def fit_posterior(
    cells: Likelihood,
    log_flops: Floats,
    *,
    with_floor: bool = False,
    prior: Prior | None = None,
    hyper: HyperPrior | None = None,
    points: int = 24,
    seed: int = 0,
) -> Posterior:
    """Fit the spreads and the modes around them.

    Args:
        cells: the counts' likelihood, shape (I, J).
        log_flops: natural log of compute, shape (J,).
        with_floor: estimate a common floor of -log p as well.
        prior: of k and mu.
        hyper: of the spreads.
        points: how many points of the spreads to average over.
        seed: of the points.
    """
    prior, hyper = prior or Prior(), hyper or CONTROLLED
    middle = float(log_flops.mean())
    surface = _Surface(cells, Design(log_flops - middle), prior, hyper, 7 if with_floor else 6)
    best = surface.maximise()
    spread_points = surface.scatter(best, points, np.random.default_rng(seed))
    modes = tuple(surface.mode(point) for point in spread_points.points)
    heights = np.array([surface.height(m, z) for m, z in zip(modes, spread_points.points, strict=True)])
    modes = tuple(centre(mode, cells, surface.design, prior) for mode in modes)
    return Posterior(modes, spread_points.weigh(heights), surface.design, cells.link, middle)


class _Scatter(NamedTuple):
    points: Floats
    log_proposal: Floats

    def weigh(self, log_target: Floats) -> Floats:
        log_weight = log_target - self.log_proposal
        weight = np.exp(log_weight - log_weight.max())
        # One point must not speak for all: importance weights are capped at four times the even share.
        weight = np.minimum(weight / weight.sum(), 4 / len(weight))
        return np.asarray(weight / weight.sum())


class _Surface:
    """log p(counts | spreads) + log prior, over z, in which the prior is standard normal."""

    def __init__(self, cells: Likelihood, design: Design, prior: Prior, hyper: HyperPrior, size: int) -> None:
        self.cells, self.design, self.prior, self.hyper, self.size = cells, design, prior, hyper, size
        self._eta: Floats | None = None

    def mode(self, z: Floats) -> Mode:
        mode = find_mode(self.cells, self.design, self.hyper.spreads(z), self.prior, self._eta)
        if mode.converged:
            self._eta = mode.eta
        return mode

    def height(self, mode: Mode, z: Floats) -> float:
        return mode.log_evidence - 0.5 * float(np.square(z).sum())

    def cost(self, z: Floats) -> float:
        return -self.height(self.mode(z), z)

    def maximise(self) -> Floats:
        bounds = [(-4.0, 4.0)] * self.size
        found = optimize.minimize(
            self.cost,
            np.zeros(self.size),
            method="L-BFGS-B",
            bounds=bounds,
            options={"eps": 1e-3, "maxiter": 40, "ftol": 1e-6},
        )
        return np.asarray(found.x)

    def scatter(self, best: Floats, points: int, rng: np.random.Generator) -> _Scatter:
        """The mode and points drawn from a t_5 shaped by the curvature there, never wider than the prior."""
        values, vectors = np.linalg.eigh(self._curvature(best))
        sd = 1 / np.sqrt(np.maximum(values, 1.0))
        unit = rng.standard_t(5, size=(points - 1, len(best)))
        unit = np.vstack([np.zeros(len(best)), unit])
        spread = np.clip(best + (unit * sd) @ vectors.T, -4.5, 4.5)
        return _Scatter(spread, -3 * np.log1p(unit**2 / 5).sum(axis=1))  # t_5's density, up to a factor

    def _curvature(self, best: Floats, step: float = 0.15) -> Floats:
        """Second differences of the cost; the prior alone contributes 1 on the diagonal."""
        size = len(best)
        basis = np.eye(size) * step
        base = self.cost(best)
        single = [self.cost(best + b) for b in basis], [self.cost(best - b) for b in basis]
        matrix = np.zeros((size, size))
        for i in range(size):
            matrix[i, i] = single[0][i] + single[1][i] - 2 * base
            for j in range(i):
                pair = self.cost(best + basis[i] + basis[j])
                matrix[i, j] = matrix[j, i] = pair - single[0][i] - single[0][j] + base
        return matrix / step**2


def _draw(
    mode: Mode, design: Design, link: Link, *, ahead: float, size: int, rng: np.random.Generator
) -> Prediction:
    fixed = _draw_fixed(mode, size, rng)
    k, mu = fixed[:, 0], fixed[:, 1]
    contrast = np.array([1.0, -ahead])
    covariance = np.linalg.inv(mode.problem_precision)
    sd = np.sqrt(contrast @ covariance @ contrast)
    # a_i and d_i respond to the drawn fixed effects: weight * (working response - fixed part).
    towards = covariance @ contrast
    lever = np.einsum("ij,ja,ia->ij", mode.weight, design.random, towards)
    level = np.einsum("ij,ja,ia->i", mode.score, design.random, towards)
    problem = level - (fixed @ design.fixed.T) @ lever.T + sd * rng.standard_normal((size, len(sd)))
    shared = mu - k * ahead + _draw_model(mode, design, ahead, fixed[:, 2:], rng)
    eta = shared[:, None] + problem + mode.spreads.cell * rng.standard_normal((size, len(sd)))
    return Prediction(mode.spreads.floor + link.neg_log_p(np.minimum(eta, 30.0)), k)


def _draw_model(mode: Mode, design: Design, ahead: float, known: Floats, rng: np.random.Generator) -> Floats:
    """U of the target given the drawn u of the others: its walk goes on from theirs, its scatter is new."""
    walk = design.centred - design.centred.min()
    reach = ahead - design.centred.min()
    drift, model = mode.spreads.drift**2, mode.spreads.model**2
    covariance = drift * np.minimum(walk[:, None], walk[None, :]) + model * np.eye(len(walk))
    towards = drift * np.minimum(walk, reach)
    gain = np.linalg.solve(covariance, towards)
    variance = drift * max(reach, 0.0) + model - gain @ towards
    return np.asarray(known @ gain + np.sqrt(variance) * rng.standard_normal(len(known)))


def _draw_fixed(mode: Mode, size: int, rng: np.random.Generator) -> Floats:
    """Gaussian draws of k, mu, u with k truncated above 0, exactly: k first, the rest given k."""
    covariance = np.linalg.inv(mode.fixed_precision)
    mean, sd = mode.fixed[0], np.sqrt(covariance[0, 0])
    k = truncated_normal(mean, sd, rng.uniform(size=size))
    factor = np.linalg.cholesky(covariance + 1e-12 * np.eye(len(covariance)))
    normal = rng.standard_normal((size, len(covariance)))
    normal[:, 0] = (k - mean) / sd
    return np.asarray(mode.fixed + normal @ factor.T)


def truncated_normal(mean: float, sd: float, quantiles: Floats) -> Floats:
    """Quantiles of a normal distribution that is cut off below 0, however far below 0 its mean is.

    Through the logarithm of the upper tail: log P(Z > z) = log P(Z > -mean / sd) + log(1 - q).
    """
    tail = log_ndtr(mean / sd) + np.log1p(-quantiles)
    return np.asarray(np.maximum(mean - sd * ndtri_exp(tail), 0.0))

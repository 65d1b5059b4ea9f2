r"""The hierarchical law: every problem and every sample counts, nothing is dropped.

    c_ij ~ Binomial(n_ij, p_ij),   log(-log p_ij) = mu + a_i - (k + d_i)(x_j - xbar) + u_j + e_ij,   x = log C

a (difficulty) and d (slope) belong to problems, u (irregularity) to models, e (over-dispersion) to cells; all
are Gaussian. k ~ N(.2, .15) truncated above 0. With a floor f, -log p_ij = f + exp(...), for problems that
stay imperfect. Averaged over problems of like difficulty this is the report's alpha C^-k.

The joint posterior given the spreads is log-concave (without a floor); Newton's method finds its mode, each
step eliminating cells, then problems (2 x 2 blocks), then solving for mu, k and u. `Mode.log_evidence` is
Laplace's approximation of the marginal likelihood of the spreads.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from predictor.laws.likelihood import Information, Link

__all__ = ["Design", "Likelihood", "Mode", "Prior", "Spreads", "centre", "find_mode"]

Floats = NDArray[np.float64]
MAX_STEPS = 60
TOLERANCE = 1e-5
MEAN_STEPS = 12
# Gauss-Hermite quadrature for a standard normal.
_RAW_NODES, _RAW_WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
NODES, NODE_WEIGHTS = _RAW_NODES, _RAW_WEIGHTS / _RAW_WEIGHTS.sum()


class Likelihood(Protocol):
    """What the law needs of its data: evidence about eta cell by cell, shape (I, J)."""

    @property
    def constant(self) -> float:
        """The part of the log-likelihood that eta does not move."""

    @property
    def link(self) -> Link:
        """How eta becomes -log p."""

    def start(self) -> Floats:
        """A first eta, shape (I, J)."""

    def information(self, eta: Floats, floor: float) -> Information:
        """Log-likelihood, gradient and curvature at eta."""


class Spreads(NamedTuple):
    """Standard deviations of a, d, u, e on eta's scale, correlation of a and d, floor of -log p (0: none)."""

    difficulty: float
    slope: float
    model: float
    cell: float
    drift: float
    correlation: float = 0.0
    floor: float = 0.0

    @property
    def problem_covariance(self) -> Floats:
        """Of (a_i, d_i), shape (2, 2)."""
        cross = self.correlation * self.difficulty * self.slope
        return np.array([[self.difficulty**2, cross], [cross, self.slope**2]])


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed before the counts.

    k: mean and sd of the common slope, before truncation at 0 (FORECASTING: the published laws lie in
    .05-.4).
    level_sd: of mu, wide on purpose.
    """

    k_mean: float = 0.2
    k_sd: float = 0.15
    level_sd: float = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """J models' log compute, centred: x_j - xbar, shape (J,)."""

    centred: Floats

    @property
    def fixed(self) -> Floats:
        """Columns for k, mu and each u_j, shape (J, 2 + J); k first, so that its draws can be truncated."""
        count = len(self.centred)
        return np.column_stack([-self.centred, np.ones(count), np.eye(count)])

    @property
    def random(self) -> Floats:
        """Columns for a_i and d_i, shape (J, 2)."""
        return np.column_stack([np.ones(len(self.centred)), -self.centred])


@dataclass(frozen=True, slots=True, eq=False)
class Mode:
    """The posterior's mode and its Gaussian neighbourhood, given the spreads.

    Attributes:
        eta: log(-log p) of each cell, shape (I, J).
        fixed: k, mu, u_1..u_J; `fixed_precision` their posterior precision.
        problem_precision: of (a_i, d_i) given the fixed effects, shape (I, 2, 2).
        weight, score: each cell's precision tau about the linear predictor once e is integrated out, and tau
            times its working response, shape (I, J).
        log_evidence: log p(counts | spreads), Laplace.
        converged: whether Newton's steps died out.
    """

    spreads: Spreads
    eta: Floats
    fixed: Floats
    fixed_precision: Floats
    problem_precision: Floats
    weight: Floats
    score: Floats
    log_evidence: float
    converged: bool


class _Step(NamedTuple):
    fixed: Floats
    fixed_precision: Floats
    problem_precision: Floats
    problem_effects: Floats
    weight: Floats
    score: Floats

    def linear(self, design: Design) -> Floats:
        """Eta without the cells' own e, shape (I, J)."""
        return np.asarray(self.problem_effects @ design.random.T + design.fixed @ self.fixed)


def find_mode(
    cells: Likelihood, design: Design, spreads: Spreads, prior: Prior, start: Floats | None = None
) -> Mode:
    """Newton's method for all latents at once, from `start` (eta, shape (I, J)) or from the raw rates."""
    eta = cells.start() if start is None else start
    converged = False
    for _ in range(MAX_STEPS):
        step, proposal = _advance(cells.information(eta, spreads.floor), eta, design, spreads, prior)
        # A raw Newton step from a flat tail can overshoot by orders of magnitude; a capped one cannot.
        change = np.clip(proposal - eta, -2.0, 2.0)
        eta = eta + change
        if float(np.abs(change).max()) < TOLERANCE:
            converged = True
            break
    evidence = _log_evidence(cells, eta, step, design, spreads=spreads, prior=prior)
    return Mode(
        spreads,
        eta,
        step.fixed,
        step.fixed_precision,
        step.problem_precision,
        step.weight,
        step.score,
        evidence,
        converged,
    )


def centre(mode: Mode, cells: Likelihood, design: Design, prior: Prior) -> Mode:
    """The mode moved to the posterior's mean, which skewness parts from it.

    A never-solved problem's eta has a long upper tail, and its mode underrates -log p. As in the Gaussian
    variational approximation (Opper & Archambeau 2009), gradient and curvature are averaged over each cell's
    own Gaussian, and the Newton iteration repeated until that is consistent; the spreads stay as they were
    fitted.
    """
    eta, spreads = mode.eta, mode.spreads
    problem_precision, curvature = mode.problem_precision, cells.information(eta, spreads.floor).curvature
    for _ in range(MEAN_STEPS):
        sd = _cell_sd(problem_precision, curvature, design, spreads)
        information = _averaged(cells, eta, sd, spreads.floor)
        step, proposal = _advance(information, eta, design, spreads, prior)
        eta = eta + np.clip(0.8 * (proposal - eta), -1.0, 1.0)
        problem_precision, curvature = step.problem_precision, information.curvature
    return replace(
        mode,
        eta=eta,
        fixed=step.fixed,
        fixed_precision=step.fixed_precision,
        problem_precision=step.problem_precision,
        weight=step.weight,
        score=step.score,
    )


def _cell_sd(problem_precision: Floats, curvature: Floats, design: Design, spreads: Spreads) -> Floats:
    """Posterior standard deviation of eta per cell, given the fixed effects."""
    shrink = 1 + spreads.cell**2 * curvature
    shared = np.einsum("ja,iab,jb->ij", design.random, _inverse_2x2(problem_precision), design.random)
    return np.asarray(np.sqrt(spreads.cell**2 / shrink + shared / shrink**2))


def _averaged(cells: Likelihood, eta: Floats, sd: Floats, floor: float) -> Information:
    parts = [cells.information(eta + node * sd, floor) for node in NODES]
    return Information(
        *(np.tensordot(NODE_WEIGHTS, np.stack(field), 1) for field in zip(*parts, strict=True))
    )


def _advance(
    information: Information, eta: Floats, design: Design, spreads: Spreads, prior: Prior
) -> tuple[_Step, Floats]:
    """One joint Newton step of everything, and where it puts eta."""
    target = information.gradient + information.curvature * eta
    step = _solve(target, information.curvature, design, spreads, prior)
    variance = spreads.cell**2
    return step, (step.linear(design) + variance * target) / (1 + variance * information.curvature)


def _solve(target: Floats, curvature: Floats, design: Design, spreads: Spreads, prior: Prior) -> _Step:
    """Solve the Gaussian system of one Newton step; `target` is curvature times the working response."""
    shrink = 1 + spreads.cell**2 * curvature
    weight, score = curvature / shrink, target / shrink
    fixed, random = design.fixed, design.random
    weighted = weight[:, :, None] * random
    precision = random.T @ weighted + np.linalg.inv(spreads.problem_covariance)
    cross = np.swapaxes(weighted, 1, 2) @ fixed
    covariance = _inverse_2x2(precision)
    gain = covariance @ cross
    fixed_precision = (fixed.T * weight.sum(axis=0)) @ fixed - np.einsum("iaf,iag->fg", cross, gain)
    fixed_precision += _prior_precision(design, spreads, prior)
    pull = score @ random
    right = fixed.T @ score.sum(axis=0) - np.einsum("iaf,ia->f", gain, pull)
    right[0] += prior.k_mean / prior.k_sd**2
    solution = np.linalg.solve(fixed_precision, right)
    effects = np.einsum("iab,ib->ia", covariance, pull) - gain @ solution
    return _Step(solution, fixed_precision, precision, effects, weight, score)


def _inverse_2x2(matrix: Floats) -> Floats:
    a, b, d = matrix[:, 0, 0], matrix[:, 0, 1], matrix[:, 1, 1]
    return np.stack([np.stack([d, -b], -1), np.stack([-b, a], -1)], -2) / (a * d - b * b)[:, None, None]


def _prior_precision(design: Design, spreads: Spreads, prior: Prior) -> Floats:
    size = len(design.centred)
    precision = np.zeros((size + 2, size + 2))
    precision[0, 0], precision[1, 1] = prior.k_sd**-2, prior.level_sd**-2
    walk = design.centred - design.centred.min()
    covariance = spreads.drift**2 * np.minimum(walk[:, None], walk[None, :]) + spreads.model**2 * np.eye(size)
    precision[2:, 2:] = np.linalg.inv(covariance)
    return precision


def _log_evidence(
    cells: Likelihood, eta: Floats, step: _Step, design: Design, *, spreads: Spreads, prior: Prior
) -> float:
    """Log joint density at the mode, less half the log determinant of its curvature; 2 pi cancels."""
    information = cells.information(eta, spreads.floor)
    covariance = spreads.problem_covariance
    offset = np.concatenate([[step.fixed[0] - prior.k_mean], step.fixed[1:]])
    prior_precision = _prior_precision(design, spreads, prior)
    squares = (
        (((eta - step.linear(design)) / spreads.cell) ** 2).sum()
        + np.einsum("ia,ab,ib->", step.problem_effects, np.linalg.inv(covariance), step.problem_effects)
        + offset @ prior_precision @ offset
    )
    problem = step.problem_precision
    determinant = problem[:, 0, 0] * problem[:, 1, 1] - problem[:, 0, 1] ** 2
    log_determinants = (
        np.log1p(spreads.cell**2 * information.curvature).sum()
        + np.log(determinant * np.linalg.det(covariance)).sum()
        + np.linalg.slogdet(step.fixed_precision)[1]
        - np.linalg.slogdet(prior_precision)[1]
    )
    return float(information.log_likelihood.sum() + cells.constant - 0.5 * (squares + log_determinants))

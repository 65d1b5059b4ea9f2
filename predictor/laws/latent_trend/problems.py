r"""A problem's own effects integrated out: log Z_i = log of the likelihood of problem i's counts.

    theta_ij = f_j + a_i - d_i x_j,    eta_ij = log(e^theta_ij + floor) + e_ij
    (a_i, d_i) ~ N(0, S),    e_ij ~ N(0, cell^2)

Each e is integrated by Laplace's method, (a, d) by Gauss-Hermite quadrature around the problem's mode. Where
a problem has few passes, or few failures, its posterior is one-sided, and mode and curvature mislead: the
nodes are moved to the posterior's mean and spread, found in two smaller passes. Laplace's method alone would
underrate the spread of difficulty where many problems were never solved.
"""

from typing import NamedTuple

import numpy as np
from numpy.polynomial.hermite_e import hermegauss

from predictor.arrays import Floats, Integers
from predictor.laws.latent_trend.cell_integrals import (
    CellIntegral,
    cell_mode,
    derivative_in_zeta,
    integrate_cells,
)
from predictor.laws.latent_trend.cells import Cells, with_floor
from predictor.laws.latent_trend.modes import Effects, Mode, find_modes
from predictor.laws.latent_trend.shape import Shape

__all__ = ["Integrals", "Nodes", "ProblemIntegrals"]

# Passes, or failures, of a problem over all models up to which its posterior counts as one-sided.
FEW = 30
LINK_STEP = 1e-4


class Rule(NamedTuple):
    """A product Gauss-Hermite rule in two dimensions.

    Attributes:
        at: nodes, shape (2, Q).
        log_weight: of a plain integrand: the Gaussian weight is divided out; shape (Q,).
    """

    at: Floats
    log_weight: Floats

    @classmethod
    def product(cls, first: int, second: int) -> "Rule":
        """Return the rule of `first` by `second` nodes."""
        (t, v), (u, w) = hermegauss(first), hermegauss(second)
        at = np.stack([np.repeat(t, second), np.tile(u, first)])
        weight = np.outer(v / v.sum(), w / w.sum()).ravel()
        return cls(at, np.log(weight) + 0.5 * (at**2).sum(axis=0))


PLAIN = Rule.product(3, 3)
MOVING = (Rule.product(5, 3), Rule.product(9, 3))
MOVED = Rule.product(15, 3)


class Nodes(NamedTuple):
    """The posterior of some problems' effects as weighted points.

    Attributes:
        rows: problem numbers, shape (R,).
        weight: posterior mass, shape (Q, R), each column adding up to 1.
        difficulty, slope: a and d at each node, shape (Q, R).
        moved: whether the nodes were moved to a one-sided posterior.
    """

    rows: Integers
    weight: Floats
    difficulty: Floats
    slope: Floats
    moved: bool


class Integrals(NamedTuple):
    """Log Z of every problem, shape (I,), at one point.

    Attributes:
        log_z: shape (I,).
        score: derivatives of log_z in f_1 .. f_J and the shape's fields, shape (I, J + 6); empty without
            gradient.
        nodes: the posterior of the effects.
        effects: the mode, a start for the next point.
    """

    log_z: Floats
    score: Floats
    nodes: tuple[Nodes, ...]
    effects: Effects


class ProblemIntegrals:
    """Log Z of I problems and its gradient, as a function of the levels and the shape.

    Args:
        cells: counts, shape (I, J).
        x: log compute of the models, centred, shape (J,).
    """

    def __init__(self, cells: Cells, x: Floats) -> None:
        self.cells, self.x = cells, x
        one_sided = np.minimum(cells.passes.sum(axis=1), cells.failures.sum(axis=1)) <= FEW
        self._groups = tuple(
            (rows, moved)
            for rows, moved in ((np.flatnonzero(~one_sided), False), (np.flatnonzero(one_sided), True))
            if len(rows)
        )

    def at(
        self, levels: Floats, shape: Shape, start: Effects | None = None, *, gradient: bool = True
    ) -> Integrals:
        """Integrate at the levels f, shape (J,), and a shape.

        Args:
            levels: f.
            shape: spreads and forms.
            start: the mode of a nearby point; without it the counts give a start.
            gradient: compute `score` as well.
        """
        mode = find_modes(self.cells, self.x, levels, shape, start)
        problems, models = mode.effects.cell.shape
        log_z = np.empty(problems)
        score = np.zeros((problems, models + len(shape))) if gradient else np.empty((problems, 0))
        nodes = []
        for rows, moved in self._groups:
            part = _Part(self.cells.rows(rows), self.x, levels, shape, mode.rows(rows))
            log_z[rows], found, gradients = part.integrate(rows, moved=moved, gradient=gradient)
            score[rows] = gradients
            nodes.append(found)
        return Integrals(log_z, score, tuple(nodes), mode.effects)

    def always(self, shape: Shape) -> tuple[Floats, Floats]:
        """Return the log-likelihood of problems that always pass, -log p = floor e^e, and d / d floor."""
        zeta = np.full_like(self.cells.passes, np.log(shape.floor))
        variance, eta = shape.cell**2, zeta
        eta = cell_mode(self.cells, eta, zeta, variance, shape.link)
        found = integrate_cells(self.cells, eta, zeta, variance, shape.link)
        return found.value.sum(axis=1), derivative_in_zeta(found, variance).sum(axis=1) / shape.floor


class _Evaluated(NamedTuple):
    """A quadrature: log Z, nodes' weights, effects, and each cell's integral at every node."""

    log_z: Floats
    weight: Floats
    difficulty: Floats
    slope: Floats
    cell: CellIntegral
    zeta: Floats
    bend: Floats
    eta: Floats


class _Part:
    """The integrals of one group of problems around their modes; nodes come first: shape (Q, R, J)."""

    def __init__(self, cells: Cells, x: Floats, levels: Floats, shape: Shape, mode: Mode) -> None:
        self.cells, self.x, self.levels, self.shape = cells, x, levels, shape
        self.problem, self.cell = mode.effects
        self.l00, self.l10, self.l11 = mode.root.T
        self.variance = shape.cell**2
        self.precision = np.linalg.inv(shape.covariance)
        self.at_mode = levels + self.problem[:, :1] - self.problem[:, 1:] * x
        self.zeta = with_floor(self.at_mode, shape.floor)[0]
        curvature = cells.derivatives(self.zeta + self.cell, shape.link).curvature
        # How far e follows when zeta moves: de / dzeta at the mode.
        self.response = self.variance * curvature / (1 + self.variance * curvature)

    def integrate(self, rows: Integers, *, moved: bool, gradient: bool) -> tuple[Floats, Nodes, Floats]:
        """Log Z (R,), the posterior of the effects, and the score, (R, J + 6) or (R, 0)."""
        if moved:
            found = self._evaluate(*self._moved())
        else:
            ones = np.ones(len(rows))
            found = self._evaluate(PLAIN.at[:, :, None] * ones, PLAIN.log_weight[:, None] * ones)
        nodes = Nodes(rows, found.weight, found.difficulty, found.slope, moved)
        return found.log_z, nodes, self._score(found) if gradient else np.empty((len(rows), 0))

    def _moved(self) -> tuple[Floats, Floats]:
        """Nodes, shape (2, Q, R), and log weights where each posterior has its mean and spread."""
        size = len(self.l00)
        shift, r00, r10, r11 = np.zeros((2, size)), np.ones(size), np.zeros(size), np.ones(size)

        def place(rule: Rule) -> tuple[Floats, Floats]:
            t, u = rule.at[:, :, None]
            at = np.stack([shift[0] + r00 * t, shift[1] + r10 * t + r11 * u])
            return at, rule.log_weight[:, None] + np.log(r00 * r11)

        for rule in MOVING:
            at, log_weight = place(rule)
            weight = self._evaluate(at, log_weight).weight
            shift = (weight * at).sum(axis=1)
            t, u = at - shift[:, None]
            # A spread is not taken for less than a share of Laplace's: two small passes may miss a tail.
            r00 = np.sqrt(np.maximum((weight * t * t).sum(axis=0), 0.5))
            r10 = (weight * t * u).sum(axis=0) / r00
            r11 = np.sqrt(np.maximum((weight * u * u).sum(axis=0) - r10**2, 0.3))
        return place(MOVED)

    def _evaluate(self, at: Floats, log_weight: Floats) -> _Evaluated:
        """The quadrature at nodes in coordinates whitened at the mode."""
        a = self.problem[:, 0] + self.l00 * at[0]
        d = self.problem[:, 1] + self.l10 * at[0] + self.l11 * at[1]
        p = self.precision
        log_prior = -0.5 * (p[0, 0] * a**2 + 2 * p[0, 1] * a * d + p[1, 1] * d**2)
        log_prior = log_prior + 0.5 * np.linalg.slogdet(p)[1]
        theta = self.levels + a[..., None] - d[..., None] * self.x
        zeta, bend = with_floor(theta, self.shape.floor)
        eta = zeta + self.cell - self.response * (zeta - self.zeta)
        eta = cell_mode(self.cells, eta, zeta, self.variance, self.shape.link)
        cell = integrate_cells(self.cells, eta, zeta, self.variance, self.shape.link)
        log_node = cell.value.sum(axis=-1) + log_prior + log_weight + np.log(self.l00 * self.l11)
        top = log_node.max(axis=0)
        weight = np.exp(log_node - top)
        total = weight.sum(axis=0)
        return _Evaluated(np.log(total) + top, weight / total, a, d, cell, zeta, bend, eta)

    def _score(self, found: _Evaluated) -> Floats:
        """Derivatives of log Z in the levels and the shape: posterior means of those of the integrand."""
        variance, weight, cell = self.variance, found.weight, found.cell
        lean = derivative_in_zeta(cell, variance)
        in_levels = np.einsum("qr,qrj->rj", weight, lean * found.bend)
        in_floor = np.einsum("qr,qrj->r", weight, lean * (1 - found.bend)) / self.shape.floor
        in_variance = (
            0.5 * (cell.mode / variance) ** 2
            - 0.5 * cell.at.curvature / cell.shrink
            + 0.5 * cell.at.third * cell.mode / cell.shrink**2
        )
        in_cell = np.einsum("qr,qrj->r", weight, in_variance) * 2 * self.shape.cell
        further = self.shape.link * (1 + LINK_STEP)
        other = integrate_cells(self.cells, found.eta, found.zeta, variance, further)
        # The second part: the mode of e moves with the link, and the curvature there with it.
        gain = other.value - cell.value
        gain = gain + 0.5 * variance * cell.at.third * (other.mode - cell.mode) / cell.shrink
        in_link = np.einsum("qr,qrj->r", weight, gain) / (further - self.shape.link)
        in_prior = self._prior_score(found)
        return np.column_stack([in_levels, *in_prior, in_cell, in_link, in_floor])

    def _prior_score(self, found: _Evaluated) -> tuple[Floats, Floats, Floats]:
        """Derivatives of E log N((a, d); 0, S) in difficulty, slope and correlation, each shape (R,)."""
        a, d, weight, p = found.difficulty, found.slope, found.weight, self.precision
        moments = np.array([[(weight * u * v).sum(axis=0) for u in (a, d)] for v in (a, d)])
        inner = 0.5 * (np.einsum("ab,bcr,cd->rad", p, moments, p) - p)
        first, second, rho = self.shape.difficulty, self.shape.slope, self.shape.correlation
        changes = (
            np.array([[2 * first, rho * second], [rho * second, 0.0]]),
            np.array([[0.0, rho * first], [rho * first, 2 * second]]),
            np.array([[0.0, first * second], [first * second, 0.0]]),
        )
        in_difficulty, in_slope, in_correlation = (np.einsum("rab,ab->r", inner, c) for c in changes)
        return in_difficulty, in_slope, in_correlation

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
from predictor.laws.latent_trend.cells import Cells, Derivatives, with_floor
from predictor.laws.latent_trend.shape import Shape

__all__ = ["Effects", "Integrals", "Nodes", "ProblemIntegrals"]

# Passes, or failures, of a problem over all models up to which its posterior counts as one-sided.
FEW = 30
MAX_STEPS, TOLERANCE, LONGEST_STEP = 40, 1e-4, 2.0
MOST_CELL_STEPS, SMALL_STEP = 8, 0.3
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
        """The rule of `first` by `second` nodes."""
        (t, v), (u, w) = hermegauss(first), hermegauss(second)
        at = np.stack([np.repeat(t, second), np.tile(u, first)])
        weight = np.outer(v / v.sum(), w / w.sum()).ravel()
        return cls(at, np.log(weight) + 0.5 * (at**2).sum(axis=0))


PLAIN = Rule.product(3, 3)
MOVING = (Rule.product(5, 3), Rule.product(9, 3))
MOVED = Rule.product(15, 3)


class Effects(NamedTuple):
    """A mode: (a, d) of each problem, shape (I, 2), and e of each cell, shape (I, J)."""

    problem: Floats
    cell: Floats


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


class _Mode(NamedTuple):
    """The modes with the lower Cholesky factor (l00, l10, l11) of the inverse curvature, shape (I, 3)."""

    effects: Effects
    root: Floats


class _CellIntegral(NamedTuple):
    """Log of the integral over e of each cell, and what it was made from."""

    value: Floats
    mode: Floats
    shrink: Floats
    at: Derivatives


def _integrate_cells(cells: Cells, eta: Floats, zeta: Floats, variance: float, link: float) -> _CellIntegral:
    """Laplace's integral over e = eta - zeta, from the quadratic at an eta that need not be the mode."""
    found = cells.derivatives(eta, link)
    error, shrink = eta - zeta, 1 + variance * found.curvature
    pull = (variance * found.gradient - error) / variance
    step = np.clip(pull * variance / shrink, -SMALL_STEP, SMALL_STEP)
    value = found.value - 0.5 * error**2 / variance - 0.5 * np.log(shrink)
    gain = pull * step - 0.5 * step**2 * shrink / variance
    return _CellIntegral(value + gain, error + step, shrink, found)


def _cell_mode(cells: Cells, eta: Floats, zeta: Floats, variance: float, link: float) -> Floats:
    """Eta near the mode of e: Newton's method until no step is long, so that a quadratic does the rest."""
    for _ in range(MOST_CELL_STEPS):
        found = cells.derivatives(eta, link)
        step = (variance * found.gradient - (eta - zeta)) / (1 + variance * found.curvature)
        eta = eta + np.clip(step, -LONGEST_STEP, LONGEST_STEP)
        if float(np.abs(step).max()) < SMALL_STEP:
            break
    return eta


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
        mode = self._mode(levels, shape, start)
        problems, models = mode.effects.cell.shape
        log_z = np.empty(problems)
        score = np.zeros((problems, models + len(shape))) if gradient else np.empty((problems, 0))
        nodes = []
        for rows, moved in self._groups:
            part = _Part(self.cells.rows(rows), self.x, levels, shape, _rows_of(mode, rows))
            log_z[rows], found, gradients = part.integrate(rows, moved=moved, gradient=gradient)
            score[rows] = gradients
            nodes.append(found)
        return Integrals(log_z, score, tuple(nodes), mode.effects)

    def always(self, shape: Shape) -> tuple[Floats, Floats]:
        """Log-likelihood of every problem as one that always passes, -log p = floor e^e, and d / d floor."""
        zeta = np.full_like(self.cells.passes, np.log(shape.floor))
        variance, eta = shape.cell**2, zeta
        eta = _cell_mode(self.cells, eta, zeta, variance, shape.link)
        found = _integrate_cells(self.cells, eta, zeta, variance, shape.link)
        return found.value.sum(axis=1), _lean(found, variance).sum(axis=1) / shape.floor

    def _start(self, levels: Floats) -> Effects:
        """Difficulties from the raw rates, shrunk; slopes and cells at 0."""
        n = self.cells.samples
        raw = np.log(-np.log((self.cells.passes + 0.5) / (n + 1)))
        weight = n / (n + 20)
        gap = np.where(n > 0, raw - levels, 0.0)
        a = (gap * weight).sum(axis=1) / (weight.sum(axis=1) + 0.3)
        return Effects(np.column_stack([a, np.zeros_like(a)]), np.zeros_like(n))

    def _mode(self, levels: Floats, shape: Shape, start: Effects | None) -> _Mode:
        """Newton's method: every e eliminated first, then a 2 x 2 system for each problem.

        Under a floor the likelihood is not log-concave, and a start from elsewhere may lead nowhere; the
        counts' own start is then tried.
        """
        mode, settled = self._climb(levels, shape, start or self._start(levels))
        if not settled and start is not None:
            mode, _ = self._climb(levels, shape, self._start(levels))
        return mode

    def _climb(self, levels: Floats, shape: Shape, start: Effects) -> tuple[_Mode, bool]:
        variance, precision, x = shape.cell**2, np.linalg.inv(shape.covariance), self.x
        problem = start.problem
        theta = levels + problem[:, :1] - problem[:, 1:] * x
        eta = with_floor(theta, shape.floor)[0] + start.cell
        settled = False
        for _ in range(MAX_STEPS):
            zeta, bend = with_floor(theta, shape.floor)
            found = self.cells.derivatives(eta, shape.link)
            curvature = np.maximum(found.curvature, 1e-10)
            shrink = 1 + variance * curvature
            weight = bend**2 * curvature / shrink
            # The cell's quadratic in eta, with e maximised out, as one in theta.
            pull = bend * (found.gradient + curvature * (eta - zeta)) / shrink + weight * (theta - levels)
            h00 = weight.sum(axis=1) + precision[0, 0]
            h01 = -(weight * x).sum(axis=1) + precision[0, 1]
            h11 = (weight * x**2).sum(axis=1) + precision[1, 1]
            determinant = h00 * h11 - h01**2
            r0, r1 = pull.sum(axis=1), -(pull * x).sum(axis=1)
            problem = np.column_stack([h11 * r0 - h01 * r1, h00 * r1 - h01 * r0]) / determinant[:, None]
            wanted = levels + problem[:, :1] - problem[:, 1:] * x
            move = np.clip(wanted - theta, -LONGEST_STEP, LONGEST_STEP)
            aim = (zeta + bend * move + variance * (found.gradient + curvature * eta)) / shrink
            change = np.clip(aim - eta, -LONGEST_STEP, LONGEST_STEP)
            theta, eta = theta + move, eta + change
            settled = max(float(np.abs(change).max()), float(np.abs(move).max())) < TOLERANCE
            if settled:
                break
        at_mode = levels + problem[:, :1] - problem[:, 1:] * x
        l00 = np.sqrt(h11 / determinant)
        l10 = -h01 / determinant / l00
        l11 = np.sqrt(np.maximum(h00 / determinant - l10**2, 1e-300))
        effects = Effects(problem, eta - with_floor(at_mode, shape.floor)[0])
        return _Mode(effects, np.column_stack([l00, l10, l11])), settled


def _rows_of(mode: _Mode, rows: Integers) -> _Mode:
    return _Mode(Effects(mode.effects.problem[rows], mode.effects.cell[rows]), mode.root[rows])


def _lean(found: _CellIntegral, variance: float) -> Floats:
    """Derivative of a cell's log integral in zeta: e / cell^2 at the mode, and what the curvature adds."""
    return found.mode / variance + 0.5 * variance * found.at.third / found.shrink**2


class _Evaluated(NamedTuple):
    """A quadrature: log Z, nodes' weights, effects, and each cell's integral at every node."""

    log_z: Floats
    weight: Floats
    difficulty: Floats
    slope: Floats
    cell: _CellIntegral
    zeta: Floats
    bend: Floats
    eta: Floats


class _Part:
    """The integrals of one group of problems around their modes; nodes come first: shape (Q, R, J)."""

    def __init__(self, cells: Cells, x: Floats, levels: Floats, shape: Shape, mode: _Mode) -> None:
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
        eta = _cell_mode(self.cells, eta, zeta, self.variance, self.shape.link)
        cell = _integrate_cells(self.cells, eta, zeta, self.variance, self.shape.link)
        log_node = cell.value.sum(axis=-1) + log_prior + log_weight + np.log(self.l00 * self.l11)
        top = log_node.max(axis=0)
        weight = np.exp(log_node - top)
        total = weight.sum(axis=0)
        return _Evaluated(np.log(total) + top, weight / total, a, d, cell, zeta, bend, eta)

    def _score(self, found: _Evaluated) -> Floats:
        """Derivatives of log Z in the levels and the shape: posterior means of those of the integrand."""
        variance, weight, cell = self.variance, found.weight, found.cell
        lean = _lean(cell, variance)
        in_levels = np.einsum("qr,qrj->rj", weight, lean * found.bend)
        in_floor = np.einsum("qr,qrj->r", weight, lean * (1 - found.bend)) / self.shape.floor
        in_variance = (
            0.5 * (cell.mode / variance) ** 2
            - 0.5 * cell.at.curvature / cell.shrink
            + 0.5 * cell.at.third * cell.mode / cell.shrink**2
        )
        in_cell = np.einsum("qr,qrj->r", weight, in_variance) * 2 * self.shape.cell
        further = self.shape.link * (1 + LINK_STEP)
        other = _integrate_cells(self.cells, found.eta, found.zeta, variance, further).value
        in_link = np.einsum("qr,qrj->r", weight, other - cell.value) / (further - self.shape.link)
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

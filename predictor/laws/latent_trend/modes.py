"""The mode of every problem's own effects, by Newton's method on all problems at once."""

from typing import NamedTuple

import numpy as np

from predictor.arrays import Floats, Integers
from predictor.laws.latent_trend.cells import Cells, with_floor
from predictor.laws.latent_trend.shape import Shape

__all__ = ["Effects", "Mode", "find_modes"]

MAX_STEPS, TOLERANCE, LONGEST_STEP = 40, 1e-4, 2.0


class Effects(NamedTuple):
    """A mode: (a, d) of each problem, shape (I, 2), and e of each cell, shape (I, J)."""

    problem: Floats
    cell: Floats


class Mode(NamedTuple):
    """The modes with the lower Cholesky factor (l00, l10, l11) of the inverse curvature, shape (I, 3)."""

    effects: Effects
    root: Floats

    def rows(self, problems: Integers) -> "Mode":
        """Return the modes of some problems."""
        effects = Effects(self.effects.problem[problems], self.effects.cell[problems])
        return Mode(effects, self.root[problems])


def find_modes(cells: Cells, x: Floats, levels: Floats, shape: Shape, start: Effects | None = None) -> Mode:
    """Find the modes by Newton's method: eliminate every e, then solve a 2 x 2 system per problem.

    Under a floor the likelihood is not log-concave, and a start from elsewhere may lead nowhere; the
    counts' own start is then tried.
    """
    mode, settled = _climb(cells, x, levels, shape, start or _start(cells, levels))
    if not settled and start is not None:
        mode, _ = _climb(cells, x, levels, shape, _start(cells, levels))
    return mode


def _start(cells: Cells, levels: Floats) -> Effects:
    """Difficulties from the raw rates, shrunk; slopes and cells at 0."""
    n = cells.samples
    raw = np.log(-np.log((cells.passes + 0.5) / (n + 1)))
    weight = n / (n + 20)
    gap = np.where(n > 0, raw - levels, 0.0)
    a = (gap * weight).sum(axis=1) / (weight.sum(axis=1) + 0.3)
    return Effects(np.column_stack([a, np.zeros_like(a)]), np.zeros_like(n))


def _climb(cells: Cells, x: Floats, levels: Floats, shape: Shape, start: Effects) -> tuple[Mode, bool]:
    variance, precision = shape.cell**2, np.linalg.inv(shape.covariance)
    problem = start.problem
    theta = levels + problem[:, :1] - problem[:, 1:] * x
    eta = with_floor(theta, shape.floor)[0] + start.cell
    settled = False
    for _ in range(MAX_STEPS):
        zeta, bend = with_floor(theta, shape.floor)
        found = cells.derivatives(eta, shape.link)
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
    return Mode(effects, np.column_stack([l00, l10, l11])), settled

r"""The deviation e of every cell integrated out by Laplace's method.

Given zeta, eta = zeta + e with e ~ N(0, cell^2).
"""

from typing import NamedTuple

import numpy as np

from predictor.arrays import Floats
from predictor.laws.latent_trend.cells import Cells, Derivatives

__all__ = ["CellIntegral", "cell_mode", "derivative_in_zeta", "integrate_cells"]

MOST_STEPS, LONGEST_STEP, SMALL_STEP = 8, 2.0, 0.3


class CellIntegral(NamedTuple):
    """Log of the integral over e of each cell, and what it was made from."""

    value: Floats
    mode: Floats
    shrink: Floats
    at: Derivatives


def integrate_cells(cells: Cells, eta: Floats, zeta: Floats, variance: float, link: float) -> CellIntegral:
    """Integrate over e = eta - zeta by Laplace's method, from the quadratic at any eta."""
    found = cells.derivatives(eta, link)
    error, shrink = eta - zeta, 1 + variance * found.curvature
    pull = (variance * found.gradient - error) / variance
    step = np.clip(pull * variance / shrink, -SMALL_STEP, SMALL_STEP)
    value = found.value - 0.5 * error**2 / variance - 0.5 * np.log(shrink)
    gain = pull * step - 0.5 * step**2 * shrink / variance
    return CellIntegral(value + gain, error + step, shrink, found)


def cell_mode(cells: Cells, eta: Floats, zeta: Floats, variance: float, link: float) -> Floats:
    """Find eta near the mode of e by Newton's method, until every step is short."""
    for _ in range(MOST_STEPS):
        found = cells.derivatives(eta, link)
        step = (variance * found.gradient - (eta - zeta)) / (1 + variance * found.curvature)
        eta = eta + np.clip(step, -LONGEST_STEP, LONGEST_STEP)
        if float(np.abs(step).max()) < SMALL_STEP:
            break
    return eta


def derivative_in_zeta(found: CellIntegral, variance: float) -> Floats:
    """Return the derivative of a cell's log integral in zeta: e / cell^2 at the mode, plus the curvature."""
    return found.mode / variance + 0.5 * variance * found.at.third / found.shrink**2

r"""What the count of one problem and model tells about its linear predictor eta.

    m(eta) = log(1 + L e^eta) / L = -log p,    log-likelihood = (n - c) log(1 - e^-m) - c m

Averaging exp(-z e^eta) over attempts whose difficulty z is Gamma with mean 1 and variance L gives this p.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from predictor.arrays import Floats, Integers
from predictor.estimators import neg_log_pass
from predictor.tables.pass_counts import PassCounts

__all__ = ["Cells", "Derivatives", "cells_of", "neg_log_p", "with_floor"]

# Beyond these p is 1 - 1e-11, or below e^-30 at the least link: no count tells the difference.
LOWEST_ETA, HIGHEST_ETA = -25.0, 30.0
ENOUGH_PASSES = 5
# Degrees of freedom of the Student-t likelihood of log NLL: near-Gaussian near the fit, robust to outliers.
NLL_DEGREES = 4.0


class Derivatives(NamedTuple):
    """Log-likelihood and its derivatives, each of the shape of eta; `curvature` is minus the second."""

    value: Floats
    gradient: Floats
    curvature: Floats
    third: Floats


def neg_log_p(eta: Floats, link: float) -> Floats:
    """Return -log p in nats at eta."""
    return np.asarray(np.log1p(link * np.exp(np.clip(eta, LOWEST_ETA, HIGHEST_ETA))) / link)


def with_floor(theta: Floats, floor: float) -> tuple[Floats, Floats]:
    """Return log(e^theta + floor) and its derivative in theta."""
    raised = np.logaddexp(theta, np.log(floor))
    return raised, np.exp(theta - raised)


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Counts of I problems and J models, problems first, shape (I, J).

    Attributes:
        passes, failures: c and n - c.
        log_nll: log of the canonical solution's negative log-likelihood less its bias, where it stands in
            for rare passes; else nan.
        nll_precision: 1 / squared scale of `log_nll` about log m; 0 where no NLL is used.
    """

    passes: Floats
    failures: Floats
    log_nll: Floats
    nll_precision: float = 0.0

    @property
    def samples(self) -> Floats:
        """Return n, the number of samples of each cell."""
        return self.passes + self.failures

    def rows(self, problems: Integers) -> "Cells":
        """Return the cells of some problems."""
        return Cells(
            self.passes[problems], self.failures[problems], self.log_nll[problems], self.nll_precision
        )

    def derivatives(self, eta: Floats, link: float) -> Derivatives:
        """Return the log-likelihood at eta, shape (..., I, J), and its derivatives."""
        grown = np.exp(np.clip(eta, LOWEST_ETA, HIGHEST_ETA))
        m = np.log1p(link * grown) / link
        first = grown / (1 + link * grown)
        second = first * (1 - link * first)
        third = second * (1 - 2 * link * first)
        fail = np.maximum(-np.expm1(-m), 1e-300)
        odds = np.exp(-m) / fail
        # Derivatives in m: surplus, -spread, spread (1 + 2 odds).
        surplus = self.failures * odds - self.passes
        spread = self.failures * odds * (1 + odds)
        value = self.failures * np.log(fail) - self.passes * m
        gradient = first * surplus
        curvature = first**2 * spread - second * surplus
        jerk = third * surplus - 3 * first * second * spread + first**3 * spread * (1 + 2 * odds)
        if self.nll_precision:
            stand_in = self._stand_in(m, first / m, second / m - (first / m) ** 2)
            value, gradient = value + stand_in.value, gradient + stand_in.gradient
            curvature, jerk = curvature + stand_in.curvature, jerk + stand_in.third
        return Derivatives(value, gradient, np.maximum(curvature, 0.0), jerk)

    def _stand_in(self, m: Floats, slope: Floats, bend: Floats) -> Derivatives:
        """Student's t of log NLL about log m; `slope` and `bend` are derivatives of log m in eta.

        The curvature is that of the t as a scale mixture of Gaussians, which is never negative; `third` is
        minus its derivative.
        """
        known = ~np.isnan(self.log_nll)
        gap = np.where(known, self.log_nll - np.log(m), 0.0)
        squares = self.nll_precision * gap**2
        weight = np.where(known, (NLL_DEGREES + 1) * self.nll_precision / (NLL_DEGREES + squares), 0.0)
        density = np.where(known, -0.5 * (NLL_DEGREES + 1) * np.log1p(squares / NLL_DEGREES), 0.0)
        growth = 2 * weight * self.nll_precision * gap * slope / (NLL_DEGREES + squares)
        third = -growth * slope**2 - 2 * weight * slope * bend
        return Derivatives(density, weight * gap * slope, weight * slope**2, third)


def cells_of(counts: PassCounts) -> Cells:
    """Return the cells of a table; NLL stands in where a cell has fewer than 5 passes.

    The canonical solution is one way to pass, so its NLL bounds -log p from above. Its bias and spread about
    T_n, on the log scale, are taken from the cells that have both and at least 5 passes; with under 10 such
    cells the bias is taken as 0 and the spread as .5.
    """
    c, n = counts.passes.T.astype(float), counts.samples.T.astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_nll = np.log(counts.nll.T)
    if np.isnan(log_nll).all():
        return Cells(c, n - c, log_nll)
    both = ~np.isnan(log_nll) & (c >= ENOUGH_PASSES) & (c < n)
    bias, spread = 0.0, 0.5
    if both.sum() >= 10:
        gap = log_nll[both] - np.log(neg_log_pass(c[both], n[both]).value)
        bias = float(np.median(gap))
        spread = max(1.4826 * float(np.median(np.abs(gap - bias))), 0.05)
    return Cells(c, n - c, np.where(c < ENOUGH_PASSES, log_nll - bias, np.nan), spread**-2)

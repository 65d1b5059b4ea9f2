"""What one cell of counts says about its linear predictor eta: log-likelihood, gradient and curvature.

With m(eta) = -log p, log L = -c m + (n - c) log(1 - e^-m). Two links, equal where p is near 1: `power`, the
report's m = e^eta, and `logistic`, m = log(1 + e^eta), in which p falls no faster than e^-eta however hard
the problem. Both are log-concave in eta; a floor added to m is not, quite, nor is an nll.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaln

from predictor.estimators import neg_log_pass
from predictor.tables.pass_counts import PassCounts

__all__ = ["Cells", "Information", "Link", "cells_of"]

Floats = NDArray[np.float64]
ENOUGH_PASSES = 5
# Of the t that an nll follows about log m: near enough a Gaussian for what fits, deaf to what does not.
NLL_DEGREES = 4.0
# Beyond these, p is 1 - 1e-11 or e^-400: no count can tell the difference, and exp() stays finite.
ETA_RANGE = {"power": (-25.0, 6.0), "logistic": (-25.0, 400.0)}


class Link(StrEnum):
    """How eta becomes m = -log p."""

    POWER = "power"
    LOGISTIC = "logistic"

    def neg_log_p(self, eta: Floats) -> Floats:
        """m(eta), in nats."""
        return np.exp(eta) if self is Link.POWER else np.logaddexp(0.0, eta)

    def eta(self, neg_log_p: Floats) -> Floats:
        """The inverse of `neg_log_p`."""
        if self is Link.POWER:
            return np.log(neg_log_p)
        return neg_log_p + np.log(-np.expm1(-neg_log_p))

    def derivatives(self, eta: Floats) -> tuple[Floats, Floats]:
        """M' and m''."""
        if self is Link.POWER:
            return np.exp(eta), np.exp(eta)
        slope = expit(eta)
        return slope, slope * expit(-eta)


class Information(NamedTuple):
    """Log-likelihood per cell, its first and its negative second derivative in eta, shape (I, J)."""

    log_likelihood: Floats
    gradient: Floats
    curvature: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Counts as floats, problems first: shape (I, J).

    Attributes:
        passes, failures: c and n - c.
        log_nll: log of the canonical solution's nll, less its bias, where it stands in for rare passes; else
        nan.
        nll_precision: 1 / squared scale of `log_nll` about log m; 0 where there is no nll.
        constant: sum of log C(n, c).
    """

    passes: Floats
    failures: Floats
    log_nll: Floats
    nll_precision: float
    constant: float
    link: Link

    def start(self) -> Floats:
        """Where Newton's method begins: eta of (c + 1/2) / (n + 1), or of an nll that stands in.

        0 where nothing was measured.
        """
        samples = self.passes + self.failures
        p = (self.passes + 0.5) / (samples + 1)
        counted = np.where(samples > 0, self.link.eta(-np.log(p)), 0.0)
        known = ~np.isnan(self.log_nll)
        low, high = ETA_RANGE[self.link]
        stand_in = self.link.eta(np.exp(np.where(known, self.log_nll, 0.0)))
        return np.where(known, np.clip(stand_in, low, high), counted)

    def information(self, eta: Floats, floor: float) -> Information:
        """The cell's evidence at eta. Negative curvature, possible only under a floor, counts as none."""
        eta = np.clip(eta, *ETA_RANGE[self.link])
        first, second = self.link.derivatives(eta)
        m = floor + self.link.neg_log_p(eta)
        fail = -np.expm1(-m)
        odds = np.exp(-m) / fail
        surplus = self.failures * odds - self.passes
        log_likelihood = -self.passes * m + self.failures * np.log(fail)
        gradient = first * surplus
        curvature = first**2 * self.failures * odds * (1 + odds) - second * surplus
        if self.nll_precision:
            seen, pull, weight = self._stand_in(m, first / m)
            log_likelihood, gradient, curvature = log_likelihood + seen, gradient + pull, curvature + weight
        return Information(log_likelihood, gradient, np.maximum(curvature, 1e-10))

    def _stand_in(self, m: Floats, slope: Floats) -> Information:
        """What nll adds: Student's t in log m, so that a likelihood that misses by far hardly pulls.

        `slope` is m' / m. The curvature is that of the t as a scale mixture of Gaussians: never negative.
        """
        known = ~np.isnan(self.log_nll)
        gap = np.where(known, self.log_nll - np.log(m), 0.0)
        squares = self.nll_precision * gap**2
        weight = np.where(known, (NLL_DEGREES + 1) * self.nll_precision / (NLL_DEGREES + squares), 0.0)
        density = 0.5 * np.log(self.nll_precision) - 0.5 * (NLL_DEGREES + 1) * np.log1p(squares / NLL_DEGREES)
        return Information(np.where(known, density, 0.0), weight * gap * slope, weight * slope**2)


def cells_of(counts: PassCounts, link: Link = Link.POWER) -> Cells:
    """The likelihood of a table; nll stands in where a cell has fewer than 5 passes.

    The canonical solution is one way to pass, so its nll bounds -log p from above. Its bias and spread about
    T_n, on the log scale, are taken from the cells that have both and at least 5 passes; with under 10 such
    cells the bias is taken as 0 and the spread as .5.
    """
    c, n = counts.passes.T.astype(float), counts.samples.T.astype(float)
    constant = float((gammaln(n + 1) - gammaln(c + 1) - gammaln(n - c + 1)).sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        log_nll = np.log(counts.nll.T)
    if np.isnan(log_nll).all():
        return Cells(c, n - c, log_nll, 0.0, constant, link)
    both = ~np.isnan(log_nll) & (c >= ENOUGH_PASSES) & (c < n)
    bias, spread = 0.0, 0.5
    if both.sum() >= 10:
        gap = log_nll[both] - np.log(neg_log_pass(c[both], n[both]).value)
        bias = float(np.median(gap))
        spread = max(1.4826 * float(np.median(np.abs(gap - bias))), 0.05)
    return Cells(c, n - c, np.where(c < ENOUGH_PASSES, log_nll - bias, np.nan), spread**-2, constant, link)

r"""Predictive draws of a loss law: exact in the linear parameters, on a grid in the exponents.

Given the exponents the law is a linear regression, whose predictive distribution is Student's t. The
exponents themselves follow p(exponents | data) ~ prior |X'X|^(-1/2) S^(-(J-m)/2), with S the residual sum of
squares of the m
linear parameters: the profile of the objective, integrated rather than cut off at a level.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from predictor.arrays import Floats
from predictor.laws.loss_law import LossFit, LossForm, Objective, objective_weight
from predictor.tables.compute import Compute
from predictor.tables.losses import Losses

__all__ = ["ExponentPrior", "LossPosterior", "loss_posterior"]

# Medians and log-sds of published exponents: Kaplan, Henighan, Hoffmann and Besiroglu lie within one sd.
PRIORS = {LossForm.COMPUTE: (0.12, 0.6), LossForm.SIZE_DATA: (0.36, 0.25)}
GRID = {LossForm.COMPUTE: 241, LossForm.SIZE_DATA: 31}


class ExponentPrior(NamedTuple):
    """Log-normal prior of every exponent; `log_sd` of infinity is flat in the logarithm."""

    median: float
    log_sd: float


@dataclass(frozen=True, slots=True, eq=False)
class LossPosterior:
    """The grid and, at each of its G points, the regression.

    Attributes:
        fit: the point fit whose prediction centres the draws.
        log_exponents: shape (G, E).
        weights: posterior mass, shape (G,).
        coefficients: amplitudes and irreducible loss, shape (G, E + 1); without the latter where it is known.
        covariance: (X'X)^-1, shape (G, E + 1, E + 1), or (G, E, E).
        sd: residual standard deviation, of L (absolute), of L / observed, or of the reducible part's share,
            shape (G,).
        degrees: J - m.
    """

    fit: LossFit
    log_exponents: Floats
    weights: Floats
    coefficients: Floats
    covariance: Floats
    sd: Floats
    degrees: int

    def draws(self, compute: Compute, size: int, rng: np.random.Generator) -> Floats:
        """Return draws of the loss of one more model, shape (size,); positive."""
        inputs = np.array(
            [compute.flops] if self.fit.form is LossForm.COMPUTE else [compute.params, compute.tokens]
        )
        logs = np.log(inputs / self.fit.units)
        at = rng.choice(len(self.weights), size, p=self.weights)
        row = np.exp(-np.exp(self.log_exponents) * logs)
        known = self.fit.irreducible if self.fit.pinned else 0.0
        row = (row if self.fit.pinned else np.column_stack([row, np.ones(len(self.weights))]))[at]
        above = (row * self.coefficients[at]).sum(axis=1)
        scale = {Objective.ABSOLUTE: np.ones(size), Objective.REDUCIBLE: above}.get(
            self.fit.objective, known + above
        )
        leverage = np.einsum("sa,sab,sb->s", row, self.covariance[at], row)
        error = self.sd[at] * np.sqrt(scale**2 + leverage) * rng.standard_t(self.degrees, size)
        point = float(self.fit.predict((compute,))[0]) - known
        # The grid's centre belongs to least squares; other objectives and the prior's pull are put back on
        # the fit. No model is better than a known irreducible loss.
        return np.asarray(known + np.maximum((above + error) * point / float(np.median(above)), 1e-9))


def loss_posterior(losses: Losses, fit: LossFit, prior: ExponentPrior | None = None) -> LossPosterior:
    """Return the posterior about a fit of the same losses; the prior defaults to the published exponents."""
    form = fit.form
    prior = prior or ExponentPrior(*PRIORS[form])
    dimensions = len(fit.exponents)
    axis = np.linspace(np.log(0.02), np.log(1.5), GRID[form])
    grid = np.stack(np.meshgrid(*[axis] * dimensions, indexing="ij"), -1).reshape(-1, dimensions)
    inputs = [[c.flops] if form is LossForm.COMPUTE else [c.params, c.tokens] for c in losses.compute]
    logs = np.log(np.array(inputs) / fit.units)
    powers = np.exp(-np.exp(grid)[:, None, :] * logs)
    weight = objective_weight(losses, fit.objective)
    constant = np.ones((*powers.shape[:2], 0 if fit.pinned else 1))
    design = np.concatenate([powers, constant], axis=2) * weight[:, None]
    above = (losses.loss - fit.irreducible if fit.pinned else losses.loss) * weight
    gram = np.swapaxes(design, 1, 2) @ design
    # A small ridge: two exponents of equal curvature make the columns parallel.
    gram += 1e-10 * np.trace(gram, axis1=1, axis2=2)[:, None, None] * np.eye(design.shape[2])
    covariance = np.asarray(np.linalg.inv(gram), dtype=float)
    coefficients = np.einsum("gab,gjb,j->ga", covariance, design, above)
    squares = ((above - np.einsum("gja,ga->gj", design, coefficients)) ** 2).sum(axis=1)
    degrees = max(len(losses.loss) - design.shape[2], 1)
    log_weight = -0.5 * degrees * np.log(squares + 1e-300) - 0.5 * np.linalg.slogdet(gram)[1]
    log_weight -= 0.5 * (((grid - np.log(prior.median)) / prior.log_sd) ** 2).sum(axis=1)
    # Amplitudes and an irreducible loss below 0 are no laws.
    log_weight = np.where((coefficients < 0).any(axis=1), -np.inf, log_weight)
    weights = np.exp(log_weight - log_weight.max()) if np.isfinite(log_weight).any() else np.ones(len(grid))
    return LossPosterior(
        fit, grid, weights / weights.sum(), coefficients, covariance, np.sqrt(squares / degrees), degrees
    )

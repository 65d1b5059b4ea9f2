r"""The spreads and forms of the law, and their prior.

Six numbers do not belong to any one model or problem. Each is a function of a standard normal z, so that a
point of the posterior is a vector of reals and the prior is a sum of squares.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit

from predictor.arrays import Floats

__all__ = ["Shape", "ShapePrior", "Spread"]

# A link of exactly 0 would divide by it; p at 1e-4 differs from exp(-m) by less than 1e-4 m^2.
LEAST_LINK = 1e-4
SHARE_POINTS, SHARE_REACH = 14, 2.6


class Spread(NamedTuple):
    """A prior by its median and the standard deviation of its logarithm (of its logit, for a share)."""

    median: float
    sd: float


class Shape(NamedTuple):
    """The law's spreads and forms.

    Attributes:
        difficulty: sd of a problem's difficulty a, in log(-log p).
        slope: sd of a problem's own slope d, per unit of log compute.
        correlation: of a and d.
        cell: sd of one cell's deviation e, in log(-log p).
        link: L of p = (1 + L m)^(-1/L); 0 is the report's law, 1 the logistic.
        floor: what -log p keeps however large the compute, in nats.
    """

    difficulty: float
    slope: float
    correlation: float
    cell: float
    link: float
    floor: float

    @property
    def covariance(self) -> Floats:
        """Of (a, d), shape (2, 2)."""
        cross = self.correlation * self.difficulty * self.slope
        return np.array([[self.difficulty**2, cross], [cross, self.slope**2]])


class ShapePrior(NamedTuple):
    """Priors of the shape, and of the shares of problems that never or always pass.

    Attributes:
        difficulty, slope, cell, floor: log-normal.
        correlation: sd of z in tanh(sd z).
        link, never, always: logit-normal.
    """

    difficulty: Spread = Spread(1.3, 0.7)
    slope: Spread = Spread(0.03, 1.2)
    correlation: float = 0.6
    cell: Spread = Spread(0.15, 1.2)
    link: Spread = Spread(0.05, 2.0)
    floor: Spread = Spread(0.003, 1.3)
    never: Spread = Spread(0.02, 1.2)
    always: Spread = Spread(0.02, 1.2)

    def shape(self, z: Floats) -> Shape:
        """The shape at z, shape (6,), in the order of `Shape`'s fields."""
        return Shape(
            _log_normal(self.difficulty, z[0]),
            _log_normal(self.slope, z[1]),
            float(np.tanh(self.correlation * z[2])),
            _log_normal(self.cell, z[3]),
            LEAST_LINK + float(expit(logit(self.link.median) + self.link.sd * z[4])),
            _log_normal(self.floor, z[5]),
        )

    def derivatives(self, shape: Shape) -> Floats:
        """D shape / d z, one number per field, shape (6,)."""
        link = shape.link - LEAST_LINK
        return np.array([
            self.difficulty.sd * shape.difficulty,
            self.slope.sd * shape.slope,
            self.correlation * (1 - shape.correlation**2),
            self.cell.sd * shape.cell,
            self.link.sd * link * (1 - link),
            self.floor.sd * shape.floor,
        ])  # fmt: skip

    def shares(self) -> tuple[Floats, Floats]:
        """A grid of (never, always), shape (K, 2), and its prior weights, shape (K,)."""
        at = np.linspace(-SHARE_REACH, SHARE_REACH, SHARE_POINTS)
        density = np.exp(-0.5 * at**2)
        never, always = np.meshgrid(
            expit(logit(self.never.median) + self.never.sd * at),
            expit(logit(self.always.median) + self.always.sd * at),
            indexing="ij",
        )
        weight = np.outer(density, density) * (never + always < 0.9)
        return np.stack([never.ravel(), always.ravel()], axis=1), (weight / weight.sum()).ravel()

    def to_json(self) -> dict[str, object]:
        """Every prior as plain values, for a forecast's record."""
        return {name: _plain(value) for name, value in self._asdict().items()}


def _plain(value: Spread | float) -> object:
    return list(value) if isinstance(value, tuple) else value


def _log_normal(prior: Spread, z: float) -> float:
    return float(prior.median * np.exp(prior.sd * z))

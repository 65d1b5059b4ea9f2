r"""Coordinates in which the posterior of levels and shape is nearly a Gaussian.

Counts tell each model's pass rates, and hardly the link L behind them: another L fits nearly as well once the
levels f and the spreads follow it. In (f, z) such fits lie on a curve. Here a model is placed by

    r_j = log y_j,    f_j = log((e^(L y_j) - 1) / L)

where y_j is -log p of a problem of difficulty 0, and the spreads of difficulty, slope and cells are measured
in log(-log p) at one such problem instead of in eta: divided by s(L y) = d eta / d log(-log p) there. Then L
alone hardly changes a rate, and the curve is a straight line.
"""

from dataclasses import dataclass

import numpy as np

from predictor.arrays import Floats
from predictor.laws.latent_trend.shape import Shape, ShapePrior

__all__ = ["Coordinates"]

LINK = Shape._fields.index("link")
# Beyond this L y, e^(L y) - 1 is e^(L y) to every digit.
LARGE = 40.0


@dataclass(frozen=True, slots=True, eq=False)
class Coordinates:
    """phi = (r_1 .. r_J, w) and psi = (f_1 .. f_J, z), which differ by the link alone.

    Attributes:
        models: J.
        prior: of the shape, which says how a link and a spread follow from z.
        middle: y at which spreads are measured.
    """

    models: int
    prior: ShapePrior
    middle: float

    def psi(self, phi: Floats) -> Floats:
        """(f, z) at phi."""
        r, w = phi[: self.models], phi[self.models :]
        link = self.prior.shape(w).link
        product = link * np.exp(r)
        large = np.minimum(product, LARGE)
        f = product - large + np.log(np.expm1(large) / link)
        return np.concatenate([f, w + self._per_link() * np.log(_steepness(link * self.middle))])

    def jacobian(self, phi: Floats) -> Floats:
        """D psi / d phi, shape (P, P)."""
        r, w = phi[: self.models], phi[self.models :]
        shape = self.prior.shape(w)
        in_link = self.prior.derivatives(shape)[LINK]
        steep = _steepness(shape.link * np.exp(r))
        found = np.diag(np.concatenate([steep, np.ones_like(w)]))
        found[: self.models, self.models + LINK] = (steep - 1) / shape.link * in_link
        at = shape.link * self.middle
        change = (1 / at - 1 / np.expm1(at)) * self.middle * in_link
        found[self.models :, self.models + LINK] += self._per_link() * change
        return found

    def _per_link(self) -> Floats:
        """What one unit of log s moves each z by."""
        prior = self.prior
        follows = {"difficulty": prior.difficulty, "slope": prior.slope, "cell": prior.cell}
        return np.array([1 / follows[name].sd if name in follows else 0.0 for name in Shape._fields])


def _steepness(product: Floats | float) -> Floats:
    """S(t) = t / (1 - e^-t)."""
    return np.asarray(product / -np.expm1(-np.asarray(product)))

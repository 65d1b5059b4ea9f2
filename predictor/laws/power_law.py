"""The report's capability law: -E_P[log pass_rate(C)] = alpha C^-k, fitted as a line through the logarithms.

Section 3.2 of arXiv 2303.08774 gives the law and shows a line; ordinary least squares of log y on log C
reproduces that line from the figure's points. The prediction interval is ours: the report states none.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from predictor.arrays import Floats
from predictor.errors import ForecastError

__all__ = ["PowerLaws", "fit_power_laws"]


@dataclass(frozen=True, slots=True, eq=False)
class PowerLaws:
    """B power laws fitted to the same J models, each log y_b = log alpha_b - k_b log(C / reference).

    Attributes:
        log_alpha, k: shape (B,). alpha_b is y at the reference compute.
        residuals: of log y, shape (J, B).
        log_c: log(C_j / reference), shape (J,).
        reference: FLOPs at which C = 1; the target's, by the report's convention.
    """

    log_alpha: Floats
    k: Floats
    residuals: Floats
    log_c: Floats
    reference: float

    @property
    def degrees(self) -> int:
        """Return the degrees of freedom, J - 2."""
        return len(self.log_c) - 2

    @property
    def sd(self) -> Floats:
        """Return residual standard deviation s of log y, shape (B,)."""
        return np.asarray(np.sqrt((self.residuals**2).sum(axis=0) / self.degrees))

    def log_mean(self, flops: ArrayLike) -> Floats:
        """Log y on the line, shape (..., B)."""
        log_c = np.log(np.asarray(flops, dtype=float) / self.reference)
        return np.asarray(self.log_alpha - self.k * log_c[..., None])

    def spread(self, flops: ArrayLike) -> Floats:
        """Return sqrt(1 + 1/J + (x* - xbar)^2 / Sxx): the prediction error in units of s."""
        log_c = np.log(np.asarray(flops, dtype=float) / self.reference)
        centre = self.log_c.mean()
        sxx = ((self.log_c - centre) ** 2).sum()
        return np.asarray(np.sqrt(1 + 1 / len(self.log_c) + (log_c - centre) ** 2 / sxx))

    def interval(self, flops: ArrayLike, level: float) -> Floats:
        """Return prediction interval of y, shape (..., B, 2): exp(log_mean -+ t_{J-2} s spread)."""
        half = stdtrit(self.degrees, 0.5 + level / 2) * self.spread(flops)[..., None] * self.sd
        middle = self.log_mean(flops)
        return np.asarray(np.exp(np.stack([middle - half, middle + half], axis=-1)))

    def k_interval(self, level: float) -> Floats:
        """Return confidence interval of each k, shape (B, 2)."""
        sxx = ((self.log_c - self.log_c.mean()) ** 2).sum()
        half = stdtrit(self.degrees, 0.5 + level / 2) * self.sd / np.sqrt(sxx)
        return np.stack([self.k - half, self.k + half], axis=-1)

    def draws(self, flops: float, size: int, rng: np.random.Generator) -> Floats:
        """Return predictive draws of y at one compute, shape (size, B).

        The laws share models, so their errors are drawn together: the classical multivariate t of a
        regression with common design, whose scale is the residuals' own cross-product. Each margin is exactly
        `interval`'s t.
        """
        mix = rng.standard_normal((size, len(self.log_c))) @ self.residuals / np.sqrt(self.degrees)
        tail = np.sqrt(rng.chisquare(self.degrees, (size, 1)) / self.degrees)
        with np.errstate(over="ignore"):
            return np.asarray(np.exp(self.log_mean(flops) + self.spread(flops) * mix / tail))


def fit_power_laws(flops: ArrayLike, y: ArrayLike, *, reference: float = 1.0) -> PowerLaws:
    """Fit log y on log C by ordinary least squares.

    Args:
        flops: training compute, positive, shape (J,), J >= 3.
        y: -mean log pass rate in nats, positive, shape (J,) or (J, B).
        reference: FLOPs that count as C = 1.

    Raises:
        ForecastError: fewer than 3 models, fewer than 2 compute values, or a y that is not positive.
    """
    compute, values = np.asarray(flops, dtype=float), np.asarray(y, dtype=float)
    values = values[:, None] if values.ndim == 1 else values
    if len(compute) < 3:
        raise ForecastError(
            f"a line with an interval needs 3 models and there are {len(compute)}; add smaller models"
        )
    if len(np.unique(compute)) < 2:
        raise ForecastError(f"every model has {compute[0]:g} FLOPs; a slope needs two compute values")
    if not np.all(np.isfinite(values) & (values > 0)):
        raise ForecastError(
            "a bucket's -mean log pass is 0 or infinite; leave out all-pass and never-passed problems"
        )
    log_c = np.log(compute / reference)
    design = np.stack([np.ones_like(log_c), -log_c], axis=1)
    coefficients, *_ = np.linalg.lstsq(design, np.log(values), rcond=None)
    residuals = np.log(values) - design @ coefficients
    return PowerLaws(coefficients[0], coefficients[1], residuals, log_c, reference)

r"""Forecasts of single problems: levels drawn, extrapolated, and the problems put back in.

Beyond the data a problem's own slope decays with a memory of 1.5 times the span over which it was seen, and
a fresh one of the same spread takes over; the common level carries the trend.
"""

from typing import NamedTuple

import numpy as np

from predictor.arrays import Floats
from predictor.laws.latent_trend.cells import Cells, neg_log_p, with_floor
from predictor.laws.latent_trend.levels import LevelPoint, LevelPosterior, Levels
from predictor.laws.latent_trend.problems import Nodes
from predictor.laws.latent_trend.shape import ShapePrior
from predictor.laws.latent_trend.trend import Trend, TrendPrior, symmetric_root

__all__ = ["NEVER", "Forecast", "LatentTrend"]

# -log p of a problem that never passes: e^-700 is the smallest double, near enough.
NEVER = 700.0
MEMORY = 1.5
POINTS = 48
# No point of psi gives more than this many times its even share of the draws.
MOST_SHARES = 4


class Forecast(NamedTuple):
    """Draws for one target.

    Attributes:
        neg_log_p: -log p of every problem, shape (S, I); `NEVER` where a problem never passes.
        k: slope of the common level, shape (S,).
    """

    neg_log_p: Floats
    k: Floats


class _Drawn(NamedTuple):
    """A draw of the levels, the posterior of the rest there, and the share of the draws that it is worth."""

    levels: Floats
    point: LevelPoint
    share: float


class LatentTrend:
    """The law fitted to one table of counts.

    Args:
        cells: counts of I problems and J models.
        x: log compute of the models, any origin, shape (J,).
        shape, trend: priors; the defaults are those of `forecast_capability`.
        seed: of every random choice.
    """

    def __init__(
        self,
        cells: Cells,
        x: Floats,
        *,
        shape: ShapePrior | None = None,
        trend: TrendPrior | None = None,
        seed: int = 0,
    ) -> None:
        self._centre = float(x.mean())
        self._x = x - self._centre
        self._trend_prior = trend or TrendPrior()
        self._seed = seed
        self.posterior = LevelPosterior(cells, self._x, shape or ShapePrior())
        self.levels: Levels = self.posterior.fit()
        # Any target serves: draws of the levels do not depend on it.
        self._points = self._draw_points(np.random.default_rng(seed))

    def forecast(self, x: float, size: int) -> Forecast:
        """Draws for one more model at log compute x, on the axis of the models."""
        at = x - self._centre
        rng = np.random.default_rng(self._seed + 1)
        trend = Trend(self._x, at, self._trend_prior)
        shares = rng.multinomial(size, [drawn.share for drawn in self._points])
        parts = [
            self._problems(drawn, trend, at, int(share), rng)
            for drawn, share in zip(self._points, shares, strict=True)
            if share
        ]
        return Forecast(
            np.concatenate([part.neg_log_p for part in parts]), np.concatenate([part.k for part in parts])
        )

    def _draw_points(self, rng: np.random.Generator) -> list[_Drawn]:
        """Points of psi drawn through the trend, and re-weighted by the posterior's own value there."""
        models, psi, covariance = self.levels.models, self.levels.psi, self.levels.covariance
        error = covariance[:models, :models]
        trend = Trend(self._x, float(self._x.max()), self._trend_prior)
        levels = trend.levels(psi[:models], error, POINTS, rng)
        slope = covariance[models:, :models] @ np.linalg.inv(error)
        root = symmetric_root(covariance[models:, models:] - slope @ covariance[:models, models:])
        precision = np.linalg.inv(covariance)
        points, log_weight = [], []
        for level in levels:
            z = psi[models:] + slope @ (level - psi[:models]) + root @ rng.standard_normal(len(root))
            there = np.concatenate([level, np.clip(z, -3.5, 3.5)])
            point = self.posterior.at(there, self.levels.point.effects, gradient=False)
            gap = there - psi
            points.append(point)
            log_weight.append(point.value - self.levels.point.value + 0.5 * gap @ precision @ gap)
        shares = _tempered(np.array(log_weight)).tolist()
        return [_Drawn(*drawn) for drawn in zip(levels, points, shares, strict=True)]

    def _problems(
        self, drawn: _Drawn, trend: Trend, at: float, size: int, rng: np.random.Generator
    ) -> Forecast:
        """Draws at one point of psi: the target's level, then what is each problem's own."""
        shape = drawn.point.shape
        level, k = trend.target(drawn.levels, size, rng)
        carried, fresh = self._slopes_carried(at)
        theta = np.empty((size, len(drawn.point.alive)))
        for nodes in drawn.point.nodes:
            theta[:, nodes.rows] = _draw_effects(nodes, carried, size, rng)
        theta += level[:, None] + shape.slope * fresh * rng.standard_normal(theta.shape)
        noise = shape.cell * rng.standard_normal(theta.shape)
        value = neg_log_p(with_floor(theta, shape.floor)[0] + noise, shape.link)
        luck = rng.uniform(size=theta.shape)
        alive, always = drawn.point.alive, drawn.point.always
        value = np.where(luck > alive, neg_log_p(np.log(shape.floor) + noise, shape.link), value)
        value = np.where(luck > alive + always, NEVER, value)
        return Forecast(np.minimum(value, NEVER), k)

    def _slopes_carried(self, at: float) -> tuple[float, float]:
        """How far in x a problem's own slope carries it at `at`, and the spread, in x, of the fresh slope."""
        top = float(self._x.max())
        length = MEMORY * float(np.ptp(self._x))
        ahead = max(at - top, 0.0) / length
        carried = min(at, top) - length * np.expm1(-ahead)
        variance = 2 * ahead - 3 + 4 * np.exp(-ahead) - np.exp(-2 * ahead)
        return float(carried), float(length * np.sqrt(max(variance, 0.0)))


def _draw_effects(nodes: Nodes, carried: float, size: int, rng: np.random.Generator) -> Floats:
    """Draws of a - d carried of some problems, shape (size, R)."""
    shift = nodes.difficulty - nodes.slope * carried
    if not nodes.moved:
        mean = (nodes.weight * shift).sum(axis=0)
        sd = np.sqrt((nodes.weight * (shift - mean) ** 2).sum(axis=0))
        return np.asarray(mean + sd * rng.standard_normal((size, len(mean))))
    # One-sided: the nodes themselves.
    luck = rng.uniform(size=(size, 1, shift.shape[1]))
    chosen = (luck > np.cumsum(nodes.weight, axis=0)).sum(axis=1)
    return np.take_along_axis(shift, np.minimum(chosen, len(shift) - 1), axis=0)


def _tempered(log_weight: Floats) -> Floats:
    """Importance weights, flattened by a power in 0..1 until no point has more than `MOST_SHARES`."""
    for power in np.linspace(1, 0, 21):
        weight = np.exp(power * (log_weight - log_weight.max()))
        weight /= weight.sum()
        if weight.max() <= MOST_SHARES / len(weight):
            break
    return np.asarray(weight)

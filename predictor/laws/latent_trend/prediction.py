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
# No point's shape lies further out than this, in standard deviations of its prior.
SHAPE_REACH = 3.5


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


class _LevelsGiven(NamedTuple):
    """A shape's z, and the Gaussian of the levels given it under a flat prior."""

    z: Floats
    mean: Floats
    error: Floats


class _Proposal(NamedTuple):
    """The posterior of (r, w) as a Gaussian: of w, and of r given w."""

    levels: Levels
    root: Floats
    regression: Floats
    left: Floats

    @classmethod
    def of(cls, levels: Levels) -> "_Proposal":
        """From the curvature at the mode."""
        models, covariance = levels.models, levels.covariance
        of_w = covariance[models:, models:]
        regression = np.asarray(np.linalg.solve(of_w, covariance[models:, :models]).T, dtype=np.float64)
        left = covariance[:models, :models] - regression @ covariance[models:, :models]
        return cls(levels, symmetric_root(of_w), regression, left)

    @property
    def shapes(self) -> int:
        """How many numbers w holds."""
        return len(self.root)

    def levels_given(self, normal: Floats) -> _LevelsGiven:
        """The levels at w = mode + root normal."""
        models, coordinates = self.levels.models, self.levels.coordinates
        step = self.root @ normal
        w = np.clip(self.levels.phi[models:] + step, -SHAPE_REACH, SHAPE_REACH)
        phi = np.concatenate([self.levels.phi[:models] + self.regression @ step, w])
        psi, steep = coordinates.psi(phi), np.diag(coordinates.jacobian(phi))[:models]
        return _LevelsGiven(psi[models:], psi[:models], steep[:, None] * self.left * steep)


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
        self._seed = seed
        self.posterior = LevelPosterior(cells, self._x, shape or ShapePrior())
        self.levels: Levels = self.posterior.fit()
        self._trend_prior = (trend or TrendPrior()).at_level(self.levels.typical)
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
        """Points of psi drawn through the trend, and weighted by the posterior's own value there.

        The shape comes first, then the levels given it: about their Gaussian in `Coordinates`, and through
        the trend, whose evidence counts for that shape.
        """
        trend = Trend(self._x, float(self._x.max()), self._trend_prior)
        proposal = _Proposal.of(self.levels)
        points, drawn_levels, log_weight = [], [], []
        for normal in rng.standard_normal((POINTS, proposal.shapes)):
            given = proposal.levels_given(normal)
            drawn = trend.levels(given.mean, given.error, 1, rng)
            level = drawn.levels[0]
            point = self.posterior.at(
                np.concatenate([level, given.z]), self.levels.point.effects, gradient=False
            )
            gap = level - given.mean
            closeness = gap @ np.linalg.solve(given.error, gap) + np.linalg.slogdet(given.error)[1]
            points.append(point)
            drawn_levels.append(level)
            log_weight.append(point.value + drawn.log_evidence + 0.5 * (closeness + normal @ normal))
        shares = _tempered(np.array(log_weight)).tolist()
        return [_Drawn(*drawn) for drawn in zip(drawn_levels, points, shares, strict=True)]

    def _problems(
        self, drawn: _Drawn, trend: Trend, at: float, size: int, rng: np.random.Generator
    ) -> Forecast:
        """Draws at one point of psi: the target's level, then what is each problem's own."""
        shape = drawn.point.shape
        level, k = trend.target(drawn.levels, size, rng)
        carried, fresh = self._slopes_carried(at)
        theta = np.empty((size, len(drawn.point.classes.alive)))
        for nodes in drawn.point.nodes:
            theta[:, nodes.rows] = _draw_effects(nodes, carried, size, rng)
        theta += level[:, None] + shape.slope * fresh * rng.standard_normal(theta.shape)
        noise = shape.cell * rng.standard_normal(theta.shape)
        value = neg_log_p(with_floor(theta, shape.floor)[0] + noise, shape.link)
        never, always = drawn.point.classes.draw(size, rng)
        value = np.where(always, neg_log_p(np.log(shape.floor) + noise, shape.link), value)
        value = np.where(never, NEVER, value)
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

r"""What the counts say of each model's common level f_j, problems and their classes integrated out.

A problem is alive (`problems`), never passes (p = 0), or always does (-log p is the floor alone). The two
shares are integrated out on a grid of their priors. A point of the posterior is psi = (f_1 .. f_J, z_1 ..
z_6): the prior is flat in f, which `trend` supplies, and standard normal in z, the shape.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from predictor.arrays import Floats, Mask
from predictor.laws.latent_trend.cells import Cells
from predictor.laws.latent_trend.modes import Effects
from predictor.laws.latent_trend.problems import Nodes, ProblemIntegrals
from predictor.laws.latent_trend.shape import Shape, ShapePrior

__all__ = ["LevelPoint", "LevelPosterior", "Levels"]

# How far z may go: beyond 3 sd the prior is as good as its edge.
REACH = 3.0
MAX_STEPS = 40
# No step of f or z is longer than this, so that the modes of the problems can follow.
LONGEST_STEP = 1.0
DIFFERENCE = 0.02
# The prior of z alone has a curvature of 1; finite differences may show a little less, noise much less.
LEAST_CURVATURE = 0.7


class LevelPoint(NamedTuple):
    """The posterior at one psi.

    Attributes:
        value: log density, up to a constant.
        gradient: shape (J + 6,); empty where the gradient was not wanted.
        scores: each problem's part of the gradient, without the prior's, shape (I, J + 6) or (I, 0).
        shape: at z.
        nodes: posterior of the effects of the problems that are alive.
        alive, always: each problem's probability of either class, shape (I,); the rest never passes.
        effects: modes, a start for a nearby point.
    """

    value: float
    gradient: Floats
    scores: Floats
    shape: Shape
    nodes: tuple[Nodes, ...]
    alive: Floats
    always: Floats
    effects: Effects


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """The posterior near its mode.

    Attributes:
        psi: the mode, shape (J + 6,).
        covariance: inverse curvature at the mode, shape (J + 6, J + 6).
        point: the posterior there.
        converged: whether the last two steps hardly changed the value.
    """

    psi: Floats
    covariance: Floats
    point: LevelPoint
    converged: bool

    @property
    def models(self) -> int:
        """J."""
        return len(self.psi) - len(Shape._fields)


class _Classes(NamedTuple):
    """What the classes add to sum log Z, and each problem's probability of two of them."""

    gain: float
    alive: Floats
    always: Floats


class LevelPosterior:
    """The posterior of psi; x is log compute, centred, shape (J,)."""

    def __init__(self, cells: Cells, x: Floats, prior: ShapePrior) -> None:
        self.cells, self.x, self.prior = cells, x, prior
        self._integrals = ProblemIntegrals(cells, x)
        self._shares, self._share_prior = prior.shares()
        # A finite NLL of a solution is a chance to pass: such a problem is none that never does.
        self._unsolved = (cells.passes.sum(axis=1) == 0) & np.isnan(cells.log_nll).all(axis=1)

    def at(self, psi: Floats, start: Effects | None = None, *, gradient: bool = True) -> LevelPoint:
        """The posterior at psi; `start` is the mode of a nearby point."""
        models = len(self.x)
        z = psi[models:]
        shape = self.prior.shape(z)
        found = self._integrals.at(psi[:models], shape, start, gradient=gradient)
        sure, in_floor = self._integrals.always(shape)
        classes = self._classes(found.log_z, sure)
        value = float(found.log_z.sum() + classes.gain - 0.5 * (z**2).sum())
        scores, slope = np.empty((len(sure), 0)), np.empty(0)
        if gradient:
            scores = found.score * classes.alive[:, None]
            scores[:, -1] += classes.always * in_floor
            scores[:, models:] *= self.prior.derivatives(shape)
            slope = scores.sum(axis=0)
            slope[models:] -= z
        return LevelPoint(
            value, slope, scores, shape, found.nodes, classes.alive, classes.always, found.effects
        )

    def _classes(self, log_z: Floats, sure: Floats) -> _Classes:
        """Integrate the shares out; binomial coefficients are left out of every class alike."""
        logs = np.column_stack([log_z, np.where(self._unsolved, 0.0, -np.inf), sure])
        top = logs.max(axis=1)
        relative = np.exp(logs - top[:, None])
        share = np.column_stack([1 - self._shares.sum(axis=1), self._shares])
        mixed = relative @ share.T
        log_weight = np.log(np.maximum(self._share_prior, 1e-300)) + np.log(mixed).sum(axis=0)
        peak = log_weight.max()
        weight = np.exp(log_weight - peak)
        total = weight.sum()
        weight /= total
        alive = relative[:, 0] * ((1 / mixed) @ (weight * share[:, 0]))
        always = relative[:, 2] * ((1 / mixed) @ (weight * share[:, 2]))
        return _Classes(float(peak + np.log(total) + (top - log_z).sum()), alive, always)

    def fit(self) -> Levels:
        """Find the mode by Levenberg and Marquardt's method; no step lowers the posterior.

        The curvature of the steps is the outer product of the problems' scores, positive by construction.
        """
        models = len(self.x)
        starts = [self._first_guess(problems) for problems in self._starts()]
        points = [self.at(start) for start in starts]
        psi, best = max(zip(starts, points, strict=True), key=lambda pair: pair[1].value)
        prior = np.where(np.arange(len(psi)) >= models, 1.0, 0.0)
        damping, calm = 0.1, 0
        for _ in range(MAX_STEPS):
            curvature = best.scores.T @ best.scores + np.diag(prior)
            stuck = (prior > 0) & (np.abs(psi) >= REACH - 1e-9) & (psi * best.gradient > 0)
            free = np.flatnonzero(~stuck)
            inner = curvature[np.ix_(free, free)]
            step = np.zeros_like(psi)
            step[free] = np.linalg.solve(inner + damping * np.diag(np.diag(inner)), best.gradient[free])
            trial = psi + step * min(1.0, LONGEST_STEP / max(float(np.abs(step).max()), 1e-12))
            trial[models:] = np.clip(trial[models:], -REACH, REACH)
            there = self.at(trial, best.effects)
            if np.isfinite(there.value) and there.value > best.value - 1e-6:
                calm = calm + 1 if there.value - best.value < 0.02 else 0
                psi, best, damping = trial, there, max(damping / 4, 1e-4)
                if calm == 2:
                    break
            else:
                damping *= 6
                if damping > 1e6:
                    break
        return Levels(psi, self._covariance(psi, best), best, calm == 2)

    def _covariance(self, psi: Floats, point: LevelPoint) -> Floats:
        """Inverse curvature from forward differences of the gradient."""
        rows = []
        for k in range(len(psi)):
            moved = psi.copy()
            moved[k] += DIFFERENCE
            rows.append((point.gradient - self.at(moved, point.effects).gradient) / DIFFERENCE)
        curvature = np.array(rows)
        value, vector = np.linalg.eigh((curvature + curvature.T) / 2)
        return np.asarray((vector / np.maximum(value, LEAST_CURVATURE)) @ vector.T)

    def _starts(self) -> list[Mask]:
        """Problems to begin from: all, and those that are not always solved, which may be another class."""
        all_of_them = np.ones(len(self._unsolved), dtype=bool)
        varied = self.cells.failures.sum(axis=1) > 0
        return [all_of_them] if varied.all() or not varied.any() else [all_of_them, varied]

    def _first_guess(self, problems: Mask) -> Floats:
        """Levels, and the spreads of difficulty, slope and cells, from a two-way table of raw log(-log p)."""
        n, c = self.cells.samples[problems], self.cells.passes[problems]
        seen = n > 0
        raw = np.where(seen, np.log(-np.log((c + 0.5) / (n + 1))), 0.0)
        level = raw.sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
        gap = np.where(seen, raw - level, 0.0)
        a = gap.sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
        left = np.where(seen, gap - a[:, None], 0.0)
        d = -(left * self.x).sum(axis=1) / ((seen * self.x**2).sum(axis=1) + 1e-9)
        plain = (c > 0) & (c < n)
        rest = (left + d[:, None] * self.x)[plain]
        several = plain.sum(axis=1) > 1
        freedom = len(self.x) / max(len(self.x) - 2, 1)
        cell = np.sqrt((rest**2).mean() * freedom) if len(rest) > 10 else 0.3
        guesses = {
            0: (self.prior.difficulty, a.std() + 0.1),
            1: (self.prior.slope, 0.7 * d[several].std() if several.sum() > 5 else 0.03),
            3: (self.prior.cell, np.clip(0.7 * cell, 0.05, 3.0)),
        }
        z = np.zeros(len(Shape._fields))
        for place, (prior, guess) in guesses.items():
            z[place] = np.clip(np.log(max(guess, 0.01) / prior.median) / prior.sd, -2.5, 2.5)
        return np.concatenate([level, z])

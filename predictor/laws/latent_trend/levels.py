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
from predictor.laws.latent_trend.coordinates import Coordinates
from predictor.laws.latent_trend.modes import Effects
from predictor.laws.latent_trend.problems import Nodes, ProblemIntegrals
from predictor.laws.latent_trend.search import find_mode
from predictor.laws.latent_trend.shape import Shape, ShapePrior

__all__ = ["Classes", "LevelPoint", "LevelPosterior", "Levels"]

# How far z may go: beyond 3 sd the prior is as good as its edge.
REACH = 3.0
# -log p of a problem of difficulty 0 stays within these, on the log scale.
LEAST_R, MOST_R = -12.0, 4.0


class Classes(NamedTuple):
    """Which class each problem is of: alive, never passing, always passing, in this order.

    Attributes:
        gain: what the classes add to sum log Z.
        alive, always: each problem's probability of either, the shares integrated out, shape (I,).
        evidence: likelihood of each problem under each class, up to a factor of its own, shape (I, 3).
        shares: a grid of the shares of the classes, shape (K, 3).
        weight: posterior mass of each point of that grid, shape (K,).
    """

    gain: float
    alive: Floats
    always: Floats
    evidence: Floats
    shares: Floats
    weight: Floats

    def draw(self, size: int, rng: np.random.Generator) -> tuple[Mask, Mask]:
        """Draws of which problems never pass, and which always do, shape (size, I) each.

        Within a draw all problems have the same shares: whether those that nobody solved are hard or hopeless
        is one question about the set, not one for each problem.
        """
        share = self.shares[rng.choice(len(self.weight), size, p=self.weight)]
        each = share[:, None, :] * self.evidence
        luck = rng.uniform(size=each.shape[:2]) * each.sum(axis=2)
        never = luck > each[..., 0] + each[..., 2]
        return never, (luck > each[..., 0]) & ~never


class LevelPoint(NamedTuple):
    """The posterior at one psi.

    Attributes:
        value: log density, up to a constant.
        gradient: shape (J + 6,); empty where the gradient was not wanted.
        scores: each problem's part of the gradient, without the prior's, shape (I, J + 6) or (I, 0).
        shape: at z.
        nodes: posterior of the effects of the problems that are alive.
        classes: of the problems.
        effects: modes, a start for a nearby point.
    """

    value: float
    gradient: Floats
    scores: Floats
    shape: Shape
    nodes: tuple[Nodes, ...]
    classes: Classes
    effects: Effects


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """The posterior near its mode.

    Attributes:
        coordinates: those of `phi` and `covariance`.
        phi: the mode, shape (J + 6,).
        covariance: inverse curvature at the mode, shape (J + 6, J + 6).
        point: the posterior there.
        converged: whether the search ended at the mode.
    """

    coordinates: Coordinates
    phi: Floats
    covariance: Floats
    point: LevelPoint
    converged: bool

    @property
    def psi(self) -> Floats:
        """(f, z) at the mode."""
        return self.coordinates.psi(self.phi)

    @property
    def models(self) -> int:
        """J."""
        return self.coordinates.models

    @property
    def typical(self) -> float:
        """-log p of a problem of difficulty 0, in nats: the geometric mean over the models."""
        return float(np.exp(self.phi[: self.models].mean()))


class LevelPosterior:
    """The posterior of psi; x is log compute, centred, shape (J,)."""

    def __init__(self, cells: Cells, x: Floats, prior: ShapePrior) -> None:
        self.cells, self.x, self.prior = cells, x, prior
        self._integrals = ProblemIntegrals(cells, x)
        two, self._share_prior = prior.shares()
        self._shares = np.column_stack([1 - two.sum(axis=1), two])
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
        return LevelPoint(value, slope, scores, shape, found.nodes, classes, found.effects)

    def _classes(self, log_z: Floats, sure: Floats) -> Classes:
        """Integrate the shares out; binomial coefficients are left out of every class alike."""
        logs = np.column_stack([log_z, np.where(self._unsolved, 0.0, -np.inf), sure])
        top = logs.max(axis=1)
        relative = np.exp(logs - top[:, None])
        mixed = relative @ self._shares.T
        log_weight = np.log(np.maximum(self._share_prior, 1e-300)) + np.log(mixed).sum(axis=0)
        peak = log_weight.max()
        weight = np.exp(log_weight - peak)
        total = weight.sum()
        weight /= total
        alive, _, always = (relative * ((1 / mixed) @ (weight[:, None] * self._shares))).T
        gain = float(peak + np.log(total) + (top - log_z).sum())
        return Classes(gain, alive, always, relative, self._shares, weight)

    def fit(self) -> Levels:
        """Find the mode and the curvature there."""
        models = len(self.x)
        starts = [self._first_guess(problems) for problems in self._starts()]
        coordinates = Coordinates(models, self.prior, float(np.exp(starts[0][:models].mean())))
        phi = max(starts, key=lambda start: self.at(coordinates.psi(start), gradient=False).value)
        least, most = np.full((2, len(phi)), [[-REACH], [REACH]])
        least[:models], most[:models] = LEAST_R, MOST_R

        def evaluate(there: Floats, near: LevelPoint | None) -> LevelPoint:
            point = self.at(coordinates.psi(there), near.effects if near else None)
            jacobian = coordinates.jacobian(there)
            return point._replace(gradient=point.gradient @ jacobian, scores=point.scores @ jacobian)

        prior = np.where(np.arange(len(phi)) >= models, 1.0, 0.0)
        found = find_mode(evaluate, phi, prior, np.stack([least, most]))
        return Levels(coordinates, found.psi, found.covariance, found.point, found.converged)

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

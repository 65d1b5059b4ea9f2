"""The mixture of families, weighted by how each predicts held-back samples, and draws of pass rates."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from predictor.arrays import Floats, Integers
from predictor.laws.solve_rates.families import FAMILIES
from predictor.laws.solve_rates.grid import RateGrid
from predictor.laws.solve_rates.posterior import (
    Cells,
    RatePosterior,
    fit_family,
    fit_finite_mixture,
    held_back_score,
)

__all__ = ["MEMBERS", "RateDraws", "SolveRates", "fit_solve_rates"]

FINITE = "finite-mixture"
MEMBERS = (*(family.name for family in FAMILIES), FINITE)
# Prior odds and the power to which the held-back likelihood is raised, set with models of the back-test
# in view. A member that explains a few samples best need not be the one that holds far beyond them.
ODDS = {"beta": 0.5, "zero-inflated": 0.5, "power-tail": 2.0, "logit-normal": 0.2, FINITE: 2.0}
PARTS = (4, 2)  # fitted on a quarter and on a half of each problem's samples
SPLITS = 2  # random splits of each size
TEMPER = 0.25
CHUNK = 50


@dataclass(frozen=True, slots=True, eq=False)
class RateDraws:
    """Draws of the problems' pass rates.

    Attributes:
        share: of the problems at each node of the grid, shape (D, G).
        by_kind: mean posterior of a problem of each kind (equal counts) over the draws, shape (U, G).
    """

    share: Floats
    by_kind: Floats


@dataclass(frozen=True, slots=True, eq=False)
class SolveRates:
    """Posteriors of every family given the counts, the held-back scores, and the weights that follow.

    Attributes:
        scores: mean log predictive likelihood of held-back samples, less the best member's.
        weights: of the mixture; they sum to 1.
    """

    grid: RateGrid
    cells: Cells
    posteriors: dict[str, RatePosterior]
    scores: dict[str, float]
    weights: dict[str, float]

    def draws(
        self,
        size: int,
        rng: np.random.Generator,
        members: Sequence[str] | None = None,
        problem_weight: Floats | None = None,
    ) -> RateDraws:
        """Draw `size` sets of pass rates: a member, its parameters, then every problem's rate.

        With `members` only these take part, their weights scaled to sum to 1. With `problem_weight`, shape
        (size, I), each draw has its own weights of the problems, which sum to 1; else all weigh alike.
        """
        names = tuple(self.weights if members is None else members)
        weight = np.array([self.weights[name] for name in names])
        weight = weight / weight.sum() if weight.sum() > 0 else np.full(len(names), 1 / len(names))
        chosen = np.sort(rng.choice(len(names), size, p=weight))
        masses = np.concatenate(
            [
                posterior.masses[
                    rng.choice(len(posterior.weight), int(np.sum(chosen == number)), p=posterior.weight)
                ]
                for number, posterior in enumerate(self.posteriors[name] for name in names)
            ]
        )
        likelihood = self.grid.likelihood(self.cells.passes, self.cells.samples)
        nodes, kinds = len(self.grid.rate), len(self.cells.problems)
        share, by_kind = np.zeros((size, nodes)), np.zeros((kinds, nodes))
        for start in range(0, size, CHUNK):
            part = slice(start, min(start + CHUNK, size))
            below = np.cumsum(masses[part][:, None, :] * likelihood, axis=2)
            below /= below[:, :, -1:]
            by_kind += np.diff(below, axis=2, prepend=0.0).sum(axis=0)
            own = None if problem_weight is None else problem_weight[part]
            share[part] = _node_shares(below, self.cells.kind, rng, own)
        return RateDraws(share, by_kind / size)


def _node_shares(below: Floats, kind: Integers, rng: np.random.Generator, weight: Floats | None) -> Floats:
    """Draw every problem's node from the kinds' cumulative posteriors (D, U, G); shares, shape (D, G)."""
    size, kinds, nodes = below.shape
    row = np.arange(size)[:, None] * kinds + kind
    # One sorted line of numbers: the cumulative posterior of row r lies between r and r + 1.
    line = (below + np.arange(size * kinds).reshape(size, kinds, 1)).reshape(-1)
    node = np.searchsorted(line, row + rng.random(row.shape), side="right") - row * nodes
    place = np.arange(size)[:, None] * nodes + np.clip(node, 0, nodes - 1)
    if weight is None:
        return np.bincount(place.reshape(-1), minlength=size * nodes).reshape(size, nodes) / len(kind)
    summed = np.bincount(place.reshape(-1), weight.reshape(-1), size * nodes)
    return np.asarray(summed.reshape(size, nodes), dtype=np.float64)


def fit_solve_rates(passes: Integers, samples: Integers, rng: np.random.Generator) -> SolveRates:
    """Fit every member on all samples, and weigh it by parts of them: fitted on some, scored on the rest."""
    grid = RateGrid.for_samples(int(samples.max()))
    cells = Cells.of(passes, samples)
    posteriors = _fit_all(grid, cells, rng)
    scores = dict.fromkeys(MEMBERS, 0.0)
    for part in PARTS:
        size = np.maximum(samples // part, 1)
        for _split in range(SPLITS):
            some = np.asarray(rng.hypergeometric(passes, samples - passes, size), dtype=np.int64)
            for name, fitted in _fit_all(grid, Cells.of(some, size), rng).items():
                score = held_back_score(fitted, grid, (some, size), (passes, samples))
                scores[name] += score / (len(PARTS) * SPLITS)
    best = max(scores.values())
    relative = {name: score - best for name, score in scores.items()}
    raw = {name: ODDS[name] * float(np.exp(TEMPER * score)) for name, score in relative.items()}
    total = sum(raw.values())
    return SolveRates(grid, cells, posteriors, relative, {name: value / total for name, value in raw.items()})


def _fit_all(grid: RateGrid, cells: Cells, rng: np.random.Generator) -> dict[str, RatePosterior]:
    fitted = {family.name: fit_family(family, grid, cells, rng) for family in FAMILIES}
    return fitted | {FINITE: fit_finite_mixture(grid, cells, rng)}

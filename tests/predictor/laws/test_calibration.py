"""Laws against an oracle: truths drawn from a law's own prior, where its intervals must hold as often as they say.

With parameters from the prior and data from the law, a central 80 % posterior interval holds the truth in exactly
80 % of the cases (Cook, Gelman and Rubin 2006). Anything else is an error of the sampler or of the likelihood.
"""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import expit, logit

from predictor.arrays import Floats
from predictor.laws.curves import accuracy, run
from predictor.laws.curves.accuracy import AccuracyData, fit_accuracy
from predictor.laws.curves.run import RunData, fit_run
from predictor.laws.solve_rates.families import FAMILIES, Family
from predictor.laws.solve_rates.grid import RateGrid
from predictor.laws.solve_rates.mixture import SolveRates
from predictor.laws.solve_rates.posterior import Cells, fit_family
from predictor.scores import interval

pytestmark = pytest.mark.slow

GRID = RateGrid.for_samples(16)


def held(sets: int, one: Callable[[np.random.Generator], tuple[Floats, float]]) -> tuple[float, float]:
    """Shares of the sets in which the 50 and the 80 % interval of the draws held the truth."""
    inside = []
    for number in range(sets):
        draws, truth = one(np.random.default_rng([71, number]))
        inside.append([low <= truth <= high for low, high in (interval(draws, level) for level in (50, 80))])
    fifty, eighty = np.mean(inside, axis=0)
    return float(fifty), float(eighty)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_family_of_pass_rates_holds_its_own_truths(family: Family) -> None:
    def one(rng: np.random.Generator) -> tuple[Floats, float]:
        masses = family.masses(GRID, rng.standard_normal((1, family.parameters)))[0]
        rate = GRID.rate[rng.choice(len(GRID.rate), 100, p=masses)]
        cells = Cells.of(rng.binomial(16, rate), np.full(100, 16))
        fitted = {family.name: fit_family(family, GRID, cells, rng)}
        drawn = SolveRates(GRID, cells, fitted, {family.name: 0.0}, {family.name: 1.0}).draws(400, rng)
        at = GRID.pass_at([1000])[:, 0]
        # Node by node the truth may be one of the draws: a little noise breaks such ties.
        noise = 1e-6 * rng.standard_normal(401)
        truth = np.mean(-np.expm1(1000 * np.log1p(-np.minimum(rate, 1 - 1e-12))))
        return drawn.share @ at + noise[1:], float(truth + noise[0])

    fifty, eighty = held(60, one)
    assert 0.3 <= fifty <= 0.7  # three standard errors of 60 sets
    assert 0.64 <= eighty <= 0.96


@pytest.mark.parametrize("law", run.RUN_MEMBERS[:3])
def test_a_law_of_a_run_holds_its_own_truths(law: str) -> None:
    steps = np.arange(1.0, 61.0)

    def one(rng: np.random.Generator) -> tuple[Floats, float]:
        z = rng.standard_normal((1, 5))
        # The score at step 0 is relative to the first one that was seen, .3 here.
        shape = RunData(steps[:25], np.full(25, 0.3))
        curve = run._curve(law, shape, z, steps)[0]
        noise = run._scatter(z)[0] * rng.standard_t(4, 60)
        left = run.DEPARTURE * np.log(60 / 25) * rng.standard_normal()
        end = expit(logit(np.clip(curve[-1], 1e-4, 1 - 1e-4)) + left) + noise[-1]
        seen = RunData(steps[:25], np.concatenate([[0.3], (curve + noise)[1:25]]))
        fitted = fit_run(law, seen, rng)
        return fitted.draws(steps[-1:], 1000, rng)[:, 0], float(np.clip(end, 0, 1))

    fifty, eighty = held(60, one)
    assert 0.3 <= fifty <= 0.7
    assert 0.64 <= eighty <= 0.96


def test_a_law_of_accuracy_holds_its_own_truths() -> None:
    logs = np.stack([np.linspace(40, 50, 13)] + [np.full(13, np.nan)] * 2, axis=1)

    def one(rng: np.random.Generator) -> tuple[Floats, float]:
        z = rng.standard_normal((1, 7))
        shape = AccuracyData(logs[:9], np.zeros(9), None, 0.25)
        theta = accuracy._theta("direct-compute", shape, z, logs)
        theta = theta + accuracy._scatter(z)[:, None] * rng.standard_t(4, (1, 13))
        shown = accuracy._curve(shape, z, theta)[0]
        seen = shown + np.sqrt(shown * (1 - shown) / accuracy._questions(shape, z)) * rng.standard_normal(13)
        data = AccuracyData(logs[:9], np.clip(seen[:9], 0, 1), None, 0.25)
        law = fit_accuracy("direct-compute", data, rng)
        return law.draws(logs[-1], 1000, rng), float(np.clip(seen[-1], 0, 1))

    fifty, eighty = held(60, one)
    assert 0.3 <= fifty <= 0.7
    assert 0.64 <= eighty <= 0.96

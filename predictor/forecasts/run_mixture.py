"""The laws of one run, mixed by how they forecast the later part of what was seen from the earlier."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from predictor.arrays import Floats
from predictor.forecasts.rolling_origin import DRAWS, Origin, Rolled, Widening, mix, roll, widened
from predictor.laws.curves.run import RUN_MEMBERS, RunData, RunLaw, fit_run

__all__ = ["FEWEST_STEPS", "MixedRun", "fit_run_mixture"]

FEWEST_STEPS, FEWEST_BELOW, MOST_BEYOND, MOST_FITTED = 6, 4, 12, 120
CUTS = (0.65, 0.45)
# A run's first part favours laws that saturate, and its end lies above them. With any one set of runs left
# out, the others choose odds of at least 4 for the power law, and below 1 for the exponential and the last
# value; these stay nearer to 1. The factor makes 80% intervals hold 80% of all runs (docs/run_forecasts.md).
RULE = Widening(at_first=0.65, doubt=2.0, sharpness=1.0)
PRIOR = {"sigmoid": 1.0, "exponential": 0.5, "power": 3.0, "last-value": 0.5}


class MixedRun(NamedTuple):
    """Fitted members with what the rolling origin said of them.

    `even` are the weights at even odds: whether a ceiling is identified must not rest on odds for one law.
    """

    laws: dict[str, RunLaw]
    rolled: Rolled
    even: Mapping[str, float]

    def draws(self, steps: Floats, size: int, seed: int) -> dict[str, Floats]:
        """Return each member's own draws at later steps, shape (size, K), and the mixture's as `auto`."""
        own = {
            name: law.draws(steps, size, np.random.default_rng([seed, number]))
            for number, (name, law) in enumerate(self.laws.items())
        }
        return {"auto": widened(mix(own, self.rolled.weights), self.rolled.widen), **own}

    def ceilings(self, size: int, seed: int) -> Floats:
        """Return draws of the ceiling from the laws that have one, in proportion to their even weights."""
        own = {
            name: law.ceilings(size, np.random.default_rng([seed, number]))
            for number, (name, law) in enumerate(self.laws.items())
            if law.posterior is not None
        }
        total = sum(self.even[name] for name in own)
        if total <= 0:
            return np.concatenate(list(own.values()))
        return mix(own, {name: self.even[name] / total for name in own})

    def unnarrowed(self, draws: Floats) -> Floats:
        """Return the mixture's draws without the narrowing that its own errors allowed, for refusals."""
        return widened(draws, 1 / min(self.rolled.widen, 1.0))


def fit_run_mixture(data: RunData, seed: int, names: tuple[str, ...] = RUN_MEMBERS) -> MixedRun:
    """Fit the members to all that was seen, and weight them by rolling origin."""
    data = _thinned(data)
    origins = []
    for cut in CUTS:
        below = data.until(cut * float(data.steps[-1]))
        if len(below.steps) < FEWEST_BELOW or len(below.steps) > len(data.steps) - 2:
            continue
        beyond = np.arange(len(below.steps), len(data.steps))
        beyond = beyond[-MOST_BEYOND:]
        draws = {
            name: _fit(name, number, below, seed).draws(
                data.steps[beyond], DRAWS, np.random.default_rng([seed, number])
            )
            for number, name in enumerate(names)
        }
        origins.append(Origin(data.score[beyond], draws))
    rolled = roll(origins, names, PRIOR, RULE)
    even = roll(origins, names, dict.fromkeys(names, 1.0), RULE).weights
    laws = {name: _fit(name, number, data, seed) for number, name in enumerate(names)}
    return MixedRun(laws, rolled, even)


def _fit(name: str, number: int, data: RunData, seed: int) -> RunLaw:
    return fit_run(name, data, np.random.default_rng([seed, number]))


def _thinned(data: RunData) -> RunData:
    """Every n-th step where there are many: neighbours say the same, and a fit takes time for each."""
    count = len(data.steps)
    kept = np.unique(np.linspace(0, count - 1, min(count, MOST_FITTED)).round().astype(int))
    return RunData(data.steps[kept], data.score[kept])

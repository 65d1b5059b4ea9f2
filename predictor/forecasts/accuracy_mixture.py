"""The members that can forecast an accuracy from a table's models, mixed by rolling origin."""

from typing import NamedTuple

import numpy as np

from predictor.arrays import Floats, Mask
from predictor.forecasts.rolling_origin import DRAWS, Origin, Rolled, Widening, mix, roll, widened
from predictor.laws.curves.accuracy import MEMBERS, TWO_STEP, AccuracyData, AccuracyLaw, fit_accuracy

__all__ = ["FEWEST_MODELS", "Mixed", "fit_mixture", "usable_members"]

FEWEST_MODELS, FEWEST_SIZES = 4, 3
CUTS = (0.8, 0.65, 0.5)
RULE = Widening(at_first=1.15, doubt=2.0, sharpness=0.5)
# A table has one to three origins, near the training models, which say little of laws far beyond; and the
# task loss is measured more closely than the accuracy. With one set of data left out, the others choose odds
# of 3 or 4 and a sharpness of 0 to 0.5 (docs/accuracy.md).
PRIOR = {"direct-compute": 1.0, "direct-size-data": 1.0, "two-step-compute": 3.0, "two-step-size-data": 3.0}


class Mixed(NamedTuple):
    """Fitted members with what the rolling origin said of them."""

    laws: dict[str, AccuracyLaw]
    rolled: Rolled

    def draws(self, logs: Floats, size: int, seed: int) -> dict[str, Floats]:
        """Return each member's own draws at log C, N, D, shape (3,), and the mixture's as `auto`."""
        own = {
            name: law.draws(logs, size, np.random.default_rng([seed, number]))
            for number, (name, law) in enumerate(self.laws.items())
        }
        return {"auto": widened(mix(own, self.rolled.weights), self.rolled.widen), **own}


def usable_members(data: AccuracyData, target: Floats) -> list[str]:
    """Return members whose inputs these models and the target, log C, N, D, have."""
    sized = bool(np.isfinite(data.logs).all() and np.isfinite(target).all() and _has_grid(data.logs))
    lossy = data.task_loss is not None and bool(np.isfinite(data.task_loss).all())
    return [
        name for name in MEMBERS if (sized or "size-data" not in name) and (lossy or name not in TWO_STEP)
    ]


def fit_mixture(data: AccuracyData, target: Floats, seed: int, names: list[str] | None = None) -> Mixed:
    """Fit the members that can be, or the named ones, and weight them by rolling origin."""
    members = usable_members(data, target) if names is None else names
    origins = [_origin(data, below, members, seed) for below in _origins(data)]
    rolled = roll(origins, members, PRIOR, RULE)
    laws = {
        name: fit_accuracy(name, data, np.random.default_rng([seed, number]))
        for number, name in enumerate(members)
    }
    return Mixed(laws, rolled)


def _origin(data: AccuracyData, below: Mask, members: list[str], seed: int) -> Origin:
    lower = data.select(np.flatnonzero(below))
    beyond = np.flatnonzero(~below)
    draws = {}
    for number, name in enumerate(members):
        if "size-data" in name and not _has_grid(lower.logs):
            continue
        rng = np.random.default_rng([seed, number])
        law = fit_accuracy(name, lower, rng)
        draws[name] = np.stack([law.draws(data.logs[j], DRAWS, rng) for j in beyond], axis=1)
    return Origin(data.accuracy[beyond], draws)


def _origins(data: AccuracyData) -> list[Mask]:
    """Masks of the models below each origin, the highest first.

    Where sizes are trained on several token counts each, the next size is forecast; otherwise the models of
    more compute.
    """
    flops, sizes = data.logs[:, 0], np.unique(data.logs[:, 1])
    if np.isfinite(sizes).all() and 3 < len(sizes) <= len(flops) / 2:
        masks = [data.logs[:, 1] <= size for size in sizes[-2:1:-1]]
    else:
        masks = [flops <= np.quantile(flops, cut) for cut in CUTS]
    kept: list[Mask] = []
    for mask in masks:
        enough = (
            mask.sum() >= FEWEST_MODELS and not mask.all() and len(np.unique(flops[mask])) >= FEWEST_SIZES
        )
        if enough and not any(np.array_equal(mask, other) for other in kept):
            kept.append(mask)
    return kept


def _has_grid(logs: Floats) -> bool:
    """Whether N and D vary enough, and apart enough, for a law of both."""
    if not np.isfinite(logs).all() or len(logs) < FEWEST_MODELS + 2:
        return False
    sizes, data = logs[:, 1], logs[:, 2]
    varied = len(np.unique(sizes)) >= FEWEST_SIZES and len(np.unique(data)) >= FEWEST_SIZES
    return varied and float(np.std(sizes - data)) > 0.2

r"""A mixture of laws, weighted and widened by how they forecast the upper part of their own data.

Every member is fitted below each of a few origins and forecasts what lies beyond. Members are weighted by the
CRPS of those forecasts. The mixture's intervals are widened by lambda, where z is an error of its forecasts
in units of their own spread: lambda^2 = (doubt lambda_0^2 + sum over n origins of mean z^2) / (doubt + n).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from predictor.arrays import Floats
from predictor.scores import crps

__all__ = ["Origin", "Rolled", "Widening", "mix", "roll", "widened"]

DRAWS = 400
ORDINARY = 1.2816  # half the width of the 80% interval of a standard normal


class Widening(NamedTuple):
    """What the intervals are widened by before any origin was seen, and how many origins that counts for."""

    at_first: float
    doubt: float
    sharpness: float


class Origin(NamedTuple):
    """One origin: what lay beyond it, shape (K,), and each member's draws of that, shape (DRAWS, K)."""

    outcomes: Floats
    draws: Mapping[str, Floats]


class Rolled(NamedTuple):
    """Weights of the members, their mean CRPS at the origins, the widening, the number of origins."""

    weights: Mapping[str, float]
    scores: Mapping[str, float]
    widen: float
    origins: int


def roll(
    origins: Sequence[Origin], members: Sequence[str], prior: Mapping[str, float], rule: Widening
) -> Rolled:
    """Weight the members and measure the mixture at the origins that all of them reached."""
    common = [origin for origin in origins if all(name in origin.draws for name in members)]
    scores = {
        name: float(np.mean([_mean_crps(o.draws[name], o.outcomes) for o in common])) if common else 1.0
        for name in members
    }
    best = max(min(scores.values()), 1e-6)
    raw = np.array(
        [
            prior[name] * (max(scores[name], 1e-6) / best) ** (-rule.sharpness * len(common))
            for name in members
        ]
    )
    shares = np.where(raw / raw.sum() < 0.01, 0.0, raw)
    weights = dict(zip(members, (shares / shares.sum()).tolist(), strict=True))
    squares = [np.mean(_standardised(mix(origin.draws, weights), origin.outcomes) ** 2) for origin in common]
    widen = (rule.doubt * rule.at_first**2 + float(np.sum(squares))) / (rule.doubt + len(squares))
    return Rolled(weights, scores, float(np.sqrt(widen)), len(common))


def mix(draws: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    """Join the members' draws, shape (S, ...) each, one after the other in proportion to their weights."""
    parts = [
        draws[name][: round(weight * len(draws[name]))]
        for name, weight in weights.items()
        if round(weight * len(draws[name]))
    ]
    return np.concatenate(parts)


def widened(draws: Floats, factor: float) -> Floats:
    """Return draws of shares moved away from their median by a factor, and clipped to 0 and 1."""
    middle = np.median(draws, axis=0)
    return np.asarray(np.clip(middle + factor * (draws - middle), 0, 1))


def _mean_crps(draws: Floats, outcomes: Floats) -> float:
    return float(np.mean([crps(draws[:, k], outcome) for k, outcome in enumerate(outcomes)]))


def _standardised(draws: Floats, outcomes: Floats) -> Floats:
    """Errors in units of what the draws' own 80% interval takes for one standard deviation, at most 4."""
    low, middle, high = np.quantile(draws, [0.1, 0.5, 0.9], axis=0)
    sd = np.maximum(high - low, 1e-4) / (2 * ORDINARY)
    return np.asarray(np.clip((outcomes - middle) / sd, -4, 4))

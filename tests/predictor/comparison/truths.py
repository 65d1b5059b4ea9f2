"""Pairs of models whose pass rates are known, and counts drawn from them."""

import numpy as np
from scipy.special import expit

from predictor.arrays import Floats
from predictor.comparison.pairs import PairedCounts
from predictor.tables.sample_counts import SampleCounts


def counts(model: str, passes: list[int] | Floats, samples: int) -> SampleCounts:
    found = np.asarray(passes, dtype=np.int64)
    names = tuple(f"t{number}" for number in range(len(found)))
    return SampleCounts(model, names, found, np.full(len(found), samples))


def sharpened(rng: np.random.Generator, problems: int) -> tuple[Floats, Floats]:
    """Rates of a base model, and of one that is better where it is good and fails for ever on the hardest."""
    skill = rng.normal(0, 1.6, problems)
    tuned = expit(1.8 + 2.4 * skill + 0.5 * rng.normal(size=problems))
    return expit(0.3 + skill), np.where(rng.random(problems) < 0.12, 0.0, tuned)


def shifted(rng: np.random.Generator, problems: int) -> tuple[Floats, Floats]:
    """Rates of two models, the second better on most problems and at every k."""
    skill = rng.normal(0, 2, problems)
    return expit(-1 + skill), expit(0.2 + skill + 0.7 * rng.normal(size=problems))


def drawn(rates: tuple[Floats, Floats], samples: int, rng: np.random.Generator) -> PairedCounts:
    a, b = (rng.binomial(samples, rate) for rate in rates)
    return PairedCounts(counts("base", a, samples), counts("tuned", b, samples))


def curve(rates: Floats, ks: tuple[int, ...]) -> Floats:
    return np.asarray(1 - ((1 - rates)[:, None] ** np.array(ks)).mean(axis=0))

"""`auto`: forms mixed by how well they forecast the larger training models from the smaller ones.

Every form is fitted to the first j training models and asked for model j + 1, for each j from 2 up. Its mean
CRPS, of log(-mean log pass) over the problems asked for, sets its weight: CRPS^-T over T such forecasts, so
that a form twice as bad over two has a quarter of the weight. Fit quality plays no part, and neither does the
target. Weights are soft on purpose: a handful of forecasts ranks forms poorly.
"""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from predictor.counts import Compute
from predictor.difficulty import Bucket
from predictor.measure import neg_log_pass
from predictor.methods import METHODS, NEG_MEAN_LOG_PASS, Draws, Ladder, rebucket
from predictor.score import crps

__all__ = ["Fits", "auto", "candidates"]

Floats = NDArray[np.float64]
SHARPNESS = 1.0
INNER_DRAWS = 600


@dataclass(slots=True)
class Fits:
    """Draws of single problems, kept between the forecasts of one back-test, which share models and problems.

    Keys are (form, names of the training models, the target's compute, number of draws, seed).
    """

    known: MutableMapping[tuple[str, tuple[str, ...], Compute, int, int], Draws] = field(default_factory=dict)

    def draw(self, form: str, ladder: Ladder, buckets: tuple[Bucket, ...]) -> Draws:
        """A form's draws; a form that speaks of single problems is fitted once for all buckets."""
        key = (form, ladder.counts.models, ladder.target, ladder.size, ladder.seed)
        if key in self.known:
            return rebucket(self.known[key], ladder, buckets)
        drawn = METHODS[form](ladder, buckets)
        if drawn.problems is not None:
            self.known[key] = drawn
        return drawn


def candidates(ladder: Ladder) -> tuple[str, ...]:
    """The forms that `auto` mixes, on the equivalent axis where N and D are known."""
    forms = ["pooled", "hierarchical-logistic", "hierarchical-equivalent", "last-value"]
    if len(ladder.counts.models) > 3:
        forms.append("log-linear")
    if not np.isnan(ladder.counts.loss).any():
        forms.append("loss-mediated")
    return tuple(forms)


def auto(ladder: Ladder, buckets: tuple[Bucket, ...], fits: Fits | None = None) -> Draws:
    """The mixture's draws: each form gives its share of whole draws, so buckets stay coherent."""
    fits = fits or Fits()
    weights = _weights(ladder, buckets, fits)
    rng = np.random.default_rng(ladder.seed)
    shares = np.round(np.array(list(weights.values())) * ladder.size).astype(int)
    parts = []
    for (name, _), share in zip(weights.items(), shares, strict=True):
        if share:
            drawn = fits.draw(name, ladder, buckets)
            parts.append((drawn, rng.permutation(ladder.size)[:share]))
    return _mix(parts, weights)


def _mix(parts: list[tuple[Draws, NDArray[np.int64]]], weights: Mapping[str, float]) -> Draws:
    metrics = {
        name: np.concatenate([draws.buckets[name][rows] for draws, rows in parts])
        for name in parts[0][0].buckets
    }
    single = [draws.problems[rows] for draws, rows in parts if draws.problems is not None]
    notes = {code: text for draws, _ in parts for code, text in draws.notes.items()}
    return Draws(
        metrics,
        np.concatenate([draws.k[rows] for draws, rows in parts]),
        np.concatenate(single) if single else None,
        notes,
        MappingProxyType(dict(weights)),
    )


def _weights(ladder: Ladder, buckets: tuple[Bucket, ...], fits: Fits) -> dict[str, float]:
    forms = candidates(ladder)
    targets = range(2, len(ladder.counts.models))
    inner = {j: _inner(ladder, j, buckets) for j in targets}
    mean = np.array(
        [np.mean([_score(form, inner[j], fits) for j in targets if _can(form, j)]) for form in forms]
    )
    log_weight = -SHARPNESS * len(targets) * np.log(mean)
    weight = np.exp(log_weight - log_weight.max())
    # Below a hundredth a form is not worth its time.
    weight = np.where(weight / weight.sum() < 0.01, 0.0, weight)
    return dict(zip(forms, (weight / weight.sum()).tolist(), strict=True))


def _can(form: str, models: int) -> bool:
    """A straight line with an interval needs 3 models; the other forms' priors let them begin with 2."""
    return models > 2 or form != "log-linear"


class _Inner(NamedTuple):
    """One training model as a target of the smaller ones."""

    ladder: Ladder
    buckets: tuple[Bucket, ...]
    outcome: float


def _inner(ladder: Ladder, j: int, buckets: tuple[Bucket, ...]) -> _Inner:
    counts = ladder.counts
    sampled = counts.samples[j] > 0
    cut = (Bucket(b.name, b.problems[sampled[b.problems]]) for b in buckets)
    kept = tuple(b for b in cut if len(b.problems))
    problems = np.concatenate([b.problems for b in kept])
    outcome = neg_log_pass(counts.passes[j, problems], counts.samples[j, problems]).value.mean()
    inner = replace(
        ladder,
        counts=counts.select(list(range(j))),
        target=counts.compute[j],
        measured_at=float(counts.samples[j].max()),
        ks=(),
        size=INNER_DRAWS,
    )
    return _Inner(inner, kept, float(outcome))


def _score(form: str, inner: _Inner, fits: Fits) -> float:
    """CRPS of log(-mean log pass) over the buckets' problems."""
    drawn = fits.draw(form, inner.ladder, inner.buckets)
    share = np.array([len(b.problems) for b in inner.buckets], dtype=float)
    mean = drawn.buckets[NEG_MEAN_LOG_PASS] @ (share / share.sum())
    return crps(np.log(np.maximum(mean, 1e-12)), float(np.log(max(inner.outcome, 1e-12))))

"""`auto`: forms mixed by how well they forecast the larger training models from the smaller ones.

Every form is fitted to the models below each rung (the models of one compute) and asked for that rung, from
the third up. Its mean CRPS, of the geometric mean pass rate over the problems asked for, sets its weight:
prior x CRPS^-(sharpness x T) over T such rungs. The prior favours the report's law; the target's outcome
plays no part, nor does the quality of a fit. Weights are soft on purpose: a handful of forecasts ranks forms
poorly.

A rate that is linear in log C leaves 0..1 somewhere, and past that compute the line says nothing, however
well it did before. Where it has left for any bucket at the target, the form is no part of the mixture.
"""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from predictor.estimators import mean_neg_log_pass
from predictor.laws.compute_axis import Axis
from predictor.methods.catalog import (
    HIGHEST_RATE,
    LOWEST_RATE,
    METHODS,
    NEG_MEAN_LOG_PASS,
    Draws,
    Ladder,
    rebucket,
)
from predictor.problem_buckets import Bucket
from predictor.scores import crps

__all__ = ["Fits", "Mixing", "auto", "candidates"]

Floats = NDArray[np.float64]
INNER_DRAWS = 600
LAW = "report-all"
LINE = "log-linear"
# Straight lines with an interval: 3 rungs leave them one degree of freedom, and a median at best.
LINES = frozenset({LAW, "report-all-equivalent", LINE})


class Mixing(NamedTuple):
    """How weights follow scores.

    Attributes:
        sharpness: power of the scores per rung forecast; 0 keeps the prior, infinity picks the best.
        law: prior odds of the report's law, on either axis, against each other form.
        in_range: leave the straight line out where it has left 0..1 at the target. False makes a forecast
            again that was registered before this was done.
    """

    sharpness: float = 0.75
    law: float = 6.0
    in_range: bool = True


@dataclass(slots=True)
class Fits:
    """Draws kept between the forecasts of one table, which share models and problems.

    `single` holds draws of single problems by (form, training models, target's compute, number of draws,
    seed), which serve any buckets; `grouped` holds those of given buckets, by `single`'s key, the buckets'
    problems, the pass@k wanted and the samples at which T_n is measured.
    """

    single: MutableMapping[tuple[object, ...], Draws] = field(default_factory=dict)
    grouped: MutableMapping[tuple[object, ...], Draws] = field(default_factory=dict)

    def draw(self, form: str, ladder: Ladder, buckets: tuple[Bucket, ...]) -> Draws:
        """A form's draws; a form that speaks of single problems is fitted once for all buckets."""
        key = (form, ladder.counts.models, ladder.target, ladder.size, ladder.seed)
        problems = tuple(bucket.problems.tobytes() for bucket in buckets)
        exact = (*key, problems, ladder.ks, ladder.measured_at)
        if exact not in self.grouped:
            known = self.single.get(key)
            drawn = rebucket(known, ladder, buckets) if known else METHODS[form](ladder, buckets)
            if drawn.problems is not None:
                self.single[key] = drawn
            self.grouped[exact] = drawn
        return self.grouped[exact]


def candidates(ladder: Ladder) -> tuple[str, ...]:
    """The forms that `auto` mixes, on the equivalent axis too where N and D are known."""
    forms = ["hierarchical-logistic", "last-value"]
    if len(ladder.counts.rungs()) > 3:
        forms += [LINE, LAW]
        forms += ["report-all-equivalent"] if ladder.axis() is Axis.EQUIVALENT else []
    if not np.isnan(ladder.counts.loss).any():
        forms.append("loss-mediated")
    return tuple(forms)


def auto(
    ladder: Ladder, buckets: tuple[Bucket, ...], fits: Fits | None = None, mixing: Mixing | None = None
) -> Draws:
    """The mixture's draws: each form gives its share of whole draws, so buckets stay coherent."""
    fits = fits or Fits()
    weights = _weights(ladder, buckets, fits, mixing or Mixing())
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


def _weights(ladder: Ladder, buckets: tuple[Bucket, ...], fits: Fits, mixing: Mixing) -> dict[str, float]:
    forms = list(candidates(ladder))
    if mixing.in_range and LINE in forms and not _in_range(ladder, buckets, fits):
        forms.remove(LINE)
    inner = [_inner(ladder, rung, buckets) for rung in ladder.counts.rungs()[2:]]
    scores = [[_score(form, one, fits) for one in inner if _can(form, one.ladder)] for form in forms]
    mean = np.array([np.mean(found) if found else 1.0 for found in scores])
    prior = np.array([mixing.law if form.startswith(LAW) else 1.0 for form in forms])
    log_weight = np.log(prior) - mixing.sharpness * len(inner) * np.log(mean)
    weight = np.exp(log_weight - log_weight.max())
    # Below a hundredth a form is not worth its time.
    weight = np.where(weight / weight.sum() < 0.01, 0.0, weight)
    return dict(zip(forms, (weight / weight.sum()).tolist(), strict=True))


def _in_range(ladder: Ladder, buckets: tuple[Bucket, ...], fits: Fits) -> bool:
    """Whether the straight line in log C is still between 0 and 1 for every bucket at the target."""
    rate = np.exp(-np.median(fits.draw(LINE, ladder, buckets).buckets[NEG_MEAN_LOG_PASS], axis=0))
    return bool(np.all((rate > 2 * LOWEST_RATE) & (rate < 1 - 2 * (1 - HIGHEST_RATE))))


def _can(form: str, ladder: Ladder) -> bool:
    """A line with an interval needs 3 models, a law of the loss 3 rungs; priors let others begin with 2."""
    if form == "loss-mediated":
        return len(ladder.counts.rungs()) > 2
    return form not in LINES or len(ladder.counts.models) > 2


class _Inner(NamedTuple):
    """One rung of the training models as the target of those below it."""

    ladder: Ladder
    buckets: tuple[Bucket, ...]
    outcome: float


def _inner(ladder: Ladder, rung: NDArray[np.int64], buckets: tuple[Bucket, ...]) -> _Inner:
    """The outcome is the rung's mean; no model of the rung trains its own forecast."""
    counts = ladder.counts
    sampled = np.all(counts.samples[rung] > 0, axis=0)
    cut = (Bucket(b.name, b.problems[sampled[b.problems]]) for b in buckets)
    kept = tuple(b for b in cut if len(b.problems)) or buckets
    problems = np.concatenate([b.problems for b in kept])
    outcome = mean_neg_log_pass(counts.passes[rung][:, problems], counts.samples[rung][:, problems])
    inner = replace(
        ladder,
        counts=counts.select(counts.flops < counts.flops[rung[0]]),
        target=counts.compute[rung[0]],
        measured_at=float(counts.samples[rung].max()),
        ks=(),
        size=INNER_DRAWS,
    )
    return _Inner(inner, kept, float(outcome.value.mean()))


def _score(form: str, inner: _Inner, fits: Fits) -> float:
    """CRPS of the geometric mean pass rate over the buckets' problems; a perfect score has no logarithm."""
    drawn = fits.draw(form, inner.ladder, inner.buckets)
    share = np.array([len(b.problems) for b in inner.buckets], dtype=float)
    mean = drawn.buckets[NEG_MEAN_LOG_PASS] @ (share / share.sum())
    return max(crps(np.exp(-mean), float(np.exp(-inner.outcome))), 1e-9)

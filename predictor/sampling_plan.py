"""What to measure next: samples on which problems, or one more small model, and what each buys.

Both are answered on the straight-line forecast of log(-mean log pass) from T_n over all problems, whose
variance is a sum of two parts: sampling error through each model's leverage, and model scatter through the
design.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from predictor.arrays import Floats
from predictor.errors import ForecastError
from predictor.estimators import mean_neg_log_pass, neg_log_pass
from predictor.forecasts.estimates import Target
from predictor.laws.regression import leverage
from predictor.tables.pass_counts import PassCounts

__all__ = ["MoreSamples", "NewModel", "Plan", "plan"]

Z80 = 1.2816


class MoreSamples(NamedTuple):
    """Samples to add to one model on one problem, and the variance of the log forecast that this removes."""

    model: str
    task_id: str
    samples: int
    variance_removed: float


class NewModel(NamedTuple):
    """One more training model: its compute, the half-width with it, and narrowing per FLOP of training."""

    flops: float
    half_width: float
    narrowing_per_flop: float


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """Which samples to take within a budget, and which further small models would narrow a forecast.

    Attributes:
        half_width: of the 80% interval of log(-mean log pass) now.
        samples_part: the part of its variance that is due to the number of samples.
        models_part: the part that is due to scatter between models.
        after_samples: half-width once `samples` are taken.
        reachable: whether `width` is reached by samples alone.
        samples: most useful first.
        new_models: most narrowing per FLOP first.
    """

    half_width: float
    samples_part: float
    models_part: float
    after_samples: float
    reachable: bool
    samples: tuple[MoreSamples, ...]
    new_models: tuple[NewModel, ...]

    def to_json(self) -> dict[str, object]:
        """Return all numbers, ready for JSON; half-widths are natural-log units of -mean log pass."""
        return {
            "half_width_80": self.half_width,
            "variance": {"samples": self.samples_part, "models": self.models_part},
            "half_width_80_after_samples": self.after_samples,
            "reachable_by_samples": self.reachable,
            "samples": [row._asdict() for row in self.samples],
            "new_models": [row._asdict() for row in self.new_models],
        }

    def __repr__(self) -> str:
        now, then = f"{self.half_width:.3f}", f"{self.after_samples:.3f}"
        added = sum(row.samples for row in self.samples)
        return f"Plan(half-width of the 80% interval {now} now, {then} after {added:,} more samples)"


def plan(counts: PassCounts, target: Target, *, width: float, budget: int = 10_000, batch: int = 100) -> Plan:
    """Plan samples and models for an 80% interval of half-width `width` in log(-mean log pass).

    Samples are handed out greedily in batches, each to the model and problem where the variance falls most.
    The error of T_n falls as 1/n at a given pass rate, so a batch of m on n samples removes m / (n + m) of
    that cell's variance.

    Raises:
        ForecastError: fewer than 3 training models, or a width or budget that is not positive.
    """
    if not 0 < width < np.inf or budget < batch or batch < 1:
        raise ForecastError(
            f"width {width:g} and budget {budget} must be positive, the budget at least one batch of {batch}"
        )
    train = counts.select(counts.flops < target.flops)
    if len(train.models) < 3:
        raise ForecastError(f"{len(train.models)} models below the target; a plan needs 3 with some counts")
    if len(train.compute_levels()) < 2:
        raise ForecastError(
            f"every model below the target has {train.flops[0]:g} FLOPs; a plan needs two compute values"
        )
    if not train.passes.any():
        raise ForecastError("no model below the target solved any problem; sample more, or add larger models")
    x = np.log(train.flops)
    weights = leverage(x, float(np.log(target.flops)))
    cells = _cell_variance(train, weights)
    models = _model_variance(train, x, float(np.log(target.flops)))
    goal = (width / Z80) ** 2
    samples, left = _allocate_greedily(train, cells, budget, batch, goal - models)
    return Plan(
        float(Z80 * np.sqrt(cells.sum() + models)),
        float(cells.sum()),
        models,
        float(Z80 * np.sqrt(left + models)),
        bool(left + models <= goal),
        samples,
        _new_models(train, x, target, float(cells.sum()), models),
    )


def _cell_variance(train: PassCounts, weights: Floats) -> Floats:
    """Each cell's part of the forecast's variance, shape (J, I)."""
    sampled = train.samples > 0
    estimate = neg_log_pass(train.passes, train.samples)
    size = sampled.sum(axis=1, keepdims=True)
    mean = mean_neg_log_pass(train.passes, train.samples).value[:, None]
    return np.where(sampled, (weights[:, None] * estimate.standard_error / (size * mean)) ** 2, 0.0)


def _model_variance(train: PassCounts, x: Floats, at: float) -> float:
    log_y = np.log(mean_neg_log_pass(train.passes, train.samples).value)
    fitted = np.array([leverage(x, place) @ log_y for place in x])
    scatter = float(((log_y - fitted) ** 2).sum() / (len(x) - 2))
    return scatter * (1 + float((leverage(x, at) ** 2).sum()))


def _allocate_greedily(
    train: PassCounts, cells: Floats, budget: int, batch: int, goal: float
) -> tuple[tuple[MoreSamples, ...], float]:
    samples = train.samples.astype(float)
    added = np.zeros_like(samples)
    variance = cells.copy()
    for _ in range(budget // batch):
        if variance.sum() <= goal:
            break
        gain = np.where(samples > 0, variance * batch / np.maximum(samples + added + batch, 1), 0.0)
        cell = np.unravel_index(int(np.argmax(gain)), gain.shape)
        variance[cell] -= gain[cell]
        added[cell] += batch
    order = np.argsort(-(cells - variance), axis=None)
    places = [np.unravel_index(int(flat), cells.shape) for flat in order[: int((added > 0).sum())]]
    rows = tuple(
        MoreSamples(train.models[j], train.problems[i], int(added[j, i]), float(cells[j, i] - variance[j, i]))
        for j, i in places
    )
    return rows, float(variance.sum())


def _new_models(
    train: PassCounts, x: Floats, target: Target, samples: float, models: float
) -> tuple[NewModel, ...]:
    """Candidates up to a third of the target's compute, each as irregular as the others."""
    at = float(np.log(target.flops))
    now = Z80 * np.sqrt(samples + models)
    unit = models / (1 + float((leverage(x, at) ** 2).sum()))
    found = []
    for flops in np.geomspace(train.flops.min(), target.flops / 3, 12):
        weights = leverage(np.append(x, np.log(flops)), at)
        # Sampling error per model is carried over in proportion to the leverage.
        shrunk = samples * float((weights**2).sum()) / float((leverage(x, at) ** 2).sum())
        width = Z80 * float(np.sqrt(unit * (1 + float((weights**2).sum())) + shrunk))
        found.append(NewModel(float(flops), width, float(now - width) / float(flops)))
    return tuple(sorted(found, key=lambda model: -model.narrowing_per_flop))

"""Outcomes of registered forecasts: whether one is known already, what it is, how the forecast scores."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from predictor.errors import RegistryError
from predictor.estimators import neg_log_pass, neg_log_pass_at
from predictor.methods.base import MEASURED, NEG_MEAN_LOG_PASS
from predictor.scores import LEVELS
from predictor.tables.compute import Compute
from predictor.tables.pass_counts import PassCounts

__all__ = ["known_outcome", "measured_outcome", "score_outcome", "target_name"]


_SAME_COMPUTE = 0.01  # relative


def score_outcome(record: Mapping[str, object], metric: str, value: float) -> dict[str, object]:
    """Error, CRPS and coverage from the recorded quantiles; of a chance, from the probability.

    Raises:
        RegistryError: the metric was not forecast, or what a chance is of neither happened (1) nor not (0).
    """
    chance = _section(record, "chances").get(metric)
    if isinstance(chance, int | float):
        return _score_chance(metric, float(chance), value)
    overall = record.get("overall", {"loss": record.get("loss")})
    forecast = dict(overall) if isinstance(overall, Mapping) else {}
    forecast |= _section(record, "turn")
    estimate = forecast.get(metric)
    if not isinstance(estimate, Mapping):
        names = ", ".join([*forecast, *_section(record, "chances")]) or "nothing"
        raise RegistryError(f"{metric} was not forecast; the record has {names}")
    intervals = estimate["intervals"]
    quantiles = [(0.5, float(estimate["point"]))]
    for level, (low, high) in intervals.items():
        quantiles += [(0.5 - float(level) / 200, float(low)), (0.5 + float(level) / 200, float(high))]
    return {
        "outcome": value,
        "point": float(estimate["point"]),
        "error": float(estimate["point"]) - value,
        "crps": _quantile_crps(quantiles, value),
        "inside": {str(level): bool(low <= value <= high) for level, (low, high) in intervals.items()},
    }


def _section(record: Mapping[str, object], name: str) -> dict[str, object]:
    found = record.get(name)
    return dict(found) if isinstance(found, Mapping) else {}


def _score_chance(metric: str, chance: float, value: float) -> dict[str, object]:
    """Score the probability of an event: its CRPS is the Brier score, its intervals hold 0, 1 or both."""
    if value not in {0.0, 1.0}:
        raise RegistryError(f"{metric} is an event; give 1 if it happened, 0 if not")
    inside = {
        str(level): bool((1 - chance if value == 0 else chance) > 0.5 - level / 200) for level in LEVELS
    }
    return {
        "outcome": value,
        "point": chance,
        "error": chance - value,
        "crps": (chance - value) ** 2,
        "inside": inside,
    }


def _quantile_crps(quantiles: list[tuple[float, float]], outcome: float) -> float:
    """CRPS of the distribution that joins the recorded quantiles by lines: twice the integrated pinball loss.

    Beyond the outermost quantiles the distribution is held constant, the most that a record of 7 numbers can
    say.
    """
    levels, values = (np.array(column) for column in zip(*sorted(quantiles), strict=True))
    grid = (np.arange(2000) + 0.5) / 2000
    drawn = np.interp(grid, levels, values)
    pinball = np.where(outcome >= drawn, grid, grid - 1) * (outcome - drawn)
    return float(2 * pinball.mean())


def known_outcome(
    record: Mapping[str, object], models: Sequence[str], compute: Sequence[Compute], source: str
) -> str | None:
    """Return a sentence when the target's outcome may stand among models, else None.

    It may where a model has the target's name, or its compute within 1%: a target without a name, or under
    another one, may be that model. A model whose parameters are known not to be the target's is another one.
    """
    name = target_name(record)
    if name is not None and name in models:
        return f"{source} holds the outcome of {name}"
    target = record.get("target")
    known = target if isinstance(target, Mapping) else {}
    for model, its in zip(models, compute, strict=True):
        if _same(its.flops, known.get("flops")) and _same(its.params, known.get("params")) is not False:
            return (
                f"{source} holds {model} with the target's compute ({its.flops:.3g} FLOPs), maybe its outcome"
            )
    return None


def _same(value: float, wanted: object) -> bool | None:
    """Whether two figures agree within 1%; None where one is unknown."""
    if not isinstance(wanted, int | float) or math.isnan(value):
        return None
    return abs(value - wanted) <= _SAME_COMPUTE * wanted


def measured_outcome(record: Mapping[str, Any], counts: PassCounts) -> dict[str, float]:
    """What a pass-count table says of a registered forecast's target: -mean log pass, geometric mean, pass@1.

    Over the problems that the forecast covered. A record with `..._measured` metrics is compared on those,
    and the table's T_n is taken at the record's `measured_at` samples; an older record means T_n
    throughout.

    Raises:
        RegistryError: the forecast is of a loss, its target has no name, or a problem was not sampled.
        ForecastError: the table does not hold the target.
    """
    name = target_name(record)
    if record.get("kind") != "capability" or name is None:
        raise RegistryError(
            "a loss, or a target without a name, is not measured from a table",
            option="outcome",
            to="METRIC=VALUE",
        )
    covered = {task for bucket in record["buckets"] for task in bucket["problems"]}
    row = counts.index(name)
    columns = [i for i, task in enumerate(counts.problems) if task in covered and counts.samples[row, i] > 0]
    if len(columns) < len(covered):
        raise RegistryError(
            f"the table samples {name} on {len(columns)} of {len(covered)} forecast problems; add the rest"
        )
    passes, samples = counts.passes[row, columns], counts.samples[row, columns]
    if MEASURED in record["overall"]:
        value = float(neg_log_pass_at(passes, samples, int(record["settings"]["measured_at"])).mean())
        found = {MEASURED: value, "geometric_mean_pass_measured": float(np.exp(-value))}
    else:
        value = float(neg_log_pass(passes, samples).value.mean())
        found = {NEG_MEAN_LOG_PASS: value, "geometric_mean_pass": float(np.exp(-value))}
    return found | ({"pass@1": float((passes / samples).mean())} if "pass@1" in record["overall"] else {})


def target_name(record: Mapping[str, object]) -> str | None:
    """The target's name, if the record has one."""
    target = record.get("target")
    name = target.get("name") if isinstance(target, Mapping) else None
    return str(name) if name is not None else None

"""The result of a forecast: estimates with intervals, warnings, and the record that is registered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from predictor.forecasts.canonical import CODE_VERSION, digest
from predictor.scores import LEVELS, interval

__all__ = [
    "BucketForecast",
    "CapabilityForecast",
    "Estimate",
    "ForecastWarning",
    "LossForecast",
    "Target",
]


class Estimate(NamedTuple):
    """A median and its central intervals: {50: (lo, hi), 80: ..., 95: ...}."""

    point: float
    intervals: Mapping[int, tuple[float, float]]

    @classmethod
    def from_draws(cls, draws: ArrayLike) -> "Estimate":
        """Median and intervals of predictive draws."""
        return cls(
            float(np.median(np.asarray(draws, dtype=float))),
            {level: interval(draws, level) for level in LEVELS},
        )

    def to_json(self) -> dict[str, object]:
        """`{"point": x, "intervals": {"50": [lo, hi], ...}}`."""
        return {
            "point": self.point,
            "intervals": {str(level): list(pair) for level, pair in self.intervals.items()},
        }


class ForecastWarning(NamedTuple):
    """A reason for doubt: a stable code, and a sentence for a person."""

    code: str
    message: str


class Target(NamedTuple):
    """What is forecast: compute in FLOPs, and a name, N and D where known (nan where not)."""

    flops: float
    name: str | None = None
    params: float = float("nan")
    tokens: float = float("nan")
    derived: bool = False

    def to_json(self) -> dict[str, object]:
        """Unknown parts are null; `flops_derived` marks C = 6 N D."""
        known = {
            key: value if np.isfinite(value) else None
            for key, value in zip(("params", "tokens"), self[2:4], strict=True)
        }
        return {"name": self.name, "flops": self.flops, **known, "flops_derived": self.derived}


@dataclass(frozen=True, slots=True)
class BucketForecast:
    """One bucket: its problems, its law alpha C^-k with C = 1 at the target, its estimates by metric."""

    name: str
    problems: tuple[str, ...]
    law: Mapping[str, object]
    estimates: Mapping[str, Estimate]

    def to_json(self) -> dict[str, object]:
        """Name, problems, law, and one entry per metric."""
        return {
            "name": self.name,
            "problems": list(self.problems),
            "law": dict(self.law),
            **_estimates(self.estimates),
        }


@dataclass(frozen=True, slots=True)
class CapabilityForecast:
    """A forecast of pass rates.

    Attributes:
        overall: metric -> `Estimate` over every problem that the method covers.
        excluded: task ids that the method leaves out; empty but for `report`.
        problems: task id -> metric -> `Estimate`, from methods that forecast single problems.
        levels: standard deviation of the log forecast that resampling samples, problems and models alone
            would give.
        settings: everything else that fixes the result: data hash, seed, draws, axis, priors.
    """

    method: str
    target: Target
    train_models: tuple[str, ...]
    overall: Mapping[str, Estimate]
    buckets: tuple[BucketForecast, ...]
    excluded: tuple[str, ...]
    problems: Mapping[str, Mapping[str, Estimate]]
    levels: Mapping[str, float]
    warnings: tuple[ForecastWarning, ...]
    settings: Mapping[str, object]

    def record(self) -> dict[str, object]:
        """Return what is registered: everything but the single problems, with the code's version."""
        return {
            "kind": "capability",
            "method": self.method,
            "target": self.target.to_json(),
            "train_models": list(self.train_models),
            "overall": _estimates(self.overall),
            "buckets": [bucket.to_json() for bucket in self.buckets],
            "excluded": list(self.excluded),
            "levels": dict(self.levels),
            "warnings": [warned._asdict() for warned in self.warnings],
            "settings": dict(self.settings),
            "code": CODE_VERSION,
        }

    def to_json(self) -> dict[str, object]:
        """The record, the single problems, and the record's SHA-256."""
        single = {task: _estimates(metrics) for task, metrics in self.problems.items()}
        return self.record() | {"problems": single, "record_sha256": digest(self.record())}


@dataclass(frozen=True, slots=True)
class LossForecast:
    """A forecast of one loss column; `objectives` holds each objective's own point, for comparison."""

    method: str
    column: str
    target: Target
    train_models: tuple[str, ...]
    loss: Estimate
    law: Mapping[str, object]
    objectives: Mapping[str, float]
    warnings: tuple[ForecastWarning, ...]
    settings: Mapping[str, object]

    def record(self) -> dict[str, object]:
        """What is registered."""
        return {
            "kind": "loss",
            "method": self.method,
            "column": self.column,
            "target": self.target.to_json(),
            "train_models": list(self.train_models),
            "loss": self.loss.to_json(),
            "law": dict(self.law),
            "objectives": dict(self.objectives),
            "warnings": [warned._asdict() for warned in self.warnings],
            "settings": dict(self.settings),
            "code": CODE_VERSION,
        }

    def to_json(self) -> dict[str, object]:
        """The record and its SHA-256."""
        return self.record() | {"record_sha256": digest(self.record())}


def _estimates(estimates: Mapping[str, Estimate]) -> dict[str, object]:
    return {metric: estimate.to_json() for metric, estimate in estimates.items()}

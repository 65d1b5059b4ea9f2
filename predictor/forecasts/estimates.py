"""What every forecast is made of: a target, estimates with intervals, and warnings."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from predictor.presentation import percent, percent_range
from predictor.scores import LEVELS, interval

__all__ = ["Estimate", "ForecastWarning", "Target", "disagreement"]

COUNTS = 0.05  # the weight from which on a law counts in a mixture


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

    def columns(self) -> dict[str, float]:
        """`{"point": x, "low_50": lo, "high_50": hi, ...}`, for a row of a data frame."""
        found = {"point": self.point}
        for level, (low, high) in self.intervals.items():
            found |= {f"low_{level}": low, f"high_{level}": high}
        return found

    def as_percent(self) -> str:
        """The median and the 80% interval of a share, as percentages."""
        return f"{percent(self.point)} (80% interval {percent_range(*self.intervals[80])})"

    def __repr__(self) -> str:
        low, high = self.intervals[80]
        return f"Estimate({self.point:.4f}, 80% interval {low:.4f}–{high:.4f})"


class ForecastWarning(NamedTuple):
    """A reason for doubt: a stable code, and a sentence for a person."""

    code: str
    message: str


def disagreement(members: Iterable[tuple[float, float]], apart: float) -> Iterator[ForecastWarning]:
    """Yield a warning if laws of a mixture that count in it are more than `apart` from each other.

    Args:
        members: each law's weight and its own median, a share.
        apart: a difference of shares.
    """
    medians = [median for weight, median in members if weight >= COUNTS]
    if max(medians) - min(medians) > apart:
        yield ForecastWarning(
            "members_disagree",
            f"laws that count in the mixture forecast from {min(medians):.1%} to {max(medians):.1%}",
        )


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

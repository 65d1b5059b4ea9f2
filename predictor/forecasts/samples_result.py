"""The result of a forecast of pass@k: estimates by k, samples for a coverage, and the record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from predictor.forecasts.estimates import Estimate, ForecastWarning
from predictor.forecasts.result_base import ForecastResult
from predictor.presentation import Plotted, data_frame, html_table, percent, percent_range, plural, shown
from predictor.scores import LEVELS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CoverageNeed", "Member", "MoreOfProblem", "SamplesForecast"]


class Member(NamedTuple):
    """One member: its weight, its held-back score less the best one's in nats, its own median of pass@k."""

    weight: float
    score: float
    pass_at: Mapping[int, float]


class CoverageNeed(NamedTuple):
    """Samples a problem for a wanted coverage: median and intervals; None where the coverage is not reached.

    `never` is the share of draws that do not reach it within a million samples.
    """

    coverage: float
    samples: int | None
    intervals: Mapping[int, tuple[int | None, int | None]]
    never: float

    def to_json(self) -> dict[str, object]:
        """Null stands for more than a million samples, perhaps never."""
        return {
            "coverage": self.coverage,
            "samples": self.samples,
            "intervals": {str(level): list(pair) for level, pair in self.intervals.items()},
            "never": self.never,
        }


class MoreOfProblem(NamedTuple):
    """As many samples again of one problem, and the part of the problems' variance that they remove.

    It is the part of the sum over all problems of each one's own variance of pass@k.
    """

    task_id: str
    samples: int
    passes: int
    more: int
    variance_removed: float


@dataclass(frozen=True, slots=True, repr=False)
class SamplesForecast(ForecastResult, Plotted):
    """pass@k of one model on these problems, as shares; an outcome is given as `pass@K`.

    Attributes:
        samples: the smallest and the largest n of a problem.
        solved: problems with at least one pass.
        pass_at: k -> median and intervals of the mean pass@k over the problems.
        unbiased: k -> the unbiased estimate from the samples, where every problem has k of them.
        curve, observed: the same two at about 60 k from 1 to the largest, for figures.
        need: None unless a coverage was asked for.
        next_samples: the problems to sample next for the largest k, the most useful first.
        task_ids: the problems, as the table names them.
        draws: how many draws it rests on.
    """

    _figure = "samples_figure"

    model: str
    problems: int
    samples: tuple[int, int]
    solved: int
    pass_at: Mapping[int, Estimate]
    unbiased: Mapping[int, float]
    curve: Mapping[int, Estimate]
    observed: Mapping[int, float]
    need: CoverageNeed | None
    members: Mapping[str, Member]
    next_samples: tuple[MoreOfProblem, ...]
    warnings: tuple[ForecastWarning, ...]
    seed: int
    task_ids: tuple[str, ...] = ()
    draws: int = 2000

    def _content(self) -> dict[str, object]:
        known = max(self.pass_at) <= self.samples[0]
        return {
            "kind": "samples",
            "method": "mixture",
            "model": self.model or None,
            "target": {"name": self.model or None, "flops": None},
            "overall": {f"pass@{k}": estimate.to_json() for k, estimate in self.pass_at.items()},
            "task_ids": list(self.task_ids),
            "samples": list(self.samples),
            "solved": self.solved,
            "pass_at": {str(k): estimate.to_json() for k, estimate in self.pass_at.items()},
            "unbiased": {str(k): value for k, value in self.unbiased.items()},
            "coverage": self.need.to_json() if self.need else None,
            "members": {
                name: {
                    "weight": member.weight,
                    "score": member.score,
                    "pass_at": {str(k): value for k, value in member.pass_at.items()},
                }
                for name, member in self.members.items()
            },
            "next_samples": [each._asdict() for each in self.next_samples],
            "settings": {"seed": self.seed, "draws": self.draws, "outcome_in_table": known},
        }

    def _beside(self) -> dict[str, object]:
        return {"problems": self.problems}

    def to_pandas(self) -> "pd.DataFrame":
        """Return a data frame with a row for each k: `k`, `point`, `low_L`, `high_L`, and `unbiased`.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        return data_frame(
            [
                {"k": k, **estimate.columns(), "unbiased": self.unbiased.get(k)}
                for k, estimate in self.pass_at.items()
            ]
        )

    def __repr__(self) -> str:
        found = ", ".join(f"pass@{k:,} {each.as_percent()}" for k, each in list(self.pass_at.items())[:3])
        more = f" and {len(self.pass_at) - 3} more" if len(self.pass_at) > 3 else ""
        return f"SamplesForecast({self._about()}: {found}{more})"

    def _repr_html_(self) -> str:
        rows = [
            (
                f"{k:,}",
                percent(estimate.point),
                *(percent_range(*pair) for pair in estimate.intervals.values()),
                percent(self.unbiased[k]) if k in self.unbiased else "",
            )
            for k, estimate in self.pass_at.items()
        ]
        heads = ("k", "pass@k", *(f"{level}% interval" for level in LEVELS), "unbiased estimate")
        notes = [f"Warning: {warned.message}." for warned in self.warnings]
        return html_table(f"Forecast of pass@k: {self._about()}", heads, rows, notes)

    def _about(self) -> str:
        name = f"{shown(self.model, 60)}, " if self.model else ""
        fewest, most = self.samples
        each = f"{fewest:,}" if fewest == most else f"{fewest:,} to {most:,}"
        return f"{name}{plural(self.problems, 'problem')} with {each} samples each, {self.solved:,} solved"

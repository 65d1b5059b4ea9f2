"""The results of forecasts of pass rates and losses, and the records that are registered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from predictor.errors import ForecastError
from predictor.forecasts.estimates import Estimate, ForecastWarning, Target
from predictor.forecasts.result_base import ForecastResult
from predictor.forecasts.words import target_words, training_words, warning_notes
from predictor.presentation import Plotted, data_frame, html_table, plural, shown
from predictor.tables.losses import Losses
from predictor.tables.pass_counts import PassCounts

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "BucketForecast",
    "CapabilityForecast",
    "LossForecast",
]


@dataclass(frozen=True, slots=True, repr=False)
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

    def __repr__(self) -> str:
        found = f"{shown(self.name, 40)!r}, {plural(len(self.problems), 'problem')}"
        return f"BucketForecast({found}: {_headline(self.estimates)})"


@dataclass(frozen=True, slots=True, repr=False)
class CapabilityForecast(ForecastResult, Plotted):
    """A forecast of pass rates; an outcome is given by metric, as a share.

    Attributes:
        overall: metric -> `Estimate` over every problem that the method covers.
        excluded: task ids that the method leaves out; empty but for `report`.
        problems: task id -> metric -> `Estimate`, from methods that forecast single problems; beside the
            record.
        levels: standard deviation of the log forecast that resampling samples, problems and models alone
            would give.
        settings: everything else that fixes the result: data hash, seed, draws, axis, priors.
        table: the table that it was made from, for `plot`; no part of the record.
    """

    _figure = "capability_figure"

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
    table: PassCounts | None = field(default=None, compare=False)

    def _content(self) -> dict[str, object]:
        return {
            "kind": "capability",
            "method": self.method,
            "target": self.target.to_json(),
            "train_models": list(self.train_models),
            "overall": _estimates(self.overall),
            "buckets": [bucket.to_json() for bucket in self.buckets],
            "excluded": list(self.excluded),
            "levels": dict(self.levels),
            "settings": self.settings,
        }

    def _beside(self) -> dict[str, object]:
        return {"problems": {task: _estimates(metrics) for task, metrics in self.problems.items()}}

    def to_pandas(self, of: Literal["buckets", "problems"] = "buckets") -> "pd.DataFrame":
        """Return a data frame with a row for each bucket and metric, or for each problem and metric.

        The bucket `all` is every problem that the method covers. Columns: `bucket` (or `task_id`), `metric`,
        `point`, and `low_L` and `high_L` for the levels 50, 80 and 95.

        Raises:
            ForecastError: `of` is neither, or the method does not forecast single problems.
            MissingExtraError: pandas is not installed.
        """
        if of not in {"buckets", "problems"}:
            raise ForecastError(f"of={of!r}: choose 'buckets' or 'problems'")
        if of == "problems" and not self.problems:
            raise ForecastError(f"{self.method} does not forecast single problems; use 'buckets'")
        if of == "problems":
            return data_frame(list(_rows("task_id", self.problems)))
        buckets = {"all": self.overall} | {bucket.name: bucket.estimates for bucket in self.buckets}
        return data_frame(list(_rows("bucket", buckets)))

    def __repr__(self) -> str:
        found = f"{_headline(self.overall)}; {training_words(self.train_models, self.warnings)}"
        return f"CapabilityForecast({target_words(self.target)} by {self.method}: {found})"

    def _repr_html_(self) -> str:
        metrics = [name for name in self.overall if name.startswith("pass@")] + ["geometric_mean_pass"]
        scopes = [("all", sum(len(bucket.problems) for bucket in self.buckets), self.overall)]
        scopes += [(bucket.name, len(bucket.problems), bucket.estimates) for bucket in self.buckets]
        rows = [
            (
                name,
                f"{size:,}",
                *(estimates[metric].as_percent() for metric in metrics if metric in estimates),
            )
            for name, size, estimates in scopes
        ]
        heads = [name.replace("geometric_mean_pass", "geometric mean pass rate") for name in metrics]
        more = training_words(self.train_models, self.warnings)
        title = f"Forecast of pass rates for {target_words(self.target)}, {self.method}; {more}"
        return html_table(title, ("bucket", "problems", *heads), rows, warning_notes(self.warnings))


@dataclass(frozen=True, slots=True, repr=False)
class LossForecast(ForecastResult, Plotted):
    """A forecast of one loss column; an outcome is given as `loss`.

    `objectives` holds each objective's own point, for comparison; `table` is what the forecast was made from,
    for `plot`.
    """

    _figure = "loss_figure"

    method: str
    column: str
    target: Target
    train_models: tuple[str, ...]
    loss: Estimate
    law: Mapping[str, object]
    objectives: Mapping[str, float]
    warnings: tuple[ForecastWarning, ...]
    settings: Mapping[str, object]
    table: Losses | None = field(default=None, compare=False)

    def _content(self) -> dict[str, object]:
        return {
            "kind": "loss",
            "method": self.method,
            "column": self.column,
            "target": self.target.to_json(),
            "train_models": list(self.train_models),
            "loss": self.loss.to_json(),
            "law": dict(self.law),
            "objectives": dict(self.objectives),
            "settings": self.settings,
        }

    def to_pandas(self) -> "pd.DataFrame":
        """Return a data frame of one row: `metric` (the column), `point`, and `low_L` and `high_L`.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        return data_frame([{"metric": self.column, **self.loss.columns()}])

    def __repr__(self) -> str:
        low, high = self.loss.intervals[80]
        predicted = f"{self.loss.point:.4f} (80% interval {low:.4f}–{high:.4f})"
        found = f"{shown(self.column, 40)} {predicted}; {training_words(self.train_models, self.warnings)}"
        return f"LossForecast({target_words(self.target)} by {self.method}: {found})"

    def _repr_html_(self) -> str:
        rows = [(self.column, f"{self.loss.point:.4f}", *map(_plain, self.loss.intervals.values()))]
        more = training_words(self.train_models, self.warnings)
        title = f"Forecast of a loss for {target_words(self.target)}, {self.method}; {more}"
        levels = [f"{level}% interval" for level in self.loss.intervals]
        return html_table(title, ("column", "median", *levels), rows, warning_notes(self.warnings))


def _estimates(estimates: Mapping[str, Estimate]) -> dict[str, object]:
    return {metric: estimate.to_json() for metric, estimate in estimates.items()}


def _rows(name: str, found: Mapping[str, Mapping[str, Estimate]]) -> Iterator[dict[str, object]]:
    for each, estimates in found.items():
        for metric, estimate in estimates.items():
            yield {name: each, "metric": metric, **estimate.columns()}


def _headline(estimates: Mapping[str, Estimate]) -> str:
    """Return pass@k, or else the geometric mean pass rate, in words."""
    metrics = [name for name in estimates if name.startswith("pass@")] or ["geometric_mean_pass"]
    return ", ".join(f"{name} {estimates[name].as_percent()}" for name in metrics[:3])


def _plain(pair: tuple[float, float]) -> str:
    return f"{pair[0]:.4f}–{pair[1]:.4f}"

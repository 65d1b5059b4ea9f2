"""The result of a run's forecast: the score at a step, the ceiling, and the record that is registered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from predictor.arrays import Floats
from predictor.forecasts.estimates import Estimate, ForecastWarning
from predictor.forecasts.result_base import ForecastResult
from predictor.forecasts.words import estimate_table, warning_notes
from predictor.presentation import Plotted, data_frame, plural, shown
from predictor.tables.training_run import TrainingRun

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RunForecast", "RunMember"]


class RunMember(NamedTuple):
    """One law: its weight, its mean CRPS at the origins (null without any), its own median at the target."""

    weight: float
    score: float | None
    value: float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RunForecast(ForecastResult, Plotted):
    """A forecast of one run's score at a later step; an outcome is given as `score`, a share.

    Attributes:
        run: its name, or "".
        column: the score's column.
        step: the step that is forecast.
        seen: the last step that was used, and how many steps there were up to it.
        value: median and intervals of the score that would be measured at `step`.
        ceiling: the same of the score that the run would approach, from the laws that have one.
        last: the last score that was used.
        curve: steps from the last one on, and the intervals there, for the figure.
        draws: at `step`, of the forecast, as `auto`, and of each law, shape (size,); not in the record.
        table: the run that it was made from, for `plot`; no part of the record.
    """

    _figure = "run_figure"

    method: str
    run: str
    column: str
    step: float
    seen: tuple[float, int]
    value: Estimate
    ceiling: Estimate | None
    last: float
    members: Mapping[str, RunMember]
    curve: tuple[tuple[float, Estimate], ...]
    law: Mapping[str, object]
    warnings: tuple[ForecastWarning, ...]
    settings: Mapping[str, object]
    draws: Mapping[str, Floats]
    table: TrainingRun | None = field(default=None)

    def _content(self) -> dict[str, object]:
        return {
            "kind": "run",
            "method": self.method,
            "column": self.column,
            "target": {"name": self.run or None, "flops": None, "step": self.step},
            "train_steps": {"last": self.seen[0], "count": self.seen[1], "last_score": self.last},
            "overall": {"score": self.value.to_json()},
            "ceiling": self.ceiling.to_json() if self.ceiling else None,
            "members": {name: dict(member._asdict()) for name, member in self.members.items()},
            "law": dict(self.law),
            "settings": self.settings,
        }

    def to_pandas(self) -> "pd.DataFrame":
        """Return a data frame with a row for each step of the curve: `step`, `point`, `low_L` and `high_L`.

        The last row is the step that is forecast.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        return data_frame([{"step": step, **estimate.columns()} for step, estimate in self.curve])

    def __repr__(self) -> str:
        found = f"{shown(self.column, 40)} {self.value.as_percent()}"
        return f"RunForecast({self._about()} by {self.method}: {found})"

    def _repr_html_(self) -> str:
        estimates = {f"{self.column} at step {self.step:g}": self.value}
        estimates |= {} if self.ceiling is None else {"ceiling": self.ceiling}
        title = f"Forecast of {self._about()}, {self.method}"
        return estimate_table(title, estimates, warning_notes(self.warnings))

    def _about(self) -> str:
        name = f"{shown(self.run, 60)}, " if self.run else ""
        last, count = self.seen
        return f"{name}step {self.step:g} from {plural(count, 'step')} up to {last:g}"

"""The result of an accuracy forecast: the estimate, each law's part, and the record that is registered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from predictor.arrays import Floats
from predictor.forecasts.estimates import Estimate, ForecastWarning, Target
from predictor.forecasts.result_base import ForecastResult
from predictor.forecasts.words import estimate_table, target_words, training_words, warning_notes
from predictor.presentation import Plotted, data_frame, shown
from predictor.tables.accuracies import Accuracies

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AccuracyForecast", "AccuracyMember"]


class AccuracyMember(NamedTuple):
    """One law: its weight, its mean CRPS at the origins, its own median, and its task loss if it has one."""

    weight: float
    score: float | None
    accuracy: float
    task_loss: float | None

    def to_json(self) -> dict[str, object]:
        """The four numbers; the score is null where no origin left enough models below it."""
        return dict(self._asdict())


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AccuracyForecast(ForecastResult, Plotted):
    """A forecast of one benchmark's accuracy; an outcome is given as `accuracy`, a share.

    Attributes:
        column, loss_column: the table's columns; the latter None where no task loss was used.
        accuracy: median and intervals, as shares.
        members: each law's weight and own forecast.
        law: chance, ceiling, the factor by which the intervals were widened, and the number of origins.
        draws: of the forecast, as `auto`, and of each law, shape (size,); not in the record.
        table: the table that it was made from, for `plot`; no part of the record.
    """

    _figure = "accuracy_figure"

    method: str
    column: str
    loss_column: str | None
    target: Target
    train_models: tuple[str, ...]
    accuracy: Estimate
    members: Mapping[str, AccuracyMember]
    law: Mapping[str, object]
    warnings: tuple[ForecastWarning, ...]
    settings: Mapping[str, object]
    draws: Mapping[str, Floats]
    table: Accuracies | None = field(default=None)

    def _content(self) -> dict[str, object]:
        return {
            "kind": "accuracy",
            "method": self.method,
            "column": self.column,
            "loss_column": self.loss_column,
            "target": self.target.to_json(),
            "train_models": list(self.train_models),
            "overall": {"accuracy": self.accuracy.to_json()},
            "members": {name: member.to_json() for name, member in self.members.items()},
            "law": dict(self.law),
            "settings": self.settings,
        }

    def to_pandas(self) -> "pd.DataFrame":
        """Return a data frame of one row: `metric` (the column), `point`, and `low_L` and `high_L`.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        return data_frame([{"metric": self.column, **self.accuracy.columns()}])

    def __repr__(self) -> str:
        found = f"{shown(self.column, 40)} {self.accuracy.as_percent()}"
        more = training_words(self.train_models, self.warnings)
        return f"AccuracyForecast({target_words(self.target)} by {self.method}: {found}; {more})"

    def _repr_html_(self) -> str:
        more = training_words(self.train_models, self.warnings)
        title = f"Forecast of an accuracy for {target_words(self.target)}, {self.method}; {more}"
        return estimate_table(title, {self.column: self.accuracy}, warning_notes(self.warnings))

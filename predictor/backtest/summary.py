"""What a back-test finds: one row per target and method, and means over targets."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from predictor.arrays import Floats
from predictor.errors import ForecastError
from predictor.presentation import Plotted, data_frame, html_table, plural, shown
from predictor.scores import LEVELS, crps, interval

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Backtest", "BacktestRow", "MetricScore", "score_draws"]


class MetricScore(NamedTuple):
    """One metric's forecast against its outcome, in the metric's unit.

    Attributes:
        point, outcome: median and what came.
        crps: continuous ranked probability score.
        inside: level -> whether the outcome fell inside the interval.
    """

    point: float
    outcome: float
    crps: float
    inside: Mapping[int, bool]

    def to_json(self) -> dict[str, object]:
        """Return the four numbers as plain values, ready for JSON."""
        inside = {str(level): hit for level, hit in self.inside.items()}
        return {"point": self.point, "outcome": self.outcome, "crps": self.crps, "inside": inside}


def score_draws(draws: Floats, outcome: float) -> MetricScore:
    """Score draws of shape (S,)."""
    pairs = {level: interval(draws, level) for level in LEVELS}
    inside = {level: low <= outcome <= high for level, (low, high) in pairs.items()}
    return MetricScore(float(np.median(draws)), outcome, crps(draws, outcome), inside)


@dataclass(frozen=True, slots=True, repr=False)
class BacktestRow:
    """One target forecast by one method, and how the forecast did.

    Attributes:
        problem_set: `shared`, `all`, or `loss`.
        problems: how many problems were scored.
        point, outcome: -mean log pass in nats, as T_n shows it, or the loss.
        error: of the geometric mean pass rate (forecast - outcome, 0..1), or of the loss, relative.
        crps: in the unit of `error`.
        crps_log: CRPS of log(-mean log pass), or of log loss: comparable between families.
        inside: level -> whether the outcome fell inside the interval.
        refused: why the method gave no forecast; then the numbers are nan.
        level: the target's compute; models of one compute, such as seeds, count as one target.
        pass_at_1: the score of pass@1, 0..1, from methods that forecast it.
    """

    target: str
    train_models: tuple[str, ...]
    method: str
    problem_set: str
    problems: int
    point: float
    outcome: float
    error: float
    crps: float
    crps_log: float
    inside: Mapping[int, bool]
    refused: str = ""
    level: str = ""
    pass_at_1: MetricScore | None = None

    @classmethod
    def refusal(
        cls, target: str, train: tuple[str, ...], method: str, problem_set: str, reason: str
    ) -> "BacktestRow":
        """Return the row of a target that the method could not forecast."""
        nan = float("nan")
        return cls(target, train, method, problem_set, 0, nan, nan, nan, nan, nan, {}, reason)

    def to_json(self) -> dict[str, object]:
        """Return the row with null for unknown numbers."""
        name = "relative_loss_error" if self.problem_set == "loss" else "geometric_mean_pass_error"
        numbers = {
            "point": self.point,
            "outcome": self.outcome,
            name: self.error,
            "crps": self.crps,
            "crps_log": self.crps_log,
        }
        return {
            "target": self.target,
            "train_models": list(self.train_models),
            "method": self.method,
            "problem_set": self.problem_set,
            "problems": self.problems,
            **{key: value if np.isfinite(value) else None for key, value in numbers.items()},
            "inside": {str(level): hit for level, hit in self.inside.items()},
            "pass@1": self.pass_at_1.to_json() if self.pass_at_1 else None,
            "refused": self.refused or None,
        }

    def __repr__(self) -> str:
        what = f"{shown(self.target, 60)} by {self.method}, {self.problem_set}"
        if self.refused:
            return f"BacktestRow({what}: no forecast, {shown(self.refused, 120)})"
        return f"BacktestRow({what}: predicted {self.point:.4f}, observed {self.outcome:.4f})"


@dataclass(frozen=True, slots=True, repr=False)
class Backtest(Plotted):
    """The result of a back-test: a row for each target, problem set and method."""

    _figure = "backtest_figure"

    rows: tuple[BacktestRow, ...]

    def summary(self) -> dict[str, dict[str, dict[str, float]]]:
        """Return mean |error|, CRPS, log CRPS, coverage, targets and refusals by problem set and method.

        Means run over the targets that every method answered, so that no method gains by refusing the hard
        ones; models of one compute count as one target.
        """
        found: dict[str, dict[str, dict[str, float]]] = {}
        for problem_set in dict.fromkeys(row.problem_set for row in self.rows):
            rows = [row for row in self.rows if row.problem_set == problem_set]
            refused = {row.target for row in rows if row.refused}
            by_method: dict[str, list[BacktestRow]] = defaultdict(list)
            for row in rows:
                by_method[row.method].append(row)
            found[problem_set] = {method: _summary(mine, refused) for method, mine in by_method.items()}
        return found

    def to_json(self) -> dict[str, object]:
        """Return `{"targets": [...], "summary": {...}}`."""
        return {"targets": [row.to_json() for row in self.rows], "summary": self.summary()}

    def to_pandas(self, of: Literal["targets", "summary"] = "targets") -> "pd.DataFrame":
        """Return a data frame with a row for each target and method, or for each method (`summary`).

        Raises:
            ForecastError: `of` is neither.
            MissingExtraError: pandas is not installed.
        """
        if of not in {"targets", "summary"}:
            raise ForecastError(f"of={of!r}: choose 'targets' or 'summary'")
        if of == "summary":
            return data_frame(
                [
                    {"problem_set": problem_set, "method": method, **numbers}
                    for problem_set, methods in self.summary().items()
                    for method, numbers in methods.items()
                ]
            )
        return data_frame(
            [
                {
                    "target": row.target,
                    "method": row.method,
                    "problem_set": row.problem_set,
                    "problems": row.problems,
                    "training_models": len(row.train_models),
                    "point": row.point,
                    "outcome": row.outcome,
                    "error": row.error,
                    "crps": row.crps,
                    **{f"inside_{level}": row.inside.get(level) for level in LEVELS},
                    "refused": row.refused or None,
                }
                for row in self.rows
            ]
        )

    def __repr__(self) -> str:
        return f"Backtest({self._about()})"

    def _repr_html_(self) -> str:
        rows = [
            (
                method,
                problem_set,
                f"{numbers['targets']:.0f}",
                *(
                    f"{numbers[name]:{form}}" if name in numbers else "no forecast"
                    for name, form in (("mean_abs_error", ".4f"), ("crps", ".4f"), ("coverage_80", ".0%"))
                ),
            )
            for problem_set, methods in self.summary().items()
            for method, numbers in methods.items()
        ]
        heads = ("method", "scored on", "targets", "mean absolute error", "CRPS", "inside the 80% interval")
        return html_table(f"Back-test: {self._about()}", heads, rows)

    def _about(self) -> str:
        methods, targets = {row.method for row in self.rows}, {row.target for row in self.rows}
        return f"{plural(len(targets), 'target')} by {plural(len(methods), 'method')}"


def _summary(rows: Sequence[BacktestRow], refused: set[str]) -> dict[str, float]:
    levels: dict[object, list[BacktestRow]] = defaultdict(list)
    for row in rows:
        if row.target not in refused:
            levels[row.level, row.train_models].append(row)
    counts = {"targets": float(len(levels)), "refused": float(sum(bool(row.refused) for row in rows))}
    if not levels:
        return counts

    def mean(value: Callable[[BacktestRow], float]) -> float:
        return float(np.mean([np.mean([value(row) for row in seeds]) for seeds in levels.values()]))

    means = {
        "mean_abs_error": mean(lambda row: abs(row.error)),
        "crps": mean(lambda row: row.crps),
        "crps_log": mean(lambda row: row.crps_log),
    }
    cover = {f"coverage_{level}": mean(partial(_covers, level=level)) for level in LEVELS}
    return counts | means | cover


def _covers(row: BacktestRow, level: int) -> float:
    return float(row.inside[level])

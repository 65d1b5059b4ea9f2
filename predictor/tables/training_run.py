"""The table of one run, or several: a score at each step."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from predictor.errors import TableError
from predictor.presentation import plural, shown
from predictor.tables.losses import NAME_COLUMNS
from predictor.tables.records import TableLike, rows_of
from predictor.tables.rows import Row, read_rows, rows_from

__all__ = ["TrainingRun", "read_runs", "runs_from"]


class TrainingRun(NamedTuple):
    """One run's scores, shares from 0 to 1, at ascending steps, both of shape (J,); the name may be ""."""

    name: str
    steps: NDArray[np.float64]
    score: NDArray[np.float64]
    column: str
    step_column: str = "step"

    @classmethod
    def of(
        cls, table: "TrainingRun | TableLike", column: str, step_column: str = "step", name: str | None = None
    ) -> "TrainingRun":
        """Return one run from a path, a data frame or a list of dictionaries; a `TrainingRun` as it is.

        Raises:
            TableError: see `read_runs`; or there is no run of that name, or several and no name.
        """
        if isinstance(table, TrainingRun):
            return table
        found = _assemble(rows_of(table), column, step_column)
        chosen = [each for each in found if name is None or each.name == name]
        if len(chosen) != 1:
            names = ", ".join(shown(each.name or "(no name)", 40) for each in found[:5])
            wanted = "give the name of one" if name is None else f"none of them is {shown(name, 40)!r}"
            raise TableError(f"the table holds {plural(len(found), 'run')} ({names}); {wanted}")
        return chosen[0]

    def __repr__(self) -> str:
        name = f"{shown(self.name, 40)!r}, " if self.name else ""
        steps = f"{plural(len(self.steps), 'step')} from {self.steps[0]:g} to {self.steps[-1]:g}"
        return f"TrainingRun({name}column {shown(self.column, 40)!r}, {steps})"


def read_runs(path: str | Path, column: str, step_column: str = "step") -> tuple[TrainingRun, ...]:
    """Read a score at each step from CSV, JSONL or Parquet, of each run where `run` or `model` names several.

    Rows whose score is blank are left out. Steps may be any measure of progress that starts at 0: steps,
    samples, tokens or compute.

    Raises:
        TableError: the file, the row, the value and what to write instead.
    """
    return _assemble(read_rows(path), column, step_column)


def runs_from(
    records: Iterable[Mapping[str, object]], column: str, step_column: str = "step", source: str = "rows"
) -> tuple[TrainingRun, ...]:
    """Runs from mappings in memory; see `read_runs`."""
    return _assemble(rows_from(records, source), column, step_column)


def _assemble(rows: list[Row], column: str, step_column: str) -> tuple[TrainingRun, ...]:
    if not rows:
        raise TableError("the table has no rows; give one row per step")
    for wanted in (step_column, column):
        if not any(wanted in row.cells for row in rows):
            raise TableError(
                f"{rows[0].source}: no column {wanted!r}; the table has {', '.join(rows[0].cells)}"
            )
    found: dict[str, dict[float, tuple[float, int]]] = {}
    for row in rows:
        if not row.has(column):
            continue
        name = next((row.text(key) for key in NAME_COLUMNS if row.has(key)), "")
        steps = found.setdefault(name, {})
        step = _step(row, step_column)
        if step in steps:
            raise row.refuse(
                f"step {step:g} already stands in row {steps[step][1]}",
                "give each step of a run one row, and name the run in a column run where there are several",
            )
        steps[step] = (row.share(column), row.number)
    if not found:
        raise TableError(f"{rows[0].source}: column {column!r} is blank in every row; fill it in")
    runs = []
    for name, steps in found.items():
        order = sorted(steps)
        scores = np.array([steps[step][0] for step in order])
        runs.append(TrainingRun(name, np.array(order, dtype=float), scores, column, step_column))
    return tuple(runs)


def _step(row: Row, column: str) -> float:
    text = row.text(column)
    if text.strip("0.") == "":
        return 0.0
    return row.positive(column)

"""The table of one run, or several: a score at each step."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from predictor.errors import TableError
from predictor.tables.losses import NAME_COLUMNS
from predictor.tables.rows import Row, read_rows, rows_from

__all__ = ["TrainingRun", "read_runs", "runs_from"]


class TrainingRun(NamedTuple):
    """One run's scores, shares from 0 to 1, at ascending steps, both of shape (J,); the name may be ""."""

    name: str
    steps: NDArray[np.float64]
    score: NDArray[np.float64]
    column: str
    step_column: str = "step"


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

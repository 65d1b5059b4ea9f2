"""The accuracy table: one row per model with its compute, an accuracy and, where known, its task loss."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from predictor.errors import TableError
from predictor.presentation import flops, html_table, percent, plural, shown
from predictor.tables.compute import Compute, ModelTable, read_compute
from predictor.tables.losses import model_name, with_flops
from predictor.tables.records import TableLike, rows_of
from predictor.tables.rows import Row, read_rows, rows_from

__all__ = ["Accuracies", "read_accuracies"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Accuracies(ModelTable):
    """One benchmark's accuracy of J models, by ascending compute.

    Attributes:
        models: J names.
        compute: J `Compute` tuples.
        accuracy: shares from 0 to 1, shape (J,).
        column: the accuracy's column.
        task_loss: such as bits per byte of the right answers, shape (J,), nan where blank; None without
            a column of it.
        loss_column: that column's name, or None.
    """

    models: tuple[str, ...]
    compute: tuple[Compute, ...]
    accuracy: NDArray[np.float64]
    column: str
    task_loss: NDArray[np.float64] | None = None
    loss_column: str | None = None

    @property
    def logs(self) -> NDArray[np.float64]:
        """Log C, log N and log D, shape (J, 3); nan where unknown."""
        return np.log([compute[:3] for compute in self.compute])

    def select(self, models: Sequence[int] | NDArray[np.bool_]) -> "Accuracies":
        """Some of the models, by row numbers or a mask."""
        rows = np.arange(len(self.models))[np.asarray(models)]
        return replace(
            self,
            models=tuple(self.models[row] for row in rows),
            compute=tuple(self.compute[row] for row in rows),
            accuracy=self.accuracy[rows],
            task_loss=None if self.task_loss is None else self.task_loss[rows],
        )

    @classmethod
    def of(
        cls, table: "Accuracies | TableLike", column: str = "accuracy", loss_column: str | None = None
    ) -> "Accuracies":
        """Return a table from a path, a data frame or a list of dictionaries; an `Accuracies` as it is.

        Raises:
            TableError: see `read_accuracies`.
        """
        return table if isinstance(table, Accuracies) else _assemble(rows_of(table), column, loss_column)

    def __repr__(self) -> str:
        low, high = self.flops.min(), self.flops.max()
        size = plural(len(self.models), "model")
        return f"Accuracies({size}, column {shown(self.column, 40)!r}, {flops(low)} to {flops(high)} FLOPs)"

    def _repr_html_(self) -> str:
        rows = [
            (model, flops(compute.flops), percent(accuracy))
            for model, compute, accuracy in zip(self.models, self.compute, self.accuracy, strict=True)
        ]
        title = f"Accuracies of {plural(len(self.models), 'model')}"
        return html_table(title, ("model", "FLOPs", self.column), rows)

    @classmethod
    def from_records(
        cls,
        records: Iterable[Mapping[str, object]],
        column: str,
        loss_column: str | None = None,
        source: str = "rows",
    ) -> "Accuracies":
        """A table from mappings in memory; see `read_accuracies`."""
        return _assemble(rows_from(records, source), column, loss_column)


def read_accuracies(path: str | Path, column: str, loss_column: str | None = None) -> Accuracies:
    """Read one accuracy column, and the task loss if it is named, of a CSV, JSONL or Parquet table.

    A model's name stands in `model` (or `run`, `name`), its compute in `flops` (or `flops_6ND`), or in
    `params` and `tokens`. Rows whose accuracy is blank are left out. A task loss is positive, and smaller is
    better; one that is blank is unknown.

    Raises:
        TableError: the file, the row, the value and what to write instead.
    """
    return _assemble(read_rows(path), column, loss_column)


def _assemble(rows: list[Row], column: str, loss_column: str | None) -> Accuracies:
    if not rows:
        raise TableError("the table has no rows; give one row per model")
    for wanted in (column, loss_column):
        if wanted is not None and not any(wanted in row.cells for row in rows):
            raise TableError(
                f"{rows[0].source}: no column {wanted!r}; the table has {', '.join(rows[0].cells)}"
            )
    found: dict[str, tuple[Compute, float, float, int]] = {}
    for row in rows:
        if not row.has(column):
            continue
        model = model_name(row)
        if model in found:
            raise row.refuse(
                f"{model} already stands in row {found[model][3]}",
                "give each model one row, that of its last checkpoint",
            )
        loss = row.positive(loss_column) if loss_column is not None and row.has(loss_column) else np.nan
        found[model] = (read_compute(with_flops(row)), row.share(column), loss, row.number)
    if not found:
        raise TableError(f"{rows[0].source}: column {column!r} is blank in every row; fill it in")
    order = sorted(found, key=lambda model: (found[model][0].flops, model))
    losses = np.array([found[model][2] for model in order])
    return Accuracies(
        tuple(order),
        tuple(found[model][0] for model in order),
        np.array([found[model][1] for model in order]),
        column,
        None if loss_column is None else losses,
        loss_column,
    )

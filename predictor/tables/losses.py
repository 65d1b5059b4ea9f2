"""The loss table: one row per model with its compute and one or more loss columns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from predictor.errors import ForecastError, TableError
from predictor.presentation import flops, html_table, plural, shown
from predictor.tables.compute import Compute, ModelTable, read_compute
from predictor.tables.records import TableLike, rows_of
from predictor.tables.rows import Row, read_rows, rows_from

__all__ = ["Losses", "model_name", "read_losses", "with_flops"]

NAME_COLUMNS = ("model", "run", "name")
FLOPS_COLUMNS = ("flops", "flops_6ND")
MODELS_THAT_SHOW_A_TREND = 3
RISES = 0.5  # Kendall's tau above which a column rises


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Losses(ModelTable):
    """One loss column of J models, by ascending compute.

    Attributes:
        models: J names.
        compute: J `Compute` tuples.
        loss: in the unit of the table, positive, shape (J,).
        column: the column's name.
        irreducible: the loss of a perfect model where it is known, such as the entropy of generated data;
            laws then keep it instead of fitting it. None where it is to be fitted.
    """

    models: tuple[str, ...]
    compute: tuple[Compute, ...]
    loss: NDArray[np.float64]
    column: str
    irreducible: float | None = None

    @property
    def params(self) -> NDArray[np.float64]:
        """Return parameters N, nan where unknown."""
        return np.array([compute.params for compute in self.compute])

    @property
    def tokens(self) -> NDArray[np.float64]:
        """Return training tokens D, nan where unknown."""
        return np.array([compute.tokens for compute in self.compute])

    def pinned(self, irreducible: float | None) -> "Losses":
        """Return the same losses with a known irreducible loss or, for None, with one that is to be fitted.

        Raises:
            ForecastError: it is negative, or no smaller than the loss of some model.
        """
        if irreducible is not None and not 0 <= irreducible < float(self.loss.min()):
            model = self.models[int(np.argmin(self.loss))]
            raise ForecastError(
                f"the irreducible loss {irreducible:g} must be at least 0 and below every loss, and {model} "
                f"has {self.loss.min():g}; give it in the unit of {self.column}, or leave it to be fitted"
            )
        return replace(self, irreducible=None if irreducible is None else float(irreducible))

    def select(self, models: Sequence[int] | NDArray[np.bool_]) -> "Losses":
        """Return some of the models, given by row numbers or a mask."""
        rows = np.arange(len(self.models))[np.asarray(models)]
        return replace(
            self,
            models=tuple(self.models[row] for row in rows),
            compute=tuple(self.compute[row] for row in rows),
            loss=self.loss[rows],
        )

    @classmethod
    def from_records(
        cls, records: Iterable[Mapping[str, object]], column: str, source: str = "rows"
    ) -> "Losses":
        """Return A table from mappings in memory; see `read_losses`."""
        return _assemble(rows_from(records, source), column)

    @classmethod
    def of(cls, table: "Losses | TableLike", column: str = "loss") -> "Losses":
        """Return a table from a path, a data frame or a list of dictionaries; a `Losses` as it is.

        Raises:
            TableError: see `read_losses`.
        """
        return table if isinstance(table, Losses) else _assemble(rows_of(table), column)

    def __repr__(self) -> str:
        low, high = self.flops.min(), self.flops.max()
        size = plural(len(self.models), "model")
        return f"Losses({size}, column {shown(self.column, 40)!r}, {flops(low)} to {flops(high)} FLOPs)"

    def _repr_html_(self) -> str:
        rows = [
            (model, flops(compute.flops), f"{loss:.4f}")
            for model, compute, loss in zip(self.models, self.compute, self.loss, strict=True)
        ]
        return html_table(
            f"Losses of {plural(len(self.models), 'model')}", ("model", "FLOPs", self.column), rows
        )


def read_losses(path: str | Path, column: str) -> Losses:
    """Read one loss column of a CSV, JSONL or Parquet table.

    A model's name stands in `model` (or `run`, `name`), its compute in `flops` (or `flops_6ND`), or in
    `params` and `tokens`. Rows whose loss is blank are left out.

    Raises:
        TableError: the file, the row, the value and what to write instead.
    """
    return _assemble(read_rows(path), column)


def _assemble(rows: list[Row], column: str) -> Losses:
    if not rows:
        raise TableError("the table has no rows; give one row per model")
    if not any(column in row.cells for row in rows):
        raise TableError(f"{rows[0].source}: no column {column!r}; the table has {', '.join(rows[0].cells)}")
    found: dict[str, tuple[Compute, float, int]] = {}
    for row in rows:
        if not row.has(column):
            continue
        model = model_name(row)
        if model in found:
            raise row.refuse(f"{model} is already in row {found[model][2]}", "give each model one row")
        found[model] = (read_compute(with_flops(row)), row.positive(column), row.number)
    order = sorted(found, key=lambda model: (found[model][0].flops, model))
    loss = np.array([found[model][1] for model in order])
    losses = Losses(tuple(order), tuple(found[model][0] for model in order), loss, column)
    _require_falling(losses, rows[0].source)
    return losses


def _require_falling(losses: Losses, source: str) -> None:
    """Refuse a column that rises with compute: an accuracy, or a table in which the order is lost."""
    count = len(losses.models)
    if count < MODELS_THAT_SHOW_A_TREND:
        return
    flops, loss = losses.flops, losses.loss
    signs = np.sign(np.subtract.outer(flops, flops)) * np.sign(np.subtract.outer(loss, loss))
    if float(signs.sum()) > RISES * count * (count - 1):
        raise TableError(
            f"{source}: {losses.column} rises with compute, from {loss[0]:g} ({losses.models[0]}) to "
            f"{loss[-1]:g} ({losses.models[-1]}), and a loss falls; name a column of losses, or give "
            f"1 - {losses.column} if it is an accuracy"
        )


def model_name(row: Row) -> str:
    """Return a row's model, from the first of the columns `model`, `run` and `name` that it has."""
    for column in NAME_COLUMNS:
        if row.has(column):
            return row.text(column)
    raise row.refuse("no name", f"give a column {' or '.join(NAME_COLUMNS)}")


def with_flops(row: Row) -> Row:
    """Return the row with its compute in `flops`, also where the column is `flops_6ND`."""
    for column in FLOPS_COLUMNS:
        if row.has(column):
            return row._replace(cells={**row.cells, "flops": row.cells[column]})
    return row

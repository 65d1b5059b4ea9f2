"""The pass-count table: how many of n samples passed, per model and problem, and each model's compute.

Rows of a file become one rectangular `PassCounts`, models in order of compute. A cell without samples has
n = 0 and simply says nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from predictor.errors import TableError
from predictor.presentation import flops, html_table, percent, plural
from predictor.tables.compute import Compute, ModelTable, read_compute
from predictor.tables.records import TableLike, rows_of
from predictor.tables.rows import Row, read_rows, rows_from

__all__ = ["PassCounts", "read_counts"]

CONDITIONS = ("temperature", "prompt", "suite", "family")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PassCounts(ModelTable):
    """Pass counts of J models on I problems.

    Attributes:
        models: J names, by ascending compute.
        problems: I task ids, in order of first appearance.
        passes, samples: c and n, integers, shape (J, I); n = 0 where nothing was sampled.
        compute: J `Compute` tuples.
        nll: negative log-likelihood of the canonical solution in nats, shape (J, I), nan where absent.
        loss: one loss per model in the unit of the table, shape (J,), nan where absent.
        bucket: the bucket of each problem as the table names it, I names; empty where the table has none.
        conditions: column -> J values, of the columns that a comparison needs equal (temperature, prompt,
            suite).
    """

    models: tuple[str, ...]
    problems: tuple[str, ...]
    passes: NDArray[np.int64]
    samples: NDArray[np.int64]
    compute: tuple[Compute, ...]
    nll: NDArray[np.float64]
    loss: NDArray[np.float64]
    conditions: Mapping[str, tuple[str, ...]]
    bucket: tuple[str, ...] = ()

    @property
    def tokens_per_param(self) -> NDArray[np.float64]:
        """Return D / N, shape (J,), nan where either is unknown."""
        return np.array([compute.tokens / compute.params for compute in self.compute])

    def compute_levels(self) -> tuple[NDArray[np.int64], ...]:
        """Return row numbers of the models of each distinct compute, ascending; seeds share a level."""
        return tuple(np.flatnonzero(self.flops == flops) for flops in np.unique(self.flops))

    def select(self, models: Sequence[int] | NDArray[np.bool_]) -> "PassCounts":
        """Return the same problems for some models, given by row numbers or a mask."""
        rows = np.arange(len(self.models))[np.asarray(models)]
        return replace(
            self,
            models=tuple(self.models[row] for row in rows),
            passes=self.passes[rows],
            samples=self.samples[rows],
            compute=tuple(self.compute[row] for row in rows),
            nll=self.nll[rows],
            loss=self.loss[rows],
            conditions={key: tuple(values[row] for row in rows) for key, values in self.conditions.items()},
        )

    def with_counts(self, passes: NDArray[np.int64], samples: NDArray[np.int64]) -> "PassCounts":
        """Return the same models and problems with other counts."""
        return replace(self, passes=passes, samples=samples)

    def split_samples(self, rng: np.random.Generator) -> tuple["PassCounts", "PassCounts"]:
        """Split every cell's samples at random into halves and return the two tables.

        Choosing P and the buckets on one half and fitting on the other removes the luck that
        `solved at least once by every model` would otherwise select on.
        """
        half = self.samples // 2
        chosen = np.asarray(rng.hypergeometric(self.passes, self.samples - self.passes, half), dtype=np.int64)
        return self.with_counts(chosen, half), self.with_counts(self.passes - chosen, self.samples - half)

    @classmethod
    def from_records(cls, records: Iterable[Mapping[str, object]], source: str = "rows") -> "PassCounts":
        """Make a table of mappings with columns `model, task_id, n, c` and compute; see `read_counts`."""
        return _assemble(rows_from(records, source))

    @classmethod
    def of(cls, table: "PassCounts | TableLike") -> "PassCounts":
        """Return a table from a path, a data frame or a list of dictionaries; a `PassCounts` as it is.

        Raises:
            TableError: see `read_counts`.
        """
        return table if isinstance(table, PassCounts) else _assemble(rows_of(table))

    def __repr__(self) -> str:
        low, high = self.flops.min(), self.flops.max()
        size = f"{plural(len(self.models), 'model')}, {plural(len(self.problems), 'problem')}"
        return f"PassCounts({size}, {flops(low)} to {flops(high)} FLOPs)"

    def _repr_html_(self) -> str:
        rates = self.passes.sum(axis=1) / np.maximum(self.samples.sum(axis=1), 1)
        rows = [
            (model, flops(compute.flops), f"{samples:,}", percent(rate))
            for model, compute, samples, rate in zip(
                self.models, self.compute, self.samples.sum(axis=1), rates, strict=True
            )
        ]
        title = f"Pass counts: {plural(len(self.models), 'model')}, {plural(len(self.problems), 'problem')}"
        return html_table(title, ("model", "FLOPs", "samples", "passed"), rows)


def read_counts(path: str | Path) -> PassCounts:
    """Read a pass-count table from CSV, JSONL or Parquet.

    Columns `model, task_id, n, c` and `flops`, or `params` and `tokens`; optional `nll` (nats, of the
    canonical solution), `loss` (one value per model) and `bucket` (one name per problem). Others pass by.

    Raises:
        TableError: the file, the row, the value and what to write instead.
    """
    return _assemble(read_rows(path))


def _assemble(rows: list[Row]) -> PassCounts:
    if not rows:
        raise TableError("the table has no rows; give at least one row per model and problem")
    compute = _compute_by_model(rows)
    models = tuple(sorted(compute, key=lambda model: (compute[model].flops, model)))
    problems = tuple(dict.fromkeys(row.text("task_id") for row in rows))
    model_row = {model: number for number, model in enumerate(models)}
    problem_column = {problem: number for number, problem in enumerate(problems)}
    shape = (len(models), len(problems))
    passes, samples = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    nll, loss = np.full(shape, np.nan), np.full(len(models), np.nan)
    conditions = {key: [""] * len(models) for key in CONDITIONS if key in rows[0].cells}
    seen: dict[tuple[int, int], int] = {}
    for row in rows:
        cell = (model_row[row.text("model")], problem_column[row.text("task_id")])
        if cell in seen:
            raise row.refuse(
                f"{row.text('model')} and {row.text('task_id')} are already in row {seen[cell]}",
                "merge the counts",
            )
        seen[cell] = row.number
        samples[cell], passes[cell] = row.passes()
        if row.has("nll"):
            nll[cell] = row.positive("nll")
        if row.has("loss"):
            loss[cell[0]] = row.positive("loss")
        for key, values in conditions.items():
            values[cell[0]] = str(row.cells.get(key) or "")
    frozen = {key: tuple(values) for key, values in conditions.items()}
    return PassCounts(
        models,
        problems,
        passes,
        samples,
        tuple(compute[model] for model in models),
        nll,
        loss,
        frozen,
        _buckets(rows, problems),
    )


def _buckets(rows: list[Row], problems: tuple[str, ...]) -> tuple[str, ...]:
    if not any(row.has("bucket") for row in rows):
        return ()
    found: dict[str, str] = {}
    for row in rows:
        task, bucket = row.text("task_id"), row.text("bucket")
        if found.setdefault(task, bucket) != bucket:
            raise row.refuse(
                f"{task} is in bucket {bucket!r} here and {found[task]!r} above", "give a problem one bucket"
            )
    return tuple(found[task] for task in problems)


def _compute_by_model(rows: list[Row]) -> dict[str, Compute]:
    found: dict[str, Compute] = {}
    for row in rows:
        model, compute = row.text("model"), read_compute(row)
        known = found.setdefault(model, compute)
        if known.flops != compute.flops:
            raise row.refuse(
                f"{model} has {compute.flops:g} FLOPs here and {known.flops:g} above",
                "give a model one compute",
            )
    return found

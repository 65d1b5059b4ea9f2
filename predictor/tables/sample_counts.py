"""Pass counts of one model or several, without compute: how many of n samples passed, for each problem."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from predictor.errors import TableError
from predictor.presentation import plural, shown
from predictor.tables.records import TableLike, rows_of
from predictor.tables.rows import Row, read_rows, rows_from

__all__ = ["SampleCounts", "read_sample_counts", "sample_counts_from"]


class SampleCounts(NamedTuple):
    """One model's counts: c passes of n samples for each of I problems; the name may be ""."""

    model: str
    problems: tuple[str, ...]
    passes: NDArray[np.int64]
    samples: NDArray[np.int64]

    @classmethod
    def of(cls, table: "SampleCounts | TableLike") -> "SampleCounts":
        """Return the counts of one model from a path, a data frame or a list of dictionaries.

        Raises:
            TableError: see `read_sample_counts`; or the table holds several models.
        """
        if isinstance(table, SampleCounts):
            return table
        found = _assemble(rows_of(table))
        if len(found) > 1:
            names = ", ".join(shown(each.model, 40) for each in found[:5])
            raise TableError(
                f"the table holds {len(found)} models ({names}); give the rows of one, or one of those that "
                "read_sample_counts returns"
            )
        return found[0]

    def __repr__(self) -> str:
        name = f"{shown(self.model, 40)!r}, " if self.model else ""
        fewest, most = int(self.samples.min()), int(self.samples.max())
        each = f"{fewest:,}" if fewest == most else f"{fewest:,} to {most:,}"
        return f"SampleCounts({name}{plural(len(self.problems), 'problem')} with {each} samples each)"


def read_sample_counts(path: str | Path) -> tuple[SampleCounts, ...]:
    """Read columns `task_id, n, c`, and `model` where there are several, from CSV, JSONL or Parquet.

    Raises:
        TableError: the file, the row, the value and what to write instead.
    """
    return _assemble(read_rows(path))


def sample_counts_from(
    records: Iterable[Mapping[str, object]], source: str = "rows"
) -> tuple[SampleCounts, ...]:
    """Return counts from mappings with the columns of `read_sample_counts`."""
    return _assemble(rows_from(records, source))


def _assemble(rows: list[Row]) -> tuple[SampleCounts, ...]:
    if not rows:
        raise TableError("the table has no rows; give one row per problem")
    is_named = any(row.has("model") for row in rows)
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for row in rows:
        cells = found.setdefault(row.text("model") if is_named else "", {})
        task = row.text("task_id")
        if task in cells:
            raise row.refuse(f"{task} is already in an earlier row", "merge the counts")
        cells[task] = row.passes()
    return tuple(
        SampleCounts(
            model,
            tuple(cells),
            np.array([c for _n, c in cells.values()], dtype=np.int64),
            np.array([n for n, _c in cells.values()], dtype=np.int64),
        )
        for model, cells in found.items()
    )

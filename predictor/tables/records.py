"""Tables as people have them in Python: a path, a data frame, or an iterable of mappings."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from predictor.errors import TableError
from predictor.tables.rows import Row, read_rows, rows_from

__all__ = ["Frame", "TableLike", "records_of", "rows_of"]


@runtime_checkable
class Frame(Protocol):
    """A pandas data frame, known by its methods, so that pandas is not imported."""

    def notna(self) -> Any:  # noqa: ANN401 - pandas is optional and untyped
        """Return where cells hold a value."""

    def to_dict(self, orient: str) -> Any:  # noqa: ANN401 - as above
        """Return the rows as dictionaries where `orient` is `records`."""


TableLike = str | Path | Frame | Iterable[Mapping[str, object]]


def records_of(table: object, what: str = "table") -> list[dict[str, object]]:
    """Return the rows of a data frame (pandas, polars, pyarrow) or of an iterable of mappings.

    A cell without a value (NaN or NA in pandas) becomes None.

    Raises:
        TableError: it is neither; the message names the type that was given.
    """
    if isinstance(table, Frame):
        frame: Any = table
        found = frame.astype(object).where(frame.notna(), None).to_dict("records")
        return [{str(name): value for name, value in row.items()} for row in found]
    for method in ("to_dicts", "to_pylist"):  # polars, pyarrow
        if hasattr(table, method):
            return list(getattr(table, method)())
    if isinstance(table, Mapping) or not isinstance(table, Iterable):
        raise TableError(
            f"{what} must be a path, a data frame or a list of dictionaries, not {type(table).__name__}"
        )
    rows = []
    for number, row in enumerate(table, start=1):
        if not isinstance(row, Mapping):
            raise TableError(
                f"rows, row {number}: {row!r:.40} is a {type(row).__name__}; give one dictionary for each row"
            )
        rows.append(dict(row))
    return rows


def rows_of(table: TableLike) -> list[Row]:
    """Return the rows of a file, a data frame or an iterable of mappings, each with its place.

    Raises:
        TableError: the file cannot be read, or it is no table.
    """
    if isinstance(table, str | Path):
        return read_rows(table)
    return rows_from(records_of(table), "data frame" if isinstance(table, Frame) else "rows")

"""Results as CSV and Parquet, of the same columns whatever the samples' format was.

A page of rows is in memory at a time.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from evaluator.files.escaping import encodable, printable

__all__ = ["COLUMNS", "csv_bytes", "parquet_bytes", "table_rows"]

# Parquet's names for their types.
COLUMNS: Final = {
    "task_id": "string", "completion_id": "int64", "whole": "bool", "text": "string",
    "result": "string", "passed": "bool", "verdict": "string", "detail": "string",
    "cpu_s": "double", "wall_s": "double", "attempts": "int64", "execution": "string",
    "reused": "bool", "flags": "string",
}  # fmt: skip
_PAGE: Final = 500
_OLD_MODES: Final = {"process": "dedicated", "verified": "shared"}  # values of the old column `lane`

Row = Mapping[str, Any]


def csv_bytes(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield rows of `COLUMNS` as CSV.

    Text is spelled out where it holds control characters, and marked where a spreadsheet would run it.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(row[column]) for column in COLUMNS])
        if file.tell() > 1 << 16:
            yield file.getvalue().encode()
            file.seek(0)
            file.truncate()
    yield file.getvalue().encode()


def parquet_bytes(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield rows of `COLUMNS` as Parquet; needs pyarrow."""
    import pyarrow as pa  # noqa: PLC0415 - an extra
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in COLUMNS.items()])
    file, every = _Drained(), iter(rows)
    with pq.ParquetWriter(file, schema) as writer:
        while page := list(islice(every, _PAGE)):
            kept = [{column: encodable(row[column]) for column in COLUMNS} for row in page]
            writer.write_table(pa.Table.from_pylist(kept, schema=schema))
            yield file.drain()
    yield file.drain()


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return json.dumps(value) if isinstance(value, bool) else value
    # Line ends and tabs are part of code and are quoted by CSV itself; the rest is spelled out.
    lines = [[printable(part, 1 << 30) for part in line.split("\t")] for line in value.split("\n")]
    text = "\n".join("\t".join(parts) for parts in lines)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


class _Drained(io.RawIOBase):
    """A file that is only written to, whose content is taken out as it grows."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401 - any buffer
        part = bytes(data)
        self._parts.append(part)
        self._at += len(part)
        return len(part)

    def tell(self) -> int:
        return self._at

    def drain(self) -> bytes:
        """Return what was written since the last time."""
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def table_rows(rows: Iterator[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield results rows with the columns of a table; what a row does not say is None."""
    for row in rows:
        whole = "solution" in row
        taken = {column: row.get(column) for column in COLUMNS}
        if "execution" not in row:  # written before these columns were renamed
            taken |= {"execution": _OLD_MODES.get(str(row.get("lane"))), "flags": row.get("suspicion")}
        flags = " ".join(taken["flags"] or ())
        yield taken | {"whole": whole, "text": row["solution" if whole else "completion"], "flags": flags}

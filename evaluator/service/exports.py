"""Results as a stream of bytes, one page of rows in memory at a time."""

import csv
import io
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from evaluator.printable import printable
from evaluator.problems import ProblemSet
from evaluator.results import result_line, result_text
from evaluator.store import Result, Run, Store
from evaluator.store.samples import stream_results

__all__ = ["FORMATS", "export"]

FORMATS: Final = {
    "jsonl": ("application/x-ndjson", "jsonl"),
    "csv": ("text/csv; charset=utf-8", "csv"),
    "parquet": ("application/vnd.apache.parquet", "parquet"),
}
_COLUMNS: Final = {
    "task_id": pa.string(), "completion_id": pa.int64(), "whole": pa.bool_(), "text": pa.string(),
    "result": pa.string(), "passed": pa.bool_(), "verdict": pa.string(), "detail": pa.string(),
    "cpu_s": pa.float64(), "wall_s": pa.float64(), "attempts": pa.int64(), "lane": pa.string(),
    "reused": pa.bool_(), "suspicion": pa.string(),
}  # fmt: skip
_PAGE: Final = 500


def export(
    store: Store, run: Run, problems: ProblemSet, form: Literal["jsonl", "csv", "parquet"]
) -> Iterator[bytes]:
    """Yield a run's results in a format, in the order of its samples, as far as there are any."""
    results = stream_results(store, run.id)
    if form == "jsonl":
        return _jsonl(results, run, problems)
    return _csv(results) if form == "csv" else _parquet(results)


def _pages(results: Iterator[Result], size: int) -> Iterator[list[Result]]:
    while page := list(islice(results, size)):
        yield page


def _jsonl(results: Iterator[Result], run: Run, problems: ProblemSet) -> Iterator[bytes]:
    for page in _pages(results, 100):
        lines = []
        for each in page:
            assert each.scored is not None
            sample, number = each.numbered.sample, each.numbered.completion_id
            problem = problems[sample.task_id]
            settings = run.settings
            line = result_line(
                sample, problem, each.scored, number, settings.judge, sanitize=settings.sanitize
            )
            lines.append(line)
        yield "".join(lines).encode()


def _csv(results: Iterator[Result]) -> Iterator[bytes]:
    """Text is spelled out where it holds control characters, and marked where a spreadsheet would run it."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for each in results:
        writer.writerow([_cell(value) for value in _values(each).values()])
        if file.tell() > 1 << 16:
            yield file.getvalue().encode()
            file.seek(0)
            file.truncate()
    yield file.getvalue().encode()


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return json.dumps(value) if isinstance(value, bool) else value
    # Line ends and tabs are part of code and are quoted by CSV itself; the rest is spelled out.
    lines = [[printable(part, 1 << 30) for part in line.split("\t")] for line in value.split("\n")]
    text = "\n".join("\t".join(parts) for parts in lines)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _parquet(results: Iterator[Result]) -> Iterator[bytes]:
    schema, file = pa.schema(list(_COLUMNS.items())), _Drained()
    with pq.ParquetWriter(file, schema) as writer:
        for page in _pages(results, _PAGE):
            rows = [{k: _encodable(v) for k, v in _values(each).items()} for each in page]
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
            yield file.drain()
    yield file.drain()


def _encodable(value: object) -> object:
    """Spell lone surrogates out, which UTF-8 cannot hold."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def _values(each: Result) -> dict[str, Any]:
    assert each.scored is not None
    sample, outcome = each.numbered.sample, each.scored.outcome
    return {
        "task_id": sample.task_id, "completion_id": each.numbered.completion_id, "whole": sample.whole,
        "text": sample.text, "result": result_text(outcome),
        "passed": outcome.verdict.passed if outcome.verdict.scored else None,
        "verdict": outcome.verdict.value, "detail": outcome.detail, "cpu_s": outcome.cpu_s,
        "wall_s": outcome.wall_s, "attempts": outcome.attempts, "lane": outcome.lane.value,
        "reused": each.scored.reused, "suspicion": " ".join(outcome.suspicion),
    }  # fmt: skip


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

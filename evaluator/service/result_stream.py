"""Results of a stored run as a stream of bytes, one page of rows in memory at a time."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final, Literal

from evaluator.exports.tables import csv_bytes, parquet_bytes
from evaluator.problems import ProblemSet
from evaluator.scoring.result_rows import RowFormatter, result_text
from evaluator.store import Result, Run, Store
from evaluator.store.samples import stream_results

__all__ = ["FORMATS", "export"]

FORMATS: Final = {
    "jsonl": ("application/x-ndjson", "jsonl"),
    "csv": ("text/csv; charset=utf-8", "csv"),
    "parquet": ("application/vnd.apache.parquet", "parquet"),
}


def export(
    store: Store, run: Run, problems: ProblemSet, form: Literal["jsonl", "csv", "parquet"]
) -> Iterator[bytes]:
    """Yield a run's results in a format, in the order of its samples, as far as there are any."""
    results = stream_results(store, run.id)
    if form == "jsonl":
        return _jsonl(results, run, problems)
    rows = map(_row, results)
    return csv_bytes(rows) if form == "csv" else parquet_bytes(rows)


def _jsonl(results: Iterator[Result], run: Run, problems: ProblemSet) -> Iterator[bytes]:
    formatter = RowFormatter(problems, run.settings.judge, run.settings.sanitize)
    while page := list(islice(results, 100)):
        lines = []
        for each in page:
            assert each.scored is not None
            lines.append(formatter.line(each.numbered.sample, each.scored, each.numbered.completion_id))
        yield "".join(lines).encode()


def _row(each: Result) -> dict[str, Any]:
    assert each.scored is not None
    sample, outcome = each.numbered.sample, each.scored.outcome
    return {
        "task_id": sample.task_id, "completion_id": each.numbered.completion_id, "whole": sample.whole,
        "text": sample.text, "result": result_text(outcome),
        "passed": outcome.verdict.passed if outcome.verdict.scored else None,
        "verdict": outcome.verdict.value, "detail": outcome.detail, "cpu_s": outcome.cpu_s,
        "wall_s": outcome.wall_s, "attempts": outcome.attempts, "execution": outcome.execution.value,
        "reused": each.scored.reused, "flags": " ".join(outcome.flags),
    }  # fmt: skip

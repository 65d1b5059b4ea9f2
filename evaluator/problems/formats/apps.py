"""Problems of APPS and TACO: `input_output` holds inputs, outputs, and perhaps a function's name.

The columns are those of codeparrot/apps (`problem_id`, `question`, `solutions`, `input_output`, `difficulty`,
`url`, `starter_code`) and of BAAI/TACO, which has no id and calls a problem by its place in the file, as
`compute_metric.py` of FlagOpen/TACO does. How values are read follows `eval/testing_util.py` of
hendrycks/apps.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from evaluator.errors import ProblemsError
from evaluator.problems.formats.format import ProblemFormat
from evaluator.problems.formats.method import method_problem, with_starter_code
from evaluator.problems.formats.stdio import MOST_TIMEOUT_S, STDIO_TIMEOUT_S, joined, stdio_problem
from evaluator.problems.problem import Problem

__all__ = ["APPS"]

_SECONDS: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:s|sec|secs|second|seconds)?\s*")


def _name(row: Mapping[str, object]) -> str | None:
    """Return a row's id; None if it has none, as in TACO, where `name` and `url` may be empty or repeated."""
    values = (row.get(column) for column in ("task_id", "problem_id", "id"))
    return next((str(value) for value in values if isinstance(value, str | int) and str(value)), None)


def _task_id(row: Mapping[str, object]) -> str:
    name = _name(row)
    if name is None:
        raise ProblemsError("a problem with 'input_output' needs a 'task_id', 'problem_id' or 'id'")
    return name


def _build(row: Mapping[str, object], _base_only: bool) -> Problem:  # noqa: FBT001 - `ProblemFormat.build`
    task_id = _task_id(row)
    tests = _loaded(task_id, row["input_output"])
    inputs, outputs = tests.get("inputs"), tests.get("outputs")
    if not isinstance(inputs, list) or not isinstance(outputs, list) or len(inputs) != len(outputs):
        raise ProblemsError(f"{task_id}: input_output needs 'inputs' and 'outputs', two lists of one length")
    statement, solution = with_starter_code(row, "question"), _solution(row)
    name = tests.get("fn_name")
    if name is None:
        return stdio_problem(
            task_id,
            statement,
            joined(task_id, inputs, outputs),
            solution=solution,
            test_cpu_s=_seconds(row.get("time_limit")),
        )
    if not all(isinstance(each, list) for each in inputs):
        raise ProblemsError(f"{task_id}: the inputs of {name!r:.60} must be lists of arguments")
    calls = list(zip(inputs, outputs, strict=True))
    return method_problem(task_id, statement, str(name), calls, solution=solution, wrapped=True)


def _seconds(limit: object) -> float | None:
    """Return a test's CPU seconds: those of TACO's `time_limit`, such as "2.0 seconds", or ours if more."""
    found = _SECONDS.fullmatch(limit) if isinstance(limit, str) else None
    return max(STDIO_TIMEOUT_S, min(float(found[1]), MOST_TIMEOUT_S)) if found else None


def _loaded(task_id: str, value: object) -> Mapping[str, Any]:
    if value is None or (isinstance(value, str) and not value.strip()):
        raise ProblemsError(f"{task_id}: no tests; its input_output is empty")
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError) as bad:
        raise ProblemsError(f"{task_id}: input_output is not JSON ({bad}); it has no tests") from None
    if not isinstance(found, dict):
        raise ProblemsError(f"{task_id}: input_output must be an object with 'inputs' and 'outputs'")
    return found


def _solution(row: Mapping[str, object]) -> object:
    """Return the first of the solutions, which are a list or text that holds one."""
    given = row.get("solutions")
    try:
        found = json.loads(given) if isinstance(given, str) else given
    except (ValueError, RecursionError):
        return None
    return found[0] if isinstance(found, list) and found else None


APPS = ProblemFormat(
    matches=lambda row: "input_output" in row,
    names={},
    columns={},
    build=_build,
    timeout_s=STDIO_TIMEOUT_S,
    task_id=_task_id,
    numbered=lambda row: _name(row) is None,
    has_gaps=True,
)

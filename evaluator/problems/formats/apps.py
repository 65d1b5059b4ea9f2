"""Problems of APPS and TACO: `input_output` holds inputs, outputs, and perhaps a function's name."""

import json
from collections.abc import Mapping
from typing import Any

from evaluator.errors import ProblemsError
from evaluator.problems.formats.format import ProblemFormat
from evaluator.problems.formats.method import method_problem
from evaluator.problems.formats.stdio import STDIO_TIMEOUT_S, joined, stdio_problem
from evaluator.problems.problem import Problem

__all__ = ["APPS"]


def _task_id(row: Mapping[str, object]) -> str:
    for column in ("task_id", "problem_id", "id", "name", "url"):
        if isinstance(value := row.get(column), str | int) and str(value):
            return str(value)
    raise ProblemsError(
        "a problem with 'input_output' needs a 'task_id', 'problem_id', 'id', 'name' or 'url'"
    )


def _build(row: Mapping[str, object], _base_only: bool) -> Problem:  # noqa: FBT001 - `ProblemFormat.build`
    task_id = _task_id(row)
    tests = _loaded(task_id, row["input_output"])
    inputs, outputs = tests.get("inputs"), tests.get("outputs")
    if not isinstance(inputs, list) or not isinstance(outputs, list) or len(inputs) != len(outputs):
        raise ProblemsError(f"{task_id}: input_output needs 'inputs' and 'outputs', two lists of one length")
    statement, solution = str(row.get("question", "")), _solution(row)
    name = tests.get("fn_name")
    if name is None:
        return stdio_problem(task_id, statement, joined(task_id, inputs, outputs), solution=solution)
    if not all(isinstance(each, list) for each in inputs):
        raise ProblemsError(f"{task_id}: the inputs of {name!r:.60} must be lists of arguments")
    calls = list(zip(inputs, outputs, strict=True))
    return method_problem(task_id, statement, str(name), calls, solution=solution, wrapped=True)


def _loaded(task_id: str, value: object) -> Mapping[str, Any]:
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
)

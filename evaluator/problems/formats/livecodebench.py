"""LiveCodeBench's problems: programs that read standard input (AtCoder, Codeforces) and methods (LeetCode).

Public tests are JSON. Hidden tests are JSON, or a pickle of one text that holds it; see `text_pickle`.
"""

import json
from collections.abc import Mapping
from typing import Any

from evaluator.errors import ProblemsError
from evaluator.problems.formats.format import ProblemFormat
from evaluator.problems.formats.method import method_problem, with_starter_code
from evaluator.problems.formats.stdio import STDIO_TIMEOUT_S, stdio_problem, tests_of
from evaluator.problems.formats.text_pickle import unpacked_text
from evaluator.problems.problem import Problem

__all__ = ["LIVECODEBENCH"]


def _build(row: Mapping[str, object], _base_only: bool) -> Problem:  # noqa: FBT001 - `ProblemFormat.build`
    task_id = str(row["question_id"])
    public = _tests(task_id, "public_test_cases", row["public_test_cases"])
    tests = public + _tests(task_id, "private_test_cases", row.get("private_test_cases") or "[]")
    kinds = {test.get("testtype", "stdin") for test in tests if isinstance(test, dict)}
    statement = with_starter_code(row, "question_content")
    if kinds <= {"stdin"}:
        return stdio_problem(task_id, statement, tests_of(task_id, tests))
    if kinds != {"functional"}:
        raise ProblemsError(
            f"{task_id}: testtype {', '.join(map(str, sorted(kinds, key=str)))}; 'stdin' or 'functional'"
        )
    name = _metadata(row).get("func_name")
    if not isinstance(name, str):
        raise ProblemsError(f"{task_id}: no 'func_name' in its metadata, though its tests are functional")
    calls = [_call(task_id, given, expected) for given, expected in tests_of(task_id, tests)]
    return method_problem(task_id, statement, name, calls)


def _tests(task_id: str, column: str, value: object) -> list[Any]:
    try:
        if isinstance(value, str):
            text = value if value.lstrip().startswith("[") else unpacked_text(value)
            value = json.loads(text)
    except (ValueError, RecursionError) as bad:
        raise ProblemsError(f"{task_id}: {column} cannot be read: {bad}") from None
    if not isinstance(value, list):
        raise ProblemsError(f"{task_id}: {column} must be a list of tests, or text that holds one")
    return value


def _metadata(row: Mapping[str, object]) -> Mapping[str, Any]:
    given = row.get("metadata") or {}
    try:
        found = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        found = {}
    return found if isinstance(found, dict) else {}


def _call(task_id: str, given: str, expected: str) -> tuple[list[object], object]:
    try:
        return [json.loads(line) for line in given.split("\n") if line.strip()], json.loads(expected)
    except ValueError as bad:
        raise ProblemsError(f"{task_id}: a test's arguments, one a line, are not JSON ({bad})") from None


LIVECODEBENCH = ProblemFormat(
    matches=lambda row: "public_test_cases" in row,
    names={"question_id": str, "question_content": str},
    columns={},
    build=_build,
    timeout_s=STDIO_TIMEOUT_S,
    task_id=lambda row: str(row["question_id"]),
)

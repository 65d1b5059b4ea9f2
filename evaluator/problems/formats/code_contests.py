"""CodeContests' problems: public, private and generated tests of programs that read standard input."""

from collections.abc import Mapping
from typing import Any, Final

from evaluator.errors import ProblemsError
from evaluator.problems.formats.format import ProblemFormat
from evaluator.problems.formats.stdio import STDIO_TIMEOUT_S, joined, stdio_problem
from evaluator.problems.problem import Problem

__all__ = ["CODE_CONTESTS"]

_PYTHON3: Final = frozenset({3, "PYTHON3"})
_GROUPS: Final = ("public_tests", "private_tests", "generated_tests")


def _build(row: Mapping[str, object], _base_only: bool) -> Problem:  # noqa: FBT001 - `ProblemFormat.build`
    task_id = str(row["name"])
    for column in ("input_file", "output_file"):
        if row.get(column):
            raise ProblemsError(
                f"{task_id}: its programs use the file {row[column]!r:.60} ({column}); leave it out, only "
                "standard input and output are judged"
            )
    tests: list[tuple[str, str]] = []
    for group in _GROUPS:
        given = row.get(group) or {}
        if not isinstance(given, dict):
            raise ProblemsError(f"{task_id}: {group} must be an object with 'input' and 'output'")
        tests += joined(task_id, given.get("input", []), given.get("output", []))
    return stdio_problem(
        task_id,
        str(row.get("description", "")),
        tests,
        solution=_solution(row.get("solutions")),
        test_cpu_s=_seconds(row.get("time_limit")),
    )


def _seconds(limit: Any) -> float | None:  # noqa: ANN401 - as the file has it
    """Return a test's CPU seconds: the problem's own, which are for compiled programs, or ours if more."""
    if not isinstance(limit, dict):
        return None
    try:
        return max(STDIO_TIMEOUT_S, int(limit.get("seconds") or 0) + int(limit.get("nanos") or 0) / 1e9)
    except (TypeError, ValueError):
        return None


def _solution(solutions: Any) -> object:  # noqa: ANN401 - as above
    """Return the first solution in Python 3."""
    if not isinstance(solutions, dict):
        return None
    pairs = zip(solutions.get("language", []), solutions.get("solution", []), strict=False)
    return next((text for language, text in pairs if language in _PYTHON3), None)


CODE_CONTESTS = ProblemFormat(
    matches=lambda row: "public_tests" in row and "name" in row,
    names={"name": str},
    columns={},
    build=_build,
    timeout_s=STDIO_TIMEOUT_S,
    task_id=lambda row: str(row["name"]),
)

"""CodeContests' problems: public, private and generated tests of programs that read standard input.

The columns are those of deepmind/code_contests, where tests are an object of lists (`input`, `output`), and
those that `convert_riegeli_to_json.py` of google-deepmind/code_contests writes, where they are a list of
objects with both. Memory limits are for compiled programs and are not used. A name is that of the contest's
site, so that files put together from several splits or sites may hold one twice.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from evaluator.errors import ProblemsError
from evaluator.problems.formats.format import ROWS_OF_NAME, ProblemFormat
from evaluator.problems.formats.stdio import MOST_TIMEOUT_S, STDIO_TIMEOUT_S, joined, stdio_problem
from evaluator.problems.problem import Problem

__all__ = ["CODE_CONTESTS"]

_PYTHON3: Final = frozenset({3, "PYTHON3"})
_DURATION: Final = re.compile(r"(seconds|nanos): (\d+)")
_GROUPS: Final = ("public_tests", "private_tests", "generated_tests")


def _build(row: Mapping[str, object], _base_only: bool) -> Problem:  # noqa: FBT001 - `ProblemFormat.build`
    task_id = str(row["name"])
    if isinstance(numbers := row.get(ROWS_OF_NAME), list):
        raise ProblemsError(
            f"{task_id}: {len(numbers)} different rows have this name (rows {', '.join(map(str, numbers))}), "
            "so a sample does not say which one it solves; give each its own name"
        )
    for column in ("input_file", "output_file"):
        if row.get(column):
            raise ProblemsError(
                f"{task_id}: its programs use the file {row[column]!r:.60} ({column}); only standard input "
                "and output are judged"
            )
    tests: list[tuple[str, str]] = []
    for group in _GROUPS:
        given = _columns(row.get(group), "input", "output")
        if given is None:
            raise ProblemsError(f"{task_id}: {group} must be an object with the lists 'input' and 'output'")
        tests += joined(task_id, *given)
    return stdio_problem(
        task_id,
        str(row.get("description", "")),
        tests,
        solution=_solution(row.get("solutions")),
        test_cpu_s=_seconds(row.get("time_limit")),
    )


def _columns(given: Any, *names: str) -> list[list[Any]] | None:  # noqa: ANN401 - as the file has it
    """Return columns of what is an object of lists or a list of objects; None if it is something else."""
    if isinstance(given, list) and all(isinstance(each, dict) for each in given):
        return [[each.get(name) for each in given] for name in names]
    columns = [given.get(name, []) for name in names] if isinstance(given, dict) else [[] for _ in names]
    ok = given is None or (isinstance(given, dict) and all(isinstance(each, list) for each in columns))
    return columns if ok else None


def _seconds(limit: Any) -> float | None:  # noqa: ANN401 - as above
    """Return a test's CPU seconds: the problem's own, which are for compiled programs, or ours if more."""
    if isinstance(limit, str):  # a Duration as protobuf prints it: "seconds: 2\nnanos: 500000000\n"
        limit = dict(_DURATION.findall(limit))
    if not isinstance(limit, dict):
        return None
    try:
        given = int(limit.get("seconds") or 0) + int(limit.get("nanos") or 0) / 1e9
    except (TypeError, ValueError, OverflowError):
        return None
    return max(STDIO_TIMEOUT_S, min(given, MOST_TIMEOUT_S))


def _solution(solutions: object) -> object:
    """Return the first solution in Python 3."""
    languages, texts = _columns(solutions, "language", "solution") or ([], [])
    return next(
        (text for language, text in zip(languages, texts, strict=False) if language in _PYTHON3), None
    )


CODE_CONTESTS = ProblemFormat(
    matches=lambda row: "public_tests" in row and "name" in row,
    names={"name": str},
    columns={},
    build=_build,
    timeout_s=STDIO_TIMEOUT_S,
    task_id=lambda row: str(row["name"]),
    has_gaps=True,
    names_repeat=True,
)

r"""Problems whose programs read standard input, in our own rows, and what other formats of them share.

{"task_id": "sum", "prompt": "Add two numbers.", "kind": "stdio",
 "tests": [{"input": "1 2\n", "output": "3\n"}], "checker"?, "compare"?, "tolerance"?, "timeout_s"?,
 "memory_mb"?, "canonical_solution"?}
"""

import ast
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from evaluator.errors import ProblemsError
from evaluator.problems.formats.format import ProblemFormat
from evaluator.problems.problem import Problem
from sandbox.stdio_check import COMPARISONS, StdioCheck

__all__ = [
    "KINDS",
    "MOST_TIMEOUT_S",
    "STDIO",
    "STDIO_TIMEOUT_S",
    "joined",
    "positive",
    "stdio_problem",
    "tests_of",
]

STDIO_TIMEOUT_S: Final = 6.0  # CPU seconds of one test; LiveCodeBench's own figure
KINDS: Final = ("function", "stdio", "method", "unittest")
MOST_TIMEOUT_S: Final = 3600.0


def stdio_problem(
    task_id: str,
    statement: str,
    tests: Sequence[tuple[str, str]],
    *,
    solution: object = None,
    **options: Any,  # noqa: ANN401 - those of `StdioCheck`
) -> Problem:
    """Return the problem with these tests; `options` are those of `StdioCheck`.

    Raises:
        ProblemsError: there are no tests.
    """
    if not tests:
        raise ProblemsError(f"{task_id}: no tests; each is an input and the output that is expected")
    return Problem(
        task_id=task_id,
        prompt="",
        entry_point="",
        check=StdioCheck(tests=tuple(tests), **options),
        canonical_solution=solution if isinstance(solution, str) and solution.strip() else None,
        kind="stdio",
        statement=statement,
    )


def tests_of(task_id: str, tests: object) -> list[tuple[str, str]]:
    """Return the tests of a list of objects with `input` and `output`; raises `ProblemsError`."""
    if not isinstance(tests, list):
        raise ProblemsError(f"{task_id}: tests must be a list of objects with 'input' and 'output'")
    found = []
    for number, test in enumerate(tests, 1):
        given = test.get("input", "") if isinstance(test, dict) else None
        expected = test.get("output") if isinstance(test, dict) else None
        if not isinstance(given, str) or not isinstance(expected, str):
            raise ProblemsError(f"{task_id}: test {number} needs 'input' and 'output', both text")
        found.append((given, expected))
    return found


def joined(task_id: str, inputs: Iterable[object], outputs: Iterable[object]) -> list[tuple[str, str]]:
    """Return tests from inputs and outputs, where lists of lines are joined; raises `ProblemsError`."""
    try:
        return [(_text(given), _text(expected)) for given, expected in zip(inputs, outputs, strict=True)]
    except (TypeError, ValueError):
        raise ProblemsError(
            f"{task_id}: its inputs and outputs are not two lists of text of one length"
        ) from None


def _text(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(map(_text, value))
    if not isinstance(value, str):
        raise TypeError
    return value


def _build(row: Mapping[str, object], _base_only: bool) -> Problem:  # noqa: FBT001 - `ProblemFormat.build`
    task_id = str(row["task_id"])
    options: dict[str, Any] = {}
    if "checker" in row:
        options["checker"] = _checker(task_id, row["checker"])
    if "compare" in row:
        if row["compare"] not in COMPARISONS:
            raise ProblemsError(
                f"{task_id}: compare {row['compare']!r:.60} is none of {', '.join(COMPARISONS)}"
            )
        options["compare"] = row["compare"]
    for column, option, factor in (
        ("tolerance", "tolerance", 1), ("timeout_s", "test_cpu_s", 1), ("total_timeout_s", "total_cpu_s", 1),
        ("memory_mb", "memory_bytes", 1 << 20),
    ):  # fmt: skip
        if row.get(column) is not None:
            figure = positive(task_id, column, row[column]) * factor
            options[option] = int(figure) if option == "memory_bytes" else figure
    return stdio_problem(
        task_id,
        str(row.get("prompt", "")),
        tests_of(task_id, row["tests"]),
        solution=row.get("canonical_solution"),
        **options,
    )


def _refuse_kind(row: Mapping[str, object], _base_only: bool) -> Problem:  # noqa: FBT001 - as above
    raise ProblemsError(f"{row['task_id']}: kind {row['kind']!r:.60} is none of {', '.join(KINDS)}")


def _checker(task_id: str, text: object) -> str:
    if not isinstance(text, str) or "#include" in text or "testlib" in text:
        raise ProblemsError(
            f"{task_id}: the checker must be Python text that defines check(input, output, expected); "
            "checkers in C++ (testlib) are not run"
        )
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError) as bad:
        raise ProblemsError(f"{task_id}: the checker is not valid Python ({bad})") from None
    if not any(isinstance(node, ast.FunctionDef) and node.name == "check" for node in ast.walk(tree)):
        raise ProblemsError(f"{task_id}: the checker defines no function check(input, output, expected)")
    return text


def positive(task_id: str, column: str, value: object) -> float:
    """Return a limit that a row gives; raises `ProblemsError` if it is no positive number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= (1 << 24):
        raise ProblemsError(f"{task_id}: {column} must be a positive number, not {value!r:.60}")
    if column.endswith("_s") and value > MOST_TIMEOUT_S:
        raise ProblemsError(f"{task_id}: {column} must be at most {MOST_TIMEOUT_S:g}, not {value!r:.60}")
    return float(value)


STDIO = ProblemFormat(
    matches=lambda row: row.get("kind") == "stdio",
    names={"task_id": str},
    columns={"tests": list},
    build=_build,
    timeout_s=STDIO_TIMEOUT_S,
)
# A row that would else be read as a function's, whatever it says that it is.
UNKNOWN_KIND = ProblemFormat(
    matches=lambda row: "kind" in row and row["kind"] not in (None, "function"),
    names={"task_id": str},
    columns={},
    build=_refuse_kind,
    timeout_s=STDIO_TIMEOUT_S,
)

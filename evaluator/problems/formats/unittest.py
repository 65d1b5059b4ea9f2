r"""Problems whose tests are a module of unittest's test cases, in BigCodeBench's rows and in our own.

{"task_id": "BigCodeBench/0", "complete_prompt": "...", "test": "class TestCases(unittest.TestCase): ...",
 "entry_point": "task_func", "canonical_solution"?, "libs"?, "code_prompt"?, "instruct_prompt"?}
{"task_id": "mine", "kind": "unittest", "prompt": "...", "test": "...", "entry_point": "f", "timeout_s"?,
 "memory_mb"?, "canonical_solution"?}

The tests run in the program's process, which can forge the verdict: such problems are judged `in-process`.
"""

from collections.abc import Mapping
from typing import Final

from evaluator.errors import ProblemsError
from evaluator.problems.formats.format import ProblemFormat
from evaluator.problems.formats.stdio import positive
from evaluator.problems.problem import Problem
from sandbox import UnittestCheck
from sandbox.unittest_check import read_tests

__all__ = ["BIGCODEBENCH", "UNITTEST", "UNITTEST_TIMEOUT_S"]

# CPU seconds of a program and its tests; BigCodeBench's own bound is 240 s by the clock.
UNITTEST_TIMEOUT_S: Final = 120.0


def _build_own(row: Mapping[str, object], _base_only: bool) -> Problem:  # noqa: FBT001 - `ProblemFormat.build`
    task_id, cpu_s, memory_bytes = str(row["task_id"]), None, None
    if row.get("timeout_s") is not None:
        cpu_s = positive(task_id, "timeout_s", row["timeout_s"])
    if row.get("memory_mb") is not None:
        memory_bytes = int(positive(task_id, "memory_mb", row["memory_mb"]) * (1 << 20))
    return _problem(row, str(row["prompt"]), cpu_s, memory_bytes)


def _build(row: Mapping[str, object], _base_only: bool) -> Problem:  # noqa: FBT001 - as above
    return _problem(row, str(row["complete_prompt"]))


def _problem(
    row: Mapping[str, object], prompt: str, cpu_s: float | None = None, memory_bytes: int | None = None
) -> Problem:
    task_id, entry_point, test = str(row["task_id"]), str(row["entry_point"]), str(row["test"])
    try:
        read_tests(test)
    except (ValueError, SyntaxError, RecursionError) as bad:
        raise ProblemsError(f"{task_id}: nothing can be judged by its 'test': {bad}") from None
    solution = row.get("canonical_solution")
    return Problem(
        task_id=task_id,
        prompt=prompt,
        entry_point=entry_point,
        check=UnittestCheck(entry_point=entry_point, test=test, cpu_s=cpu_s, memory_bytes=memory_bytes),
        canonical_solution=solution if isinstance(solution, str) and solution.strip() else None,
        kind="unittest",
        statement=str(row.get("instruct_prompt", "")),
    )


UNITTEST = ProblemFormat(
    matches=lambda row: row.get("kind") == "unittest",
    columns={"test": str},
    build=_build_own,
    timeout_s=UNITTEST_TIMEOUT_S,
)
BIGCODEBENCH = ProblemFormat(
    matches=lambda row: "complete_prompt" in row,
    names={"task_id": str, "complete_prompt": str, "entry_point": str},
    columns={"test": str},
    build=_build,
    timeout_s=UNITTEST_TIMEOUT_S,
)

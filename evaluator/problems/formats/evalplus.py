"""Problems in EvalPlus's format: inputs and a reference instead of a written test.

The check's fixtures carry `evalplus_oracle.py`, the inputs and the reference, each as text in a namespace of
its own, so that what a candidate defines does not shadow them when both share one process. There the judge's
`untimed` is not to be had, and one that a candidate defines would be taken for it: that mode can be
forged in easier ways.
"""

import importlib.resources
import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, cast

from evaluator.errors import ProblemsError
from evaluator.problems.formats.format import ProblemFormat
from evaluator.problems.formats.mbpp_types import mbpp_arguments
from evaluator.problems.problem import Problem
from sandbox import Check

__all__ = ["EVALPLUS", "evalplus_problem", "tagged"]

_FIXTURES: Final = """\
import builtins as _passlaw_builtins
_passlaw_oracle = {{"__name__": "_passlaw_oracle"}}
_passlaw_builtins.exec({oracle!r}, _passlaw_oracle)
_passlaw_oracle["prepare"]({spec!r}, _passlaw_builtins.globals().get("untimed"))
known_calls = _passlaw_oracle["calls"]()
"""

_TEST: Final = """\
def check(candidate):
    _passlaw_oracle["check"](candidate)
"""


def evalplus_problem(row: Mapping[str, object], *, base_only: bool = False) -> Problem:
    """Return the problem whose test calls the candidate on the base inputs, then on the extra ones.

    Raises:
        ProblemsError: the inputs do not have the shape that MBPP's task needs.
    """
    task_id, prompt, entry_point = (str(row[field]) for field in ("task_id", "prompt", "entry_point"))
    base = _arguments(task_id, row["base_input"])
    plus = [] if base_only else _arguments(task_id, row.get("plus_input", []))
    spec = {
        "dataset": "mbpp" if task_id.startswith("Mbpp/") else "humaneval",
        "entry_point": entry_point,
        "reference": prompt + str(row["canonical_solution"]),
        "atol": row.get("atol", 0),
        "base": tagged(base),
        "plus": tagged(plus),
    }
    fixtures = _FIXTURES.format(oracle=_oracle_text(), spec=json.dumps(spec))
    return Problem(
        task_id=task_id,
        prompt=prompt,
        entry_point=entry_point,
        check=Check(entry_point=entry_point, test=_TEST, fixtures=fixtures),
        canonical_solution=str(row["canonical_solution"]),
        base_tests=None if base_only else len(base),
    )


def tagged(value: Any) -> Any:  # noqa: ANN401 - any of the values named below
    """Return a value as JSON that keeps its types: every type JSON lacks becomes an object naming it.

    >>> tagged([1, (2, 3)])
    [1, {'tuple': [2, 3]}]
    """
    if isinstance(value, list):
        return [tagged(item) for item in value]
    if isinstance(value, tuple | set):
        return {type(value).__name__: [tagged(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[tagged(key), tagged(item)] for key, item in value.items()]}
    if isinstance(value, complex):
        return {"complex": [value.real, value.imag]}
    return value


def _arguments(task_id: str, inputs: object) -> Sequence[Sequence[Any]]:
    if inputs == {}:  # MBPP+ is published with `{}` for the extra inputs of Mbpp/793, which has none
        inputs = []
    calls = cast("list[list[Any]]", inputs)
    if not isinstance(inputs, list) or not all(isinstance(call, list) for call in calls):
        raise ProblemsError(f"{task_id}: base_input and plus_input must be lists of argument lists")
    if not task_id.startswith("Mbpp/"):
        return calls
    try:
        return mbpp_arguments(task_id, calls)
    except (TypeError, ValueError, LookupError, AttributeError) as bad:
        raise ProblemsError(
            f"{task_id}: its inputs are not of MBPP+'s shape ({bad}); use EvalPlus's file"
        ) from bad


@cache
def _oracle_text() -> str:
    folder = importlib.resources.files("evaluator.problems.formats")
    return folder.joinpath("evalplus_oracle.py").read_text(encoding="utf-8")


EVALPLUS = ProblemFormat(
    matches=lambda row: "base_input" in row,
    columns={"canonical_solution": str, "base_input": list},
    build=lambda row, base_only: evalplus_problem(row, base_only=base_only),
    timeout_s=10.0,
    has_base_tests=True,
)

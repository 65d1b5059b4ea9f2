"""Problems whose tests call a method of a class `Solution`, or a function of that name, as LeetCode's do.

{"task_id": "double", "prompt": "Double a number.", "kind": "method", "entry_point": "double",
 "tests": [{"input": [1], "output": 2}], "canonical_solution"?}

`input` is a list of arguments. Arguments cross by value, and what comes back is compared in the judge.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from evaluator.errors import ProblemsError
from evaluator.problems.formats.format import ProblemFormat
from evaluator.problems.formats.stdio import STDIO_TIMEOUT_S
from evaluator.problems.problem import Problem
from sandbox import Check

__all__ = ["METHOD", "calls_of", "method_problem", "with_starter_code"]

_MOST_LEVELS: Final = 200  # of a value that a program returns
# Lists and tuples are one there. APPS wraps expected values in a list, and an object whose names are all
# numbers, as first argument or as what is expected, stands for a dict with numbers as keys, as JSON
# has none.
_TEST: Final = """\
import json
_tests = json.loads({tests!r})

def _plain(value):
    if type(value) in (list, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {{key: _plain(each) for key, each in value.items()}}
    return value

def _keyed(value):
    try:
        return {{int(key): each for key, each in value.items()}}
    except (AttributeError, ValueError):
        return value

def _keyed_first(value):
    return [_keyed(value[0]), *value[1:]] if isinstance(value, list) and value else value

if {wrapped}:
    _tests = [(_keyed_first(given), _keyed_first(_keyed(expected))) for given, expected in _tests]

def _shown(value):
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."

def check(candidate):
    for number, (arguments, expected) in enumerate(_tests, 1):
        found = _plain(candidate(*arguments))
        accepted = [expected]
        if {wrapped} and isinstance(expected, list):
            accepted += expected[:1]
        if found not in accepted:
            raise AssertionError(
                f"test {{number}} of {{len(_tests)}}: returned {{_shown(found)}}, expected "
                f"{{_shown(expected)}}; arguments {{_shown(arguments)}}"
            )
"""


def calls_of(tests: object) -> list[tuple[list[object], object]]:
    """Return the calls and expected values of a list of objects with `input` and `output`.

    Raises:
        ProblemsError: it is something else, an input is no list of arguments, or an output nests too deep.
    """
    if not isinstance(tests, list):
        raise ProblemsError("'tests' of a method must be a list of objects with 'input' and 'output'")
    found: list[tuple[list[object], object]] = []
    for number, test in enumerate(tests, 1):
        if not isinstance(test, Mapping) or not isinstance(test.get("input"), list) or "output" not in test:
            raise ProblemsError(f"test {number} of a method needs 'input', a list of arguments, and 'output'")
        if _nests_deeper(test["output"], _MOST_LEVELS):
            raise ProblemsError(f"the output of test {number} nests more than {_MOST_LEVELS} levels deep")
        found.append((test["input"], test["output"]))
    return found


def _nests_deeper(value: object, most: int) -> bool:
    """Return whether a value of JSON has more levels than may be sent."""
    level = [value]
    for _ in range(most + 1):
        level = [
            part
            for each in level
            if isinstance(each, list | dict)
            for part in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


def with_starter_code(row: Mapping[str, object], statement: str) -> str:
    """Return a row's statement, and behind it the code that an answer begins with, which names the method."""
    starter = row.get("starter_code")
    text = str(row.get(statement) or "")
    return f"{text}\n\n{starter}" if isinstance(starter, str) and starter.strip() else text


def method_problem(
    task_id: str,
    statement: str,
    name: str,
    tests: Sequence[tuple[list[object], object]],
    *,
    solution: object = None,
    wrapped: bool = False,
) -> Problem:
    """Return the problem of a method.

    Args:
        task_id: the problem's name.
        statement: for a person, or a model.
        name: the method's.
        tests: positional arguments and the expected value, as JSON has them.
        solution: a program that passes, if there is one.
        wrapped: whether a list may stand for its first element, and an object for a dict with numbers as
            keys, as in APPS.

    Raises:
        ProblemsError: there are no tests, or the name is no method's.
    """
    if not tests:
        raise ProblemsError(
            f"{task_id}: no tests; each is a list of arguments and the value that is expected"
        )
    if not name.isidentifier():
        raise ProblemsError(f"{task_id}: {name!r:.60} is not the name of a method")
    entry_point = f"Solution().{name}"
    return Problem(
        task_id=task_id,
        prompt="",
        entry_point=entry_point,
        check=Check(entry_point, _TEST.format(tests=json.dumps(tests), wrapped=wrapped)),
        canonical_solution=solution if isinstance(solution, str) and solution.strip() else None,
        kind="method",
        statement=statement,
    )


def _build(row: Mapping[str, object], _base_only: bool) -> Problem:  # noqa: FBT001 - `ProblemFormat.build`
    task_id = str(row["task_id"])
    try:
        calls = calls_of(row["tests"])
    except ProblemsError as bad:
        raise ProblemsError(f"{task_id}: {bad}") from None
    solution = row.get("canonical_solution")
    return method_problem(
        task_id, str(row.get("prompt", "")), str(row["entry_point"]), calls, solution=solution
    )


METHOD = ProblemFormat(
    matches=lambda row: row.get("kind") == "method",
    names={"task_id": str, "entry_point": str},
    columns={"tests": list},
    build=_build,
    timeout_s=STDIO_TIMEOUT_S,
)

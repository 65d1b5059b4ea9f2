"""From an item of a batch to the program that is run for it; a bad item is one sentence.

    {"completion" or "solution", and "task_id" of a problem set, or "test" with "entry_point", or "tests"}

`completion` is text or chat messages, of which the last one's content counts. `tests` are objects with
`input` and `output` (`kind` `stdio`, the default, or `method`, whose inputs are lists of arguments), or lines
that assert something of the entry point. With `wrapped`, a list that a method should return may stand for its
first element, as in APPS.
"""

import ast
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from evaluator.errors import EvaluatorError
from evaluator.problem_check.findings import Fault
from evaluator.problem_check.solutions import has_solution
from evaluator.problem_check.text import fault_of_text, fault_of_values
from evaluator.problems import Problem, ProblemSet
from evaluator.problems.formats.method import calls_of, method_problem
from evaluator.problems.formats.stdio import KINDS
from evaluator.problems.load import problem_of_row
from evaluator.samples import Sample
from evaluator.scoring.program import program_of
from sandbox import Check, Program, StdioCheck, UnittestCheck

__all__ = ["MOST_ITEMS", "Items", "brings_tests"]

MOST_ITEMS: Final = 16_384
_STDIO: Final = ("tests", "checker", "compare", "tolerance", "timeout_s", "total_timeout_s", "memory_mb")


def brings_tests(item: object) -> bool:
    """Return whether an item has tests of its own, whose text runs in the judge."""
    return isinstance(item, Mapping) and (item.get("tests") is not None or item.get("test") is not None)


class Items:
    """Makes programs of items. Items of one batch that have the same tests share a check.

    Args:
        problems: what `task_id` names; None if items bring their tests.
        sanitize: take the code out of the completions; of chat messages it is always taken out.
        fraction: run all tests of an item although one failed.
        in_process: take items whose tests live beside the code, too; a program can forge their reward.
    """

    def __init__(
        self, problems: ProblemSet | None, *, sanitize: bool, fraction: bool, in_process: bool = False
    ) -> None:
        self._problems = problems
        self._sanitize = sanitize
        self._fraction = fraction
        self._in_process = in_process
        self._made: dict[str, Problem] = {}
        self._all_tests: dict[int, Problem] = {}

    def program(self, item: object) -> Program:
        """Return the program of an item.

        Raises:
            EvaluatorError: the item is malformed; the message is one sentence.
        """
        if not isinstance(item, Mapping):
            raise EvaluatorError(f"an item must be an object, not {item!r:.60}")
        text, whole, is_chat = _text(item)
        problem = self._with_all_tests(self._problem(item))
        if isinstance(problem.check, UnittestCheck) and not self._in_process:
            raise EvaluatorError(
                "its tests run in the program's process, where a reward can be forged; only a "
                "RewardModel(judge='in-process') gives one"
            )
        if fault := _fault(problem):
            raise EvaluatorError(f"{problem.task_id:.80} cannot be judged: {fault}")
        sample = Sample(problem.task_id, text, whole, {}, "item")
        return program_of(sample, problem, sanitize=self._sanitize or is_chat)

    def _problem(self, item: Mapping[str, Any]) -> Problem:
        if brings_tests(item):
            return self._own(item)
        task_id = item.get("task_id")
        if task_id is None:
            raise EvaluatorError("an item needs tests: 'task_id' of a problem set, 'test' or 'tests'")
        if self._problems is None:
            raise EvaluatorError("'task_id' names a problem of a set, and none was named; give 'problems'")
        if task_id not in self._problems:
            raise EvaluatorError(f"{task_id!r:.80} is not a {self._problems.name} problem")
        problem = self._problems[task_id]
        if problem.unusable:
            raise EvaluatorError(f"{task_id:.80} cannot be judged: {problem.unusable}")
        return problem

    def _own(self, item: Mapping[str, Any]) -> Problem:
        """Return the problem that an item brings along."""
        names = ("kind", "test", "entry_point", "prompt", "wrapped", *_STDIO)
        given = {name: item[name] for name in names if item.get(name) is not None}
        try:
            key = json.dumps(given, sort_keys=True)
        except (TypeError, ValueError, RecursionError):
            raise EvaluatorError("an item's tests must be values that JSON has") from None
        if key not in self._made:
            self._made[key] = _built(given)
        return self._made[key]

    def _with_all_tests(self, problem: Problem) -> Problem:
        if not self._fraction or not isinstance(problem.check, StdioCheck):
            return problem
        known = self._all_tests.get(id(problem))
        if known is None:
            known = replace(problem, check=replace(problem.check, all_tests=True))
            self._all_tests[id(problem)] = known
        return known


def _fault(problem: Problem) -> str:
    """Return why a problem's test gives right and wrong programs one reward; empty if it does not."""
    if problem.kind in {"stdio", "unittest"} or problem.check.fixtures:
        return ""
    return _fault_of_test(problem)


@lru_cache(maxsize=4096)
def _fault_of_test(problem: Problem) -> str:
    found = fault_of_text(problem)
    if found and found[0] is Fault.CHECKS_NOTHING:
        return found[1]
    found = None if has_solution(problem) else fault_of_values(problem)
    return found[1] if found else ""


def _text(item: Mapping[str, Any]) -> tuple[str, bool, bool]:
    """Return an item's text, whether it is a whole program, and whether it came as chat messages."""
    whole = item.get("solution") is not None
    given = item.get("solution") if whole else item.get("completion")
    is_chat = isinstance(given, list)
    if is_chat:
        last = given[-1] if given else None
        given = last.get("content") if isinstance(last, Mapping) else None
    if not isinstance(given, str):
        raise EvaluatorError("an item needs 'completion' or 'solution', which is text or chat messages")
    return given, whole, is_chat


def _built(given: Mapping[str, Any]) -> Problem:
    kind = given.get("kind", "function" if "test" in given or _are_asserts(given.get("tests")) else "stdio")
    if kind not in KINDS:
        raise EvaluatorError(f"kind {kind!r:.60} is none of {', '.join(KINDS)}")
    if kind == "stdio":
        row = {"task_id": "its tests", "kind": "stdio"} | {
            name: given[name] for name in _STDIO if name in given
        }
        if not isinstance(row.get("tests"), list):
            raise EvaluatorError("'tests' must be a list of objects with 'input' and 'output'")
        return problem_of_row(row)
    entry_point = given.get("entry_point")
    if not isinstance(entry_point, str) or not entry_point.isidentifier():
        raise EvaluatorError(f"an item of kind {kind!r} needs 'entry_point', the name of what is tested")
    if kind == "method":
        calls = calls_of(given.get("tests"))
        return method_problem("its tests", "", entry_point, calls, wrapped=given.get("wrapped") is True)
    if kind == "unittest":
        return problem_of_row({"prompt": ""} | dict(given) | {"task_id": "its tests"})
    prompt = given.get("prompt", "")
    test = given["test"] if "test" in given else _asserting(entry_point, given.get("tests"))
    if not isinstance(test, str) or not isinstance(prompt, str):
        raise EvaluatorError("'test' and 'prompt' must be text")
    try:
        ast.parse(prompt)
        defined = {node.name for node in ast.parse(test).body if isinstance(node, ast.FunctionDef)}
    except (SyntaxError, ValueError, RecursionError, MemoryError) as bad:
        raise EvaluatorError(f"the item's own test or prompt is not valid Python: {bad}") from None
    if "check" not in defined:
        raise EvaluatorError("the item's own test defines no function check(candidate)")
    return Problem("its test", prompt, entry_point, Check(entry_point, test, prompt))


def _are_asserts(tests: object) -> bool:
    return isinstance(tests, list) and bool(tests) and all(isinstance(each, str) for each in tests)


def _asserting(entry_point: str, tests: object) -> str:
    """Return a test that runs lines one after the other, as MBPP's `test_list`."""
    if not isinstance(tests, list) or not _are_asserts(tests):
        raise EvaluatorError("'tests' of a function must be a list of lines that assert something")
    lines = "".join(f"    {line}\n" for each in tests for line in each.splitlines())
    return f"def check({entry_point}):\n{lines}"

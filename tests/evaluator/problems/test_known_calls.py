"""The calls that are read off HumanEval's tests are those that the tests make."""

import ast
import copy
import random
from typing import Any

from evaluator.problems import ProblemSet
from sandbox.judge.call_prediction import literal_calls


def test_what_is_told_of_humaneval_is_what_its_tests_ask_of_the_solutions(humaneval: ProblemSet) -> None:
    told = 0
    for problem in humaneval:
        asked: list[tuple[Any, ...]] = []
        solution: dict[str, Any] = {}
        exec(f"{problem.prompt}{problem.canonical_solution}", solution)

        def candidate(*args: Any, _asked: Any = asked, _own: Any = solution[problem.entry_point]) -> Any:
            _asked.append(copy.deepcopy(args))
            return _own(*args)

        namespace: dict[str, Any] = {}
        exec(f"{problem.prompt}{problem.canonical_solution}\n{problem.check.test}", namespace)
        random.seed(1)
        namespace[problem.entry_point] = candidate
        namespace["check"](candidate)
        predicted = list(literal_calls(ast.parse(problem.check.test), problem.entry_point))
        assert predicted == asked[: len(predicted)], problem.task_id
        told += len(predicted)
    assert told > 1000

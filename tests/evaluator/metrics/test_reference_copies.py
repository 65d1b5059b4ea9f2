import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.metrics import copies_canonical
from evaluator.problems import Problem, ProblemSet
from sandbox import Check

PROMPT = 'from typing import List\n\ndef total(values: List[int]) -> int:\n    """Add them up."""\n'
SOLUTION = """
    result = 0
    for value in values:
        if value:
            result += value
    return result
"""
CHECK = Check("total", "def check(candidate):\n    assert candidate([1, 2]) == 3\n")
TOTAL = Problem("t/0", PROMPT, "total", CHECK, SOLUTION)

COPIES = {
    "as it is": PROMPT + SOLUTION,
    "other names": PROMPT
    + SOLUTION.replace("result", "s")
    .replace("value:", "v:")
    .replace("value ", "v ")
    .replace("= value", "= v"),
    "without docstring and hints": "def total(values):" + SOLUTION,
    "other parameter": "def total(xs):" + SOLUTION.replace("values", "xs"),
    "remarks and layout": PROMPT
    + "    result = 0   # the sum\n\n    'no use'\n    for value in values:\n"
    + "            if (value):\n                pass\n                result += value\n    return (result)\n",
    "hints inside": PROMPT + SOLUTION.replace("result = 0", "result: int = 0"),
    "more after it": PROMPT + SOLUTION + "\n\ndef main():\n    print(total([1]))\n\nmain()\n",
    "defined twice": "def total(values):\n    return 1\n\n" + PROMPT + SOLUTION,
}
OTHERS = {
    "another way": PROMPT + "    return sum(values)\n",
    "a loop that is a comprehension": PROMPT + "    return sum(value for value in values if value)\n",
    "another operator": PROMPT + SOLUTION.replace("+=", "-="),
    "another constant": PROMPT + SOLUTION.replace("= 0", "= 1"),
    "names mixed up": PROMPT + SOLUTION.replace("return result", "return values"),
    "another builtin": PROMPT + SOLUTION.replace("in values", "in sorted(values)"),
    "no syntax": PROMPT + SOLUTION + "    (",
    "too deep": PROMPT + SOLUTION + "x = " + "(" * 500 + ")" * 500,
    "a NUL": PROMPT + SOLUTION + "\0",
    "a lone surrogate": PROMPT + SOLUTION + "# \ud800",
    "the entry point missing": (PROMPT + SOLUTION).replace("total", "summed"),
    "empty": "",
    "far too long": PROMPT + SOLUTION + "# more\n" * 2000,
}


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_is_told_whatever_its_names_layout_and_remarks(name: str) -> None:
    assert copies_canonical(TOTAL, COPIES[name]) is True


@pytest.mark.parametrize("name", OTHERS)
def test_another_program_is_no_copy(name: str) -> None:
    assert copies_canonical(TOTAL, OTHERS[name]) is False


def test_helpers_that_the_solution_uses_belong_to_it(humaneval: ProblemSet) -> None:
    problem = humaneval["HumanEval/32"]
    assert problem.canonical_solution
    whole = problem.prompt + problem.canonical_solution
    assert copies_canonical(problem, whole)
    assert not copies_canonical(problem, whole.replace("coeff * math.pow(x, i)", "coeff + math.pow(x, i)"))


def test_every_canonical_solution_is_a_copy_of_itself_and_of_no_other(humaneval: ProblemSet) -> None:
    for problem in humaneval:
        assert problem.canonical_solution
        whole = problem.prompt + problem.canonical_solution
        assert copies_canonical(problem, ast.unparse(ast.parse(whole))), problem.task_id
        assert not copies_canonical(problem, problem.prompt + "    return None\n"), problem.task_id


def test_without_a_canonical_solution_nothing_is_said() -> None:
    assert copies_canonical(Problem("t/0", PROMPT, "total", CHECK), PROMPT + SOLUTION) is None


@given(st.text(max_size=300))
def test_any_text_gets_an_answer(text: str) -> None:
    assert copies_canonical(TOTAL, text) is False

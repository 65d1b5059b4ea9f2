"""What the text of a problem tells: only what is certain is a fault."""

import pytest

from evaluator.problem_check.text import fault_of_text, fault_of_values, foreign_modules
from evaluator.problems import Problem, ProblemSet
from sandbox import Check

PROMPT = 'def f(x):\n    """Say something."""\n'


def problem(test: str, prompt: str = PROMPT, entry_point: str = "f") -> Problem:
    return Problem("T/0", prompt, entry_point, Check(entry_point, test, prompt))


@pytest.mark.parametrize(
    ("test", "fault"),
    [
        ("assert f(1) == 1\n", "broken_test"), ("", "broken_test"), ("def check(:\n", "broken_test"),
        ("class T:\n    def check(self): pass\n", "broken_test"), ("def check(): assert f(1)\n", "broken_test"),
        ("def check(a, b): assert a(b)\n", "broken_test"), ("def check(c, *, k): assert c(k)\n", "broken_test"),
        ("def check(c\0): pass\n", "broken_test"), ("def check(c): pass\n", "checks_nothing"),
        ("async def check(c): assert c(1)\n", "checks_nothing"), ("def check(c):\n    yield c(1)\n", "checks_nothing"),
        ("def check(c): assert 1 == 1\n", "checks_nothing"),
        ("def check(c): assert c(1)\n", None), ("def check(c, d=1): assert c(d)\n", None),
        ("def check(*c): assert c[0](1)\n", None), ("check = lambda c: c(1)\n", None),
        ("from unittest import case as check\n", None), ("exec('def check(c): c(1)')\n", None),
        ("if True:\n    def check(c): assert f(1)\n", None), ("def check(c):\n    def g(): yield 1\n    c(g)\n", None),
        ("def go(): assert f(1)\ndef check(_): go()\n", None), ("print('a')\ndef check(c): c(1)\n", None),
    ],
)  # fmt: skip
def test_a_test_that_no_program_or_every_program_passes_is_told_from_others(
    test: str, fault: str | None
) -> None:
    found = fault_of_text(problem(test))
    assert (found and found[0].value) == fault


@pytest.mark.parametrize(
    ("test", "names"),
    [
        ("import numpy as np, math\n", {"numpy"}), ("def check(c):\n    from pandas.core import x\n", {"pandas"}),
        ("try:\n    import numpy\nexcept ImportError: pass\n", set()), ("from . import a\nimport os.path\n", set()),
        ("def check(:", set()),
    ],
)  # fmt: skip
def test_modules_beyond_the_standard_library_are_found(test: str, names: set[str]) -> None:
    assert foreign_modules(problem(test)) == names
    assert foreign_modules(problem("", f"import torch\n{PROMPT}")) == {"torch"}
    assert foreign_modules(problem("", "import torch\ndef f(x):\n")) == {"torch"}


@pytest.mark.parametrize(
    ("body", "stays"),
    [
        ("assert c(3)(4) == 7", True), ("g = c(3)\n    assert g(4) == 7", True), ("s = c()\n    s.push(1)", True),
        ("assert c(lambda v: v) == 1", True), ("assert c(Node(1)).val == 1", True), ("assert c(helper) == 1", True),
        ("assert c(datetime.date(2020, 1, 1)) == 1", True), ("assert c(1).area == 2", True),
        ("assert c([3, 1]).sort() is None", False), ("r = c(1)\n    assert r.count(1) == 2", False),
        ("assert sorted(c(1), key=lambda v: -v) == [1]", False), ("assert f(helper(1)) == 1", False),
        ("assert next(c(3)) == 1 and c(2).real == 2", False),
        ("assert c(iter([1])) == 1", True), ("assert c(v for v in [1]) == 1", True), ("assert c(map(int, '1')) == 1", True),
        ("assert c(1) == datetime.date(2020, 1, 1)", True), ("r = c(1)\n    assert deque([1]) == r", False), ("assert c(1).most_common(1) == 2", False),
        ("with redirect_stdout(StringIO()) as out: c(1)\n    assert out.getvalue() == '1'", True),
        ("sys.stdout = out = StringIO()\n    c(1)\n    assert out.getvalue() == '1'", True),
        ("with redirect_stdout(StringIO()): r = c(1)\n    assert r == 1", False), ("g = c(1)\n    g.close()", True),
        ("assert c(1) == Node(1)", False), ("assert c(list(map(int, '1'))) == deque([1])[0]", False),
        ("assert c(1) != datetime.date(2020, 1, 1)", False), ("assert c(1) == date(2020, 1, 1).isoformat()", False),
    ],
)  # fmt: skip
def test_values_that_stay_behind_are_told_by_how_they_are_used(body: str, *, stays: bool) -> None:
    text = f"class Node: pass\ndef helper(v): return v\ndef check(c):\n    {body}\n"
    found = fault_of_values(problem(text))
    assert (found is not None) is stays


def test_a_class_to_write_does_not_cross() -> None:
    prompt = 'class Queue:\n    """First in, first out."""\n'
    found = fault_of_values(problem("def check(c): assert c()\n", prompt, "Queue"))
    assert found is not None
    assert found[1].startswith("'Queue' is a class")


def test_no_problem_of_humaneval_is_suspected(humaneval: ProblemSet) -> None:
    assert not [each.task_id for each in humaneval if fault_of_text(each) or fault_of_values(each)]
    assert not frozenset().union(*map(foreign_modules, humaneval))

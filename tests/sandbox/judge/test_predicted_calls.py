"""Calls that the judge sends to the shared process before the test makes them change no verdict."""

import pytest
from tests_sandbox import program, run_counting

from sandbox import Check, ExecutionMode, Program, Sandbox, Verdict

pytestmark = pytest.mark.usefixtures("tried_first")


def test_calls_that_depend_on_answers_are_not_predicted(auto_box: Sandbox) -> None:
    test = "def check(candidate):\n    first = candidate(1)\n    assert candidate(first) == 2 * first\n"
    check = Check("f", test)
    steps = [2, 3, 2, 4]
    sources = [f"def f(n):\n    return {step} if n == 1 else 2 * n\n" for step in steps]
    wrong = "def f(n):\n    return 1\n"
    outcomes = list(auto_box.run([Program(source, check) for source in (*sources, wrong, *sources)]))
    verdicts = [outcome.verdict.passed for outcome in outcomes]
    assert verdicts == [True] * 4 + [False] + [True] * 4
    assert outcomes[4].execution is ExecutionMode.SHARED


LISTED_CALLS = {
    "as asked": ("[[n, 1] for n in range(300)]", 3),
    "endless": ("([n, 1] for n in __import__('itertools').count())", 3),
    "too few": ("[[n, 1] for n in range(20)]", 3),
    "others": ("[[n, n < 200] for n in range(300)]", 0),
    "other types": ("[[n, 1 if n < 200 else 1.0] for n in range(300)]", 1),
    "no calls": ("[[0, 1], None, 3]", 3),
    "too large": ("[[0, 1], [b'x' * (20 << 20)]]", 3),
}


@pytest.mark.parametrize(("calls", "count"), LISTED_CALLS.values(), ids=LISTED_CALLS)
def test_listed_calls_change_no_verdict(calls: str, count: int, auto_box: Sandbox) -> None:
    test = "def check(candidate):\n    for n in range(300):\n        assert candidate(n, 1) == n + 1\n"
    check = Check("add", test, fixtures=f"known_calls = {calls}")
    late = "return a + b + (a == 250)"
    bodies = ("return a + b", late, "return a")
    outcomes, shared = run_counting(auto_box, [program(body, check) for body in bodies])
    verdicts = [Verdict.PASSED, Verdict.WRONG_ANSWER, Verdict.WRONG_ANSWER]
    assert [(each.verdict, each.calls) for each in outcomes] == list(
        zip(verdicts, (300, 251, 1), strict=True)
    )
    assert shared == count


def test_many_calls_are_answered_in_order_and_only_when_asked(auto_box: Sandbox) -> None:
    check = Check(
        "f", "def check(candidate):\n    for n in range(2000):\n        assert candidate(n) == n % 1900\n"
    )
    identity = Program("def f(n):\n    return n\n", check)
    right = Program("def f(n):\n    return n % 1900\n", check)
    outcomes, shared = run_counting(auto_box, [identity, identity, right, right, identity])
    assert [(each.verdict.passed, each.calls) for each in outcomes] == [
        (False, 1901), (False, 1901), (True, 2000), (True, 2000), (False, 1901),
    ]  # fmt: skip
    if (
        auto_box.description.isolation != "gvisor"
    ):  # whose calls are slow enough for two thousand to take long
        assert shared == 5


def test_test_that_goes_on_after_an_exception_gets_its_next_answer(auto_box: Sandbox) -> None:
    test = (
        "def check(candidate):\n    for n in (1, 0, 2, 0, 4):\n        try:\n            assert candidate(n) == 4 // n\n"
        "        except ZeroDivisionError:\n            assert n == 0\n"
    )
    runs = [Program("def f(n):\n    return 4 // n\n", Check("f", test))] * 3
    outcomes, shared = run_counting(auto_box, runs)
    assert [(each.verdict, each.calls) for each in outcomes] == [(Verdict.PASSED, 5)] * 3
    assert shared == 3


ODD_ARGUMENTS = """
from collections import Counter
ODD = [
    1, True, 1.0, -0.0, 1 << 80, "a", b"a", bytearray(b"a"), (1, [2]), [1, (2,)], {"a": (1,)}, {1: True}, None, 1j,
    "\\ud800", {1, 2}, range(3), Counter("aa"), [b"a"], [bytearray(b"a")], [[[]]], {(1, True): [1.0]},
]
def check(candidate):
    for value in ODD:
        crossed = dict(value) if type(value) is Counter else value
        assert candidate(value, [value]) == repr(crossed) + repr([crossed]), value
    assert candidate(1, other=True) == "1True"
"""


def test_arguments_cross_to_the_shared_process_exactly(auto_box: Sandbox) -> None:
    runs = [
        Program(f"def f(x, other):\n    return repr(x) + repr(other) + '' * {n}\n", Check("f", ODD_ARGUMENTS))
        for n in range(20)
    ]
    outcomes, shared = run_counting(auto_box, runs)
    assert {(each.verdict, each.detail) for each in outcomes} == {(Verdict.PASSED, "")}
    assert shared == 20


def test_equal_arguments_of_another_type_are_told_from_those_that_were_predicted(auto_box: Sandbox) -> None:
    test = "def check(candidate):\n    assert candidate([candidate(0)]) == 'end'\n"
    answers = ["1", "True", "1.0", "b'a'", "'a'", "(1,)", "[1]", "0.0", "-0.0"]
    sources = [
        f"def f(x):\n    return {answer} if x == 0 else ('end' if repr(x) == repr([{answer}]) else repr(x))\n"
        for answer in answers
    ]
    outcomes = list(
        auto_box.run([Program(source, Check("f", test)) for source in (*sources, *reversed(sources))])
    )
    assert [(each.verdict, each.detail) for each in outcomes] == [(Verdict.PASSED, "")] * len(outcomes)


def test_test_that_is_run_again_for_its_group_asks_what_it_asked(auto_box: Sandbox) -> None:
    test = (
        "import random\nseen = []\ndef check(candidate):\n    for _ in range(40):\n        number = random.random()\n"
        "        seen.append(number)\n        assert candidate(number) == number * 2\n    assert len(seen) == 40\n"
    )
    runs = [Program(f"def f(x):\n    return x * 2 + 0 * {n}\n", Check("f", test)) for n in range(40)]
    outcomes, shared = run_counting(auto_box, runs)
    assert {(each.verdict, each.calls) for each in outcomes} == {(Verdict.PASSED, 40)}
    assert shared == 40


def test_group_whose_answers_are_more_than_wait_at_once_is_judged_whole(auto_box: Sandbox) -> None:
    test = "def check(candidate):\n    for n in range(12):\n        assert candidate(n) == 'x' * (1 << 20)\n"
    runs = [
        Program(f"def f(n):\n    return 'x' * ((1 << 20) + 0 * {n})\n", Check("f", test)) for n in range(16)
    ]
    outcomes = list(auto_box.run(runs))
    assert {(each.verdict, each.calls) for each in outcomes} == {(Verdict.PASSED, 12)}

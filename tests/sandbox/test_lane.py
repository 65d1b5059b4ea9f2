"""The verified lane: which programs it judges, which it leaves to processes of their own, and its audit."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odd_programs import odd_program
from tests_sandbox import ADD, ASK, opened_at, program, run_one

from sandbox import Audit, Check, JudgeMode, Lane, Limits, Outcome, Program, Sandbox, Verdict
from sandbox.verifier import verified

LIMITS = Limits(cpu_s=2.0, memory_bytes=1 << 30)


@pytest.fixture(scope="module")
def lane(level: str) -> Iterator[Sandbox]:
    with opened_at(level, limits=LIMITS, lane="auto", audit=0.0) as opened:
        yield opened


def _ask(box: Sandbox, source: str) -> tuple[Outcome, str]:
    outcome = run_one(box, Program(source, ASK))
    return outcome, _answer(outcome)


def _answer(outcome: Outcome) -> str:
    return outcome.detail.partition("the last call returned ")[2] or outcome.detail


SETTLED = {
    "passed": ("return a + b", Verdict.PASSED),
    "wrong": ("return a - b", Verdict.WRONG_ANSWER),
    "wrong later": ("return a + b if a < 5 else 0", Verdict.WRONG_ANSWER),
    "raises": ("return a[0]", Verdict.RUNTIME_ERROR),
    "no Python": ("return (", Verdict.SYNTAX_ERROR),
    "no Python at compile time": ("break", Verdict.SYNTAX_ERROR),
}


@pytest.mark.parametrize(("body", "verdict"), SETTLED.values(), ids=SETTLED)
def test_verified_program_is_judged_in_the_shared_process(
    body: str, verdict: Verdict, lane: Sandbox, box: Sandbox
) -> None:
    shared, own = run_one(lane, program(body)), run_one(box, program(body))
    assert (shared.lane, own.lane) == (Lane.VERIFIED, Lane.PROCESS)
    assert shared.verdict is own.verdict is verdict
    assert (shared.detail, shared.message, shared.calls) == (own.detail, own.message, own.calls)


def test_missing_entry_point_is_told_as_ever(lane: Sandbox) -> None:
    outcome = run_one(lane, Program("def other():\n    pass\n", ADD))
    assert (outcome.verdict, outcome.lane) == (Verdict.MISSING_ENTRY_POINT, Lane.VERIFIED)


OWN = {
    "refused": ("import os\nos.getpid()\nreturn a + b", Verdict.PASSED),
    "endless": ("while True:\n    pass", Verdict.TIMED_OUT),
    "endless at its second call": ("while a == 5:\n    pass\nreturn a + b", Verdict.TIMED_OUT),
    "slow": ("for _ in range(2 * 10**7):\n    pass\nreturn a + b", Verdict.PASSED),
    "greedy": ("held = [0] * (30 << 20)\nreturn a + b", Verdict.PASSED),
    "out of memory": ("held = [0] * (1 << 28)\nreturn a + b", Verdict.OUT_OF_MEMORY),
    "too deep": ("return add(a, b) + 1", Verdict.RUNTIME_ERROR),
    "too large": ("return 'x' * (20 << 20)", Verdict.OUTPUT_LIMIT),
    "exits": ("raise SystemExit", Verdict.EXITED),
    "imports what is not shared": ("import unicodedata\nreturn a + b", Verdict.PASSED),
    "has the interpreter import": ("return a + b + 0 * len('x'.encode('punycode'))", Verdict.PASSED),
}


@pytest.mark.parametrize(("body", "verdict"), OWN.values(), ids=OWN)
def test_doubt_means_a_process_of_its_own(body: str, verdict: Verdict, lane: Sandbox) -> None:
    before, doubted, after = lane.run([program("return a + b"), program(body), program("return b + a")])
    assert (doubted.verdict, doubted.lane) == (verdict, Lane.PROCESS), doubted.detail
    assert [before.verdict, after.verdict] == [Verdict.PASSED] * 2


ABSENT = {
    "at the top": "import numpy as np\ndef f():\n    return np.array([1])\n",
    "a part": "def f():\n    import torch.nn\n    return torch\n",
    "from": "from django.db import models\ndef f():\n    return models\n",
    "all of it": "from pandas import *\ndef f():\n    return read_csv\n",
    "caught": "def f():\n    try:\n        import numpy.random\n    except ImportError as e:\n        return str(e), e.args\n",
    "caught by its own name": "try:\n    import gone\nexcept ModuleNotFoundError:\n    gone = 3\ndef f():\n    return gone\n",
    "in place of another": "try:\n    import gone as math\nexcept ImportError:\n    import math\ndef f():\n    return math.pi\n",
    "digest": "import hashlib\ndef f():\n    return hashlib.md5('a'.encode()).hexdigest()\n",
    "digest of bytes": "import hashlib as h\ndef f():\n    return h.md5(b'').digest(), h.md5(bytearray(b'x')).hexdigest()\n",
    "digest of text": "import hashlib\ndef f():\n    return hashlib.md5('a').hexdigest()\n",
    "digest of no text": "import hashlib\ndef f():\n    return hashlib.md5([1]).hexdigest()\n",
    "digest without import": "def f():\n    return hashlib.md5(b'a').hexdigest()\n",
}  # fmt: skip


@pytest.mark.parametrize("source", ABSENT.values(), ids=ABSENT)
def test_modules_that_are_not_there_and_digests_are_as_in_a_process_of_its_own(
    source: str, lane: Sandbox, box: Sandbox
) -> None:
    shared, own = run_one(lane, Program(source, ASK)), run_one(box, Program(source, ASK))
    assert (shared.lane, own.lane) == (Lane.VERIFIED, Lane.PROCESS)
    assert (shared.verdict, shared.detail, shared.message) == (own.verdict, own.detail, own.message)


def test_generator_that_the_test_draws_from_gets_a_process_of_its_own(lane: Sandbox) -> None:
    check = Check("f", "def check(candidate):\n    assert list(candidate(3)) == [0, 1, 2]\n")
    outcome = run_one(lane, Program("def f(n):\n    yield from range(n)\n", check))
    assert (outcome.verdict, outcome.lane) == (Verdict.PASSED, Lane.PROCESS)


def test_how_deep_a_program_may_go_does_not_depend_on_the_lane(lane: Sandbox, box: Sandbox) -> None:
    source = (
        "def deep(n):\n    try:\n        return deep(n + 1)\n    except RecursionError:\n        return n\n"
        "def f():\n    return deep(0)\n"
    )
    (shared, reached), (_own, as_before) = _ask(lane, source), _ask(box, source)
    assert shared.lane is Lane.VERIFIED
    assert reached == as_before
    assert int(reached) > 900


def test_nothing_passes_from_program_to_program(lane: Sandbox) -> None:
    first = "held = []\ndef f(seen=[]):\n    seen.append(1)\n    held.append(2)\n    return len(seen), len(held)\n"
    second = "def f():\n    return sum([1, 2]), len(held)\n"
    shadow = "def sum(a):\n    return 99\nlen = sum\nheld = [1]\ndef f():\n    return sum([]), len([])\n"
    answers = [_ask(lane, source)[1] for source in (first, shadow, first, second)]
    assert answers[:3] == ["(1, 1)", "(99, 99)", "(1, 1)"]
    assert "name 'held' is not defined" in answers[3]


EQUAL = {
    "generic type": ("typing.List[list[1]]", "typing.List[list[True]]"),
    "union": ("typing.Union[tuple[1], tuple[0]]", "typing.Union[tuple[1.0], tuple[0.0]]"),
    "flags": ("re.compile('a', 2)", "re.compile('a', 2.0)"),
    "flags of a search": ("re.search('a', 'A', 2).group()", "re.search('a', 'A', 2.0).group()"),
}


@pytest.mark.parametrize("expressions", EQUAL.values(), ids=EQUAL)
def test_what_is_equal_to_what_another_program_had_is_not_taken_for_it(
    expressions: tuple[str, str], lane: Sandbox, box: Sandbox
) -> None:
    sources = [f"import re, typing\ndef f():\n    return repr({each})\n" for each in expressions]
    alone = [_ask(box, source)[1] for source in sources]
    assert alone[0] != alone[1]
    for order in ([0, 1], [1, 0]):
        outcomes = list(lane.run([Program(sources[n], ASK) for n in order]))
        assert {outcome.lane for outcome in outcomes} == {Lane.VERIFIED}
        assert [_answer(outcome) for outcome in outcomes] == [alone[n] for n in order]


def test_calls_that_depend_on_answers_are_not_foreseen(lane: Sandbox) -> None:
    test = "def check(candidate):\n    first = candidate(1)\n    assert candidate(first) == 2 * first\n"
    check = Check("f", test)
    steps = [2, 3, 2, 4]
    sources = [f"def f(n):\n    return {step} if n == 1 else 2 * n\n" for step in steps]
    wrong = "def f(n):\n    return 1\n"
    outcomes = list(lane.run([Program(source, check) for source in (*sources, wrong, *sources)]))
    verdicts = [outcome.verdict.passed for outcome in outcomes]
    assert verdicts == [True] * 4 + [False] + [True] * 4
    assert outcomes[-1].lane is Lane.VERIFIED


FORETOLD = {
    "as asked": ("[[n, 1] for n in range(300)]", Lane.VERIFIED),
    "endless": ("([n, 1] for n in __import__('itertools').count())", Lane.VERIFIED),
    "too few": ("[[n, 1] for n in range(20)]", Lane.VERIFIED),
    "others": ("[[n, n < 200] for n in range(300)]", Lane.PROCESS),
    "other types": ("[[n, 1 if n < 200 else 1.0] for n in range(300)]", Lane.PROCESS),
    "no calls": ("[[0, 1], None, 3]", Lane.VERIFIED),
    "too large": ("[[0, 1], [b'x' * (20 << 20)]]", Lane.VERIFIED),
}


@pytest.mark.parametrize(("calls", "where"), FORETOLD.values(), ids=FORETOLD)
def test_what_a_check_foretells_changes_no_verdict(calls: str, where: Lane, lane: Sandbox) -> None:
    test = "def check(candidate):\n    for n in range(300):\n        assert candidate(n, 1) == n + 1\n"
    check = Check("add", test, fixtures=f"foreseen_calls = {calls}")
    late = "return a + b + (a == 250)"
    outcomes = list(lane.run([program(body, check) for body in ("return a + b", late, "return a")]))
    verdicts = [Verdict.PASSED, Verdict.WRONG_ANSWER, Verdict.WRONG_ANSWER]
    assert [(each.verdict, each.calls) for each in outcomes] == list(
        zip(verdicts, (300, 251, 1), strict=True)
    )
    assert outcomes[0].lane is where


def test_many_calls_are_answered_in_order_and_only_when_asked(lane: Sandbox) -> None:
    check = Check(
        "f", "def check(candidate):\n    for n in range(2000):\n        assert candidate(n) == n % 1900\n"
    )
    identity = Program("def f(n):\n    return n\n", check)
    right = Program("def f(n):\n    return n % 1900\n", check)
    outcomes = list(lane.run([identity, identity, right, right, identity]))
    assert [(each.verdict.passed, each.calls) for each in outcomes] == [
        (False, 1901), (False, 1901), (True, 2000), (True, 2000), (False, 1901),
    ]  # fmt: skip
    if lane.description.isolation != "gvisor":  # whose calls are slow enough for two thousand to take long
        assert {outcome.lane for outcome in outcomes} == {Lane.VERIFIED}


def test_test_that_goes_on_after_an_exception_gets_its_next_answer(lane: Sandbox) -> None:
    test = (
        "def check(candidate):\n    for n in (1, 0, 2, 0, 4):\n        try:\n            assert candidate(n) == 4 // n\n"
        "        except ZeroDivisionError:\n            assert n == 0\n"
    )
    runs = [Program("def f(n):\n    return 4 // n\n", Check("f", test))] * 3
    outcomes = list(lane.run(runs))
    assert [(each.verdict, each.calls) for each in outcomes] == [(Verdict.PASSED, 5)] * 3
    assert {outcome.lane for outcome in outcomes} == {Lane.VERIFIED}


def test_shared_process_is_replaced_after_many_programs(lane: Sandbox) -> None:
    outcomes = list(lane.run([program(f"return a + b + 0 * {n}") for n in range(1100)]))
    assert {(outcome.verdict, outcome.lane) for outcome in outcomes} == {(Verdict.PASSED, Lane.VERIFIED)}


def test_order_is_kept_when_programs_take_different_lanes(lane: Sandbox) -> None:
    bodies = [
        "return a + b",
        "import os\nos.getpid()\nreturn a + b",
        "return 0",
        "import os\nos.getpid()\nreturn 0",
    ]
    outcomes = list(lane.run([program(bodies[n % 4]) for n in range(150)]))
    expected = [(n % 4 < 2, Lane.PROCESS if n % 2 else Lane.VERIFIED) for n in range(150)]
    assert [(outcome.verdict.passed, outcome.lane) for outcome in outcomes] == expected


def test_audit_runs_programs_again_and_finds_them_the_same(level: str) -> None:
    with opened_at(level, limits=LIMITS, lane="auto", audit=1.0, seed=3) as box:
        assert (box.description.lane, box.description.audit) == ("auto", 1.0)
        outcomes = list(box.run([program(body) for body, _ in SETTLED.values()]))
        assert {outcome.lane for outcome in outcomes} == {Lane.PROCESS}
        assert (box.audit.verified, box.audit.audited, box.audit.disagreed) == (6, 6, 0)


def test_audit_notes_a_program_that_differs_and_the_verdict_of_its_own_process_counts() -> None:
    # Where a function lies in memory depends on what was there before it: some bit of it will differ.
    source = "def f():\n    held = [lambda: n for n in range(999)]\n    return int(str(held[-1]).split('0x')[1][:-1], 16)\n"
    test = "def check(candidate):\n    assert candidate() >> {} & 1\n"
    with opened_at("namespaces", lane="auto", audit=1.0, seed=3) as box:
        outcomes = list(box.run([Program(source, Check("f", test.format(bit))) for bit in range(4, 40)]))
        assert box.audit.audited == 36
        assert 0 < box.audit.disagreed == len(box.audit.disagreements)
        assert {outcome.lane for outcome in outcomes} == {Lane.PROCESS}


def test_audit_chooses_by_seed_and_share() -> None:
    chosen = [n for n in range(5000) if Audit(0.02, 7).chooses(n)]
    assert chosen == [n for n in range(5000) if Audit(0.02, 7).chooses(n)]
    assert 60 < len(chosen) < 150
    assert chosen != [n for n in range(5000) if Audit(0.02, 8).chooses(n)]
    with pytest.raises(ValueError, match="share between 0 and 1"):
        Audit(1.5, 0)


def test_in_process_judging_has_processes_of_its_own() -> None:
    with opened_at("namespaces", lane="auto", judge=JudgeMode.IN_PROCESS) as box:
        assert box.description.lane == "process"
        assert run_one(box, program("return a + b")).lane is Lane.PROCESS


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Sandbox, Sandbox]]:
    with (
        opened_at("namespaces", limits=LIMITS, lane="auto", audit=0.0) as shared,
        opened_at("namespaces", limits=LIMITS, lane="process") as own,
    ):
        yield shared, own


def _told(outcome: Outcome) -> tuple[Verdict, str]:
    return outcome.verdict, re.sub(r"0x[0-9a-f]+", "0x", outcome.detail)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seeds=st.lists(st.integers(0, 1 << 30), min_size=2, max_size=16, unique=True))
def test_no_program_changes_what_the_next_one_does(seeds: list[int], pair: tuple[Sandbox, Sandbox]) -> None:
    """Contamination: programs in one process, and the same in reverse, answer as each does in its own."""
    programs = [Program(odd_program(seed), ASK) for seed in seeds]
    for each in programs:
        verified(each.source, "<candidate>")
    shared, own = pair
    alone = [_told(outcome) for outcome in own.run(programs)]
    assert [_told(outcome) for outcome in shared.run(programs)] == alone
    assert [_told(outcome) for outcome in shared.run(programs[::-1])] == alone[::-1]


def test_odd_programs_mostly_stay_in_the_shared_process(pair: tuple[Sandbox, Sandbox]) -> None:
    outcomes = list(pair[0].run([Program(odd_program(seed), ASK) for seed in range(200)]))
    assert sum(outcome.lane is Lane.VERIFIED for outcome in outcomes) > 150
    assert sum("the last call returned" in outcome.detail for outcome in outcomes) > 150


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


def test_arguments_cross_to_the_shared_process_exactly(lane: Sandbox) -> None:
    runs = [
        Program(f"def f(x, other):\n    return repr(x) + repr(other) + '' * {n}\n", Check("f", ODD_ARGUMENTS))
        for n in range(20)
    ]
    outcomes = list(lane.run(runs))
    assert {(each.verdict, each.lane, each.detail) for each in outcomes} == {
        (Verdict.PASSED, Lane.VERIFIED, "")
    }


def test_equal_arguments_of_another_type_are_told_from_those_that_were_foreseen(lane: Sandbox) -> None:
    test = "def check(candidate):\n    assert candidate([candidate(0)]) == 'end'\n"
    answers = ["1", "True", "1.0", "b'a'", "bytearray(b'a')", "'a'", "(1,)", "[1]", "0.0", "-0.0"]
    sources = [
        f"def f(x):\n    return {answer} if x == 0 else ('end' if repr(x) == repr([{answer}]) else repr(x))\n"
        for answer in answers
    ]
    outcomes = list(
        lane.run([Program(source, Check("f", test)) for source in (*sources, *reversed(sources))])
    )
    assert [(each.verdict, each.detail) for each in outcomes] == [(Verdict.PASSED, "")] * len(outcomes)


def test_test_that_is_run_again_for_its_group_asks_what_it_asked(lane: Sandbox) -> None:
    test = (
        "import random\nseen = []\ndef check(candidate):\n    for _ in range(40):\n        number = random.random()\n"
        "        seen.append(number)\n        assert candidate(number) == number * 2\n    assert len(seen) == 40\n"
    )
    runs = [Program(f"def f(x):\n    return x * 2 + 0 * {n}\n", Check("f", test)) for n in range(40)]
    outcomes = list(lane.run(runs))
    assert {(each.verdict, each.calls, each.lane) for each in outcomes} == {
        (Verdict.PASSED, 40, Lane.VERIFIED)
    }


def test_group_whose_answers_are_more_than_wait_at_once_is_judged_whole(lane: Sandbox) -> None:
    test = "def check(candidate):\n    for n in range(12):\n        assert candidate(n) == 'x' * (1 << 20)\n"
    runs = [
        Program(f"def f(n):\n    return 'x' * ((1 << 20) + 0 * {n})\n", Check("f", test)) for n in range(24)
    ]
    outcomes = list(lane.run(runs))
    assert {(each.verdict, each.calls) for each in outcomes} == {(Verdict.PASSED, 12)}


def test_doubt_about_one_of_a_group_costs_no_other_its_verdict(lane: Sandbox) -> None:
    bodies = [
        "return a + b",
        "return a - b",
        "return a + b + ()",
        "while True:\n    pass",
        "return add(a, b)",
    ]
    verdicts = [
        Verdict.PASSED,
        Verdict.WRONG_ANSWER,
        Verdict.RUNTIME_ERROR,
        Verdict.TIMED_OUT,
        Verdict.RUNTIME_ERROR,
    ]
    outcomes = list(lane.run([program(body) for body in bodies * 4]))
    assert [outcome.verdict for outcome in outcomes] == verdicts * 4
    lanes = [Lane.VERIFIED] * 3 + [Lane.PROCESS] * 2
    assert [outcome.lane for outcome in outcomes] == lanes * 4

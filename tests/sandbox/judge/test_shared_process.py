"""The shared process: which programs it fails, which it leaves to processes of their own, and its audit."""

import pytest
from tests_sandbox import ADD, ASK, SHARED_LIMITS, opened_at, program, run_counting, run_one

from sandbox import (
    Audit,
    Check,
    DisagreementError,
    ExecutionMode,
    JudgeMode,
    Limits,
    Outcome,
    Program,
    Sandbox,
    Verdict,
)

pytestmark = pytest.mark.usefixtures("tried_first")


def _ask(box: Sandbox, source: str) -> tuple[Outcome, str]:
    outcome = run_one(box, Program(source, ASK))
    return outcome, _answer(outcome)


def _answer(outcome: Outcome) -> str:
    return outcome.detail.partition("the last call returned ")[2] or outcome.detail


CONCLUSIVE = {
    "passed": ("return a + b", Verdict.PASSED),
    "wrong": ("return a - b", Verdict.WRONG_ANSWER),
    "wrong later": ("return a + b if a < 5 else 0", Verdict.WRONG_ANSWER),
    "raises": ("return a[0]", Verdict.RUNTIME_ERROR),
    "no Python": ("return (", Verdict.SYNTAX_ERROR),
    "no Python at compile time": ("break", Verdict.SYNTAX_ERROR),
}


@pytest.mark.parametrize(("body", "verdict"), CONCLUSIVE.values(), ids=CONCLUSIVE)
def test_program_is_failed_in_the_shared_process_and_never_passed(
    body: str, verdict: Verdict, auto_box: Sandbox, box: Sandbox
) -> None:
    ([shared], count), own = run_counting(auto_box, [program(body)]), run_one(box, program(body))
    assert (count, own.execution) == (1, ExecutionMode.DEDICATED)
    assert shared.execution is (ExecutionMode.DEDICATED if verdict.passed else ExecutionMode.SHARED)
    assert shared.verdict is own.verdict is verdict
    assert (shared.detail, shared.message, shared.calls) == (own.detail, own.message, own.calls)


def test_missing_entry_point_is_told_as_ever(auto_box: Sandbox) -> None:
    outcome = run_one(auto_box, Program("def other():\n    pass\n", ADD))
    assert (outcome.verdict, outcome.execution) == (Verdict.MISSING_ENTRY_POINT, ExecutionMode.SHARED)


NEEDS_OWN_PROCESS = {
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


@pytest.mark.parametrize(("body", "verdict"), NEEDS_OWN_PROCESS.values(), ids=NEEDS_OWN_PROCESS)
def test_anomaly_means_a_process_of_its_own(body: str, verdict: Verdict, auto_box: Sandbox) -> None:
    before, anomalous, after = auto_box.run([program("return a + b"), program(body), program("return b + a")])
    assert (anomalous.verdict, anomalous.execution) == (verdict, ExecutionMode.DEDICATED), anomalous.detail
    assert [before.verdict, after.verdict] == [Verdict.PASSED] * 2


ANOMALOUS = {
    "codec of Python's own": "return str(b'\\xc3'[:0] or b'x', 'idna')",
    "codec that is not there": "return str(b'x', 'gone')",
    "module that is always there": "import __main__\nreturn a + b",
    "module that is frozen": "try:\n    import __hello_only__\nexcept ImportError:\n    return 0\nreturn a + b",
    "generator beside what catches": "try:\n    return sum((yield))\nexcept TypeError:\n    return a + b",
    "longest numbers": "return a + b + 0 * len(str(10 ** 3000 // 7 ** 3))",
}


@pytest.mark.parametrize("body", ANOMALOUS.values(), ids=ANOMALOUS)
def test_anomaly_ends_in_the_verdict_of_a_process_of_its_own(
    body: str, auto_box: Sandbox, box: Sandbox
) -> None:
    neighbours = [program("return a + b"), program("return a - b")]
    right, anomalous, wrong = auto_box.run([neighbours[0], program(body), neighbours[1]])
    own = run_one(box, program(body))
    assert (anomalous.verdict, anomalous.detail, anomalous.calls) == (own.verdict, own.detail, own.calls)
    assert (right.verdict, wrong.verdict) == (Verdict.PASSED, Verdict.WRONG_ANSWER)


ABSENT = {
    "at the top": "import numpy as np\ndef f():\n    return np.array([1])\n",
    "a part": "def f():\n    import torch.nn\n    return torch\n",
    "from": "from django.db import models\ndef f():\n    return models\n",
    "all of it": "from pandas import *\ndef f():\n    return read_csv\n",
    "caught": "def f():\n    try:\n        import numpy.random\n    except ImportError as e:\n        return str(e), e.args\n",
    "caught by its own name": "try:\n    import gone\nexcept ModuleNotFoundError:\n    gone = 3\ndef f():\n    return gone\n",
    "in place of another": "try:\n    import gone as math\nexcept ImportError:\n    import math\ndef f():\n    return math.pi\n",
}  # fmt: skip


@pytest.mark.parametrize("source", ABSENT.values(), ids=ABSENT)
def test_modules_that_are_not_there_are_as_in_a_process_of_its_own(
    source: str, auto_box: Sandbox, box: Sandbox
) -> None:
    shared, own = run_one(auto_box, Program(source, ASK)), run_one(box, Program(source, ASK))
    assert (shared.execution, own.execution) == (ExecutionMode.SHARED, ExecutionMode.DEDICATED)
    assert (shared.verdict, shared.detail, shared.message) == (own.verdict, own.detail, own.message)


def test_generator_that_the_test_draws_from_gets_a_process_of_its_own(auto_box: Sandbox) -> None:
    check = Check("f", "def check(candidate):\n    assert list(candidate(3)) == [0, 1, 2]\n")
    outcome = run_one(auto_box, Program("def f(n):\n    yield from range(n)\n", check))
    assert (outcome.verdict, outcome.execution) == (Verdict.PASSED, ExecutionMode.DEDICATED)


def test_how_deep_a_program_may_go_does_not_depend_on_its_process(auto_box: Sandbox, box: Sandbox) -> None:
    source = (
        "def deep(n):\n    try:\n        return deep(n + 1)\n    except RecursionError:\n        return n\n"
        "def f():\n    return deep(0)\n"
    )
    (shared, reached), (_own, as_before) = _ask(auto_box, source), _ask(box, source)
    assert shared.execution is ExecutionMode.SHARED
    assert reached == as_before
    assert int(reached) > 900


def test_nothing_passes_from_program_to_program(auto_box: Sandbox) -> None:
    first = "held = []\ndef f(seen=[]):\n    seen.append(1)\n    held.append(2)\n    return len(seen), len(held)\n"
    second = "def f():\n    return sum([1, 2]), len(held)\n"
    shadow = "def sum(a):\n    return 99\nlen = sum\nheld = [1]\ndef f():\n    return sum([]), len([])\n"
    answers = [_ask(auto_box, source)[1] for source in (first, shadow, first, second)]
    assert answers[:3] == ["(1, 1)", "(99, 99)", "(1, 1)"]
    assert "name 'held' is not defined" in answers[3]


def test_shared_process_is_replaced_after_many_programs(auto_box: Sandbox) -> None:
    outcomes = list(auto_box.run([program(f"return a + b + 1 + 0 * {n}") for n in range(1100)]))
    assert {(each.verdict, each.execution) for each in outcomes} == {
        (Verdict.WRONG_ANSWER, ExecutionMode.SHARED)
    }


def test_order_is_kept_when_programs_take_different_processes(auto_box: Sandbox) -> None:
    bodies = [
        "return a + b",
        "import os\nos.getpid()\nreturn a + b",
        "return 0",
        "import os\nos.getpid()\nreturn 0",
    ]
    outcomes = list(auto_box.run([program(bodies[n % 4]) for n in range(150)]))
    expected = [
        (n % 4 < 2, ExecutionMode.SHARED if n % 4 == 2 else ExecutionMode.DEDICATED) for n in range(150)
    ]
    assert [(outcome.verdict.passed, outcome.execution) for outcome in outcomes] == expected


def test_audit_runs_programs_again_and_finds_them_the_same(level: str) -> None:
    with opened_at(level, limits=SHARED_LIMITS, execution="auto", audit=1.0, seed=3) as box:
        assert (box.description.execution, box.description.audit) == ("auto", 1.0)
        outcomes = list(box.run([program(body) for body, _ in CONCLUSIVE.values()]))
        assert {outcome.execution for outcome in outcomes} == {ExecutionMode.DEDICATED}
        audit = box.audit
        assert (audit.verified, audit.audited, audit.confirmed, audit.disagreed) == (6, 5, 1, 0)


def test_every_pass_is_obtained_again_without_an_audit(auto_box: Sandbox) -> None:
    before = auto_box.audit.confirmed, auto_box.audit.audited
    outcomes = list(auto_box.run([program(f"return a + b + {n % 2}") for n in range(40)]))
    assert [outcome.execution for outcome in outcomes] == [ExecutionMode.DEDICATED, ExecutionMode.SHARED] * 20
    assert (auto_box.audit.confirmed - before[0], auto_box.audit.audited - before[1]) == (20, 0)


def test_program_that_differs_repeats_its_run_without_the_shared_process() -> None:
    # Where a function lies in memory depends on what was there before it: some bit of it will differ.
    source = "def f():\n    held = [lambda: n for n in range(999)]\n    return int(str(held[-1]).split('0x')[1][:-1], 16)\n"
    test = "def check(candidate):\n    assert candidate() >> {} & 1\n"
    programs = [Program(source, Check("f", test.format(bit))) for bit in range(4, 40)]
    with opened_at("namespaces", execution="auto", audit=1.0, seed=3) as box:
        with pytest.raises(DisagreementError, match="no verdict of the shared process counts"):
            list(box.run(programs))
        assert not box.audit.healed
        assert {outcome.execution for outcome in box.judge(programs)} == {ExecutionMode.DEDICATED}
        assert box.audit.healed
        assert box.audit.disagreed == len(box.audit.disagreements) == 2


def test_audit_chooses_by_seed_and_share() -> None:
    chosen = [n for n in range(5000) if Audit(0.02, 7).chooses(n)]
    assert chosen == [n for n in range(5000) if Audit(0.02, 7).chooses(n)]
    assert 60 < len(chosen) < 150
    assert chosen != [n for n in range(5000) if Audit(0.02, 8).chooses(n)]
    with pytest.raises(ValueError, match="share between 0 and 1"):
        Audit(1.5, 0)


def test_in_process_judging_has_processes_of_its_own() -> None:
    with opened_at("namespaces", execution="auto", judge=JudgeMode.IN_PROCESS) as box:
        assert box.description.execution == "dedicated"
        assert run_one(box, program("return a + b")).execution is ExecutionMode.DEDICATED


def test_anomaly_of_one_of_a_group_costs_no_other_its_verdict(level: str) -> None:
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
    # The endless ones take all of their time.
    limits = Limits(cpu_s=0.5, memory_bytes=1 << 30)
    with opened_at(level, limits=limits, execution="auto", audit=0.0) as box:
        outcomes = list(box.run([program(body) for body in bodies * 4]))
    assert [outcome.verdict for outcome in outcomes] == verdicts * 4
    modes = [ExecutionMode.DEDICATED] + [ExecutionMode.SHARED] * 2 + [ExecutionMode.DEDICATED] * 2
    assert [outcome.execution for outcome in outcomes] == modes * 4

"""Order, laziness, replacement and an end that leaves nothing."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests_sandbox import ADD, opened_at, program, run_one

from sandbox import (
    Check,
    CheckError,
    IsolationError,
    JudgeMode,
    Limits,
    Program,
    Sandbox,
    SandboxError,
    Verdict,
    open_sandbox,
)

_ROOT = Path(__file__).resolve().parents[3]


def children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return found


def descendants(pid: int) -> list[int]:
    direct = children(pid)
    return direct + [below for child in direct for below in descendants(child)]


def worker_pids(box: Sandbox) -> list[int]:
    """Return the pids of the first worker: itself, its judge, its two templates; wait while it starts."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        worker = box._slots[0].worker_or_restart()._process.pid
        with contextlib.suppress(OSError):  # one that was killed is about to be replaced
            for judge in children(worker):
                if len(templates := children(judge)) == 2:
                    return [worker, judge, *templates]
        time.sleep(0.01)
    raise AssertionError("the first worker has no templates")


def test_outcomes_come_in_the_order_of_the_programs() -> None:
    delays = [0.3, 0, 0, 0.2, 0, 0, 0, 0.1, 0, 0]
    check = Check("f", "def check(candidate):\n    assert candidate() is check\n")
    with open_sandbox(workers=3) as box:
        sources = [
            f"import time\ndef f():\n    time.sleep({delay})\n    return {n}\n"
            for n, delay in enumerate(delays)
        ]
        details = [outcome.detail for outcome in box.run([Program(source, check) for source in sources])]
    assert [int(detail.rsplit(" ", 1)[1]) for detail in details] == list(range(10))


def test_programs_are_read_no_further_than_needed(box: Sandbox) -> None:
    taken = 0

    def endless() -> Iterator[Program]:
        nonlocal taken
        while True:
            taken += 1
            yield program("return a + b")

    stream = box.run(endless())
    assert next(stream).verdict is Verdict.PASSED
    assert taken < 50
    stream.close()  # type: ignore[attr-defined]
    assert run_one(box, program("return a + b")).verdict is Verdict.PASSED


def test_two_runs_at_once_are_refused_with_a_sentence(box: Sandbox) -> None:
    stream = box.run([program("return a + b")] * 2)
    next(stream)
    with pytest.raises(SandboxError, match="already running"):
        next(box.run([program("return a + b")]))
    assert len(list(stream)) == 1


def test_no_programs_give_no_outcomes(box: Sandbox) -> None:
    assert list(box.run([])) == []


def test_more_checks_than_a_worker_keeps_are_sent_again(box: Sandbox) -> None:
    checks = [Check("f", f"def check(candidate):\n    assert candidate() == {n}\n") for n in range(600)]
    programs = [Program(f"def f(): return {n}\n", check) for n, check in enumerate(checks)]
    outcomes = [*box.run(programs), *box.run(programs[:3])]
    assert {outcome.verdict for outcome in outcomes} == {Verdict.PASSED}


def test_a_problem_whose_own_text_is_broken_is_an_error_not_a_verdict(box: Sandbox) -> None:
    with pytest.raises(CheckError, match="SyntaxError"):
        run_one(box, program("return a + b", Check("add", "def check(:\n")))
    with pytest.raises(CheckError, match="ZeroDivisionError"):
        run_one(box, program("return a + b", Check("add", "def check(c): pass", fixtures="1 / 0")))
    assert run_one(box, program("return a + b")).verdict is Verdict.PASSED


def test_a_million_characters_are_a_program_like_any_other(box: Sandbox) -> None:
    long = program("return a + b" + " " * 1_000_000)
    many = Program("\n".join(f"x{n} = {n}" for n in range(60_000)) + "\ndef add(a, b): return a + b\n", ADD)
    assert [outcome.verdict for outcome in box.run([long, many, long])] == [Verdict.PASSED] * 3


@pytest.mark.parametrize("victim", [0, 1, 2, 3], ids=["worker", "judge", "template", "lean template"])
def test_a_killed_part_loses_no_program_and_invents_no_verdict(victim: int) -> None:
    slow = program("import time; time.sleep(0.05); return a + b")
    wrong = program("return a - b")
    with open_sandbox(workers=2, execution="dedicated") as box:
        expected = [Verdict.PASSED, Verdict.WRONG_ANSWER] * 15
        seen = []
        for n, outcome in enumerate(box.run([slow, wrong] * 15)):
            seen.append(outcome.verdict)
            if n in {3, 13}:
                os.kill(worker_pids(box)[victim], signal.SIGKILL)
    assert seen == expected


@pytest.mark.parametrize("victim", [0, 1, 2, 3], ids=["worker", "judge", "template", "lean template"])
def test_a_part_killed_under_verified_programs_loses_none_of_them(victim: int) -> None:
    # Without an audit outcomes follow one another closely, and many lie between the two kills, so that these
    # meet two programs; a program whose worker is lost twice is given up by design.
    with open_sandbox(workers=2, execution="auto", audit=0.0) as box:
        seen = []
        for n, outcome in enumerate(box.run([program("return a + b"), program("return a - b")] * 1000)):
            seen.append(outcome.verdict)
            if n in {50, 1500}:
                os.kill(worker_pids(box)[victim], signal.SIGKILL)
    assert seen == [Verdict.PASSED, Verdict.WRONG_ANSWER] * 1000


def test_a_program_that_takes_its_worker_along_twice_is_not_scored(monkeypatch: pytest.MonkeyPatch) -> None:
    from sandbox.host.worker_slot import WorkerSlot

    with open_sandbox(workers=1, limits=Limits(cpu_s=0.2)) as box:
        monkeypatch.setattr(WorkerSlot, "stall_timeout_s", 0.1)
        monkeypatch.setattr("sandbox.host.run_loop._TICK_S", 0.05)
        sleeper = program("import time; time.sleep(9)")
        outcomes = list(box.run([program("return a + b"), sleeper, program("return a + b")]))
    assert [outcome.verdict for outcome in outcomes] == [
        Verdict.PASSED,
        Verdict.SANDBOX_ERROR,
        Verdict.PASSED,
    ]
    assert outcomes[1].attempts == 2


def test_closing_leaves_no_process_and_no_descriptor() -> None:
    before = len(os.listdir("/proc/self/fd"))
    others = descendants(os.getpid())
    box = open_sandbox(workers=2)
    below = set(descendants(os.getpid())) - set(others)
    list(box.run([program("return a + b")] * 20))
    box.close()
    box.close()
    assert len(below) == 8  # worker, judge, and two templates each
    assert not below & set(descendants(os.getpid()))
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_a_host_that_is_stopped_leaves_nothing_behind(
    number: signal.Signals, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    script = tmp_path / "host.py"
    script.write_text(
        textwrap.dedent("""
        import signal
        from sandbox import Check, Program, open_sandbox
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it for what it runs behind
        check = Check("f", "def check(candidate): assert candidate()")
        with open_sandbox(workers=2, backend="namespace") as box:
            for outcome in box.run(Program("def f():\\n    while True: pass\\n", check) for _ in range(100)):
                pass
        """)
    )
    host = subprocess.Popen(
        [sys.executable, str(script)], env={**os.environ, "PYTHONPATH": str(_ROOT)}, stderr=subprocess.PIPE
    )
    request.addfinalizer(host.kill)
    deadline = time.monotonic() + 30
    while len(below := descendants(host.pid)) < 8 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(below) >= 8
    host.send_signal(number)
    host.communicate(timeout=20)
    while any(Path(f"/proc/{pid}").exists() for pid in below) and time.monotonic() < deadline + 10:
        time.sleep(0.05)
    assert not [pid for pid in below if Path(f"/proc/{pid}").exists()]


def test_a_sandbox_can_be_opened_in_a_thread_and_outlive_it() -> None:
    import threading

    opened: list[Sandbox] = []
    thread = threading.Thread(target=lambda: opened.append(open_sandbox(workers=1)))
    thread.start()
    thread.join()
    with opened[0] as box:
        assert run_one(box, program("return a + b")).verdict is Verdict.PASSED


def test_the_description_names_everything_a_verdict_rests_on(box: Sandbox, level: str) -> None:
    described = box.description.as_dict()
    assert described["isolation"] == level
    assert described["passed_over"] == ()
    assert described["judge"] == "isolated"
    assert described["limits"]["cpu_s"] == 1.0  # type: ignore[index]
    assert str(described["python"]).startswith("3.")
    assert len(str(described["policy_sha256"])) == 64


def test_what_cannot_be_given_is_refused() -> None:
    with pytest.raises(IsolationError, match="vault"):
        open_sandbox(isolation="vault")
    with pytest.raises(ValueError, match="workers"):
        open_sandbox(workers=0)
    with pytest.raises(ValueError, match="elsewhere"):
        open_sandbox(judge="elsewhere")
    with pytest.raises(IsolationError, match="does not start"):
        open_sandbox(python="/nonexistent/python")
    assert JudgeMode("in-process") is JudgeMode.IN_PROCESS


@pytest.mark.slow
def test_a_busy_machine_changes_no_verdict() -> None:
    """Programs below and above the limit, judged alone and beside four processes that burn CPU."""
    spend = "import time\nend = time.process_time() + {}\nwhile time.process_time() < end: pass\nreturn a + b"
    bodies = [
        spend.format(0.2),
        spend.format(0.4),
        spend.format(2),
        "import time; time.sleep(0.3); return a + b",
        "import time; time.sleep(9)",
    ]
    check = Check("add", "def check(candidate):\n    assert candidate(1, 2) == 3\n")
    programs = [program(body, check) for body in bodies] * 4
    with open_sandbox(workers=2, limits=Limits(cpu_s=0.6)) as box:
        quiet = [outcome.verdict for outcome in box.run(programs)]
        burners = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4)]
        try:
            busy = [outcome.verdict for outcome in box.run(programs)]
        finally:
            for burner in burners:
                burner.kill()
                burner.wait()
    assert quiet == [Verdict.PASSED, Verdict.PASSED, Verdict.TIMED_OUT, Verdict.PASSED, Verdict.TIMED_OUT] * 4
    assert busy == quiet


def test_reports_that_arrive_together_are_all_heard(box: Sandbox) -> None:
    """A worker whose reports were read in one go must not look silent until its patience ends."""
    started = time.monotonic()
    for outcome in box.run([program("return a + b")] * 5):
        assert outcome.attempts == 1
        time.sleep(0.3)  # meanwhile the other reports arrive
    assert time.monotonic() - started < 10


def test_thousands_of_short_calls_do_not_block_each_other(level: str) -> None:
    """Sockets hold few messages however short; calls sent ahead and answers unread must not fill both ways."""
    test = "def check(candidate):\n    for n in range(4000):\n        assert candidate('x' * 50) == sum(range(400))\n"
    check = Check("f", test)
    # gVisor's calls are slow, and its clock of CPU time goes on while the machine does something else.
    with opened_at(level, limits=Limits(cpu_s=10.0), execution="dedicated") as box:
        outcomes = list(box.run([Program(f"def f(n):\n    return {sum(range(400))}\n", check)] * 2))
    assert {outcome.verdict for outcome in outcomes} == {Verdict.PASSED}
    # A blockage lasts until patience ends, above twenty.
    assert max(outcome.wall_s for outcome in outcomes) < 20.0

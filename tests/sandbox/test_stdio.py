"""Programs that read standard input: how each ends, and that they cannot tell themselves from `python main.py`."""

import subprocess
import sys
from collections.abc import Callable

import pytest
from tests_sandbox import ADD, opened_at, program, run_one

from sandbox import (
    CheckError,
    IsolationError,
    Limits,
    Outcome,
    Program,
    Sandbox,
    StdioCheck,
    Verdict,
    open_sandbox,
)
from sandbox.check_kinds import check_from_plain, plain_check

pytestmark = pytest.mark.levels("landlock", "namespaces", "docker")
ECHO = "import sys\nsys.stdout.write(sys.stdin.read())\n"


@pytest.fixture
def judged(box: Sandbox) -> Callable[..., Outcome]:
    def run(source: str, *tests: tuple[str, str], **options: object) -> Outcome:
        check = StdioCheck(tests=tests or (("", ""),), **options)  # type: ignore[arg-type]
        return run_one(box, Program(source, check))

    return run


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("print(sum(map(int, input().split())))", "passed"),
        ("print(open(0).read().split()[0] * 0 + '3')", "passed"),
        ("import os\nos.write(1, b'3' if os.read(0, 99) == b'1 2\\n' else b'4')", "passed"),
        ("if __name__ == '__main__':\n    print(3)\n    exit()\nprint(4)", "passed"),
        ("print(3)\nquit(0)", "passed"),
        ("import threading\nthreading.Thread(target=lambda: print(3)).start()", "passed"),
        ("import atexit\natexit.register(print, 3)", "passed"),
        ("out = open(1, 'w')\nout.write('3')", "passed"),
        ("print(4)", "wrong_answer"),
        ("", "wrong_answer"),
        ("print(3)\nexit(1)", "runtime_error"),
        ("print(3)\nraise SystemExit('over')", "runtime_error"),
        ("print(3)\n1 / 0", "runtime_error"),
        ("held = [0] * 10**10", "out_of_memory"),
        ("print(3", "syntax_error"),
        ("while True: pass", "timed_out"),
        ("import os\nos.abort()", "crashed"),
    ],
)
def test_a_program_ends_with_its_verdict(judged: Callable[..., Outcome], source: str, verdict: str) -> None:
    outcome = judged(source, ("1 2\n", "3\n"))
    assert outcome.verdict.value == verdict, outcome.detail
    assert outcome.fraction == (1.0 if verdict == "passed" else None)


@pytest.mark.parametrize(
    ("compare", "written", "expected", "passes"),
    [
        ("tokens", "1 2\n\n 3 ", "1  2\n3\n", True), ("tokens", "1.0", "1.00", True), ("tokens", "yes", "YES", False),
        ("tokens", "1\n2", "1 2", False), ("tokens", "1e2", "100", True), ("tokens", "nan", "nan", True),
        ("tokens", "1_0", "10", False), ("tokens", "0.1", "0.10000001", False), ("tokens", "", "\n\n", True),
        ("tokens", "1\r\n2\r\n", "1\n2\n", True), ("tokens", "1", "1 1", False), ("tokens", "1\n1", "1", False),
        ("exact", "1\n", "1", False), ("exact", "1\n", "1\n", True), ("floats", "0.1", "0.1000001", True),
        ("floats", "1000000", "1000001", True), ("floats", "0.1", "0.2", False), ("floats", "a 1", "a 1.0", True),
        ("floats", "0", "9" * 400, False), ("floats", "0", "1e999", False), ("floats", "9" * 400, "1e999", False),
        ("floats", "9" * 400 + ".0", "9" * 400, True), ("floats", "1e999", "5", False),
    ],
)  # fmt: skip
def test_outputs_are_compared_as_asked(
    judged: Callable[..., Outcome],
    compare: str,
    written: str,
    expected: str,
    passes: bool,  # noqa: FBT001
) -> None:
    outcome = judged(ECHO, (written, expected), compare=compare)
    assert outcome.verdict is (Verdict.PASSED if passes else Verdict.WRONG_ANSWER), outcome.detail


def test_the_first_test_that_fails_is_named_with_its_lines(judged: Callable[..., Outcome]) -> None:
    outcome = judged("print('ok')\nprint(input())", ("1\n", "ok\n1"), ("2\n", "ok\n3"), ("4", "ok\n4"))
    assert outcome.verdict is Verdict.WRONG_ANSWER
    assert outcome.detail == "test 2 of 3: line 2 is '2', expected '3'; input '2\\n'"
    assert (outcome.calls, outcome.fraction) == (2, None)


def test_details_stay_short_whatever_a_test_holds(judged: Callable[..., Outcome]) -> None:
    outcome = judged(ECHO, ("7" * 10**6, "8" * 10**6))
    assert outcome.verdict is Verdict.WRONG_ANSWER
    assert len(outcome.detail) <= 300


def test_a_fraction_is_had_by_running_every_test(judged: Callable[..., Outcome]) -> None:
    tests = [(str(n), "1" if n % 2 else "x") for n in range(8)]
    outcome = judged("n = int(input())\nif n == 3: 1 / 0\nprint(1)", *tests, all_tests=True)
    assert (outcome.verdict, outcome.calls, outcome.fraction) == (Verdict.WRONG_ANSWER, 8, 3 / 8)
    assert outcome.detail.startswith("test 1 of 8: ")


def test_a_checker_judges_in_place_of_the_comparison(judged: Callable[..., Outcome]) -> None:
    near = "def check(given, output, expected):\n    return 1 - abs(int(output) - int(expected)) / 10"
    tests = (("5", "5"), ("5", "10"), ("0", "10"))
    outcome = judged(ECHO, *tests, checker=near, all_tests=True)
    assert (outcome.verdict, outcome.fraction) == (Verdict.WRONG_ANSWER, 0.5)
    assert judged(ECHO, ("5", "5"), checker=near).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("checker", "why"),
    [
        ("def check(given, output, expected):\n    return output['x']", "it raised TypeError"),
        ("def check(given, output, expected):\n    raise SystemExit(3)", "it raised SystemExit: '3'"),
        pytest.param(
            "def check(given, output, expected):\n    while True: pass",
            "it did not come to an end in 10 s",
            marks=pytest.mark.slow,
        ),
        ("def check(given, output, expected):\n    return 2", "which is no score"),
        ("def check(given, output, expected):\n    return None", "which is no score"),
        ("def check(given, output, expected):\n    raise GeneratorExit", "it raised GeneratorExit"),
        ("def check(given, output, expected):\n    raise KeyboardInterrupt", "it raised KeyboardInterrupt"),
    ],
)
def test_a_checker_that_fails_leaves_the_program_without_a_verdict(
    judged: Callable[..., Outcome], checker: str, why: str
) -> None:
    outcome = judged(ECHO, ("1", "1"), checker=checker)
    assert outcome.verdict is Verdict.SANDBOX_ERROR
    assert "test 1 of 1: the problem's own checker failed, not the program: " in outcome.detail
    assert why in outcome.detail
    assert outcome.fraction is None


@pytest.mark.slow
def test_a_checker_that_nothing_interrupts_leaves_the_program_without_a_verdict() -> None:
    stuck = "def check(given, output, expected):\n    return max(range(10**14)) == 0"
    check = StdioCheck(tests=(("1", "1"),), checker=stuck)
    with open_sandbox(workers=1, limits=Limits(cpu_s=0.5)) as box:
        outcome = run_one(box, Program(ECHO, check))
        assert outcome.verdict is Verdict.SANDBOX_ERROR
        assert (
            outcome.detail == "the problem's own checker failed, not the program: it did not come to an end"
        )
        assert run_one(box, Program(ECHO, StdioCheck(tests=(("1", "1"),)))).verdict is Verdict.PASSED


@pytest.mark.parametrize("end", ["os._exit(0)", "os.abort()"])
def test_a_checker_that_ends_the_judge_is_named_as_what_failed(box: Sandbox, end: str) -> None:
    checker = f"import os\ndef check(given, output, expected):\n    {end}"
    tests = (("1", "1"),)
    ended, other = box.run(
        [Program(ECHO, StdioCheck(tests=tests, checker=checker)), Program(ECHO, StdioCheck(tests=tests))]
    )
    assert ended.verdict is Verdict.SANDBOX_ERROR
    assert ended.detail == "the problem's own checker failed, not the program: it ended the judge's process"
    assert other.verdict is Verdict.PASSED


def test_there_is_no_fraction_where_the_checker_failed_on_one_test(judged: Callable[..., Outcome]) -> None:
    digits = "def check(given, output, expected):\n    return int(output) == int(expected)"
    tests = (("1", "2"), ("x", "3"), ("4", "4"))
    outcome = judged(ECHO, *tests, checker=digits, all_tests=True)
    assert (outcome.verdict, outcome.fraction) == (Verdict.SANDBOX_ERROR, None)
    assert "test 2 of 3: " in outcome.detail
    assert judged(ECHO, *tests, checker=digits).verdict is Verdict.WRONG_ANSWER  # which test 1 settles


def test_a_checker_that_runs_what_a_program_writes_is_refused(judged: Callable[..., Outcome]) -> None:
    with pytest.raises(CheckError, match="may run as code what a program writes"):
        judged(ECHO, ("1", "1"), checker="def check(given, output, expected):\n    return eval(output) == 1")


def test_a_checker_that_does_not_load_ends_the_run(judged: Callable[..., Outcome]) -> None:
    with pytest.raises(CheckError, match="defines no function check"):
        judged(ECHO, ("1", "1"), checker="x = 1")


def test_limits_are_for_each_test_and_for_all(judged: Callable[..., Outcome]) -> None:
    spend = "import time\nwhile time.process_time() < 0.2: pass\nprint(1)"
    tests = [(str(n), "1") for n in range(4)]
    assert judged(spend, *tests).verdict is Verdict.PASSED
    assert judged(spend, *tests, test_cpu_s=0.1).verdict is Verdict.TIMED_OUT
    outcome = judged(spend, *tests, total_cpu_s=0.5)
    assert outcome.verdict is Verdict.TIMED_OUT
    assert "CPU time in 3 tests" in outcome.detail


def test_memory_is_the_checks_own(judged: Callable[..., Outcome]) -> None:
    hungry = "held = bytearray(300 << 20)\nprint(1)"
    assert judged(hungry, ("", "1")).verdict is Verdict.PASSED
    assert judged(hungry, ("", "1"), memory_bytes=200 << 20).verdict is Verdict.OUT_OF_MEMORY


def test_long_inputs_and_outputs_go_through(judged: Callable[..., Outcome]) -> None:
    text = "".join(f"{n} {n * n}\n" for n in range(100_000))
    assert judged(ECHO, (text, text), compare="exact").verdict is Verdict.PASSED
    assert judged("print('done')", (text, "done")).verdict is Verdict.PASSED  # which reads none of it


def test_nothing_of_one_test_is_there_in_the_next(judged: Callable[..., Outcome]) -> None:
    source = (
        "import os, random, builtins\n"
        "print(os.path.exists('/tmp/left'), hasattr(builtins, 'left'), random.random() == 0)\n"
        "builtins.left = 1\n"
        "try:\n    open('/tmp/left', 'w').close()\nexcept OSError:\n    pass\n"
    )
    outcome = judged(source, *[(str(n), "False False False") for n in range(5)])
    assert outcome.verdict is Verdict.PASSED, outcome.detail


@pytest.mark.parametrize(
    "source",
    [
        "print(repr(input()), input.__name__)", "import sys\nprint(repr(sys.stdin.readline()))",
        "import sys\nprint(sys.stdin.buffer.read(), sys.argv, __name__)", "import os\nprint(os.read(0, 100))",
        "print([*open(0)])", "import sys\nfor line in sys.stdin: print(repr(line))", "print(1)\nexit(7)",
        "import sys\nsys.exit('bad')", "import sys\nsys.stdout.close()", "def f(n): return n and 1 + f(n - 1)\nprint(f(980))",
        "import sys\nprint(sys.getrecursionlimit() >= 1000, __file__.rpartition('/')[2])", "raise SystemExit(256)",
        "import sys\nsys.stdout = None", "import os\nprint(os.open('/dev/null', 0))", "print('\\udc80')",
        "print(input('prompt'))", "import sys\nprint(sys.stdin.encoding, sys.stdin.errors, sys.stdin.newlines)",
        "class A:\n    def __del__(self): print('gone')\na = A()", "import gc\nprint(gc.isenabled())",
        "import sys\nprint(sys.modules['__main__'].__dict__ is globals())", "raise SystemExit(True)",
        "import sys\nprint(7)\nsys.stdout = None", "import io, sys\nprint(7)\nsys.stdout = io.StringIO()\nprint(8)",
        "def f(n): return n and 1 + f(n - 1)\nprint(f(998))", "def f(n): return n and 1 + f(n - 1)\nprint(f(999))",
    ],
)  # fmt: skip
def test_it_is_what_python_makes_of_it(
    box: Sandbox, source: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("plain")
    (folder / "main.py").write_text(source)
    given = "one\r\ntwo\n\tthree"
    plain = subprocess.run(
        [sys.executable, "main.py"], input=given.encode(), capture_output=True, cwd=folder, check=False,
        env={"LANG": "C.UTF-8"},
    )  # fmt: skip
    check = StdioCheck(tests=((given, plain.stdout.decode("utf-8", "surrogateescape")),), compare="tokens")
    outcome = run_one(box, Program(source, check))
    if plain.returncode:
        assert f"exit status {plain.returncode}" in outcome.detail
    else:
        assert outcome.verdict is Verdict.PASSED, outcome.detail


def test_kinds_run_beside_each_other(box: Sandbox) -> None:
    check = StdioCheck(tests=(("1 2", "3"), ("3 4", "7")))
    right, wrong = "print(sum(map(int, input().split())))", "print(3)"
    programs = [
        Program(right, check),
        program("return a + b"),
        Program(wrong, check),
        program("return 3"),
    ] * 3
    verdicts = [outcome.verdict.value for outcome in box.run(programs)]
    assert verdicts == ["passed", "passed", "wrong_answer", "wrong_answer"] * 3


def test_programs_of_this_kind_share_no_process() -> None:
    check = StdioCheck(tests=(("", "1"),))
    with open_sandbox(workers=1, limits=Limits(cpu_s=1.0), execution="auto") as shared:
        outcomes = list(shared.run(Program(f"print(2)  # {n}", check) for n in range(40)))
    assert {outcome.execution.value for outcome in outcomes} == {"dedicated"}


def test_a_check_crosses_as_plain_values() -> None:
    check = StdioCheck(tests=(("a", "b\r\n"), ("", "\udc80")), compare="floats", checker="x", total_cpu_s=3.0)
    assert check_from_plain(plain_check(check)) == check
    assert check_from_plain(plain_check(ADD)) == ADD
    with pytest.raises(ValueError, match="unknown kind"):
        check_from_plain(["Other", 1])


@pytest.mark.parametrize("options", [{"tests": ()}, {"tests": (("", ""),), "compare": "close"}])
def test_a_check_that_cannot_judge_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"at least one test|compare must be"):
        StdioCheck(**options)  # type: ignore[arg-type]


@pytest.mark.needs("containers")
def test_gvisor_refuses_such_programs_in_one_sentence_and_runs_others_after_that() -> None:
    with opened_at("gvisor") as box:
        with pytest.raises(
            IsolationError, match="it judges no programs that read standard input; use docker"
        ):
            list(box.run([program("return a + b"), Program(ECHO, StdioCheck(tests=(("", ""),)))]))
        assert run_one(box, program("return a + b")).verdict is Verdict.PASSED

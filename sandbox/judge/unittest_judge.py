"""Judges programs whose tests run beside them: the program's process reports what came of each test.

Such a verdict can be forged, so it is given only where the sandbox was opened for in-process judging. A
program passes if every test that the module's text holds was reported as passed, under a secret that the
process is sent after the program has loaded. An exit status is never a pass.
"""

import os
from dataclasses import dataclass, replace
from typing import Any, Final

from sandbox.judge import verdicts
from sandbox.judge.candidate_process import CandidateProcess, protocol_violation
from sandbox.judge.judged_outcome import JudgedOutcome, join_ends
from sandbox.judge.verdicts import CandidateStoppedError, Termination
from sandbox.judge.zygote_client import Zygote
from sandbox.program import JudgeMode, Limits, Verdict
from sandbox.unittest_check import UnittestCheck, read_tests
from sandbox.wire.frames import LOADED, NOT_LOADED, TESTED, TESTS, frame
from sandbox.wire.requests import marshalled, program
from sandbox.wire.value_decoder import decode
from sandbox.wire.value_format import DecodingError

__all__ = ["UnittestJudge"]

_SECRET_BYTES: Final = 32
_NAMED: Final = 4
_GOOD: Final = frozenset({"passed", "skipped"})


@dataclass(frozen=True, slots=True)
class _Ready:
    """A check made ready: its classes of tests, and the tests that have to run."""

    check: UnittestCheck
    classes: tuple[str, ...]
    tests: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Ran:
    """How the tests ended, how many of the module's passed, and how many were reported."""

    end: Termination
    passed: int = 0
    reported: int = 0


class UnittestJudge:
    """Judges programs against modules of test cases.

    Args:
        zygote: forks processes that may do what the policy allows.
        limits: what each process may use; a check may ask for less.
        mode: where assertions run; nothing is judged here unless that is in the program's process.
    """

    def __init__(self, zygote: Zygote, limits: Limits, mode: JudgeMode) -> None:
        self._zygote = zygote
        self._limits = limits
        self._mode = mode
        self._checks: dict[int, _Ready] = {}

    def learn(self, number: int, check: UnittestCheck) -> None:
        """Make a check ready under a number.

        Raises:
            ValueError: it holds no test, or the sandbox judges isolated from programs.
            SyntaxError: its text is no Python.
        """
        if self._mode is not JudgeMode.IN_PROCESS:
            raise ValueError(
                "its tests run in the program's own process, which can forge the verdict; such problems need "
                "the judge 'in-process'"
            )
        self._checks[number] = _Ready(check, *read_tests(check.test))

    def knows(self, number: int) -> bool:
        """Return whether a check is ready here."""
        return number in self._checks

    def forget(self, number: int) -> None:
        """Drop a check."""
        self._checks.pop(number, None)

    def judge(self, number: int, source: str, *, alone: bool = False) -> JudgedOutcome:
        """Run a program and its tests and return what came of them.

        Args:
            number: the check's.
            source: the program's text.
            alone: nothing else of this sandbox runs meanwhile, and the outcome is final.

        Raises:
            ZygoteLostError: the zygote is gone.
        """
        ready = self._checks[number]
        check = ready.check
        limits = replace(
            self._limits,
            cpu_s=min(check.cpu_s or self._limits.cpu_s, self._limits.cpu_s),
            memory_bytes=min(check.memory_bytes or self._limits.memory_bytes, self._limits.memory_bytes),
        )
        process = CandidateProcess(self._zygote, limits, alone=alone)
        try:
            ran = _converse(process, ready, source)
        except CandidateStoppedError as stopped:
            ran = _Ran(stopped.end)
        except DecodingError as error:
            detail = f"broke the protocol: {error}"
            ran = _Ran(Termination(Verdict.CRASHED, detail, detail, flags="protocol_violation"))
        finally:
            report = process.end()
        return join_ends(
            ran.end,
            report,
            limits.cpu_s,
            calls=ran.reported,
            wall_s=process.clock.wall_s(),
            alone=alone,
            fraction=ran.passed / len(ready.tests) if ran.reported else None,
        )


def _converse(process: CandidateProcess, ready: _Ready, source: str) -> _Ran:
    """Hand a program over, then its tests, and name how they ended."""
    process.send(program("unittest", source))
    kind, payload = process.read()
    if kind == NOT_LOADED:
        stage, *parts = _tuple_of(payload)
        return _Ran(verdicts.from_load_failure(str(stage), verdicts.described(tuple(parts))))
    if kind != LOADED:
        protocol_violation(f"a frame of kind {kind!r} before its tests")
    secret = os.urandom(_SECRET_BYTES)
    process.send(frame(TESTS, marshalled((ready.check.test, list(ready.classes), secret))))
    kind, payload = process.read()
    if kind != TESTED:
        protocol_violation(f"a frame of kind {kind!r} in place of the tests' results")
    said = _tuple_of(payload)
    if len(said) != 3 or said[0] != secret:
        protocol_violation("results of tests without their secret")
    if said[1] is not False:
        protocol_violation("it changed unittest")
    return _ran(ready, _results(said[2]))


def _tuple_of(payload: bytes) -> tuple[Any, ...]:
    value = decode(payload)
    if not isinstance(value, tuple) or not value:
        raise DecodingError("not told as agreed")
    return value


def _results(told: object) -> list[tuple[str, str, verdicts.Raised]]:
    """Check a report; raise `DecodingError` if it is none."""
    if not isinstance(told, tuple):
        raise DecodingError("results of tests that are none")
    found = []
    for each in told:
        if not isinstance(each, tuple) or len(each) != 3 or not all(type(part) is str for part in each[:2]):
            raise DecodingError("a test's result that is none")
        found.append((each[0], each[1], verdicts.described(each[2])))
    return found


def _ran(ready: _Ready, results: list[tuple[str, str, verdicts.Raised]]) -> _Ran:
    """Name the end of tests that were reported."""
    bad = [each for each in results if each[1] not in _GOOD]
    failed = {name for name, _result, _raised in bad}
    passed = {name for name, result, _raised in results if result in _GOOD and name not in failed}
    counted, missing = ready.tests & passed, sorted(ready.tests - passed - failed)
    if not bad and not missing and any(result == "passed" for _name, result, _raised in results):
        return _Ran(Termination(Verdict.PASSED), len(counted), len(results))
    total = len(ready.tests)
    if not bad:
        detail = f"{len(missing)} of {total} tests did not run: {', '.join(missing[:_NAMED])}"
        return _Ran(Termination(Verdict.WRONG_ANSWER, detail, detail), len(counted), len(results))
    # An assertion that failed says more of the program than what else went wrong.
    name, result, raised = next((each for each in bad if each[1] == "failed"), bad[0])
    verdict = Verdict.WRONG_ANSWER
    if result == "error":
        verdict = verdicts.from_load_failure("test", raised).verdict or Verdict.RUNTIME_ERROR
    others = f" ({len(failed)} of {total} tests failed)" if len(failed) > 1 else ""
    detail = f"{name or 'the test module'}: {raised}{others}" if str(raised) else f"{name} failed{others}"
    return _Ran(Termination(verdict, detail, str(raised)), len(counted), len(results))

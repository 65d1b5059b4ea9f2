"""Run the test of a check against a candidate, in the judge's own interpreter, and name how that ends.

The judge executes the pristine prompt and the test, and calls `check(candidate)` with a candidate whose every
call crosses to the untrusted process by value. Only the test's assertions, here, can make a program pass.
"""

import random
import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from sandbox.errors import SandboxError
from sandbox.judge import verdicts
from sandbox.judge.candidate import Candidate
from sandbox.judge.candidate_process import WallClockLimits
from sandbox.judge.checks import BrokenCheckError, ReadyCheck, prepare_check
from sandbox.judge.interpreter_state import InterpreterState
from sandbox.judge.verdicts import CandidateStoppedError, Termination
from sandbox.judge.watchdog import Watchdog
from sandbox.program import Check, JudgeMode, Limits, Verdict

__all__ = ["CheckRunner"]


class _TestTimeoutError(BaseException):
    """The test itself, not the candidate, does not come to an end."""


class CheckRunner:
    """Prepares checks and runs their tests, one at a time.

    What a test leaves behind in this interpreter is undone before another one runs.

    Args:
        limits: what each program may use.
        mode: where the assertions run.
        seed: of the global random generator, set again for every program. Candidates must not know it: some
            tests draw their inputs from it.
        watch: ends this process where one program keeps it busy too long.
        excuse: called with the wall and CPU seconds of a function that a test called by `untimed`; they count
            for no program.
    """

    def __init__(
        self,
        limits: Limits,
        mode: JudgeMode,
        seed: int,
        watch: Watchdog,
        excuse: Callable[[float, float], object],
    ) -> None:
        self._limits = limits
        self._mode = mode
        self._seed = seed
        self._watch = watch
        self._excuse = excuse
        self._state = InterpreterState()
        self._armed = False

    def prepare(self, check: Check) -> ReadyCheck:
        """Return a check made ready to run; raise whatever the problem's own text raises."""
        ready = prepare_check(check, self._mode, self.untimed)
        if ready.leaves_state:
            self._state.restore()  # its prompt was executed
            self._state.watch(ready.modules)
        return ready

    def run(self, candidate: Candidate, ready: ReadyCheck, source: str, *, alone: bool) -> Termination:
        """Run a check's test against a candidate and return how that ended.

        Args:
            candidate: stands for the program.
            ready: the check.
            source: the program's text, which the candidate loads.
            alone: nothing else of this sandbox runs meanwhile, so that a test that does not end is certain.

        Raises:
            SandboxError: the sandbox failed, such as `ZygoteLostError`.
            BrokenCheckError: the problem's own text failed.
        """
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
            signal.signal(signal.SIGALRM, self._alarm)  # a test before this one may have set its own
            signal.setitimer(signal.ITIMER_REAL, alarm_s)
            try:
                candidate.__name__ = ready.check.entry_point.rpartition(".")[2]
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

    def untimed(self, function: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401
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
            self._excuse(wall_s, cpu_s)
            signal.setitimer(signal.ITIMER_REAL, left_s)
            self._armed = armed

    def _alarm(self, _signal: int, _frame: FrameType | None) -> None:
        if self._armed:
            raise _TestTimeoutError


def _end_of_own_failure(error: BaseException, candidate: Candidate, check: Check) -> Termination:
    """Name the end of a test that failed by itself; a program that does not load keeps its own verdict."""
    try:
        candidate.await_loaded()
    except CandidateStoppedError as stopped:
        return stopped.end
    return verdicts.from_own_failure(error, check)

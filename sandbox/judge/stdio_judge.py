"""Judges programs that read standard input: one fresh process for each test, the comparison here.

The text is compiled once, in the first test's process and before the program runs there; the others are sent
the code. The judge never looks into it. A process that runs the program is given one input and holds neither
expected outputs nor other inputs.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sandbox.judge import verdicts
from sandbox.judge.candidate_process import CandidateProcess, protocol_violation
from sandbox.judge.comparison import Compared, Comparison, comparison_of
from sandbox.judge.judged_outcome import JudgedOutcome
from sandbox.judge.remote_candidate import Said
from sandbox.judge.stdio_streams import Streams
from sandbox.judge.verdicts import CandidateStoppedError, Termination, bounded, shown
from sandbox.judge.watchdog import Watchdog
from sandbox.judge.zygote_client import ProcessReport, Zygote
from sandbox.program import Limits, Outcome, Verdict
from sandbox.stdio_check import StdioCheck
from sandbox.wire.frames import COMPILED, NOT_LOADED
from sandbox.wire.requests import program
from sandbox.wire.value_decoder import decode
from sandbox.wire.value_format import DecodingError

__all__ = ["StdioJudge"]

_CODE_BYTES: Final = 64 << 20  # of a compiled program


@dataclass(frozen=True, slots=True)
class _Ready:
    """A check made ready."""

    check: StdioCheck
    compare: Comparison


@dataclass(frozen=True, slots=True)
class _Ran:
    """What one test came to.

    Attributes:
        end: how it ended; its verdict is `PASSED` only where the output compared equal.
        score: from 0 to 1.
        cpu_s: CPU seconds.
        output: what stood on descriptor 1.
        settled: whether no other test is run: the program does not load, or the problem's checker failed.
    """

    end: Termination
    score: float
    cpu_s: float
    output: bytes = b""
    settled: bool = False


class StdioJudge:
    """Judges programs against checks of standard input and output.

    Args:
        zygote: forks processes that may do what the policy allows.
        limits: what each process may use; a check may ask for less memory, and has its own CPU time.
        make_way: called before a process is forked, to end what else runs in its place.
        takes_long: called before the clocks of a process are looked at for the first time.
        has_streams: whether descriptors can be handed to a process; gVisor's are out of reach.
        watch: told when a problem's checker runs, which could end the judge.
    """

    def __init__(
        self,
        zygote: Zygote,
        limits: Limits,
        *,
        make_way: Callable[[], object],
        takes_long: Callable[[], None],
        has_streams: bool,
        watch: Watchdog,
    ) -> None:
        self._zygote = zygote
        self._limits = limits
        self._make_way = make_way
        self._takes_long = takes_long
        self._has_streams = has_streams
        self._watch = watch
        self._checks: dict[int, _Ready] = {}

    def learn(self, number: int, check: StdioCheck) -> None:
        """Make a check ready under a number; raises whatever the text of its checker raises."""
        if not self._has_streams:
            raise OSError(
                "gvisor cannot be handed a program's standard streams; use another level of isolation"
            )
        self._checks[number] = _Ready(check, comparison_of(check))

    def knows(self, number: int) -> bool:
        """Return whether a check is ready here."""
        return number in self._checks

    def forget(self, number: int) -> None:
        """Drop a check."""
        self._checks.pop(number, None)

    def judge(
        self,
        number: int,
        source: str,
        earlier: Sequence[Said] = (),
        *,
        alone: bool = False,
        turn: Callable[[], object],
    ) -> JudgedOutcome:
        """Run a program's tests and return what came of them.

        Args:
            number: the check's.
            source: the program's text.
            earlier: what earlier attempts had written when they ended: a program that is run again passes
                only if it writes the same.
            alone: nothing else of this sandbox runs meanwhile, and the outcome is final.
            turn: called before each test.

        Raises:
            ZygoteLostError: the zygote is gone.
        """
        self._make_way()
        ready = self._checks[number]
        return _Attempt(self, ready, source, earlier, alone=alone).run(turn)

    def start(self, check: StdioCheck, *, alone: bool) -> CandidateProcess:
        """Return the process of a test."""
        limits = replace(
            self._limits,
            cpu_s=check.test_cpu_s or self._limits.cpu_s,
            memory_bytes=min(check.memory_bytes or self._limits.memory_bytes, self._limits.memory_bytes),
        )
        return CandidateProcess(self._zygote, limits, alone=alone, takes_long=self._takes_long)

    def compared(self, ready: _Ready, given: str, output: bytes, expected: str) -> Compared:
        """Return what came of comparing an output with what was expected."""
        if not ready.check.checker:
            return ready.compare(given, output, expected)
        with self._watch.checking():
            return ready.compare(given, output, expected)

    @property
    def output_bytes(self) -> int:
        """Return most bytes that a test may write."""
        return self._limits.value_bytes

    def cpu_s(self, check: StdioCheck) -> float:
        """Return CPU seconds for one test."""
        return check.test_cpu_s or self._limits.cpu_s


class _Attempt:
    """One attempt at a program: all of its tests, or those until one failed."""

    def __init__(
        self, judge: StdioJudge, ready: _Ready, source: str, earlier: Sequence[Said], *, alone: bool
    ) -> None:
        self._judge = judge
        self._check = ready.check
        self._ready = ready
        self._program: str | bytes = source
        self._alone = alone
        self._attempts = tuple(earlier)
        self._earlier = [said for said in earlier if said[0]]  # those not yet written again
        self._hash = hashlib.blake2b(digest_size=16)
        self._done = 0

    @property
    def _said(self) -> Said:
        return self._done, self._hash.hexdigest()

    def run(self, turn: Callable[[], object]) -> JudgedOutcome:
        """Run the tests in their order."""
        check, count = self._check, len(self._check.tests)
        cpu_s = wall_s = score = 0.0
        first: tuple[int, Termination] | None = None
        for place, (given, expected) in enumerate(check.tests):
            turn()
            ran, took_s = self._test(given, expected)
            cpu_s, wall_s, score = cpu_s + ran.cpu_s, wall_s + took_s, score + ran.score
            end = ran.end
            if end.certain and not ran.settled:
                self._note(ran)
            if check.total_cpu_s is not None and cpu_s > check.total_cpu_s:
                end = Termination(Verdict.TIMED_OUT, f"used {cpu_s:.1f} s of CPU time in {place + 1} tests")
                first, ran = (place, end), replace(ran, settled=True)
            if end.verdict is not Verdict.PASSED and (first is None or end.verdict is Verdict.SANDBOX_ERROR):
                first = place, end  # without a score of this test there is none of all
            if first is not None and (ran.settled or not end.certain or not check.all_tests):
                break
        complete = first is None or (
            check.all_tests and first[1].certain and first[1].verdict is not Verdict.SANDBOX_ERROR
        )
        return self._judged(first, cpu_s, wall_s, score / count if complete else None)

    def _note(self, ran: _Ran) -> None:
        """Note what a test has written, and whether earlier attempts had written the same by then."""
        self._done += 1
        self._hash.update(len(ran.output).to_bytes(8, "little") + ran.output)
        if self._said in self._earlier:
            self._earlier.remove(self._said)

    def _judged(
        self, first: tuple[int, Termination] | None, cpu_s: float, wall_s: float, fraction: float | None
    ) -> JudgedOutcome:
        count = len(self._check.tests)
        if first is None and self._earlier:
            first, fraction = (count - 1, verdicts.OTHER_ANSWERS), None
        if first is None:
            return JudgedOutcome(
                Outcome(Verdict.PASSED, calls=count, cpu_s=cpu_s, wall_s=wall_s, fraction=1.0)
            )
        place, end = first
        detail = (
            end.detail
            if end.verdict is Verdict.SYNTAX_ERROR
            else f"test {place + 1} of {count}: {end.detail}"
        )
        outcome = Outcome(
            end.verdict or Verdict.CRASHED,
            bounded(detail),
            bounded(detail),
            self._done,
            cpu_s,
            wall_s,
            flags=(end.flags,) if end.flags else (),
            fraction=fraction,
        )
        judged = JudgedOutcome(outcome, end.certain)
        return judged if end.certain else replace(judged, said=(*self._attempts, self._said))

    def _test(self, given: str, expected: str) -> tuple[_Ran, float]:
        """Run one test; returns what it came to, and its seconds."""
        process = self._judge.start(self._check, alone=self._alone)
        end = Termination(None)
        with Streams(self._judge.output_bytes) as streams:
            try:
                self._load(process)
                data = given.encode("utf-8", "surrogatepass")
                streams.converse(process, streams.hand_over(process, data))
            except CandidateStoppedError as stopped:
                end = stopped.end
            except OSError:  # it ended before it had taken its streams
                end = Termination(None)
            finally:
                report = process.end()
            ran = self._ran(end, report, streams, given, expected)
        return ran, process.clock.wall_s()

    def _load(self, process: CandidateProcess) -> None:
        """Hand the program over; raises `CandidateStoppedError` if it does not compile."""
        process.send(program("stdio", self._program))
        kind, payload = process.read()
        if kind == NOT_LOADED:
            try:
                _stage, *parts = decode(payload)
                raised = verdicts.described(tuple(parts))
            except (DecodingError, ValueError, TypeError):
                protocol_violation("a failure that is not described as agreed")
            raise CandidateStoppedError(verdicts.from_load_failure("compile", raised))
        if kind != COMPILED:
            protocol_violation(f"a frame of kind {kind!r} in place of its code")
        if isinstance(self._program, str):
            self._program = payload

    def _ran(
        self, end: Termination, report: ProcessReport, streams: Streams, given: str, expected: str
    ) -> _Ran:
        """Join how a test's process ended with what it wrote."""
        output = bytes(streams.output)
        loaded = isinstance(self._program, bytes)
        if report.cpu_s > self._judge.cpu_s(self._check) and end.verdict is not Verdict.TIMED_OUT:
            end = Termination(Verdict.TIMED_OUT, f"used {report.cpu_s:.1f} s of CPU time")
        elif end.verdict is None:
            end = _of_status(report.status, bytes(streams.errors), alone=self._alone)
        score = 0.0
        if end.verdict is Verdict.PASSED:
            compared = self._judge.compared(self._ready, given, output, expected)
            score = compared.score
            if compared.failed:
                end = Termination(Verdict.SANDBOX_ERROR, compared.why)
            elif score < 1:
                end = Termination(Verdict.WRONG_ANSWER, compared.why)
        if end.verdict is not Verdict.PASSED and loaded:
            end = replace(end, detail=f"{end.detail}; input {shown(given)}")
        return _Ran(
            end, score, report.cpu_s, output, settled=not loaded or end.verdict is Verdict.SANDBOX_ERROR
        )


def _of_status(status: int, errors: bytes, *, alone: bool) -> Termination:
    """Name the end of a process from its wait status; `PASSED` where it ended well."""
    if status < 0 or not os.WIFEXITED(status):
        return replace(verdicts.from_wait_status(status, alone=alone), flags="")
    number = os.WEXITSTATUS(status)
    if number == 0:
        return Termination(Verdict.PASSED)
    last = errors.decode("utf-8", "replace").strip().rpartition("\n")[2]
    verdict = Verdict.OUT_OF_MEMORY if last.startswith("MemoryError") else Verdict.RUNTIME_ERROR
    return Termination(verdict, f"exit status {number}{f', {shown(last)}' if last else ''}")

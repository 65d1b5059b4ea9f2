"""Judge programs: choose the process of each, run its test, and name the verdict.

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

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from sandbox.judge import verdicts
from sandbox.judge.candidate_process import CandidateProcess
from sandbox.judge.check_runner import CheckRunner
from sandbox.judge.checks import ReadyCheck
from sandbox.judge.group_judge import GroupJudge
from sandbox.judge.in_process import judge_in_process
from sandbox.judge.judged_outcome import JudgedOutcome, join_ends
from sandbox.judge.remote_candidate import RemoteCandidate, Said
from sandbox.judge.shared_process_client import SharedProcess
from sandbox.judge.watchdog import Watchdog
from sandbox.judge.zygote_client import Zygote
from sandbox.leanness import may_be_lean
from sandbox.program import Check, JudgeMode, Limits, Outcome, Verdict

__all__ = ["Judge"]


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
        self._checks: dict[int, ReadyCheck] = {}
        self._runner = CheckRunner(limits, mode, seed, watch, self._excuse)
        self._shared = SharedProcess(lean or zygote, limits)
        self._groups = GroupJudge(self._shared, limits.value_bytes, self._runner.run)
        self._process: CandidateProcess | None = None

    def learn(self, number: int, check: Check) -> None:
        """Make a check ready under a number; raise whatever the problem's own text raises."""
        self._checks[number] = self._runner.prepare(check)

    def forget(self, number: int) -> None:
        """Drop a check."""
        self._checks.pop(number, None)

    def call_while_waiting(self, call: Callable[[], object]) -> None:
        """Have something called now and then while a program's own process is waited for."""
        for zygote in (self._zygote, self._lean):
            if zygote is not None:
                zygote.on_long_wait = call

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
                end = judge_in_process(process, ready.check, source)
            else:
                candidate = RemoteCandidate(
                    process,
                    self._limits.value_bytes,
                    earlier,
                    holds=ready.predicted.holds,
                    on_copies=on_copies,
                )
                end = self._runner.run(candidate, ready, source, alone=alone)
                said, changed = candidate.said, candidate.changed_arguments
                candidate.let_go()
                if end.verdict is Verdict.PASSED and not candidate.repeats:
                    end = verdicts.OTHER_ANSWERS
        finally:
            self._process = None
            report = process.end()
        if zygote is self._lean and (end.verdict is None or end.verdict is Verdict.CRASHED):
            return said, changed  # it ended by itself; only its end in a full process counts
        judged = join_ends(
            end, report, self._limits.cpu_s, calls=said[0], wall_s=process.clock.wall_s(), alone=alone
        )
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

    def _excuse(self, wall_s: float, cpu_s: float) -> None:
        """Count seconds that a test spent in `untimed` for no program."""
        if self._process is not None:
            self._process.clock.excuse(wall_s, cpu_s)
        else:
            self._shared.excuse(wall_s)

"""Judge groups of programs in the shared process, where a program may fail and never pass.

On any anomaly, the answers of the whole group are discarded.
"""

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from sandbox.judge import verdicts
from sandbox.judge.batched_candidate import BatchedCandidate
from sandbox.judge.candidate import Candidate
from sandbox.judge.checks import ReadyCheck
from sandbox.judge.shared_process_client import (
    AWAITING_ANSWERS,
    CONCLUSIVE_VERDICTS,
    UNEXPECTED_CALL,
    VERIFIER_REFUSED,
    NeedsOwnProcessError,
    SharedProcess,
)
from sandbox.judge.verdicts import Termination
from sandbox.program import ExecutionMode, Outcome, Verdict

__all__ = ["GroupJudge", "RunTest"]


class RunTest(Protocol):
    """Run a check's test against a candidate and return how that ended."""

    def __call__(self, candidate: Candidate, ready: ReadyCheck, source: str, *, alone: bool) -> Termination:
        """Run the test; see `CheckRunner.run`."""


class GroupJudge:
    """Judge of groups of programs.

    Args:
        shared: the process that runs them.
        value_bytes: most bytes of one argument list or one answer.
        run_test: runs the test of one program.
    """

    def __init__(self, shared: SharedProcess, value_bytes: int, run_test: RunTest) -> None:
        self._shared = shared
        self._value_bytes = value_bytes
        self._run_test = run_test

    def judge(
        self, programs: Sequence[tuple[ReadyCheck, str]], turn: Callable[[int], object]
    ) -> list[Outcome | None]:
        """Run up to `GROUP` programs; return the outcome of each, None for one that needs its own process.

        Args:
            programs: check and text of each.
            turn: called with the place of the program that the judge is busy with from then on.

        Raises:
            ZygoteLostError: the zygote is gone.
            BrokenCheckError: a problem's own text failed.
        """
        outcomes = self._judge_together(programs, turn)
        if outcomes is not None:
            return outcomes
        if len(programs) == 1:
            return [None]
        # One of them is anomalous, so no answer counts: run each again, without the others.
        singly: list[Outcome | None] = []
        for place, program in enumerate(programs):
            turn(place)
            singly += self._judge_together([program], _no_turn) or [None]
        return singly

    def _judge_together(
        self, programs: Sequence[tuple[ReadyCheck, str]], turn: Callable[[int], object]
    ) -> list[Outcome | None] | None:
        """Judge a group; return None after any anomaly, when the shared process has been ended."""
        begun = time.monotonic()
        candidates = [
            BatchedCandidate(self._shared, place, self._value_bytes, ready.predicted)
            for place, (ready, _source) in enumerate(programs)
        ]
        ends = [AWAITING_ANSWERS] * len(programs)
        try:
            answers = self._shared.begin(
                [
                    (source, ready.check.entry_point, candidate.sent)
                    for (ready, source), candidate in zip(programs, candidates, strict=True)
                ]
            )
            while waiting := [place for place, end in enumerate(ends) if end is AWAITING_ANSWERS]:
                for place in waiting:
                    turn(place)
                    candidate = candidates[place]
                    candidate.take(answers.get(place, []))
                    candidate.rewind()
                    candidate.rerunnable = len(waiting) > 1
                    ends[place] = end = self._run_test(candidate, programs[place][0], "", alone=False)
                    if not _is_plain_end(end):
                        self._shared.retire()
                        return None
                wanted = {
                    place: candidates[place].wanted for place in waiting if ends[place] is AWAITING_ANSWERS
                }
                if wanted:
                    for place, batch in wanted.items():
                        candidates[place].sent += batch
                    answers = self._shared.ask(wanted)
        except NeedsOwnProcessError:
            return None
        finally:
            for candidate in candidates:
                candidate.let_go()
        wall_s = time.monotonic() - begun
        for place, (ready, _source) in enumerate(programs):
            # Whether it passes without the changes, too, is asked where its pass counts.
            if (
                ends[place].verdict is Verdict.PASSED
                and ready.copies_first
                and candidates[place].changed_arguments
            ):
                ends[place] = UNEXPECTED_CALL
        return [
            _shared_outcome(end, candidate.answered, cpu_s, wall_s)
            for end, candidate, cpu_s in zip(ends, candidates, self._shared.cpu_s, strict=True)
        ]


def _shared_outcome(end: Termination, answered: int, cpu_s: float, wall_s: float) -> Outcome | None:
    if end.verdict is None:
        return None
    detail = verdicts.bounded(end.detail)
    return Outcome(end.verdict, detail, end.message, answered, cpu_s, wall_s, execution=ExecutionMode.SHARED)


def _no_turn(_place: int) -> None:
    """No-op: the caller has already announced which program runs."""


def _is_plain_end(end: Termination) -> bool:
    """Return whether an end in the shared process leaves the answers of the other programs valid."""
    if end.verdict is None:
        return end in {VERIFIER_REFUSED, UNEXPECTED_CALL, AWAITING_ANSWERS}
    # The recursion limit is reached at the right depth only in the program's own process.
    return end.verdict in CONCLUSIVE_VERDICTS and "RecursionError" not in end.detail

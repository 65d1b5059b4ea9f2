"""The outcome of one attempt at a program: how its test ended joined with how its process ended."""

from dataclasses import dataclass

from sandbox.judge import verdicts
from sandbox.judge.remote_candidate import Said
from sandbox.judge.verdicts import Termination
from sandbox.judge.zygote_client import ProcessReport
from sandbox.program import Outcome, Verdict

__all__ = ["JudgedOutcome", "join_ends"]


@dataclass(frozen=True, slots=True)
class JudgedOutcome:
    """An outcome, and whether it is certain; one that came from the wall clock or a stray signal is not.

    `said` is what the attempts at the program had answered, which the next attempt must answer again.
    """

    outcome: Outcome
    certain: bool = True
    said: tuple[Said, ...] = ()


def join_ends(
    end: Termination,
    report: ProcessReport,
    cpu_limit_s: float,
    *,
    calls: int,
    wall_s: float,
    alone: bool,
    fraction: float | None = None,
) -> JudgedOutcome:
    """Join how a program's test ended with how its process ended.

    CPU time above the limit comes first, whatever else the program did.

    Args:
        end: how the test ended; without a verdict where the process ended first.
        report: how the process ended, and the CPU time that it took.
        cpu_limit_s: CPU seconds that the program had.
        calls: how many calls, or tests, the program answered.
        wall_s: wall-clock seconds that count for the program.
        alone: nothing else of this sandbox ran meanwhile, so that a wall-clock time is certain.
        fraction: share of the tests that passed, where a check counts it.
    """
    if report.cpu_s > cpu_limit_s and end.verdict is not Verdict.TIMED_OUT:
        if end.verdict is Verdict.WRONG_ANSWER:  # the last answer, which was wrong, does not count
            calls = max(0, calls - 1)
        end = Termination(Verdict.TIMED_OUT, f"used {report.cpu_s:.1f} s of CPU time")
    elif end.verdict is None:
        end = verdicts.from_wait_status(report.status, alone=alone)
    outcome = Outcome(
        end.verdict or Verdict.CRASHED,
        verdicts.bounded(end.detail),
        end.message,
        calls,
        report.cpu_s,
        wall_s,
        flags=(end.flags,) if end.flags else (),
        fraction=fraction,
    )
    return JudgedOutcome(outcome, end.certain)

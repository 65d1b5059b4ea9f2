"""Judge the canonical solutions of a problem set as completions are judged, on the executor of a run.

What fails is obtained once more, alone, before a problem is named for it: a machine that was busy, or a
worker that was lost, says nothing of a problem.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from evaluator.executors import Executor
from evaluator.problem_check.findings import Fault
from evaluator.problems import Problem
from sandbox import Check, CheckError, JudgeMode, Outcome, Program, Verdict

__all__ = ["Judged", "has_solution", "judge_solutions", "missing_modules"]

_PROBE: Final = "passlaw_probe"
_PROBE_TEST: Final = "def check(candidate):\n    assert candidate()\n"


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a problem's own solution.

    Attributes:
        fault: why the problem does not hold, with the reason; None if it does.
        sure: whether the machine had no part in it, so that it may be kept.
    """

    fault: tuple[Fault, str] | None
    sure: bool = True


def has_solution(problem: Problem) -> bool:
    """Return whether the set gives a solution for the problem."""
    return bool(problem.canonical_solution and problem.canonical_solution.strip())


def judge_solutions(problems: Sequence[Problem], executor: Executor, judge: JudgeMode) -> list[Judged]:
    """Return what came of each problem's own solution; every problem has one.

    Raises:
        SandboxError: the machinery failed altogether.
    """
    programs = [_program(problem) for problem in problems]
    found: list[Judged] = []
    for program, outcome in zip(programs, _outcomes(executor, programs), strict=True):
        if isinstance(outcome, Outcome) and outcome.verdict.passed:
            found.append(_passed(outcome, judge))
        else:
            (again,) = _outcomes(executor, [program])
            found.append(_failed(program, again, executor, judge))
    return found


def missing_modules(names: Sequence[str], executor: Executor, judge: JudgeMode) -> set[str]:
    """Return those of the modules that a test cannot import where it would run."""
    probes = []
    for name in names:
        text = f"import {name}\n"
        test, source = (_PROBE_TEST, text) if judge is JudgeMode.IN_PROCESS else (text + _PROBE_TEST, "")
        probes.append(Program(f"{source}def {_PROBE}():\n    return True\n", Check(_PROBE, test)))
    outcomes = _outcomes(executor, probes)
    return {
        name
        for name, outcome in zip(names, outcomes, strict=True)
        if isinstance(outcome, str)
        or _is_own_failure(outcome)
        or (outcome.verdict.scored and not outcome.verdict.passed)
    }


def _is_own_failure(outcome: Outcome) -> bool:
    """Return whether a test or checker failed by itself, and not the sandbox."""
    return outcome.verdict is Verdict.SANDBOX_ERROR and "the problem's own " in outcome.detail


def _program(problem: Problem) -> Program:
    return Program(problem.prompt + (problem.canonical_solution or ""), problem.check)


def _passed(outcome: Outcome, judge: JudgeMode) -> Judged:
    if judge is JudgeMode.ISOLATED and not outcome.calls:
        return Judged((Fault.CHECKS_NOTHING, "its test passes without calling the function"))
    return Judged(None)


def _failed(program: Program, again: Outcome | str, executor: Executor, judge: JudgeMode) -> Judged:
    """Name what failed twice."""
    if isinstance(again, str):
        return Judged((Fault.BROKEN_TEST, again))
    if again.verdict.passed:
        return _passed(again, judge)
    sure = again.attempts == 1
    # Only the wall clock stops a program twice, which says nothing of a problem on a busy machine. A test
    # that does not end by itself is stopped by it, too.
    by_clock = again.verdict is Verdict.TIMED_OUT and not sure and not again.detail.startswith("the test")
    if by_clock or not (again.verdict.scored or _is_own_failure(again)):
        return Judged(None, sure=False)
    if judge is JudgeMode.ISOLATED and _passes_in_one_process(program, executor):
        reason = (
            "its own solution passes only in one process with the test: what it takes or returns does not "
            "cross by value; the in-process judge can judge it"
        )
        return Judged((Fault.BY_VALUE, reason), sure)
    if _is_own_failure(again):
        return Judged((Fault.BROKEN_TEST, again.detail), sure)
    told = again.verdict.value.replace("_", " ")
    detail = f" ({again.detail})" if again.detail else ""
    return Judged((Fault.SOLUTION_FAILS, f"its own solution does not pass: {told}{detail}"), sure)


def _passes_in_one_process(program: Program, executor: Executor) -> bool:
    """Whether a solution passes beside its test: as one program, whose only function says that it ran.

    A solution is the problem set's own text, so it may be believed.
    """
    check = program.check
    text = f"{program.source}\n{check.fixtures}\n{check.test}\ncheck({check.entry_point})\n"
    probe = Program(f"{text}def {_PROBE}():\n    return True\n", Check(_PROBE, _PROBE_TEST))
    (outcome,) = _outcomes(executor, [probe])
    return isinstance(outcome, Outcome) and outcome.verdict is Verdict.PASSED


def _outcomes(executor: Executor, programs: Sequence[Program]) -> list[Outcome | str]:
    """Run programs; in place of an outcome, why a check does not run.

    A check that does not run ends a whole run, so the rest is halved until it stands alone.
    """
    found: list[Outcome | str] = []
    if not programs:
        return found
    try:
        for outcome in executor.run_dedicated(programs):
            found.append(outcome)  # noqa: PERF402 - one by one: what came before an error counts
    except CheckError as error:
        rest = programs[len(found) :]
        if len(programs) == 1:
            return [str(error)]
        middle = (len(rest) + 1) // 2
        found += _outcomes(executor, rest[:middle]) + _outcomes(executor, rest[middle:])
    return found

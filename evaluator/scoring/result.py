"""The result of a run: pass@k with intervals, counts, and how far its verdicts may be believed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from evaluator.errors import UsageError
from evaluator.metrics.pass_at_k import Count, PassAtK, pass_at_k, problems_short_of
from evaluator.problem_check import ProblemCheck
from evaluator.problems import ProblemSet
from evaluator.scoring.settings import ScoringSettings
from evaluator.scoring.shown_result import summary_html, summary_line
from evaluator.scoring.tally import Tally
from sandbox import Audit

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["EvaluationResult", "summarise"]


@dataclass(frozen=True, slots=True, repr=False)
class EvaluationResult:
    """The result of scoring samples: pass@k with intervals, verdicts, counts and conditions.

    Attributes:
        pass_at_k: `pass@1` and so on, fractions in 0..1; only those for which every problem has k samples.
        intervals: 95% intervals for them, clustered by problem (`rates.interval`).
        estimates: the same with standard errors.
        base_estimates: on the base tests alone, for sets that have extra tests; empty where unknown.
        verdicts: samples by verdict.
        samples: how many there were.
        problems: how many problems they were for.
        judge: `isolated` or `in-process`.
        isolation: the isolation they ran in.
        seconds: wall-clock time of running them.
        cpu_s: CPU time of the programs.
        reused: duplicate samples, which reuse the outcome of an identical one.
        counts: by problem, n scored and c passed.
        base_counts: the same on the base tests alone; empty where unknown.
        short: for each k that is not reported, the problems with fewer samples.
        missing: problems without any sample.
        unscored: samples the sandbox failed on, the first hundred; no failure of the model.
        results: the results file, if one was written.
        execution_counts: programs by where their verdict was made.
        audit: verified programs that were run again in a process of their own, and those that differed.
        sandbox: the sandbox's description of itself.
        problem_check: what the check of the problem set found; None for a run that was made without one.
        run: the run's id in the store that keeps it; None without one.
        all_estimates: the estimates with the problems that do not count but were judged: those whose own
            solution fails. Empty where there are none.
    """

    pass_at_k: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    estimates: tuple[PassAtK, ...]
    base_estimates: tuple[PassAtK, ...]
    verdicts: Mapping[str, int]
    samples: int
    problems: int
    judge: str
    isolation: str
    seconds: float
    cpu_s: float
    reused: int
    counts: Mapping[str, Count]
    base_counts: Mapping[str, Count]
    short: Mapping[int, list[str]]
    missing: tuple[str, ...]
    unscored: tuple[str, ...]
    results: str | None
    execution_counts: Mapping[str, int]
    audit: Audit
    sandbox: Mapping[str, Any]
    problem_check: ProblemCheck | None = None
    all_estimates: tuple[PassAtK, ...] = ()
    run: str | None = None

    @property
    def complete(self) -> bool:
        """Return whether every sample has a verdict."""
        return not self.unscored

    @property
    def self_check(self) -> bool:
        """Return whether the verdicts of the shared process agree with those of separate processes.

        Where one of those that were obtained again came out differently, all of them were, and none is left.
        Report such a program: `audit` names it.
        """
        return not self.audit.disagreed or self.audit.healed

    def without(self, task_ids: Collection[str]) -> dict[str, float]:
        """Return `pass_at_k` as it is without these problems; empty if no other is left."""
        counts = [count for task_id, count in self.counts.items() if task_id not in task_ids]
        return {f"pass@{one.k}": pass_at_k(counts, one.k).mean for one in self.estimates if counts}

    def to_pandas(self, of: Literal["samples", "problems"] = "samples") -> "pd.DataFrame":
        """Return a data frame: a row a sample, as the results file has it, or a row a problem with n and c.

        Raises:
            UsageError: `of` is neither, pandas is not installed, or the run wrote no results file.
        """
        from evaluator.scoring.data_frames import problems_frame, samples_frame  # noqa: PLC0415 - of no other use

        if of not in {"samples", "problems"}:
            raise UsageError(f"of: {of!r:.60} is neither 'samples' nor 'problems'")
        if of == "problems":
            return problems_frame(self.counts)
        if self.results is None:
            raise UsageError("the run wrote no results file; give evaluate an output")
        return samples_frame(Path(self.results))

    def plot(self) -> "Figure":
        """Return a figure of pass@k with its 95% intervals.

        Raises:
            UsageError: matplotlib is not installed, or no pass@k is reported.
        """
        from evaluator.metrics.figures import rates_figure  # noqa: PLC0415 - as above

        return rates_figure(self.estimates)

    def __repr__(self) -> str:
        return f"EvaluationResult({summary_line(self)})"

    def _repr_html_(self) -> str:
        return summary_html(self)

    def as_dict(self) -> dict[str, object]:
        """Return the object that `passlaw evaluate --json` prints."""
        names = ("pass_at_k", "intervals", "verdicts", "samples", "problems", "judge", "isolation", "seconds")
        found: dict[str, object] = {
            name: getattr(self, name) for name in (*names, "results", "execution_counts", "self_check")
        }
        found["problem_check"] = self.problem_check.as_dict() if self.problem_check else None
        if self.run is not None:
            found["run"] = self.run
        if self.all_estimates:
            found["pass_at_k_all"] = {f"pass@{one.k}": one.mean for one in self.all_estimates}
        return found


def summarise(
    problems: ProblemSet,
    settings: ScoringSettings,
    tally: Tally,
    *,
    seconds: float,
    output: Path | None,
    sandbox: Mapping[str, Any],
    audit: Audit,
    problem_check: ProblemCheck | None = None,
) -> EvaluationResult:
    """Return the result of a finished run; problems that did not hold in the check do not count."""
    excluded = problem_check.excluded if problem_check else {}
    seen = [task_id for task_id in problems.problems if task_id in tally.seen]
    order = [task_id for task_id in seen if task_id not in excluded]
    counts = {task_id: Count(tally.scored[task_id], tally.passed[task_id]) for task_id in order}
    base = {task_id: Count(tally.scored[task_id], tally.base[task_id]) for task_id in order}
    base = base if problems.has_base_tests and not tally.base_open else {}
    short = {k: names for k in settings.k if (names := problems_short_of(counts, k))}
    reported = [k for k in sorted(set(settings.k)) if k not in short and counts]
    estimates = tuple(pass_at_k(list(counts.values()), k) for k in reported)
    judged = [task_id for task_id in seen if task_id not in excluded or excluded[task_id].fault.judged]
    everything = {task_id: Count(tally.scored[task_id], tally.passed[task_id]) for task_id in judged}
    wider = len(judged) > len(order)
    return EvaluationResult(
        pass_at_k={f"pass@{estimate.k}": estimate.mean for estimate in estimates},
        intervals={f"pass@{estimate.k}": (estimate.low, estimate.high) for estimate in estimates},
        estimates=estimates,
        base_estimates=tuple(pass_at_k(list(base.values()), k) for k in reported) if base else (),
        verdicts={verdict.value: count for verdict, count in tally.verdicts.most_common()},
        samples=tally.samples,
        problems=len(order),
        judge=settings.judge.value,
        isolation=str(sandbox.get("isolation")),
        seconds=round(seconds, 3),
        cpu_s=round(tally.cpu_s, 3),
        reused=tally.reused,
        counts=counts,
        base_counts=base,
        short=short,
        missing=tuple(
            each.task_id for each in problems if each.task_id not in tally.seen and not each.unusable
        ),
        unscored=tuple(tally.unscored),
        results=str(output) if output else None,
        execution_counts={mode.value: count for mode, count in sorted(tally.execution_counts.items())},
        audit=audit,
        sandbox=sandbox,
        problem_check=problem_check,
        all_estimates=tuple(
            pass_at_k(list(everything.values()), k)
            for k in sorted(set(settings.k))
            if wider and not problems_short_of(everything, k)
        ),
    )

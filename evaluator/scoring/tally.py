"""Counts of a run's verdicts, which grow while it goes on."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from evaluator.samples import Sample
from evaluator.scoring.deduplicate import ScoredOutcome
from sandbox import DisagreementError, ExecutionMode, Verdict

__all__ = ["Tally", "scored_again"]

_NAMED: Final = 100  # unscored samples that are named; the results file marks all of them


@dataclass(slots=True)
class Tally:
    """Counts that grow while a run goes on; their size is that of the problem set."""

    samples: int = 0
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    scored: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    base: Counter[str] = field(default_factory=Counter)
    base_open: bool = False
    unscored: list[str] = field(default_factory=list)
    execution_counts: Counter[ExecutionMode] = field(default_factory=Counter)
    reused: int = 0
    cpu_s: float = 0.0

    def add(self, sample: Sample, scored: ScoredOutcome, *, base: bool | None) -> int:
        """Count one sample; return its number among those of its problem, from 0."""
        verdict, task_id = scored.outcome.verdict, sample.task_id
        self.samples += 1
        self.verdicts[verdict] += 1
        if scored.reused:
            self.reused += 1
        else:
            self.cpu_s += scored.outcome.cpu_s
            self.execution_counts[scored.outcome.execution] += 1
        if verdict.scored:
            self.scored[task_id] += 1
            self.passed[task_id] += verdict.passed
            self.base[task_id] += bool(base)
            self.base_open |= base is None
        elif verdict is Verdict.SANDBOX_ERROR and len(self.unscored) < _NAMED:
            self.unscored.append(f"{sample.place} ({task_id}): {scored.outcome.detail}")
        self.seen[task_id] += 1
        return self.seen[task_id] - 1


def scored_again(error: DisagreementError) -> str:
    """Return the sentence that says why all programs of a run are run again."""
    return f"{error.args[0].partition(';')[0]}: scoring all programs again, each in its own process"

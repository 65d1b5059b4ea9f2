"""What a stored run has found so far."""

from evaluator.problems import ProblemSet
from evaluator.scoring.result import EvaluationResult, summarise
from evaluator.store.connection import Store
from evaluator.store.runs import Run, tally_of
from sandbox import Audit

__all__ = ["audit_of", "stored_result"]


def stored_result(store: Store, run: Run, problems: ProblemSet) -> EvaluationResult:
    """Return what a run has found so far, in the form of a finished run."""
    with store.read() as db:
        tally = tally_of(db, run.id)
    sandbox = dict(run.described)
    return summarise(
        problems,
        run.settings,
        tally,
        seconds=run.seconds,
        output=None,
        sandbox=sandbox,
        audit=audit_of(run),
        problem_check=run.problem_check,
    )


def audit_of(run: Run) -> Audit:
    """Return the audit of the part that ran before."""
    return Audit(**run.audit) if run.audit else Audit(run.settings.audit, run.seed)

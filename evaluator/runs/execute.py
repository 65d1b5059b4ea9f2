"""Execute a stored run: read its samples, run them on an executor, write the outcomes back in order.

Outcomes are written in order and with the run's progress in one transaction, so whatever happens in between,
what is there is a beginning of the run, and driving it again goes on from there.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Final

from evaluator.executors import Executor, ExecutorConfig, open_executor
from evaluator.problem_check import ProblemCheck, check_problems, pass_over
from evaluator.problems import ProblemSet
from evaluator.runs.heartbeat import heartbeat, noting_ahead
from evaluator.runs.result import audit_of
from evaluator.samples import Sample
from evaluator.scoring.deduplicate import ScoredOutcome
from evaluator.scoring.program import program_of
from evaluator.scoring.result_rows import base_passed
from evaluator.scoring.run_record import machine
from evaluator.scoring.tally import scored_again
from evaluator.store.connection import Store
from evaluator.store.job_queue import note_ahead, renew
from evaluator.store.problem_sets import load_problem_set
from evaluator.store.runs import KEPT_CHECK, KEPT_NOTES, Run, RunState, end_run, get_run
from evaluator.store.samples import (
    NumberedSample,
    Result,
    drop_outcomes,
    outcomes_of,
    read_samples,
    record_outcomes,
)
from evaluator.store.schema import RUNS
from sandbox import Audit, DisagreementError, Outcome, Program

__all__ = ["RunExit", "execute_run"]

_FLUSH_S: Final = 0.5
_FLUSH_ROWS: Final = 500


class RunExit(StrEnum):
    """How execution ended: `FINISHED`, `STOPPED` on request, or `LOST` to another worker."""

    FINISHED = "finished"
    STOPPED = "stopped"
    LOST = "lost"


def _engine_for(run: Run, where: ExecutorConfig) -> Executor:
    execution = "dedicated" if audit_of(run).healed else None
    return open_executor(where, run.settings.sandbox_options(execution, run.seed))


def execute_run(
    store: Store,
    run_id: str,
    worker: str,
    *,
    where: ExecutorConfig,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] | None = None,
    begun: Callable[[], None] = lambda: None,
) -> RunExit:
    """Execute a run that this worker has claimed, until it is done, stopped or lost.

    Args:
        store: where the run is.
        run_id: the run.
        worker: the name under which it was claimed.
        where: the engine that runs the programs.
        stop: asked after every batch; once it says so, what is scored is written and the rest stays.
        progress: called with samples scored and samples in all.
        begun: called when the sandbox is open, the problem set checked and both noted in the store; again
            if all programs are run again.

    Raises:
        SandboxError: the machinery failed; what is scored is written.
        UsageError: the engine cannot be had.
        ProblemsError: the problem set does not hold.
        StoreError: the store cannot be reached.
    """
    while True:
        with store.read() as db:
            run = get_run(db, run_id)
            problems = load_problem_set(db, run.problem_set) if run else None
        if run is None or problems is None:
            return RunExit.LOST
        with heartbeat(store, run_id, worker), _engine_for(run, where) as box:
            checked = check_problems(problems, box, strict=run.settings.strict, tell=where.tell)
            described = {"sandbox": _described(run, box, checked), "machine": machine()}
            with store.write() as db:
                db.execute(RUNS.update().where(RUNS.c.id == run_id).values(described))
            begun()
            try:
                execution = _RunExecution(store, run, problems, worker, stop, progress, box, checked)
                with noting_ahead(store, run_id, worker, execution.ahead):
                    return execution.through()
            except DisagreementError as error:
                where.tell(scored_again(error))
                if not _begin_again(store, run, worker, box.audit):
                    return RunExit.LOST


def _described(run: Run, box: Executor, checked: ProblemCheck) -> dict[str, object]:
    """Return all that the verdicts rest on beside programs and samples."""
    kept = {KEPT_NOTES: (run.sandbox or {}).get(KEPT_NOTES, [])}
    return {**box.description.as_dict(), **kept, KEPT_CHECK: checked.as_dict()}


def _begin_again(store: Store, run: Run, worker: str, found: Audit) -> bool:
    """Drop a run's outcomes and note that its programs share no process; False if the run is not ours."""
    audit = replace(audit_of(run).joined(found), healed=True)
    with store.write() as db:
        if not renew(db, run.id, worker):
            return False
        drop_outcomes(db, run.id)
        db.execute(RUNS.update().where(RUNS.c.id == run.id).values(audit=asdict(audit)))
    return True


@dataclass(slots=True)
class _RunExecution:
    """Execution of one run on one executor."""

    store: Store
    run: Run
    problems: ProblemSet
    worker: str
    stop: Callable[[], bool]
    progress: Callable[[int, int], None] | None
    box: Executor
    checked: ProblemCheck
    ready: deque[Result] = field(default_factory=deque)

    def ahead(self) -> int:
        """Return how many verdicts are there and not written yet."""
        return len(self.ready) + self.box.ahead

    def through(self) -> RunExit:
        ready = self.ready
        waiting: deque[NumberedSample] = deque()  # given to the sandbox, or to take another's outcome
        flushed = time.monotonic()
        outcomes = pass_over(self.box.run, self.problems, self.checked)(self._programs(waiting))
        try:
            for outcome in outcomes:
                self._match(waiting, ready, outcome)
                late = time.monotonic() - flushed
                if late >= _FLUSH_S or len(ready) >= _FLUSH_ROWS:
                    if not self._record(ready, late):
                        return RunExit.LOST
                    flushed = time.monotonic()
                    if self.stop():
                        return RunExit.STOPPED
            self._pass_on(waiting, ready)
            if not self._record(ready, time.monotonic() - flushed):
                return RunExit.LOST
        finally:
            outcomes.close()  # type: ignore[attr-defined] # a generator: what is still running is given up
        return RunExit.FINISHED if self._finish() else RunExit.LOST

    def _programs(self, waiting: deque[NumberedSample]) -> Iterator[Program]:
        """Yield the programs that have to be run, and note every sample on the way."""
        number = self.run.done
        while number < self.run.samples:
            with self.store.read() as db:
                page = read_samples(db, self.run.id, number)
            for each in page:
                waiting.append(_slim(each))
                if each.same_as is None:
                    problem = self.problems[each.sample.task_id]
                    yield program_of(each.sample, problem, sanitize=self.run.settings.sanitize)
            number += len(page)

    def _match(self, waiting: deque[NumberedSample], ready: deque[Result], outcome: Outcome) -> None:
        self._pass_on(waiting, ready)
        ready.append(self._result(waiting.popleft(), ScoredOutcome(outcome, reused=False)))
        self._pass_on(waiting, ready)

    def _pass_on(self, waiting: deque[NumberedSample], ready: deque[Result]) -> None:
        """Move duplicates at the front to the ready samples; their outcome is filled in when written."""
        while waiting and waiting[0].same_as is not None:
            ready.append(Result(waiting.popleft(), None, None))

    def _result(self, numbered: NumberedSample, scored: ScoredOutcome) -> Result:
        problem = self.problems[numbered.sample.task_id]
        base = base_passed(problem, scored.outcome, self.run.settings.judge)
        return Result(numbered, scored, base)

    def _record(self, ready: deque[Result], seconds: float) -> bool:
        """Write the ready results and renew the lease; return False if another worker has the run."""
        with self.store.write() as db:
            if not renew(db, self.run.id, self.worker):
                return False
            if ready:
                wanted = [each.numbered.same_as for each in ready if each.scored is None]
                known = {each.numbered.number: each.scored.outcome for each in ready if each.scored}
                missing = [number for number in wanted if number is not None and number not in known]
                known |= outcomes_of(db, self.run.id, missing)
                filled = [self._filled(each, known) for each in ready]
                if not record_outcomes(self.store, db, self.run.id, filled):
                    return False
            audit = asdict(audit_of(self.run).joined(self.box.audit))
            spent = {"seconds": RUNS.c.seconds + seconds, "audit": audit}
            db.execute(RUNS.update().where(RUNS.c.id == self.run.id).values(spent))
            note_ahead(db, self.run.id, self.worker, self.box.ahead)
        if self.progress and ready:
            self.progress(ready[-1].numbered.number + 1, self.run.samples)
        ready.clear()
        return True

    def _filled(self, each: Result, known: dict[int, Outcome]) -> Result:
        if each.scored is not None:
            return each
        assert each.numbered.same_as is not None
        outcome = known[each.numbered.same_as]
        return self._result(each.numbered, ScoredOutcome(outcome, reused=True))

    def _finish(self) -> bool:
        with self.store.write() as db:
            if not renew(db, self.run.id, self.worker):
                return False
            described = {
                "sandbox": _described(self.run, self.box, self.checked)
            }  # by now it tells of nodes that were lost
            db.execute(RUNS.update().where(RUNS.c.id == self.run.id).values(described))
            end_run(db, self.run.id, RunState.DONE)
        return True


def _slim(numbered: NumberedSample) -> NumberedSample:
    """Drop the text, as many duplicates may wait for one outcome."""
    kept = Sample(numbered.sample.task_id, "", numbered.sample.whole, {}, "")
    return replace(numbered, sample=kept)

"""Score samples by way of a store: ingest them, execute the run, read the outcomes back."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from evaluator.errors import RunError
from evaluator.executors import ClusterError, ExecutorConfig
from evaluator.files.atomic_write import replace_atomically
from evaluator.model_card import Model
from evaluator.problems import ProblemRows, ProblemSet
from evaluator.samples import SampleFile
from evaluator.samples.notes import Remark
from evaluator.scoring.following import Following
from evaluator.scoring.result import EvaluationResult
from evaluator.scoring.result_paths import run_record_path
from evaluator.scoring.result_rows import RowFormatter
from evaluator.scoring.run_record import record_before, run_record, write_record
from evaluator.scoring.settings import ScoringSettings
from sandbox import Verdict

if TYPE_CHECKING:
    from evaluator.store import Store

__all__ = ["StoredRunOptions", "evaluate_stored"]


@dataclass(frozen=True, slots=True)
class StoredRunOptions:
    """How a run is stored and executed; see `evaluate`."""

    store: str | Path
    output: Path | None
    resume: str | None
    where: ExecutorConfig
    progress: Callable[[int, int], None] | None
    following: Following


def evaluate_stored(
    samples: SampleFile,
    problems: ProblemRows,
    settings: ScoringSettings,
    model: Model | None,
    keeping: StoredRunOptions,
) -> EvaluationResult:
    """Do what `evaluate` does, and keep the run in a store; see there.

    A run that is cut off stays in the store with what is scored, and is taken up by `resume` or by the next
    service on that store: one that was interrupted, whose process was killed, or whose cluster failed.
    """
    # What a store needs takes longer to import than a small run without one takes.
    from evaluator.runs.execute import execute_run  # noqa: PLC0415
    from evaluator.runs.ingest import ingest  # noqa: PLC0415
    from evaluator.runs.result import stored_result  # noqa: PLC0415
    from evaluator.store import RunState, open_store  # noqa: PLC0415
    from evaluator.store.job_queue import release, this_worker  # noqa: PLC0415
    from evaluator.store.runs import cancel_run, end_run, get_run  # noqa: PLC0415

    problem_set = problems.problem_set
    opened, worker = open_store(keeping.store), this_worker()
    try:
        if keeping.resume is None:
            tell = keeping.where.tell
            run_id = ingest(
                opened, samples, problems, settings, owner="local", model=model, worker=worker, tell=tell
            )
        else:
            run_id = keeping.resume
            settings = _resume_run(opened, run_id, samples, worker)
        scoring = _Scoring(opened, run_id, samples, problem_set, settings, model, keeping)
        try:
            execute_run(
                opened,
                run_id,
                worker,
                where=keeping.where,
                progress=scoring.progress,
                begun=scoring.begun,
            )
        except ClusterError as error:
            with opened.write() as db:
                release(db, run_id, worker)
            raise ClusterError(
                f"{error}; what is scored is kept: resume run {run_id}, or have a service on this store do it"
            ) from error
        except Exception as error:
            with opened.write() as db:
                end_run(db, run_id, RunState.FAILED, str(error))
            raise
        except KeyboardInterrupt:
            with opened.write() as db:
                release(db, run_id, worker)
            keeping.where.tell(
                Remark(
                    "what is scored is kept, and a service on this store continues the run",
                    option="resume",
                    to=f"{run_id} to continue it here ('passlaw runs cancel {run_id}' ends it)",
                )
            )
            raise
        except BaseException:
            with opened.write() as db:
                cancel_run(db, run_id)
            raise
        with opened.read() as db:
            run = get_run(db, run_id)
        assert run is not None
        return scoring.written(replace(stored_result(opened, run, problem_set), run=run_id))
    finally:
        opened.close()


@dataclass(frozen=True, slots=True)
class _Scoring:
    """A stored run that is being executed: what is told of it, and what is written at its end."""

    store: "Store"
    run_id: str
    samples: SampleFile
    problems: ProblemSet
    settings: ScoringSettings
    model: Model | None
    keeping: StoredRunOptions

    def begun(self) -> None:
        """Tell the follower that the sandbox is open and the problem set holds."""
        from evaluator.store.runs import get_run  # noqa: PLC0415

        if not self.keeping.following.active:
            return
        with self.store.read() as db:
            run = get_run(db, self.run_id)
        assert run is not None
        self.keeping.following.started(
            run.samples,
            lambda: record_before(
                samples=self.samples,
                problems=self.problems,
                settings=self.settings,
                model=self.model,
                sandbox=run.described,
                run=self.run_id,
            ),
        )

    def progress(self, done: int, of: int) -> None:
        """Tell that outcomes have been written."""
        if self.keeping.progress:
            self.keeping.progress(done, of)
        self.keeping.following.progress(done, of, self._verdicts)

    def _verdicts(self) -> Counter[Verdict]:
        from evaluator.store.pass_counts import verdicts_of  # noqa: PLC0415

        total: Counter[Verdict] = Counter()
        with self.store.read() as db:
            for counts in verdicts_of(db, self.run_id).values():
                total.update(counts)
        return total

    def written(self, result: EvaluationResult) -> EvaluationResult:
        """Write results and record, if they are wanted, and tell the follower; return the result."""
        from evaluator.store.samples import stream_results  # noqa: PLC0415

        output = self.keeping.output
        if output is not None:
            formatter = RowFormatter(self.problems, self.settings.judge, self.settings.sanitize)
            with replace_atomically(output) as file:
                for each in stream_results(self.store, self.run_id):
                    assert each.scored is not None
                    file.write(formatter.line(each.numbered.sample, each.scored, each.numbered.completion_id))
            result = replace(result, results=str(output))
        if output is not None or self.keeping.following.active:
            record = run_record(
                result,
                samples=self.samples,
                problems=self.problems,
                settings=self.settings,
                model=self.model,
            )
            if output is not None:
                write_record(run_record_path(output), record)
            self.keeping.following.finished(result, record)
        return result


def _resume_run(store: "Store", run_id: str, samples: SampleFile, worker: str) -> ScoringSettings:
    """Claim an interrupted run for this worker; return its settings."""
    from evaluator.store.job_queue import claim_run  # noqa: PLC0415
    from evaluator.store.runs import get_run  # noqa: PLC0415

    with store.write() as db:
        run = get_run(db, run_id)
        if run is None or run.state.final or run.samples_sha256 != samples.sha256():
            raise RunError(f"run {run_id!r:.80}: the store has no unfinished run of {samples.path}")
        if not claim_run(db, run_id, worker):
            raise RunError(f"run {run_id}: another process is executing it; wait for that to end")
    return run.settings

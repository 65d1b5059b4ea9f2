"""The pipeline by way of a store: the samples go in, are worked off there, and come out with outcomes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from evaluator.atomic import replace_atomically
from evaluator.engine import ClusterError, Where
from evaluator.errors import RunError
from evaluator.models import Model
from evaluator.problems import ProblemRows
from evaluator.record import EvaluationResult, Settings, write_record
from evaluator.results import result_line, run_path
from evaluator.samples import SampleFile

if TYPE_CHECKING:
    from evaluator.store import Store

__all__ = ["Keeping", "evaluate_stored"]


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where a run is kept and worked off; see `evaluate`."""

    store: str | Path
    output: Path | None
    resume: str | None
    where: Where
    progress: Callable[[int, int], None] | None


def evaluate_stored(
    samples: SampleFile,
    problems: ProblemRows,
    settings: Settings,
    model: Model | None,
    keeping: Keeping,
) -> EvaluationResult:
    """Do what `evaluate` does, and keep the run in a store; see there.

    A run that is cut off stays in the store: one that was interrupted is cancelled there, one whose process
    was killed, or whose cluster failed, is taken up by the next service on that store or by `resume`.
    """
    # What a store needs takes longer to import than a small run without one takes.
    from evaluator.drive import drive, stored_result  # noqa: PLC0415
    from evaluator.ingest import ingest  # noqa: PLC0415
    from evaluator.store import RunState, open_store  # noqa: PLC0415
    from evaluator.store.queue import release, this_worker  # noqa: PLC0415
    from evaluator.store.runs import cancel_run, end_run, get_run  # noqa: PLC0415
    from evaluator.store.samples import stream_results  # noqa: PLC0415

    opened, worker, output = open_store(keeping.store), this_worker(), keeping.output
    try:
        if keeping.resume is None:
            tell = keeping.where.tell
            run_id = ingest(
                opened, samples, problems, settings, owner="local", model=model, worker=worker, tell=tell
            )
        else:
            run_id = keeping.resume
            settings = _taken_up(opened, run_id, samples, worker)
        try:
            drive(opened, run_id, worker, where=keeping.where, progress=keeping.progress)
        except ClusterError as error:
            with opened.write() as db:
                release(db, run_id, worker)
            raise ClusterError(
                f"{error}; what is scored is kept: go on with --resume {run_id}, or have a service on this "
                "store do it"
            ) from error
        except Exception as error:
            with opened.write() as db:
                end_run(db, run_id, RunState.FAILED, str(error))
            raise
        except BaseException:
            with opened.write() as db:
                cancel_run(db, run_id)
            raise
        with opened.read() as db:
            run = get_run(db, run_id)
        assert run is not None
        problem_set = problems.build()
        result = stored_result(opened, run, problem_set)
        if output is None:
            return result
        with replace_atomically(output) as file:
            for each in stream_results(opened, run_id):
                sample = each.numbered.sample
                assert each.scored is not None
                problem, number = problem_set[sample.task_id], each.numbered.completion_id
                line = result_line(
                    sample, problem, each.scored, number, settings.judge, sanitize=settings.sanitize
                )
                file.write(line)
        result = replace(result, results=str(output))
        write_record(
            run_path(output), result, samples=samples, problems=problem_set, settings=settings, model=model
        )
        return result
    finally:
        opened.close()


def _taken_up(store: "Store", run_id: str, samples: SampleFile, worker: str) -> Settings:
    """Make a run that broke off this worker's; return its settings."""
    from evaluator.store.queue import take_up  # noqa: PLC0415
    from evaluator.store.runs import get_run  # noqa: PLC0415

    with store.write() as db:
        run = get_run(db, run_id)
        if run is None or run.state.final or run.samples_sha256 != samples.sha256():
            raise RunError(f"--resume {run_id!r:.80}: the store has no unfinished run of {samples.path}")
        if not take_up(db, run_id, worker):
            raise RunError(f"--resume {run_id}: somebody is working on this run; wait for it")
    return run.settings

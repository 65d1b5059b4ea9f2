"""The pipeline by way of a store: the samples go in, are worked off there, and come out with outcomes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from evaluator.atomic import replace_atomically
from evaluator.models import Model
from evaluator.problems import ProblemRows
from evaluator.record import EvaluationResult, Settings, write_record
from evaluator.results import result_line, run_path
from evaluator.samples import SampleFile

__all__ = ["evaluate_stored"]


def evaluate_stored(
    samples: SampleFile,
    problems: ProblemRows,
    settings: Settings,
    model: Model | None,
    *,
    store: str | Path,
    output: Path | None,
    progress: Callable[[int, int], None] | None,
) -> EvaluationResult:
    """Do what `evaluate` does, and keep the run in a store; see there.

    A run that is cut off stays in the store: one that was interrupted is cancelled there, one whose process
    was killed is taken up by the next service on that store.
    """
    # What a store needs takes longer to import than a small run without one takes.
    from evaluator.drive import drive, stored_result  # noqa: PLC0415
    from evaluator.ingest import ingest  # noqa: PLC0415
    from evaluator.store import RunState, open_store  # noqa: PLC0415
    from evaluator.store.queue import this_worker  # noqa: PLC0415
    from evaluator.store.runs import cancel_run, end_run, get_run  # noqa: PLC0415
    from evaluator.store.samples import stream_results  # noqa: PLC0415

    opened, worker = open_store(store), this_worker()
    try:
        run_id = ingest(opened, samples, problems, settings, owner="local", model=model, worker=worker)
        try:
            drive(opened, run_id, worker, workers=settings.workers, progress=progress)
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

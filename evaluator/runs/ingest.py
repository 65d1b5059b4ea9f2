"""Store a samples file as a run: check it whole, write it in batches, queue it after the last.

Memory is one batch and a hash for each of the most recent distinct programs.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from evaluator.errors import SamplesError
from evaluator.model_card import Model
from evaluator.problems import ProblemRows
from evaluator.samples import Sample, SampleFile
from evaluator.scoring.deduplicate import DuplicateWindow
from evaluator.scoring.run_record import versions
from evaluator.scoring.settings import ScoringSettings
from evaluator.scoring.validate import validate_samples
from evaluator.store.connection import Store
from evaluator.store.job_queue import take, this_worker
from evaluator.store.model_cards import add_cards
from evaluator.store.problem_sets import keep_problem_set
from evaluator.store.runs import KEPT_NOTES, NewRun, begin_run, delete_run, queue_run
from evaluator.store.samples import NumberedSample, add_samples
from evaluator.store.schema import RUNS

__all__ = ["ingest"]

_BATCH: Final = 500


def ingest(
    store: Store,
    samples: SampleFile,
    problems: ProblemRows,
    settings: ScoringSettings,
    *,
    owner: str,
    model: Model | None = None,
    name: str | None = None,
    idempotency_key: str | None = None,
    request_sha256: str | None = None,
    most_rows: int | None = None,
    worker: str | None = None,
    tell: Callable[[str], None] | None = None,
) -> str:
    """Check a samples file and store it as a queued run; return the run's id.

    Args:
        store: where it goes.
        samples: read twice, and once more for its hash.
        problems: the set it is for, kept in the store as well.
        settings: how to score it.
        owner: whose run it is.
        model: its card, merged into the store's.
        name: what the file is called, for people.
        idempotency_key: with the owner, unique.
        request_sha256: see `NewRun`.
        most_rows: refuse files with more samples.
        worker: who works on the run at once, so that nobody else takes it.
        tell: see `validate_samples`.

    Raises:
        SamplesError: the file is bad or does not fit; nothing is stored.
        ProblemsError: the set mixes problems that are judged in different ways.
        IntegrityError: a run with this owner and idempotency key was made at the same moment.
    """
    problem_set = problems.problem_set
    settings = replace(settings, judge=problem_set.judge_mode(settings.judge))
    notes: list[str] = []

    def noticed(sentence: str) -> None:
        notes.append(sentence)
        if tell:
            tell(sentence)

    count = validate_samples(
        samples,
        problem_set,
        ignore_incomplete=settings.ignore_incomplete,
        sanitize=settings.sanitize,
        tell=noticed,
    )
    if most_rows is not None and count > most_rows:
        raise SamplesError(f"{samples.path}: {count:,} samples; the most here are {most_rows:,}")
    new = NewRun(
        owner=owner,
        model=model.name if model else None,
        problem_set="",
        settings=settings,
        samples_name=name or samples.path.name,
        samples_format=samples.format.value,
        samples_sha256=samples.sha256(),
        versions=versions(),
        uploader=this_worker(),
        idempotency_key=idempotency_key,
        request_sha256=request_sha256,
    )
    with store.write() as db:
        if model:
            add_cards(store, db, model)
        run_id = begin_run(db, replace(new, problem_set=keep_problem_set(store, db, problems)))
        if notes:
            db.execute(RUNS.update().where(RUNS.c.id == run_id).values(sandbox={KEPT_NOTES: notes}))
    try:
        numbered = _numbered(samples, dedupe=settings.dedupe)
        while batch := list(islice(numbered, _BATCH)):
            with store.write() as db:
                add_samples(db, run_id, batch)
            time.sleep(0)  # whoever waits for the one writer's place gets it
        with store.write() as db:
            queue_run(db, run_id, count)
            if worker:
                take(db, run_id, worker)
    except BaseException:
        with store.write() as db:
            delete_run(db, run_id)
        raise
    return run_id


def _numbered(samples: SampleFile, *, dedupe: bool) -> Iterator[NumberedSample]:
    """Number samples, and point each repeated program at the first of its kind in the window."""
    seen: Counter[str] = Counter()
    recent = DuplicateWindow[int]()
    for number, sample in enumerate(samples):
        same_as = None
        if dedupe:
            key = _key(sample)
            same_as = recent.get(key)
            if same_as is None:
                recent.add(key, number)
        yield NumberedSample(number, seen[sample.task_id], same_as, sample)
        seen[sample.task_id] += 1


def _key(sample: Sample) -> bytes:
    digest = hashlib.blake2b(sample.text.encode("utf-8", "surrogatepass"), digest_size=16)
    digest.update(f"\0{sample.whole}\0{sample.task_id}".encode("utf-8", "surrogatepass"))
    return digest.digest()

"""Read an upload into the store, in a separate process.

A reader that crashes on what a stranger sent takes nothing else along, and the service itself stays quick.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evaluator.errors import EvaluatorError, SamplesError
from evaluator.model_card import Model
from evaluator.problems import ProblemRows
from evaluator.runs.ingest import ingest
from evaluator.samples import SampleFormat, open_samples
from evaluator.scoring.settings import ScoringSettings
from evaluator.store import Store, open_store

__all__ = ["UploadJob", "ingest_upload"]


@dataclass(frozen=True, slots=True)
class UploadJob:
    """An upload to read into the store, as plain values: it goes to another process."""

    store: str
    path: Path
    format: SampleFormat | None
    problems: ProblemRows
    settings: ScoringSettings
    owner: str
    model: Model | None
    name: str
    idempotency_key: str | None
    request_sha256: str
    most_rows: int
    sample_filter: str | None = None


def ingest_upload(job: UploadJob) -> str:
    """Read an upload into the store; return the run's id. Runs in a process of the process pool.

    Raises:
        EvaluatorError: the upload is bad; the message calls it `upload`, not by our name for the file.
    """
    try:
        samples = open_samples(
            job.path, job.problems.problem_set, job.format, sample_filter=job.sample_filter
        )
        return ingest(
            _store(job.store), samples, job.problems, job.settings,
            owner=job.owner, model=job.model, name=job.name, idempotency_key=job.idempotency_key,
            request_sha256=job.request_sha256, most_rows=job.most_rows,
        )  # fmt: skip
    except EvaluatorError as bad:
        raise bad.renamed(str(job.path), "upload") from None
    except RecursionError:
        raise SamplesError("upload: nested too deep to be read") from None


_OPEN: Final[dict[str, Store]] = {}


def _store(url: str) -> Store:
    """Return the store, which is opened once in each process of the pool."""
    if url not in _OPEN:
        _OPEN[url] = open_store(url, pool_size=2)
    return _OPEN[url]

"""Uploads: from the wire to a file of our own naming, and from there, in another process, into the store.

Reading what a stranger sent is done by a process of the crew: a reader that crashes on it takes nothing else
along, and the service itself stays quick.
"""

import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from anyio import to_thread

from evaluator.errors import EvaluatorError, SamplesError
from evaluator.model_card import Model
from evaluator.problems import ProblemRows
from evaluator.runs.ingest import ingest
from evaluator.samples import SampleFormat, open_samples
from evaluator.scoring.run_record import Settings
from evaluator.store import Store, open_store

__all__ = ["Order", "Spooled", "spooled", "take_in"]

_NAME: Final = "upload-"


@dataclass(slots=True)
class Spooled:
    """A file that grows while an upload arrives; gone when the request is over, whatever happened."""

    path: Path
    _file: BinaryIO
    _digest: "hashlib._Hash"
    size: int = 0

    async def write(self, chunk: bytes) -> None:
        """Append what has arrived."""
        self.size += len(chunk)
        self._digest.update(chunk)
        await to_thread.run_sync(self._file.write, chunk)

    async def whole(self) -> str:
        """Say that nothing more will come; returns the SHA-256 of the content."""
        await to_thread.run_sync(self._file.flush)
        return self._digest.hexdigest()


@asynccontextmanager
async def spooled(folder: Path) -> AsyncIterator[Spooled]:
    """A new, empty file in the folder, readable by this user alone."""
    descriptor, name = tempfile.mkstemp(prefix=_NAME, dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield Spooled(Path(name), file, hashlib.sha256())
    finally:
        await to_thread.run_sync(lambda: Path(name).unlink(missing_ok=True))


@dataclass(frozen=True, slots=True)
class Order:
    """What the crew is to do with an upload; plain values, for it goes to another process."""

    store: str
    path: Path
    format: SampleFormat | None
    problems: ProblemRows
    settings: Settings
    owner: str
    model: Model | None
    name: str
    idempotency_key: str | None
    request_sha256: str
    most_rows: int


def take_in(order: Order) -> str:
    """Read an upload into the store; return the run's id. Runs in a process of the crew.

    Raises:
        EvaluatorError: the upload is bad; the message calls it `upload`, not by our name for the file.
    """
    try:
        samples = open_samples(order.path, order.problems.problem_set, order.format)
        return ingest(
            _store(order.store), samples, order.problems, order.settings,
            owner=order.owner, model=order.model, name=order.name, idempotency_key=order.idempotency_key,
            request_sha256=order.request_sha256, most_rows=order.most_rows,
        )  # fmt: skip
    except EvaluatorError as bad:
        told = str(bad).replace(str(order.path), "upload").replace("--problems", "'problems'")
        told = told.replace("--ignore-incomplete", "'ignore_incomplete'").replace("--format", "'format'")
        raise type(bad)(told) from None
    except RecursionError:
        raise SamplesError("upload: nested too deep to be read") from None


_OPEN: Final[dict[str, Store]] = {}


def _store(url: str) -> Store:
    """The store, opened once in each process of the crew."""
    if url not in _OPEN:
        _OPEN[url] = open_store(url, pool_size=2)
    return _OPEN[url]

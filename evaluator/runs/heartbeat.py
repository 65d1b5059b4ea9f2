"""Threads that tell the store, while a run is executed, that it is and how far ahead it has come."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Final

from evaluator.errors import StoreError
from evaluator.store.connection import Store
from evaluator.store.job_queue import LEASE_S, note_ahead, renew

__all__ = ["heartbeat", "noting_ahead"]

_AHEAD_S: Final = 0.4


@contextlib.contextmanager
def heartbeat(store: Store, run_id: str, worker: str) -> Iterator[None]:
    """Renew a worker's claim of a run from a thread, as one program may take longer than a claim."""

    def renew_claim() -> None:
        with contextlib.suppress(StoreError), store.write() as db:
            renew(db, run_id, worker)

    with _repeated(renew_claim, LEASE_S / 3, f"heartbeat of {run_id}"):
        yield


@contextlib.contextmanager
def noting_ahead(store: Store, run_id: str, worker: str, ahead: Callable[[], int]) -> Iterator[None]:
    """Note from a thread how many verdicts wait for an earlier one, which may take long.

    Args:
        store: where the run is.
        run_id: the run.
        worker: the name under which it was claimed.
        ahead: returns how many verdicts wait now.
    """
    noted = 0

    def note() -> None:
        nonlocal noted
        count = ahead()
        if count != noted:
            noted = count
            with contextlib.suppress(StoreError), store.write() as db:
                note_ahead(db, run_id, worker, count)

    with _repeated(note, _AHEAD_S, f"progress of {run_id}"):
        yield


@contextlib.contextmanager
def _repeated(action: Callable[[], None], every_s: float, name: str) -> Iterator[None]:
    """Repeat an action in a thread of this name until the block is left."""
    over = threading.Event()

    def repeat() -> None:
        while not over.wait(every_s):
            action()

    thread = threading.Thread(target=repeat, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()

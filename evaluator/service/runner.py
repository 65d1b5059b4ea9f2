"""A process that executes stored runs, one after the other: `python -m evaluator.service.runner`.

The service starts some and watches them; more can run anywhere the store is reached. One ends well when its
standard input does, or on SIGTERM: it writes what is scored and puts its run back.
"""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import structlog

from evaluator.errors import ProblemsError, StoreError, UsageError
from evaluator.executors import ClusterError
from evaluator.runs.execute import RunExit, execute_run
from evaluator.service.logs import set_up_logs
from evaluator.service.settings import ServiceSettings
from evaluator.service.tracing import span
from evaluator.store import RunState, Store, open_store
from evaluator.store.job_queue import (
    claim,
    other_owners_waiting,
    release,
    retry_later,
    runs_beside,
    this_worker,
)
from evaluator.store.runs import end_run, get_run
from sandbox import CheckError, IsolationError

__all__ = ["Runner", "main"]

_LOG: Final = structlog.get_logger("passlaw.runner")
_IDLE_S: Final = 0.3
_FAILURES: Final = 5
_CLUSTER_WAIT_S: Final = 30.0
_NICE: Final = 5
_LOOK_S: Final = 0.5
_GROW_S: Final = 5.0


class Runner:
    """Claim runs and execute them until told to stop."""

    def __init__(self, store: Store, settings: ServiceSettings, stopping: threading.Event) -> None:
        self._store = store
        self._settings = settings
        self._stopping = stopping
        self._worker = this_worker()

    def work(self) -> None:
        """Claim and execute runs until told to stop."""
        while not self._stopping.is_set():
            try:
                worked = self._one()
            except StoreError as error:
                _LOG.error("store failed", error=str(error))
                worked = False
            if not worked:
                self._stopping.wait(_IDLE_S)

    def _one(self) -> bool:
        with self._store.write() as db:
            run_id = claim(self._store, db, self._worker)
        if run_id is None:
            return False
        _LOG.info("working", run=run_id)
        try:
            with span("run", {"passlaw.run": run_id}):
                ending = self._execute(run_id)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever fails must not take the other runs along
            self._failed(run_id, error)
            return True
        if ending is RunExit.STOPPED:
            with self._store.write() as db:
                release(db, run_id, self._worker)
        _LOG.info("worked", run=run_id, ending=ending.value)
        return True

    def _execute(self, run_id: str) -> RunExit:
        """Work on a run, with all workers while it is the only one, and with its share when others come.

        The run stays claimed when its share changes: what is scored is written, and it goes on with another
        sandbox.
        """
        make_way = self._preempt_after_time_slice(run_id)
        while True:
            share = _Share(self._settings, lambda: self._beside(run_id))
            where = replace(share.where, tell=lambda said: _LOG.warning("cluster", said=said))
            ending = execute_run(
                self._store,
                run_id,
                self._worker,
                where=where,
                stop=lambda share=share: make_way() or share.has_changed(),  # type: ignore[misc]
            )
            if ending is not RunExit.STOPPED or not share.changed or self._stopping.is_set():
                return ending
            _LOG.info("another share", run=run_id, workers=where.workers)

    def _beside(self, run_id: str) -> int:
        with self._store.read() as db:
            return runs_beside(db, run_id)

    def _preempt_after_time_slice(self, run_id: str) -> Callable[[], bool]:
        """Return whether to stop: on request, or after the time slice if another user waits."""
        until = time.monotonic() + self._settings.slice_s
        with self._store.read() as db:
            run = get_run(db, run_id)
        owner = run.owner if run else ""

        def stop() -> bool:
            nonlocal until
            if self._stopping.is_set():
                return True
            if time.monotonic() < until:
                return False
            until = time.monotonic() + self._settings.slice_s
            with self._store.read() as db:
                return other_owners_waiting(db, owner)

        return stop

    def _failed(self, run_id: str, error: Exception) -> None:
        """Queue the run again for later, unless a retry cannot help."""
        hopeless = isinstance(error, CheckError | IsolationError | ProblemsError)
        _LOG.error("failed", run=run_id, error=str(error), exc_info=not hopeless)
        with self._store.write() as db:
            if isinstance(error, ClusterError | UsageError):  # the run waits for the cluster to be back
                retry_later(db, run_id, self._worker, wait_s=_CLUSTER_WAIT_S)
                return
            failures = retry_later(db, run_id, self._worker, wait_s=1.0)
            if hopeless or failures >= _FAILURES:
                end_run(db, run_id, RunState.FAILED, f"{type(error).__name__}: {error}"[:2000])


class _Share:
    """What one run has of this machine's workers, and whether it ought to have more or less by now.

    Less is due at once, so that two runs do not have more than there are. More is worth a new sandbox only to
    a run that has gone on for a while, and that nobody has come beside meanwhile.
    """

    def __init__(self, settings: ServiceSettings, beside: Callable[[], int]) -> None:
        self._settings = settings
        self._beside = beside
        self.where = settings.where(beside())
        self.changed = False
        self._crowded = self._looked = time.monotonic()

    def has_changed(self) -> bool:
        """Look, now and then; once it has changed, that stays so."""
        now = time.monotonic()
        if self.changed or now < self._looked + _LOOK_S:
            return self.changed
        self._looked = now
        due, has = self._settings.where(self._beside()).workers or 0, self.where.workers or 0
        if due <= has:
            self._crowded = now
        self.changed = due < has or (due > has and now > self._crowded + _GROW_S)
        return self.changed


def main() -> None:
    """Start a runner with settings from the environment."""
    settings = ServiceSettings()
    set_up_logs(settings)
    with contextlib.suppress(OSError):
        os.nice(_NICE)  # answers go before work; budgets are in CPU time, so no verdict depends on it
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: the service tells
    threading.Thread(target=_await_end, args=(stopping,), daemon=True).start()
    store = open_store(settings.store, pool_size=3)
    Runner(store, settings, stopping).work()
    store.close()


def _await_end(stopping: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stopping.set()


if __name__ == "__main__":
    main()

"""Processes for heavy work, and for reading untrusted uploads."""

import asyncio
import contextlib
import ctypes
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from evaluator.service.error_responses import HTTPProblemError

__all__ = ["ProcessPool"]

T = TypeVar("T")


class ProcessPool:
    """A pool of fresh interpreters, started when first needed and replaced if one dies."""

    def __init__(self, size: int = 2) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._pool: Executor | None = None

    async def run(self, limit_s: float, work: Callable[..., T], *arguments: Any) -> T:  # noqa: ANN401
        """Have `work` done over there; arguments and result are copied.

        Raises:
            HTTPProblemError: it took too long, or its process died.
            Exception: what `work` raised.
        """
        pool = self._living()
        future = asyncio.wrap_future(pool.submit(work, *arguments))
        try:
            return await asyncio.wait_for(future, limit_s)
        except TimeoutError:
            self._replace(pool)
            raise HTTPProblemError(503, f"this took more than {limit_s:g} s; ask for less at once") from None
        except BrokenProcessPool:
            self._replace(pool)
        # A pool process died and any task may have killed it: retry this one in a fresh single-process pool.
        alone = ProcessPool(1)
        try:
            return await asyncio.wait_for(
                asyncio.wrap_future(alone._living().submit(work, *arguments)), limit_s
            )
        except (BrokenProcessPool, TimeoutError):
            raise HTTPProblemError(
                422, "the process that read this input crashed; check that the file is complete"
            ) from None
        finally:
            alone.close()

    def close(self) -> None:
        """End the processes; what they were at is lost."""
        if (pool := self._pool) is not None:
            self._replace(pool)
            pool.shutdown(wait=True)

    def _living(self) -> Executor:
        with self._lock:
            if self._pool is None:
                context = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(
                    self._size, mp_context=context, initializer=_begin, initargs=(os.getpid(),)
                )
            return self._pool

    def _replace(self, pool: Executor) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
        processes = list((getattr(pool, "_processes", None) or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()


def _begin(parent: int) -> None:
    """End with the service, and leave it to the service to hear of an interrupt."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.nice(5)  # answers go first
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)

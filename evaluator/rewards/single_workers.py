"""Sandboxes of one worker each, for small batches that come while others are scored."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sandbox import Sandbox
from sandbox.closing import ClosedOnExit

__all__ = ["SingleWorkers"]


class SingleWorkers(ClosedOnExit):
    """Up to a number of sandboxes, opened as they are needed. Any thread may take some.

    Args:
        open_one: opens a sandbox of one worker.
        most: how many there are at most.
    """

    def __init__(self, open_one: Callable[[], Sandbox], most: int) -> None:
        self._open_one = open_one
        self._most = most
        self._free: list[Sandbox] = []
        self._taken = 0
        self._waiting = 0
        self._closed = False
        self._changed = threading.Condition()

    def close(self) -> None:
        """End the free ones now and the others as they are given back; may be called again."""
        with self._changed:
            self._closed = True
            free, self._free = self._free, []
        for box in free:
            box.close()

    @contextmanager
    def places(self, wanted: int) -> Iterator[int]:
        """Reserve at least one sandbox and at most as many as wanted; yields how many.

        As many stay free as others wait for.
        """
        with self._changed:
            self._waiting += 1
            self._changed.wait_for(lambda: self._taken < self._most)
            self._waiting -= 1
            count = max(1, min(wanted, self._most - self._taken - self._waiting))
            self._taken += count
        try:
            yield count
        finally:
            with self._changed:
                self._taken -= count
                self._changed.notify(count)

    @contextmanager
    def sandbox(self) -> Iterator[Sandbox]:
        """Yield one of the sandboxes that were reserved; opened here if none is free.

        Raises:
            SandboxError: it cannot be opened.
        """
        with self._changed:
            box = self._free.pop() if self._free else None
        box = box or self._open_one()
        try:
            yield box
        finally:
            with self._changed:
                keep = not self._closed
                if keep:
                    self._free.append(box)
            if not keep:
                box.close()

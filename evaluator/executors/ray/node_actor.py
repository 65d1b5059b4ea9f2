"""The Ray actor of a node: one sandbox that runs batches as they arrive.

Batches that wait are run as one stream, so that workers are not idle between two. Everything that comes in or
goes out is bytes; what fails here is told as data and not raised.
"""

import importlib.metadata
import platform
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import asdict
from queue import Empty, SimpleQueue
from typing import Any, Final

from evaluator.executors.ray.serialization import (
    from_bytes,
    to_bytes,
    unpack_check,
    unpack_options,
)
from sandbox import Audit, Check, IsolationError, Program, Sandbox, SandboxError, open_sandbox
from sandbox.source_hash import sandbox_code

__all__ = ["Node"]

_CHECK_WAIT_S: Final = 60.0
_COUNTS: Final = ("verified", "confirmed", "audited", "disagreed")


class _Batch:
    """A batch on its way through the sandbox."""

    __slots__ = ("done", "found", "rows")

    def __init__(self, rows: list[tuple[int, Check, str]]) -> None:
        self.rows = rows
        self.found: list[tuple[object, ...]] = []
        self.done: Future[bytes] = Future()


class Node:
    """A node's sandbox. Methods may be called at the same time from several threads."""

    def __init__(self) -> None:
        self._box: Sandbox | None = None
        self._audit = Audit(0.0, 0)
        self._checks: dict[int, Check] = {}
        self._learned = threading.Condition()
        self._queue: SimpleQueue[_Batch | None] = SimpleQueue()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="sandbox", daemon=True)

    def open(self, conditions: bytes) -> bytes:
        """Open the sandbox; return its description, or the reason why it cannot be opened."""
        about = {"passlaw": importlib.metadata.version("passlaw"), "code": sandbox_code()}
        about["host"] = platform.node()
        given = unpack_options(conditions)
        if given is None:  # the driver compares the code too, and refuses this node
            return to_bytes(about)
        options, workers = given
        try:
            self._box = open_sandbox(workers, options)
        except (SandboxError, ValueError, OSError) as error:
            return to_bytes({**about, "error": str(error), "isolation": isinstance(error, IsolationError)})
        self._audit = Audit(options.audit, 0)
        self._thread.start()
        return to_bytes({**about, "description": self._box.description.as_dict()})

    def score(self, batch: bytes, numbers: list[int], *checks: bytes) -> bytes:
        """Run a batch, and learn the checks that come with it under their numbers; returns the outcomes."""
        with self._learned:
            self._checks.update(zip(numbers, map(unpack_check, checks), strict=True))
            self._learned.notify_all()
        rows = from_bytes(batch)
        with self._learned:  # batches may overtake each other on the way
            if not self._learned.wait_for(lambda: all(row[1] in self._checks for row in rows), _CHECK_WAIT_S):
                return to_bytes({"error": "a check has not arrived", "kind": "SandboxError"})
            known = [(number, self._checks[check], source) for number, check, source in rows]
        waiting = _Batch(known)
        self._queue.put(waiting)
        return waiting.done.result()

    def close(self) -> bytes:
        """End the sandbox and all that runs in it."""
        self._closing = True
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join()
        if self._box is not None:
            self._box.close()
        return b""

    def _work(self) -> None:
        while (batch := self._queue.get()) is not None and not self._closing:
            stream: deque[_Batch] = deque()
            try:
                self._through(batch, stream)
            except Exception as error:  # noqa: BLE001 - whatever it is, the driver waits to be told
                told = to_bytes({"error": str(error), "kind": type(error).__name__, "audit": self._news()})
                for each in stream:
                    each.done.set_result(told)

    def _through(self, batch: _Batch, stream: deque[_Batch]) -> None:
        """Run a batch and whatever arrives until there is nothing to do."""
        assert self._box is not None
        outcomes = self._box.run_numbered(self._programs(batch, stream))
        try:
            for outcome in outcomes:
                if self._closing:
                    break
                first = stream[0]
                first.found.append(outcome.to_plain())
                if len(first.found) == len(first.rows):
                    stream.popleft().done.set_result(
                        to_bytes({"outcomes": first.found, "audit": self._news()})
                    )
        finally:
            outcomes.close()  # type: ignore[attr-defined] # a generator: what still runs is given up

    def _programs(self, batch: _Batch | None, stream: deque[_Batch]) -> Iterator[tuple[int, Program]]:
        while batch is not None:
            stream.append(batch)
            for number, check, source in batch.rows:
                yield number, Program(source, check)
            try:
                batch = self._queue.get_nowait()
            except Empty:
                return
            if batch is None:
                self._queue.put(None)  # for `_work`

    def _news(self) -> dict[str, Any]:
        """Return the audit results since the previous call."""
        assert self._box is not None
        now, before = asdict(self._box.audit), asdict(self._audit)
        self._audit = Audit(**now)
        counts = {name: now[name] - before[name] for name in _COUNTS}
        return counts | {"disagreements": now["disagreements"][len(before["disagreements"]) :]}

"""Turns at a bounded number of slots: keys take turns, waiting is bounded, and 429 says when to come back.

Who waits here holds no thread. It is refused at once where its turn would come too late, by the time that
turns have taken so far.
"""

import asyncio
import math
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from evaluator.service.error_responses import HTTPProblemError

__all__ = ["Turns"]

_WEIGHT_OF_LAST: Final = 0.2
_LONGEST_ADVICE_S: Final = 600


class Turns:
    """Slots that requests use one after the other. Use it from one event loop.

    Args:
        slots: how many are used at once.
        wait_s: how long a request may wait for its turn.
        most_waiting: how many requests may wait, of all keys together.
    """

    def __init__(self, slots: int, *, wait_s: float, most_waiting: int) -> None:
        self._free = slots
        self._slots = slots
        self._wait_s = wait_s
        self._most_waiting = most_waiting
        self._queues: dict[str, deque[asyncio.Future[None]]] = {}  # in the order in which keys are served
        self._turn_s = 0.0

    @property
    def waiting(self) -> int:
        """Return how many requests wait."""
        return sum(map(len, self._queues.values()))

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[None]:
        """Wait for a slot and hold it for the block.

        Args:
            key: whose request it is; the next slot goes to the key that was served longest ago.

        Raises:
            HTTPProblemError: 429 with `Retry-After`: too many wait, or the turn did not come in time.
        """
        await self._wait(key)
        started = time.monotonic()
        try:
            yield
        finally:
            took = time.monotonic() - started
            self._turn_s += _WEIGHT_OF_LAST * (took - self._turn_s) if self._turn_s else took
            self._pass_on()

    async def _wait(self, key: str) -> None:
        if self._free:
            self._free -= 1
            return
        before = self._before(key)
        if self.waiting >= self._most_waiting or before * self._turn_s / self._slots > self._wait_s:
            raise self._refusal(before)
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue = self._queues.setdefault(key, deque())
        queue.append(mine)
        try:
            async with asyncio.timeout(self._wait_s):
                await mine
        except BaseException as error:
            if mine.done() and not mine.cancelled():  # the turn came as the wait ended
                self._pass_on()
            elif mine in queue:
                queue.remove(mine)
                if not queue:
                    self._queues.pop(key, None)
            if isinstance(error, TimeoutError):
                raise self._refusal(self._before(key)) from None
            raise

    def _before(self, key: str) -> int:
        """Return how many turns come before the next one of a key that would queue now."""
        own = len(self._queues.get(key, ())) + 1
        return sum(min(len(queue), own) for queue in self._queues.values()) + 1

    def _refusal(self, before: int) -> HTTPProblemError:
        retry_s = min(_LONGEST_ADVICE_S, max(1, math.ceil(before * self._turn_s / self._slots)))
        return HTTPProblemError(
            429,
            f"every worker is busy and {self.waiting} requests wait; try again in {retry_s} s, or send less "
            "at once",
            {"Retry-After": str(retry_s)},
        )

    def _pass_on(self) -> None:
        while self._queues:
            key, queue = next(iter(self._queues.items()))
            del self._queues[key]
            mine = queue.popleft()
            if queue:
                self._queues[key] = queue  # behind all others
            if not mine.done():
                mine.set_result(None)
                return
        self._free += 1

"""Pauses between tries that grow, until the time for trying is over."""

import secrets
import time
from typing import Final

from evaluator.client.responses import ServiceError

__all__ = ["Backoff"]

_LONGEST_WAIT_S: Final = 20.0


class Backoff:
    """Pauses between tries, each twice as long as the last, until `retry_for_s` seconds have gone by."""

    def __init__(self, retry_for_s: float) -> None:
        self._until = time.monotonic() + retry_for_s
        self._next_s = 0.1

    def wait(self, error: ServiceError) -> None:
        """Pause before the next try; raise the error if the time is over."""
        if time.monotonic() + self._next_s > self._until:
            raise error
        # Half of the pause is random, so that many clients do not come back at once.
        time.sleep(self._next_s * (0.5 + secrets.randbelow(500) / 1000))
        self._next_s = min(2 * self._next_s, _LONGEST_WAIT_S)

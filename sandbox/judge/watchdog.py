"""What another process knows of the judge: its CPU-time limit, and whether it runs a problem's checker."""

import contextlib
import math
import mmap
import struct
import time
from collections.abc import Iterator

__all__ = ["Watchdog", "cpu_s_of"]

_WATCHED = struct.Struct("<dQ")
_CHECKING = _WATCHED.size  # the place of a byte: whether a checker runs


def cpu_s_of(pid: int) -> float:
    """Return the CPU seconds of a process and all its threads; raise `OSError` if it is gone."""
    # The kernel's name for another process's CPU clock: the inverted pid above its kind (CPUCLOCK_SCHED).
    return time.clock_gettime((~pid << 3) | 2)


class Watchdog:
    """A limit on the CPU time that a judge may spend on one program; another process enforces it.

    The page is shared with the process that watches. A program cannot make the judge run its code, but it can
    return a value that keeps a test busy for ever, in one call that no signal handler interrupts. Then the
    judge can only be ended from outside.
    """

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, mmap.PAGESIZE)
        self.disarm()

    def arm(self, serial: int, cpu_s: float) -> None:
        """Allow the judge, which calls this, so many CPU seconds for a program."""
        _WATCHED.pack_into(self._page, 0, time.process_time() + cpu_s, serial)

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Exclude what the judge does in this context from the limit."""
        until, serial = _WATCHED.unpack_from(self._page)
        then = time.process_time()
        self.disarm()
        try:
            yield
        finally:
            _WATCHED.pack_into(self._page, 0, until + time.process_time() - then, serial)

    @contextlib.contextmanager
    def checking(self) -> Iterator[None]:
        """Note that a problem's checker runs in this context, which could end the judge's process."""
        self._page[_CHECKING] = 1
        try:
            yield
        finally:
            self._page[_CHECKING] = 0

    def checked(self) -> int | None:
        """Return the program whose output a checker was judging when the judge ended, if one was."""
        serial: int = _WATCHED.unpack_from(self._page)[1]
        return serial if self._page[_CHECKING] else None

    def disarm(self) -> None:
        """Lift the limit: the judge is busy with no program."""
        _WATCHED.pack_into(self._page, 0, math.inf, 0)

    def expired(self, judge: int) -> int | None:
        """Return the program on which the judge has exceeded its limit, if there is one."""
        seen = until, serial = _WATCHED.unpack_from(self._page)
        late = cpu_s_of(judge) > until and seen == _WATCHED.unpack_from(self._page)
        return serial if late else None

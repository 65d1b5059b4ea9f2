"""A CPU-time limit on the judge that another process enforces."""

import contextlib
import math
import mmap
import struct
import time
from collections.abc import Iterator

__all__ = ["Watch", "cpu_s_of"]

_WATCHED = struct.Struct("<dQ")


def cpu_s_of(pid: int) -> float:
    """Return the CPU seconds of a process and all its threads; raises `OSError` if it is gone."""
    # The kernel's name for another process's CPU clock: the inverted pid above its kind (CPUCLOCK_SCHED).
    return time.clock_gettime((~pid << 3) | 2)


class Watch:
    """Until when, by its own CPU clock, a judge may be busy with one program.

    Shared with the process that watches. A program cannot make the judge run its code, but it can return what
    takes a test for ever to add up, in one call that no signal handler interrupts. The judge then can only be
    ended from outside.
    """

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, mmap.PAGESIZE)
        self.rest()

    def begin(self, serial: int, cpu_s: float) -> None:
        """Note, in the judge, that it may use this many CPU seconds for this program."""
        _WATCHED.pack_into(self._page, 0, time.process_time() + cpu_s, serial)

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Have what the judge does meanwhile count for no program."""
        until, serial = _WATCHED.unpack_from(self._page)
        then = time.process_time()
        self.rest()
        try:
            yield
        finally:
            _WATCHED.pack_into(self._page, 0, until + time.process_time() - then, serial)

    def rest(self) -> None:
        """Note that the judge is not busy with any."""
        _WATCHED.pack_into(self._page, 0, math.inf, 0)

    def overdue(self, judge: int) -> int | None:
        """Return, in the process that watches, the program that keeps the judge too long, if one does."""
        seen = until, serial = _WATCHED.unpack_from(self._page)
        late = cpu_s_of(judge) > until and seen == _WATCHED.unpack_from(self._page)
        return serial if late else None

"""How long a program has really had: wall time less the time it waited for a core, or for the judge.

The kernel counts, for every task, the time it was ready to run and did not (`/proc/PID/schedstat`). Less
that, wall time means the same on a busy machine as on an idle one, and a program that sleeps can be told from
one that is starved.
"""

import contextlib
import math
import mmap
import os
import struct
import time
from collections.abc import Iterator

__all__ = ["FairClock", "Watch", "cpu_s_of"]

_WATCHED = struct.Struct("<dQ")


class FairClock:
    """Measures from its creation.

    Args:
        own_pids: the judge's and the zygote's in this /proc; 0 for a zygote whose programs it does not show.
    """

    def __init__(self, own_pids: frozenset[int]) -> None:
        self._own = own_pids
        self._started = time.monotonic()
        self._judge_cpu = time.process_time()

    def wall_s(self) -> float:
        """Return the seconds gone by."""
        return time.monotonic() - self._started

    def fair_s(self) -> float | None:
        """Return the seconds that the program had for itself; None where the kernel does not tell.

        Where it has several tasks, each one's waiting is subtracted, which can only favour it.
        """
        if 0 in self._own:
            return None
        judge_cpu = time.process_time() - self._judge_cpu
        try:
            starved = sum(_starved_s(f"/proc/{pid}/task") for pid in os.listdir("/proc") if self._counts(pid))
        except (OSError, ValueError, IndexError):
            return None
        return self.wall_s() - judge_cpu - starved

    def excuse(self, wall_s: float, judge_cpu_s: float) -> None:
        """Leave out of all that follows what the judge did on its own account."""
        self._started += wall_s
        self._judge_cpu += judge_cpu_s

    def _counts(self, pid: str) -> bool:
        return pid.isdigit() and int(pid) not in self._own


def _starved_s(tasks: str) -> float:
    total = 0
    for task in os.listdir(tasks):
        with open(f"{tasks}/{task}/schedstat", "rb") as file:
            total += int(file.read().split()[1])
    return total / 1e9


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

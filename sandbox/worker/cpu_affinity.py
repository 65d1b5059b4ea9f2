"""Pin a worker's processes to one CPU, and move them when that CPU is busy.

Judge, zygote and program take turns. By itself the scheduler spreads them over idle CPUs, and every turn is
then a message from CPU to CPU, with cold caches: two workers on two virtual CPUs judge programs in dedicated
processes a quarter faster when each keeps to its CPU.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

__all__ = ["CpuPin"]

_CROWDED: Final = 0.25  # of the time, waiting for the core: more is too much
_IDLE: Final = 0.5  # of the time: a core that did nothing so long is free
_TICK_NS: Final = 1_000_000_000 // os.sysconf("SC_CLK_TCK")


class CpuPin:
    """The CPU that this process and its descendants are pinned to.

    Args:
        place: tells workers that start together apart, so that they begin on different cores.
    """

    def __init__(self, place: int) -> None:
        self._allowed = sorted(os.sched_getaffinity(0))
        own = self._allowed[place % len(self._allowed)]
        self._waited: dict[str, int] = {}
        self._idle: dict[int, int] = {}
        self._whole = 0
        if len(self._allowed) > 1:
            try:
                os.sched_setaffinity(0, {own})
            except OSError:  # what surrounds this process does not let it choose
                self._allowed = [own]

    def rebalance(self, root: int) -> None:
        """Move a process and its descendants to an idle CPU if they had to wait for this one."""
        if len(self._allowed) == 1:
            return
        before, self._waited = self._waited, {}
        idle_before, whole_before = self._idle, self._whole
        with contextlib.suppress(OSError, ValueError, IndexError):  # a process that ended meanwhile
            self._waited = dict(_waiting(root))
            self._idle, self._whole = _idle_ticks()
            gone_by = self._whole - whole_before
            waited = sum(ns - before.get(task, 0) for task, ns in self._waited.items())
            if not idle_before or waited < _CROWDED * gone_by * _TICK_NS:
                return
            free = max(self._allowed, key=lambda core: self._idle[core] - idle_before.get(core, 0))
            if self._idle[free] - idle_before.get(free, 0) > _IDLE * gone_by:
                for task in self._waited:
                    with contextlib.suppress(OSError):
                        os.sched_setaffinity(int(task), {free})


def _waiting(pid: int) -> Iterator[tuple[str, int]]:
    """Yield each task of a process and all below it, with the nanoseconds it has waited for a core."""
    for folder in Path(f"/proc/{pid}/task").iterdir():
        yield folder.name, int((folder / "schedstat").read_text().split()[1])
        for child in (folder / "children").read_text().split():
            yield from _waiting(int(child))


def _idle_ticks() -> tuple[dict[int, int], int]:
    """Return the ticks that each core has been idle, and those that have gone by for one."""
    idle: dict[int, int] = {}
    whole = 0
    for line in Path("/proc/stat").read_text().splitlines():
        if line.startswith("cpu") and line[3].isdigit():
            name, *ticks = line.split()
            numbers = [int(each) for each in ticks[:8]]
            idle[int(name[3:])] = numbers[3] + numbers[4]
            whole = max(whole, sum(numbers))
    return idle, whole

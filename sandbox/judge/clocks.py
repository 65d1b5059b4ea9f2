"""Measure how long a program really ran: wall time less the time it waited for a CPU or for the judge.

The kernel counts, for every task, the time it was ready to run and did not (`/proc/PID/schedstat`). Less
that, wall time means the same on a busy machine as on an idle one, and a program that sleeps can be told from
one that is starved.
"""

import os
import time

__all__ = ["FairClock"]


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
        """Exclude time that the judge spent on its own work from all later readings."""
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

"""Decide whether it pays to try a program in the shared process before it gets its own process.

The shared process may fail a program and never pass it. Trying a program that fails saves a process. Trying
one that passes, or that cannot be decided there, is wasted, and costs more the longer the program runs. The
estimate uses the outcomes of programs of the same check and of the whole run. A wrong estimate costs only
time.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from sandbox.program import Check

__all__ = ["Sharing"]

# CPU seconds of all processes together, on a machine where a program's own process takes .85 ms before the
# program has done anything: `benchmarks/mixed_shares.py` prints what the choice comes to.
SAVED_S: Final = 0.95e-3  # by a try that settles a program; it is more, as chance is to be allowed for
TRY_S: Final = 0.25e-3  # of one that does not, beside the time that the program itself takes
_OWN_PROCESS_S: Final = 0.85e-3  # of the time of a program with a process of its own
_MOST_S: Final = 20e-3  # that one program counts for

_PRIOR: Final = 6.0, 8.0, 6 * 0.5e-3  # before anything is known, a try does not pay
_WEIGHT: Final = 2.0  # of the run at large, in programs, beside those of the same check
_CHECKS: Final = 4096
_MEMORY: Final = 512.0  # programs of the run at large; beyond, older ones count for less
_MEMORY_OF_CHECK: Final = 64.0


@dataclass(slots=True)
class _Tally:
    """Counts of programs.

    Attributes:
        own: how many needed processes of their own.
        all: how many there were.
        ran_s: CPU seconds that the former took.
    """

    own: float
    all: float
    ran_s: float

    def add(self, ran_s: float | None, memory: float) -> None:
        if self.all >= memory:
            self.own, self.all, self.ran_s = self.own / 2, self.all / 2, self.ran_s / 2
        self.all += 1
        if ran_s is not None:
            self.own += 1
            self.ran_s += ran_s


class Sharing:
    """Statistics of programs that needed their own processes."""

    def __init__(self) -> None:
        self._at_large = _Tally(*_PRIOR)
        self._of_check: OrderedDict[Check, _Tally] = OrderedDict()

    def learn(self, check: Check, *, own: bool, ran_s: float = 0.0, tried: bool = True) -> None:
        """Record a program.

        Args:
            check: its check.
            own: whether it passed, or could not be decided in the shared process.
            ran_s: CPU seconds that it took.
            tried: whether it ran in the shared process; if not, `ran_s` includes the start of a process.
        """
        if not tried:
            ran_s = max(0.0, ran_s - _OWN_PROCESS_S)
        wasted_s = min(ran_s, _MOST_S) if own else None
        self._at_large.add(wasted_s, _MEMORY)
        tally = self._of_check.get(check)
        if tally is None:
            tally = self._of_check[check] = _Tally(0.0, 0.0, 0.0)
            if len(self._of_check) > _CHECKS:
                self._of_check.popitem(last=False)
        tally.add(wasted_s, _MEMORY_OF_CHECK)

    def pays(self, check: Check) -> bool:
        """Return whether the next program of a check should run in the shared process first."""
        large = self._at_large
        weight = _WEIGHT / large.all
        own, settled, ran_s = weight * large.own, weight * (large.all - large.own), weight * large.ran_s
        if tally := self._of_check.get(check):
            own, settled, ran_s = own + tally.own, settled + tally.all - tally.own, ran_s + tally.ran_s
        return own * TRY_S + ran_s < settled * SAVED_S

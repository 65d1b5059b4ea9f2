"""Whether it pays to try a program in the shared process before it gets a process of its own.

The shared process may fail a program but never pass it, so a program that passes costs both. What programs of
the same check came to, and programs of this run at large, tells which way is cheaper. A wrong guess costs
time alone.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from sandbox.program import Check

__all__ = ["Sharing"]

# Trying pays as long as well fewer than half of the programs go on to a process of their own. Near a half it
# costs time, as groups become small where programs of both kinds alternate; a lower bound cost more elsewhere
# (docs/benchmarks.md).
_MOST_THAT_GO_ON: Final = 0.5
_PRIOR: Final = 6.0, 8.0  # programs that went on, of so many: before anything is known, it does not pay
_WEIGHT: Final = 2.0  # of the run at large, in programs, beside those of the same check
_CHECKS: Final = 4096
_MEMORY: Final = 512.0  # programs of the run at large; beyond, older ones count for less
_MEMORY_OF_CHECK: Final = 64.0


@dataclass(slots=True)
class _Share:
    """How many programs needed a process of their own, and how many there were."""

    own: float
    all: float

    def add(self, own: bool, memory: float) -> None:  # noqa: FBT001 - one of two counts
        if self.all >= memory:
            self.own, self.all = self.own / 2, self.all / 2
        self.own += own
        self.all += 1


class Sharing:
    """What is known of programs that needed processes of their own."""

    def __init__(self) -> None:
        self._at_large = _Share(*_PRIOR)
        self._of_check: OrderedDict[Check, _Share] = OrderedDict()

    def learn(self, check: Check, *, own: bool) -> None:
        """Take note of a program: whether it passed, or could not be settled in the shared process."""
        if not check.may_share:
            return
        self._at_large.add(own, _MEMORY)
        share = self._of_check.get(check)
        if share is None:
            share = self._of_check[check] = _Share(0.0, 0.0)
            if len(self._of_check) > _CHECKS:
                self._of_check.popitem(last=False)
        share.add(own, _MEMORY_OF_CHECK)

    def pays(self, check: Check) -> bool:
        """Whether the next program of a check should be tried in the shared process first."""
        if not check.may_share:
            return False
        large = self._at_large
        own, all_of_them = _WEIGHT * large.own / large.all, _WEIGHT
        if share := self._of_check.get(check):
            own, all_of_them = own + share.own, all_of_them + share.all
        return own < _MOST_THAT_GO_ON * all_of_them

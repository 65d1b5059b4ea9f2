"""Run each distinct program once and give every sample its outcome, in the order of the samples.

Two samples whose program and check are the same text would run the same, so the second takes the first's
outcome. Memory is bounded: the most recent distinct programs are remembered, by hash.
"""

import hashlib
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Generic, NamedTuple, TypeVar

from sandbox import Outcome, Program

__all__ = ["WINDOW", "DuplicateWindow", "ScoredOutcome", "run_unique"]

WINDOW: Final = 1 << 16

T = TypeVar("T")
RunPrograms = Callable[[Iterable[Program]], Iterator[Outcome]]


class ScoredOutcome(NamedTuple):
    """A sample's outcome, and whether it is that of an identical sample before it."""

    outcome: Outcome
    reused: bool


class DuplicateWindow(Generic[T]):
    """Return the most recent distinct keys, each with a value.

    Args:
        size: keys that are remembered; the one that was seen longest ago is dropped first.
    """

    def __init__(self, size: int = WINDOW) -> None:
        self._size = size
        self._recent: OrderedDict[bytes, T] = OrderedDict()

    def get(self, key: bytes) -> T | None:
        """Return the value of a key that is remembered, else None."""
        value = self._recent.get(key)
        if value is not None:
            self._recent.move_to_end(key)
        return value

    def add(self, key: bytes, value: T) -> None:
        """Add a key that is not in the window."""
        self._recent[key] = value
        if len(self._recent) > self._size:
            self._recent.popitem(last=False)


class _Slot:
    """Where the outcome of one distinct program will be."""

    __slots__ = ("outcome", "taken")

    def __init__(self) -> None:
        self.outcome: Outcome | None = None
        self.taken = False


def run_unique(
    run: RunPrograms, programs: Iterable[Program], *, window: int = WINDOW
) -> Iterator[ScoredOutcome]:
    """Yield an outcome for every program, in order, running those not seen among the last `window` ones.

    Args:
        run: runs programs and yields their outcomes in the same order, as a sandbox's `run` does.
        programs: read as `run` asks for them.
        window: distinct programs remembered; 0 runs every one.
    """
    waiting: deque[_Slot] = deque()  # one for each sample not yet handed over
    running: deque[_Slot] = deque()  # one for each program that `run` has taken
    recent = DuplicateWindow[_Slot](window)

    def distinct() -> Iterator[Program]:
        for program in programs:
            key = _key(program) if window else b""
            slot = recent.get(key)
            if slot is None:
                slot = _Slot()
                running.append(slot)
                if window:
                    recent.add(key, slot)
                waiting.append(slot)
                yield program
            else:
                waiting.append(slot)

    for outcome in run(distinct()):
        running.popleft().outcome = outcome
        yield from _ready(waiting)
    yield from _ready(waiting)


def _ready(waiting: deque[_Slot]) -> Iterator[ScoredOutcome]:
    while waiting and (outcome := waiting[0].outcome) is not None:
        slot = waiting.popleft()
        yield ScoredOutcome(outcome, slot.taken)
        slot.taken = True


def _key(program: Program) -> bytes:
    # Check objects are shared between a problem's programs, and alive for the whole run.
    digest = hashlib.blake2b(program.source.encode("utf-8", "surrogatepass"), digest_size=16)
    return digest.digest() + id(program.check).to_bytes(8, "little")

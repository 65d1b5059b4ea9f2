"""Which program goes to which worker next.

Programs of one check stay with one worker as long as the others have something else to do: it then makes the
check ready, learns what it asks and asks its reference, and nobody else does. Programs that need processes of
their own go many at a time, for the process that others share ends before each.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Final

from sandbox.program import Check, Program
from sandbox.seat import Job, Seat

__all__ = ["Schedule"]

_LOOK_AHEAD: Final = 4096
_KEPT: Final = 512  # programs that wait for one worker because it knows their check
_OWNED: Final = 4096  # checks; a stream may have a new one in every row
_APART: Final = 32  # programs that need processes of their own, before one worker turns to them
_LAST: Final = 64


class Schedule:
    """The programs of a run that no worker has.

    Args:
        seats: the workers' places.
        programs: each with its number for the audit; read as workers need them.
        shared: whether they may share a process.

    Attributes:
        yielded: how many outcomes have left; programs are read so far ahead of that and no further.
    """

    def __init__(
        self, seats: Sequence[Seat], programs: Iterable[tuple[int, Program]], *, shared: bool
    ) -> None:
        self._seats = seats
        self._programs = iter(programs)
        self._shared = shared
        self._serials = count()
        self._waiting: deque[Job] = deque()
        self._kept: dict[Seat, deque[Job]] = {seat: deque() for seat in seats}
        self._owners: dict[Check, Seat] = {}
        self._apart: deque[Job] = deque()
        self._exhausted = False
        self.yielded = 0

    @property
    def is_empty(self) -> bool:
        """Whether every program has been taken."""
        return self._exhausted and not (self._waiting or self._apart or any(self._kept.values()))

    def again(self, jobs: Iterable[Job]) -> None:
        """Put jobs before all that wait, in their order."""
        self._waiting.extendleft(reversed(list(jobs)))

    def apart(self, job: Job) -> None:
        """Let a job wait for a process of its own."""
        self._apart.append(replace(job, shared=False))

    def taken(self, seat: Seat) -> Iterator[Job]:
        """Yield jobs for a seat as long as it has room for the next."""
        while (job := self._take(seat)) is not None:
            yield job

    def _take(self, seat: Seat) -> Job | None:
        if len(self._apart) >= _APART and not any(each.apart for each in self._seats):
            seat.apart = True
        elif not self._apart:
            seat.apart = False
        # Those of their own also have their turn when there is nothing else to do.
        queue = None if seat.apart else self._queue_for(seat)
        if queue is None:
            return self._take_apart(seat)
        return queue.popleft() if seat.has_room_for(queue[0]) else None

    def _queue_for(self, seat: Seat) -> deque[Job] | None:
        """Return the queue whose first job is for the seat, if any; what is others' is kept for them."""
        if self._kept[seat]:
            return self._kept[seat]
        while self._look_ahead():
            kept = self._kept[self._owner(self._waiting[0].program.check, seat)]
            if kept is self._kept[seat] or len(kept) >= _KEPT:
                return self._waiting
            kept.append(self._waiting.popleft())
        return max(self._kept.values(), key=len) or None

    def _owner(self, check: Check, seat: Seat) -> Seat:
        """Return the seat that programs of a check go to: one whose worker knows it, or else this one."""
        owner = self._owners.get(check)
        if owner is None:
            knowing = (each for each in (seat, *self._seats) if each.knows(check))
            if len(self._owners) >= _OWNED:
                self._owners.clear()
            owner = self._owners[check] = next(knowing, seat)
        return owner

    def _take_apart(self, seat: Seat) -> Job | None:
        queue = self._apart
        # The last of them go one at a time to whoever is free: none waits behind one that takes long.
        if not queue or (len(queue) < _LAST and seat.jobs):
            return None
        place = next((place for place, job in enumerate(queue) if seat.knows(job.program.check)), 0)
        if not seat.has_room_for(job := queue[place]):
            return None
        del queue[place]
        return job

    def _look_ahead(self) -> bool:
        """Whether a program waits to be run and is not too far ahead of what has been yielded."""
        if not self._waiting and not self._exhausted:
            entry = next(self._programs, None)
            if entry is None:
                self._exhausted = True
            else:
                number, program = entry
                self._waiting.append(Job(next(self._serials), program, shared=self._shared, number=number))
        return bool(self._waiting) and self._waiting[0].serial - self.yielded <= _LOOK_AHEAD

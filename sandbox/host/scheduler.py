"""Which program goes to which worker next.

Programs of one check stay with one worker as long as the others have something else to do: it then makes the
check ready, learns what it asks and asks its reference, and nobody else does. Those that were tried in the
shared process and need one of their own wait until there are some, and many where the shared process has to
end for them.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Final

from sandbox.host.sharing import Sharing
from sandbox.host.worker_slot import Job, Seat
from sandbox.leanness import may_be_lean
from sandbox.program import Check, Outcome, Program

__all__ = ["Schedule"]

_LOOK_AHEAD: Final = 4096
_KEPT: Final = 512  # programs that wait for one worker because it knows their check
_OWNED: Final = 4096  # checks; a stream may have a new one in every row
_APART: Final = 32  # programs that need processes of their own, before one worker turns to them
_APART_IF_FREE: Final = 6
_LAST: Final = 64


class Schedule:
    """The programs of a run that no worker has.

    Args:
        seats: the workers' places.
        programs: each with its number for the audit; read as workers need them.
        shared: whether they may share a process.
        turns_are_free: whether the process that programs share goes on beside a program that has its own.

    Attributes:
        yielded: how many outcomes have left; programs are read so far ahead of that and no further.
    """

    def __init__(
        self,
        seats: Sequence[Seat],
        programs: Iterable[tuple[int, Program]],
        *,
        shared: bool,
        turns_are_free: bool = False,
    ) -> None:
        self._seats = seats
        self._programs = iter(programs)
        self._sharing = Sharing() if shared else None
        self._turns_are_free = turns_are_free
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

    def learn(self, job: Job, *, own: bool) -> None:
        """Take note of a program: whether it passed, or could not be settled in the shared process."""
        if self._sharing is not None:
            self._sharing.learn(job.program.check, own=own)

    def learn_own(self, job: Job, outcome: Outcome) -> None:
        """Take note of a program that was not tried in the shared process, and what came of it on its own."""
        if self._sharing is not None:
            own = outcome.verdict.passed or not may_be_lean(job.program.source)
            self._sharing.learn(job.program.check, own=own)

    def taken(self, seat: Seat) -> Iterator[Job]:
        """Yield jobs for a seat as long as it has room for the next."""
        while (job := self._take(seat)) is not None:
            yield job

    def _take(self, seat: Seat) -> Job | None:
        if self._turns_are_free:
            seat.apart = seat.apart if self._apart and not self._ends else len(self._apart) >= _APART_IF_FREE
        elif len(self._apart) >= _APART and not any(each.apart for each in self._seats):
            seat.apart = True
        elif not self._apart:
            seat.apart = False
        # Those of their own also have their turn when there is nothing else to do.
        queue = None if seat.apart else self._queue_for(seat)
        if queue is None:
            return self._take_apart(seat)
        job = queue[0]
        if not job.tried and not job.alone:  # one that was tried has been decided about
            job.shared = self._sharing is not None and self._sharing.pays(job.program.check)
        if not seat.has_room_for(job):
            return None
        job.tried = job.shared
        return queue.popleft()

    @property
    def _ends(self) -> bool:
        """Whether only programs are left that were tried and need processes of their own."""
        return self._exhausted and not (self._waiting or any(self._kept.values()))

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
        few = len(queue) < _LAST and (self._ends or not self._turns_are_free)
        if not queue or (few and seat.jobs):
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
                self._waiting.append(Job(next(self._serials), program, shared=False, number=number))
        return bool(self._waiting) and self._waiting[0].serial - self.yielded <= _LOOK_AHEAD

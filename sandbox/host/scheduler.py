"""Which program goes to which worker next.

Programs of one check stay with one worker as long as the others have something else to do: that worker then
makes the check ready, learns which calls it makes and asks its reference, and no other does.

A program is tried in the shared process first where that pays (`sharing`). What a worker runs in the shared
process it runs by the group, and a group costs much the same however few are in it. So the programs that need
a process of their own, because trying does not pay or because they were tried, wait in a queue of their own
and never cut a group short.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final

from sandbox.host.sharing import Sharing
from sandbox.host.worker_slot import Job, Seat
from sandbox.leanness import may_be_lean
from sandbox.program import Check, Outcome, Program
from sandbox.wire.groups import GROUP

__all__ = ["Schedule"]

_LOOK_AHEAD: Final = 4096
_KEPT: Final = 512  # programs that wait for one worker because it knows their check
_OWNED: Final = 4096  # checks; a stream may have a new one in every row
_MANY: Final = 16  # programs that need processes of their own, before a worker turns to them
_MANY_IF_COSTLY: Final = 64  # the same where the shared process has to end for that
_LAST: Final = 64
_WAIT: Final = 512  # programs that may overtake one that waits for its group to be full


@dataclass(slots=True)
class _Queues:
    """The programs that wait for one worker.

    Attributes:
        undecided: those whose check this worker knows.
        group: those to be tried in the shared process, up to a group.
        own: those that need processes of their own.
        turned_to_own: whether the worker is given those, until there are none left.
    """

    undecided: deque[Job] = field(default_factory=deque)
    group: deque[Job] = field(default_factory=deque)
    own: deque[Job] = field(default_factory=deque)
    turned_to_own: bool = False

    def __bool__(self) -> bool:
        return bool(self.undecided or self.group or self.own)


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
        self._many = _MANY if turns_are_free else _MANY_IF_COSTLY
        self._serials = count()
        self._read = 0
        self._waiting: deque[Job] = deque()
        self._queues: dict[Seat, _Queues] = {seat: _Queues() for seat in seats}
        self._owners: dict[Check, Seat] = {}
        self._exhausted = False
        self.yielded = 0

    @property
    def is_empty(self) -> bool:
        """Whether every program has been taken."""
        return self._exhausted and not (self._waiting or any(self._queues.values()))

    def again(self, jobs: Iterable[Job]) -> None:
        """Put jobs before all that wait, in their order."""
        self._waiting.extendleft(reversed(list(jobs)))

    def apart(self, seat: Seat, job: Job) -> None:
        """Let a job that a seat had wait for a process of its own."""
        self._queues[seat].own.append(replace(job, shared=False, tried=True))

    def learn(self, job: Job, outcome: Outcome | None) -> None:
        """Take note of what came of a program; None where the shared process could not settle it."""
        if self._sharing is None:
            return
        own = outcome is None or outcome.verdict.passed
        if not own and not job.tried:  # it might not have been settled there
            own = not may_be_lean(job.program.source)
        ran_s = outcome.cpu_s if outcome is not None else 0.0
        self._sharing.learn(job.program.check, own=own, ran_s=ran_s, tried=job.tried)

    def taken(self, seat: Seat) -> Iterator[Job]:
        """Yield jobs for a seat as long as it has room for the next."""
        queues = self._queues[seat]
        while True:
            self._sort(seat, queues)
            if self._turns_to_own(queues):
                job = self._take_own(seat)
                if job is None:
                    return
                yield job
            elif queues.group and seat.room >= min(GROUP, len(queues.group)):
                while queues.group and seat.has_room_for(queues.group[0]):
                    job = queues.group.popleft()
                    job.shared = job.tried = True
                    yield job
                if queues.group:
                    return
            else:
                return

    def _sort(self, seat: Seat, queues: _Queues) -> None:
        """Decide about programs that are for a seat, until it has a group to try or enough of the others."""
        if queues.turned_to_own and queues.own:
            return
        enough = min(self._many, seat.room) if self._sharing is not None else 1
        while len(queues.group) < GROUP and len(queues.own) < enough:
            # From others only if this seat would have nothing to do.
            waiting = self._queue_for(seat, others=not queues.own)
            if waiting is None:
                return
            job = waiting.popleft()
            if not job.tried and self._sharing is not None:
                job.shared = self._sharing.pays(job.program.check)
            (queues.group if job.shared else queues.own).append(job)

    def _turns_to_own(self, queues: _Queues) -> bool:
        """Whether a seat is to be given programs that need processes of their own."""
        group, own = queues.group, queues.own
        if not group or not own:
            queues.turned_to_own = not group  # if there are none, to those that wait for others
        elif len(own) >= self._many and self._read - group[0].serial <= _WAIT:
            queues.turned_to_own = True
        return queues.turned_to_own

    def _queue_for(self, seat: Seat, *, others: bool) -> deque[Job] | None:
        """Return the queue whose first job is for the seat, if any; what is others' is kept for them."""
        if own := self._queues[seat].undecided:
            return own
        while self._look_ahead():
            owner = self._owner(self._waiting[0].program.check, seat)
            kept = self._queues[owner].undecided
            if owner is seat or len(kept) >= _KEPT:
                return self._waiting
            kept.append(self._waiting.popleft())
        return (max((each.undecided for each in self._queues.values()), key=len) or None) if others else None

    def _owner(self, check: Check, seat: Seat) -> Seat:
        """Return the seat that programs of a check go to: one whose worker knows it, or else this one."""
        owner = self._owners.get(check)
        if owner is None:
            knowing = (each for each in (seat, *self._seats) if each.knows(check))
            if len(self._owners) >= _OWNED:
                self._owners.clear()
            owner = self._owners[check] = next(knowing, seat)
        return owner

    def _take_own(self, seat: Seat) -> Job | None:
        """Return a job that needs a process of its own, if the seat has room; another's if need be."""
        queue = self._queues[seat].own or max((each.own for each in self._queues.values()), key=len)
        if not queue:
            return self._take_from_group(seat)
        place = next((place for place, job in enumerate(queue) if seat.knows(job.program.check)), 0)
        job = queue[place]
        # The last of those that were tried go one at a time to whoever is free: none waits behind a long one.
        if not seat.has_room_for(job) or (job.tried and seat.jobs and self._is_last):
            return None
        del queue[place]
        return job

    def _take_from_group(self, seat: Seat) -> Job | None:
        """Return a job that another seat was to try, for a seat that has nothing else to do."""
        group = max((each.group for each in self._queues.values()), key=len)
        if seat.jobs or not group:
            return None
        job = group.popleft()
        job.shared = job.tried = True
        return job

    @property
    def _is_last(self) -> bool:
        """Whether few programs are left, and all of them need processes of their own."""
        if not self._exhausted or self._waiting:
            return False
        queues = self._queues.values()
        return not any(each.undecided or each.group for each in queues) and (
            sum(len(each.own) for each in queues) < _LAST
        )

    def _look_ahead(self) -> bool:
        """Whether a program waits to be run and is not too far ahead of what has been yielded."""
        if not self._waiting and not self._exhausted:
            entry = next(self._programs, None)
            if entry is None:
                self._exhausted = True
            else:
                number, program = entry
                self._read = next(self._serials)
                self._waiting.append(Job(self._read, program, shared=False, number=number))
        return bool(self._waiting) and self._waiting[0].serial - self.yielded <= _LOOK_AHEAD

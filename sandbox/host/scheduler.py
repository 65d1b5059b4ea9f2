"""Decide which program goes to which worker next.

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
from sandbox.host.worker_slot import Job, WorkerSlot
from sandbox.leanness import may_be_lean
from sandbox.program import Check, Outcome, Program
from sandbox.wire.groups import GROUP

__all__ = ["Scheduler"]

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


class Scheduler:
    """The programs of a run that no worker has yet.

    Args:
        slots: the workers' slots.
        programs: each with its number for the audit; read as workers need them.
        shared: whether they may share a process.
        switching_is_free: whether the shared process may continue beside a program that has its own process.

    Attributes:
        yielded: how many outcomes have been yielded; programs are read only a fixed number ahead of that.
    """

    def __init__(
        self,
        slots: Sequence[WorkerSlot],
        programs: Iterable[tuple[int, Program]],
        *,
        shared: bool,
        switching_is_free: bool = False,
    ) -> None:
        self._slots = slots
        self._programs = iter(programs)
        self._sharing = Sharing() if shared else None
        self._many = _MANY if switching_is_free else _MANY_IF_COSTLY
        self._serials = count()
        self._read = 0
        self._waiting: deque[Job] = deque()
        self._queues: dict[WorkerSlot, _Queues] = {slot: _Queues() for slot in slots}
        self._owners: dict[Check, WorkerSlot] = {}
        self._exhausted = False
        self.yielded = 0

    @property
    def is_empty(self) -> bool:
        """Return whether every program has been handed out."""
        return self._exhausted and not (self._waiting or any(self._queues.values()))

    def requeue(self, jobs: Iterable[Job]) -> None:
        """Put jobs back in front of all others, in their order."""
        self._waiting.extendleft(reversed(list(jobs)))

    def require_own_process(self, slot: WorkerSlot, job: Job) -> None:
        """Queue a job that a slot had for its own process."""
        self._queues[slot].own.append(replace(job, shared=False, tried=True))

    def take_back(self, slot: WorkerSlot, jobs: Iterable[Job]) -> None:
        """Queue jobs that a slot's worker has returned before the slot's others; free slots take them."""
        queues = self._queues[slot]
        for job in reversed(list(jobs)):
            (queues.group if job.shared else queues.own).appendleft(job)

    def learn(self, job: Job, outcome: Outcome | None) -> None:
        """Record the outcome of a program; None where the shared process could not decide."""
        if self._sharing is None:
            return
        own = outcome is None or outcome.verdict.passed
        if not own and not job.tried:  # it might not have been settled there
            own = not may_be_lean(job.program.source)
        ran_s = outcome.cpu_s if outcome is not None else 0.0
        self._sharing.learn(job.program.check, own=own, ran_s=ran_s, tried=job.tried)

    def take_jobs(self, slot: WorkerSlot) -> Iterator[Job]:
        """Yield jobs for a slot while it has room for the next one."""
        queues = self._queues[slot]
        while True:
            self._sort(slot, queues)
            if self._turns_to_own(queues):
                job = self._take_own(slot)
                if job is None:
                    return
                yield job
            elif queues.group and slot.room >= min(GROUP, len(queues.group)):
                while queues.group and slot.has_room_for(queues.group[0]):
                    job = queues.group.popleft()
                    job.shared = job.tried = True
                    yield job
                if queues.group:
                    return
            else:
                return

    def _sort(self, slot: WorkerSlot, queues: _Queues) -> None:
        """Sort a slot's programs, until it has a group to try or enough for their own processes."""
        if queues.turned_to_own and queues.own:
            return
        enough = min(self._many, slot.room) if self._sharing is not None else 1
        while len(queues.group) < GROUP and len(queues.own) < enough:
            # Take from other slots only if this one would have nothing to do.
            waiting = self._queue_for(slot, others=not queues.own)
            if waiting is None:
                return
            job = waiting.popleft()
            if not job.tried and self._sharing is not None:
                job.shared = self._sharing.pays(job.program.check)
            (queues.group if job.shared else queues.own).append(job)

    def _turns_to_own(self, queues: _Queues) -> bool:
        """Return whether a slot gets programs that need their own processes now."""
        group, own = queues.group, queues.own
        if not group or not own:
            queues.turned_to_own = not group  # if there are none, to those that wait for others
        elif len(own) >= self._many and self._read - group[0].serial <= _WAIT:
            queues.turned_to_own = True
        return queues.turned_to_own

    def _queue_for(self, slot: WorkerSlot, *, others: bool) -> deque[Job] | None:
        """Return the queue whose first job is for the slot, if any; jobs of other slots are kept for them."""
        if own := self._queues[slot].undecided:
            return own
        while self._look_ahead():
            owner = self._owner(self._waiting[0].program.check, slot)
            kept = self._queues[owner].undecided
            if owner is slot or len(kept) >= _KEPT:
                return self._waiting
            kept.append(self._waiting.popleft())
        return (max((each.undecided for each in self._queues.values()), key=len) or None) if others else None

    def _owner(self, check: Check, slot: WorkerSlot) -> WorkerSlot:
        """Return the slot for programs of a check: one whose worker knows it, or else this one."""
        owner = self._owners.get(check)
        if owner is None:
            knowing = (each for each in (slot, *self._slots) if each.knows(check))
            if len(self._owners) >= _OWNED:
                self._owners.clear()
            owner = self._owners[check] = next(knowing, slot)
        return owner

    def _take_own(self, slot: WorkerSlot) -> Job | None:
        """Return a job that needs its own process, if the slot has room; from another slot if necessary."""
        queue = self._queues[slot].own or max((each.own for each in self._queues.values()), key=len)
        if not queue:
            return self._take_from_group(slot)
        place = next((place for place, job in enumerate(queue) if slot.knows(job.program.check)), 0)
        job = queue[place]
        # Those that a worker has returned, and the last of those that were tried, go one at a time to a free
        # slot, so that none waits behind a long one.
        alone = job.returned or (job.tried and self._is_last)
        if not slot.has_room_for(job) or (alone and slot.jobs):
            return None
        del queue[place]
        return job

    def _take_from_group(self, slot: WorkerSlot) -> Job | None:
        """Return a job from another slot's group, for a slot that has nothing else to do."""
        group = max((each.group for each in self._queues.values()), key=len)
        if slot.jobs or not group:
            return None
        job = group.popleft()
        job.shared = job.tried = True
        return job

    @property
    def _is_last(self) -> bool:
        """Return whether few programs are left, all of which need their own processes."""
        if not self._exhausted or self._waiting:
            return False
        queues = self._queues.values()
        return not any(each.undecided or each.group for each in queues) and (
            sum(len(each.own) for each in queues) < _LAST
        )

    def _look_ahead(self) -> bool:
        """Return whether a program waits that is not too far ahead of what has been yielded."""
        if not self._waiting and not self._exhausted:
            entry = next(self._programs, None)
            if entry is None:
                self._exhausted = True
            else:
                number, program = entry
                self._read = next(self._serials)
                self._waiting.append(Job(self._read, program, shared=False, number=number))
        return bool(self._waiting) and self._waiting[0].serial - self.yielded <= _LOOK_AHEAD

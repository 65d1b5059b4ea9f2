"""A slot of the pool: its worker, which may be replaced, and the jobs that the worker has."""

import contextlib
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from sandbox.backends.base import Backend
from sandbox.backends.launch import WorkerLossCause
from sandbox.backends.worker_settings import WorkerSettings
from sandbox.errors import WorkerLostError
from sandbox.host.start_worker import ready_worker, start_worker
from sandbox.host.worker_handle import WorkerHandle
from sandbox.program import Check, Outcome, Program
from sandbox.wire.groups import GROUP

__all__ = ["Job", "WorkerSlot"]

_IN_FLIGHT_BYTES: Final = (
    100_000  # what a socket accepts while the worker is busy, so that submitting never blocks
)
_IN_FLIGHT: Final = 3 * GROUP
_IN_FLIGHT_APART: Final = 6  # these may take long, and jobs behind one have to wait for it
_CHECKS_KEPT: Final = 512


@dataclass(slots=True)
class Job:
    """One program in the pool.

    Attributes:
        serial: its number in the run.
        number: its number in the larger run of which this one is a part, for the audit.
        program: what to run.
        shared: whether it goes to the shared process; false once it needs its own process.
        tried: whether it has been in the shared process.
        said: what earlier attempts at it had answered when they ended.
        worker_losses: how often its worker was lost.
        memory: whether a worker was lost for lack of memory.
        exclusive: nothing else runs meanwhile, and the outcome is final.
        first: the outcome from the shared process, to be compared with that from its own process.
        returned: whether a worker has returned it because the program before it took long.
    """

    serial: int
    program: Program
    shared: bool
    number: int
    worker_losses: int = 0
    memory: bool = False
    exclusive: bool = False
    first: Outcome | None = None
    tried: bool = False
    returned: bool = False
    said: tuple[tuple[int, str], ...] = ()


class WorkerSlot:
    """A slot of the pool: the worker may be lost and replaced, the slot stays."""

    def __init__(self, settings: WorkerSettings, backend: Backend) -> None:
        self._settings = settings
        self._backend = backend
        self._worker: WorkerHandle | None = start_worker(backend, settings)
        self.jobs: deque[Job] = deque()
        self._held = 0  # characters of the sources of its jobs
        self._own = 0  # those that have processes of their own
        self._takes_long = False  # the first of them
        self._known: dict[Check, int] = {}
        self._numbers = 0

    @property
    def stall_timeout_s(self) -> float:
        """Return how long a worker may be silent; the judge itself stops a group of programs much earlier."""
        return 12 * self._settings.limits.cpu_s + 10 + 4 * GROUP

    @property
    def room(self) -> int:
        """Return how many more jobs the worker may be given, if they are short."""
        return 0 if self._takes_long else _IN_FLIGHT - len(self.jobs)

    def has_room_for(self, job: Job) -> bool:
        """Return whether the worker should be given another job: it has few, and takes it without a wait."""
        if (
            self._takes_long
            or len(self.jobs) >= _IN_FLIGHT
            or (not job.shared and self._own >= _IN_FLIGHT_APART)
        ):
            return False
        return not self.jobs or self._held + len(job.program.source) <= _IN_FLIGHT_BYTES

    def knows(self, check: Check) -> bool:
        """Return whether the worker has made this check ready."""
        return check in self._known

    @property
    def is_saturated(self) -> bool:
        """Return whether the worker has work for some milliseconds more."""
        return self._takes_long or 2 * len(self.jobs) >= _IN_FLIGHT or 2 * self._own >= _IN_FLIGHT_APART

    def give(self, job: Job) -> None:
        """Queue a job for the worker, with its check if the worker does not know it; `flush` sends it."""
        worker = self.worker_or_restart()
        self.jobs.append(job)  # before anything that can fail, so that no job is ever lost
        self._held += len(job.program.source)
        self._own += not job.shared
        check = job.program.check
        number = self._known.pop(check, None)
        if number is None:
            number = self._numbers = self._numbers + 1
            worker.learn(number, check)
        self._known[check] = number  # most recently used last
        if len(self._known) > _CHECKS_KEPT:
            worker.forget(self._known.pop(next(iter(self._known))))
        worker.send(job.serial, number, job.program.source, job.said, alone=job.exclusive, shared=job.shared)

    def done(self) -> Job:
        """Remove and return the job that is done, the one submitted first."""
        job = self.jobs.popleft()
        self._held -= len(job.program.source)
        self._own -= not job.shared
        self._takes_long = False
        return job

    def take_back(self, serials: Collection[int]) -> list[Job]:
        """Remove and return jobs that the worker has returned; it gets no more until the first is done."""
        first, *others = self.jobs
        back = [replace(job, returned=True) for job in others if job.serial in serials]
        self.jobs = deque((first, *(job for job in others if job.serial not in serials)))
        self._held -= sum(len(job.program.source) for job in back)
        self._own -= sum(not job.shared for job in back)
        self._takes_long = True
        return back

    def begin_run(self) -> None:
        """Have the worker end the shared process of the previous run."""
        if self._worker is not None:
            self._worker.begin_run()

    def flush(self) -> None:
        """Send the worker what is queued; raise `WorkerLostError`."""
        if self._worker is not None:
            self._worker.flush()

    def advance_startup(self) -> None:
        """Advance this worker's start-up handshake by one message, without blocking the other workers."""
        if self._worker is not None:
            with contextlib.suppress(WorkerLostError):  # `worker_or_restart` handles it
                self._worker.advance_startup()

    def worker_or_restart(self) -> WorkerHandle:
        """Return the worker; start another one if it was lost.

        Raises:
            WorkerLostError: several workers in a row are lost as they start.
        """
        before = self._worker
        try:
            worker = ready_worker(before, self._backend, self._settings)
        except WorkerLostError:
            self._worker = None
            raise
        if worker is not before:
            self._worker = worker
            self._known.clear()
        return worker

    def cause_of_loss(self) -> WorkerLossCause:
        """Return why the worker was lost, as far as the backend knows."""
        return self._worker.cause_of_loss() if self._worker else WorkerLossCause.UNKNOWN

    def evict_worker(self) -> list[Job]:
        """Close the worker; return the jobs that it had, the running one first."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None
        jobs = list(self.jobs)
        self.jobs.clear()
        self._held = self._own = 0
        self._takes_long = False
        return jobs

    def cancel_jobs(self) -> None:
        """Drop the jobs of an abandoned run; a worker that still has some is replaced."""
        if self.jobs:
            self.evict_worker()

    def close(self) -> None:
        """End the worker."""
        self.evict_worker()

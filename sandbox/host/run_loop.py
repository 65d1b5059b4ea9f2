"""The event loop of a run: give programs to workers, collect their reports, yield outcomes in order.

One thread, no callbacks. An outcome that is not certain is obtained again with nothing else running. A worker
that is lost is replaced, and the program that it ran is run again alone.
"""

import re
import selectors
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from sandbox.backends.launch import WorkerLossCause
from sandbox.errors import DisagreementError, SandboxError, WorkerLostError
from sandbox.host.audit import Audit
from sandbox.host.scheduler import Scheduler
from sandbox.host.source_flags import source_flags
from sandbox.host.worker_handle import JudgeStuckError
from sandbox.host.worker_slot import Job, WorkerSlot
from sandbox.program import Outcome, Verdict
from sandbox.stdio_check import StdioCheck
from sandbox.wire.host_messages import Returned, WorkerReport

__all__ = ["RunLoop"]

_TICK_S: Final = 1.0
_REST_S: Final = 0.002  # so that a poll finds several reports: each poll takes a CPU from a worker
_LOSSES: Final = 2
_NO_MODULE: Final = re.compile(r"ModuleNotFoundError: No module named '([\w.]{1,100})'")


class RunLoop:
    """One pass over a stream of programs.

    Args:
        slots: the workers.
        scheduler: hands out the programs.
        audit: compares the two verdicts of programs that run twice.
        packages: the name of the bundle that programs may import; empty for none.
    """

    def __init__(
        self, slots: list[WorkerSlot], scheduler: Scheduler, audit: Audit, packages: str = ""
    ) -> None:
        self._slots = slots
        self._packages = packages
        self._audit = audit
        self._scheduler = scheduler
        self._exclusive: deque[Job] = deque()
        self._done: dict[int, Outcome] = {}

    @property
    def ahead(self) -> int:
        """Return how many outcomes are there and wait for an earlier one."""
        return len(self._done)

    def outcomes(self) -> Iterator[Outcome]:
        """Yield outcomes in order until every program has one."""
        scheduler = self._scheduler
        while True:
            self._dispatch()
            while (found := self._done.pop(scheduler.yielded, None)) is not None:
                yield found
                scheduler.yielded += 1
            busy = [slot for slot in self._slots if slot.jobs]
            if busy:
                self._poll(busy)
            elif scheduler.is_empty and not self._exclusive:
                return

    def _dispatch(self) -> None:
        if self._exclusive:
            # Let the others finish, then run this one with nothing else running.
            if not any(slot.jobs for slot in self._slots):
                self._submit(self._slots[0], [self._exclusive.popleft()])
            return
        for slot in self._slots:
            self._submit(slot, self._scheduler.take_jobs(slot))
            if self._exclusive:
                return

    def _submit(self, slot: WorkerSlot, jobs: Iterable[Job]) -> None:
        slot.worker_or_restart()  # raises, and ends the run, only if a worker cannot be started
        for job in jobs:
            slot.give(job)
        try:
            slot.flush()
        except WorkerLostError:
            self._replace_lost_worker(slot)

    def _poll(self, busy: list[WorkerSlot]) -> None:
        if all(slot.is_saturated for slot in busy):
            time.sleep(_REST_S)
        with selectors.PollSelector() as selector:
            for slot in busy:
                worker = slot.worker_or_restart()
                wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if worker.has_more else 0)
                selector.register(worker, wanted, slot)
            ready = [(key.data, events) for key, events in selector.select(_TICK_S)]
        for slot, events in ready:
            try:
                if events & selectors.EVENT_WRITE:
                    slot.flush()
                reports = slot.worker_or_restart().receive() if events & selectors.EVENT_READ else []
            except JudgeStuckError as stuck:
                self._handle_stuck_judge(slot, stuck.serial)
            except WorkerLostError:
                self._replace_lost_worker(slot)
            else:
                self._record(slot, reports)
        for slot in busy:
            if slot.jobs and slot.worker_or_restart().silent_s() > slot.stall_timeout_s:
                self._replace_lost_worker(slot)

    def _handle_stuck_judge(self, slot: WorkerSlot, serial: int) -> None:
        """Replace a worker whose judge one program kept busy; its other programs run on another one."""
        jobs = slot.evict_worker()
        for job in jobs:
            if job.serial != serial:
                continue
            jobs.remove(job)
            if job.shared:
                self._scheduler.require_own_process(slot, job)
            elif isinstance(job.program.check, StdioCheck) and job.program.check.checker:
                detail = "the problem's own checker failed, not the program: it did not come to an end"
                self._done[serial] = Outcome(Verdict.SANDBOX_ERROR, detail, detail)
            else:
                detail = "what it returned kept the test from coming to an end"
                self._done[serial] = Outcome(Verdict.TIMED_OUT, detail, cpu_s=0.0)
            break
        self._scheduler.requeue(jobs)

    def _record(self, slot: WorkerSlot, reports: list[WorkerReport | Returned]) -> None:
        for report in reports:
            if isinstance(report, Returned):
                if slot.jobs:
                    self._scheduler.take_back(slot, slot.take_back(report.serials))
                continue
            job = slot.done()
            if job.serial != report.serial:
                raise SandboxError(f"a worker reported program {report.serial} where {job.serial} was due")
            if report.outcome is None:
                self._scheduler.learn(job, None)
                self._scheduler.require_own_process(slot, job)
            elif job.shared:
                self._record_shared(slot, job, report.outcome)
            elif report.certain or job.exclusive:
                self._finish(job, report.outcome)
            else:
                self._exclusive.append(replace(job, exclusive=True, said=report.said))

    def _record_shared(self, slot: WorkerSlot, job: Job, outcome: Outcome) -> None:
        self._audit.verified += 1
        self._scheduler.learn(job, outcome)
        # A pass counts only from the program's own process. A failure counts from here, except those that the
        # audit selects.
        if outcome.verdict.passed or self._audit.chooses(job.number):
            self._scheduler.require_own_process(slot, replace(job, first=outcome))
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
            self._scheduler.learn(job, outcome)
        attempts = 1 + max(job.worker_losses, job.exclusive)
        program = job.program
        own = program.source.removeprefix(program.check.prompt)
        flags = (*outcome.flags, *source_flags(own))
        detail = self._naming_what_is_not_there(outcome.detail)
        self._done[job.serial] = replace(outcome, detail=detail, attempts=attempts, flags=flags)

    def _naming_what_is_not_there(self, detail: str) -> str:
        """Say of an import that failed whether it is one that the bundle does not have."""
        missing = _NO_MODULE.search(detail) if self._packages else None
        if missing is None:
            return detail
        return f"{detail} ({missing[1]} is not among the packages {self._packages!r})"

    def _replace_lost_worker(self, slot: WorkerSlot) -> None:
        cause = slot.cause_of_loss()
        jobs = slot.evict_worker()
        if not jobs:
            return
        first, *others = jobs
        # Any program of the group may have killed the worker, so none of them shares a process again.
        for job in others:
            if job.shared:
                self._scheduler.require_own_process(slot, job)
        self._scheduler.requeue(job for job in others if not job.shared)
        lost, memory = first.worker_losses + 1, first.memory or cause is WorkerLossCause.MEMORY
        if lost > 1 and memory:
            detail = "its processes together took more memory than they are given"
            self._done[first.serial] = Outcome(Verdict.OUT_OF_MEMORY, detail, detail, attempts=lost)
        elif lost < _LOSSES or (
            cause is WorkerLossCause.KILLED and lost == _LOSSES
        ):  # a container engine may fail to report why
            self._exclusive.append(
                replace(first, worker_losses=lost, memory=memory, exclusive=True, shared=False)
            )
        else:
            detail = "the worker was lost again and again while it ran this program"
            self._done[first.serial] = Outcome(Verdict.SANDBOX_ERROR, detail, detail, attempts=lost)

"""A pool of workers that turns programs into outcomes, in order, with bounded look-ahead."""

import platform
from collections.abc import Iterable, Iterator, Sequence

from sandbox.backends.base import Backend
from sandbox.backends.worker_settings import WorkerSettings
from sandbox.closing import ClosedOnExit
from sandbox.errors import DisagreementError, IsolationError, SandboxError
from sandbox.host.audit import Audit
from sandbox.host.run_loop import RunLoop
from sandbox.host.scheduler import Scheduler
from sandbox.host.worker_slot import WorkerSlot
from sandbox.program import Description, Outcome, Program
from sandbox.stdio_check import StdioCheck

__all__ = ["Sandbox"]


class Sandbox(ClosedOnExit):
    """A pool of workers; open it with `open_sandbox`, close it or use it as a context manager.

    Attributes:
        description: the sandbox's environment, for the record of a run.
        audit: results of running programs of the shared process again in their own processes.
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
        self._slots: list[WorkerSlot] = []
        self._running = False
        self._loop: RunLoop | None = None
        try:
            self._slots += [WorkerSlot(settings, backend) for _ in range(workers)]
            for slot in self._slots:
                slot.advance_startup()
            facts = [slot.worker_or_restart().facts for slot in self._slots].pop()
            self._switching_is_free = bool(facts["lean"])
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
            packages=settings.packages.described() if settings.packages else None,
        )

    def close(self) -> None:
        """End every worker and everything that runs in it; may be called again."""
        for slot in self._slots:
            slot.close()
        self._backend.close()

    @property
    def ahead(self) -> int:
        """Return how many outcomes of this run are there and wait for an earlier one; any thread may ask."""
        loop = self._loop
        return loop.ahead if loop else 0

    def run(self, programs: Iterable[Program]) -> Iterator[Outcome]:
        """Yield each program's outcome, in the order of the programs.

        `programs` is read lazily, at most some four thousand ahead of what has been yielded.

        Raises:
            IsolationError: the isolation cannot run such a program: one that reads standard input, in gVisor.
            WorkerLostError: workers cannot be started or are lost again and again.
            DisagreementError: the answers of the shared process do not count in this run. All outcomes whose
                `execution` is `ExecutionMode.SHARED`, including those already yielded, have to be obtained
                again.
            SandboxError: another run of this sandbox is in progress.
        """
        return self.run_numbered(enumerate(programs))

    def judge(self, programs: Sequence[Program]) -> list[Outcome]:
        """Return each program's outcome; where the shared process erred, run all programs again without it.

        Raise what `run` raises, except `DisagreementError`.
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
        """Run programs that are part of a larger run, each with its number in that run; see `run`.

        The audit selects and names programs by these numbers, so that the way a run is divided does not
        matter.
        """
        return self._run(programs, shared=self._shared)

    def _admitted(self, programs: Iterable[tuple[int, Program]]) -> Iterator[tuple[int, Program]]:
        for number, program in programs:
            if self.description.isolation == "gvisor" and isinstance(program.check, StdioCheck):
                raise IsolationError(
                    "gvisor cannot be handed the standard streams of a program, so it judges no programs "
                    "that read standard input; use docker, namespaces or landlock"
                )
            yield number, program

    def _run(self, programs: Iterable[tuple[int, Program]], *, shared: bool) -> Iterator[Outcome]:
        if self._running:
            raise SandboxError(
                "this sandbox is already running programs; open another or finish that run first"
            )
        self._running = True
        try:
            for slot in self._slots:
                slot.begin_run()
            scheduler = Scheduler(
                self._slots,
                self._admitted(programs),
                shared=shared,
                switching_is_free=self._switching_is_free,
            )
            packages = str((self.description.packages or {}).get("name", ""))
            self._loop = RunLoop(self._slots, scheduler, self.audit, packages)
            yield from self._loop.outcomes()
        finally:
            self._running = False
            self._loop = None
            for slot in self._slots:
                slot.cancel_jobs()

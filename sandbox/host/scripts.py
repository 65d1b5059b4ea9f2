"""Runs scripts and says what they printed: the same jail, without a judge's verdict.

    with open_scripts(workers=2) as scripts:
        result = scripts.run(Script("print(input())", stdin="hello"))

Unlike a `Sandbox`, it may be used by many threads at once; each script has a worker to itself while it runs.
"""

import os
import queue
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sandbox.backends.base import Backend
from sandbox.backends.selection import choose_backend
from sandbox.backends.worker_settings import WorkerSettings
from sandbox.closing import ClosedOnExit
from sandbox.errors import IsolationError, SandboxError, WorkerLostError
from sandbox.host.start_worker import ready_worker, start_worker
from sandbox.host.worker_handle import WorkerHandle
from sandbox.jail.interpreter import describe_interpreter
from sandbox.jail.policy import load_policy
from sandbox.program import JudgeMode, Limits
from sandbox.wire.script_messages import RunScript

__all__ = ["SaturatedError", "Script", "ScriptResult", "Scripts", "open_scripts"]

OUTPUT_BYTES: Final = 1 << 20
_FILES_BYTES: Final = 8 << 20


class SaturatedError(SandboxError):
    """No worker became free in the time that the caller would wait."""


@dataclass(frozen=True, slots=True)
class Script:
    """A program text to run as `python main.py`, with its input, files and limits.

    Attributes:
        source: the text.
        stdin: what it reads from its standard input.
        files: contents by relative name, put into its folder before it starts; at most 8 MiB together.
        fetch: names of files to return; those it did not leave are left out. A script that ends by
            `os._exit`, a signal or its time returns none.
        timeout_s: seconds of CPU time, and of wall time as far as it had a core to itself.
        memory_bytes: address space.
    """

    source: str
    stdin: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    fetch: tuple[str, ...] = ()
    timeout_s: float = 10.0
    memory_bytes: int = 2 << 30


@dataclass(frozen=True, slots=True)
class ScriptResult:
    """The result of a script: its output, exit status, files and times.

    All text is the script's own choice: escape it wherever it is shown.

    Attributes:
        stdout: the first MiB of it.
        stderr: likewise.
        cut: whether there was more of either.
        exit_status: negative for a signal; None if it was stopped for its time.
        timed_out: whether it was stopped for its time.
        cpu_s: CPU seconds.
        wall_s: seconds from its start to its end.
        files: those that were asked for and left, by name.
    """

    stdout: str
    stderr: str
    cut: bool
    exit_status: int | None
    timed_out: bool
    cpu_s: float
    wall_s: float
    files: Mapping[str, bytes]


def open_scripts(
    workers: int = 1, *, backend: str = "auto", isolation: str | None = None, policy: Path | None = None
) -> "Scripts":
    """Return a running pool for scripts; use it as a context manager. For the arguments see `open_sandbox`.

    Raises:
        IsolationError: this machine cannot give the isolation; gVisor cannot be handed a script's streams.
    """
    settings = WorkerSettings(
        Limits(), JudgeMode.IN_PROCESS, load_policy(policy) if policy else load_policy(),
        describe_interpreter(""), 0,
    )  # fmt: skip
    return choose_backend(
        settings, backend, isolation, "", lambda chosen, _over: Scripts(chosen, settings, workers)
    )


class Scripts(ClosedOnExit):
    """A pool of workers for scripts; open it with `open_scripts`."""

    def __init__(self, backend: Backend, settings: WorkerSettings, workers: int) -> None:
        if backend.isolation == "gvisor":
            raise IsolationError("gvisor cannot be handed a script's streams; use another level for scripts")
        self._backend = backend
        self._settings = settings
        self._free: queue.LifoQueue[WorkerHandle | None] = queue.LifoQueue()
        self._size = workers
        started: list[WorkerHandle] = []
        try:
            started += [start_worker(backend, settings) for _ in range(workers)]
            for worker in started:
                worker.wait_ready()
        except BaseException:
            for worker in started:
                worker.close()
            backend.close()
            raise
        for worker in started:
            self._free.put(worker)

    def close(self) -> None:
        """Wait for what is running, and end every worker."""
        for _ in range(self._size):
            if (worker := self._free.get()) is not None:
                worker.close()
        self._backend.close()

    def run(self, script: Script, wait_s: float | None = None) -> ScriptResult:
        """Run a script and return what came of it.

        Args:
            script: the script.
            wait_s: how long to wait for a free worker; None for as long as it takes.

        Raises:
            SaturatedError: none became free in time.
            WorkerLostError: workers cannot be started, or two were lost on this script.
            ValueError: its files are too large, or named outside its folder.
        """
        _check(script)
        try:
            worker = self._free.get(timeout=wait_s)
        except queue.Empty:
            raise SaturatedError(f"every worker was busy for {wait_s:g} s") from None
        try:
            for _ in range(2):
                worker = ready_worker(worker, self._backend, self._settings)
                try:
                    return self._ask(worker, script)
                except WorkerLostError as error:
                    lost = error
                    worker.close()
                    worker = None
            raise lost
        finally:
            self._free.put(worker)

    def _ask(self, worker: WorkerHandle, script: Script) -> ScriptResult:
        files = [(name, bytes(content)) for name, content in script.files.items()]
        asked = RunScript(
            script.source, script.stdin.encode("utf-8", "surrogatepass"), files,
            list(script.fetch), script.timeout_s, script.memory_bytes, OUTPUT_BYTES,
        )  # fmt: skip
        report = worker.run_script(asked, 4 * script.timeout_s + 30)
        stdout, stderr, cut, status, timed_out, cpu_s, wall_s, fetched = report
        return ScriptResult(
            stdout.decode("utf-8", "replace"),
            stderr.decode("utf-8", "replace"),
            cut,
            None if timed_out else _exit_status(status),
            timed_out,
            cpu_s,
            wall_s,
            {script.fetch[place]: content for place, content in fetched if place < len(script.fetch)},
        )


def _check(script: Script) -> None:
    for name in (*script.files, *script.fetch):
        parts = name.split("/")
        if not name or name.startswith("/") or ".." in parts or "\0" in name or len(name) > 500:
            raise ValueError(f"file {name!r:.80}: give a relative name that stays in the script's folder")
    if sum(map(len, script.files.values())) > _FILES_BYTES:
        raise ValueError(f"files of more than {_FILES_BYTES:,} bytes together")


def _exit_status(status: int) -> int:
    if status < 0:
        return -signal.SIGKILL
    return os.waitstatus_to_exitcode(status)

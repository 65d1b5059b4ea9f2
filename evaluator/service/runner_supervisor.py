"""Start runner processes as fresh interpreters, replace those that end, stop them gracefully."""

import os
import subprocess
import sys
import threading
import time
from typing import Final

import structlog

from evaluator.service.settings import ServiceSettings

__all__ = ["RunnerSupervisor"]

_LOG: Final = structlog.get_logger("passlaw.service")
_PASSED_ON: Final = (
    "store", "engine", "ray_address", "ray_workers", "workers", "runs_at_once", "slice_s", "log_level",
)  # fmt: skip
_LOOK_S: Final = 0.5
_SETTLED_S: Final = 10.0


class RunnerSupervisor:
    """The runner processes of a service.

    Each holds the reading end of a pipe from here, so that it stops when the service does, however that ends.
    """

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._processes: list[subprocess.Popen[bytes]] = []
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="runners", daemon=True)

    def start(self) -> None:
        """Start them, and watch them from a thread."""
        self._processes = [self._new() for _ in range(self._settings.runs_at_once)]
        self._watcher.start()

    @property
    def alive(self) -> int:
        """Return how many runners are running."""
        return sum(process.poll() is None for process in self._processes)

    def stop(self) -> None:
        """Ask the runners to write their results and end; kill those that do not in time."""
        self._stopping.set()
        self._watcher.join()
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.close()
        deadline = time.monotonic() + self._settings.stop_s
        for process in self._processes:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()  # what it was at goes on where it stood, elsewhere or after the next start
                process.wait()

    def _new(self) -> "subprocess.Popen[bytes]":
        fields = self._settings.model_dump(include={*_PASSED_ON})
        given = {f"PASSLAW_{name.upper()}": str(value) for name, value in fields.items()}
        format_ = "console" if self._settings.log_format == "auto" and sys.stderr.isatty() else "json"
        given["PASSLAW_LOG_FORMAT"] = (
            format_ if self._settings.log_format == "auto" else self._settings.log_format
        )
        return subprocess.Popen(
            [sys.executable, "-m", "evaluator.service.runner"],
            stdin=subprocess.PIPE,
            env=os.environ | given,
        )

    def _watch(self) -> None:
        started = [time.monotonic()] * len(self._processes)
        while not self._stopping.wait(_LOOK_S):
            for place, process in enumerate(self._processes):
                if process.poll() is None:
                    continue
                lived = time.monotonic() - started[place]
                if lived < _SETTLED_S and self._stopping.wait(min(5.0, _SETTLED_S - lived)):
                    return
                _LOG.warning("runner ended", status=process.returncode, seconds=round(lived, 1))
                assert process.stdin is not None
                process.stdin.close()
                self._processes[place], started[place] = self._new(), time.monotonic()

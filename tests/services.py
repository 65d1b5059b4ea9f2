"""A real service in a process of its own, as `passlaw serve` starts it."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

__all__ = ["Live", "finished", "serving"]

_STARTED_S = 120.0


def finished(http: httpx.Client, run_id: str) -> dict[str, Any]:
    """Wait until a run has ended and return it."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        run: dict[str, Any] = http.get(f"/v1/runs/{run_id}").json()
        if run["state"] not in {"queued", "running"}:
            return run
        time.sleep(0.1)
    raise AssertionError(f"not finished: {run}")


class Live:
    """A running service: its address, its process, and what it has logged."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self.process = process
        self._log = log
        self.url = self._await()

    def log(self) -> str:
        return self._log.read_text()

    def client(self, **options: object) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=240, **options)  # type: ignore[arg-type]  # a busy machine is no failure

    def kill(self) -> None:
        """End it and its runners as `kill -9` does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def _await(self) -> str:
        until = time.monotonic() + _STARTED_S
        while time.monotonic() < until and self.process.poll() is None:
            if found := re.search(r"^passlaw: (http://\S+)$", self.log(), re.MULTILINE):
                with contextlib.suppress(httpx.TransportError):
                    if httpx.get(f"{found[1]}/healthz").status_code == 200:
                        return found[1]
            time.sleep(0.05)
        self.process.kill()
        raise AssertionError(f"the service did not start: {self.log()}")


@contextlib.contextmanager
def serving(store: str | Path, **settings: object) -> Iterator[Live]:
    """Run a service on a store until the block ends."""
    given = {f"PASSLAW_{name.upper()}": str(value) for name, value in settings.items()}
    given |= {
        "PASSLAW_STORE": str(store),
        "PASSLAW_PORT": str(settings.get("port", 0)),
        "PASSLAW_LOG_FORMAT": "json",
    }
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, "-c", "from evaluator.cli import main; main(prog_name='passlaw')", "serve"],
                stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=os.environ | given,
                start_new_session=True,
            )  # fmt: skip
        try:
            yield Live(process, log)
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()

"""Runs one command and measures it: seconds, CPU seconds and peak memory of its whole process tree."""

import contextlib
import resource
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from evaluator.errors import UsageError

__all__ = ["Measured", "measure"]

_LOOK_S: Final = 0.2


class Measured(NamedTuple):
    """One run of one command.

    Attributes:
        seconds: from its start to its end.
        cpu_s: of it and of all below it that was waited for.
        peak_mb: the most that its processes held together, each page counted once; looked at five times a
            second, so that a short peak can be missed.
        output: what it printed.
    """

    seconds: float
    cpu_s: float
    peak_mb: float
    output: str


def measure(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Measured:
    """Run a command to its end.

    Raises:
        UsageError: it failed; the message holds its last words.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - commands of this project and of those it is compared with
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    peaks = [0.0]
    watcher = threading.Thread(target=_watch, args=(process, peaks))
    watcher.start()
    output, errors = process.communicate()
    seconds = time.monotonic() - started
    watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise UsageError(f"{' '.join(command)[:300]} failed: {errors.strip()[-500:]}")
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(seconds, cpu_s, max(peaks), output)


def _watch(process: "subprocess.Popen[str]", peaks: list[float]) -> None:
    while process.poll() is None:
        peaks.append(sum(map(_resident_mb, _tree(process.pid))))
        time.sleep(_LOOK_S)


def _tree(pid: int) -> list[int]:
    found = [pid]
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += _tree(int(child))
    return found


def _resident_mb(pid: int) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0

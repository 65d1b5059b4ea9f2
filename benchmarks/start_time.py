"""How long the service takes to start, and what that costs: wall time and the CPU time of all its processes.

    .venv/bin/python benchmarks/start_time.py [--rounds 5] [CHECKOUT ...]

Each round starts the service of every checkout in turn, with this interpreter and a store of its own, until
it answers and then until its runners have started as well. Without a checkout it measures this one.
"""

import argparse
import contextlib
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import httpx

HERE = Path(__file__).resolve().parents[1]
SERVE = "from evaluator.cli import main; main(prog_name='passlaw')"
STARTED_S = 60.0
SETTLED_S = 3.0  # by when the runners have started, which nobody waits for


class Start(NamedTuple):
    """One start: seconds until it answers, CPU seconds until then, and until it has settled."""

    answers_s: float
    answered_cpu_s: float
    settled_cpu_s: float


def start(checkout: Path) -> Start:
    """Start the service of a checkout, look, and kill it."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        given = {"PASSLAW_STORE": f"{folder}/store.db", "PASSLAW_PORT": "0"}
        began = time.monotonic()
        with log.open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, "-c", SERVE, "serve"],
                stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=os.environ | given,
                cwd=checkout,  # where `-c` and `-m` look for packages first
                start_new_session=True,
            )  # fmt: skip
        try:
            while not answers(log):
                if process.poll() is not None or time.monotonic() > began + STARTED_S:
                    sys.exit(f"the service of {checkout} did not start:\n{log.read_text()}")
                time.sleep(0.01)
            answered, cpu = time.monotonic() - began, cpu_s(process.pid)
            time.sleep(SETTLED_S)
            return Start(answered, cpu, cpu_s(process.pid))
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def answers(log: Path) -> bool:
    """Whether the service that writes this log answers."""
    address = re.search(r"^passlaw: (http://\S+)$", log.read_text(), re.MULTILINE)
    with contextlib.suppress(httpx.TransportError):
        return address is not None and httpx.get(f"{address[1]}/healthz").status_code == 200
    return False


def cpu_s(session: int) -> float:
    """CPU seconds of a session's processes and of those children of theirs that have ended."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            if int(fields[3]) == session:
                ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure and print a table of medians."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkouts", nargs="*", type=Path, default=[HERE])
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    starts: dict[Path, list[Start]] = {checkout.resolve(): [] for checkout in arguments.checkouts}
    for _ in range(arguments.rounds):
        for checkout, seen in starts.items():
            seen.append(start(checkout))
    print("| checkout | answers after, s | CPU until then, s | CPU once settled, s |\n|---|---|---|---|")
    for checkout, seen in starts.items():
        medians = [f"{statistics.median(column):.2f}" for column in zip(*seen, strict=True)]
        print(f"| {checkout.name} | {' | '.join(medians)} |")


if __name__ == "__main__":
    main()

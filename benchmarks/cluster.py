"""What Ray costs on one machine, what a cluster's driver has to do, and whether its memory stays flat.

    .venv/bin/python benchmarks/cluster.py throughput COMPLETIONS... [--rows 100000] [--rounds 5]
    .venv/bin/python benchmarks/cluster.py driver COMPLETIONS... [--rows 200000]
    .venv/bin/python benchmarks/cluster.py memory [--rows 1000000]

`throughput` runs the same programs through both engines, in rounds that alternate, so that whatever else
the machine does meets both. `driver` puts an actor that answers at once in the place of the sandbox:
what is left is the driver's own CPU time, for batches of different sizes. `memory` prints the driver's
resident memory while programs go through. Files are read, and results written, in none of them.
Completions that take more than 0.2 s are left out.
"""

import argparse
import itertools
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evaluator.executors import ExecutorConfig, open_executor
from evaluator.executors.ray import nodes, serialization
from evaluator.problems import load_problems
from evaluator.samples import open_samples
from evaluator.scoring.program import program_of
from sandbox import Check, JudgeMode, Limits, Outcome, Program, SandboxOptions, Verdict

ADD = Check("add", "def check(candidate):\n    assert candidate(1, 2) == 3\n")


def asked() -> SandboxOptions:
    """Return the conditions of all runs here."""
    return SandboxOptions(Limits(), JudgeMode.ISOLATED, "auto", None, "auto", 0.01, seed=1)


def where(engine: str, workers: int) -> ExecutorConfig:
    """Return one engine's place."""
    return ExecutorConfig(engine, workers, "local" if engine == "ray" else None, tell=print)  # type: ignore[arg-type]


def quick_programs(paths: list[Path], every: int, workers: int) -> list[Program]:
    """The programs of the files that take little, every so many-th row."""
    problems = load_problems("humaneval")
    programs = [
        program_of(sample, problems[sample.task_id], sanitize=False)
        for path in paths
        for sample in itertools.islice(open_samples(path, problems), 0, None, every)
    ]
    with open_executor(where("local", workers), asked()) as box:
        outcomes = list(box.run(programs))
    return [
        one for one, found in zip(programs, outcomes, strict=True) if max(found.cpu_s, found.wall_s) < 0.2
    ]


def distinct(programs: list[Program], first: int, rows: int) -> Iterator[Program]:
    """Yield so many programs, no two the same."""
    for number in range(first, first + rows):
        program = programs[number % len(programs)]
        yield Program(f"{program.source}\n# {number}\n", program.check)


def throughput(options: argparse.Namespace) -> dict[str, Any]:
    """Measure both engines on the same programs."""
    programs = quick_programs(options.completions, options.every, options.workers)
    share = options.rows // options.rounds
    seconds = {"local": 0.0, "ray": 0.0}
    cpu = dict(seconds)
    differing = 0
    with (
        open_executor(where("local", options.workers), asked()) as local,
        open_executor(where("ray", options.workers), asked()) as ray,
    ):
        for turn in range(options.rounds):
            verdicts: dict[str, list[str]] = {}
            order = [("local", local), ("ray", ray)]
            for name, engine in order if turn % 2 == 0 else order[::-1]:
                wall, own = time.monotonic(), time.process_time()
                found = engine.run(distinct(programs, turn * share, share))
                verdicts[name] = [f"{one.verdict} {one.calls}" for one in found]
                seconds[name] += time.monotonic() - wall
                cpu[name] += time.process_time() - own
            pairs = zip(verdicts["local"], verdicts["ray"], strict=True)
            differing += sum(one != other for one, other in pairs)
            print(f"round {turn + 1}: {seconds}", flush=True)
        node = ray.description.as_dict()["nodes"][0]  # type: ignore[index]
    rows = share * options.rounds
    return {
        "rows": rows,
        "distinct_programs": len(programs),
        "workers": options.workers,
        "samples_per_s": {name: round(rows / each, 1) for name, each in seconds.items()},
        "ray_of_local": round(seconds["local"] / seconds["ray"], 4),
        "driver_cpu_ms_a_sample": {name: round(1e3 * each / rows, 4) for name, each in cpu.items()},
        "batches": node["batches"],
        "samples_a_batch": round(rows / node["batches"], 1),
        "verdicts_or_calls_differing": differing,
    }


class Echo:
    """A node that answers at once: programs of a batch pass, and say that they took so long."""

    def __init__(self) -> None:
        self._seconds = float(os.environ["PASSLAW_ECHO_S"])

    def open(self, conditions: bytes) -> bytes:
        """Say what a sandbox here would be."""
        from sandbox.source_hash import sandbox_code  # noqa: PLC0415 - there

        given, workers = serialization.unpack_options(conditions)
        with given.open(workers) as box:
            described = box.description.as_dict()
        return serialization.to_bytes(
            {"passlaw": "", "code": sandbox_code(), "host": "", "description": described}
        )

    def score(self, batch: bytes, _numbers: list[int], *_checks: bytes) -> bytes:
        """Answer."""
        outcome = Outcome(Verdict.PASSED, calls=7, cpu_s=self._seconds, wall_s=self._seconds)
        found = [serialization.pack_outcome(outcome)] * len(serialization.from_bytes(batch))
        audit = {"verified": len(found), "audited": 0, "disagreed": 0, "disagreements": []}
        return serialization.to_bytes({"outcomes": found, "audit": audit})

    def close(self) -> bytes:
        """Do nothing."""
        return b""


def driver(options: argparse.Namespace) -> dict[str, Any]:
    """Measure what the driver does for a batch and for a sample."""
    programs = quick_programs(options.completions, options.every, options.workers)
    nodes.Node = Echo  # type: ignore[assignment, misc]
    measured = []
    for seconds in (0.001, 0.005, 0.025):
        os.environ["PASSLAW_ECHO_S"] = str(seconds)
        with open_executor(where("ray", options.workers), asked()) as ray:
            list(ray.run(distinct(programs, 0, 2000)))
            before = int(ray.description.as_dict()["nodes"][0]["batches"])  # type: ignore[index]
            made = time.process_time()
            for _ in distinct(programs, 0, options.rows):
                pass
            made = time.process_time() - made
            own, wall = time.process_time(), time.monotonic()
            for _ in ray.run(distinct(programs, 0, options.rows)):
                pass
            own, wall = time.process_time() - own - made, time.monotonic() - wall
            batches = int(ray.description.as_dict()["nodes"][0]["batches"]) - before  # type: ignore[index]
        row = {"samples_a_batch": round(options.rows / batches, 1), "batches": batches}
        row |= {
            "cpu_us_a_sample": round(1e6 * own / options.rows, 2),
            "cpu_ms_a_batch": round(1e3 * own / batches, 3),
        }
        row |= {"samples_per_s": round(options.rows / wall)}
        measured.append(row)
        print(row, flush=True)
    first, last = measured[0], measured[-1]
    spread = 1 / last["samples_a_batch"] - 1 / first["samples_a_batch"]
    each_batch = (last["cpu_us_a_sample"] - first["cpu_us_a_sample"]) / spread
    sent = sum(len(serialization.to_bytes([[100_000, 100, one.source]])) for one in programs) / len(programs)
    return {
        "rows": options.rows,
        "measured": measured,
        "cpu_ms_of_a_batch_itself": round(each_batch / 1e3, 3),
        "cpu_us_of_a_sample_itself": round(
            first["cpu_us_a_sample"] - each_batch / first["samples_a_batch"], 2
        ),
        "bytes_sent_a_sample": round(sent),
        "bytes_of_all_checks": sum(
            len(serialization.pack_check(one)) for one in {each.check for each in programs}
        ),
    }


def memory(options: argparse.Namespace) -> dict[str, Any]:
    """Measure the driver's memory while programs go through."""
    seen: dict[int, float] = {}
    received = 0
    step = max(1, options.rows // 20)
    begun = time.monotonic()
    with open_executor(where("ray", options.workers), asked()) as ray:
        rows = (Program(f"def add(a, b):\n    return a + b  # {n}\n", ADD) for n in range(options.rows))
        for number, outcome in enumerate(ray.run(rows), 1):
            received += (
                len(serialization.to_bytes(serialization.pack_outcome(outcome))) if number % 100 == 0 else 0
            )
            if number % step == 0:
                seen[number] = resident_mb()
                print(
                    f"{number:>9,} rows, {time.monotonic() - begun:7.1f} s: {seen[number]:.1f} MB", flush=True
                )
    return {
        "rows": options.rows,
        "resident_mb": seen,
        "bytes_received_a_sample": round(received * 100 / options.rows),
    }


def resident_mb() -> float:
    """Return this process's resident memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=["throughput", "driver", "memory"])
    parser.add_argument("completions", nargs="*", type=Path)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--every", type=int, default=3, help="take every so many-th completion of the files")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    ways = {"throughput": (throughput, 100_000), "driver": (driver, 200_000), "memory": (memory, 1_000_000)}
    way, rows = ways[options.what]
    options.rows = options.rows or rows
    print(json.dumps(way(options), indent=1))


if __name__ == "__main__":
    main()

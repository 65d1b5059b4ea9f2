"""Samples per second at each level of isolation, on the same completions, in rounds that alternate.

    python benchmarks/backends.py COMPLETIONS.jsonl.gz [--count 2000] [--rounds 3] [--workers 2] [LEVEL ...]

Completions that time out are left out, and repeats of a program run again. A sandbox is opened and warmed up
before its clock starts: what is measured is scoring, not starting. Verdicts are compared between levels too.
"""

import argparse
import gzip
import json
import statistics
import time
from pathlib import Path

from evaluator.problems import load_problems
from sandbox import Limits, Outcome, Program, Verdict, open_sandbox
from sandbox.backends.choose import BACKEND_OF, LEVELS

_LIMITS = Limits(cpu_s=3.0)
_SLOW = 10  # gVisor runs so many times fewer programs


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("completions", type=Path)
    parser.add_argument("levels", nargs="*", default=["namespaces", "docker", "gvisor"], metavar="LEVEL")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    if unknown := set(arguments.levels) - set(LEVELS):
        parser.error(f"there is no level {unknown.pop()!r}; there are {', '.join(LEVELS)}")
    programs = _quick(_programs(arguments.completions, arguments.count), arguments.workers)
    rates: dict[str, list[float]] = {level: [] for level in arguments.levels}
    verdicts: dict[str, list[Verdict]] = {}
    for _round in range(arguments.rounds):
        for level in arguments.levels:
            chosen = programs[:: _SLOW if level == "gvisor" else 1]
            seconds, outcomes = _timed(level, chosen, arguments.workers)
            rates[level].append(len(chosen) / seconds)
            verdicts[level] = [outcome.verdict for outcome in outcomes]
    _print(arguments.levels, rates, verdicts, len(programs))


def _programs(path: Path, count: int) -> list[Program]:
    problems = load_problems("humaneval")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    step = max(1, len(rows) // count)
    return [
        Program(problems[row["task_id"]].prompt + row["completion"], problems[row["task_id"]].check)
        for row in rows[::step][:count]
    ]


def _quick(programs: list[Program], workers: int) -> list[Program]:
    with open_sandbox(workers, limits=_LIMITS) as box:
        outcomes = list(box.run(programs))
    pairs = zip(programs, outcomes, strict=True)
    return [program for program, outcome in pairs if outcome.verdict is not Verdict.TIMED_OUT]


def _timed(level: str, programs: list[Program], workers: int) -> tuple[float, list[Outcome]]:
    with open_sandbox(workers, limits=_LIMITS, backend=BACKEND_OF[level], isolation=level) as box:
        list(box.run(programs[: 8 * workers]))
        started = time.monotonic()
        outcomes = list(box.run(programs))
        return time.monotonic() - started, outcomes


def _print(
    levels: list[str], rates: dict[str, list[float]], verdicts: dict[str, list[Verdict]], count: int
) -> None:
    first = levels[0]
    print(f"{count:,} completions; median of {len(rates[first])} rounds\n")
    print(f"| level | samples/s | times slower than {first} | verdicts that differ from {first}'s |")
    print("|---|---|---|---|")
    for level in levels:
        rate = statistics.median(rates[level])
        ratio = statistics.median(rates[first]) / rate
        step = _SLOW if level == "gvisor" and first != "gvisor" else 1
        differ = sum(a is not b for a, b in zip(verdicts[first][::step], verdicts[level], strict=True))
        print(f"| {level} | {rate:,.0f} | {ratio:.2f} | {differ} of {len(verdicts[level]):,} |")


if __name__ == "__main__":
    main()

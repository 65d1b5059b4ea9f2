"""Memory of `passlaw evaluate` while it scores many rows, which must not grow with their number.

    python benchmarks/many_rows.py --rows 1000000

The rows are HumanEval completions, a right one and nine wrong ones in turn for each problem, each made different from
all others by a comment, so that no row is a duplicate. Memory is the resident set of the command (peak of each tenth of
the run) and the proportional set of all its processes together, in MB.
"""

import argparse
import contextlib
import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from evaluator.problems import load_problems

_WRONG = (
    "    return None\n",
    "    return 0\n",
    "    return []\n",
    "    return ''\n",
    "    pass\n",
    "    return -1\n",
)
_EVERY_S = 2.0


def _rows(count: int) -> Iterator[str]:
    problems = list(load_problems("humaneval"))
    ways = itertools.cycle(range(10))
    for number in range(count):
        problem = problems[number % len(problems)]
        way = next(ways)
        body = problem.canonical_solution if way == 0 else _WRONG[way % len(_WRONG)]
        yield json.dumps({"task_id": problem.task_id, "completion": f"{body}    # {number}\n"}) + "\n"


def _megabytes(process: psutil.Process) -> tuple[float, float]:
    own, whole = process.memory_info().rss, process.memory_full_info().pss
    for child in process.children(recursive=True):
        with contextlib.suppress(psutil.Error):
            whole += child.memory_full_info().pss
    return own / 2**20, whole / 2**20


def main() -> None:
    """Write the rows, score them, and print memory for each tenth of the time."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "samples.jsonl"
        with path.open("w") as file:
            file.writelines(_rows(given.rows))
        command = [sys.executable, "-m", "passlaw", "evaluate", str(path), "--k", "1", "--json"]
        command += ["--workers", str(given.workers)]
        started = time.monotonic()
        taken: list[tuple[float, float, float]] = []
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            while process.poll() is None:
                with contextlib.suppress(psutil.Error):
                    taken.append((time.monotonic() - started, *_megabytes(psutil.Process(process.pid))))
                time.sleep(_EVERY_S)
            assert process.stdout is not None
            said = json.loads(process.stdout.read())
        print(f"{given.rows:,} rows, {said['verdicts']}, {taken[-1][0]:,.0f} s")
        print("| until s | command, MB | all processes, MB |\n|---|---|---|")
        for tenth in range(10):
            part = taken[len(taken) * tenth // 10 : max(len(taken) * (tenth + 1) // 10, 1)]
            if part:
                print(
                    f"| {part[-1][0]:,.0f} | {max(own for _, own, _ in part):.0f} | {max(w for *_, w in part):.0f} |"
                )


if __name__ == "__main__":
    main()

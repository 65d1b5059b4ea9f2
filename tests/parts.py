"""Run all tests in parts, a few side by side, each with pytest in a process of its own; then say what came of them.

    python tests/parts.py [--quick]

Each test is in exactly one part: a part has folders or files of its own, or one isolation level of what it shares with
others, and the last part has everything that no other names. The types are checked beside the tests. More parts run at
once than there are cores, because many tests wait: for containers, servers, or a time limit.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PARTS", "Part", "parts_to_run"]

_ROOT = Path(__file__).resolve().parents[1]
_NOTHING_COLLECTED = 5  # pytest's exit status: everything in the part was left out
_DURATION = re.compile(r"^\d+\.\d+s (call|setup|teardown) ")


@dataclass(frozen=True)
class Part:
    """Paths below `tests/`, and which of their tests by pytest's `-k`; "" for all that no other part names."""

    paths: tuple[str, ...]
    only: str = ""

    @property
    def name(self) -> str:
        """What the part is called in the output."""
        paths = " ".join(self.paths) or "the rest"
        return f"{paths} ({self.only})" if self.only else paths


def _levels(*paths: str) -> tuple[Part, ...]:
    return (
        Part(paths, "gvisor"),
        Part(paths, "not docker and not gvisor"),
        Part(paths, "docker and not gvisor"),
    )


# The longest first, so that no long one is left alone at the end.
PARTS = (
    Part(("evaluator/service",)),
    Part(("evaluator",)),
    Part(("evaluator/executors",)),
    Part(("evaluator/web",)),
    *_levels("sandbox/judge", "sandbox/test_assume_breach.py", "sandbox/test_outlives.py"),
    Part(("sandbox",)),
    Part(("sandbox/guest/test_hunt.py", "attacks")),
    *_levels("attacks/test_corpus.py"),
    Part(("predictor",)),
    *_levels("sandbox/backends", "sandbox/host", "sandbox/jail"),
    Part(("evaluator/integrations", "evaluator/generation", "test_quickstart.py")),
    Part(("evaluator/cli",)),
    Part(()),
)


def parts_to_run(*, quick: bool) -> list[Part]:
    """The parts of a run; a quick one has nothing at some levels, and therefore no part for each of them."""
    if not quick:
        return list(PARTS)
    return list(dict.fromkeys(Part(part.paths) for part in PARTS))


def paths_of(part: Part, parts: Sequence[Part]) -> list[str]:
    """Pytest's arguments that select the files of a part: its paths, without those that another part names below them."""
    others = sorted({path for other in parts if other.paths != part.paths for path in other.paths})
    own = part.paths or ("",)
    below = [path for path in others if any(not each or path.startswith(f"{each}/") for each in own)]
    return [str(Path("tests") / each) for each in own] + [f"--ignore=tests/{path}" for path in below]


def _command(part: Part, parts: Sequence[Part], more: Sequence[str]) -> list[str]:
    only = ["-k", part.only] if part.only else []
    return [
        sys.executable,
        "-m",
        "pytest",
        *paths_of(part, parts),
        *only,
        "-q",
        "-rfE",
        "-p",
        "no:cacheprovider",
        *more,
    ]


def _run(command: Sequence[str], left_out: str) -> tuple[int, str, float]:
    started = time.monotonic()
    done = subprocess.run(
        command, cwd=_ROOT, env=os.environ | {"PASSLAW_LEFT_OUT": left_out}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, time.monotonic() - started


def _tell(name: str, output: str, *, passed: bool, seconds: float) -> None:
    """Print one line and the slowest tests of a part that passed, and all that a part said in which something failed."""
    lines = output.splitlines()
    last = lines[-1].strip("= ") if lines else ""
    print(f"{'ok  ' if passed else 'FAIL'} {seconds:6.0f} s  {name}: {last}", flush=True)
    for line in lines if not passed else filter(_DURATION.match, lines):
        print(f"    {line}", flush=True)


def _left_out(path: Path) -> str:
    counts: Counter[str] = Counter()
    for line in path.read_text().splitlines():
        count, reason = line.split("\t")
        counts[reason] += int(count)
    return ", ".join(f"{count:,} {reason}" for reason, count in counts.most_common())


def main() -> int:
    """Run the parts and return the exit status: 0 if everything passed."""
    parser = argparse.ArgumentParser(description="Run all tests in parts, a few side by side.")
    parser.add_argument(
        "--quick", action="store_true", help="leave out what is slow or needs more than Python"
    )
    parser.add_argument("--at-once", type=int, default=len(os.sched_getaffinity(0)) + 1, metavar="N")
    given = parser.parse_args()
    parts = parts_to_run(quick=given.quick)
    seed = random.randrange(2**32)
    more = [f"--randomly-seed={seed}", "--durations=3", *(["--quick"] if given.quick else [])]
    commands = {"types": [str(Path(sys.executable).with_name("mypy"))]}
    commands |= {part.name: _command(part, parts, more) for part in parts}
    failed = []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(given.at_once) as pool:
        left_out = Path(folder) / "left_out"
        left_out.touch()
        runs = {pool.submit(_run, command, str(left_out)): name for name, command in commands.items()}
        for done in as_completed(runs):
            status, output, seconds = done.result()
            name = runs[done]
            passed = status == 0 or (status == _NOTHING_COLLECTED and name != "types")
            _tell(name, output, passed=passed, seconds=seconds)
            failed += [] if passed else [name]
        if given.quick and (told := _left_out(left_out)):
            print(f"left out: {told}; scripts/test --all runs everything")
    if failed:
        print(f"failed: {', '.join(failed)}; the order of the tests was --randomly-seed={seed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

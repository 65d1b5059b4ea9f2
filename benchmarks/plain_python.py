"""Programs that read standard input, judged here and run by plain Python: the same output, the same exit status?

    .venv/bin/python benchmarks/plain_python.py FOLDER [--workers 2]

FOLDER has `lcb.jsonl` and `lcb_completions.jsonl` of `livecodebench_samples.py`. Every program is given every input
of its problem, as it is and with CR LF at the ends of lines. Output is compared byte by byte where the exit status
is 0; where it is not, the status or the signal is compared. Plain Python is this interpreter in an environment
without packages, under the same limit on CPU time.
"""

import argparse
import json
import re
import signal
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sandbox import Limits, Outcome, Program, StdioCheck, Verdict, open_sandbox

TIMEOUT_S = 6.0
_STATUS = re.compile(r"exit status (\d+)")
_LIMITED = f'ulimit -t {TIMEOUT_S:.0f}; exec "$0" main.py'
_OUT_OF_TIME = {-signal.SIGXCPU, -signal.SIGKILL}


@dataclass(frozen=True, slots=True)
class Pair:
    """A program and one input; `status` is None where plain Python took too long."""

    name: str
    source: str
    given: str
    status: int | None
    output: bytes


def pairs_of(folder: Path) -> list[tuple[str, str, str]]:
    """Return name, program and input of every pair."""
    tests = {}
    for line in (folder / "lcb.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        cases = json.loads(row["public_test_cases"])
        tests[row["question_id"]] = [case["input"] for case in cases if case["testtype"] == "stdin"]
    found = []
    for line in (folder / "lcb_completions.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for given in tests[row["question_id"]]:
            for ends, text in (("LF", given), ("CR LF", given.replace("\n", "\r\n"))):
                found += [(f"{row['question_id']} {ends}", source, text) for source in row["code_list"]]
    return found


def run_plainly(python: str, pair: tuple[str, str, str]) -> Pair:
    """Run a program as `python main.py` does."""
    name, source, given = pair
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "main.py").write_text(source, encoding="utf-8")
        done = subprocess.run(
            ["sh", "-c", _LIMITED, python], input=given.encode(), capture_output=True, cwd=folder, check=False,
            env={"LANG": "C.UTF-8", "PYTHONHASHSEED": "0"},
        )  # fmt: skip
    return Pair(
        name, source, given, None if done.returncode in _OUT_OF_TIME else done.returncode, done.stdout
    )


def difference(pair: Pair, outcome: Outcome) -> str:
    """Say how the two differ; empty if they do not."""
    if pair.status == 0:
        return "" if outcome.verdict is Verdict.PASSED else outcome.detail
    if pair.status is None:
        return "" if outcome.verdict is Verdict.TIMED_OUT else f"plain Python timed out; {outcome.detail}"
    status = _STATUS.search(outcome.detail)
    if status is not None and int(status[1]) == pair.status:
        return ""
    if pair.status < 0 and f"died of {signal.Signals(-pair.status).name}" in outcome.detail:
        return ""
    return f"plain Python's exit status is {pair.status}; {outcome.verdict.value}: {outcome.detail}"


def main() -> None:
    """Compare and print."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--workers", type=int, default=2)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(given.workers) as pool:
        venv.create(folder, with_pip=False)
        pairs = list(pool.map(partial(run_plainly, f"{folder}/bin/python"), pairs_of(given.folder)))
    checks = [
        StdioCheck(tests=((pair.given, pair.output.decode("utf-8", "surrogateescape")),), compare="exact")
        for pair in pairs
    ]
    programs = (Program(pair.source, check) for pair, check in zip(pairs, checks, strict=True))
    with open_sandbox(workers=given.workers, limits=Limits(cpu_s=TIMEOUT_S)) as box:
        outcomes = list(box.run(programs))
    statuses = Counter((pair.name.partition(" ")[2], pair.status) for pair in pairs)
    for (ends, status), count in sorted(statuses.items(), key=str):
        print(f"{ends}: exit status {status} of plain Python, {count} pairs")
    found = [
        (pair.name, why)
        for pair, outcome in zip(pairs, outcomes, strict=True)
        if (why := difference(pair, outcome))
    ]
    print(f"{len(pairs)} pairs, {len(pairs) - len(found)} the same")
    for name, why in found:
        print(f"{name}: {why}")


if __name__ == "__main__":
    main()

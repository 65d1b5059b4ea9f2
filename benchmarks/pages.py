"""How soon the pages answer over a large store: 100 runs of 164 problems with 1,000,000 samples.

    .venv/bin/python benchmarks/pages.py [--runs 100] [--samples 1000000] [--requests 30] [--store FILE]

The store is written straight into its tables; with `--store`, it is kept there and used again. Prints the median
and the largest time of each page over one connection that is kept, in milliseconds.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import insert

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evaluator.problems import read_problem_rows
from evaluator.store import Store, open_store
from evaluator.store.problem_sets import keep_problem_set, task_ids
from evaluator.store.schema import MODELS, OUTCOMES, RUNS, SAMPLES, TALLIES
from tests.services import serving

SETTINGS = {
    "k": [1, 10], "workers": 2, "timeout_s": 3.0, "judge": "isolated", "backend": "auto", "isolation": None,
    "execution": "auto", "audit": 0.01, "sanitize": False, "dedupe": True, "ignore_incomplete": False,
    "base_only": False,
}  # fmt: skip
VERDICTS = ("passed", "wrong_answer", "runtime_error", "syntax_error")


def run_row(number: int, problem_set: str, samples: int) -> dict[str, Any]:
    """One finished run; its id sorts by number."""
    now = 1.76e9 + 60 * number
    return {
        "id": f"{int(now * 1000):011x}{number:010x}", "owner": "local", "state": "done", "created": now,
        "started": now, "finished": now + 50, "model": f"organisation/model-{number:03d}", "seed": "1",
        "problem_set": problem_set, "settings": SETTINGS, "samples_name": f"samples-{number}.jsonl",
        "samples_format": "human-eval", "samples_sha256": "0" * 64, "samples": samples, "done": samples,
        "seconds": 50.0, "sandbox": {"isolation": "namespaces"}, "versions": {"passlaw": "0.1.0"},
    }  # fmt: skip


def sample_rows(
    run_id: str, tasks: list[str], samples: int, rate: float
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """A run's samples, every fifth a copy of the one before, and their outcomes."""
    luck = random.Random(run_id)
    verdict = VERDICTS[0]
    for number in range(samples):
        task = tasks[number % len(tasks)]
        verdict = VERDICTS[0] if luck.random() < rate else luck.choice(VERDICTS[1:])
        text = f"    value = {number}\n    for item in range(10):\n        value += item\n    return value\n"
        sample = {
            "run_id": run_id, "number": number, "task_id": task, "completion_id": number // len(tasks),
            "whole": False, "text": text, "row": "{}", "place": f"upload:{number + 1}",
            "same_as": number - len(tasks) if number % 5 == 4 and number >= len(tasks) else None,
        }  # fmt: skip
        outcome = {
            "run_id": run_id, "number": number, "verdict": verdict, "base_passed": None, "detail": "", "message": "",
            "calls": 3, "cpu_s": 0.002, "wall_s": 0.003, "attempts": 1, "execution": "dedicated", "fraction": None,
            "reused": sample["same_as"] is not None, "flags": [],
        }  # fmt: skip
        yield sample, outcome


def fill(store: Store, runs: int, samples: int) -> None:
    """Write the runs, one transaction each."""
    rows = read_problem_rows("humaneval")
    with store.write() as db:
        problem_set = keep_problem_set(store, db, rows)
        tasks = task_ids(db, problem_set)
        db.execute(insert(MODELS), [
            {"name": f"organisation/model-{number:03d}", "params": 1e8 * 1.05**number, "tokens": 1e11,
             "flops": 6e19 * 1.05**number, "flops_derived": True, "family": "family"}
            for number in range(runs)
        ])  # fmt: skip
    for number in range(runs):
        each = samples // runs
        run = run_row(number, problem_set, each)
        pairs = list(sample_rows(run["id"], tasks, each, 0.1 + 0.8 * number / runs))
        tallies: dict[tuple[str, str], dict[str, Any]] = {}
        for sample, outcome in pairs:
            empty = {"samples": 0, "base_passed": 0, "base_open": 0, "reused": 0, "shared": 0, "cpu_s": 0.0}
            key = {"run_id": run["id"], "task_id": sample["task_id"], "verdict": outcome["verdict"]}
            row = tallies.setdefault((sample["task_id"], outcome["verdict"]), key | empty)
            row["samples"] += 1
            row["reused"] += outcome["reused"]
            row["cpu_s"] += outcome["cpu_s"]
        with store.write() as db:
            db.execute(insert(RUNS), [run])
            db.execute(insert(SAMPLES), [sample for sample, _outcome in pairs])
            db.execute(insert(OUTCOMES), [outcome for _sample, outcome in pairs])
            db.execute(insert(TALLIES), list(tallies.values()))


def addresses(newest: str) -> list[str]:
    """Return the pages to ask for, the first page first."""
    return [
        "/runs", "/runs?q=model-042", "/runs?offset=75", f"/runs/{newest}", f"/runs/{newest}/samples",
        f"/runs/{newest}/samples?verdict=syntax_error", f"/runs/{newest}/samples?task_id=HumanEval%2F80", "/models",
        "/map", "/compare", "/forecasts", "/forecasts/new",
    ]  # fmt: skip


def main() -> None:
    """Fill a store, serve it, and time its pages."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=30)
    parser.add_argument("--store", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = given.store or Path(folder) / "passlaw.db"
        if not path.exists():
            started = time.perf_counter()
            store = open_store(path)
            fill(store, given.runs, given.samples)
            store.close()
            print(f"filled in {time.perf_counter() - started:.0f} s: {path.stat().st_size / 1e6:.0f} MB")
        with serving(path, code_workers=0, runs_at_once=0) as live, live.client() as http:
            newest = http.get("/v1/runs?limit=1").json()["items"][0]["id"]
            for address in addresses(newest):
                took, size = [], 0
                for _ in range(given.requests + 1):
                    started = time.perf_counter()
                    size = len(http.get(address).raise_for_status().content)
                    took.append(1000 * (time.perf_counter() - started))
                first, *rest = took
                told = f"median {statistics.median(rest):7.1f} ms   largest {max(rest):7.1f}   first {first:7.1f}"
                print(f"{told}   {size / 1000:6.0f} kB   {address.replace(newest, 'RUN')}", flush=True)


if __name__ == "__main__":
    main()

"""Scores the same completions with EvalPlus and with passlaw, and lists every verdict that differs.

    python benchmarks/evalplus_parity.py SAMPLES HumanEvalPlus.jsonl.gz [--every 5] [--theirs FILE]

Needs `evalplus` installed. EvalPlus's verdicts are kept in the file given as --theirs and read back from it.
"""

import argparse
import importlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evaluator import evaluate
from evaluator.files.jsonl import read_rows


def main() -> None:
    """Run both and print what differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("samples", type=Path)
    parser.add_argument("problems", type=Path)
    parser.add_argument("--every", type=int, default=5, help="take every n-th row")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--theirs", type=Path, default=Path("evalplus_verdicts.jsonl"))
    parser.add_argument("--out", type=Path, default=Path("parity_results.jsonl"))
    options = parser.parse_args()
    rows = [row for _, row in read_rows(options.samples)][:: options.every]
    if not options.theirs.exists():
        with options.theirs.open("w") as file:
            file.writelines(
                json.dumps(verdict) + "\n" for verdict in evalplus_verdicts(rows, options.problems)
            )
    theirs = [row for _, row in read_rows(options.theirs)]
    evaluate(rows, options.problems, ignore_incomplete=True, workers=options.workers, output=options.out)
    ours = [row for _, row in read_rows(options.out)]
    report(theirs, ours)


def evalplus_verdicts(rows: list[dict[str, Any]], problems: Path) -> Iterator[dict[str, Any]]:
    """Yield EvalPlus's base and plus status of every row, as its `evaluate` computes them."""
    os.environ["HUMANEVAL_OVERRIDE_PATH"] = str(problems)
    # EvalPlus reads that variable when it is imported.
    get_human_eval_plus = importlib.import_module("evalplus.data").get_human_eval_plus
    check_correctness = importlib.import_module("evalplus.evaluate").check_correctness
    trusted_exec = importlib.import_module("evalplus.gen.util").trusted_exec

    tasks = get_human_eval_plus()
    expected: dict[str, dict[str, Any]] = {}
    for index, row in enumerate(rows):
        task = tasks[row["task_id"]]
        if row["task_id"] not in expected:
            code, oracle = task["prompt"] + task["canonical_solution"], {}
            for part in ("base", "plus"):
                oracle[part], oracle[f"{part}_time"] = trusted_exec(
                    code, task[f"{part}_input"], task["entry_point"], record_time=True
                )
            expected[row["task_id"]] = oracle
        program = row.get("solution") or task["prompt"] + row["completion"]
        got = check_correctness("humaneval", 0, task, program, expected[row["task_id"]], fast_check=True)
        yield {"index": index, "task_id": row["task_id"], "base": got["base"][0], "plus": got["plus"][0]}
        if index % 100 == 0:
            print(f"EvalPlus: {index:,} of {len(rows):,}", file=sys.stderr)


def report(theirs: list[dict[str, Any]], ours: list[dict[str, Any]]) -> None:
    """Print the rows whose base or base-and-plus verdicts differ, and how many were compared."""
    differing = 0
    for their, our in zip(theirs, ours, strict=True):
        base = their["base"] == "pass"
        plus = base and their["plus"] == "pass"
        if (base, plus) != (our["base_passed"], our["passed"]):
            differing += 1
            print(
                f"{their['index']} {their['task_id']}: EvalPlus base {their['base']}, plus {their['plus']};",
                end=" ",
            )
            print(f"passlaw base {our['base_passed']}, {our['verdict']}: {our['detail']}")
    both = sum(their["base"] == "pass" == their["plus"] for their in theirs)
    print(f"{len(theirs):,} rows, {both:,} passing base and plus in EvalPlus; {differing:,} differ")


if __name__ == "__main__":
    main()

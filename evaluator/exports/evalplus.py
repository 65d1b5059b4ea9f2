"""EvalPlus's `*_eval_results.json`, which its own command reads instead of scoring again.

passlaw export samples.jsonl_results.jsonl --to evalplus --problems humaneval+
evalplus.evaluate --dataset humaneval --samples samples.jsonl
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from evaluator.errors import RunError
from evaluator.problems import ProblemSet

__all__ = ["eval_results"]


def eval_results(rows: Iterator[Mapping[str, Any]], record: Mapping[str, Any], problems: ProblemSet) -> str:
    """Return the file's text. Memory is that of all samples, as EvalPlus's own format is one object.

    `plus_status` is null for a set without extra tests (`evalplus.evaluate --base-only`), and `fail` where
    the base tests failed, after which we run no more; EvalPlus counts such a sample as failed on both.
    Failing inputs are not listed. `hash` is our hash of the set's content.

    Raises:
        RunError: a sample has no verdict, or it is not known which tests it failed.
    """
    every: dict[str, list[dict[str, Any]]] = {task_id: [] for task_id in problems.problems}
    for row in rows:
        task_id = row["task_id"]
        if task_id not in problems:
            raise RunError(f"{task_id!r:.80} is not a {problems.name} problem", option="problems")
        whole = row["solution"] if "solution" in row else problems[task_id].prompt + row["completion"]
        base, plus = _statuses(row, has_extra=problems[task_id].base_tests is not None)
        every[task_id].append({
            "task_id": task_id, "solution": whole, "base_status": base, "plus_status": plus,
            "base_fail_tests": [], "plus_fail_tests": [],
        })  # fmt: skip
    date = record["created"][:16].replace("T", " ")
    found = {task_id: samples for task_id, samples in every.items() if samples}
    return json.dumps({"date": date, "hash": problems.sha256, "eval": found})


def _statuses(row: Mapping[str, Any], *, has_extra: bool) -> tuple[str, str | None]:
    if row["passed"] is None:
        raise RunError(f"a sample of {row['task_id']} has no verdict; score the incomplete run again")
    failed = "timeout" if row.get("verdict") == "timed_out" else "fail"
    if row["passed"]:
        return "pass", "pass" if has_extra else None
    if not has_extra:
        return failed, None
    if not isinstance(row.get("base_passed"), bool):
        raise RunError(
            f"a sample of {row['task_id']} does not say whether it passed the base tests; "
            "score with the isolated judge"
        )
    return ("pass", failed) if row["base_passed"] else (failed, "fail")

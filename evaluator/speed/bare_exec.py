"""Measure bare `exec` of program and test in one process, without limits, judge or results.

Nothing that executes Python can be quicker on one core. It runs in the jail all the same, as a script, for it
executes every row of the benchmark; nobody should score this way.
"""

import json
from typing import Any, Final

from evaluator.problems import ProblemSet
from sandbox import Script, open_scripts

__all__ = ["measure_bare_exec"]

_MOST_BYTES: Final = 8_000_000  # a script's files
_MOST_S: Final = 3600.0
_SCRIPT: Final = """
import contextlib, json, os, time, warnings

with open("problems.json") as file:
    problems = json.load(file)
with open("rows.json") as file:
    rows = json.load(file)
programs = [problems[task_id][0] + completion + problems[task_id][1] for task_id, completion in rows]
warnings.simplefilter("ignore")
with open(os.devnull, "w", errors="replace") as nowhere, contextlib.redirect_stdout(nowhere):
    begun = time.process_time()
    for program in programs:
        try:
            exec(program, {})
        except BaseException:
            pass
    used = time.process_time() - begun
print(used)
"""


def measure_bare_exec(rows: list[dict[str, Any]], problems: ProblemSet) -> float | None:
    """Return the CPU seconds of executing one row, on average; None where they are too large for a script."""
    parts = {}
    for problem in problems:
        check = problem.check
        fixtures = f"{check.fixtures}\n" if check.fixtures else ""
        parts[problem.task_id] = (problem.prompt, f"\n{fixtures}{check.test}\ncheck({check.entry_point})")
    distinct = {(row["task_id"], row["completion"]): None for row in rows}
    files = {"problems.json": json.dumps(parts).encode(), "rows.json": json.dumps([*distinct]).encode()}
    if sum(map(len, files.values())) > _MOST_BYTES:
        return None
    with open_scripts() as scripts:
        result = scripts.run(Script(_SCRIPT, files=files, timeout_s=_MOST_S))
    return float(result.stdout) / len(distinct) if result.exit_status == 0 else None

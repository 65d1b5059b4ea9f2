"""An entry for a model repository's `.eval_results/` folder on the Hugging Face Hub."""

import json
from collections.abc import Mapping
from typing import Any

from evaluator.errors import RunError
from evaluator.files.wording import counted

__all__ = ["hub_entry"]


def hub_entry(record: Mapping[str, Any], dataset: str, task: str, k: int = 1) -> str:
    """Return the YAML of one result: pass@k in percent, with how it came about as a note.

    Args:
        record: the run's record.
        dataset: the data set's id on the Hub, such as `openai/openai_humaneval`.
        task: the task's id in the data set's `eval.yaml`.
        k: of pass@k.

    Raises:
        RunError: the run is incomplete, failed its self-check, or has no such pass@k.
    """
    if not (record["complete"] and record["self_check"]):
        raise RunError("the run is incomplete or failed its self-check; score the samples again first")
    found = next((each for each in record["pass_at_k"] if each["k"] == k), None)
    if found is None:
        raise RunError(f"the run has no pass@{k}; it has {[each['k'] for each in record['pass_at_k']]}")
    settings, sandbox = record["settings"], record["sandbox"]
    notes = (
        f"pass@{k} of {counted(record['samples']['count'], 'sample')} of "
        f"{counted(len(record['counts']), 'problem')}, 95% interval {100 * found['low']:.2f} to "
        f"{100 * found['high']:.2f}; passlaw {record['versions']['passlaw']}, "
        f"{settings['judge']} judge, {sandbox['isolation']}"
    )
    # Text in JSON's quotes is text in YAML too, whatever it holds.
    return (
        f"- dataset:\n    id: {json.dumps(dataset)}\n    task_id: {json.dumps(task)}\n"
        f"  value: {100 * found['mean']:.4f}\n  date: {json.dumps(record['created'][:10])}\n"
        f"  notes: {json.dumps(notes)}\n"
    )

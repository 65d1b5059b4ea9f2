"""Base tests of EvalPlus's format pass or fail by themselves, however the extra ones end."""

import json
from pathlib import Path

import pytest

from evaluator import evaluate

PROBLEM = {
    "task_id": "HumanEval/900", "prompt": "import os\ndef f(x):\n", "entry_point": "f",
    "canonical_solution": "    return x\n", "base_input": [[1], [2]], "plus_input": [[3], [4]], "atol": 0,
}  # fmt: skip
SAMPLES = {
    "    if x == 3: os._exit(0)\n    return x\n": True,
    "    if x == 4: os.abort()\n    return x\n": True,
    "    if x == 2: os._exit(0)\n    return x\n": False,
    "    if x == 3: raise SystemExit\n    return x\n": True,
    "    return x % 3\n": True,
    "    return x % 2\n": False,
    "    raise ValueError('plus input 0')\n": False,
}


@pytest.mark.parametrize("execution", ["auto", "dedicated"])
def test_base_tests_count_by_themselves(tmp_path: Path, execution: str) -> None:
    problems, samples, output = (
        tmp_path / name for name in ("problems.jsonl", "samples.jsonl", "results.jsonl")
    )
    problems.write_text(json.dumps(PROBLEM))
    rows = [json.dumps({"task_id": PROBLEM["task_id"], "completion": text}) for text in SAMPLES]
    samples.write_text("\n".join(rows))
    evaluate(samples, problems, k=(1,), output=output, execution=execution)
    found = [json.loads(line) for line in output.read_text().splitlines()]
    assert [each["base_passed"] for each in found] == list(SAMPLES.values())
    assert not any(each["passed"] for each in found)

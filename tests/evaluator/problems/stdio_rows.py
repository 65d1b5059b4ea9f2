"""Rows of LiveCodeBench, and the check that a row becomes."""

import base64
import json
import pickle
import zlib
from collections.abc import Mapping
from typing import Any

from evaluator.problems.load import problem_of_row
from sandbox import StdioCheck

PUBLIC = [{"input": "1\n", "output": "2\n", "testtype": "stdin"}]
PRIVATE = [{"input": "3\n", "output": "é 6\n", "testtype": "stdin"}]
CALLS = [{"input": "[1, 2]\n3", "output": "[3]", "testtype": "functional"}]
LCB = {
    "question_id": "1873_A", "question_content": "Double it.", "metadata": "{}",
    "public_test_cases": json.dumps(PUBLIC), "private_test_cases": "[]",
}  # fmt: skip


def packed(value: object, protocol: int = 4) -> str:
    """Return a value as LiveCodeBench packs hidden tests."""
    return base64.b64encode(zlib.compress(pickle.dumps(value, protocol))).decode()


def stdio(row: Mapping[str, Any]) -> StdioCheck:
    """Return the check of a row."""
    check = problem_of_row(row).check
    assert isinstance(check, StdioCheck)
    return check

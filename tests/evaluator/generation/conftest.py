import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evaluator.problems import ProblemSet, load_problems
from tests.model_server import running_server, says, table_model

DIGITS = [str(digit) for digit in range(10)]


@pytest.fixture(scope="session")
def digit_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose model writes a digit after a space, each as likely, and ends there."""
    table = says({" ": dict.fromkeys(DIGITS, 0.0)} | {digit: {"": 0.0} for digit in DIGITS})
    model = table_model(tmp_path_factory.mktemp("model") / "digits.gguf", table)
    with running_server(model) as url:
        yield url


@pytest.fixture
def problems_file(tmp_path: Path) -> Path:
    path = tmp_path / "digits.jsonl"
    path.write_text("".join(json.dumps(at_least(least)) + "\n" for least in (0, 3, 6)))
    return path


@pytest.fixture
def problems(problems_file: Path) -> ProblemSet:
    return load_problems(problems_file)


def at_least(least: int) -> dict[str, Any]:
    test = f"def check(candidate):\n    assert candidate() >= {least}\n"
    prompt = "def digit():\n    return "
    return {"task_id": f"digit/{least}", "prompt": prompt, "entry_point": "digit", "test": test}

"""Modules that were renamed work under their old names for one release, and say so."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("human_eval", "human_eval", "evaluate_functional_correctness"),
        ("code_eval", "code_eval", "compute"),
    ],
)
def test_a_former_name_is_the_same_thing_with_a_warning(old: str, new: str, name: str) -> None:
    program = (
        "import warnings\n"
        "with warnings.catch_warnings(record=True) as caught:\n"
        f"    from evaluator.bridges.{old} import {name} as former\n"
        f"from evaluator.integrations.{new} import {name}\n"
        f"assert former is {name}\n"
        "print(*(each.message for each in caught))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "default", "-c", program], capture_output=True, text=True, check=True
    )
    assert "evaluator.bridges is now evaluator.integrations" in done.stdout

"""A program that comes to two verdicts: every verdict of the shared process is obtained again, unasked."""

import json
from pathlib import Path
from typing import Any

import pytest

from evaluator import evaluate
from evaluator.scoring.result_paths import run_record_path
from sandbox import ExecutionMode

# Where a function lies in memory depends on what was there before it: a low bit of it differs between the process
# that programs share and one of the program's own, for many of these programs. Nothing here is patched.
ADDRESSES = range(60)
ADDRESS = (
    "    held = [lambda: n for n in range(99 + {n})]\n    return int(str(held[-1]).split('0x')[1][:-1], 16)\n"
)
PLAIN = {
    "task_id": "Plain/0", "entry_point": "plain", "prompt": 'def plain(n):\n    """Add one."""\n', "canonical_solution": "    return n + 1\n",
    "test": "def check(candidate):\n    assert candidate(1) == 2\n",
}  # fmt: skip
PROBLEMS = [PLAIN] + [
    {
        "task_id": f"Address/{n}", "entry_point": "where", "prompt": 'def where():\n    """Tell an address."""\n',
        "canonical_solution": "    return -1\n",
        "test": f"def check(candidate):\n    assert candidate() >> {5 + n % 5} & 1\n",
    }
    for n in ADDRESSES
]  # fmt: skip
# Enough failures that trying the shared process first pays, and a few programs that pass.
ROWS: list[dict[str, object]] = [
    {"task_id": "Plain/0", "completion": f"    return n + {n % 10}  # {n}\n"} for n in range(60)
]
ROWS += [{"task_id": f"Address/{n}", "completion": ADDRESS.replace("{n}", str(n))} for n in ADDRESSES]


@pytest.fixture
def given(tmp_path: Path) -> tuple[Path, Path]:
    problems, samples = tmp_path / "problems.jsonl", tmp_path / "samples.jsonl"
    problems.write_text("".join(json.dumps(row) + "\n" for row in PROBLEMS))
    samples.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return samples, problems


@pytest.mark.parametrize("kept", ["file", "store", pytest.param("cluster", marks=pytest.mark.slow)])
def test_disagreement_has_every_verdict_of_the_shared_process_obtained_again(
    kept: str, given: tuple[Path, Path], tmp_path: Path
) -> None:
    samples, problems = given
    where: dict[str, dict[str, Any]] = {
        "file": {},
        "store": {"store": tmp_path / "runs.db"},
        "cluster": {"engine": "ray", "ray_address": "local"},
    }
    told: list[str] = []
    result = evaluate(
        samples,
        problems,
        k=(1,),
        workers=2,
        audit=1.0,
        isolation="namespaces",
        tell=told.append,
        **where[kept],
    )
    assert result.audit.disagreed == 1 == len(result.audit.disagreements)
    assert result.audit.healed
    assert result.self_check
    assert result.samples == len(ROWS)
    assert result.counts["Plain/0"] == (60, 6)
    assert set(result.execution_counts) == {ExecutionMode.DEDICATED.value}
    assert any("scoring all programs again" in sentence for sentence in told)
    assert result.results
    record = json.loads(run_record_path(Path(result.results)).read_text())
    assert record["audit"]["healed"] is True
    assert len(Path(result.results).read_text().splitlines()) == len(ROWS)


def test_run_that_shares_no_process_has_nothing_to_heal(given: tuple[Path, Path]) -> None:
    samples, problems = given
    result = evaluate(samples, problems, k=(1,), workers=2, execution="dedicated")
    assert not result.audit.disagreed
    assert not result.audit.healed
    assert result.counts["Plain/0"] == (60, 6)


def test_cache_keeps_no_verdict_of_a_run_that_was_healed_but_those_obtained_again(
    given: tuple[Path, Path], tmp_path: Path
) -> None:
    samples, problems = given
    kept = tmp_path / "outcomes.db"
    first = evaluate(
        samples, problems, k=(1,), workers=1, audit=1.0, isolation="namespaces", cache=kept, dedupe=False
    )
    assert first.audit.healed
    second = evaluate(
        samples, problems, k=(1,), workers=1, execution="dedicated", isolation="namespaces", cache=kept
    )
    assert second.counts["Plain/0"] == (60, 6)

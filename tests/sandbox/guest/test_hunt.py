"""The hunter in short: a minute of programs, the same ones every time. `benchmarks/hunt.py` runs it for hours."""

import gzip
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from attacks.problems import PROBLEMS
from hunter import hunted, mutated, search
from tests_sandbox import ASK, opened_at

from sandbox import ExecutionMode, Limits, Outcome, Program, Sandbox, Verdict
from sandbox.guest.shared_state import SharedState
from sandbox.host.sharing import Sharing

pytestmark = pytest.mark.slow
# A mutated loop is often endless, and each takes all of its time, alone and again.
LIMITS = Limits(cpu_s=0.5, memory_bytes=1 << 30)
ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("PASSLAW_SHARED_DATA", ROOT.parent / "shared" / "data"))
# Another program's memory, and how long it takes there, may end a program anywhere.
UNSETTLED = {Verdict.TIMED_OUT, Verdict.OUT_OF_MEMORY, Verdict.OUTPUT_LIMIT}


@pytest.mark.parametrize("first", [0, 10_000])
def test_no_program_gets_hold_of_what_is_not_its_own(first: int) -> None:
    command = [sys.executable, str(ROOT / "tests/sandbox/hunter.py"), str(first), "2500"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert [json.loads(line) for line in done.stdout.splitlines()] == ["done"]


@pytest.mark.parametrize(
    "leak", [lambda _value: sys, lambda _value: SharedState, search, type, sys._getframe]
)
def test_hunter_finds_a_way_out_where_there_is_one(leak: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it looks for is not missed: here one of the builtins is a way out, or leads to one."""
    plain = SharedState.namespace

    def leaking(state: SharedState) -> dict[str, object]:
        namespace = plain(state)
        namespace["__builtins__"]["dict"] = leak  # type: ignore[index]
        return namespace

    monkeypatch.setattr(SharedState, "namespace", leaking)
    monkeypatch.setattr(SharedState, "is_unchanged", lambda _state: True)
    assert any("not admitted" not in told for _seed, told in search(0, 1500))


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with opened_at("namespaces", limits=LIMITS, execution="auto", audit=0.0, seed=7) as opened:
        yield opened


def _run(box: Sandbox, programs: Sequence[Program], *, shared: bool) -> list[Outcome]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sharing, "pays", lambda _self, _check: shared)
        return list(box.run(programs))


def _told(outcome: Outcome) -> tuple[Verdict, str, int]:
    return outcome.verdict, re.sub(r"0x[0-9a-f]+", "0x", outcome.detail), outcome.calls


def _differences(programs: Sequence[Program], box: Sandbox) -> list[str]:
    """Run programs alone, together and together in reverse; returns the sources of those that differ."""
    alone = [_told(outcome) for outcome in _run(box, programs, shared=False)]
    forth = [_told(outcome) for outcome in _run(box, programs, shared=True)]
    back = [_told(outcome) for outcome in _run(box, programs[::-1], shared=True)][::-1]
    return [
        f"{a}\n{f}\n{b}\n{program.source}"
        for a, f, b, program in zip(alone, forth, back, programs, strict=True)
        if not a == f == b and a[0] not in UNSETTLED
    ]


def test_no_program_changes_what_the_next_one_does(box: Sandbox) -> None:
    """Contamination: programs in one process, and the same in reverse, answer as each does in its own."""
    programs = [Program(hunted(seed), ASK) for seed in range(50_000, 50_600)]
    assert not _differences(programs, box)


def test_hunted_programs_mostly_stay_in_the_shared_process(box: Sandbox) -> None:
    outcomes = _run(box, [Program(hunted(seed), ASK) for seed in range(200)], shared=True)
    assert sum(outcome.execution is ExecutionMode.SHARED for outcome in outcomes) > 150
    assert sum("the last call returned" in outcome.detail for outcome in outcomes) > 150


def _completions() -> list[Program]:
    """Real completions where there are some, else the corpus's own solutions."""
    programs = [Program(problem.canonical, problem.check) for problem in PROBLEMS.values()]
    path = SHARED / "completions_codegen16b_humaneval.jsonl.gz"
    if path.is_file():
        from evaluator.problems import load_problems

        problems = load_problems("humaneval")
        with gzip.open(path, "rt") as lines:
            rows = random.Random(1).sample([json.loads(line) for line in lines], 200)
        programs += [
            Program(problems[row["task_id"]].prompt + row["completion"], problems[row["task_id"]].check)
            for row in rows
        ]
    return programs


def test_mutated_completions_have_one_verdict_wherever_they_run(box: Sandbox) -> None:
    originals = _completions()
    programs = [
        Program(mutated(original.source, seed), original.check)
        for seed in range(600)
        for original in [originals[seed % len(originals)]]
    ]
    assert not _differences(programs, box)


def test_mutations_are_the_same_for_a_seed_and_mostly_change_something() -> None:
    source = "def f(x):\n    return sorted(x) + [len(x) - 1]\n"
    texts = [mutated(source, seed) for seed in range(50)]
    assert texts == [mutated(source, seed) for seed in range(50)]
    assert len(set(texts)) > 20

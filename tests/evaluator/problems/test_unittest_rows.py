"""Rows whose tests live beside the code: how they are read, judged and named, and what is left out of them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluator.errors import EvaluatorError, ProblemsError
from evaluator.evaluate import evaluate
from evaluator.problems import load_problems
from evaluator.rewards import RewardModel
from sandbox import JudgeMode, UnittestCheck

Write = Callable[..., Path]
_PROMPT = 'def task_func(a, b):\n    """Return the sum."""\n'
_TEST = "import unittest\nclass TestCases(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(task_func(1, 2), 3)\n"
_ROW = {
    "task_id": "BigCodeBench/0", "complete_prompt": _PROMPT, "code_prompt": "def task_func(a, b):\n",
    "instruct_prompt": "Add.", "test": _TEST, "entry_point": "task_func", "libs": "['random']",
    "canonical_solution": "    return a + b\n",
}  # fmt: skip
# Its own solution wants the network, which no program has.
_NETWORK = _ROW | {
    "task_id": "BigCodeBench/1",
    "canonical_solution": "    import socket\n    socket.socket()\n    return a + b\n",
}
_OWN = {
    "task_id": "mine", "kind": "unittest", "prompt": _PROMPT, "test": _TEST, "entry_point": "task_func",
    "timeout_s": 2, "memory_mb": 512, "canonical_solution": "    return a + b\n",
}  # fmt: skip


def test_rows_are_read_as_they_are(write_rows: Write) -> None:
    problems = load_problems(write_rows([_ROW, _OWN]))
    first, own = problems
    assert first.kind == own.kind == "unittest"
    assert first.prompt == _PROMPT
    assert first.statement == "Add."
    assert own.check == UnittestCheck(entry_point="task_func", test=_TEST, cpu_s=2.0, memory_bytes=512 << 20)
    assert problems.judge_mode(JudgeMode.ISOLATED) is JudgeMode.IN_PROCESS
    assert problems.timeout_s == 120.0  # as the help and docs/packages.md say


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"test": "def check(f): pass"}, "BigCodeBench/0: nothing can be judged by its 'test': its test module has no"),
        ({"test": "class A(:"}, "BigCodeBench/0: nothing can be judged by its 'test': invalid syntax"),
        ({"test": 3}, "'test' must be a str"),
        ({"entry_point": "a b"}, "is not a function's name"),
        ({"kind": "unittest"}, "no 'prompt' in this problem"),
        ({"kind": "unittest", "prompt": "", "timeout_s": "long"}, "timeout_s must be a positive number"),
    ],
)  # fmt: skip
def test_a_bad_row_is_one_sentence(write_rows: Write, change: dict[str, Any], said: str) -> None:
    with pytest.raises(ProblemsError, match=said) as raised:
        load_problems(write_rows([_ROW | change]))
    assert "\n" not in str(raised.value)


def test_every_row_and_the_record_name_the_judge(write_rows: Write) -> None:
    problems = write_rows([_ROW, _NETWORK], "problems.jsonl")
    samples = write_rows(
        [
            {"task_id": task_id, "completion": text}
            for task_id in ("BigCodeBench/0", "BigCodeBench/1")
            for text in ("    return a + b\n", "    return 0\n")
        ],
        "samples.jsonl",
    )
    result = evaluate(samples, problems, workers=1, k=(1,))
    assert result.judge == "in-process"
    assert result.sandbox["judge"] == JudgeMode.IN_PROCESS
    rows = [json.loads(line) for line in Path(f"{samples}_results.jsonl").read_text().splitlines()]
    assert {row["judge"] for row in rows} == {"in-process"}
    assert [row["verdict"] for row in rows[:2]] == ["passed", "wrong_answer"]
    record = json.loads(Path(f"{samples}_run.json").read_text())
    assert record["settings"]["judge"] == record["sandbox"]["judge"] == "in-process"
    (left,) = record["problem_check"]["left_out"]
    assert (left["task_id"], left["fault"]) == ("BigCodeBench/1", "solution_fails")
    assert "Operation not permitted" in left["reason"]
    assert result.pass_at_k == {"pass@1": 0.5}


def test_such_problems_are_never_mixed_with_isolated_ones(write_rows: Write) -> None:
    isolated = {
        "task_id": "other", "prompt": _PROMPT, "entry_point": "task_func",
        "test": "def check(candidate):\n    assert candidate(1, 2) == 3\n", "canonical_solution": "    return a + b\n",
    }  # fmt: skip
    problems = write_rows([_ROW, isolated], "problems.jsonl")
    samples = write_rows(
        [{"task_id": each, "completion": "    return a + b\n"} for each in ("BigCodeBench/0", "other")],
        "samples.jsonl",
    )
    with pytest.raises(EvaluatorError, match="BigCodeBench/0 is the first"):
        evaluate(samples, problems, workers=1, k=(1,))
    assert evaluate(samples, problems, workers=1, k=(1,), judge="in-process").judge == "in-process"


def test_a_reward_of_such_a_problem_is_given_only_where_asked_for(write_rows: Write) -> None:
    problems = load_problems(write_rows([_ROW]))
    items = [
        {"task_id": "BigCodeBench/0", "completion": "    return a + b\n"},
        {
            "kind": "unittest",
            "test": _TEST,
            "entry_point": "task_func",
            "solution": "def task_func(a, b): return 3",
        },
    ]
    with RewardModel(problems, workers=1) as model:
        refused = model.score(items)
    assert [each.reward for each in refused] == [None, None]
    assert "can be forged" in refused[0].detail
    with RewardModel(problems, workers=1, judge="in-process") as model:
        assert [each.reward for each in model.score(items)] == [1.0, 1.0]

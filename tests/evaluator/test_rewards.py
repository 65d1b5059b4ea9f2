import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluator.errors import UsageError
from evaluator.rewards import MOST_ITEMS, RewardModel

RIGHT, WRONG = "    return number % 1.0\n", "    return number\n"
PARTS = [{"input": "1", "output": "2"}, {"input": "2", "output": "5"}]


def nested(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.fixture(scope="module")
def model() -> Iterator[RewardModel]:
    with RewardModel("humaneval", workers=2) as opened:
        yield opened


def test_a_batch_gets_its_rewards_in_order_and_duplicates_theirs(model: RewardModel) -> None:
    items = [
        {"task_id": "HumanEval/2", "completion": text} for text in (RIGHT, WRONG, RIGHT, "    return (\n")
    ]
    rewards = model.score(items * 2)
    assert [each.reward for each in rewards] == [1.0, 0.0, 1.0, 0.0] * 2
    assert rewards[3].verdict == "syntax_error"


@pytest.mark.parametrize(
    ("item", "reward"),
    [
        ({"completion": "print(int(input()) * 2)", "tests": PARTS}, 0.5),
        ({"completion": "Here:\n```python\nprint(int(input()) * 2)\n```\n", "tests": PARTS}, 0.5),
        ({"completion": "def f(a):\n    return a", "tests": ["assert f(1) == 1"], "entry_point": "f"}, 1.0),
        ({"solution": "def f(a):\n    return a", "test": "def check(c):\n    assert c(1) == 2", "entry_point": "f"}, 0.0),
        (
            {
                "completion": "class Solution:\n    def f(self, a: List[int]):\n        return a, inf",
                "kind": "method", "entry_point": "f", "tests": [{"input": [[1]], "output": [[1], float("inf")]}],
            },
            1.0,
        ),
        ({"task_id": "HumanEval/2", "completion": [{"role": "assistant", "content": RIGHT}]}, 1.0),
        (
            {
                "completion": "class Solution:\n    def f(self, n):\n        return n and 1 + self.f(n - 1)",
                "kind": "method", "entry_point": "f", "tests": [{"input": [20_000], "output": 20_000}],
            },
            1.0,
        ),
        (
            {
                "completion": "class Solution:\n    def f(self, a):\n        return a", "kind": "method", "entry_point": "f",
                "tests": [{"input": [nested(200)], "output": nested(200)}],
            },
            1.0,
        ),
        ({"completion": "print(3)", "tests": [{"input": "", "output": "5"}],
          "checker": "def check(given, output, expected):\n    return 0.25"}, 0.25),
    ],
)  # fmt: skip
def test_items_bring_tests_of_every_kind(model: RewardModel, item: dict[str, object], reward: float) -> None:
    found = model.score([item], fraction=True)[0]
    assert found.reward == reward, found.detail


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (7, "must be an object"), ({"completion": "x"}, "needs tests"), ({"task_id": "HumanEval/2"}, "text or chat messages"),
        ({"task_id": "nope", "completion": "x"}, "'nope' is not a humaneval problem"),
        ({"completion": "x", "tests": []}, "no tests"), ({"completion": "x", "kind": "x", "tests": PARTS}, "none of function"),
        ({"completion": "x", "tests": [{"input": 1}]}, "both text"), ({"completion": "x", "tests": 3}, "list of objects"),
        ({"completion": "x", "tests": PARTS, "checker": "#include <testlib.h>"}, r"C\+\+ \(testlib\) are not run"),
        ({"completion": "x", "tests": PARTS, "checker": "def f(:"}, "not valid Python"),
        ({"completion": "x", "tests": PARTS, "timeout_s": -1}, "positive number"),
        ({"completion": "x", "test": "x = 1", "entry_point": "f"}, "defines no function check"),
        ({"completion": "x", "test": "def check(c): pass"}, "'entry_point'"), ({"completion": []}, "text or chat"),
        ({"completion": "x", "tests": PARTS, "checker": "check = 1 / 0\ndef check(a, b, c): pass"}, "not scored: the check"),
        ({"completion": "x", "tests": ["assert f(lambda v: v) == 1"], "entry_point": "f"}, "hands over a function"),
        ({"completion": "x", "tests": ["assert f(1) == date(2020, 1, 1)"], "entry_point": "f"}, "expects a date"),
        ({"completion": "x", "test": "def check(c):\n    assert True", "entry_point": "f"}, "every program passes"),
        ({"completion": "x", "kind": "method", "entry_point": "f", "tests": [{"input": [1], "output": nested(900)}]}, "nests more"),
    ],
)  # fmt: skip
def test_a_bad_item_has_no_reward_and_loses_no_other(model: RewardModel, item: object, why: str) -> None:
    good = {"task_id": "HumanEval/2", "completion": RIGHT}
    before, found, after = model.score([good, item, good])
    assert found.reward is found.passed is None
    assert re.search(why, found.detail), found.detail
    assert before.reward == after.reward == 1.0


@pytest.mark.parametrize(
    ("tests", "why"),
    [
        ({"test": "import nowhere\ndef check(c):\n    assert c(1) == 1"}, "No module named 'nowhere'"),
        ({"test": "def check(c):\n    import nowhere\n    assert c(1) == 1"}, "`import nowhere` raised ModuleNotFoundError"),
        ({"test": "def check(c):\n    assert c(1) == 1\n    assert c(2) == two"}, "raised NameError: name 'two'"),
        ({"test": "def check(c):\n    assert 1 == 2\n    assert c(1) == 1"}, "`assert 1 == 2` raised AssertionError"),
        ({"test": "def check(c, d):\n    assert c(1) == 1"}, "raised TypeError"),
        ({"tests": ["assert f(one) == 1"]}, "`assert f(one) == 1` raised NameError"),
    ],
)  # fmt: skip
def test_a_test_that_fails_by_itself_gives_no_reward(
    model: RewardModel, tests: dict[str, object], why: str
) -> None:
    item = {"solution": "def f(a):\n    return a", "entry_point": "f"} | tests
    found = model.score_one(item)
    assert (found.reward, found.passed, found.verdict) == (None, None, "sandbox_error"), found.detail
    assert found.detail.startswith("the problem's own test failed, not the program: ")
    assert why in found.detail
    assert model.score_one(item | {"solution": "def f(a:"}).reward == 0.0  # whatever the test is


@pytest.mark.parametrize(
    ("solution", "test"),
    [
        ("def f(a):\n    return b", "assert c(1) == 1"),
        ("def f(a):\n    import nowhere", "assert c(1) == 1"),
        ("def f(a):\n    return []", "for x in c(1): last = x\n    assert last == 1"),
        ("def f(a):\n    return 'b'", "assert int(c(1)) == 1"),
        (
            "def f(a):\n    return []",
            "for x in c(3):\n        last = x\n    assert all(last >= y for y in range(3))",
        ),
        ("def f(a):\n    return []", "class A:\n        for x in c(3): last = x\n        assert last == 2"),
        ("def f(a):\n    return None", "assert len(c(1)) == 1"),
    ],
)
def test_what_the_program_made_the_test_raise_counts_against_it(
    model: RewardModel, solution: str, test: str
) -> None:
    item = {"solution": solution, "entry_point": "f", "test": f"def check(c):\n    {test}"}
    found = model.score_one(item)
    assert found.reward == 0.0, found.detail


def test_a_test_that_runs_what_a_program_returns_gives_no_reward(model: RewardModel) -> None:
    item = {"solution": "def f(a):\n    return '5'", "entry_point": "f", "tests": ["assert eval(f(1)) == 5"]}
    found = model.score_one(item)
    assert found.reward is None
    assert "may run as code what a program returns" in found.detail


@pytest.mark.parametrize("fails", ["raise ValueError(output)", "return 'yes'"])
def test_a_checker_that_fails_gives_no_reward(model: RewardModel, fails: str) -> None:
    checker = f"def check(given, output, expected):\n    {fails}"
    item = {"completion": "print(3)", "tests": PARTS, "checker": checker}
    for fraction in (False, True):
        found = model.score([item], fraction=fraction)[0]
        assert (found.reward, found.verdict) == (None, "sandbox_error")
        assert "the problem's own checker failed" in found.detail


def test_a_batch_that_is_too_large_is_refused(model: RewardModel) -> None:
    with pytest.raises(UsageError, match="16,385 items"):
        model.score([{}] * (MOST_ITEMS + 1))


def test_it_makes_way_between_programs_and_goes_on_from_there(model: RewardModel) -> None:
    items = [{"task_id": "HumanEval/2", "completion": f"{RIGHT}    # {n}\n"} for n in range(200)]
    first = model.score(items, make_way=lambda: True)
    assert 0 < len(first) < 200
    assert {each.reward for each in first + model.score(items[len(first) :])} == {1.0}


def test_a_worker_that_is_killed_changes_no_reward() -> None:
    items = [
        {"task_id": "HumanEval/2", "completion": f"{RIGHT if n % 3 else WRONG}    # {n}\n"}
        for n in range(300)
    ]
    expected = [1.0 if n % 3 else 0.0 for n in range(300)]
    killed: list[int] = []
    others = _children()  # what other tests have started, and what was there before the tests

    def kill() -> None:
        for _ in range(3):
            time.sleep(0.1)
            for pid in sorted(_children() - others)[:1]:
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    with RewardModel("humaneval", workers=2) as model:
        model.score(items[:2])
        thread = threading.Thread(target=kill)
        thread.start()
        rewards = model.score(items)
        thread.join()
    assert killed
    assert [each.reward for each in rewards] == expected


def _children() -> set[int]:
    """Return the processes that this one has started and that have not ended."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    return {int(pid) for pid in children.split()}

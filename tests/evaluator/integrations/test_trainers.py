"""The functions are called here with the arguments that TRL 1.16.0, verl and verifiers 0.1.14 were seen to give.

The packages themselves are not in this project's environments; `benchmarks/trainer_packages.py` runs them.
"""

import asyncio
import json
import math
from collections.abc import Iterator

import numpy as np
import pytest

from evaluator.integrations.trainers import (
    trl_reward,
    verifiers_reward,
    verl_compute_score,
    verl_compute_scores,
)
from evaluator.rewards import RewardModel, RewardUnavailableError

DOUBLE = "```python\nprint(int(input()) * 2)\n```"
TESTS = [{"input": "1", "output": "2"}, {"input": "2", "output": "4"}]
LISTS = json.dumps({"inputs": ["1", "2"], "outputs": ["2", "4"]})


@pytest.fixture(scope="module")
def model() -> Iterator[RewardModel]:
    with RewardModel("humaneval", workers=1) as opened:
        yield opened


def test_trl_is_given_lists_and_none_where_there_is_no_reward(model: RewardModel) -> None:
    chat = [{"role": "assistant", "content": DOUBLE}]
    function = trl_reward(model)
    rewards = function(
        prompts=["p"] * 3, completions=[chat, DOUBLE.replace("2", "3"), DOUBLE], tests=[TESTS, TESTS, []],
        completion_ids=[[1], [2], [3]], trainer_state=None,
    )  # fmt: skip
    assert rewards == [1.0, 0.0, None]
    assert function.__name__


def test_verl_is_given_one_score_or_many(model: RewardModel) -> None:
    one, many = verl_compute_score(model), verl_compute_scores(model)
    assert one(data_source="apps", solution_str=DOUBLE, ground_truth=LISTS, extra_info={"index": 1}) == 1.0
    body = "    return number % 1.0\n"
    assert many(["x"] * 2, [DOUBLE, body], [json.dumps(TESTS), "HumanEval/2"], [None, {}]) == [1.0, 1.0]
    infos = np.array([{"index": 0}, {"index": 1}], dtype=object)  # as `BatchRewardManager` has them
    assert many(np.array(["x"] * 2), [DOUBLE, "x"], [LISTS] * 2, extra_infos=infos) == [1.0, 0.0]
    with pytest.raises(RewardUnavailableError, match="'nope' is not a humaneval problem"):
        one("x", DOUBLE, "nope")


def test_verifiers_awaits_a_score(model: RewardModel) -> None:
    function = verifiers_reward(model)
    chat = [{"role": "assistant", "content": DOUBLE}]
    assert (
        asyncio.run(function(completion=chat, answer="", info={"tests": TESTS}, state={}, prompt=[])) == 1.0
    )
    assert asyncio.run(function(completion=chat, answer=LISTS)) == 1.0
    assert math.isnan(asyncio.run(function(completion=chat, answer="nope")))  # an exception would be 0 there

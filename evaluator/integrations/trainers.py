"""Rewards as trainers call them: TRL's functions, verl's `compute_score`, verifiers' rubrics.

model = RewardModel(workers=8)
GRPOTrainer(..., reward_funcs=trl_reward(model))   # columns: tests, test, entry_point, task_id ...
compute_score = verl_compute_score(model)          # or verl_compute_scores, which takes whole batches
Rubric(funcs=[verifiers_reward(model)])            # verifiers 0.1; 0.4 has no such rubric

`benchmarks/trainer_packages.py` ran them inside TRL 1.16.0, verl 0.9.1 and verifiers 0.1.14.
"""

import asyncio
import json
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from evaluator.rewards import Reward, RewardModel, RewardUnavailableError

__all__ = ["trl_reward", "verifiers_reward", "verl_compute_score", "verl_compute_scores"]

_COLUMNS: Final = (
    "task_id", "test", "tests", "entry_point", "kind", "checker", "compare", "tolerance", "timeout_s",
    "memory_mb",
)  # fmt: skip


def trl_reward(model: RewardModel) -> Callable[..., list[float | None]]:
    """Return a reward function for TRL: it is given completions, text or messages, and the dataset's columns.

    An item without a reward is None. TRL 1.16 leaves it out of the group's mean and gives it no advantage;
    it warns if there is no other reward function.
    """

    def passlaw_reward(completions: Sequence[object], **columns: Any) -> list[float | None]:  # noqa: ANN401
        given = {name: columns[name] for name in _COLUMNS if columns.get(name) is not None}
        items = [
            {"completion": completion} | {name: values[place] for name, values in given.items()}
            for place, completion in enumerate(completions)
        ]
        return [each.reward for each in model.score(items)]

    return passlaw_reward


def verl_compute_score(model: RewardModel) -> Callable[..., float]:
    """Return `compute_score(data_source, solution_str, ground_truth, extra_info)` for verl.

    `ground_truth` is JSON of an item's tests, or of APPS's `inputs` and `outputs`; or else the name of a
    problem. It raises `RewardUnavailableError` where there is no reward: verl has no other word for that,
    and 0 would teach something.
    """
    score_all = verl_compute_scores(model)

    def compute_score(
        data_source: object,
        solution_str: str,
        ground_truth: object,
        extra_info: Mapping[str, Any] | None = None,
        **_more: object,
    ) -> float:
        return score_all([data_source], [solution_str], [ground_truth], [extra_info])[0]

    return compute_score


def verl_compute_scores(model: RewardModel) -> Callable[..., list[float]]:
    """Return the batched form, for verl's `BatchRewardManager`; see `verl_compute_score`."""

    def compute_score(
        data_sources: Sequence[object],  # noqa: ARG001 - the parameters are verl's
        solution_strs: Sequence[str],
        ground_truths: Sequence[object],
        extra_infos: Sequence[Mapping[str, Any] | None] | None = None,
        **_more: object,
    ) -> list[float]:
        infos = [None] * len(solution_strs) if extra_infos is None else extra_infos  # verl's is an array
        items = [
            {"completion": text} | _of_truth(truth, info or {})
            for text, truth, info in zip(solution_strs, ground_truths, infos, strict=True)
        ]
        return [_present(each) for each in model.score(items)]

    return compute_score


def verifiers_reward(model: RewardModel) -> Callable[..., Awaitable[float]]:
    """Return a function for a rubric of verifiers: `info` holds the item's tests, or `answer` does as JSON.

    It returns NaN where there is no reward: a rubric takes an exception for 0. A trainer has to leave such
    rollouts out.
    """

    async def passlaw_reward(
        completion: object, answer: str = "", info: Mapping[str, Any] | None = None, **_more: object
    ) -> float:
        item = {"completion": completion} | _of_truth(answer, info or {})
        reward = (await asyncio.to_thread(model.score_one, item)).reward
        return math.nan if reward is None else reward

    return passlaw_reward


def _of_truth(truth: object, info: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item's tests from what a data set calls the right answer, and what it says besides."""
    found = {name: info[name] for name in _COLUMNS if info.get(name) is not None}
    if "test" in found or "tests" in found or "task_id" in found:
        return found
    value = truth
    if isinstance(truth, str):
        try:
            value = json.loads(truth)
        except (ValueError, RecursionError):
            return found | {"task_id": truth}
    if isinstance(value, Mapping) and "inputs" in value and "outputs" in value:
        inputs, outputs = value["inputs"], value["outputs"]
        if not isinstance(inputs, list) or not isinstance(outputs, list) or len(inputs) != len(outputs):
            return found | {"tests": "inputs and outputs that are no lists of one length"}
        if value.get("fn_name"):
            found |= {"kind": "method", "entry_point": value["fn_name"], "wrapped": True}
        pairs = zip(inputs, outputs, strict=True)
        return found | {"tests": [{"input": given, "output": expected} for given, expected in pairs]}
    if isinstance(value, Mapping):
        return found | {name: value[name] for name in _COLUMNS if value.get(name) is not None}
    return found | {"tests": value}


def _present(reward: Reward) -> float:
    if reward.reward is None:
        raise RewardUnavailableError(f"no reward: {reward.detail}")
    return reward.reward

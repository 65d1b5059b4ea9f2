"""Small tables as lists of dictionaries."""

from collections.abc import Callable
from typing import Any

from tests.predictor.ladders import Simulated

__all__ = ["ACCURACY_ROWS", "LOSS_ROWS", "STEP_ROWS", "count_rows"]


def count_rows(ladder: Simulated, rename: Callable[[str], str] = str) -> list[dict[str, Any]]:
    counts = ladder.counts
    return [
        {
            "model": rename(model), "task_id": task, "flops": counts.flops[j],
            "n": int(counts.samples[j, i]), "c": int(counts.passes[j, i]),
        }
        for j, model in enumerate(counts.models)
        for i, task in enumerate(counts.problems)
    ]  # fmt: skip


LOSS_ROWS = [
    {"model": f"m{number}", "flops": 10.0 ** (18 + number / 2), "loss": 1.7 + 2.0 * 10.0 ** (-0.07 * number)}
    for number in range(9)
]


ACCURACY_ROWS = [
    {"model": f"m{number}", "flops": 10.0 ** (19 + number / 2), "acc": 0.28 + 0.05 * number}
    for number in range(9)
]
STEP_ROWS = [{"run": "r", "step": step, "acc": 0.8 - 0.5 / (1 + step / 30)} for step in range(0, 201, 5)]

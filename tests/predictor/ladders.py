"""Simulated ladders with a known truth."""

from typing import NamedTuple

import numpy as np

from predictor import PassCounts


class Simulated(NamedTuple):
    """A ladder, the target's compute, and the target's true -log p per problem."""

    counts: PassCounts
    target_flops: float
    truth: np.ndarray


def simulate_ladder(
    seed: object,
    *,
    models: int = 5,
    problems: int = 164,
    samples: int = 100,
    span: float = 719.0,
    ahead: float = 100.0,
    k: float = 0.2,
    top: float = 0.5,
    difficulty: float = 1.0,
    slope: float = 0.0,
    model: float = 0.0,
    cell: float = 0.0,
) -> Simulated:
    """Counts from a power law for each problem, the hierarchical model itself; `top` is the target's mean -log p."""
    rng = np.random.default_rng(seed)
    x = np.append(np.linspace(0, np.log(span), models), np.log(span * ahead))
    level = np.log(top) - difficulty**2 / 2 + k * (x[-1] - x[:-1].mean())
    a, d = difficulty * rng.standard_normal(problems), slope * rng.standard_normal(problems)
    centred = x[:, None] - x[:-1].mean()
    eta = level + a - (k + d) * centred
    eta = eta + model * rng.standard_normal((models + 1, 1)) + cell * rng.standard_normal(eta.shape)
    rate = np.exp(-np.exp(eta))
    passes = rng.binomial(samples, rate[:-1])
    records = [
        {
            "model": f"m{j}",
            "task_id": f"t{i}",
            "n": samples,
            "c": int(passes[j, i]),
            "flops": 1e18 * float(np.exp(x[j])),
        }
        for j in range(models)
        for i in range(problems)
    ]
    return Simulated(PassCounts.from_records(records), 1e18 * float(np.exp(x[-1])), -np.log(rate[-1]))

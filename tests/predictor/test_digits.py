"""Forecasts have the same digits whatever the linear-algebra library does: its threads, its kernels."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from predictor.laws.latent_trend.trend import symmetric_root

ROOT = Path(__file__).parents[2]
FORECASTS = """
import json
from predictor import Losses, Settings, forecast_capability, forecast_loss
from tests.predictor.ladders import simulate_ladder

made = simulate_ladder(7, problems=40, models=5, ahead=300.0, samples=60, model=0.05, cell=0.1)
passes = forecast_capability(made.counts, made.target_flops, settings=Settings(ks=(1,), size=1000))
records = [{"model": f"m{j}", "flops": 10.0**j, "loss": 2.0 + (3 + (-1) ** j / 50) * 10 ** (-0.2 * j)} for j in range(1, 7)]
losses = forecast_loss(Losses.from_records(records, "loss"), 1e10)
found = [*passes.overall.values(), losses.loss]
print(json.dumps([[each.point, *(edge for pair in each.intervals.values() for edge in pair)] for each in found]))
"""


def digits(**settings: str) -> list[list[str]]:
    """The forecasts' numbers to six digits, from a process with these settings."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | settings
    done = subprocess.run(
        [sys.executable, "-c", FORECASTS],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return [[f"{number:.6g}" for number in row] for row in json.loads(done.stdout)]


def test_threads_and_kernels_of_the_linear_algebra_do_not_change_the_digits() -> None:
    """OpenBLAS takes its kernels from OPENBLAS_CORETYPE; Nehalem's run on every x86 machine and differ from all later."""
    expected = digits(OPENBLAS_NUM_THREADS="1")
    assert digits(OPENBLAS_NUM_THREADS="2") == expected
    assert digits(OPENBLAS_CORETYPE="Nehalem") == expected


@pytest.mark.parametrize("rank", [2, 4])
def test_the_root_of_a_covariance_is_symmetric_and_squares_to_it(rank: int) -> None:
    factor = np.random.default_rng(0).standard_normal((4, rank))
    root = symmetric_root(factor @ factor.T)
    assert root == pytest.approx(root.T)
    assert root @ root == pytest.approx(factor @ factor.T)

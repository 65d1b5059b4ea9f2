"""How many of a service's workers a run has: all while it is alone, its share beside others."""

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from evaluator.service.settings import ServiceSettings
from tests.evaluator.service.test_runs import submit
from tests.services import serving

_SLEEPS = "    import time; time.sleep(0.25)  # {n}\n    return number % 1.0\n"


def _rows(samples: int, name: str) -> list[dict[str, Any]]:
    texts = [_SLEEPS.format(n=f"{name} {n}") for n in range(samples)]
    return [{"task_id": "HumanEval/2", "completion": text, "n": n} for n, text in enumerate(texts)]


def _until(http: httpx.Client, run_id: str, workers: int) -> dict[str, Any]:
    """Wait until a run's programs run on so many workers."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        run: dict[str, Any] = http.get(f"/v1/runs/{run_id}").json()
        if run["sandbox"] and run["sandbox"]["workers"] == workers:
            return run
        assert run["state"] in {"queued", "running"}, run
        time.sleep(0.05)
    raise AssertionError(f"not on {workers} workers: {run['sandbox']}")


@pytest.mark.slow
def test_a_run_has_all_workers_while_it_is_alone(tmp_path: Path) -> None:
    with (
        serving(tmp_path / "s.db", workers=4, runs_at_once=2, code_workers=0) as live,
        live.client() as http,
    ):
        first = submit(http, _rows(160, "first")).json()["id"]
        assert _until(http, first, 4)["done"] < 160
        second = submit(http, _rows(16, "second")).json()["id"]
        _until(http, first, 2)
        _until(http, second, 2)
        assert _until(http, first, 4)["done"] < 160
        assert http.get(f"/v1/runs/{second}").json()["state"] == "done"
        while (run := http.get(f"/v1/runs/{first}").json())["state"] == "running":
            time.sleep(0.2)
        assert run["result"]["verdicts"] == {"passed": 160}
        numbers = [json.loads(line)["n"] for line in http.get(f"/v1/runs/{first}/results").iter_lines()]
        assert numbers == list(range(160))


@pytest.mark.parametrize(
    ("workers", "runs_at_once", "shares"),
    [(8, 2, [8, 4, 4, 4]), (8, 4, [8, 4, 2, 2, 2]), (3, 2, [3, 1, 1]), (1, 2, [1, 1]), (8, 1, [8, 8])],
)
def test_shares_of_runs_side_by_side_are_not_more_than_there_is(
    workers: int, runs_at_once: int, shares: list[int]
) -> None:
    settings = ServiceSettings(workers=workers, runs_at_once=runs_at_once)
    assert [settings.where(beside).workers for beside in range(len(shares))] == shares

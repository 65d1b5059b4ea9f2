"""`kill -9` at any moment: nothing lost, nothing twice, and the verdicts of an undisturbed run."""

import contextlib
import gzip
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from evaluator.store import open_store
from tests.evaluator.service.test_runs import PARTIAL
from tests.services import serving

if TYPE_CHECKING:
    from tests.databases import Cluster

KILLS = {"sqlite": 12, "postgresql": 5}
ROWS = 2500
BUSY = "    for _ in range(120_000):\n        pass\n"  # so that a run outlasts the kills
GOOD = "    return number % 1.0\n"
WAYS = (
    "",
    "    number += 1\n",
    "    raise ValueError('no')\n",
    "    import sys; sys.exit()\n",
    "    return [\n",
    "    number = None\n",
)


def rows() -> list[dict[str, Any]]:
    """Samples of every kind of verdict; every fifth is a repeat of an earlier one."""
    made = [f"{BUSY}{WAYS[n % len(WAYS)]}{GOOD}    # {n if n % 5 else n // 10}\n" for n in range(ROWS)]
    return [{"task_id": "HumanEval/2", "completion": text, "n": n} for n, text in enumerate(made)]


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, int]]:
    """A store, and how often its service is killed."""
    kills = KILLS[request.param]
    if request.param == "sqlite":
        yield str(tmp_path / "s.db"), kills
        return
    cluster: Cluster = request.getfixturevalue("postgresql")
    with cluster.database() as url:
        yield url, kills


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_kills_change_nothing(store: tuple[str, int]) -> None:
    where, kills = store
    samples = gzip.compress("".join(json.dumps(row) + "\n" for row in rows()).encode())
    chance = random.Random(6)
    key = {"Idempotency-Key": "the-one"}
    run_id, states = "", [0]
    for kill in range(kills):
        with serving(where, runs_at_once=1, code_workers=0) as live:
            with contextlib.suppress(httpx.TransportError), live.client() as http:
                if kill < 3:  # these fall into the upload itself
                    http.timeout = chance.uniform(0.05, 0.8)
                made = http.post("/v1/runs", params=PARTIAL, content=samples, headers=key)
                assert made.status_code in {200, 202}, made.text
                run_id = made.json()["id"]
                if kill % 2:  # some fall somewhere, some once the work goes on
                    states.append(_beyond(http, run_id, states[-1]))
                time.sleep(chance.uniform(0.0, 0.7))
            live.kill()
    assert states == sorted(states)
    assert len(set(states)) > kills // 4, f"not disturbed: {states}"
    with serving(where) as live, live.client() as http:
        repeated = http.post("/v1/runs", params=PARTIAL, content=samples, headers=key)
        assert (repeated.status_code, repeated.json()["id"]) == (200, run_id)
        disturbed = _results(http, run_id)
        fresh = http.post("/v1/runs", params=PARTIAL, content=samples).json()["id"]
        undisturbed = _results(http, fresh)
        assert http.get("/v1/runs").json()["total"] == 2
    assert [row["n"] for row in disturbed] == list(range(ROWS))
    assert [_verdict(row) for row in disturbed] == [_verdict(row) for row in undisturbed]
    opened = open_store(where)
    with opened.read() as db:
        for table in ("samples", "outcomes"):
            assert db.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 2 * ROWS
    opened.close()


def _beyond(http: httpx.Client, run_id: str, done: int) -> int:
    while (now := int(http.get(f"/v1/runs/{run_id}").json()["done"])) <= done < ROWS:
        time.sleep(0.05)
    return now


def _results(http: httpx.Client, run_id: str) -> list[dict[str, Any]]:
    until = time.monotonic() + 400
    while http.get(f"/v1/runs/{run_id}").json()["state"] != "done":
        assert time.monotonic() < until
        time.sleep(0.2)
    return [json.loads(line) for line in http.get(f"/v1/runs/{run_id}/results").iter_lines()]


def _verdict(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("passed", "verdict", "result", "detail", "completion_id", "reused"))

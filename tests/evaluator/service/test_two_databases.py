"""SQLite and PostgreSQL give identical answers to the same requests."""

import json
import re
import time
from pathlib import Path
from typing import Any

import httpx

from tests.databases import Cluster
from tests.evaluator.service.test_forecasts import QUESTION
from tests.evaluator.service.test_runs import PARTIAL, ROWS, lines
from tests.services import serving

# What no two services have in common: ids, times, measurements, random numbers.
_OWN = {
    "id", "created", "started", "finished", "seconds", "time", "seal", "previous", "cpu_s", "wall_s", "seed", "last_seal",
}  # fmt: skip
_RUN_ID = re.compile(r"\b[0-9a-f]{21}\b")
ODD = [
    {"task_id": "HumanEval/2", "completion": "    raise ValueError('\\x00\\ud800 \\u202e \u00e9 \\\\ \"')\n"},
    {
        "task_id": "HumanEval/2",
        "completion": "    # \ud800\x00\u2028 '\\\n    return number % 1.0\n",
        "note": "\x00",
    },
]


def answers(store: str) -> list[Any]:
    with serving(store, workers=1) as live, live.client() as http:
        return [_shared(found) for found in _asked(http)]


def _asked(http: httpx.Client) -> list[Any]:
    found: list[Any] = [
        http.post("/v1/models", json={"name": f"m/{n} é", "params": f"{n + 1}B", "tokens": 1e12}).json()
        for n in range(3)
    ]
    ids = []
    for n, options in enumerate(
        ({"model": "m/0 é"}, {"model": "m/1 é", "dedupe": "false"}, {"k": "1,2", "judge": "in-process"})
    ):
        made = http.post(
            "/v1/runs",
            params=PARTIAL | {"audit": "1"} | options,  # a smaller share is chosen by the run's own seed
            content=lines(ROWS + ODD),
            headers={"idempotency-key": str(n)},
        )
        assert made.status_code == 202, made.text
        ids.append(made.json()["id"])
        while http.get(f"/v1/runs/{ids[-1]}").json()["state"] != "done":
            time.sleep(0.1)
    for run_id in ids:
        found += [
            http.get(f"/v1/runs/{run_id}").json(),
            [json.loads(line) for line in http.get(f"/v1/runs/{run_id}/results").iter_lines()],
        ]
        table = http.get(f"/v1/runs/{run_id}/results?format=csv").text.splitlines()
        found.append([re.sub(r"[0-9]+\.[0-9e-]+", "", line) for line in table])
    sha = http.post("/v1/forecasts", json=QUESTION).json()["sha256"]
    for path, body in (
        ("register", None),
        ("register", None),
        ("resolve", {"outcome": {"loss": 1.3}}),
        ("resolve", {"outcome": {"no": 1}}),
    ):
        found.append(http.post(f"/v1/forecasts/{sha}/{path}", json=body).json())
    found.append(
        http.post(
            "/v1/runs", params=PARTIAL, content=lines(ROWS[:1]), headers={"idempotency-key": "0"}
        ).json()
    )
    for path in (
        "/v1/runs", "/v1/runs?limit=1&offset=1", "/v1/runs?model=m/1%20é", "/v1/runs?state=done", "/v1/runs?model=%00", "/v1/models",
        "/v1/models/m/2%20é", "/v1/models/none", "/v1/problems", "/v1/problems/humaneval", "/v1/problems/humaneval/problem?task_id=HumanEval/7",
        "/v1/problems/none/problem?task_id=%00", "/v1/forecasts", f"/v1/forecasts/{sha}", "/v1/registry", "/v1/registry/verify", "/nowhere",
    ):  # fmt: skip
        found.append(http.get(path).json())
    return found


def _shared(found: Any) -> Any:
    if isinstance(found, dict):
        return {key: _shared(value) for key, value in found.items() if key not in _OWN}
    if isinstance(found, list):
        return [_shared(value) for value in found]
    return _RUN_ID.sub("RUN", found) if isinstance(found, str) else found


def test_both_databases_give_the_same_answers(tmp_path: Path, postgresql: Cluster) -> None:
    with postgresql.database() as url:
        there = answers(url)
    here = answers(str(tmp_path / "s.db"))
    assert len(here) == len(there) > 30
    for one, other in zip(here, there, strict=True):
        assert one == other

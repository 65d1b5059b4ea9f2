from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.services import Live, finished, serving

TABLE = [
    {"model": f"m{size}", "task_id": f"t{task}", "n": 20, "c": min(20, max(1, 2 * size - task % 20 + 4)), "flops": 10.0 ** (18 + size)}
    for size in range(6)
    for task in range(24)
]  # fmt: skip
LOSSES = [
    {"model": f"m{size}", "flops": 10.0 ** (18 + size), "loss": 1 + 2 * 10 ** (-0.1 * size)}
    for size in range(7)
]
QUESTION = {
    "kind": "loss",
    "table": LOSSES,
    "column": "loss",
    "target": {"model": "big", "flops": "1e26"},
    "method": "report",
}


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A service of their own, whose registry is empty."""
    with serving(tmp_path_factory.mktemp("forecasts") / "s.db", runs_at_once=0, code_workers=0) as service:
        yield service


def test_a_forecast_is_made_registered_resolved_and_verified(http: httpx.Client) -> None:
    made = http.post("/v1/forecasts", json=QUESTION)
    assert made.status_code == 201, made.text
    found = made.json()
    assert (found["target"], found["registered"], found["answer"]["loss"]["point"] < 1.8) == (
        "big",
        None,
        True,
    )
    path = f"/v1/forecasts/{found['sha256']}"
    assert http.post(f"{path}/register").json()["number"] == 1
    again = http.post(f"{path}/register")
    assert (again.status_code, "stands already in entry 1" in again.json()["detail"]) == (409, True)
    outcome = http.post(f"{path}/resolve", json={"outcome": {"loss": 1.3}})
    assert outcome.status_code == 201
    assert "crps" in outcome.json()["body"]["scores"]["loss"]
    assert http.post(f"{path}/resolve", json={"outcome": {"loss": 1.3}}).status_code == 409
    summary = next(each for each in http.get("/v1/forecasts").json()["items"] if each["target"] == "big")
    assert (summary["registered"], summary["outcome"]) == (1, 2)
    assert [entry["kind"] for entry in http.get("/v1/registry").json()["items"]] == ["forecast", "outcome"]
    verified = http.get("/v1/registry/verify").json()
    assert (verified["entries"], verified["problems"]) == (2, [])
    assert verified["last_seal"] == outcome.json()["seal"]


def test_a_capability_is_forecast_from_a_table_as_on_the_command_line(http: httpx.Client) -> None:
    question: dict[str, Any] = {"table": TABLE, "target": {"flops": 1e25}, "method": "report"}
    found = http.post("/v1/forecasts", json=question).json()
    assert set(found["answer"]["overall"]) >= {"neg_mean_log_pass", "geometric_mean_pass"}
    assert http.post("/v1/forecasts", json=question).json()["sha256"] == found["sha256"]


def test_a_run_of_the_targets_compute_stands_in_the_way_of_registering(tmp_path: Path) -> None:
    question: dict[str, Any] = {
        "table": [row | {"task_id": f"HumanEval/{row['task_id'].removeprefix('t')}"} for row in TABLE],
        "target": {"flops": 3e25},
        "method": "report",
    }
    with serving(tmp_path / "passlaw.db", workers=1) as live, live.client() as http:
        sha = http.post("/v1/forecasts", json=question).json()["sha256"]
        for model, flops in (("else", 9e25), ("same", 3.01e25)):
            http.post("/v1/models", json={"name": model, "flops": flops})
            samples = [{"task_id": "HumanEval/2", "completion": "    return number % 1.0\n"}]
            made = http.post("/v1/runs", json={"samples": samples, "ignore_incomplete": True, "model": model})
            run = finished(http, made.json()["id"])
        refused = http.post(f"/v1/forecasts/{sha}/register")
        assert refused.status_code == 409
        assert (
            f"the store holds same with the target's compute (3.01e+25 FLOPs), maybe its outcome, in run {run['id']}"
            in (refused.json()["detail"])
        )
        elsewhere = http.post("/v1/forecasts", json=question | {"table": TABLE}).json()["sha256"]
        assert http.post(f"/v1/forecasts/{elsewhere}/register").status_code == 201


def test_a_known_outcome_cannot_be_registered(http: httpx.Client) -> None:
    question: dict[str, Any] = {"table": TABLE, "target": {"model": "m5"}, "method": "report"}
    sha = http.post("/v1/forecasts", json=question).json()["sha256"]
    refused = http.post(f"/v1/forecasts/{sha}/register")
    assert refused.status_code == 409
    assert "registered before its outcome is known" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"table": None}, "give one of runs, table and table_file"),
        ({"target": {}}, "give a model, flops, or params and tokens"),
        ({"target": {"model": "nobody"}}, "the compute of nobody is not known"),
        ({"target": {"flops": 1e19}}, "give at least 3"),
        ({"method": "magic"}, "unknown method"),
        ({"kind": "loss"}, "needs the name of its column"),
        ({"table": [{"model": "a"}]}, "row 1"),
        ({"runs": ["0" * 21], "table": None}, "none of these runs is finished"),
        ({"k": [0]}, "body.k.0"),
        ({"target": {"flops": "many"}}, "not a positive number"),
    ],
)
def test_what_cannot_be_forecast_is_said(http: httpx.Client, change: dict[str, Any], complaint: str) -> None:
    question = {"table": TABLE, "target": {"flops": 1e25}, "method": "report"} | change
    answer = http.post(
        "/v1/forecasts", json={key: value for key, value in question.items() if value is not None}
    )
    assert answer.status_code == 422, answer.text
    assert complaint in answer.json()["detail"]

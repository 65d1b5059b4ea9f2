import csv
import gzip
import io
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest

from tests.services import Live

GOOD = "    return number % 1.0\n"
BAD = "    return 1\n"
ROWS = [
    {"task_id": "HumanEval/2", "completion": GOOD, "temperature": 0.2},
    {"task_id": "HumanEval/2", "completion": BAD},
    {"task_id": "HumanEval/2", "completion": GOOD},
    {"task_id": "HumanEval/0", "completion": "=<script>alert(1)</script>\x1b[31m\n"},
]
PARTIAL = {"ignore_incomplete": "true", "k": "1"}

Finished = Callable[[str], dict[str, Any]]


def lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def submit(http: httpx.Client, rows: list[dict[str, Any]], **options: Any) -> httpx.Response:
    return http.post("/v1/runs", params=PARTIAL | options, content=lines(rows))


def test_a_file_is_scored_and_comes_back_in_order(http: httpx.Client, finished: Finished) -> None:
    file = {"file": ("dir/../samples.jsonl.gz", gzip.compress(lines(ROWS)))}
    made = http.post("/v1/runs", params=PARTIAL | {"model": "m/1"}, files=file)
    assert made.status_code == 202
    assert made.headers["location"] == f"/v1/runs/{made.json()['id']}"
    assert made.json()["samples"]["name"] == "samples.jsonl.gz"
    run = finished(made.json()["id"])
    assert run["state"] == "done"
    assert run["result"]["pass_at_k"] == {"pass@1": pytest.approx(1 / 3)}
    assert run["result"]["verdicts"] == {"passed": 2, "wrong_answer": 1, "syntax_error": 1}
    assert run["settings"]["timeout_s"] == 3.0
    assert run["sandbox"]["seed"] == int(run["seed"])
    rows = [json.loads(line) for line in http.get(f"/v1/runs/{run['id']}/results").iter_lines()]
    assert [{key: row[key] for key in given} for row, given in zip(rows, ROWS, strict=True)] == ROWS
    assert [row["passed"] for row in rows] == [True, False, True, False]
    assert [row["reused"] for row in rows] == [False, False, True, False]


def test_results_come_as_csv_and_parquet_that_are_safe_to_open(
    http: httpx.Client, finished: Finished
) -> None:
    run = finished(submit(http, ROWS).json()["id"])
    table = list(csv.DictReader(io.StringIO(http.get(f"/v1/runs/{run['id']}/results?format=csv").text)))
    assert [row["passed"] for row in table] == ["true", "false", "true", "false"]
    assert table[3]["text"] == "'=<script>alert(1)</script>\\x1b[31m\n"
    parquet = pq.read_table(io.BytesIO(http.get(f"/v1/runs/{run['id']}/results?format=parquet").content))
    assert parquet["text"].to_pylist() == [row["completion"] for row in ROWS]
    assert http.get(f"/v1/runs/{run['id']}/results?format=xml").status_code == 422


def test_rows_in_the_request_do_as_well(http: httpx.Client, finished: Finished) -> None:
    made = http.post("/v1/runs", json={"samples": ROWS, "ignore_incomplete": True, "k": "1", "model": "rows"})
    assert made.status_code == 202, made.text
    assert finished(made.json()["id"])["result"]["samples"] == 4
    assert [run["model"] for run in http.get("/v1/runs", params={"model": "rows"}).json()["items"]] == [
        "rows"
    ]


def test_progress_is_told_as_it_is_made(http: httpx.Client) -> None:
    rows = [{"task_id": "HumanEval/2", "completion": f"{GOOD}    # {n}\n"} for n in range(300)]
    run_id = submit(http, rows).json()["id"]
    with http.stream("GET", f"/v1/runs/{run_id}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        events = [json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: ")]
    assert events[-1]["state"] == "done"
    assert events[-1]["pass_at_k"] == {"pass@1": 1.0}
    assert [event["done"] for event in events] == sorted(event["done"] for event in events)


def test_a_repeated_request_makes_no_second_run(http: httpx.Client) -> None:
    key = {"Idempotency-Key": "once"}
    answers: list[httpx.Response] = []

    def send() -> None:
        answers.append(http.post("/v1/runs", params=PARTIAL, content=lines(ROWS), headers=key))

    threads = [threading.Thread(target=send) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    send()
    assert {answer.status_code for answer in answers} <= {200, 202, 409}
    assert [answer.status_code for answer in answers].count(202) == 1
    assert answers[-1].status_code == 200
    assert len({answer.json()["id"] for answer in answers if answer.status_code != 409}) == 1
    other = http.post("/v1/runs", params=PARTIAL, content=lines(ROWS[:1]), headers=key)
    assert (other.status_code, other.json()["type"]) == (409, "urn:passlaw:problem:conflict")


def test_a_run_is_cancelled_and_keeps_the_verdicts_it_has(http: httpx.Client, finished: Finished) -> None:
    rows = [{"task_id": "HumanEval/2", "completion": f"    while True: {n}\n"} for n in range(50)]
    run_id = submit(http, rows).json()["id"]
    assert http.post(f"/v1/runs/{run_id}/cancel").json()["state"] == "cancelled"
    run = finished(run_id)
    assert run["done"] == run["result"]["samples"] < 50
    assert http.post(f"/v1/runs/{run_id}/cancel").json()["state"] == "cancelled"


def test_the_service_measures_itself(http: httpx.Client, finished: Finished) -> None:
    finished(submit(http, ROWS).json()["id"])
    text = http.get("/metrics").text
    assert 'passlaw_runs{state="done"}' in text
    assert 'passlaw_requests_total{method="POST",route="/v1/runs",status="202"}' in text


def test_every_answer_is_guarded_and_numbered(http: httpx.Client) -> None:
    for path in ("/healthz", "/v1/runs", "/nowhere", "/v1/runs/zzz"):
        headers = http.get(path, headers={"x-request-id": "mine-1"}).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-request-id"] == "mine-1"


def test_the_log_tells_of_requests_but_not_of_completions(live: Live, http: httpx.Client) -> None:
    submit(http, [{"task_id": "HumanEval/2", "completion": "    # secret-completion\n"}])
    until = time.monotonic() + 60
    while '"path": "/v1/runs"' not in live.log():  # it is written behind the answer
        assert time.monotonic() < until
        time.sleep(0.02)
    assert "secret-completion" not in live.log()


def test_the_former_names_of_the_execution_option_are_accepted(
    http: httpx.Client, finished: Finished
) -> None:
    run = finished(submit(http, ROWS, lane="process").json()["id"])
    assert run["settings"]["execution"] == "dedicated"
    assert run["result"]["execution_counts"] == run["result"]["lanes"] == {"dedicated": 3}
    assert submit(http, ROWS, lane="fast").status_code == 422


def test_problems_that_do_not_hold_and_what_was_noticed_are_in_the_run_and_on_its_page(
    http: httpx.Client, finished: Finished
) -> None:
    test = "def check(candidate):\n    assert candidate(2) == 4\n"
    head = {"prompt": 'def f(x):\n    """<b>."""\n', "entry_point": "f", "test": test}
    problems = [
        {**head, "task_id": "T/0", "canonical_solution": "    return x * 2\n"},
        {**head, "task_id": "T/1", "canonical_solution": "    return '<i>'\n"},
        {**head, "task_id": "T/2", "test": "import numpy\n" + test},
        {**head, "task_id": "T/3", "test": "def check(candidate):\n    assert eval(candidate(2)) == 4\n"},
    ]
    made = http.post("/v1/problems", json={"name": "faulty", "rows": problems}).raise_for_status()
    answer = "    return x * 2\n"
    log = [
        {"doc": {"task_id": f"T/{task}"}, "resps": [[answer]], "filtered_resps": [answer], "filter": name}
        for name in ("first", "<u>second")
        for task in range(4)
    ]
    options = {"problems": made.json()["id"]}
    run = finished(submit(http, log, **options).json()["id"])
    assert run["result"]["pass_at_k"] == run["result"]["pass_at_k_all"] == {"pass@1": 1.0}
    assert run["result"]["verdicts"] == {"passed": 2, "left_out": 2}
    found = run["result"]["problem_check"]
    assert (found["held"], found["problems"], found["by_solution"]) == (1, 4, 2)
    faults = [each["fault"] for each in found["left_out"]]
    assert faults == ["solution_fails", "missing_module", "runs_answers"]
    assert "passed over <u>second" in run["notes"][0]
    assert not {"problem_check", "notes"} & run["sandbox"].keys()
    text = http.get(f"/runs/{run['id']}").raise_for_status().text
    for words in (
        "3 of 4 problems do not count",
        "imports numpy",
        "passed over &lt;u&gt;second",
        "1 of 4 problems can be scored",
    ):
        assert words in text
    assert "<i>" not in text
    other = finished(submit(http, log, **options, filter="<u>second").json()["id"])
    rows = [json.loads(line) for line in http.get(f"/v1/runs/{other['id']}/results").iter_lines()]
    assert {row["filter"] for row in rows} == {"<u>second"}
    refused = finished(submit(http, log, **options, strict="true").json()["id"])
    assert refused["state"] == "failed"
    assert "3 of its 4 problems cannot be scored" in refused["error"]

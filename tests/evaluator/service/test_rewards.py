import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.services import serving

PASSLAW = [sys.executable, "-c", "from evaluator.cli import main; main(prog_name='passlaw')"]

ITEMS = [
    {
        "completion": "print(int(input()) * 2)",
        "tests": [{"input": "1", "output": "2"}, {"input": "2", "output": "5"}],
    },
    {"task_id": "HumanEval/2", "completion": "    return number % 1.0\n"},
    {"task_id": "HumanEval/2", "completion": "    return number\n"},
    {"task_id": "HumanEval/999", "completion": ""},
    5,
]


def test_rewards_come_in_the_order_of_the_items(http: httpx.Client) -> None:
    body = {"problems": "humaneval", "items": ITEMS, "fraction": True}
    answer = http.post("/v1/rewards", json=body)
    assert answer.status_code == 200, answer.text
    rewards = answer.json()["rewards"]
    assert [each["reward"] for each in rewards] == [0.5, 1.0, 0.0, None, None]
    assert [each["passed"] for each in rewards] == [False, True, False, None, None]
    assert "test 2 of 2" in rewards[0]["detail"]
    assert "HumanEval/999" in rewards[3]["detail"]


def test_rewards_stream_as_they_come_where_that_is_asked_for(http: httpx.Client) -> None:
    body = {"problems": "humaneval", "items": ITEMS}
    answer = http.post("/v1/rewards", json=body, headers={"accept": "application/x-ndjson"})
    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert {row["place"]: row["reward"] for row in rows} == {0: 0.0, 1: 1.0, 2: 0.0, 3: None, 4: None}


def test_an_item_that_nests_too_deep_is_refused_alone(http: httpx.Client) -> None:
    output: object = 1
    for _ in range(900):
        output = [output]
    deep = {
        "completion": "x",
        "kind": "method",
        "entry_point": "f",
        "tests": [{"input": [1], "output": output}],
    }
    answer = http.post("/v1/rewards", json={"items": [deep, ITEMS[0]], "fraction": True})
    assert answer.status_code == 200, answer.text
    refused, given = answer.json()["rewards"]
    assert (refused["reward"], given["reward"]) == (None, 0.5)
    assert "nests more than 200 levels deep" in refused["detail"]


def test_what_is_no_batch_is_refused(http: httpx.Client) -> None:
    item = {"completion": "1", "tests": [{"input": "", "output": ""}]}
    for body in (
        {"items": []},
        {"items": [item] * 16_385},
        {"items": [item], "problems": "nope"},
        {"items": [item], "k": 1},
    ):
        assert http.post("/v1/rewards", json=body).status_code == 422


@pytest.mark.parametrize(
    ("body", "kind", "why"),
    [
        (b'{"items":[', "application/json", "the body is not JSON (character 11: Expecting value); send one"),
        (
            b'{"items":["\xff"]}',
            "application/json",
            "the body cannot be read as JSON: it is not UTF-8, is nested",
        ),
        (b"[" * 100_000, "application/json", "the body cannot be read as JSON: it is not UTF-8, is nested"),
        (
            b'{"items":[1]}',
            "text/plain",
            "the body was not read as JSON; send it with Content-Type: application/json",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_body_that_is_no_json_is_one_sentence(http: httpx.Client, body: bytes, kind: str, why: str) -> None:
    answer = http.post("/v1/rewards", content=body, headers={"content-type": kind})
    assert answer.status_code in {400, 422}
    assert answer.json()["detail"].startswith(why)


FORGES = """
import sys
def check(c):
    runner = sys.modules["sandbox.judge.check_runner"].CheckRunner
    honest = runner._end_of
    runner._end_of = lambda self, error, *more, **named: honest(self, None, *more, **named)
    assert c(1) == 1
"""


def test_tests_that_a_key_brings_judge_for_no_other_key(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    keys = []
    for name in ("alice", "bob"):
        command = ["keys", "create", name, "--store", store, "--scope=read", "--scope=submit"]
        made = subprocess.run([*PASSLAW, *map(str, command)], capture_output=True, text=True, check=True)
        keys.append({"authorization": f"Bearer {made.stdout.strip()}"})
    wrong = {"solution": "def f(a):\n    return 2", "entry_point": "f", "tests": ["assert f(1) == 1"]}
    named = {"task_id": "HumanEval/2", "completion": "    return number\n"}
    theirs = {"solution": "def f(a):\n    return 1", "entry_point": "f", "test": FORGES}

    def rewards(key: int, *items: object) -> list[float]:
        body = {"problems": "humaneval", "items": items}
        answer = httpx.post(f"{live.url}/v1/rewards", json=body, headers=keys[key], timeout=600)
        assert answer.status_code == 200, answer.text
        return [each["reward"] for each in answer.json()["rewards"]]

    with serving(store, workers=1, runs_at_once=0) as live:
        assert rewards(1, wrong) == rewards(1, named) == [0.0]
        assert rewards(0, theirs, wrong) == [1.0, 1.0]  # who brings such a test deceives nobody else
        for _ in range(2):
            assert rewards(1, wrong, named) == [0.0, 0.0]
            assert rewards(1, named) == rewards(0, named) == [0.0]


def test_many_clients_at_once_are_all_served(tmp_path: Path) -> None:
    found: list[tuple[int, float]] = []

    def ask(url: str, number: int) -> None:
        item = {"task_id": "HumanEval/2", "completion": f"    return number % 1.0  # {number}\n"}
        body = {"problems": "humaneval", "items": [item] * 3}
        answer = httpx.post(f"{url}/v1/rewards", json=body, timeout=600)
        found.append((answer.status_code, sum(each["reward"] for each in answer.json()["rewards"])))

    with serving(tmp_path / "s.db", workers=1, runs_at_once=0, reward_wait_s=600) as live:
        threads = [threading.Thread(target=ask, args=(live.url, number)) for number in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [(200, 3.0)] * 64


def test_few_items_do_not_wait_for_a_batch_whose_programs_take_long(tmp_path: Path) -> None:
    def body(texts: list[str]) -> dict[str, object]:
        items = [{"task_id": "HumanEval/2", "completion": text} for text in texts]
        return {"problems": "humaneval", "items": items}

    right = "    return number % 1.0  # {}\n"
    long = f"    import time; time.sleep(8)\n{right.format(20)}"
    large = body([*map(right.format, range(20)), long])
    told: list[dict[str, float]] = []

    def ask(url: str) -> None:
        stream = httpx.stream(
            "POST", url, json=large, headers={"accept": "application/x-ndjson"}, timeout=600
        )
        with stream as answer:
            told.extend(map(json.loads, answer.iter_lines()))

    with serving(tmp_path / "s.db", workers=2, runs_at_once=0, reward_timeout_s=60) as live:
        url = f"{live.url}/v1/rewards"
        thread = threading.Thread(target=ask, args=(url,))
        thread.start()
        while not told:
            assert thread.is_alive()
            time.sleep(0.02)
        small = body(["    return number\n", right.format("small")])
        answer = httpx.post(url, json=small, timeout=600).json()
        assert len(told) < 21, "the large batch was done before the small one"
        thread.join()
    assert [each["reward"] for each in answer["rewards"]] == [0.0, 1.0]
    assert sorted((each["place"], each["reward"]) for each in told) == [(n, 1.0) for n in range(21)]

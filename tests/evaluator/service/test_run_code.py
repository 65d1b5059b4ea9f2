import base64
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.services import serving


def test_it_answers_as_sandboxfusion_does(http: httpx.Client) -> None:
    body = {"compile_timeout": 10, "run_timeout": 10, "code": "print('hello, ' + input())", "stdin": "you", "language": "python",
            "files": {}, "fetch_files": [], "memory_limit_MB": -1, "args": []}  # fmt: skip
    answer = http.post("/run_code", json=body)
    assert answer.status_code == 200
    found = answer.json()
    assert found["run_result"].pop("execution_time") > 0
    assert found == {
        "status": "Success", "message": "", "compile_result": None, "executor_pod_name": None, "files": {},
        "run_result": {"status": "Finished", "return_code": 0, "stdout": "hello, you\n", "stderr": ""},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "status", "result", "return_code"),
    [
        ("raise SystemExit(3)", "Failed", "Finished", 3),
        ("1 / 0", "Failed", "Finished", 1),
        ("while True: pass", "Failed", "TimeLimitExceeded", None),
        ("import os; os.kill(os.getpid(), 9)", "Failed", "Finished", -9),
    ],
)
def test_how_a_program_ended_is_told(
    http: httpx.Client, code: str, status: str, result: str, return_code: int | None
) -> None:
    found = http.post("/run_code", json={"code": code, "language": "python", "run_timeout": 0.5}).json()
    assert (found["status"], found["run_result"]["status"], found["run_result"]["return_code"]) == (
        status, result, return_code,
    )  # fmt: skip


def test_files_go_in_and_come_out(http: httpx.Client) -> None:
    body = {
        "code": "open('b', 'w').write(open('a').read() * 2)", "language": "python",
        "files": {"a": base64.b64encode(b"xy").decode(), "none": None}, "fetch_files": ["b"],
    }  # fmt: skip
    assert http.post("/run_code", json=body).json()["files"] == {"b": base64.b64encode(b"xyxy").decode()}


@pytest.mark.parametrize(
    "change",
    [
        {"language": "rust"}, {"files": {"../a": ""}}, {"files": {"a": "*"}}, {"code": None}, {"run_timeout": -1},
        {"run_timeout": "soon"}, {"memory_limit_MB": 1e300}, {"fetch_files": ["/etc/passwd"]},
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused(http: httpx.Client, change: dict[str, Any]) -> None:
    answer = http.post("/run_code", json={"code": "1", "language": "python"} | change)
    assert answer.status_code == 422, answer.text


def test_it_says_429_when_every_worker_is_busy(tmp_path: Path) -> None:
    with (
        serving(tmp_path / "s.db", code_workers=1, code_wait_s=0.2, runs_at_once=0) as live,
        live.client() as http,
    ):
        slow = {"code": "import time; time.sleep(2)", "language": "python"}
        thread = threading.Thread(target=lambda: httpx.post(f"{live.url}/run_code", json=slow, timeout=60))
        thread.start()
        found = set()
        while thread.is_alive():  # it may begin late
            answer = http.post("/run_code", json=slow | {"code": "1"})
            found.add(answer.status_code)
            assert answer.status_code == 200 or int(answer.headers["retry-after"]) >= 1
        assert 429 in found
        thread.join()
        assert http.post("/run_code", json=slow | {"code": "1"}).status_code == 200


@pytest.mark.slow
def test_programs_that_wait_hold_no_other_request(tmp_path: Path) -> None:
    with (
        serving(tmp_path / "s.db", code_workers=1, code_wait_s=100, runs_at_once=0) as live,
        live.client() as http,
    ):
        slow = {"code": "import time; time.sleep(0.1)", "language": "python"}
        answered: list[int] = []

        def ask() -> None:
            answered.append(httpx.post(f"{live.url}/run_code", json=slow, timeout=100).status_code)

        threads = [threading.Thread(target=ask) for _ in range(64)]
        for thread in threads:
            thread.start()
        while not answered:  # one has run, so the others wait
            assert http.get("/healthz").status_code == 200
        assert http.get("/v1/runs").status_code == 200
        assert len(answered) < 40, "reads waited for the programs"
        for thread in threads:
            thread.join()
        assert answered == [200] * 64

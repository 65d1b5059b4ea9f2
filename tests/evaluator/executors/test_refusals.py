"""What cannot be had is said in one sentence, with status 2; what broke off can go on."""

import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from evaluator.errors import UsageError
from evaluator.executors import ExecutorConfig

RUN = "from evaluator.cli import main; main()"
WITHOUT_RAY = f"import sys; sys.modules['ray'] = None; {RUN}"


def passlaw(*arguments: object, code: str = RUN, **variables: str) -> subprocess.CompletedProcess[str]:
    import os

    command = [sys.executable, "-c", code, *map(str, arguments)]
    given = os.environ | {"COLUMNS": "100"} | variables
    return subprocess.run(command, capture_output=True, text=True, env=given, check=False, timeout=60)


def a_file(folder: Path, completions: list[str]) -> Path:
    path = folder / "samples.jsonl"
    rows = [{"task_id": "HumanEval/2", "completion": each} for each in completions]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def few(tmp_path: Path) -> Path:
    return a_file(tmp_path, ["    return number % 1.0\n"] * 3)


def test_without_ray_the_way_to_install_it_is_told(few: Path) -> None:
    for command in (["evaluate", few, "--ignore-incomplete"], ["serve", "--port", "0"]):
        done = passlaw(*command, "--engine", "ray", code=WITHOUT_RAY)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.splitlines()[-1].endswith("install it with: pip install 'passlaw[ray]'")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nonsense", "is not HOST:PORT, 'auto' or 'local'"),
        ("127.0.0.1:99999", "is not HOST:PORT, 'auto' or 'local'"),
        ("ray://127.0.0.1:10001", "run it on a node with the address 'auto'"),
        ("no-such-host.invalid:6379", "no Ray cluster at no-such-host.invalid:6379"),
    ],
)
def test_an_address_that_is_none_is_refused_at_once(
    few: Path, ray_home: Path, address: str, said: str
) -> None:
    done = passlaw("evaluate", few, "--ignore-incomplete", "--engine", "ray", "--ray-address", address)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert list(few.parent.iterdir()) == [few]
    assert ray_home.is_dir()


def test_nobody_at_an_address_is_told_with_the_next_step(few: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    done = passlaw("evaluate", few, "--ignore-incomplete", "--engine", "ray", RAY_ADDRESS=f"127.0.0.1:{port}")
    assert done.returncode == 2
    assert f"no Ray cluster at 127.0.0.1:{port} (Connection refused); start one" in done.stderr


def test_what_is_no_ray_head_is_told_from_one(few: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"127.0.0.1:{server.server_port}"
        done = passlaw("evaluate", few, "--ignore-incomplete", "--engine", "ray", "--ray-address", address)
        server.shutdown()
    assert done.returncode == 2
    assert f"no Ray cluster at {address} (what answers there is no Ray head)" in done.stderr


def test_an_address_goes_with_ray_only(few: Path) -> None:
    done = passlaw("evaluate", few, "--ignore-incomplete", "--ray-address", "127.0.0.1:6379")
    assert done.returncode == 2
    assert "requires the engine 'ray'; set --engine" in done.stderr
    with pytest.raises(UsageError, match="engine must be local or ray"):
        ExecutorConfig("spark")  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_stored_run_that_was_killed_goes_on_where_it_stood(tmp_path: Path) -> None:
    slow = "    sum(range(1_000_000))\n    return number % 1.0\n"
    path = a_file(tmp_path, [f"{slow}    # {n}\n" for n in range(240)])
    store = tmp_path / "store.db"
    arguments = ["evaluate", path, "--ignore-incomplete", "--k", "1", "--store", store, "--workers", "1"]
    command = [sys.executable, "-c", RUN, *map(str, arguments)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        run_id, done = wait_for_progress(store)
        process.send_signal(signal.SIGKILL)
    assert 0 < done < 240
    assert not (tmp_path / "samples.jsonl_results.jsonl").exists()
    again = passlaw(*arguments, "--resume", run_id)
    assert again.returncode == 0, again.stderr
    rows = (tmp_path / "samples.jsonl_results.jsonl").read_text().splitlines()
    assert [json.loads(row)["passed"] for row in rows] == [True] * 240
    assert re.search(r"has no unfinished run", passlaw(*arguments, "--resume", run_id).stderr)
    assert "set --store" in passlaw("evaluate", path, "--ignore-incomplete", "--resume", run_id).stderr


def wait_for_progress(store: Path) -> tuple[str, int]:
    import sqlite3

    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        time.sleep(0.1)
        if store.exists():
            with sqlite3.connect(store, timeout=5) as db:
                try:
                    row = db.execute("select id, done from runs").fetchone()
                except sqlite3.OperationalError:
                    row = None
            db.close()
            if row and row[1]:
                return str(row[0]), int(row[1])
    raise AssertionError("no progress")

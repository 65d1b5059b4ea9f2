import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from evaluator.cli import main
from tests.evaluator.service.test_runs import PARTIAL, ROWS, lines
from tests.services import Live, serving


def passlaw(*arguments: object) -> "subprocess.CompletedProcess[str]":
    """Run a command in this process."""
    done = CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="passlaw")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


def serve(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", "from evaluator.cli import main; main(prog_name='passlaw')", "serve"]
    return subprocess.run([*command, *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Live, Path, dict[str, str]]]:
    store = tmp_path_factory.mktemp("guarded") / "s.db"
    keys = {}
    for name, *scopes in (
        ("all", "admin"),
        ("reader", "read"),
        ("sender", "read", "submit"),
        ("seer", "read", "forecast"),
    ):
        made = passlaw("keys", "create", name, "--store", store, *(f"--scope={scope}" for scope in scopes))
        assert made.returncode == 0, made.stderr
        keys[name] = made.stdout.strip()
    with serving(store) as live:
        yield live, store, keys


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


OPERATIONS = [
    ("GET", "/v1/runs", "read"), ("GET", "/v1/models", "read"), ("GET", "/v1/problems", "read"),
    ("GET", "/v1/forecasts", "read"), ("GET", "/v1/registry", "read"), ("GET", "/v1/registry/verify", "read"),
    ("GET", "/metrics", "read"), ("GET", "/v1/runs/" + "0" * 21, "read"), ("GET", "/v1/runs/" + "0" * 21 + "/events", "read"),
    ("GET", "/v1/runs/" + "0" * 21 + "/results", "read"), ("POST", "/v1/runs", "submit"), ("POST", "/v1/models", "submit"),
    ("POST", "/run_code", "submit"), ("POST", "/v1/rewards", "submit"), ("POST", "/v1/runs/" + "0" * 21 + "/cancel", "submit"),
    ("POST", "/v1/problems", "admin"), ("POST", "/v1/forecasts", "forecast"),
    ("POST", "/v1/forecasts/" + "0" * 64 + "/register", "forecast"), ("POST", "/v1/forecasts/" + "0" * 64 + "/resolve", "forecast"),
]  # fmt: skip
HAS = {
    "all": {"read", "submit", "forecast", "admin"},
    "reader": {"read"},
    "sender": {"read", "submit"},
    "seer": {"read", "forecast"},
}


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_every_operation_wants_its_scope(
    guarded: tuple[Live, Path, dict[str, str]], method: str, path: str, scope: str
) -> None:
    live, _store, keys = guarded
    body = {"content": b"{}", "headers": {"content-type": "application/json"}} if method == "POST" else {}
    with live.client() as http:
        none = http.request(method, path, **body)  # type: ignore[arg-type]
        assert (none.status_code, none.headers["www-authenticate"]) == (401, 'Bearer realm="passlaw"')
        for name, key in keys.items():
            http.headers["authorization"] = f"Bearer {key}"
            status = http.request(method, path, **body).status_code  # type: ignore[arg-type]
            assert (status == 403) is (scope not in HAS[name]), (name, status)
            assert status != 401


def test_the_list_of_operations_is_complete(guarded: tuple[Live, Path, dict[str, str]]) -> None:
    live, _store, keys = guarded
    with live.client(headers=bearer(keys["reader"])) as http:
        document = http.get("/openapi.json").json()
    known = {
        (method, path.replace("0" * 64, "{sha256}").replace("0" * 21, "{run_id}"))
        for method, path, _ in OPERATIONS
    }
    there = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    extra = {
        ("GET", "/healthz"),
        ("GET", "/v1/models/{name}"),
        ("GET", "/v1/problems/{name}"),
        ("GET", "/v1/problems/{name}/problem"),
        ("GET", "/v1/forecasts/{sha256}"),
    }
    assert there == known | extra


@pytest.mark.parametrize("wrong", ["x", "passlaw_0_x", "Basic YTpi", "passlaw_000000000000_" + "A" * 43])
def test_wrong_keys_are_refused(guarded: tuple[Live, Path, dict[str, str]], wrong: str) -> None:
    live, _store, keys = guarded
    for text in (f"Bearer {wrong}", wrong, f"Bearer {keys['all'][:-1]}", f"Bearer {keys['all']}x"):
        with live.client(headers={"authorization": text}) as http:
            assert http.get("/v1/runs").status_code == 401


def test_runs_are_cancelled_by_their_owner_or_an_administrator(
    guarded: tuple[Live, Path, dict[str, str]],
) -> None:
    live, store, keys = guarded
    other = passlaw("keys", "create", "other", "--scope", "submit", "--store", store).stdout.strip()
    with live.client() as http:
        made = http.post(
            "/v1/runs", params=PARTIAL, content=lines(ROWS), headers=bearer(keys["sender"])
        ).json()
        path = f"/v1/runs/{made['id']}/cancel"
        assert http.post(path, headers=bearer(other)).status_code == 403
        assert http.post(path, headers=bearer(keys["all"])).status_code == 200


def test_a_revoked_key_is_refused_at_once(guarded: tuple[Live, Path, dict[str, str]]) -> None:
    live, store, _keys = guarded
    made = json.loads(passlaw("keys", "create", "short", "--store", store, "--json").stdout)
    with live.client(headers=bearer(made["key"])) as http:
        assert http.get("/v1/runs").status_code == 200
        assert passlaw("keys", "revoke", made["id"], "--store", store).returncode == 0
        assert http.get("/v1/runs").status_code == 401
    assert "revoked" in passlaw("keys", "list", "--store", store).stdout
    assert passlaw("keys", "revoke", made["id"], "--store", store).returncode == 2


def test_neither_the_log_nor_the_store_holds_a_key(guarded: tuple[Live, Path, dict[str, str]]) -> None:
    live, store, keys = guarded
    with live.client(headers=bearer(keys["all"])) as http:
        http.get("/v1/runs", params={"model": keys["all"]})
    held = b"".join(path.read_bytes() for path in store.parent.iterdir())
    for key in keys.values():
        secret = key[len("passlaw_") + 13 :]
        assert secret not in live.log()
        assert secret.encode() not in held


def test_it_refuses_to_listen_elsewhere_without_a_key(tmp_path: Path) -> None:
    refused = serve("--host", "0.0.0.0", "--store", tmp_path / "s.db", "--port", 0)
    assert refused.returncode == 2
    assert "the store has no API key" in refused.stderr
    passlaw("keys", "create", "a", "--scope", "admin", "--store", tmp_path / "s.db")
    with serving(tmp_path / "s.db", host="0.0.0.0", runs_at_once=0, code_workers=0) as live:
        assert httpx.get(f"{live.url}/v1/runs").status_code == 401


def test_an_address_in_use_is_said_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = serve("--port", taken.getsockname()[1], "--store", tmp_path / "s.db")
    assert (done.returncode, "cannot listen on 127.0.0.1" in done.stderr) == (2, True)


@pytest.mark.slow
def test_it_stops_gracefully_and_in_time(tmp_path: Path) -> None:
    with serving(tmp_path / "s.db", stop_s=5) as live, live.client() as http:
        rows = [{"task_id": "HumanEval/2", "completion": f"    while True: {n}\n"} for n in range(50)]
        run = http.post("/v1/runs", params=PARTIAL, content=lines(rows)).json()
        assert live.stop() in {0, -15}
        assert "Traceback" not in live.log()
    with serving(tmp_path / "s.db") as live, live.client() as http:
        assert http.get(f"/v1/runs/{run['id']}").json()["state"] in {"queued", "running"}
        http.post(f"/v1/runs/{run['id']}/cancel")

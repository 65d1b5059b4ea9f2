"""The README's way from an endpoint to a resolved forecast, as it is written, with a real server for each model."""

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.evaluator.generation.conftest import at_least
from tests.model_server import running_server, says, table_model

ROOT = Path(__file__).parents[3]
MODELS = {
    "xs": -0.1,
    "s": 0.0,
    "m": 0.1,
    "l": 0.2,
    "xl": 0.3,
}  # how much likelier each digit is than the one below


@contextlib.contextmanager
def one_endpoint(servers: Mapping[str, str]) -> Iterator[str]:
    """Pass requests on to the server of the model that they name, as a provider's endpoint does."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            there = servers[json.loads(body)["model"]] + self.path.removeprefix("/v1")
            headers = {"content-type": "application/json"}
            with urllib.request.urlopen(urllib.request.Request(there, body, headers)) as answer:
                raw = answer.read()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_arguments: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def commands_of_the_readme() -> str:
    text = (ROOT / "README.md").read_text()
    section = text.partition("## From an endpoint to a resolved forecast\n")[2].partition("\n## ")[0]
    return "\n".join(line[4:] for line in section.splitlines() if line.startswith("    "))


@pytest.mark.slow
def test_the_readmes_commands_lead_to_a_resolved_forecast(tmp_path: Path) -> None:
    digits = [str(digit) for digit in range(10)]
    ends = {digit: {"": 0.0} for digit in digits}
    rows = [at_least(least) for least in range(1, 10)]
    (tmp_path / "digits.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with contextlib.ExitStack() as stack:
        servers = {}
        for name, skill in MODELS.items():
            table = says({" ": {digit: skill * int(digit) for digit in digits}} | ends)
            model = table_model(tmp_path / f"{name}.gguf", table)
            servers[name] = stack.enter_context(running_server(model))
        url = stack.enter_context(one_endpoint(servers))
        first = "problems=humaneval url=http://localhost:8000/v1"
        script = commands_of_the_readme()
        assert script.startswith(first)
        script = script.replace(first, f"problems=digits.jsonl url={url}").replace("--n 20", "--n 8")
        (tmp_path / "passlaw").write_text(
            f"#!/bin/sh\nexec '{sys.executable}' -c 'from evaluator.cli import main; main()' \"$@\"\n"
        )
        (tmp_path / "passlaw").chmod(0o755)
        path = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            ["bash", "-eux", "-c", script],
            cwd=tmp_path, env=os.environ | path, capture_output=True, text=True, check=False, timeout=280,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    results = [
        line
        for line in done.stdout.splitlines()
        if re.match(r"pass@1: forecast 0\.\d+, outcome 0\.\d+", line)
    ]
    assert len(results) == 1, done.stdout
    for name in MODELS:
        lines = (tmp_path / f"{name}.jsonl_results.jsonl").read_text().splitlines()
        verdicts = [json.loads(line) for line in lines]
        assert len(verdicts) == 72
        assert {row["verdict"] for row in verdicts} <= {"passed", "wrong_answer"}

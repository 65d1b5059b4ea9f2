"""SandboxFusion's own client against a running service."""

import json
from pathlib import Path

import pytest

from tests.evaluator.bridges_environment import run_there
from tests.services import serving

pytestmark = pytest.mark.needs("the environment of bridges")

CLIENT = """
import base64, json, sys
from sandbox_fusion import RunCodeRequest, run_code, run_concurrent, set_sandbox_endpoint
set_sandbox_endpoint(sys.argv[1])
asked = [
    RunCodeRequest(code="print(input())", language="python", stdin="hello"),
    RunCodeRequest(code="1 / 0", language="python"),
    RunCodeRequest(code="while True: pass", language="python", run_timeout=0.5),
    RunCodeRequest(code="open('out', 'w').write(open('in').read().upper())", language="python",
                   files={"in": base64.b64encode(b"text").decode()}, fetch_files=["out"]),
]
answers = run_concurrent(run_code, args=[[each] for each in asked], concurrency=2)
print(json.dumps([json.loads(each.json()) for each in answers]))
"""


def test_it_runs_code_and_gets_what_it_expects(tmp_path: Path) -> None:
    with serving(tmp_path / "passlaw.db", code_workers=2, runners=0) as live:
        done = run_there("python", "-c", CLIENT, live.url, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    hello, error, slow, files = json.loads(done.stdout.splitlines()[-1])
    assert (hello["status"], hello["run_result"]["stdout"]) == ("Success", "hello\n")
    assert (error["status"], error["run_result"]["return_code"]) == ("Failed", 1)
    assert "ZeroDivisionError" in error["run_result"]["stderr"]
    assert slow["run_result"]["status"] == "TimeLimitExceeded"
    assert files["files"] == {"out": "VEVYVA=="}

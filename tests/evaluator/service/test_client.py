import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from evaluator import Client, ServiceError
from tests.evaluator.service.test_runs import GOOD, ROWS
from tests.services import Live, serving


@pytest.fixture
def client(live: Live) -> Iterator[Client]:
    with Client(live.url) as opened:
        yield opened


def test_a_file_goes_there_and_comes_back(
    client: Client, write_rows: Callable[..., Path], tmp_path: Path
) -> None:
    run = client.submit(write_rows(ROWS, "s.jsonl.gz"), model="c", k=(1,), ignore_incomplete=True)
    assert (run.details["samples"]["name"], run.samples) == ("s.jsonl.gz", 4)
    steps = list(client.follow(run.id))
    assert (steps[-1].state, steps[-1].done) == ("done", 4)
    run = client.run(run.id)
    assert run.finished
    assert run.pass_at_k == {"pass@1": pytest.approx(1 / 3)}
    assert [row["passed"] for row in client.results(run.id)] == [True, False, True, False]
    client.download(run.id, tmp_path / "r.parquet")
    assert pq.read_table(tmp_path / "r.parquet").num_rows == 4
    assert run.id in [each.id for each in client.runs(model="c")]


def test_rows_a_card_and_code_go_there_as_well(client: Client) -> None:
    assert client.wait(client.submit(ROWS, k="1", ignore_incomplete=True).id).state == "done"
    assert client.add_model("big", params=7e9, tokens="2T")["flops"] == 8.4e22
    assert "big" in [card["name"] for card in client.models()]
    assert client.run_code("print(input())", stdin="x")["run_result"]["stdout"] == "x\n"


def test_a_refusal_is_the_services_own_sentence(client: Client) -> None:
    with pytest.raises(ServiceError, match="upload:1: 'x' is not a humaneval problem") as caught:
        client.submit([{"task_id": "x", "completion": ""}])
    assert caught.value.status == 422
    with pytest.raises(ServiceError, match="no run 0"):
        client.run("0" * 21)


@pytest.mark.parametrize("url", ["", "here", "ftp://x", "http://", "http://[", "http://127.0.0.1:1"])
def test_an_address_that_leads_nowhere_is_said_so(url: str) -> None:
    with (
        pytest.raises(ServiceError, match=r"not the address of a service|is it running"),
        Client(url, retry_for_s=0) as nowhere,
    ):
        nowhere.models()


@pytest.mark.slow
def test_it_waits_for_a_service_that_restarts(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    with serving(store) as first:
        port = int(first.url.rpartition(":")[2])
        client = Client(first.url)
        run = client.submit(
            [{"task_id": "HumanEval/2", "completion": f"{GOOD}  # {n}"} for n in range(400)],
            k="1",
            ignore_incomplete=True,
        )
        follower: list[int] = []
        thread = threading.Thread(target=lambda: follower.extend(step.done for step in client.follow(run.id)))
        thread.start()
        time.sleep(0.5)
        first.kill()
    with serving(store, port=port):
        thread.join(60)
        assert follower[-1] == 400
        assert sum(row["passed"] for row in client.results(run.id)) == 400
        client.close()


def test_the_command_line_does_the_same_by_way_of_a_service(
    live: Live, write_rows: Callable[..., Path]
) -> None:
    path = write_rows(ROWS)
    command = [sys.executable, "-c", "from evaluator.cli import main; main(prog_name='passlaw')", "evaluate"]
    options = ["--server", live.url, "--k", "1", "--ignore-incomplete", "--model", "cli", "--params", "7B"]
    done = subprocess.run([*command, path, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("{'pass@1': 0.333333")
    rows = [json.loads(line) for line in Path(f"{path}_results.jsonl").read_text().splitlines()]
    assert [row["result"] for row in rows][:2] == ["passed", "failed: "]
    there = json.loads(Path(f"{path}_run.json").read_text())
    here = Path(f"{path}_here.jsonl")
    alone = [*options[2:], "--workers", "1", "--output", here]
    subprocess.run([*command, path, *alone], capture_output=True, text=True, check=True)
    record = json.loads(here.with_name(f"{here.name}_run.json").read_text())
    assert set(there) == set(record)
    same = "format model samples verdicts pass_at_k base_pass_at_k pass_at_k_all counts base_counts missing complete"
    assert {name: there[name] for name in same.split()} == {name: record[name] for name in same.split()}
    assert there["problems"]["sha256"] == record["problems"]["sha256"]
    short = subprocess.run(
        [*command, path, *options[:2], "--k", "1,1000", "--ignore-incomplete"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "pass@1000 is not reported" in short.stdout
    for bad in (["--workers", "2"], ["--store", "x"]):
        refused = subprocess.run(
            [*command, path, *options, *bad], capture_output=True, text=True, check=False
        )
        assert (refused.returncode, "cannot be used with --server" in refused.stderr) == (2, True)

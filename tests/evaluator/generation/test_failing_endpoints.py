"""What a model's server does that a real one cannot be made to do: a server of our own, over real sockets."""

import contextlib
import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from evaluator.cli.main import main
from evaluator.errors import EndpointError
from evaluator.generation import GenerationProgress, generate
from evaluator.problems import ProblemSet
from tests.evaluator.command_process import start

SOON = {"retry-after-ms": "1"}  # the client's back-off takes the server's word
KEY = "sk-a-very-secret-key"


class Reply(NamedTuple):
    status: int = 200
    body: Any = None
    headers: dict[str, str] = {}  # noqa: RUF012 - never changed
    cut: bool = False


def completion(text: str = "7", reason: str = "stop") -> Reply:
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    choice = {"index": 0, "text": text, "finish_reason": reason}
    return Reply(body={"id": "1", "object": "text_completion", "choices": [choice], "usage": usage})


def chat(**message: Any) -> Reply:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": "stop"}
    return Reply(body={"id": "1", "object": "chat.completion", "choices": [choice]})


class Endpoint(NamedTuple):
    url: str
    requests: list[dict[str, Any]]
    most_at_once: list[int]


@contextlib.contextmanager
def serving(answer: Callable[[int, dict[str, Any]], Reply]) -> Iterator[Endpoint]:
    """Serve what `answer` makes of a request's number, from 0, and its body."""
    seen: list[dict[str, Any]] = []
    most, at_once, lock = [0], [0], threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            with lock:
                number = len(seen)
                seen.append(body | {"authorization": self.headers["authorization"]})
                at_once[0] += 1
                most[0] = max(most[0], at_once[0])
            reply = answer(number, body)
            with lock:
                at_once[0] -= 1
            raw = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw) + reply.cut))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(ConnectionError):
                self.wfile.write(raw)
            self.close_connection = reply.cut

        def log_message(self, *_arguments: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_arguments: object) -> None:
            """A client that was interrupted leaves; that is no error here."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield Endpoint(f"http://127.0.0.1:{server.server_port}/v1", seen, most)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


TROUBLE = [
    Reply(429, {"error": {"message": "slow down"}}, SOON),
    Reply(500, {"error": {"message": "broken"}}, SOON),
    Reply(503, b"<html>busy</html>", SOON),
    Reply(200, b'{"id": "1", "cho', cut=True),
]


@pytest.mark.parametrize("trouble", TROUBLE, ids=["429", "500", "503 html", "cut connection"])
def test_passing_trouble_is_tried_again(trouble: Reply, problems: ProblemSet, tmp_path: Path) -> None:
    with serving(lambda number, _body: trouble if number in {0, 3} else completion()) as endpoint:
        made = generate(
            problems, tmp_path / "s.jsonl", base_url=endpoint.url, model="m", n=2, concurrency=1, retries=2
        )
    assert (made.rows, made.complete, made.failures) == (6, True, ())
    assert len(endpoint.requests) == 8


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [
        (Reply(500, {"error": {"message": "no memory"}}, SOON), "500 no memory"),
        (Reply(400, {"error": {"message": "too long"}}), "400 too long"),
        (Reply(200, b"{not json"), "an answer that is no JSON"),
        (Reply(200, {"object": "something else"}), "an answer without the fields of this API"),
        (Reply(200, {"choices": []}), "an answer without the fields of this API"),
    ],
)
def test_a_request_that_keeps_failing_costs_its_own_row_alone(
    reply: Reply, complaint: str, problems: ProblemSet, tmp_path: Path
) -> None:
    asked: dict[str, Any] = {"model": "m", "n": 2, "concurrency": 1, "retries": 0}
    with serving(lambda number, _body: reply if number == 1 else completion()) as endpoint:
        made = generate(problems, tmp_path / "s.jsonl", base_url=endpoint.url, **asked)
        again = generate(problems, tmp_path / "s.jsonl", base_url=endpoint.url, **asked)
    assert (made.rows, made.total, made.complete) == (5, 6, False)
    assert len(made.failures) == 1
    assert made.failures[0].startswith(f"digit/3, sample 0: {complaint}")
    assert (again.made, again.complete) == (1, True)


def test_an_endpoint_that_is_gone_ends_the_asking(problems: ProblemSet, tmp_path: Path) -> None:
    with serving(lambda number, _body: completion() if number < 4 else Reply(500, {}, SOON)) as endpoint:
        made = generate(
            problems, tmp_path / "s.jsonl", base_url=endpoint.url, model="m", n=50, concurrency=2, retries=1
        )
    assert made.rows == 4
    assert made.stopped.startswith("10 requests failed one after another, the last with: 500")
    assert len(endpoint.requests) <= 4 + 2 * 12


@pytest.mark.parametrize(
    ("status", "advice"), [(401, "set the variable of the API key"), (404, "check the model's name")]
)
def test_a_refused_key_or_name_ends_at_once_and_the_key_is_shown_nowhere(
    status: int, advice: str, problems: ProblemSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    refusal = Reply(status, {"error": {"message": f"not with {KEY}"}})
    with serving(lambda _number, _body: refusal) as endpoint, pytest.raises(EndpointError) as refused:
        generate(
            problems,
            tmp_path / "s.jsonl",
            base_url=endpoint.url,
            model="m",
            key_variable="MY_KEY",
        )
    assert "not with [key]" in str(refused.value)
    assert advice in str(refused.value)
    assert KEY not in str(refused.value)
    assert not (tmp_path / "s.jsonl").exists()
    assert not (tmp_path / "s.jsonl_generation.json").exists()


def test_the_key_is_sent_and_written_into_no_file(
    problems: ProblemSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with serving(lambda _number, _body: completion()) as endpoint:
        made = generate(problems, tmp_path / "s.jsonl", base_url=endpoint.url, model="m", n=1)
    assert {request["authorization"] for request in endpoint.requests} == {f"Bearer {KEY}"}
    assert made.complete
    for path in tmp_path.iterdir():
        assert KEY not in path.read_text(), path


def test_requests_hold_every_setting_and_are_bounded(problems: ProblemSet, tmp_path: Path) -> None:
    def answer(_number: int, _body: dict[str, Any]) -> Reply:
        time.sleep(0.02)
        return completion()

    with serving(answer) as endpoint:
        generate(
            problems, tmp_path / "s.jsonl", base_url=endpoint.url, model="m", n=6, temperature=0.3, top_p=0.9,
            max_tokens=7, stop=("END",), seed=5, extra={"top_k": 40}, template="# {name}\n{prompt}",
            concurrency=3,
        )  # fmt: skip
    assert endpoint.most_at_once[0] <= 3
    for request in endpoint.requests:
        assert request.pop("prompt").startswith("# digit\ndef digit():")
        assert 0 <= request.pop("seed") < 1 << 31
        del request["authorization"]
        assert request == {
            "model": "m", "temperature": 0.3, "top_p": 0.9, "max_tokens": 7, "stop": ["END"], "top_k": 40,
        }  # fmt: skip


@pytest.mark.parametrize(
    ("message", "answer", "reasoning"),
    [
        ({"content": "1"}, "1", None),
        ({"content": "1", "reasoning_content": "Hm."}, "1", "Hm."),
        ({"content": "1", "reasoning": "Hm."}, "1", "Hm."),
        ({"content": "<think>\nHm.\n</think>\n\n1"}, "\n\n1", "Hm."),
        ({"content": "Hm.\n</think>1"}, "1", "Hm."),
        ({"content": "<think>\nHm, cut"}, "", "Hm, cut"),
        ({"content": None, "reasoning_content": "Hm."}, "", "Hm."),
        ({"content": "'<think>'"}, "'<think>'", None),
    ],
)
def test_reasoning_is_kept_apart_from_the_answer(
    message: dict[str, Any], answer: str, reasoning: str | None, problems: ProblemSet, tmp_path: Path
) -> None:
    with serving(lambda _number, _body: chat(**message)) as endpoint:
        made = generate(problems, tmp_path / "s.jsonl", base_url=endpoint.url, model="m", n=1, chat=True)
    for row in rows_of(made.output):
        assert (row["completion"], row.get("reasoning")) == (answer, reasoning)


def test_an_estimate_needs_answers_and_is_then_the_rest_at_this_speed() -> None:
    state = GenerationProgress(total=100, done=20, concurrency=8, made=15, tokens=300, seconds=30.0)
    assert state.remaining_s is None
    state.made, state.done = 16, 36
    assert state.remaining_s == pytest.approx(30 / 16 * 64)
    assert state.tokens_per_second == pytest.approx(10)


def test_an_interrupt_loses_no_row_and_the_same_command_goes_on(problems_file: Path, tmp_path: Path) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def answer(number: int, _body: dict[str, Any]) -> Reply:
        if number >= 5:
            reached.set()
            go_on.wait(60)
        return completion(reason="length")

    with serving(answer) as endpoint:
        command = (
            "generate", "--problems", problems_file, "--base-url", endpoint.url, "--model", "m", "--n", 4,
            "--concurrency", 2, "--output", "s.jsonl",
        )  # fmt: skip
        with start(*command, cwd=tmp_path) as process:
            assert reached.wait(60)
            output = tmp_path / "s.jsonl"
            while len(output.read_bytes().splitlines()) < 5:
                time.sleep(0.02)
            process.send_signal(signal.SIGINT)
            out, errors = process.communicate(timeout=60)
        go_on.set()
        assert (process.returncode, out) == (130, "")
        assert errors == (
            "passlaw: interrupted; what was answered is in s.jsonl, and the same command asks for the rest\n"
        )
        assert len(rows_of(output)) == 5
        with start(*command, cwd=tmp_path) as again:
            out, errors = again.communicate(timeout=60)
    assert again.returncode == 0, errors
    assert "s.jsonl: 12 of 12 samples, 7 of them new" in out
    assert out.splitlines()[-1] == f"score them: passlaw evaluate s.jsonl --problems {problems_file}"
    assert "12 of 12 answers were cut off by the limit on tokens" in errors


def test_missing_rows_are_status_1_and_said(problems_file: Path, tmp_path: Path) -> None:
    with serving(lambda number, _body: completion() if number else Reply(400, {"error": "bad"})) as endpoint:
        command = (
            "generate", "--problems", problems_file, "--base-url", endpoint.url, "--model", "m", "--n", 1,
            "--concurrency", 1, "--output", "s.jsonl", "--json",
        )  # fmt: skip
        with start(*command, cwd=tmp_path) as process:
            out, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert (json.loads(out)["rows"], json.loads(out)["complete"]) == (2, False)
    assert errors.splitlines() == [
        "passlaw: failed: digit/0, sample 0: 400 bad",
        "passlaw: 1 sample missing; repeat the command to ask again",
    ]


def test_an_endpoint_that_is_not_there_leaves_no_file_and_names_the_next_step(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    done = CliRunner().invoke(
        main,
        ["generate", "--base-url", "http://127.0.0.1:1/v1", "--model", "m", "--n", "1", "--retries", "0",
         "--output", str(output)],
    )  # fmt: skip
    assert (done.exit_code, list(tmp_path.iterdir())) == (1, [])
    assert done.stdout == f"{output}: not written, as no request was answered\n"
    assert done.stderr.splitlines()[-1].endswith(
        "164 samples missing; check that the endpoint is running and that --base-url is right, then repeat "
        "the command to ask again"
    )

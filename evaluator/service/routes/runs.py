"""`/v1/runs`: create from a file or rows, look at, follow, fetch results, cancel."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final, Literal

from anyio import to_thread
from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import ValidationError
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError
from sse_starlette import EventSourceResponse
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.responses import StreamingResponse

from evaluator.model_card import Model
from evaluator.problems import ProblemRows
from evaluator.service.auth import Reader, Submitter
from evaluator.service.context import Service, TheService
from evaluator.service.error_responses import RefusedError
from evaluator.service.result_stream import FORMATS, export
from evaluator.service.schemas import Page, RunDetails, RunOptions, RunResult, RunRows, RunSummary
from evaluator.service.uploads import Order, Spooled, spooled, take_in
from evaluator.store import Key, Run, RunState, Scope
from evaluator.store.job_queue import count_waiting, sweep_uploads
from evaluator.store.model_cards import get_card
from evaluator.store.problem_sets import find_problem_set, stored_rows
from evaluator.store.runs import cancel_run, get_run, list_runs, run_of_key

__all__ = ["router"]

router = APIRouter(prefix="/v1/runs", tags=["runs"])

RunId = Annotated[str, Path(pattern=r"^[0-9a-f]{21}$", description="a run's id")]
_INTAKE_S: Final = 3600.0
_UPLOAD: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/RunRows"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                },
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "application/x-ndjson": {"schema": {"type": "string"}},
            "application/gzip": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post(
    "", status_code=202, openapi_extra=_UPLOAD,
    responses={200: {"model": RunSummary, "description": "The run that this idempotency key has made"}},
)  # fmt: skip
async def create_run(
    request: Request,
    response: Response,
    service: TheService,
    caller: Submitter,
    options: Annotated[RunOptions, Query()],
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=200,
            pattern=r"^[\x21-\x7e]+$",
            description="makes repeats harmless",
        ),
    ] = None,
) -> RunSummary:
    """Create a run and queue it.

    The samples are a file, as the part `file` of a form or as the body itself, in any format that
    `passlaw evaluate` reads (JSONL, gzipped or not, Parquet, CSV, logs of lm-eval and Inspect); options are
    then in the query. Or the body is JSON and holds rows and options. All is checked before anything is
    stored: an answer of 202 means that every sample is there and will get its verdict.
    """
    if service.stopping:
        raise RefusedError(503, "the service is stopping; try again in a moment", {"Retry-After": "5"})
    async with spooled(service.spool) as file:
        options = await _receive(request, options, file)
        digest = hashlib.sha256(f"{options.model_dump_json()}{await file.whole()}".encode()).hexdigest()
        earlier = await to_thread.run_sync(_earlier, service, caller, idempotency_key, digest)
        if earlier is not None:
            response.status_code = 200
            return _located(response, earlier)
        order = await to_thread.run_sync(_order, service, caller, options, file, idempotency_key, digest)
        try:
            run_id = await service.crew.run(_INTAKE_S, take_in, order)
        except IntegrityError:
            raise RefusedError(
                409, "a request with this idempotency key is on its way; wait for it"
            ) from None
    return _located(response, await to_thread.run_sync(_found, service, run_id))


@router.get("")
def get_runs(
    service: TheService,
    _caller: Reader,
    model: Annotated[str | None, Query(max_length=200)] = None,
    state: Literal["queued", "running", "done", "failed", "cancelled"] | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
) -> Page[RunSummary]:
    """List the runs, newest first."""
    chosen = RunState(state) if state else None
    with service.store.read() as db:
        runs, total = list_runs(db, model=_plain(model), state=chosen, limit=limit, offset=offset)
    return Page(items=[RunSummary.of(run) for run in runs], total=total)


@router.get("/{run_id}")
def get_one_run(run_id: RunId, service: TheService, _caller: Reader) -> RunDetails:
    """Return a run: its state, its settings, and what it has found so far."""
    run = _found(service, run_id)
    return RunDetails.with_result(run, service.result(run))


@router.post("/{run_id}/cancel")
def cancel_one_run(run_id: RunId, service: TheService, caller: Submitter) -> RunSummary:
    """Cancel a run. Verdicts that it has stay; one that is finished already stays as it is."""
    run = _found(service, run_id)
    if run.owner != caller.id and not caller.may(Scope.ADMIN):
        raise RefusedError(403, "this run is another key's; cancelling it needs the scope admin")
    with service.store.write() as db:
        cancel_run(db, run_id)
    return RunSummary.of(_found(service, run_id))


@router.get(
    "/{run_id}/results", response_class=StreamingResponse,
    responses={200: {"description": "A row a sample", "content": {
        kind: {"schema": {"type": "string", "format": "binary"}} for kind, _ in FORMATS.values()
    }}},
)  # fmt: skip
def get_results(
    run_id: RunId,
    service: TheService,
    _caller: Reader,
    form: Annotated[Literal["jsonl", "csv", "parquet"], Query(alias="format")] = "jsonl",
) -> StreamingResponse:
    """Stream the results, in the order of the samples: of a run that goes on, those it has.

    JSONL is the file that `passlaw evaluate` writes: each row as it was given, then `result`, `passed` and
    our own fields. CSV and Parquet have fixed columns.
    """
    run = _found(service, run_id)
    rows = export(service.store, run, service.problem_set(run.problem_set), form)
    kind, suffix = FORMATS[form]
    name = f'attachment; filename="{run.id}_results.{suffix}"'
    return StreamingResponse(rows, media_type=kind, headers={"content-disposition": name})


@router.get(
    "/{run_id}/events", response_class=EventSourceResponse,
    responses={200: {"description": "Events `progress` and, last, `end`; their data is a RunProgress",
                     "content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)  # fmt: skip
async def follow_run(
    run_id: RunId, request: Request, service: TheService, _caller: Reader
) -> EventSourceResponse:
    """Follow a run by server-sent events until it is finished."""
    await to_thread.run_sync(_found, service, run_id)
    return EventSourceResponse(_events(service, request, run_id), ping=15)


async def _events(service: Service, request: Request, run_id: str) -> AsyncIterator[dict[str, str]]:
    last: str | None = None
    while not service.stopping:
        run = await to_thread.run_sync(_found, service, run_id)
        data = (
            await to_thread.run_sync(_progress, service, run)
            if (said := f"{run.state}{run.done}") != last
            else ""
        )
        if data:
            yield {"event": "end" if run.state.final else "progress", "id": str(run.done), "data": data}
        last = said
        if run.state.final or await request.is_disconnected():
            return
        await asyncio.sleep(0.5)


def _progress(service: Service, run: Run) -> str:
    found = RunResult.of(service.result(run))
    return json.dumps(
        {
            "id": run.id, "state": run.state, "done": run.done, "samples": run.samples,
            "seconds": run.seconds, "verdicts": found.verdicts, "pass_at_k": found.pass_at_k,
        }
    )  # fmt: skip


def _found(service: Service, run_id: str) -> Run:
    with service.store.read() as db:
        run = get_run(db, run_id)
    if run is None:
        raise RefusedError(404, f"no run {run_id}; see GET /v1/runs")
    return run


def _located(response: Response, run: Run) -> RunSummary:
    response.headers["location"] = f"/v1/runs/{run.id}"
    return RunSummary.of(run)


async def _receive(request: Request, options: RunOptions, file: Spooled) -> RunOptions:
    """Write the samples to the file as they arrive; return the options, which a JSON body brings along."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        rows = await _rows(request)
        for row in rows.samples:
            await file.write(json.dumps(row).encode() + b"\n")
        return RunOptions(**rows.model_dump(exclude={"samples"}))
    if kind == "multipart/form-data":
        name = await _from_form(request, file)
        return options if options.name or not name else options.model_copy(update={"name": name})
    if kind not in _UPLOAD["requestBody"]["content"] and kind not in {
        "",
        "application/x-www-form-urlencoded",
    }:
        raise RefusedError(
            415, f"{kind!r:.80} is not read here; send a form, JSON, or application/octet-stream"
        )
    async for chunk in request.stream():
        await file.write(chunk)
    return options


async def _rows(request: Request) -> RunRows:
    body = await request.body()
    try:
        return RunRows.model_validate_json(body)
    except ValidationError as bad:
        first = bad.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, ("body", *first["loc"])))
        raise RefusedError(422, f"{where}: {first['msg']}; see /openapi.json") from None


async def _from_form(request: Request, file: Spooled) -> str | None:
    """Copy the form's one file; return its name, which names nothing but the run's samples."""
    try:
        async with request.form(max_files=1, max_fields=0) as form:
            given = form.get("file")
            if not isinstance(given, UploadFile):
                raise RefusedError(
                    422, "the form has no file in its part 'file'; options belong into the query"
                )
            while chunk := await given.read(1 << 20):
                await file.write(chunk)
            name = (given.filename or "").replace("\\", "/").rpartition("/")[2][:200]
            return name if name and name.isprintable() else None
    except MultiPartException as bad:
        raise RefusedError(400, f"the form is malformed: {bad.message}") from None


def _earlier(service: Service, caller: Key, key: str | None, digest: str) -> Run | None:
    """The run that this idempotency key made before; refuses another request under the same key."""
    if key is None:
        return None
    with service.store.read() as db:
        run = run_of_key(db, caller.id, key)
    if run is not None and run.state is RunState.UPLOADING:
        with service.store.write() as db:
            sweep_uploads(db)
            run = run_of_key(db, caller.id, key)
    if run is None:
        return None
    if run.state is RunState.UPLOADING:
        raise RefusedError(409, "a request with this idempotency key is on its way; wait for it")
    if run.request_sha256 != digest:
        raise RefusedError(
            409, f"this idempotency key made run {run.id} from other samples or options; take a new one"
        )
    return run


def _order(
    service: Service, caller: Key, options: RunOptions, file: Spooled, key: str | None, digest: str
) -> Order:
    with service.store.read() as db:
        if count_waiting(db, caller.id) >= service.settings.max_open_runs:
            raise RefusedError(
                429, f"{service.settings.max_open_runs} of your runs are unfinished; wait or cancel one",
                {"Retry-After": "30"},
            )  # fmt: skip
        problems = _problems(db, options.problems)
        card = (get_card(db, options.model) or Model(options.model)) if options.model else None
    return Order(
        store=service.store.url,
        path=file.path,
        format=options.format,
        problems=problems,
        settings=options.settings(problems.timeout_s, service.settings.workers, base_only=problems.base_only),
        owner=caller.id,
        model=card,
        name=options.name or "upload",
        idempotency_key=key,
        request_sha256=digest,
        most_rows=service.settings.max_rows,
    )


def _problems(db: Connection, name: str) -> ProblemRows:
    set_id = find_problem_set(db, name)
    rows = stored_rows(db, set_id) if set_id else None
    if rows is None:
        raise RefusedError(422, f"no problem set {name!r:.80}; see GET /v1/problems for those that are there")
    return rows


def _plain(text: str | None) -> str | None:
    return None if text is None or "\0" in text else text

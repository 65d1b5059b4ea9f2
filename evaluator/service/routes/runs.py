"""`/v1/runs`: create from a file or rows, look at, follow, fetch results, cancel."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from typing import Annotated, Final, Literal

from anyio import to_thread
from fastapi import APIRouter, Header, Path, Query, Request, Response
from sqlalchemy.exc import IntegrityError
from sse_starlette import EventSourceResponse
from starlette.responses import StreamingResponse

from evaluator.service.auth import Reader, Submitter
from evaluator.service.context import Service, ServiceDep
from evaluator.service.error_responses import HTTPProblemError
from evaluator.service.lookup import read_run
from evaluator.service.result_stream import FORMATS, export
from evaluator.service.schemas import Page
from evaluator.service.schemas_runs import RunDetails, RunOptions, RunResult, RunSummary
from evaluator.service.spool import spool_upload
from evaluator.service.upload_job import ingest_upload
from evaluator.service.uploads import UPLOAD_BODY, earlier_run, prepare_job, receive_upload
from evaluator.store import Run, RunState, Scope
from evaluator.store.runs import cancel_run, list_runs

__all__ = ["router"]

router = APIRouter(prefix="/v1/runs", tags=["runs"])

RunId = Annotated[str, Path(pattern=r"^[0-9a-f]{21}$", description="a run's id")]
_INTAKE_S: Final = 3600.0
_LOOK_S: Final = 0.3  # between looks at a run that is followed


@router.post(
    "", status_code=202, openapi_extra=UPLOAD_BODY,
    responses={200: {"model": RunSummary, "description": "The run that this idempotency key has made"}},
)  # fmt: skip
async def create_run(
    request: Request,
    response: Response,
    service: ServiceDep,
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
        raise HTTPProblemError(503, "the service is stopping; try again in a moment", {"Retry-After": "5"})
    async with spool_upload(service.spool) as file:
        options = await receive_upload(request, options, file)
        digest = hashlib.sha256(f"{options.model_dump_json()}{await file.whole()}".encode()).hexdigest()
        earlier = await to_thread.run_sync(earlier_run, service, caller, idempotency_key, digest)
        if earlier is not None:
            response.status_code = 200
            return _located(response, earlier)
        order = await to_thread.run_sync(prepare_job, service, caller, options, file, idempotency_key, digest)
        try:
            run_id = await service.process_pool.run(_INTAKE_S, ingest_upload, order)
        except IntegrityError:
            raise HTTPProblemError(
                409, "a request with this idempotency key is still being processed; wait for it"
            ) from None
    return _located(response, await to_thread.run_sync(read_run, service, run_id))


@router.get("")
def get_runs(
    service: ServiceDep,
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
def get_one_run(run_id: RunId, service: ServiceDep, _caller: Reader) -> RunDetails:
    """Return a run: its state, its settings, and what it has found so far."""
    run = read_run(service, run_id)
    return RunDetails.with_result(run, service.result(run))


@router.post("/{run_id}/cancel")
def cancel_one_run(run_id: RunId, service: ServiceDep, caller: Submitter) -> RunSummary:
    """Cancel a run. Verdicts that it has stay; one that is finished already stays as it is."""
    run = read_run(service, run_id)
    if run.owner != caller.id and not caller.may(Scope.ADMIN):
        raise HTTPProblemError(403, "this run is another key's; cancelling it needs the scope admin")
    with service.store.write() as db:
        cancel_run(db, run_id)
    return RunSummary.of(read_run(service, run_id))


@router.get(
    "/{run_id}/results", response_class=StreamingResponse,
    responses={200: {"description": "A row a sample", "content": {
        kind: {"schema": {"type": "string", "format": "binary"}} for kind, _ in FORMATS.values()
    }}},
)  # fmt: skip
def get_results(
    run_id: RunId,
    service: ServiceDep,
    _caller: Reader,
    form: Annotated[Literal["jsonl", "csv", "parquet"], Query(alias="format")] = "jsonl",
) -> StreamingResponse:
    """Stream the results, in the order of the samples: of a run that goes on, those it has.

    JSONL is the file that `passlaw evaluate` writes: each row as it was given, then `result`, `passed` and
    our own fields. CSV and Parquet have fixed columns.
    """
    run = read_run(service, run_id)
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
    run_id: RunId, request: Request, service: ServiceDep, _caller: Reader
) -> EventSourceResponse:
    """Follow a run by server-sent events until it is finished."""
    await to_thread.run_sync(read_run, service, run_id)
    return EventSourceResponse(_events(service, request, run_id), ping=15)


async def _events(service: Service, request: Request, run_id: str) -> AsyncIterator[dict[str, str]]:
    last: str | None = None
    while not service.stopping:
        run = await to_thread.run_sync(read_run, service, run_id)
        data = (
            await to_thread.run_sync(_progress, service, run)
            if (said := f"{run.state}{run.judged}{bool(run.sandbox)}") != last
            else ""
        )
        if data:
            yield {"event": "end" if run.state.final else "progress", "id": str(run.done), "data": data}
        last = said
        if run.state.final or await request.is_disconnected():
            return
        await asyncio.sleep(_LOOK_S)


def _progress(service: Service, run: Run) -> str:
    found = RunResult.of(service.result(run))
    return json.dumps(
        {
            "id": run.id, "state": run.state, "done": run.done, "judged": run.judged, "samples": run.samples,
            "seconds": run.seconds, "verdicts": found.verdicts, "pass_at_k": found.pass_at_k,
        }
    )  # fmt: skip


def _located(response: Response, run: Run) -> RunSummary:
    response.headers["location"] = f"/v1/runs/{run.id}"
    return RunSummary.of(run)


def _plain(text: str | None) -> str | None:
    return None if text is None or "\0" in text else text

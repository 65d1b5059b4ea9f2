"""Read a request that creates a run: samples as a form, a body or rows, and options."""

import json
from typing import Any, Final

from fastapi import Request
from pydantic import ValidationError
from sqlalchemy import Connection
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from evaluator.model_card import Model
from evaluator.problems import ProblemRows
from evaluator.service.context import Service
from evaluator.service.error_responses import HTTPProblemError
from evaluator.service.input_words import complaint_of
from evaluator.service.schemas_runs import RunOptions, RunRows
from evaluator.service.spool import Spooled
from evaluator.service.upload_job import UploadJob
from evaluator.store import Key, Run, RunState
from evaluator.store.job_queue import count_waiting, sweep_uploads
from evaluator.store.model_cards import get_card
from evaluator.store.problem_sets import find_problem_set, stored_rows
from evaluator.store.runs import run_of_key

__all__ = ["UPLOAD_BODY", "earlier_run", "prepare_job", "receive_upload"]


UPLOAD_BODY: Final[dict[str, Any]] = {
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


async def receive_upload(request: Request, options: RunOptions, file: Spooled) -> RunOptions:
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
    if kind not in UPLOAD_BODY["requestBody"]["content"] and kind not in {
        "",
        "application/x-www-form-urlencoded",
    }:
        raise HTTPProblemError(
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
        raise HTTPProblemError(422, f"{where}: {complaint_of(first)}; see /openapi.json") from None


async def _from_form(request: Request, file: Spooled) -> str | None:
    """Copy the form's one file; return its name, which names nothing but the run's samples."""
    try:
        async with request.form(max_files=1, max_fields=20) as form:
            given = form.get("file")
            if others := [name for name in form if name != "file"]:
                raise HTTPProblemError(
                    422, f"the form's field {others[0]!r:.60} is not read; give it in the query: "
                    f"/v1/runs?{others[0]:.60}=..."
                )  # fmt: skip
            if not isinstance(given, UploadFile):
                raise HTTPProblemError(
                    422, "the form has no file in its part 'file'; options belong into the query"
                )
            while chunk := await given.read(1 << 20):
                await file.write(chunk)
            name = (given.filename or "").replace("\\", "/").rpartition("/")[2][:200]
            return name if name and name.isprintable() else None
    except MultiPartException as bad:
        raise HTTPProblemError(400, f"the form is malformed: {bad.message}") from None


def earlier_run(service: Service, caller: Key, key: str | None, digest: str) -> Run | None:
    """Return the run that this idempotency key made before; refuse another request under the same key."""
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
        raise HTTPProblemError(
            409, "a request with this idempotency key is still being processed; wait for it"
        )
    if run.request_sha256 != digest:
        raise HTTPProblemError(
            409, f"this idempotency key made run {run.id} from other samples or options; take a new one"
        )
    return run


def prepare_job(
    service: Service, caller: Key, options: RunOptions, file: Spooled, key: str | None, digest: str
) -> UploadJob:
    """Return the job that reads the upload into the store.

    Raises:
        HTTPProblemError: the caller has too many unfinished runs, or there is no such problem set.
    """
    with service.store.read() as db:
        if count_waiting(db, caller.id) >= service.settings.max_open_runs:
            raise HTTPProblemError(
                429, f"{service.settings.max_open_runs} of your runs are unfinished; wait or cancel one",
                {"Retry-After": "30"},
            )  # fmt: skip
        problems = _problems(db, options.problems)
        card = (get_card(db, options.model) or Model(options.model)) if options.model else None
    return UploadJob(
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
        sample_filter=options.filter,
    )


def _problems(db: Connection, name: str) -> ProblemRows:
    set_id = find_problem_set(db, name)
    rows = stored_rows(db, set_id) if set_id else None
    if rows is None:
        raise HTTPProblemError(422, f"no problem set {name!r:.80}; GET /v1/problems lists those there are")
    return rows

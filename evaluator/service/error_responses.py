"""Errors as RFC 9457 problem details, without internals."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from evaluator.errors import EvaluatorError, StoreError
from evaluator.files.escaping import printable
from evaluator.service.input_words import complaint_of
from predictor import PredictorError, RegistryError

__all__ = [
    "PROBLEM_RESPONSES",
    "FieldProblem",
    "HTTPProblemError",
    "ProblemDetails",
    "add_handlers",
    "problem_response",
]

# FastAPI's words for whatever its JSON reader raised, except a syntax error.
_UNPARSED: Final = "There was an error parsing the body"
_LOG: Final = structlog.get_logger("passlaw.service")
_TITLES: Final = {
    400: ("bad-request", "Malformed request"),
    401: ("unauthorised", "An API key is required"),
    403: ("forbidden", "The API key does not allow this"),
    404: ("not-found", "Not found"),
    405: ("method-not-allowed", "Method not allowed here"),
    406: ("not-acceptable", "Not available in this format"),
    408: ("too-slow", "The body did not arrive in time"),
    409: ("conflict", "Conflict with the current state"),
    411: ("length-required", "The request needs a length"),
    413: ("too-large", "The body is too large"),
    415: ("unsupported-media-type", "Unsupported media type"),
    421: ("misdirected", "Wrong host name for this service"),
    422: ("bad-input", "The input cannot be used"),
    429: ("too-many", "Too many requests"),
    500: ("internal", "Internal error"),
    503: ("unavailable", "Service unavailable"),
    504: ("saturated", "No worker became free in time"),
}


class FieldProblem(BaseModel):
    """What is wrong with one field of a request."""

    where: str = Field(description="the field, such as `body.samples.3.task_id`")
    message: str


class ProblemDetails(BaseModel):
    """An error (RFC 9457)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{
        "type": "urn:passlaw:problem:bad-input", "title": "The input cannot be used", "status": 422,
        "detail": "upload:3:1: broken JSON (Expecting value); each line must be one JSON object",
    }]})  # fmt: skip

    type: str = Field(description="`urn:passlaw:problem:` and a stable name")
    title: str
    status: int
    detail: str = Field(description="what is wrong, where, and the next step")
    errors: list[FieldProblem] | None = None


class HTTPProblemError(Exception):
    """A request is refused with this status; the detail is for the caller, beside `field` if one is named."""

    def __init__(
        self, status: int, detail: str, headers: Mapping[str, str] | None = None, *, field: str = ""
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers
        self.errors = [FieldProblem(where=f"body.{field}", message=detail)] if field else None


def problem_response(
    status: int,
    detail: str,
    headers: Mapping[str, str] | None = None,
    errors: list[FieldProblem] | None = None,
) -> Response:
    """Return an error as a response."""
    name, title = _TITLES.get(status, ("other", "The request failed"))
    body = ProblemDetails(
        type=f"urn:passlaw:problem:{name}", title=title, status=status,
        detail=printable(detail, 2000), errors=errors,
    )  # fmt: skip
    return JSONResponse(
        body.model_dump(exclude_none=True), status, headers=headers, media_type="application/problem+json"
    )


def _described(*statuses: int) -> dict[int | str, dict[str, Any]]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    return {status: {"description": _TITLES[status][1], "content": content} for status in statuses}


# Every operation may answer with these.
PROBLEM_RESPONSES: Final = _described(
    400, 401, 403, 404, 406, 408, 409, 411, 413, 415, 421, 422, 429, 503, 504
)


def add_handlers(app: FastAPI) -> None:
    """Have every error of the app answered as problem details."""
    app.add_exception_handler(HTTPProblemError, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(EvaluatorError, _evaluator)
    app.add_exception_handler(PredictorError, _predictor)
    app.add_exception_handler(Exception, _unexpected)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPProblemError)
    return problem_response(error.status, error.detail, error.headers, error.errors)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = str(error.detail)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        detail = f"{request.method} is not possible here; see /openapi.json"
    if detail == _UNPARSED:
        detail = (
            "the body cannot be read as JSON: it is not UTF-8, is nested too deep, or has a number too long"
        )
    return problem_response(error.status_code, detail, error.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    given = error.errors()[0]
    if given["type"] == "json_invalid":
        place, reason = int(given["loc"][-1]) + 1, given.get("ctx", {}).get("error", "")
        return problem_response(
            422, f"the body is not JSON (character {place}: {reason}); send one JSON object"
        )
    kind = request.headers.get("content-type", "")
    if given["loc"] == ("body",) and "json" not in kind and not kind.startswith("multipart/"):
        return problem_response(
            422, "the body was not read as JSON; send it with Content-Type: application/json"
        )
    found = [
        FieldProblem(
            where=printable(".".join(map(str, each["loc"])), 200), message=printable(complaint_of(each), 500)
        )
        for each in error.errors()[:20]
    ]
    first = found[0]
    return problem_response(422, f"{first.where}: {first.message}; see /openapi.json", errors=found)


async def _evaluator(_request: Request, error: Exception) -> Response:
    if isinstance(error, StoreError):
        _LOG.error("store failed", error=str(error))
        return problem_response(
            503, "the store cannot be reached or written to; try again", {"Retry-After": "5"}
        )
    return problem_response(422, str(error))


async def _predictor(_request: Request, error: Exception) -> Response:
    return problem_response(409 if isinstance(error, RegistryError) else 422, str(error))


async def _unexpected(_request: Request, _error: Exception) -> Response:
    return problem_response(500, "the service failed on this request; its log says why")

"""Render pages from templates that escape every value; errors become pages."""

import contextlib
import json
from collections.abc import Callable, Coroutine
from typing import Any, Final
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse

from evaluator.errors import EvaluatorError
from evaluator.files.escaping import printable
from evaluator.service.auth import authenticate
from evaluator.service.error_responses import HTTPProblemError
from evaluator.web.formatting import compute, moment, percent, sentence, short, sizes, visible
from evaluator.web.highlighting import highlighted
from predictor import PredictorError

__all__ = ["PageRoute", "add_error_pages", "page"]

_TEMPLATES: Final = Environment(
    loader=PackageLoader("evaluator.web"), autoescape=True, undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip
_TEMPLATES.filters |= {
    "visible": visible, "percent": percent, "compute": compute, "sizes": sizes, "moment": moment,
    "short": short, "sentence": sentence, "highlighted": highlighted,
    "segment": lambda text: quote(str(text), safe=""),
}  # fmt: skip


def page(request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """Return a template filled with values; all of them are escaped."""
    common = {
        "path": request.url.path,
        "caller": getattr(request.state, "caller", None),
        "navigation": request.app.state.navigation,
    }
    return HTMLResponse(_TEMPLATES.get_template(template).render(common | values), status)


class PageRoute(APIRoute):
    """A route for a reader with a browser: who is not logged in is sent to do so, and errors are pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                request.state.caller = await authenticate(request)
                return await handler(request)
            except HTTPProblemError as refused:
                if refused.status == 401:
                    return _to_login(request)
                return _failed(request, refused.status, refused.detail)
            except RequestValidationError as bad:
                first = bad.errors()[0]
                # An address that no page has: somebody mistyped it, or a link is out of date.
                status = 404 if first["loc"][0] == "path" else 422
                return _failed(
                    request, status, f"The address is not right: {first['loc'][-1]}: {first['msg']}."
                )
            except (EvaluatorError, PredictorError) as error:
                return _failed(request, 422, str(error))

        return handle


def add_error_pages(app: FastAPI) -> None:
    """Answer whoever asks for HTML, as a browser does and an API client does not, with a page on errors too.

    Takes every handler that the app has for errors, so it is called after they are added.
    """

    def as_page(handler: Any) -> Any:  # noqa: ANN401 - Starlette's type of handlers
        async def handle(request: Request, error: Exception) -> Response:
            answer: Response = await handler(request, error)
            if "text/html" not in request.headers.get("accept", ""):
                return answer
            with contextlib.suppress(Exception):  # the store may be what failed
                request.state.caller = await authenticate(request)
            detail = json.loads(bytes(answer.body))["detail"]
            shown = "There is no page at this address." if detail == "Not Found" else detail
            return _failed(request, answer.status_code, shown)

        return handle

    for kind, handler in list(app.exception_handlers.items()):
        app.add_exception_handler(kind, as_page(handler))


def _to_login(request: Request) -> Response:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    where = f"/login?next={quote(here, safe='')}"
    if request.headers.get("hx-request"):  # a part of a page whose session has ended
        return Response(status_code=401, headers={"HX-Redirect": where})
    return RedirectResponse(where, 303)


def _failed(request: Request, status: int, detail: str) -> Response:
    return page(request, "failed.html", status, detail=printable(detail, 1000), code=status)

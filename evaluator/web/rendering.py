"""Render pages from templates that escape every value; errors become pages."""

from collections.abc import Callable, Coroutine
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse

from evaluator.errors import EvaluatorError
from evaluator.files.escaping import printable
from evaluator.service.auth import authenticate
from evaluator.service.error_responses import HTTPProblemError
from evaluator.web.formatting import compute, moment, percent, short, sizes, visible
from predictor import PredictorError

__all__ = ["PageRoute", "page"]

_TEMPLATES: Final = Environment(
    loader=PackageLoader("evaluator.web"), autoescape=True, undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip
_TEMPLATES.filters |= {
    "visible": visible, "percent": percent, "compute": compute, "sizes": sizes, "moment": moment,
    "short": short, "segment": lambda text: quote(str(text), safe=""),
}  # fmt: skip


def page(request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """Return a template filled with values; all of them are escaped."""
    common = {"path": request.url.path, "caller": getattr(request.state, "caller", None)}
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
                return _failed(request, 422, f"{first['loc'][-1]}: {first['msg']}")
            except (EvaluatorError, PredictorError) as error:
                return _failed(request, 422, str(error))

        return handle


def _to_login(request: Request) -> Response:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    where = f"/login?next={quote(here, safe='')}"
    if request.headers.get("hx-request"):  # a part of a page whose session has ended
        return Response(status_code=401, headers={"HX-Redirect": where})
    return RedirectResponse(where, 303)


def _failed(request: Request, status: int, detail: str) -> Response:
    return page(request, "failed.html", status, detail=printable(detail, 1000), code=status)

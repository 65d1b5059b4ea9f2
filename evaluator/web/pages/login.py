"""Log in: the browser keeps an API key in an HttpOnly, SameSite cookie.

Requests that change something also need an `Origin` of this service; see `service.shell`.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from evaluator.service.auth import COOKIE
from evaluator.service.context import ServiceDep
from evaluator.store.api_keys import check_key
from evaluator.web.rendering import PageRoute, page

__all__ = ["router"]

router = APIRouter(route_class=PageRoute)
_DAY_S = 86_400


@router.get("/login")
def show_login(request: Request, next: str = "/") -> Response:  # noqa: A002 - the name in the address
    """Show the form that takes a key."""
    return page(request, "login.html", next=_local(next), refused=False)


@router.post("/login")
def log_in(
    request: Request,
    service: ServiceDep,
    key: Annotated[str, Form(max_length=200)],
    next: Annotated[str, Form(max_length=2000)] = "/",  # noqa: A002
) -> Response:
    """Check the key and keep it in the browser."""
    with service.store.read() as db:
        known = check_key(db, key.strip())
    if known is None:
        return page(request, "login.html", 401, next=_local(next), refused=True)
    answer = RedirectResponse(_local(next), 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(
        COOKIE, key.strip(), max_age=30 * _DAY_S, httponly=True, samesite="strict", secure=secure
    )
    return answer


@router.post("/logout")
def log_out() -> Response:
    """Have the browser forget the key."""
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer


def _local(address: str) -> str:
    """An address of this service, whatever was asked for: no other site, no header of its own."""
    inside = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if inside and address.isascii() else "/"

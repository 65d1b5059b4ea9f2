"""What surrounds every request: bounds on its body, where it may come from, headers, a log line."""

import asyncio
import re
import secrets
import time
from typing import Final
from urllib.parse import urlsplit

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from evaluator.service.error_responses import HTTPProblemError, problem_response
from evaluator.service.metrics import Metrics
from evaluator.service.settings import ServiceSettings

__all__ = ["AccessLog", "BodyLimits", "OriginCheck"]

_LOG: Final = structlog.get_logger("passlaw.http")
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_LOCAL_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
# A name or address, with or without a port; no user information, which some read as the name and others skip.
_HOST: Final = re.compile(r"(?:[A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?")
_REWARDS: Final = 8  # so many times a usual body
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HEADERS: Final = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "
    "data:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not `no-referrer`: with that, browsers send the forms of our own pages with `Origin: null`.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}


class AccessLog:
    """ASGI middleware, outermost: request id, security headers, errors as responses, log line, metrics."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500
        given = Request(scope).headers.get("x-request-id", "")
        number = given if _ID.fullmatch(given) else secrets.token_hex(8)
        begun = False

        async def answer(message: Message) -> None:
            nonlocal status, begun
            if message["type"] == "http.response.start":
                status, begun = message["status"], True
                present = {name for name, _ in message["headers"]}
                more = _HEADERS | {"x-request-id": number}
                message["headers"] = [
                    *message["headers"],
                    *((k.encode(), v.encode()) for k, v in more.items() if k.encode() not in present),
                ]
            await send(message)

        with structlog.contextvars.bound_contextvars(request=number):
            try:
                await self._app(scope, receive, answer)
            except HTTPProblemError as refused:
                if begun:
                    raise
                await problem_response(refused.status, refused.detail, refused.headers)(
                    scope, receive, answer
                )
            except Exception:
                _LOG.exception("failed", method=scope["method"], path=scope["path"])
                if begun:
                    raise
                text = "the service failed on this request; its log says why"
                await problem_response(500, text)(scope, receive, answer)
            finally:
                seconds = time.perf_counter() - started
                route = getattr(scope.get("route"), "path", "")
                self._metrics.served(scope["method"], route, status, seconds)
                _LOG.info(
                    "served", method=scope["method"], path=scope["path"], status=status,
                    ms=round(1000 * seconds, 1),
                )  # fmt: skip


class OriginCheck:
    """ASGI middleware: refuse what a page of another site has a browser send, and names that it made up."""

    def __init__(self, app: ASGIApp, settings: ServiceSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; raise `HTTPProblemError`."""
        if scope["type"] == "http":
            self._check(Request(scope))
        await self._app(scope, receive, send)

    def _check(self, request: Request) -> None:
        name = _named_host(request)
        if self._settings.is_loopback and name not in _LOCAL_NAMES | {self._settings.host}:
            raise HTTPProblemError(
                421, "this service listens on this machine alone; call it 127.0.0.1 or localhost"
            )
        if request.method in _SAFE:
            return
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        foreign = site in {"cross-site", "same-site"} or (
            origin is not None and urlsplit(origin).netloc != request.headers.get("host")
        )
        if foreign:
            raise HTTPProblemError(403, "refused: the request comes from a page of another site")


class BodyLimits:
    """ASGI middleware: a body has at most so many bytes, and its next part must arrive in time."""

    def __init__(self, app: ASGIApp, settings: ServiceSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; raise `HTTPProblemError`, also while the application reads the body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        body = _Body(receive, self._limit(request), self._settings.idle_s)
        body.check_announced(request)
        await self._app(scope, body, send)

    def _limit(self, request: Request) -> int:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        upload = request.url.path == "/v1/runs" and kind != "application/json"
        if request.url.path == "/v1/rewards":
            return _REWARDS * self._settings.max_body_bytes
        return self._settings.max_upload_bytes if upload else self._settings.max_body_bytes


def _named_host(request: Request) -> str:
    """Return the name or address that a request gives its server, empty if it gives none.

    Raises:
        RefusedError: it gives two, or something that is no name.
    """
    hosts = request.headers.getlist("host") or [""]
    try:
        if len(hosts) == 1 and _HOST.fullmatch(hosts[0]):
            return urlsplit(f"//{hosts[0]}").hostname or ""
    except ValueError:
        pass  # what is in brackets is no address
    raise HTTPProblemError(400, "send one Host header, with a name or an address and perhaps a port")


class _Body:
    """A request's body: no longer than allowed, and never waited for without end."""

    def __init__(self, receive: Receive, limit: int, idle_s: float) -> None:
        self._receive = receive
        self._limit = limit
        self._idle_s = idle_s
        self._total = 0
        self._complete = False

    def check_announced(self, request: Request) -> None:
        length = request.headers.get("content-length", "")
        if length.isdecimal() and (len(length) > 18 or int(length) > self._limit):
            raise self._too_large()

    async def __call__(self) -> Message:
        if self._complete:
            return await self._receive()  # only tells that the client has gone
        try:
            message = await asyncio.wait_for(self._receive(), self._idle_s)
        except TimeoutError:
            raise HTTPProblemError(
                408,
                f"nothing arrived for {self._idle_s:g} s; send the body without a break",
                {"Connection": "close"},
            ) from None
        if message["type"] == "http.request":
            self._total += len(message.get("body", b""))
            self._complete = not message.get("more_body", False)
            if self._total > self._limit:
                raise self._too_large()
        return message

    def _too_large(self) -> HTTPProblemError:
        return HTTPProblemError(
            413, f"the body is over {self._limit:,} bytes; send it in parts", {"Connection": "close"}
        )

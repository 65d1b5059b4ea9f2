"""Authentication and scopes of a request.

A key comes as `Authorization: Bearer KEY`, or, from a browser that has logged in, as a cookie. As long as a
store has no keys and the service is reached from this machine alone, all are `local` and may do anything.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from anyio import to_thread
from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from evaluator.service.context import Service, get_service
from evaluator.service.error_responses import HTTPProblemError
from evaluator.store import Key, Scope
from evaluator.store.api_keys import any_keys, check_key

__all__ = ["COOKIE", "LOCAL", "Admin", "Forecaster", "Reader", "Submitter", "authenticate"]

COOKIE: Final = "passlaw_key"
LOCAL: Final = Key("local", "local", frozenset(Scope), 0.0)

_BEARER: Final = HTTPBearer(auto_error=False, description="an API key; see `passlaw keys create`")
_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="passlaw"'}


async def authenticate(request: Request) -> Key | None:
    """Return the key of a request, `LOCAL` where none is needed, or None."""
    service = get_service(request)
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if not text and scheme == "":
        text, scheme = request.cookies.get(COOKIE, ""), "bearer"
    if scheme.lower() != "bearer":
        return None
    return await to_thread.run_sync(_find, service, text.strip())


def _find(service: Service, text: str) -> Key | None:
    with service.store.read() as db:
        if text:
            return check_key(db, text)
        return LOCAL if service.settings.is_loopback and not any_keys(db) else None


def _needs(scope: Scope) -> Callable[..., Awaitable[Key]]:
    async def check(
        request: Request, _bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
    ) -> Key:
        key = await authenticate(request)
        if key is None:
            raise HTTPProblemError(
                401, "give a valid key as 'Authorization: Bearer KEY'; see 'passlaw keys create'",
                _CHALLENGE,
            )  # fmt: skip
        if not key.may(scope):
            has = ", ".join(sorted(key.scopes))
            raise HTTPProblemError(403, f"this needs a key with the scope {scope}; yours has {has}")
        return key

    return check


Reader = Annotated[Key, Depends(_needs(Scope.READ))]
Submitter = Annotated[Key, Depends(_needs(Scope.SUBMIT))]
Forecaster = Annotated[Key, Depends(_needs(Scope.FORECAST))]
Admin = Annotated[Key, Depends(_needs(Scope.ADMIN))]

"""API keys: shown once, stored as a hash, compared in constant time.

A key is `passlaw_<id>_<secret>`; the secret has 256 random bits, so one round of SHA-256 is as good as a slow
hash.
"""

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, func, select, update

from evaluator.errors import UsageError
from evaluator.store.schema import API_KEYS

__all__ = ["Key", "Scope", "any_keys", "check_key", "create_key", "list_keys", "revoke_key"]

_SHAPE: Final = re.compile(r"passlaw_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_NOBODYS: Final = hashlib.sha256(b"").hexdigest()


class Scope(StrEnum):
    """What a key may do.

    `READ`: look at everything. `SUBMIT`: create and cancel runs, run code, add models and problem sets.
    `FORECAST`: make, register and resolve forecasts. `ADMIN`: all of it, and cancel others' runs.
    """

    READ = "read"
    SUBMIT = "submit"
    FORECAST = "forecast"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Key:
    """A key's metadata, without the key itself."""

    id: str
    name: str
    scopes: frozenset[Scope]
    created: float
    revoked: float | None = None

    def may(self, scope: Scope) -> bool:
        """Return whether the key has a scope, or the scope admin."""
        return scope in self.scopes or Scope.ADMIN in self.scopes


def create_key(db: Connection, name: str, scopes: Sequence[Scope]) -> tuple[Key, str]:
    """Create a key; return its metadata and its text, which is not stored.

    Raises:
        UsageError: the name is empty or too long, or no scope is given.
    """
    if not (name.strip() and len(name) <= 100 and name.isprintable()):
        raise UsageError("a key's name must be 1 to 100 printable characters, such as ci or alice")
    if not scopes:
        raise UsageError(f"a key needs at least one scope of {', '.join(Scope)}")
    key = Key(secrets.token_hex(6), name.strip(), frozenset(scopes), time.time())
    secret = secrets.token_urlsafe(32)
    row = {"id": key.id, "name": key.name, "scopes": sorted(scopes), "created": key.created}
    db.execute(API_KEYS.insert().values(row | {"secret_sha256": _hash(secret)}))
    return key, f"passlaw_{key.id}_{secret}"


def check_key(db: Connection, text: str) -> Key | None:
    """Return the key with this text, or None, in constant time."""
    match = _SHAPE.fullmatch(text)
    row = db.execute(select(API_KEYS).where(API_KEYS.c.id == (match[1] if match else ""))).first()
    same = hmac.compare_digest(row.secret_sha256 if row else _NOBODYS, _hash(match[2] if match else text))
    if not (row and same and row.revoked is None):
        return None
    return Key(row.id, row.name, frozenset(map(Scope, row.scopes)), row.created)


def list_keys(db: Connection) -> list[Key]:
    """Return every key, revoked ones too, oldest first."""
    rows = db.execute(select(API_KEYS).order_by(API_KEYS.c.created, API_KEYS.c.id))
    return [
        Key(row.id, row.name, frozenset(map(Scope, row.scopes)), row.created, row.revoked) for row in rows
    ]


def revoke_key(db: Connection, key_id: str) -> None:
    """Revoke a key permanently.

    Raises:
        UsageError: there is no such key that is not revoked already.
    """
    live = (API_KEYS.c.id == key_id) & API_KEYS.c.revoked.is_(None)
    if not db.execute(update(API_KEYS).where(live).values(revoked=time.time())).rowcount:
        raise UsageError(f"no key {key_id!r:.40} that could be revoked; see 'passlaw keys list'")


def any_keys(db: Connection) -> bool:
    """Return whether any key is not revoked."""
    live = select(func.count()).select_from(API_KEYS).where(API_KEYS.c.revoked.is_(None))
    return bool(db.execute(live).scalar_one())


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()

"""`predictor.Log` on an append-only table of the store."""

from collections.abc import Callable

from sqlalchemy import Connection, select, text

from evaluator.store.connection import Store
from evaluator.store.schema import REGISTRATIONS

__all__ = ["StoreLog"]


class StoreLog:
    """A log of sealed lines in a store. The database refuses to change or remove one (a trigger)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def lines(self) -> list[str]:
        """Return every line, oldest first."""
        with self._store.read() as db:
            return _lines(db)

    def append(self, write: Callable[[list[str]], str]) -> str:
        """Append what `write` makes of the lines so far; other writers wait, in this and other processes."""
        with self._store.write() as db:
            if not self._store.is_sqlite:  # in SQLite whoever writes is alone anyway
                db.execute(text("LOCK TABLE registrations IN EXCLUSIVE MODE"))
            lines = _lines(db)
            line = write(lines)
            db.execute(REGISTRATIONS.insert().values(number=len(lines) + 1, line=line))
        return line


def _lines(db: Connection) -> list[str]:
    return list(db.execute(select(REGISTRATIONS.c.line).order_by(REGISTRATIONS.c.number)).scalars())

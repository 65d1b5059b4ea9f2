"""Open a store by URL, SQLite or PostgreSQL, and migrate its schema.

SQLite is used in WAL mode, so that readers and the one writer do not wait for each other, with foreign keys
on. A transaction that writes says so when it begins: two that read first and write later would block.
"""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    IntegrityError,
    ProgrammingError,
)
from sqlalchemy.exc import (
    TimeoutError as PoolTimeoutError,
)

from evaluator.errors import StoreError
from evaluator.store_location import default_path

__all__ = ["HEAD", "Insert", "Store", "open_store"]

HEAD: Final = "0005"  # the newest change of the schema; a test compares it with Alembic's
_BUSY_MS: Final = 60_000
_MIGRATION_LOCK: Final = 0x7061_7373  # any number that others do not use
_SCHEMES: Final = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}

Insert = sqlite.Insert | postgresql.Insert


class Store:
    """An open store. Its methods are safe to use from several threads, each with transactions of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(writes=True)

    @property
    def url(self) -> str:
        """Return the URL with its password, for opening the store again; never show it."""
        return self.engine.url.render_as_string(hide_password=False)

    @property
    def display_url(self) -> str:
        """Return the URL without its password, for display."""
        return self.engine.url.render_as_string(hide_password=True)

    @property
    def is_sqlite(self) -> bool:
        """Return whether the store is a SQLite file."""
        return self.engine.dialect.name == "sqlite"

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Begin a read-only transaction with a consistent snapshot.

        Raises:
            StoreError: the database cannot be reached or is damaged.
        """
        with _translate_errors(self), self.engine.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """Begin a write transaction; commit it unless the block raises.

        Raises:
            StoreError: the database cannot be reached, is damaged or cannot be written to.
        """
        with _translate_errors(self), self._writing.begin() as connection:
            yield connection

    def insert(self, table: Table) -> Any:  # noqa: ANN401 - one of two classes with the same methods
        """Return an INSERT of the database's dialect, which has ON CONFLICT."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_store(where: str | Path | None = None, *, pool_size: int = 8) -> Store:
    """Open the store at a URL or path; create or migrate it if needed.

    Args:
        where: `postgresql://user@host/name`, `sqlite:///file`, or the path of a SQLite file; the user's own
            file unless given (`default_path`).
        pool_size: connections kept open at most.

    Raises:
        StoreError: it is no store, cannot be reached, or was made by a newer version.
    """
    url = _url(str(where or default_path()))
    try:
        engine = (
            _sqlite(url, pool_size) if url.get_backend_name() == "sqlite" else _postgresql(url, pool_size)
        )
    except ModuleNotFoundError as missing:
        raise StoreError(
            f"{url.drivername}: PostgreSQL needs psycopg; install passlaw[postgres]"
        ) from missing
    store = Store(engine)
    try:
        _bring_up_to_date(store)
    except BaseException:
        store.close()
        raise
    return store


def _url(where: str) -> URL:
    if "://" not in where:
        return URL.create("sqlite", database=str(Path(where).expanduser()))
    try:
        url = make_url(where)
    except (ArgumentError, ValueError) as bad:
        raise StoreError(
            "this is not the URL of a store; give sqlite:///FILE or postgresql://HOST/NAME"
        ) from bad
    url = url.set(drivername=_SCHEMES.get(url.drivername, url.drivername))
    if url.get_backend_name() not in {"sqlite", "postgresql"} or not url.database:
        raise StoreError(
            f"{url.render_as_string()}: not a store; give sqlite:///FILE or postgresql://HOST/NAME"
        )
    return url


def _sqlite(url: URL, pool_size: int) -> Engine:
    assert url.database
    path = Path(url.database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)  # completions and hashes of keys: the owner's business
    except OSError as bad:
        raise StoreError(f"{path}: cannot be made ({bad.strerror})", option="store") from bad
    # The driver's own handling of transactions is switched off; BEGIN is ours.
    arguments = {"timeout": _BUSY_MS / 1000, "isolation_level": None, "check_same_thread": False}
    engine = create_engine(url, connect_args=arguments, pool_size=pool_size, max_overflow=0, pool_timeout=60)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        _set_wal(connection)
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _set_wal(connection: sqlite3.Connection) -> None:
    """Put the file in WAL mode.

    SQLite refuses this at once, whatever its timeout, while another connection does the same to a new file.
    """
    until = time.monotonic() + _BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as bad:
            if bad.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _postgresql(url: URL, pool_size: int) -> Engine:
    # What one transaction sees must not change under it; writers wait for each other by explicit locks.
    return create_engine(
        url, pool_size=pool_size, max_overflow=0, pool_timeout=60, pool_pre_ping=True,
        connect_args={"connect_timeout": 10, "application_name": "passlaw"},
    )  # fmt: skip


def _bring_up_to_date(store: Store) -> None:
    if _revision(store) == HEAD:
        return
    with store.write() as connection:
        if not store.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        _migrate(connection, store.display_url)


def _revision(store: Store) -> str | None:
    with store.read() as connection:
        if not store.engine.dialect.has_table(connection, "alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(connection: Connection, display_url: str) -> None:
    # Alembic costs a fifth of a second to import, and most stores are up to date.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    try:
        command.upgrade(config, "head")
    except CommandError as bad:
        raise StoreError(
            f"{display_url}: made by a newer version of passlaw; use that, or another store"
        ) from bad


@contextlib.contextmanager
def _translate_errors(store: Store) -> Iterator[None]:
    """Translate database failures to `StoreError`; errors in our own statements are not caught."""
    try:
        yield
    except DatabaseError as bad:
        if isinstance(bad, DataError | IntegrityError | ProgrammingError):
            raise
        reason = str(bad.orig).strip().splitlines() or [type(bad).__name__]
        raise StoreError(f"{store.display_url}: {reason[0]:.300}") from bad
    except PoolTimeoutError as bad:
        raise StoreError(f"{store.display_url}: every connection is in use; try again") from bad

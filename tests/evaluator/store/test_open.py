import contextlib
import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from evaluator.errors import StoreError
from evaluator.store import Store, connection, open_store
from evaluator.store.schema import METADATA


def test_the_migrations_make_what_the_schema_says(store: Store) -> None:
    with store.read() as db:
        assert compare_metadata(MigrationContext.configure(db), METADATA) == []


def test_the_newest_migration_is_the_one_that_stores_are_brought_to() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(connection.__file__).with_name("migrations")))
    assert ScriptDirectory.from_config(config).get_current_head() == connection.HEAD


def test_a_store_is_brought_up_to_date_once_however_many_open_it(store_url: str) -> None:
    stores: list[Store] = []
    threads = [threading.Thread(target=lambda: stores.append(open_store(store_url))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stores) == 4
    for store in stores:
        store.close()


def test_a_new_file_that_another_connection_holds_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with contextlib.closing(sqlite3.connect(path, check_same_thread=False, isolation_level=None)) as other:
        other.execute("CREATE TABLE other (n)")
        other.execute("BEGIN IMMEDIATE")  # which holds the file until the transaction ends
        timer = threading.Timer(0.3, other.execute, ("COMMIT",))
        timer.start()
        open_store(path).close()
        timer.join()


def test_sqlite_reads_while_it_writes_and_minds_foreign_keys(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store.db")
    with store.read() as db:
        assert db.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert db.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    assert (tmp_path / "store.db").stat().st_mode & 0o077 == 0
    store.close()


@pytest.mark.parametrize(
    ("where", "complaint"),
    [
        ("mysql://host/name", "not a store; give sqlite:///FILE or postgresql://HOST/NAME"),
        ("sqlite://", "not a store"),
        ("postgresql://u:secret@127.0.0.1:1/x", r"postgresql\+psycopg://u:\*\*\*@127.0.0.1:1/x: "),
        ("postgresql://h:port/x", "not the URL of a store"),
    ],
)
def test_what_is_no_store_is_refused_in_a_line_without_the_password(where: str, complaint: str) -> None:
    with pytest.raises(StoreError, match=complaint) as caught:
        open_store(where)
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, and long enough to be looked at as one" * 20)
    with pytest.raises(StoreError, match="file is not a database"):
        open_store(path)
    assert path.read_text().startswith("not a database")


def test_a_store_of_a_newer_version_is_left_alone(store_url: str) -> None:
    store = open_store(store_url)
    with store.write() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer version of passlaw; use that, or another store"):
        open_store(store_url)
    with store.read() as db:
        assert db.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
    store.close()

import threading
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from evaluator.errors import StoreError
from evaluator.store import Store, StoreLog
from evaluator.store.forecasts import get_forecast, list_forecasts, save_forecast
from predictor import Registry
from predictor.forecasts.canonical import digest


def record(number: int) -> dict[str, Any]:
    estimate = {"point": 0.5, "intervals": {"80": [0.4, 0.6]}}
    target = {"name": f"m{number}", "flops": 1e22}
    return {"kind": "loss", "method": "report", "target": target, "loss": estimate, "settings": {}}


def test_the_register_lives_in_the_database(store: Store) -> None:
    registry = Registry(StoreLog(store))
    entry = registry.register(record(1))
    registry.resolve(str(entry.body["record_sha256"])[:10], {"loss": 0.45})
    assert [each.kind for each in registry.entries()] == ["forecast", "outcome"]
    assert registry.verify() == []


def test_the_database_refuses_to_change_or_remove_what_was_registered(store: Store) -> None:
    Registry(StoreLog(store)).register(record(1))
    for statement in ("UPDATE registrations SET line = ''", "DELETE FROM registrations"):
        with pytest.raises((SQLAlchemyError, StoreError), match="append-only"), store.write() as db:
            db.execute(text(statement))
    assert Registry(StoreLog(store)).verify() == []


def test_writers_at_once_make_one_chain(store: Store) -> None:
    registry = Registry(StoreLog(store))
    threads = [threading.Thread(target=registry.register, args=(record(number),)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(registry.entries()) == 6


def test_a_forecast_is_kept_with_the_table_it_was_made_from(store: Store) -> None:
    answer = record(1) | {"record_sha256": digest(record(1))}
    rows: list[dict[str, object]] = [{"model": "a\x00", "flops": 1e20, "loss": 1.5}]
    for _ in range(2):
        with store.write() as db:
            save_forecast(store, db, "local", answer, rows)
    with store.read() as db:
        found = get_forecast(db, answer["record_sha256"])
        listed, count = list_forecasts(db)
    assert found is not None
    assert (found.answer, list(found.table)) == (answer, rows)
    assert (count, [row.target for row in listed]) == (1, ["m1"])

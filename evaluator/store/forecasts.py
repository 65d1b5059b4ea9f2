"""Stored forecasts, with the tables that they were made from."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select, update

from evaluator.store.connection import Store
from evaluator.store.schema import FORECASTS

__all__ = [
    "StoredForecast",
    "get_figures",
    "get_forecast",
    "list_forecasts",
    "save_figures",
    "save_forecast",
]


@dataclass(frozen=True, slots=True)
class StoredForecast:
    """A forecast that was made, with what it was made from.

    Attributes:
        answer: as `passlaw forecast --json` prints it.
        table: the rows of the table that it was made from.
    """

    sha256: str
    owner: str
    created: float
    answer: Mapping[str, Any]
    table: tuple[Mapping[str, Any], ...]


def save_forecast(
    store: Store, db: Connection, owner: str, answer: Mapping[str, Any], table: list[dict[str, object]]
) -> None:
    """Keep a forecast; one that is there already stays as it is."""
    target: Mapping[str, Any] = answer["target"]
    row = {
        "sha256": answer["record_sha256"],
        "owner": owner,
        "created": time.time(),
        "kind": answer["kind"],
        "method": answer["method"],
        "target": target["name"],
        "target_flops": target["flops"],
        "answer": json.dumps(answer),
        "table": json.dumps(table),
    }
    db.execute(store.insert(FORECASTS).values(row).on_conflict_do_nothing())


def get_forecast(db: Connection, sha256: str) -> StoredForecast | None:
    """Return the forecast whose record has this hash, or None."""
    columns = [column for column in FORECASTS.c if column.name != "figures"]
    row = db.execute(select(*columns).where(FORECASTS.c.sha256 == sha256)).first()
    if row is None:
        return None
    answer, table = json.loads(row.answer), tuple(json.loads(row.table))
    return StoredForecast(row.sha256, row.owner, row.created, answer, table)


def save_figures(db: Connection, sha256: str, figures: Sequence[Mapping[str, Any]]) -> None:
    """Keep the figures of a forecast that is kept."""
    db.execute(update(FORECASTS).where(FORECASTS.c.sha256 == sha256).values(figures=json.dumps(figures)))


def get_figures(db: Connection, sha256: str) -> list[dict[str, Any]] | None:
    """Return the figures of a forecast, or None if they are not drawn yet."""
    text = db.execute(select(FORECASTS.c.figures).where(FORECASTS.c.sha256 == sha256)).scalar()
    found: list[dict[str, Any]] | None = None if text is None else json.loads(text)
    return found


def list_forecasts(db: Connection, *, limit: int = 100, offset: int = 0) -> tuple[list[Any], int]:
    """Return forecasts without their answers, newest first, and their total number."""
    columns = [column for column in FORECASTS.c if column.name not in {"answer", "table", "figures"}]
    order = (FORECASTS.c.created.desc(), FORECASTS.c.sha256)
    rows = db.execute(select(*columns).order_by(*order).limit(limit).offset(offset)).all()
    return list(rows), db.execute(select(func.count()).select_from(FORECASTS)).scalar_one()

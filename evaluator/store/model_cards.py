"""Model cards: parameters, tokens and FLOPs of models."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, select

from evaluator.model_card import Model
from evaluator.store.connection import Store
from evaluator.store.schema import MODELS

__all__ = ["add_cards", "all_cards", "get_card"]


def all_cards(db: Connection) -> dict[str, Model]:
    """Return every card by name, ordered by compute, unknown compute last."""
    rows = db.execute(select(MODELS).order_by(MODELS.c.flops.is_(None), MODELS.c.flops, MODELS.c.name))
    return {row.name: _card(row) for row in rows}


def get_card(db: Connection, name: str) -> Model | None:
    """Return the card with this name, or None."""
    row = db.execute(select(MODELS).where(MODELS.c.name == name)).first()
    return _card(row) if row else None


def add_cards(store: Store, db: Connection, *models: Model) -> None:
    """Add cards; merge each into a card of the same name."""
    for model in models:
        card = (get_card(db, model.name) or Model(model.name)).merged(model)
        insert = store.insert(MODELS).values(**asdict(card))
        known = {name: value for name, value in asdict(card).items() if name != "name"}
        db.execute(insert.on_conflict_do_update(index_elements=[MODELS.c.name], set_=known))


def _card(row: Row[Any]) -> Model:
    return Model(*row)

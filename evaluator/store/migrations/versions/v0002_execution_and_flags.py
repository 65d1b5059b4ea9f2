"""Rename `lane` to `execution` and `suspicion` to `flags`, in columns and in the JSON of runs."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0002"
down_revision = "0001"

_MODES = {"process": "dedicated", "verified": "shared"}


def upgrade() -> None:
    """Rename the columns and the values in them; nothing is dropped."""
    op.alter_column("outcomes", "lane", new_column_name="execution")
    op.alter_column("outcomes", "suspicion", new_column_name="flags")
    op.alter_column("tallies", "verified", new_column_name="shared")
    outcomes = sa.table("outcomes", sa.column("execution", sa.String))
    for old, new in _MODES.items():
        op.execute(outcomes.update().where(outcomes.c.execution == old).values(execution=new))
    runs = sa.table(
        "runs", sa.column("id", sa.String), sa.column("settings", sa.Text), sa.column("sandbox", sa.Text)
    )
    db = op.get_bind()
    for row in db.execute(sa.select(runs)).all():
        changed = {"settings": _renamed(row.settings), "sandbox": _renamed(row.sandbox)}
        db.execute(runs.update().where(runs.c.id == row.id).values(changed))


def _renamed(text: str | None) -> str | None:
    """Return the JSON of an object with its key `lane` renamed, and what it holds."""
    parts: Any = None if text is None else json.loads(text)
    if not isinstance(parts, dict) or "lane" not in parts:
        return text
    lane = parts["lane"]
    renamed = {"execution" if name == "lane" else name: value for name, value in parts.items()}
    return json.dumps(renamed | {"execution": _MODES.get(lane, lane)}, separators=(",", ":"))

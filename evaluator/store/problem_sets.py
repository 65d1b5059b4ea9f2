"""Problem sets, stored whole, so that any machine with the store can execute a run."""

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from evaluator.problems import ProblemRows, ProblemSet
from evaluator.problems.load import task_id_of
from evaluator.store.connection import Store
from evaluator.store.schema import PROBLEM_SETS, PROBLEMS

__all__ = [
    "find_problem_set",
    "keep_problem_set",
    "list_problem_sets",
    "load_problem_set",
    "problem_row",
    "stored_rows",
    "task_ids",
]


def keep_problem_set(store: Store, db: Connection, rows: ProblemRows) -> str:
    """Store a set unless it is there; return its id, a function of its content and `base_only`."""
    problems = rows.problem_set
    set_id = problems.sha256 + ("-base" if rows.base_only else "")
    head = {
        "id": set_id,
        "name": rows.name,
        "sha256": problems.sha256,
        "base_only": rows.base_only,
        "source": rows.source,
        "size": len(problems),
        "timeout_s": problems.timeout_s,
        "created": time.time(),
    }
    insert = store.insert(PROBLEM_SETS).values(head).on_conflict_do_nothing()
    if db.execute(insert.returning(PROBLEM_SETS.c.id)).first() is not None:
        texts = [(task_id_of(row), json.dumps(row)) for row in rows.rows]
        db.execute(
            PROBLEMS.insert(),
            [
                {"set_id": set_id, "number": number, "task_id": task_id, "row": text}
                for number, (task_id, text) in enumerate(texts)
            ],
        )
    return set_id


def load_problem_set(db: Connection, set_id: str) -> ProblemSet | None:
    """Return a set as it is judged, or None if there is none of that id."""
    rows = stored_rows(db, set_id)
    return rows.problem_set if rows else None


def stored_rows(db: Connection, set_id: str) -> ProblemRows | None:
    """Return a set as its file holds it, or None if there is none of that id."""
    head = db.execute(select(PROBLEM_SETS).where(PROBLEM_SETS.c.id == set_id)).first()
    if head is None:
        return None
    texts = db.execute(select(PROBLEMS.c.row).where(PROBLEMS.c.set_id == set_id).order_by(PROBLEMS.c.number))
    rows = [json.loads(text) for text in texts.scalars()]
    return ProblemRows(head.name, rows, head.source, base_only=head.base_only)


def list_problem_sets(db: Connection) -> Sequence[Any]:
    """Return the sets without their problems, oldest first, as rows with the columns of `problem_sets`."""
    return db.execute(select(PROBLEM_SETS).order_by(PROBLEM_SETS.c.created, PROBLEM_SETS.c.id)).all()


def find_problem_set(db: Connection, name: str) -> str | None:
    """Return the id of the newest set of that name or id, or None."""
    named = (PROBLEM_SETS.c.name == name) | (PROBLEM_SETS.c.id == name)
    order = (PROBLEM_SETS.c.created.desc(), PROBLEM_SETS.c.id)
    return db.execute(select(PROBLEM_SETS.c.id).where(named).order_by(*order)).scalars().first()


def problem_row(db: Connection, set_id: str, task_id: str) -> Mapping[str, Any] | None:
    """Return a problem as its set's file gives it (prompt, test, canonical solution), or None."""
    where = (PROBLEMS.c.set_id == set_id) & (PROBLEMS.c.task_id == task_id)
    text = db.execute(select(PROBLEMS.c.row).where(where)).scalars().first()
    found: Mapping[str, Any] | None = json.loads(text) if text is not None else None
    return found


def task_ids(db: Connection, set_id: str) -> list[str]:
    """Return the task ids of a set in its order."""
    query = select(PROBLEMS.c.task_id).where(PROBLEMS.c.set_id == set_id).order_by(PROBLEMS.c.number)
    return list(db.execute(query).scalars())

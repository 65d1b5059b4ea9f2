"""Which revision of its method made a record.

A method keeps its name when a change gives other numbers from the same table; its revision tells the two
apart. A registered record is never changed, so an old one states the revision that made it.
"""

from collections.abc import Mapping
from typing import NamedTuple

from predictor.forecasts.result_base import REVISIONS
from predictor.methods.catalog import DEFAULT, METHODS

__all__ = ["OtherRevision", "other_revision", "revision_of"]


class OtherRevision(NamedTuple):
    """The revision that made a record, and the one that the method has now."""

    made_by: int
    present: int


def revision_of(record: Mapping[str, object]) -> int:
    """Return the revision of the method that made a record; one that states none is of the first."""
    settings = record.get("settings")
    found = settings.get("method_revision", 1) if isinstance(settings, Mapping) else 1
    return found if isinstance(found, int) else 1


def other_revision(record: Mapping[str, object]) -> OtherRevision | None:
    """Return both revisions if the method would give other numbers now than in this record, else None.

    None as well where the method is gone. A record of `auto` is one of what was the default then, which had
    no name of its own.
    """
    present = _present(str(record.get("kind")), str(record.get("method")))
    made_by = revision_of(record)
    return None if present in {None, made_by} else OtherRevision(made_by, present)


def _present(kind: str, name: str) -> int | None:
    if kind != "capability":
        return REVISIONS.get(kind)
    method = METHODS.get(DEFAULT if name == "auto" else name)
    return method.revision if method else None

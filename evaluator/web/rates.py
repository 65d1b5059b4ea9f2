"""pass@1 of runs for lists of them; of a finished run it never changes, so it is kept."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from evaluator.metrics.pass_at_k import PassAtK
from evaluator.store import Run, RunState
from evaluator.store.pass_counts import pass_at_1_of

__all__ = ["rates_of"]

_KEPT: Final = 10_000
_FOUND: Final[OrderedDict[str, PassAtK]] = OrderedDict()


def rates_of(db: Connection, runs: Sequence[Run]) -> dict[str, PassAtK]:
    """Return what `pass_at_1_of` does; finished runs are counted once in the life of this process."""
    asked = [run for run in runs if run.id not in _FOUND]
    fresh = pass_at_1_of(db, asked) if asked else {}
    found = fresh | {run.id: _FOUND[run.id] for run in runs if run.id in _FOUND}
    for run in asked:
        if run.state is RunState.DONE and run.id in fresh:
            _FOUND[run.id] = fresh[run.id]
    while len(_FOUND) > _KEPT:
        _FOUND.popitem(last=False)
    return found

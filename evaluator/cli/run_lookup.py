"""Look up runs by file, or by id in the store."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from evaluator.errors import RunError
from evaluator.scoring.pass_counts import ModelPassCounts, read_runs
from evaluator.store import Store, open_store
from evaluator.store.model_cards import all_cards
from evaluator.store.pass_counts import counted_run

__all__ = ["run_named", "runs_named"]

_MODEL = "::"  # stands between a file of several models and the one that is meant


def runs_named(names: Sequence[str], store: str | None) -> list[ModelPassCounts]:
    """Return the runs in files, or in the store if there is no such file; their cards are the store's.

    Raises:
        RunError: a name is neither, or a file is no run.
    """
    opened = open_store(store)
    try:
        return list(_read(names, opened))
    finally:
        opened.close()


def run_named(name: str, store: str | None) -> ModelPassCounts:
    """Return the one run that is meant: a file, an id, or `FILE::MODEL` where a file holds several models.

    Raises:
        RunError: there is none, or there are several.
    """
    place, mark, model = name, "", ""
    if not Path(name).exists() and _MODEL in name:
        place, mark, model = name.rpartition(_MODEL)
    runs = runs_named([place], store)
    known = ", ".join(run.model.name for run in runs[:5]) + (", ..." if len(runs) > 5 else "")
    if mark:
        runs = [run for run in runs if run.model.name == model]
    if not runs:
        raise RunError(f"{place:.200}: no model {model!r:.100} in it; it has {known or 'none'}")
    if len(runs) > 1:
        raise RunError(f"{place:.200}: {len(runs)} models in it ({known}); say which with {place}::MODEL")
    return runs[0]


def _read(names: Sequence[str], store: Store) -> Iterator[ModelPassCounts]:
    with store.read() as db:
        cards = all_cards(db)
        for name in names:
            stored = None if Path(name).exists() else counted_run(db, name)
            if stored is None and not Path(name).exists():
                raise RunError(f"{name:.200}: neither a file nor the id of a run in {store.display_url}")
            yield from [stored] if stored else read_runs(Path(name), cards)

"""Labels of runs, models and problem sets that a reader can tell apart."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evaluator.metrics.pass_at_k import PassAtK
from evaluator.store import Run
from evaluator.web.formatting import moment, percent, visible

__all__ = ["run_labels", "set_labels", "told_apart"]


def told_apart(names: Iterable[str], limit: int) -> dict[str, str]:
    """Return each name in at most about `limit` characters, so that no two labels look the same.

    A longer name keeps its beginning and its end. Where that is the same for two names, the part in which
    they differ is kept instead, and a number tells the rest apart.

    >>> told_apart(["model", "a-long-model-name-7b", "a-long-model-name-70b"], 12)
    {'model': 'model', 'a-long-model-name-7b': 'a-lon…ame-7b', 'a-long-model-name-70b': 'a-lon…me-70b'}
    """
    every = list(dict.fromkeys(names))
    found = {name: _shortened(name, limit) for name in every}
    for group in _alike(found):
        start = _first_difference(group)
        for name in group:
            found[name] = _from(name, start, limit)
    for group in _alike(found):
        for number, name in enumerate(group, 1):
            found[name] = f"{found[name]} ({number})"
    return found


def _shortened(name: str, limit: int) -> str:
    if len(name) <= limit:
        return name
    front = (limit - 1) // 2
    return f"{name[:front]}…{name[len(name) - (limit - 1 - front) :]}"


def _alike(labels: Mapping[str, str]) -> list[list[str]]:
    count = Counter(labels.values())
    groups: dict[str, list[str]] = {}
    for name, label in labels.items():
        if count[label] > 1:
            groups.setdefault(label, []).append(name)
    return list(groups.values())


def _first_difference(names: Sequence[str]) -> int:
    least = min(map(len, names))
    return next((at for at in range(least) if len({name[at] for name in names}) > 1), least)


def _from(name: str, start: int, limit: int) -> str:
    front = limit // 3
    begin = max(start - 3, front)
    rest = name[begin : begin + limit - front - 1]
    return f"{name[:front]}…{rest}" if len(name) > limit else name


def run_labels(runs: Sequence[Run], rates: Mapping[str, PassAtK]) -> dict[str, str]:
    """Return a label for each run: model, problem set, pass@1, time; labels of doubles also show the id."""
    models = told_apart((run.model or run.samples_name for run in runs), 48)
    labels = {}
    for run in runs:
        rate = rates.get(run.id)
        parts = (
            visible(models[run.model or run.samples_name], 60).striptags(),
            visible(run.problems_name, 30).striptags(),
            f"pass@1 {percent(rate.mean)}" if rate else "no verdict yet",
            moment(run.created).striptags(),
        )
        labels[run.id] = " · ".join(parts)
    count = Counter(labels.values())
    return {
        run_id: f"{label} · {run_id[-6:]}" if count[label] > 1 else label for run_id, label in labels.items()
    }


def set_labels(sets: Sequence[Any]) -> dict[str, str]:
    """Return a label for each problem set by its id; sets of one name and size also show their hash."""
    labels = {
        each.id: f"{visible(each.name, 80).striptags()}{', base tests' if each.base_only else ''} "
        f"({each.size:,} problems)"
        for each in sets
    }
    count = Counter(labels.values())
    return {
        each.id: f"{labels[each.id]}, {each.sha256[:8]}" if count[labels[each.id]] > 1 else labels[each.id]
        for each in sets
    }

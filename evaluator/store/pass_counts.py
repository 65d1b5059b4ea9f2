"""Pass counts of stored runs: as rows for a forecast, as the map of problems by models, side by side."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select

from evaluator.metrics.pass_at_k import Count, PassAtK, interval, pass_at_k
from evaluator.model_card import Model
from evaluator.scoring.pass_counts import ModelPassCounts as CountedRun
from evaluator.store.model_cards import all_cards, get_card
from evaluator.store.problem_sets import task_ids
from evaluator.store.runs import Run, RunState, get_run, get_runs
from evaluator.store.schema import RUNS, TALLIES
from sandbox import Verdict

__all__ = [
    "MapRow",
    "ProblemMap",
    "count_rows",
    "counted_run",
    "counts_of",
    "counts_of_runs",
    "newest_runs",
    "pass_at_1_of",
    "problem_map",
    "runs_of_models",
    "verdicts_of",
]

_SCORED = TALLIES.c.verdict.not_in([verdict for verdict in Verdict if not verdict.scored])


def counts_of(db: Connection, run_id: str) -> dict[str, Count]:
    """A run's pass counts so far, by problem; those that do not count are not there."""
    run = get_run(db, run_id)
    return counts_of_runs(db, [run])[run_id] if run else {}


def counts_of_runs(db: Connection, runs: Sequence[Run]) -> dict[str, dict[str, Count]]:
    """Return what `counts_of` does for several runs, by run, in one query that sums up in the database."""
    found: dict[str, dict[str, Count]] = {run.id: {} for run in runs}
    excluded = {run.id: run.problem_check.excluded if run.problem_check else {} for run in runs}
    passed = func.sum(case((TALLIES.c.verdict == Verdict.PASSED, TALLIES.c.samples), else_=0))
    query = select(TALLIES.c.run_id, TALLIES.c.task_id, func.sum(TALLIES.c.samples), passed)
    where = TALLIES.c.run_id.in_(list(found)) & _SCORED
    for run_id, task_id, n, c in db.execute(query.where(where).group_by(TALLIES.c.run_id, TALLIES.c.task_id)):
        if task_id not in excluded[run_id]:
            found[run_id][task_id] = Count(int(n), int(c))
    return found


def counted_run(db: Connection, run_id: str) -> CountedRun | None:
    """A finished run in the form in which pass-count tables are made, or None if there is none of that id."""
    run = get_run(db, run_id)
    if run is None or run.state is not RunState.DONE:
        return None
    found = counts_of(db, run_id)
    counts = {task_id: found[task_id] for task_id in task_ids(db, run.problem_set) if task_id in found}
    card = get_card(db, run.model) if run.model else None
    model = card or Model(run.model or run.id)
    return CountedRun(model, run.problems_sha256, counts, f"run {run.id}", run.id)


def count_rows(db: Connection, run_ids: Sequence[str]) -> list[dict[str, object]]:
    """Rows of a pass-count table for `predictor.PassCounts.from_records`; unfinished runs are left out."""
    rows: list[dict[str, object]] = []
    for run_id in run_ids:
        run = counted_run(db, run_id)
        if run is None:
            continue
        model = run.model
        compute = {"params": model.params, "tokens": model.tokens, "flops": model.flops}
        known = {name: value for name, value in compute.items() if value is not None}
        head = {"model": model.name, "family": model.family or "", **known}
        rows.extend({**head, "task_id": task_id, "n": n, "c": c} for task_id, (n, c) in run.counts.items())
    return rows


def verdicts_of(db: Connection, run_id: str) -> dict[str, dict[Verdict, int]]:
    """Return a run's samples so far by problem and verdict."""
    columns = (TALLIES.c.task_id, TALLIES.c.verdict, TALLIES.c.samples)
    found: dict[str, dict[Verdict, int]] = {}
    for task_id, verdict, samples in db.execute(select(*columns).where(TALLIES.c.run_id == run_id)):
        found.setdefault(task_id, {})[Verdict(verdict)] = int(samples)
    return found


def pass_at_1_of(db: Connection, runs: Sequence[Run]) -> dict[str, PassAtK]:
    """Return the runs' pass@1 so far, with its interval, by run; those without a verdict are not there.

    The database sums up, in one query. Only a run that some problems do not count in is counted alone.
    """
    plain = [run.id for run in runs if not (run.problem_check and run.problem_check.excluded)]
    found = _summed_up(db, plain) if plain else {}
    for run in runs:
        if run.problem_check and run.problem_check.excluded:
            counts = [count for count in counts_of(db, run.id).values() if count.n]
            if counts:
                found[run.id] = pass_at_k(counts, 1)
    return found


def _summed_up(db: Connection, run_ids: Sequence[str]) -> dict[str, PassAtK]:
    passed = func.sum(case((TALLIES.c.verdict == Verdict.PASSED, TALLIES.c.samples), else_=0))
    samples = func.sum(TALLIES.c.samples)
    each = (
        select(TALLIES.c.run_id, samples.label("n"), (1.0 * passed / samples).label("rate"))
        .where(TALLIES.c.run_id.in_(run_ids) & _SCORED)
        .group_by(TALLIES.c.run_id, TALLIES.c.task_id)
        .subquery()
    )
    rate = each.c.rate
    columns = (func.count(), func.sum(each.c.n), func.avg(rate), func.avg(rate * rate))
    found = {}
    for run_id, problems, n, mean, square in db.execute(
        select(each.c.run_id, *columns).group_by(each.c.run_id)
    ):
        mean, size = min(max(float(mean), 0.0), 1.0), int(problems)  # noqa: PLW2901 - PostgreSQL's Decimal
        variance = max(float(square) - mean**2, 0.0) * size / max(size - 1, 1)
        error = math.sqrt(variance / size) if size > 1 else None
        low, high = interval(mean, error, problems=size, samples=int(n))
        found[run_id] = PassAtK(1, mean, low, high, error, None)
    return found


@dataclass(frozen=True, slots=True)
class MapRow:
    """One problem of a map: its counts in each of the map's runs, None where it has no scored sample."""

    task_id: str
    counts: tuple[Count | None, ...]

    @property
    def mean_rate(self) -> float:
        """Mean pass rate over the runs that sampled it; 0 if none did."""
        rates = [count.c / count.n for count in self.counts if count and count.n]
        return sum(rates) / len(rates) if rates else 0.0


@dataclass(frozen=True, slots=True)
class ProblemMap:
    """Problems by models.

    Attributes:
        runs: the newest finished run of each model, by ascending compute, unknown compute last.
        cards: the models' cards, in the same order.
        rows: problems, the easiest first.
    """

    runs: tuple[Run, ...]
    cards: tuple[Model, ...]
    rows: tuple[MapRow, ...]


def newest_runs(db: Connection, problem_set: str) -> list[Run]:
    """Return the newest finished run of each model on a problem set."""
    finished = (RUNS.c.problem_set == problem_set) & (RUNS.c.state == RunState.DONE)
    newest = select(func.max(RUNS.c.id)).where(finished & RUNS.c.model.is_not(None)).group_by(RUNS.c.model)
    return get_runs(db, list(db.execute(newest).scalars()))


def runs_of_models(db: Connection) -> dict[str, int]:
    """Return how many runs each model has."""
    shown = (RUNS.c.state != RunState.UPLOADING) & RUNS.c.model.is_not(None)
    query = select(RUNS.c.model, func.count()).where(shown).group_by(RUNS.c.model)
    return {str(name): int(count) for name, count in db.execute(query)}


def problem_map(db: Connection, problem_set: str, *, most: int = 200) -> ProblemMap:
    """Return the map of a problem set over the newest finished run of each model, at most so many."""
    cards = all_cards(db)
    order = {name: place for place, name in enumerate(cards)}
    runs = sorted(newest_runs(db, problem_set)[:most], key=lambda run: order[run.model or ""])
    found = counts_of_runs(db, runs)
    counts = [found[run.id] for run in runs]
    rows = [
        MapRow(task_id, tuple(each.get(task_id) for each in counts)) for task_id in task_ids(db, problem_set)
    ]
    rows.sort(key=lambda row: -row.mean_rate)
    return ProblemMap(tuple(runs), tuple(cards[run.model or ""] for run in runs), tuple(rows))

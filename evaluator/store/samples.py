"""A run's samples and their outcomes, in order, in pages or as a stream."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, select, update

from evaluator.samples import Sample
from evaluator.scoring.deduplicate import ScoredOutcome
from evaluator.store.connection import Store
from evaluator.store.schema import OUTCOMES, RUNS, SAMPLES, TALLIES
from sandbox import ExecutionMode, Outcome, Verdict
from sandbox.program import OUTCOME_FIELDS

__all__ = [
    "NumberedSample",
    "Result",
    "add_samples",
    "copies_of",
    "count_distinct",
    "outcomes_of",
    "page_before",
    "read_results",
    "read_samples",
    "record_outcomes",
    "stream_results",
]

PAGE: Final = 500
_TALLY: Final = [column.name for column in TALLIES.c]


@dataclass(frozen=True, slots=True)
class NumberedSample:
    """A sample of a run.

    Attributes:
        number: its place in the run, from 0.
        completion_id: its number among the samples of its problem, from 0.
        same_as: the number of an earlier sample with the same program, whose outcome it takes.
    """

    number: int
    completion_id: int
    same_as: int | None
    sample: Sample


@dataclass(frozen=True, slots=True)
class Result:
    """A sample with its outcome; `scored` is None while it waits."""

    numbered: NumberedSample
    scored: ScoredOutcome | None
    base_passed: bool | None


def add_samples(db: Connection, run_id: str, samples: Sequence[NumberedSample]) -> None:
    """Add samples to a run that is uploading."""
    db.execute(SAMPLES.insert(), [{"run_id": run_id, **_sample_values(each)} for each in samples])


def read_samples(db: Connection, run_id: str, start: int, limit: int = PAGE) -> list[NumberedSample]:
    """Return a page of a run's samples from a number on."""
    where = (SAMPLES.c.run_id == run_id) & (SAMPLES.c.number >= start)
    rows = db.execute(select(SAMPLES).where(where).order_by(SAMPLES.c.number).limit(limit))
    return [_numbered(row) for row in rows]


def read_results(
    db: Connection,
    run_id: str,
    start: int = 0,
    *,
    task_id: str | None = None,
    verdict: Verdict | None = None,
    scored_only: bool = False,
    distinct: bool = False,
    limit: int = PAGE,
) -> list[Result]:
    """Return a page of a run's samples from a number on, with the outcomes so far.

    With `distinct`, samples with the program of an earlier one are left out.
    """
    where = (SAMPLES.c.run_id == run_id) & (SAMPLES.c.number >= start)
    if task_id is not None:
        where &= SAMPLES.c.task_id == task_id
    if verdict is not None:
        where &= OUTCOMES.c.verdict == verdict
    if distinct:
        where &= SAMPLES.c.same_as.is_(None)
    joined = SAMPLES.join(OUTCOMES, isouter=not (scored_only or verdict))
    outcome = [column.label(f"o_{column.name}") for column in OUTCOMES.c]
    rows = db.execute(
        select(SAMPLES, *outcome).select_from(joined).where(where).order_by(SAMPLES.c.number).limit(limit)
    )
    return [_result(row) for row in rows]


def copies_of(db: Connection, run_id: str, leads: Sequence[NumberedSample]) -> dict[int, int]:
    """Return how many samples have the program of each of these, themselves included, by number."""
    numbers = [lead.number for lead in leads]
    tasks = sorted({lead.sample.task_id for lead in leads})
    copies = SAMPLES.c.task_id.in_(tasks) & SAMPLES.c.same_as.in_(numbers)
    query = select(SAMPLES.c.same_as, func.count()).where((SAMPLES.c.run_id == run_id) & copies)
    found = {int(number): int(count) for number, count in db.execute(query.group_by(SAMPLES.c.same_as))}
    return {number: 1 + found.get(number, 0) for number in numbers}


def count_distinct(db: Connection, run_id: str, task_id: str) -> int:
    """Return how many different programs the samples of a problem are."""
    where = (SAMPLES.c.run_id == run_id) & (SAMPLES.c.task_id == task_id) & SAMPLES.c.same_as.is_(None)
    return int(db.execute(select(func.count()).select_from(SAMPLES).where(where)).scalar_one())


def page_before(
    db: Connection, run_id: str, start: int, *, task_id: str | None, verdict: Verdict | None, limit: int
) -> int | None:
    """Return the number at which the page of different programs before `start` begins, or None."""
    where = (SAMPLES.c.run_id == run_id) & (SAMPLES.c.number < start) & SAMPLES.c.same_as.is_(None)
    if task_id is not None:
        where &= SAMPLES.c.task_id == task_id
    joined = SAMPLES.join(OUTCOMES, isouter=not verdict)
    if verdict is not None:
        where &= OUTCOMES.c.verdict == verdict
    query = select(SAMPLES.c.number).select_from(joined).where(where)
    numbers = db.execute(query.order_by(SAMPLES.c.number.desc()).limit(limit)).scalars().all()
    return int(numbers[-1]) if numbers else None


def outcomes_of(db: Connection, run_id: str, numbers: Iterable[int]) -> dict[int, Outcome]:
    """Return the outcomes of some samples, by number."""
    found: dict[int, Outcome] = {}
    wanted = sorted(set(numbers))
    for at in range(0, len(wanted), PAGE):
        where = (OUTCOMES.c.run_id == run_id) & OUTCOMES.c.number.in_(wanted[at : at + PAGE])
        rows = db.execute(select(OUTCOMES).where(where)).mappings()
        found |= {row["number"]: _outcome(dict(row), "") for row in rows}
    return found


def record_outcomes(store: Store, db: Connection, run_id: str, results: Sequence[Result]) -> bool:
    """Write outcomes that follow those written before, with the counts they change.

    Returns:
        False, with nothing written, if they do not follow: somebody else has recorded them.
    """
    start = results[0].numbered.number
    moved = update(RUNS).where((RUNS.c.id == run_id) & (RUNS.c.done == start))
    if db.execute(moved.values(done=start + len(results))).rowcount != 1:
        return False
    db.execute(OUTCOMES.insert(), [{"run_id": run_id, **_outcome_values(result)} for result in results])
    insert = store.insert(TALLIES)
    summed = ("samples", "base_passed", "base_open", "reused", "shared", "cpu_s")
    db.execute(
        insert.values({name: bindparam(name) for name in _TALLY}).on_conflict_do_update(
            index_elements=[TALLIES.c.run_id, TALLIES.c.task_id, TALLIES.c.verdict],
            set_={name: TALLIES.c[name] + insert.excluded[name] for name in summed},
        ),
        _tallied(run_id, results),
    )
    return True


def drop_outcomes(db: Connection, run_id: str) -> None:
    """Have a run begin anew: no sample of it has an outcome any more."""
    db.execute(OUTCOMES.delete().where(OUTCOMES.c.run_id == run_id))
    db.execute(TALLIES.delete().where(TALLIES.c.run_id == run_id))
    db.execute(update(RUNS).where(RUNS.c.id == run_id).values(done=0))


def _tallied(run_id: str, results: Sequence[Result]) -> list[dict[str, Any]]:
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for result in results:
        assert result.scored is not None
        outcome, task_id = result.scored.outcome, result.numbered.sample.task_id
        empty = {"samples": 0, "base_passed": 0, "base_open": 0, "reused": 0, "shared": 0, "cpu_s": 0.0}
        key = {"run_id": run_id, "task_id": task_id, "verdict": outcome.verdict.value}
        row = rows.setdefault((task_id, outcome.verdict), key | empty)
        row["samples"] += 1
        row["base_passed"] += bool(result.base_passed)
        row["base_open"] += result.base_passed is None
        row["reused"] += result.scored.reused
        row["shared"] += not result.scored.reused and outcome.execution is ExecutionMode.SHARED
        row["cpu_s"] += 0.0 if result.scored.reused else outcome.cpu_s
    # In one order for everybody, so that two writers cannot each hold what the other waits for.
    return [rows[key] for key in sorted(rows)]


def _sample_values(numbered: NumberedSample) -> dict[str, object]:
    sample = numbered.sample
    column = "solution" if sample.whole else "completion"
    return {
        "number": numbered.number,
        "task_id": sample.task_id,
        "completion_id": numbered.completion_id,
        "whole": sample.whole,
        "text": sample.text,
        "row": json.dumps({**sample.row, column: None}, default=str),
        "place": sample.place,
        "same_as": numbered.same_as,
    }


def _numbered(row: Row[Any]) -> NumberedSample:
    column = "solution" if row.whole else "completion"
    given: dict[str, object] = json.loads(row.row) | {column: row.text}
    sample = Sample(row.task_id, row.text, row.whole, given, row.place)
    return NumberedSample(row.number, row.completion_id, row.same_as, sample)


def _result(row: Row[Any]) -> Result:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    if values["o_verdict"] is None:
        return Result(_numbered(row), None, None)
    scored = ScoredOutcome(_outcome(values, "o_"), values["o_reused"])
    return Result(_numbered(row), scored, values["o_base_passed"])


def _outcome_values(result: Result) -> dict[str, object]:
    assert result.scored is not None
    plain = dict(zip(OUTCOME_FIELDS, result.scored.outcome.to_plain(), strict=True))
    kept = {"number": result.numbered.number, "base_passed": result.base_passed}
    return plain | kept | {"reused": result.scored.reused}


def _outcome(row: Mapping[str, Any], prefix: str) -> Outcome:
    return Outcome.from_plain(row[prefix + name] for name in OUTCOME_FIELDS)


def stream_results(store: Store, run_id: str, *, scored_only: bool = True) -> Iterator[Result]:
    """Yield every sample of a run with its outcome, in order, one page in memory at a time."""
    start = 0
    while True:
        with store.read() as db:
            page = read_results(db, run_id, start, scored_only=scored_only)
        yield from page
        if len(page) < PAGE:
            return
        start = page[-1].numbered.number + 1

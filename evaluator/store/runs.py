"""Runs: create, change state, list."""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, or_, select, update

from evaluator.problem_check import ProblemCheck
from evaluator.scoring.settings import ScoringSettings
from evaluator.scoring.tally import Tally
from evaluator.store.schema import JOBS, OUTCOMES, PROBLEM_SETS, RUNS, SAMPLES, TALLIES
from sandbox import ExecutionMode, JudgeMode, Verdict

__all__ = [
    "KEPT_CHECK",
    "KEPT_NOTES",
    "NewRun",
    "Run",
    "RunState",
    "begin_run",
    "cancel_run",
    "delete_run",
    "end_run",
    "get_run",
    "get_runs",
    "list_runs",
    "queue_run",
    "run_of_key",
    "tally_of",
]


# What the column `sandbox` has beside the sandbox's description: the check of the problem set, and what was
# noticed in the samples.
KEPT_CHECK: Final = "problem_check"
KEPT_NOTES: Final = "notes"


class RunState(StrEnum):
    """State of a run. `UPLOADING` runs are never shown; the last three states are final."""

    UPLOADING = "uploading"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Return whether the state is final."""
        return self in {RunState.DONE, RunState.FAILED, RunState.CANCELLED}


@dataclass(frozen=True, slots=True)
class NewRun:
    """The columns of a new run, whose samples follow.

    Attributes:
        owner: the key that asked for it, or `local`.
        uploader: the process that adds the samples, see `queue.this_worker`.
        seed: of `random` in the tests, 64 bits; the same for every part of an interrupted run.
        request_sha256: of everything that was asked for, to tell a repeated request from another one that
            carries the same idempotency key.
    """

    owner: str
    model: str | None
    problem_set: str
    settings: ScoringSettings
    samples_name: str
    samples_format: str
    samples_sha256: str
    versions: Mapping[str, Any]
    uploader: str | None = None
    seed: int = field(default_factory=lambda: secrets.randbits(64))
    idempotency_key: str | None = None
    request_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it stands: the columns of the table `runs`, and its problem set's name, hash and size.

    `ahead` is the number of verdicts that are there and wait for an earlier one to be written.
    """

    id: str
    owner: str
    state: RunState
    created: float
    started: float | None
    finished: float | None
    model: str | None
    problem_set: str
    settings: ScoringSettings
    seed: int
    samples_name: str
    samples_format: str
    samples_sha256: str
    samples: int
    done: int
    seconds: float
    sandbox: Mapping[str, Any] | None
    versions: Mapping[str, Any]
    machine: Mapping[str, Any] | None
    audit: Mapping[str, Any] | None
    error: str | None
    uploader: str | None
    idempotency_key: str | None
    request_sha256: str | None
    problems_name: str
    problems_sha256: str
    problems_size: int
    ahead: int = 0

    @property
    def judged(self) -> int:
        """Return how many samples have their verdict, in whatever order the verdicts came."""
        return min(self.done + self.ahead, self.samples)

    @property
    def described(self) -> dict[str, Any]:
        """Return the sandbox's description of itself; empty before the run has begun."""
        return {
            name: value
            for name, value in (self.sandbox or {}).items()
            if name not in {KEPT_CHECK, KEPT_NOTES}
        }

    @property
    def problem_check(self) -> ProblemCheck | None:
        """Return what the check of the problem set found; None before the run has begun."""
        return ProblemCheck.of((self.sandbox or {}).get(KEPT_CHECK))

    @property
    def notes(self) -> Sequence[str]:
        """Return what was noticed in the samples when they came."""
        found: Sequence[str] = (self.sandbox or {}).get(KEPT_NOTES, ())
        return found


def begin_run(db: Connection, new: NewRun) -> str:
    """Create a run without samples; return its id. Ids sort by time."""
    run_id = f"{time.time_ns() // 1_000_000:011x}{secrets.token_hex(5)}"
    row = {name: getattr(new, name) for name in new.__slots__}
    row |= {"settings": asdict(new.settings), "seed": str(new.seed)}
    begin = {"id": run_id, "state": RunState.UPLOADING, "created": time.time()}
    db.execute(RUNS.insert().values(row | begin | {"samples": 0, "done": 0, "seconds": 0.0}))
    return run_id


def queue_run(db: Connection, run_id: str, samples: int) -> None:
    """Declare a run's samples complete and queue it."""
    now = time.time()
    values = {"state": RunState.QUEUED, "samples": samples, "created": now}
    db.execute(update(RUNS).where(RUNS.c.id == run_id).values(values))
    owner = db.execute(select(RUNS.c.owner).where(RUNS.c.id == run_id)).scalar_one()
    db.execute(JOBS.insert().values(run_id=run_id, owner=owner, queued=now, lease_until=0.0, failures=0))


def end_run(db: Connection, run_id: str, state: RunState, error: str | None = None) -> None:
    """Set a run's final state and remove it from the queue."""
    db.execute(update(RUNS).where(RUNS.c.id == run_id).values(state=state, error=error, finished=time.time()))
    db.execute(delete(JOBS).where(JOBS.c.run_id == run_id))


def cancel_run(db: Connection, run_id: str) -> bool:
    """Cancel an unfinished run, whose worker stops within seconds; return whether it was unfinished."""
    open_ = RUNS.c.state.in_([RunState.QUEUED, RunState.RUNNING])
    values = {"state": RunState.CANCELLED, "finished": time.time()}
    cancelled = db.execute(update(RUNS).where((RUNS.c.id == run_id) & open_).values(values)).rowcount == 1
    if cancelled:
        db.execute(delete(JOBS).where(JOBS.c.run_id == run_id))
    return cancelled


def delete_run(db: Connection, run_id: str) -> None:
    """Remove a run and everything that belongs to it."""
    for table in (OUTCOMES, TALLIES, SAMPLES, JOBS):
        db.execute(delete(table).where(table.c.run_id == run_id))
    db.execute(delete(RUNS).where(RUNS.c.id == run_id))


def get_run(db: Connection, run_id: str) -> Run | None:
    """Return the run with this id, or None; an uploading run is not returned."""
    shown = (RUNS.c.id == run_id) & (RUNS.c.state != RunState.UPLOADING)
    row = db.execute(_RUN.where(shown)).first()
    return _run(row) if row else None


def get_runs(db: Connection, run_ids: Sequence[str]) -> list[Run]:
    """Return the runs with these ids, newest first; uploading ones are not returned."""
    shown = RUNS.c.id.in_(run_ids) & (RUNS.c.state != RunState.UPLOADING)
    return [_run(row) for row in db.execute(_RUN.where(shown).order_by(RUNS.c.id.desc()))]


def run_of_key(db: Connection, owner: str, idempotency_key: str) -> Run | None:
    """Return the run made with an idempotency key, uploading or not, or None."""
    where = (RUNS.c.owner == owner) & (RUNS.c.idempotency_key == idempotency_key)
    row = db.execute(_RUN.where(where)).first()
    return _run(row) if row else None


def list_runs(
    db: Connection,
    *,
    model: str | None = None,
    problems: str | None = None,
    state: RunState | None = None,
    owner: str | None = None,
    search: str = "",
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[Run], int]:
    """Return runs, newest first, and their total number.

    `problems` is the name of a problem set. `search` is a text that stands somewhere in the names of the
    model, the samples or the problem set, or at the beginning of the run's id; case does not matter.
    """
    where = RUNS.c.state != RunState.UPLOADING
    for column, value in ((RUNS.c.model, model), (RUNS.c.state, state), (RUNS.c.owner, owner)):
        if value is not None:
            where &= column == value
    if problems is not None:
        named = select(PROBLEM_SETS.c.id).where(PROBLEM_SETS.c.name == problems)
        where &= RUNS.c.problem_set.in_(named)
    if search:
        names = (RUNS.c.model, RUNS.c.samples_name, PROBLEM_SETS.c.name)
        where &= or_(
            RUNS.c.id.startswith(search.lower(), autoescape=True),
            *(func.lower(name).contains(search.lower(), autoescape=True) for name in names),
        )
    rows = db.execute(_RUN.where(where).order_by(RUNS.c.id.desc()).limit(limit).offset(offset)).all()
    count = db.execute(select(func.count()).select_from(RUNS.join(PROBLEM_SETS)).where(where)).scalar_one()
    return [_run(row) for row in rows], count


def tally_of(db: Connection, run_id: str, *, unscored: int = 100) -> Tally:
    """Return a run's tally so far."""
    tally = Tally()
    for row in db.execute(select(TALLIES).where(TALLIES.c.run_id == run_id)):
        verdict = Verdict(row.verdict)
        tally.samples += row.samples
        tally.verdicts[verdict] += row.samples
        tally.seen[row.task_id] += row.samples
        tally.reused += row.reused
        tally.execution_counts[ExecutionMode.SHARED] += row.shared
        tally.execution_counts[ExecutionMode.DEDICATED] += row.samples - row.reused - row.shared
        tally.cpu_s += row.cpu_s
        if verdict.scored:
            tally.scored[row.task_id] += row.samples
            tally.passed[row.task_id] += row.samples * verdict.passed
            tally.base[row.task_id] += row.base_passed
            tally.base_open |= row.base_open > 0
    tally.execution_counts = +tally.execution_counts  # without a mode that nothing ran in
    if tally.verdicts[Verdict.SANDBOX_ERROR]:
        tally.unscored.extend(_unscored(db, run_id, unscored))
    return tally


def _unscored(db: Connection, run_id: str, most: int) -> Sequence[str]:
    joined = SAMPLES.join(OUTCOMES)
    failed = (OUTCOMES.c.run_id == run_id) & (OUTCOMES.c.verdict == Verdict.SANDBOX_ERROR)
    columns = (SAMPLES.c.place, SAMPLES.c.task_id, OUTCOMES.c.detail)
    rows = db.execute(
        select(*columns).select_from(joined).where(failed).order_by(OUTCOMES.c.number).limit(most)
    )
    return [f"{row.place} ({row.task_id}): {row.detail}" for row in rows]


_RUN = select(
    RUNS,
    PROBLEM_SETS.c.name.label("problems_name"),
    PROBLEM_SETS.c.sha256.label("problems_sha256"),
    PROBLEM_SETS.c.size.label("problems_size"),
    func.coalesce(JOBS.c.ahead, 0).label("ahead"),
).select_from(RUNS.join(PROBLEM_SETS).join(JOBS, JOBS.c.run_id == RUNS.c.id, isouter=True))


def _run(row: Row[Any]) -> Run:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    settings = values["settings"]
    settings |= {"k": tuple(settings["k"]), "judge": JudgeMode(settings["judge"])}
    values |= {"state": RunState(row.state), "settings": ScoringSettings(**settings), "seed": int(row.seed)}
    return Run(**values)

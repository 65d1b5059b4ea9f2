"""The queue of runs: leases that expire, and fair shares between users.

A worker takes the oldest waiting run of the user whose last turn is longest ago. A lease that is not renewed
ends, and another worker goes on where the outcomes stand.
"""

import os
import platform
import time
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, func, or_, select, update

from evaluator.store.connection import Store
from evaluator.store.runs import RunState, delete_run
from evaluator.store.schema import JOBS, RUNS, TURNS

__all__ = [
    "LEASE_S",
    "claim",
    "claim_run",
    "count_waiting",
    "note_ahead",
    "other_owners_waiting",
    "release",
    "renew",
    "retry_later",
    "runs_beside",
    "sweep_uploads",
    "take",
    "this_worker",
]

LEASE_S: Final = 30.0


def this_worker() -> str:
    """Return a unique name for this process: host, pid and start time."""
    return f"{platform.node()}/{os.getpid()}/{_started(os.getpid())}"


def claim(store: Store, db: Connection, worker: str) -> str | None:
    """Claim the next run in the queue; return its id, or None if none waits."""
    _release_dead_leases(db)
    last_turn = func.coalesce(TURNS.c.last, 0)
    waiting = (
        select(JOBS.c.run_id, JOBS.c.owner)
        .select_from(JOBS.join(TURNS, JOBS.c.owner == TURNS.c.owner, isouter=True))
        .where(JOBS.c.lease_until < time.time())
        .order_by(last_turn, JOBS.c.queued, JOBS.c.run_id)
        .limit(1)
        .with_for_update(skip_locked=True, of=JOBS)
    )
    job = db.execute(waiting).first()
    if job is None:
        return None
    take(db, job.run_id, worker)
    _count_turn(store, db, job.owner)
    return str(job.run_id)


def take(db: Connection, run_id: str, worker: str) -> None:
    """Claim a run that no worker has."""
    lease = {"worker": worker, "lease_until": time.time() + LEASE_S}
    db.execute(update(JOBS).where(JOBS.c.run_id == run_id).values(lease))
    begun = {"state": RunState.RUNNING, "started": func.coalesce(RUNS.c.started, time.time())}
    db.execute(update(RUNS).where(RUNS.c.id == run_id).values(begun))


def claim_run(db: Connection, run_id: str, worker: str) -> bool:
    """Claim an unfinished run unless another worker has it; return whether it was claimed."""
    _release_dead_leases(db)
    free = (JOBS.c.run_id == run_id) & (JOBS.c.lease_until < time.time())
    if db.execute(select(JOBS.c.run_id).where(free).with_for_update()).first() is None:
        return False
    take(db, run_id, worker)
    return True


def renew(db: Connection, run_id: str, worker: str) -> bool:
    """Extend a lease; return False if the run was cancelled or another worker has it."""
    mine = (JOBS.c.run_id == run_id) & (JOBS.c.worker == worker)
    return db.execute(update(JOBS).where(mine).values(lease_until=time.time() + LEASE_S)).rowcount == 1


def note_ahead(db: Connection, run_id: str, worker: str, ahead: int) -> None:
    """Note how many samples have a verdict that waits for an earlier one; it shows only in the progress."""
    mine = (JOBS.c.run_id == run_id) & (JOBS.c.worker == worker)
    db.execute(update(JOBS).where(mine).values(ahead=ahead))


def release(db: Connection, run_id: str, worker: str) -> None:
    """Return a run to the queue; its outcomes so far stay."""
    mine = (JOBS.c.run_id == run_id) & (JOBS.c.worker == worker)
    back = {"worker": None, "lease_until": 0.0, "queued": time.time(), "ahead": 0}
    if db.execute(update(JOBS).where(mine).values(back)).rowcount:
        db.execute(update(RUNS).where(RUNS.c.id == run_id).values(state=RunState.QUEUED))


def retry_later(db: Connection, run_id: str, worker: str, wait_s: float) -> int:
    """Record a failure of the sandbox and delay the run; return the number of failures."""
    mine = (JOBS.c.run_id == run_id) & (JOBS.c.worker == worker)
    lease = {"worker": None, "lease_until": time.time() + wait_s}
    later = lease | {"failures": JOBS.c.failures + 1, "ahead": 0}
    db.execute(update(JOBS).where(mine).values(later))
    failures = db.execute(select(JOBS.c.failures).where(JOBS.c.run_id == run_id)).scalar()
    return int(failures or 0)


def other_owners_waiting(db: Connection, owner: str) -> bool:
    """Return whether another owner's run waits for a worker."""
    where = (JOBS.c.lease_until < time.time()) & (JOBS.c.owner != owner)
    return db.execute(select(JOBS.c.run_id).where(where).limit(1)).first() is not None


def runs_beside(db: Connection, run_id: str) -> int:
    """Return how many other runs are executed on this machine or wait for it."""
    now = time.time()
    here = JOBS.c.worker.startswith(f"{platform.node()}/", autoescape=True) & (JOBS.c.lease_until >= now)
    where = (JOBS.c.run_id != run_id) & (here | (JOBS.c.lease_until < now))
    return db.execute(select(func.count()).select_from(JOBS).where(where)).scalar_one()


def count_waiting(db: Connection, owner: str | None = None) -> int:
    """Return the number of unfinished runs, of one owner or of all."""
    where = [JOBS.c.owner == owner] if owner is not None else []
    return db.execute(select(func.count()).select_from(JOBS).where(*where)).scalar_one()


def _count_turn(store: Store, db: Connection, owner: str) -> None:
    now = 1 + db.execute(select(func.coalesce(func.max(TURNS.c.last), 0))).scalar_one()
    insert = store.insert(TURNS).values(owner=owner, last=now)
    db.execute(insert.on_conflict_do_update(index_elements=[TURNS.c.owner], set_={"last": now}))


def _release_dead_leases(db: Connection) -> None:
    """Release leases of dead processes of this machine, so that a restart need not wait."""
    here = f"{platform.node()}/"
    held = select(JOBS.c.worker).where(JOBS.c.worker.startswith(here, autoescape=True)).distinct()
    dead = [worker for worker in db.execute(held).scalars() if not _lives(worker)]
    if dead:
        free = or_(*(JOBS.c.worker == worker for worker in dead))
        db.execute(update(JOBS).where(free).values(worker=None, lease_until=0.0))


def sweep_uploads(db: Connection) -> int:
    """Delete runs whose upload was interrupted, or not finished within a day."""
    where = RUNS.c.state == RunState.UPLOADING
    rows = db.execute(select(RUNS.c.id, RUNS.c.uploader, RUNS.c.created).where(where)).all()
    here, old = f"{platform.node()}/", time.time() - 86_400
    gone = [
        row.id
        for row in rows
        if row.created < old or (row.uploader and row.uploader.startswith(here) and not _lives(row.uploader))
    ]
    for run_id in gone:
        delete_run(db, run_id)
    return len(gone)


def _lives(worker: str) -> bool:
    _host, pid, started = worker.rsplit("/", 2)
    return _started(int(pid)) == started


def _started(pid: int) -> str:
    """When a process started, in the kernel's ticks since boot; empty if it is gone or a mere entry."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in {"Z", "X"} else fields[19]

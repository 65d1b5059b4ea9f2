"""A store that an earlier version made opens with everything that is in it, under the current names."""

import json
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, MetaData, create_engine, select

from evaluator.store import RunState, connection, open_store
from evaluator.store.column_types import compress
from evaluator.store.job_queue import claim
from evaluator.store.runs import get_run, tally_of
from evaluator.store.samples import read_results
from evaluator.store.schema import OUTCOMES
from sandbox import ExecutionMode

RUN = "0" * 21
INTERRUPTED = "1" * 21
SETTINGS = {
    "k": [1], "workers": 2, "timeout_s": 3.0, "judge": "isolated", "backend": "auto", "isolation": None,
    "lane": "process", "audit": 0.01, "sanitize": False, "dedupe": True, "ignore_incomplete": True,
    "base_only": False,
}  # fmt: skip
ROWS: dict[str, list[dict[str, Any]]] = {
    "forecasts": [
        {"sha256": "f", "owner": "local", "created": 1.0, "kind": "loss", "method": "report", "target": "t",
         "target_flops": 1e20, "answer": compress('{"kind": "loss"}'), "table": compress("[]")},
    ],
    "problem_sets": [
        {"id": "s", "name": "humaneval", "sha256": "s", "base_only": False, "source": "", "size": 1,
         "timeout_s": 3.0, "created": 1.0},
    ],
    "runs": [
        {"id": RUN, "owner": "local", "state": "done", "created": 1.0, "problem_set": "s",
         "settings": json.dumps(SETTINGS), "seed": "7", "samples_name": "a", "samples_format": "human-eval",
         "samples_sha256": "0", "samples": 3, "done": 3, "seconds": 1.0, "versions": "{}",
         "sandbox": json.dumps({"isolation": "namespaces", "lane": "auto"})},
        {"id": INTERRUPTED, "owner": "local", "state": "running", "created": 2.0, "problem_set": "s",
         "settings": json.dumps(SETTINGS), "seed": "8", "samples_name": "b", "samples_format": "human-eval",
         "samples_sha256": "1", "samples": 9, "done": 4, "seconds": 1.0, "versions": "{}", "sandbox": None},
    ],
    "jobs": [
        {"run_id": INTERRUPTED, "owner": "local", "queued": 2.0, "worker": "elsewhere/1/2", "lease_until": 3.0, "failures": 0},
    ],
    "samples": [
        {"run_id": RUN, "number": n, "task_id": "HumanEval/2", "completion_id": n, "whole": False,
         "text": compress(f"text {n}"), "row": compress("{}"), "place": f"a:{n + 1}"} for n in range(3)
    ],
    "outcomes": [
        {"run_id": RUN, "number": n, "verdict": verdict, "detail": "", "message": "", "calls": 1, "cpu_s": 0.25,
         "wall_s": 0.5, "attempts": 1, "lane": lane, "reused": False, "suspicion": suspicion}
        for n, (verdict, lane, suspicion) in enumerate([
            ("passed", "process", '["uses:gc"]'), ("wrong_answer", "verified", "[]"),
            ("wrong_answer", "process", "[]"),
        ])
    ],
    "tallies": [
        {"run_id": RUN, "task_id": "HumanEval/2", "verdict": verdict, "samples": samples, "base_passed": 0,
         "base_open": 0, "reused": 0, "verified": verified, "cpu_s": 0.25 * samples}
        for verdict, samples, verified in (("passed", 1, 0), ("wrong_answer", 2, 1))
    ],
}  # fmt: skip


def made_by(revision: str, url: str) -> Engine:
    """Return an empty store with the tables of an earlier revision."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as db:
        config = Config(attributes={"connection": db})
        config.set_main_option("script_location", str(Path(connection.__file__).with_name("migrations")))
        command.upgrade(config, revision)
    return engine


@pytest.fixture
def old_url(store_url: str) -> str:
    engine = made_by("0001", store_url)
    tables = MetaData()
    tables.reflect(engine)
    with engine.begin() as db:
        for name, rows in ROWS.items():
            db.execute(tables.tables[name].insert(), rows)
    engine.dispose()
    return store_url


def test_an_old_store_opens_under_the_current_names(old_url: str) -> None:
    store = open_store(old_url)
    try:
        with store.read() as db:
            run = get_run(db, RUN)
            outcomes = [each.scored.outcome for each in read_results(db, RUN) if each.scored]
            tally = tally_of(db, RUN)
    finally:
        store.close()
    assert run is not None
    assert (run.state, run.settings.execution, run.seed) == (RunState.DONE, "dedicated", 7)
    assert run.sandbox == {"isolation": "namespaces", "execution": "auto"}
    modes = [ExecutionMode.DEDICATED, ExecutionMode.SHARED, ExecutionMode.DEDICATED]
    assert [outcome.execution for outcome in outcomes] == modes
    assert [outcome.flags for outcome in outcomes] == [("uses:gc",), (), ()]
    assert tally.execution_counts == {ExecutionMode.SHARED: 1, ExecutionMode.DEDICATED: 2}
    assert (tally.samples, tally.cpu_s) == (3, 0.75)


def test_a_run_that_an_old_version_left_unfinished_is_the_next_to_be_claimed(old_url: str) -> None:
    store = open_store(old_url)
    try:
        with store.write() as db:
            assert claim(store, db, "this worker") == INTERRUPTED
            run = get_run(db, INTERRUPTED)
    finally:
        store.close()
    assert run is not None
    assert (run.state, run.done, run.samples, run.settings.execution) == (RunState.RUNNING, 4, 9, "dedicated")


def test_no_row_is_lost_and_a_second_opening_changes_nothing(old_url: str) -> None:
    dumps = []
    for _ in range(2):
        store = open_store(old_url)
        tables = MetaData()
        tables.reflect(store.engine)
        with store.read() as db:
            dumps.append(
                {name: sorted(map(repr, db.execute(table.select()))) for name, table in tables.tables.items()}
            )
        store.close()
    assert dumps[0] == dumps[1]
    assert {name: len(dumps[0][name]) for name in ROWS} == {name: len(rows) for name, rows in ROWS.items()}


def test_what_was_scored_before_fractions_were_kept_has_none(old_url: str) -> None:
    store = open_store(old_url)
    with store.read() as db:
        fractions = db.execute(select(OUTCOMES.c.fraction)).scalars().all()
    store.close()
    assert fractions == [None] * len(ROWS["outcomes"])

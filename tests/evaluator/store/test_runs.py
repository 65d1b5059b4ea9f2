import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from evaluator.errors import SamplesError
from evaluator.executors import ExecutorConfig
from evaluator.metrics.pass_at_k import pass_at_k
from evaluator.model_card import Model
from evaluator.problems import ProblemRows, read_problem_rows
from evaluator.runs.execute import RunExit, execute_run
from evaluator.runs.ingest import ingest
from evaluator.runs.result import stored_result
from evaluator.samples import open_samples
from evaluator.scoring.settings import ScoringSettings
from evaluator.store import Run, RunState, Store
from evaluator.store.job_queue import claim, release
from evaluator.store.model_cards import add_cards, all_cards
from evaluator.store.pass_counts import count_rows, counts_of, pass_at_1_of, problem_map, verdicts_of
from evaluator.store.runs import cancel_run, get_run, get_runs, list_runs
from evaluator.store.samples import stream_results
from sandbox import JudgeMode, Verdict
from sandbox.host.sharing import Sharing

TASKS = ("HumanEval/0", "HumanEval/1", "HumanEval/2")
GOOD = "    return number % 1.0\n"
BAD = "    return 1\n"


@pytest.fixture(scope="module")
def problems() -> ProblemRows:
    rows = read_problem_rows("humaneval")
    return ProblemRows("three", [row for row in rows.rows if row["task_id"] in TASKS], "a test")


def settings(**changes: Any) -> ScoringSettings:
    given = {
        "k": (1,), "workers": 1, "timeout_s": 3.0, "judge": JudgeMode.ISOLATED, "backend": "auto",
        "isolation": None, "execution": "auto", "audit": 1.0, "sanitize": False, "dedupe": True,
        "ignore_incomplete": True, "base_only": False,
    }  # fmt: skip
    return ScoringSettings(**given | changes)


@pytest.fixture
def submit(store: Store, problems: ProblemRows, write_rows: Callable[..., Path]) -> Callable[..., Run]:
    def submit(rows: list[dict[str, Any]], **options: Any) -> Run:
        path = write_rows(rows)
        file = open_samples(path, problems.problem_set)
        chosen = settings(**options.pop("settings", {}))
        run_id = ingest(store, file, problems, chosen, **{"owner": "local"} | options)
        return shown(store, run_id)

    return submit


def shown(store: Store, run_id: str) -> Run:
    with store.read() as db:
        run = get_run(db, run_id)
    assert run is not None
    return run


def work(store: Store, worker: str = "here/1/1", **options: Any) -> tuple[str | None, RunExit | None]:
    with store.write() as db:
        run_id = claim(store, db, worker)
    return run_id, execute_run(
        store, run_id, worker, where=ExecutorConfig(workers=1), **options
    ) if run_id else None


def sample(text: str, task_id: str = "HumanEval/2", **more: Any) -> dict[str, Any]:
    return {"task_id": task_id, "completion": text, **more}


ODD = "    return '\ud800\x00\u202e'\n"


def test_a_run_is_worked_off_and_keeps_all_it_was_given(
    store: Store, submit: Callable[..., Run], problems: ProblemRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sharing, "pays", lambda _self, _check: True)
    rows = [
        sample(GOOD, seed=7),
        sample(BAD),
        sample(GOOD),
        sample(ODD),
        sample("    return [\n", "HumanEval/0"),
    ]
    run = submit(rows, model=Model("m", params=7e9, tokens=2e12).with_derived())
    assert (run.state, run.samples, run.done) == (RunState.QUEUED, 5, 0)
    assert work(store) == (run.id, RunExit.FINISHED)
    results = list(stream_results(store, run.id))
    assert [dict(each.numbered.sample.row) for each in results] == rows
    assert [each.scored and each.scored.outcome.verdict for each in results] == [
        Verdict.PASSED, Verdict.WRONG_ANSWER, Verdict.PASSED, Verdict.SYNTAX_ERROR, Verdict.SYNTAX_ERROR,
    ]  # fmt: skip
    assert [each.scored and each.scored.reused for each in results] == [False, False, True, False, False]
    found = stored_result(store, shown(store, run.id), problems.problem_set)
    assert found.counts == {"HumanEval/0": (1, 0), "HumanEval/2": (4, 2)}
    # What passed in the shared process was confirmed, the rest audited.
    assert found.execution_counts == {"dedicated": 4}
    assert (found.audit.verified, found.audit.confirmed, found.audit.audited) == (4, 1, 3)
    assert found.self_check
    assert shown(store, run.id).state is RunState.DONE
    with store.read() as db:
        assert count_rows(db, [run.id])[1] == {
            "model": "m", "family": "", "params": 7e9, "tokens": 2e12, "flops": 8.4e22,
            "task_id": "HumanEval/2", "n": 4, "c": 2,
        }  # fmt: skip
        table = problem_map(db, run.problem_set)
        assert table.rows[0].task_id == "HumanEval/2"
        assert all_cards(db)["m"].flops_derived


def test_an_interrupted_run_goes_on_where_it_stood(store: Store, submit: Callable[..., Run]) -> None:
    rows = [sample(f"    return number % 1.0 + {n % 3} * 0 + {n} * 0\n") for n in range(40)] + [
        sample(BAD)
    ] * 5
    run = submit(rows)
    seen: list[int] = []
    stopped = work(store, stop=lambda: True, progress=lambda done, _all: seen.append(done))
    if stopped[1] is RunExit.STOPPED:
        with store.write() as db:
            release(db, run.id, "here/1/1")
        while work(store)[0]:
            pass
    assert shown(store, run.id).state is RunState.DONE
    results = list(stream_results(store, run.id))
    assert [each.numbered.number for each in results] == list(range(45))
    assert [each.scored is not None and each.scored.outcome.verdict.passed for each in results] == [
        True
    ] * 40 + [False] * 5


def test_who_has_lost_a_run_writes_nothing(store: Store, submit: Callable[..., Run]) -> None:
    run = submit([sample(GOOD), sample(BAD)])
    with store.write() as db:
        assert claim(store, db, "here/1/1") == run.id
        assert cancel_run(db, run.id)
        assert not cancel_run(db, run.id)
    assert execute_run(store, run.id, "here/1/1", where=ExecutorConfig(workers=1)) is RunExit.LOST
    assert (shown(store, run.id).state, shown(store, run.id).done) == (RunState.CANCELLED, 0)


def test_users_take_turns(store: Store, submit: Callable[..., Run]) -> None:
    runs = {owner: [submit([sample(GOOD)], owner=owner).id for _ in range(3)] for owner in ("a", "b")}
    late = submit([sample(GOOD)], owner="c").id
    order = []
    for _ in range(7):
        with store.write() as db:
            order.append(claim(store, db, f"elsewhere/{len(order)}/1"))
    a, b = runs["a"], runs["b"]
    assert order == [a[0], b[0], late, a[1], b[1], a[2], b[2]]
    with store.write() as db:
        assert claim(store, db, "elsewhere/9/1") is None


def test_the_lease_of_a_process_that_is_gone_ends_at_once(store: Store, submit: Callable[..., Run]) -> None:
    import platform

    run = submit([sample(GOOD)])
    with store.write() as db:
        assert claim(store, db, f"{platform.node()}/4194304/1") == run.id
    with store.write() as db:
        assert claim(store, db, "here/1/1") == run.id


def test_a_bad_file_leaves_nothing_behind(store: Store, submit: Callable[..., Run]) -> None:
    with pytest.raises(SamplesError, match="is not a three problem"):
        submit([sample(GOOD), sample(GOOD, "HumanEval/77")])
    with pytest.raises(SamplesError, match="the most here are 1"):
        submit([sample(GOOD)] * 2, most_rows=1)
    with store.read() as db:
        assert list_runs(db) == ([], 0)


@contextlib.contextmanager
def failing_after(count: int) -> Iterator[Callable[..., None]]:
    calls = iter(range(count))

    def write(*_args: object) -> None:
        if next(calls, None) is None:
            raise OSError("no space left on device")

    yield write


def test_an_upload_that_breaks_off_leaves_nothing_behind(
    store: Store, submit: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    from evaluator.runs import ingest as module

    with failing_after(1) as write:
        real = module.add_samples
        monkeypatch.setattr(module, "add_samples", lambda *args: (write(), real(*args)))
        with pytest.raises(OSError, match="no space"):
            submit([sample(f"{GOOD}#{n}") for n in range(600)])
    with store.read() as db:
        assert list_runs(db) == ([], 0)
        assert db.exec_driver_sql("SELECT count(*) FROM samples").scalar() == 0


def test_cards_take_on_what_newer_ones_know(store: Store) -> None:
    with store.write() as db:
        add_cards(store, db, Model("a", params=7e9, tokens=1e12).with_derived(), Model("b", flops=1e22))
        add_cards(store, db, Model("a", tokens=2e12), Model("b", params=1e9, tokens=1e9).with_derived())
    with store.read() as db:
        cards = all_cards(db)
    assert (cards["a"].flops, cards["a"].flops_derived) == (8.4e22, True)
    assert (cards["b"].flops, cards["b"].flops_derived) == (1e22, False)


def test_the_rates_that_the_database_sums_up_are_those_of_the_counts(
    store: Store, submit: Callable[..., Run]
) -> None:
    first = submit([sample(GOOD), sample(BAD), sample(BAD, "HumanEval/0"), sample(BAD, "HumanEval/1")])
    second = submit([sample(GOOD)])
    waiting = submit([sample(BAD)], model=Model("later"))
    for _run in (first, second):
        work(store)
    with store.read() as db:
        runs = get_runs(db, [first.id, second.id, waiting.id])
        rates = pass_at_1_of(db, runs)
        assert waiting.id not in rates
        for run in (first, second):
            told, counted = rates[run.id], pass_at_k(list(counts_of(db, run.id).values()), 1)
            assert told.mean == pytest.approx(counted.mean)
            assert (told.low, told.high) == pytest.approx((counted.low, counted.high))
        assert verdicts_of(db, second.id) == {"HumanEval/2": {Verdict.PASSED: 1}}


def test_runs_are_found_by_any_part_of_a_name(store: Store, submit: Callable[..., Run]) -> None:
    run = submit([sample(GOOD)], model=Model("Org/Ünder_score-7B"))
    other = submit([sample(GOOD)], model=Model("other"))
    with store.read() as db:
        for text in ("score-7b", "r_s", run.id[:12], "org/"):
            assert [each.id for each in list_runs(db, search=text)[0]] == [run.id], text
        assert list_runs(db, search="er%sc") == ([], 0)
        assert [each.id for each in list_runs(db, search="THREE")[0]] == [other.id, run.id]

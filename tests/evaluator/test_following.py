"""A follower is told about real runs, with and without a store, and can do them no harm."""

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from evaluator import RunEvent, SamplesError, UsageError, evaluate
from evaluator.cli import main
from evaluator.integrations.followers import TrackioFollower, WandbFollower, follower_named
from evaluator.scoring.following import Following
from evaluator.scoring.result_paths import run_record_path
from sandbox import Verdict

Write = Callable[..., Path]
RIGHT, WRONG = "    return number % 1.0\n", "    return number\n"
SLOW = "    import time\n    time.sleep(0.2)\n    return number % 1.0\n"  # three calls: longer than half a second

both = pytest.mark.parametrize("kept", ["files", "store"])


def sample(completion: str) -> dict[str, object]:
    return {"task_id": "HumanEval/2", "completion": completion}


@pytest.fixture
def score(write_rows: Write, tmp_path: Path) -> Callable[..., Any]:
    def run(*completions: str, kept: str, **options: Any) -> Any:
        store = {"store": tmp_path / "runs.db"} if kept == "store" else {}
        path = write_rows([sample(text) for text in completions])
        settings = {"k": (1, 2), "workers": 1, "execution": "dedicated", "ignore_incomplete": True} | options
        return evaluate(path, "humaneval", model="m", **settings, **store)

    return run


@both
def test_a_follower_is_told_of_the_start_of_progress_and_of_the_result(
    kept: str, score: Callable[..., Any]
) -> None:
    events: list[RunEvent] = []
    result = score(SLOW, WRONG, RIGHT, kept=kept, follow=events.append)
    first, *between, last = events
    assert (first.kind, first.of, first.samples, first.pass_rate) == ("started", 3, 0, None)
    assert first.record["sandbox"]["isolation"] == result.isolation
    assert {each.kind for each in between} == {"progress"}
    assert between[0].samples in {1, 2, 3}
    for each in between:
        assert sum(each.verdicts.values()) == each.samples <= each.of == 3
        assert each.pass_rate == each.verdicts["passed"] / each.samples
    assert (last.kind, last.samples, last.verdicts) == ("finished", 3, {"passed": 2, "wrong_answer": 1})
    assert last.pass_rate == 2 / 3
    assert last.result is result
    written = json.loads(run_record_path(Path(result.results)).read_text())
    assert json.loads(json.dumps(last.record, default=str)) == written
    assert (written["run"] is not None) is (kept == "store")
    assert all(first.record[name] == last.record[name] for name in ("run", "model", "problems", "settings"))
    assert first.record["samples"]["sha256"] == written["samples"]["sha256"]


def test_rows_in_memory_that_are_written_nowhere_are_followed_too() -> None:
    events: list[RunEvent] = []
    evaluate([sample(RIGHT)], k=1, workers=1, ignore_incomplete=True, follow=events.append)
    assert [events[0].kind, events[-1].kind] == ["started", "finished"]
    assert events[-1].record["pass_at_k"][0]["mean"] == 1.0


def test_progress_is_told_at_most_twice_a_second_and_counted_only_when_it_is_told() -> None:
    now, counted, events = 0.0, 0, []

    def verdicts() -> Counter[Verdict]:
        nonlocal counted
        counted += 1
        return Counter({Verdict.PASSED: 1, Verdict.SANDBOX_ERROR: 1})

    following = Following(events.append, pytest.fail, clock=lambda: now)
    following.started(1000, dict)
    for number in range(1000):  # ten seconds
        now += 0.01
        following.progress(number + 1, 1000, verdicts)
    following.started(1000, pytest.fail)  # programs are scored again
    assert [each.kind for each in events] == ["started"] + ["progress"] * counted
    assert 18 <= counted <= 20
    assert events[-1].pass_rate == 1.0  # a sample without a verdict is not one that failed


@both
@pytest.mark.parametrize("kind", ["started", "progress", "finished"])
def test_a_follower_that_fails_loses_nothing_and_is_told_nothing_more(
    kept: str, kind: str, score: Callable[..., Any]
) -> None:
    events: list[RunEvent] = []
    told: list[str] = []

    def follow(event: RunEvent) -> None:
        events.append(event)
        if event.kind == kind:
            raise ConnectionError("no route\nto host")

    result = score(SLOW, WRONG, kept=kept, follow=follow, tell=told.append)
    assert result.verdicts == {"passed": 1, "wrong_answer": 1}
    assert len(Path(result.results).read_text().splitlines()) == 2
    assert run_record_path(Path(result.results)).exists()
    assert events[-1].kind == kind
    (sentence,) = [each for each in told if "follower" in each]
    assert "ConnectionError: no route" in sentence
    assert "\n" not in sentence


@both
def test_a_run_that_is_interrupted_is_told_as_failed(kept: str, score: Callable[..., Any]) -> None:
    def interrupt(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    events: list[RunEvent] = []
    with pytest.raises(KeyboardInterrupt):
        score(RIGHT, kept=kept, follow=events.append, progress=interrupt)
    assert [each.kind for each in events] == ["started", "failed"]
    assert events[-1].error == "interrupted"


@both
def test_input_that_is_refused_is_no_run(kept: str, score: Callable[..., Any]) -> None:
    events: list[RunEvent] = []
    with pytest.raises(SamplesError, match="HumanEval/0"):
        score(RIGHT, kept=kept, follow=events.append, ignore_incomplete=False)
    assert not events


@pytest.mark.parametrize(("name", "made"), [("wandb", WandbFollower), ("trackio", TrackioFollower)])
def test_a_package_that_is_not_installed_is_asked_for_in_one_sentence(
    name: str, made: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, name, None)  # as Python notes that there is no such module
    for make in (made, lambda: follower_named(f"{name}:mine")):
        with pytest.raises(UsageError, match=f"needs that package; pip install {name}"):
            make()


def test_a_folder_that_is_named_like_a_package_is_not_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wandb").mkdir()  # as wandb itself makes where it runs offline
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "wandb", raising=False)
    with pytest.raises(UsageError, match="pip install wandb"):
        WandbFollower()
    sys.modules.pop("wandb", None)


def test_the_command_refuses_a_follower_that_it_does_not_know(write_rows: Write) -> None:
    path = write_rows([sample(RIGHT)])
    done = CliRunner().invoke(main, ["evaluate", str(path), "--follow", "mlflow:mine"])
    assert done.exit_code == 2
    assert "'mlflow:mine' is neither wandb nor trackio" in done.output
    assert not Path(f"{path}_results.jsonl").exists()

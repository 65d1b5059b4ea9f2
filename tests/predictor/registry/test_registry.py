import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from predictor import Compute, FileLog, Registry, RegistryError, Settings, Target, forecast_capability
from predictor.estimators import neg_log_pass_at
from predictor.forecasts.canonical import canonical, digest
from predictor.registry.outcomes import known_outcome, measured_outcome, score_outcome
from predictor.registry.tables import outcome_in_table
from tests.predictor.ladders import Simulated


@pytest.fixture(scope="module")
def record(ladder: Simulated) -> dict[str, object]:
    target = Target(ladder.target_flops, "next")
    return forecast_capability(ladder.counts, target, method="report", settings=Settings(size=500)).record()


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(FileLog(tmp_path / "log.jsonl"))


def variants(record: dict[str, object], count: int) -> list[dict[str, object]]:
    return [record | {"target": {"name": f"model-{number}", "flops": 1e25}} for number in range(count)]


def test_canonical_text_does_not_depend_on_order_or_last_bits() -> None:
    assert canonical({"b": 0.1 + 0.2, "a": [1]}) == canonical({"a": (1,), "b": 0.3}) == '{"a":[1],"b":0.3}'
    with pytest.raises(ValueError, match="Out of range"):
        canonical(float("nan"))


def test_a_registered_forecast_resolves_with_its_score(registry: Registry, record: dict[str, Any]) -> None:
    entry = registry.register(record)
    overall = record["overall"]["neg_mean_log_pass"]
    resolved = registry.resolve(digest(record)[:8], {"neg_mean_log_pass": overall["point"] + 1e-4})
    scores: Any = resolved.body["scores"]
    score = scores["neg_mean_log_pass"]
    assert score["error"] == pytest.approx(-1e-4)
    assert score["inside"] == {"50": True, "80": True, "95": True}
    assert 0 < score["crps"] < overall["intervals"]["95"][1]
    assert resolved.previous == entry.seal
    assert registry.verify() == []


@pytest.mark.parametrize(
    ("name", "edit"),
    [
        ("a digit", lambda lines: [lines[0], lines[1].replace('"point":', '"point":1', 1), *lines[2:]]),
        ("a space", lambda lines: [lines[0].replace(",", ", ", 1), *lines[1:]]),
        ("the time", lambda lines: [lines[0].replace("+00:00", "+01:00"), *lines[1:]]),
        ("removed first", lambda lines: lines[1:]),
        ("removed middle", lambda lines: [lines[0], *lines[2:]]),
        ("swapped", lambda lines: [lines[1], lines[0], *lines[2:]]),
        ("repeated", lambda lines: [*lines, lines[-1]]),
        ("half a line", lambda lines: [*lines, lines[-1][:40]]),
        ("resealed", lambda lines: [reseal(lines[0]), *lines[1:]]),
    ],
)
def test_every_edit_is_found(
    registry: Registry, record: dict[str, object], name: str, edit: Callable[[list[str]], list[str]]
) -> None:
    for variant in variants(record, 4):
        registry.register(variant)
    path = registry.log.path  # type: ignore[attr-defined]
    path.write_text("".join(line + "\n" for line in edit(path.read_text().splitlines())))
    assert registry.verify(), name
    with pytest.raises(RegistryError, match="restore the log from a copy"):
        registry.register(record)


def reseal(line: str) -> str:
    """An edit by someone who knows how seals are made: the next line's chain still gives it away."""
    entry = json.loads(line)
    entry["body"]["record"]["method"] = "other"
    entry["body"]["record_sha256"] = digest(entry["body"]["record"])
    entry["seal"] = digest({**entry, "seal": ""})
    return canonical(entry)


def test_the_same_record_is_registered_once(registry: Registry, record: dict[str, object]) -> None:
    registry.register(record)
    with pytest.raises(RegistryError, match="stands already in entry 1"):
        registry.register(record)


def test_a_known_outcome_is_refused(registry: Registry, record: dict[str, object], ladder: Simulated) -> None:
    with pytest.raises(RegistryError, match="registered before its outcome is known"):
        registry.register(record, "counts.csv holds the outcome of next")
    known = forecast_capability(ladder.counts, "m4", method="report", settings=Settings(size=500)).record()
    with pytest.raises(RegistryError, match="held the target's own results"):
        registry.register(known)
    registry.register(record)
    registry.resolve(digest(record), {"neg_mean_log_pass": 0.3})
    with pytest.raises(RegistryError, match="outcome of next was recorded in entry 2"):
        registry.register(record | {"method": "other"})


@pytest.mark.parametrize(
    ("reference", "outcome", "says"),
    [
        (
            "000000",
            {"neg_mean_log_pass": 1.0},
            "no forecast's hash begins with '000000'; those that are registered are: [0-9a-f]{12}",
        ),
        (
            "",
            {"neg_mean_log_pass": 1.0},
            "'' is too short to name a forecast; give 6 or more characters of one of",
        ),
        (None, {"loss": 1.0}, "loss was not forecast; the record has .*neg_mean_log_pass"),
    ],
)
def test_what_does_not_resolve_is_refused(
    registry: Registry, record: dict[str, object], reference: str | None, outcome: dict[str, float], says: str
) -> None:
    registry.register(record)
    with pytest.raises(RegistryError, match=says):
        registry.resolve(digest(record) if reference is None else reference, outcome)


def test_a_forecast_is_resolved_once(registry: Registry, record: dict[str, object]) -> None:
    registry.register(record)
    registry.resolve(digest(record), {"neg_mean_log_pass": 0.3})
    with pytest.raises(RegistryError, match="has its outcome already"):
        registry.resolve(digest(record), {"neg_mean_log_pass": 0.2})


def test_an_outcome_is_measured_on_the_forecast_problems(registry: Registry, ladder: Simulated) -> None:
    smaller = ladder.counts.select([0, 1, 2, 3])
    target = Target(float(ladder.counts.flops[4]), "m4")
    record = forecast_capability(smaller, target, method="report", settings=Settings(size=500)).record()
    registry.register(record)
    found = measured_outcome(record, ladder.counts)
    assert set(found) == {"neg_mean_log_pass", "geometric_mean_pass"}
    resolved = registry.resolve(digest(record), found)
    assert set(resolved.body["scores"]) == set(found)  # type: ignore[call-overload]


def test_the_default_is_resolved_by_what_its_samples_would_show(
    registry: Registry, ladder: Simulated
) -> None:
    """The target was sampled twice as often as the training models: its T is taken at their sample count."""
    counts, smaller = ladder.counts, ladder.counts.select([0, 1, 2, 3])
    target = Target(float(counts.flops[4]), "m4")
    record = forecast_capability(smaller, target, settings=Settings(size=500)).record()
    registry.register(record)
    thin = counts.with_counts(counts.passes, np.where(np.arange(5)[:, None] == 4, 200, counts.samples))
    found = measured_outcome(record, thin)
    assert set(found) == {"neg_mean_log_pass_measured", "geometric_mean_pass_measured", "pass@1"}
    exact = neg_log_pass_at(thin.passes[4], thin.samples[4], 100).mean()
    assert found["neg_mean_log_pass_measured"] == pytest.approx(exact)
    assert set(registry.resolve(digest(record), found).body["scores"]) == set(found)  # type: ignore[call-overload]


WRITER = """
import sys
from predictor import FileLog, Registry
Registry(FileLog(sys.argv[1])).register({"target": {"name": "model-" + sys.argv[2]}})
"""


def test_writers_at_the_same_time_keep_the_chain_whole(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    root = Path(__file__).parents[3]
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(n)], cwd=root) for n in range(4)
    ]
    assert [writer.wait(120) for writer in writers] == [0] * 4
    registry = Registry(FileLog(path))
    assert registry.verify() == []
    assert len(registry.entries()) == 4


def test_a_failed_write_leaves_nothing_behind(
    registry: Registry, record: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.register(record)
    before = registry.log.lines()

    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("predictor.registry.registry.os.fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        registry.register(record | {"method": "other"})
    assert registry.log.lines() == before


def test_a_reference_without_a_match_is_told_from_a_short_one(
    registry: Registry, record: dict[str, object]
) -> None:
    with pytest.raises(RegistryError, match="no forecast is registered yet"):
        registry.resolve("8c22f", {"neg_mean_log_pass": 1.0})
    registry.register(record)
    short = digest(record)[:5]
    with pytest.raises(RegistryError, match=f"'{short}' is too short to name a forecast; give 6 or more"):
        registry.resolve(short, {"neg_mean_log_pass": 1.0})


def test_a_model_of_the_same_compute_and_another_size_is_another_model() -> None:
    compute = [
        Compute(6e22, 1e10, 1e12, derived=True),
        Compute(6e22, float("nan"), float("nan"), derived=False),
    ]

    def known(params: float, rows: int) -> str | None:
        record = {"target": Target(6e22, None, params, 6e21 / params).to_json()}
        return known_outcome(record, ["a", "b"][:rows], compute[:rows], "models.csv")

    assert known(2e10, 1) is None
    assert str(known(1e10, 1)).startswith("models.csv holds a with")
    assert str(known(2e10, 2)).startswith("models.csv holds b with")


def test_a_table_may_hold_the_outcome_by_name_or_by_compute(ladder: Simulated) -> None:
    counts = ladder.counts
    last = float(counts.flops[4])

    def known(name: str | None, flops: float) -> str | None:
        record = {"target": Target(flops, name).to_json()}
        return known_outcome(record, counts.models, counts.compute, "counts.csv")

    assert known("m4", 2 * last) == "counts.csv holds the outcome of m4"
    for name in (None, "other"):
        found = known(name, last * 1.005)
        assert found is not None
        assert found.startswith("counts.csv holds m4 with the target's compute")
        assert known(name, 2 * last) is None


def test_a_chance_is_scored_by_the_squared_error_and_holds_what_its_quantiles_hold() -> None:
    record = {"overall": {}, "chances": {"b_ahead": 0.93}, "turn": {}}
    hit, miss = (score_outcome(record, "b_ahead", value) for value in (1.0, 0.0))
    assert (hit["crps"], miss["crps"]) == (pytest.approx(0.07**2), pytest.approx(0.93**2))
    # Of 100 outcomes in order, 7 are 0: the central 80 hold 1 alone, the central 95 hold both.
    assert hit["inside"] == {"50": True, "80": True, "95": True}
    assert miss["inside"] == {"50": False, "80": False, "95": True}
    with pytest.raises(RegistryError, match="give 1 if it happened"):
        score_outcome(record, "b_ahead", 0.5)
    with pytest.raises(RegistryError, match="the record has b_ahead"):
        score_outcome(record, "pass@9", 0.5)


def test_a_comparison_of_two_models_of_one_name_is_not_resolved_by_a_table(tmp_path: Path) -> None:
    record = {
        "kind": "comparison",
        "models": {"a": "m", "b": "m"},
        "up_to": 9,
        "task_ids": ["t"],
        "k": [1, 9],
    }
    with pytest.raises(RegistryError, match="both models are named 'm', so a table cannot tell them apart"):
        outcome_in_table(record, tmp_path / "counts.csv")

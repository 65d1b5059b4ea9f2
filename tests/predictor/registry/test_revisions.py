"""Records state the revision of their method; those from before revisions were stated are of the first."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from evaluator.cli.main import main
from predictor import Registry, Settings, Target, forecast_capability, forecast_loss
from predictor.registry.entry_text import subject
from predictor.registry.revisions import OtherRevision, other_revision, revision_of
from tests.predictor.ladders import Simulated


@pytest.fixture(scope="module")
def record(ladder: Simulated) -> dict[str, Any]:
    target = Target(ladder.target_flops, "next")
    return forecast_capability(ladder.counts, target, settings=Settings(size=500)).record()


@pytest.fixture(scope="module")
def earlier(record: dict[str, Any]) -> dict[str, Any]:
    """The record as the first revision made it: its settings say nothing of revisions."""
    settings = {name: value for name, value in record["settings"].items() if name != "method_revision"}
    return record | {"settings": settings}


def test_a_record_states_the_revision_of_its_method(record: dict[str, Any]) -> None:
    assert record["settings"]["method_revision"] == revision_of(record) == 2
    assert other_revision(record) is None
    assert subject({"record": record}).endswith("by latent-trend")


def test_a_record_without_a_revision_is_of_the_first(earlier: dict[str, Any]) -> None:
    assert revision_of(earlier) == 1
    assert other_revision(earlier) == OtherRevision(1, 2)
    assert other_revision(earlier | {"method": "auto"}) == OtherRevision(1, 2)
    assert other_revision(earlier | {"method": "report"}) is None
    assert other_revision(earlier | {"method": "gone"}) is None


def test_a_loss_is_of_the_first_revision() -> None:
    losses = [{"model": f"m{n}", "flops": 10.0**n, "loss": 1 + 2 * 10 ** (-0.1 * n)} for n in range(1, 6)]
    record = forecast_loss(losses, 1e8, method="report").record()
    assert revision_of(record) == 1
    assert other_revision(record) is None


def test_an_earlier_record_is_registered_listed_and_resolved(tmp_path: Path, earlier: dict[str, Any]) -> None:
    log = tmp_path / "log.jsonl"
    registry = Registry(log)
    entry = registry.register(earlier)
    assert "by latent-trend (revision 1, now 2)" in repr(entry)
    listed = CliRunner().invoke(main, ["forecast", "list", "--log", str(log)])
    assert "capability of next by latent-trend revision 1 (now 2)" in listed.output
    registry.resolve(str(entry.body["record_sha256"]), {"pass@1": 0.5})
    assert registry.verify() == []

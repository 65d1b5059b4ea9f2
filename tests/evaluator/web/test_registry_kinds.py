"""The registry's page shows every kind of forecast that can be registered, with its outcome."""

from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

from evaluator.store import StoreLog, open_store
from evaluator.store.forecasts import save_forecast
from predictor import (
    Accuracies,
    Registry,
    SampleCounts,
    Settings,
    Target,
    TrainingRun,
    forecast_accuracy,
    forecast_capability,
    forecast_difference,
    forecast_run,
    forecast_samples,
    pair_counts,
)
from predictor.forecasts.canonical import digest
from tests.evaluator.web.conftest import ladder_table
from tests.services import serving


def test_accuracies_runs_samples_and_comparisons_stand_in_the_registry(tmp_path: Path) -> None:
    path = tmp_path / "passlaw.db"
    models = [
        {"model": f"m{n}", "flops": 1e18 * 4**n, "acc": 0.25 + 0.7 / (1 + np.exp(1.5 - 0.4 * n))}
        for n in range(8)
    ]
    steps = np.arange(31.0)
    scores = 0.9 - 0.6 / (1 + (steps / 12) ** 1.5)
    counts = SampleCounts(
        "sampled", tuple(f"t{n}" for n in range(20)), np.arange(20) % 9, np.full(20, 16, dtype=np.int64)
    )
    other = SampleCounts("other", counts.problems, np.arange(20) % 5, counts.samples)
    records = [
        forecast_accuracy(Accuracies.from_records(models, "acc"), 1e24, chance=0.25).record(),
        forecast_run(TrainingRun("rl", steps, scores, "reward"), 60).record(),
        forecast_samples(counts, (100,)).record(),
        forecast_difference(pair_counts(counts, other), 100).record(),
    ]
    with serving(path, code_workers=0, runs_at_once=0) as live, live.client() as http:
        store = open_store(f"sqlite:///{path}", pool_size=1)
        try:
            registry = Registry(StoreLog(store))
            hashes = [str(registry.register(record).body["record_sha256"]) for record in records]
            registry.resolve(hashes[1], {"score": 0.85})
            registry.resolve(hashes[3], {"pass@100:b-a": -0.31, "b_ahead": 0, "first_turn": 101})
        finally:
            store.close()
        page = http.get("/registry")
        assert page.status_code == 200
        assert "chain verified" in page.text
        for words in (
            *hashes,
            "Predicted acc",
            "Predicted reward",
            "pass@100",
            "step 60",
            "sampled",
            "85.0%",
            "sampled and other, k = 100",
            "−31.0 points",
        ):
            assert words in page.text
        assert http.get("/forecasts").status_code == 200
        for sha256, said in zip(hashes, ("accuracy", "score", "pass@100", "pass@100:b"), strict=True):
            alone = http.get(f"/forecasts/{sha256}")  # the store has the record, and no table
            assert (alone.status_code, "80% interval" in alone.text) == (200, True)
            if sha256 == hashes[3]:
                assert "A is sampled, B is other." in alone.text
                assert "At k = 100, B is ahead with a probability of " in alone.text
                assert "from 16 samples or more of 20 problems" in alone.text
            figure = http.get(f"/forecasts/{sha256}/figure")
            assert (figure.status_code, said in figure.text, "only this forecast" in figure.text) == (
                200,
                True,
                True,
            )


def test_a_comparison_is_resolved_in_the_browser(tmp_path: Path, page: Page) -> None:
    path = tmp_path / "passlaw.db"
    names = tuple(f"t{n}" for n in range(20))
    samples = np.full(20, 16, dtype=np.int64)
    pairs = pair_counts(
        SampleCounts("one", names, np.arange(20) % 9, samples),
        SampleCounts("other", names, np.arange(20) % 5, samples),
    )
    with serving(path, code_workers=0, runs_at_once=0) as live:
        store = open_store(f"sqlite:///{path}", pool_size=1)
        try:
            entry = Registry(StoreLog(store)).register(forecast_difference(pairs, 100).record())
        finally:
            store.close()
        page.goto(f"{live.url}/forecasts/{entry.body['record_sha256']}")
        page.get_by_label("pass@100:b-a, -1 to 1").fill("-0.31")
        page.get_by_label("B is ahead, 1 or 0").fill("0")
        page.get_by_label("First k at which the order has turned").fill("101")
        page.get_by_role("button", name="Resolve").click()
        page.get_by_role("dialog").get_by_role("button", name="Yes").click()
        expect(page.locator(".scores")).to_contain_text("-31.0%")
        expect(page.locator(".scores")).to_contain_text("first_turn")


def test_a_forecast_of_an_earlier_revision_says_so_beside_its_figure(tmp_path: Path) -> None:
    """Its record holds the values of then; a figure that is drawn later is of the method as it is now."""
    path = tmp_path / "passlaw.db"
    made = forecast_capability(ladder_table(), Target(1e25, "next"), settings=Settings(size=200)).to_json()
    settings = {name: value for name, value in made["settings"].items() if name != "method_revision"}  # type: ignore[attr-defined]
    earlier = {key: value for key, value in made.items() if key not in {"problems", "record_sha256"}} | {
        "settings": settings
    }
    answer = earlier | {"problems": made["problems"], "record_sha256": digest(earlier)}
    with serving(path, code_workers=0, runs_at_once=0) as live, live.client() as http:
        store = open_store(f"sqlite:///{path}", pool_size=1)
        try:
            with store.write() as db:
                save_forecast(store, db, "", answer, ladder_table())
                save_forecast(store, db, "", made, ladder_table())
        finally:
            store.close()
        words = "made by revision 1 of latent-trend, which has revision 2 now"
        assert words in http.get(f"/forecasts/{answer['record_sha256']}").text
        assert "made by revision" not in http.get(f"/forecasts/{made['record_sha256']}").text
        assert http.get(f"/forecasts/{answer['record_sha256']}/figure").status_code == 200

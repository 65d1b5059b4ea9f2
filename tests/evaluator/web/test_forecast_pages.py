"""A forecast from the form to its outcome in the registry, in a real browser."""

import contextlib
import re
import sqlite3
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from tests.evaluator.web.conftest import Filled, ladder_table
from tests.services import serving

_INK = """canvas => {
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    const seen = new Set();
    for (let i = 0; i < data.length; i += 4) if (data[i + 3]) seen.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
    return [...seen];
}"""
_BANDS = {"220,235,245", "173,208,232", "121,179,219"}  # 95, 80 and 50 %, as the style sheet has them


def test_the_figure_shows_points_curve_and_bands_of_what_is_chosen(page: Page, filled: Filled) -> None:
    page.goto(f"{filled.live.url}/forecasts/{filled.forecast}")
    expect(page.locator(".chart canvas")).to_be_visible(timeout=120_000)
    first = page.locator("#figure tbody").text_content()
    page.wait_for_timeout(200)
    assert set(page.locator(".chart canvas").evaluate(_INK)) >= _BANDS
    page.get_by_role("button", name="nats").click()
    expect(page.get_by_role("button", name="nats")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#figure thead")).to_contain_text("nats")
    page.get_by_role("button", name="2 of 6").click()
    expect(page.get_by_role("button", name="2 of 6")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="nats")).to_have_attribute("aria-pressed", "true")
    assert page.locator("#figure tbody").text_content() != first


def test_the_pointer_is_told_the_model_that_it_is_near(page: Page, filled: Filled) -> None:
    page.goto(f"{filled.live.url}/forecasts/{filled.forecast}")
    expect(page.locator(".chart canvas")).to_be_visible(timeout=120_000)
    over = page.locator(".u-over").bounding_box()
    assert over
    dots = page.locator("#figure tbody tr").all_text_contents()
    assert dots[0].startswith("m0")
    found = set()
    for across in range(4, int(over["width"]), 12):
        for down in range(10, int(over["height"]), 24):
            page.mouse.move(over["x"] + across, over["y"] + down)
            if page.locator(".tip.snapped").is_visible():
                found.add(page.locator(".tip.snapped strong").text_content())
    assert found == {*(f"m{size}" for size in range(6)), "Forecast"}


def test_the_page_opens_with_the_headline(page: Page, filled: Filled) -> None:
    with filled.live.client() as http:
        overall = http.get(f"/v1/forecasts/{filled.forecast}").json()["answer"]["overall"]
    page.goto(f"{filled.live.url}/forecasts/{filled.forecast}")
    estimate = overall["geometric_mean_pass"]
    low, high = (100 * value for value in estimate["intervals"]["80"])
    expect(page.locator(".headline")).to_have_text(
        f"geometric mean pass rate {100 * estimate['point']:.1f}% "
        f"(80% interval {low:.1f}–{high:.1f}%) at 1e+25 FLOPs"
    )
    expect(page.locator("main")).to_contain_text(re.compile(r"This method covers \d+ of 30 problems"))


def test_the_outcome_that_a_table_holds_is_drawn_and_said(page: Page, filled: Filled) -> None:
    """Here the target is one of the table's models; the default method forecasts pass@1."""
    question = {"table": ladder_table(), "target": {"model": "m5"}, "method": "auto"}
    with filled.live.client() as http:
        sha256 = http.post("/v1/forecasts", json=question).raise_for_status().json()["sha256"]
    rate = sum(row["c"] / row["n"] for row in ladder_table() if row["model"] == "m5") / 30
    page.goto(f"{filled.live.url}/forecasts/{sha256}")
    expect(page.locator(".observed")).to_contain_text(f"Observed pass@1 {100 * rate:.1f}%")
    expect(page.locator("figcaption")).to_contain_text(f"observed {100 * rate:.1f}%", timeout=120_000)
    page.goto(f"{filled.live.url}/forecasts")
    expect(page.get_by_role("row", name="m5")).to_contain_text(f"{100 * rate:.1f}%")


def test_the_figure_has_its_numbers_in_words(page: Page, filled: Filled) -> None:
    with filled.live.client() as http:
        answer = http.get(f"/v1/forecasts/{filled.forecast}").json()["answer"]
    page.goto(f"{filled.live.url}/forecasts/{filled.forecast}")
    point = answer["overall"]["geometric_mean_pass"]["point"]
    expect(page.locator(".chart")).to_have_attribute(
        "aria-label", re.compile(re.escape(f"{100 * point:.1f}%")), timeout=120_000
    )
    page.get_by_text("The figure's numbers").click()
    expect(page.locator("#figure").get_by_role("row", name=re.compile("^m[0-5]"))).to_have_count(6)
    for warning in answer["warnings"]:
        expect(page.locator(".warnings")).to_contain_text(warning["message"])


def test_a_forecast_is_made_registered_and_resolved_in_the_browser(page: Page, filled: Filled) -> None:
    page.goto(f"{filled.live.url}/forecasts/new")
    for name in ("small", "middle", "large"):
        page.get_by_role("checkbox", name=re.compile(f"^{name}")).check()
    page.get_by_role("combobox", name="Model").fill("after large")
    page.get_by_role("textbox", name="FLOPs").fill("1e25")
    page.get_by_label("Method").select_option("auto")
    page.get_by_role("button", name="Forecast").click()
    page.wait_for_url(re.compile("/forecasts/[0-9a-f]{64}$"), timeout=120_000)
    page.get_by_role("button", name="Register").click()
    page.get_by_role("dialog").get_by_role("button", name="No").click()
    expect(page.locator(".line")).to_contain_text("not registered")
    page.get_by_role("button", name="Register").click()
    page.get_by_role("dialog").get_by_role("button", name="Yes").click()
    expect(page.locator(".line")).to_contain_text("registered as entry")
    expect(page.locator("main")).to_contain_text("No finished run of after large samples all 4 problems yet")
    page.get_by_label("−mean log pass rate, nats").fill("0.31")
    page.get_by_label("pass@1, 0 to 1").fill("0.75")
    page.get_by_role("button", name="Resolve").click()
    page.get_by_role("dialog").get_by_role("button", name="Yes").click()
    expect(page.locator(".scores")).to_contain_text("0.31")
    expect(page.locator(".observed")).to_contain_text("Observed pass@1 75.0%")
    page.goto(f"{filled.live.url}/registry")
    expect(page.locator(".verified")).to_contain_text("chain verified")
    entry = page.get_by_role("listitem").filter(has_text="after large")
    expect(entry).to_contain_text(re.compile("Predicted pass@1 .*observed 75.0%"))
    expect(entry).to_contain_text(re.compile("95% [✓✗]"))


def test_a_bucket_or_forecast_that_is_not_there_is_a_page_that_says_so(filled: Filled) -> None:
    with httpx.Client(base_url=filled.live.url) as http:
        for address in (
            f"/forecasts/{'0' * 64}",
            f"/forecasts/{filled.forecast}/figure?bucket=99",
            f"/runs/{'0' * 21}",
        ):
            answer = http.get(address, timeout=60)
            assert (answer.status_code, "Not found" in answer.text) == (404, True), address
            assert answer.headers["content-type"].startswith("text/html")


def test_a_registry_that_somebody_edited_is_shown_as_broken(tmp_path: Path) -> None:
    path = tmp_path / "passlaw.db"
    losses = [
        {"model": f"m{n}", "flops": 10.0 ** (18 + n), "loss": 1 + 2 * 10 ** (-0.1 * n)} for n in range(7)
    ]
    question = {
        "kind": "loss",
        "table": losses,
        "column": "loss",
        "target": {"model": "big", "flops": "1e26"},
        "method": "report",
    }
    with serving(path, code_workers=0, runs_at_once=0) as live, live.client() as http:
        sha256 = http.post("/v1/forecasts", json=question).raise_for_status().json()["sha256"]
        http.post(f"/v1/forecasts/{sha256}/register").raise_for_status()
        assert "chain verified" in http.get("/registry").text
        with contextlib.closing(sqlite3.connect(path)) as db, db:
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                db.execute(f"DROP TRIGGER {name}")
            db.execute("UPDATE registrations SET line = replace(line, '\"big\"', '\"bad\"')")
        page = http.get("/registry")
        assert (page.status_code, "The chain is broken: entry 1" in page.text) == (200, True)
        assert "chain verified" not in page.text
        for address in ("/forecasts", f"/forecasts/{sha256}"):
            assert http.get(address).status_code == 200

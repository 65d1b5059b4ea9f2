"""A forecast from the form to its outcome in the registry, in a real browser."""

import contextlib
import re
import sqlite3
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from tests.evaluator.web.conftest import Filled
from tests.services import serving

_INK = """canvas => {
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    const seen = new Set();
    for (let i = 0; i < data.length; i += 4) if (data[i + 3]) seen.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
    return [...seen];
}"""
_BANDS = {"220,235,245", "173,208,232", "121,179,219"}  # 95, 80 and 50 %, as the style sheet has them


def test_the_figure_shows_points_law_and_bands_of_the_bucket_chosen(page: Page, filled: Filled) -> None:
    page.goto(f"{filled.live.url}/forecasts/{filled.forecast}")
    expect(page.locator(".chart canvas")).to_be_visible(timeout=30_000)
    expect(page.locator("figcaption")).not_to_contain_text("fitted law")
    first = page.locator("#figure tbody").text_content()
    page.get_by_role("button", name="2 of 6").click()
    expect(page.locator("figcaption")).to_contain_text("fitted law")
    expect(page.get_by_role("button", name="2 of 6")).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(200)
    assert set(page.locator(".chart canvas").evaluate(_INK)) >= _BANDS
    assert page.locator("#figure tbody").text_content() != first
    page.locator(".u-over").hover(position={"x": 200, "y": 60})
    expect(page.locator(".readout")).to_contain_text(re.compile("law|Observed"))


def test_the_figure_has_its_numbers_in_words(page: Page, filled: Filled) -> None:
    with filled.live.client() as http:
        answer = http.get(f"/v1/forecasts/{filled.forecast}").json()["answer"]
    page.goto(f"{filled.live.url}/forecasts/{filled.forecast}")
    point = answer["overall"]["neg_mean_log_pass"]["point"]
    expect(page.locator(".chart")).to_have_attribute(
        "aria-label", re.compile(re.escape(f"{point:.3g}")), timeout=30_000
    )
    page.get_by_text("The figure's numbers").click()
    expect(page.get_by_role("row", name=re.compile("^observed"))).to_have_count(6)
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
    expect(page.locator(".line")).to_contain_text("registered as entry")
    page.get_by_label("−mean log pass rate, nats").fill("0.31")
    page.get_by_role("button", name="Resolve").click()
    expect(page.locator("#out ~ .wide")).to_contain_text("0.31")
    page.goto(f"{filled.live.url}/registry")
    expect(page.locator(".verified")).to_contain_text("chain verified")
    entry = page.get_by_role("listitem").filter(has_text="after large")
    expect(entry).to_contain_text("0.31")
    expect(entry).to_contain_text(re.compile("95 % [✓✗]"))


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

"""The leaderboard of models in a real browser."""

import re

from playwright.sync_api import Page, expect

from tests.evaluator.web.conftest import LONG_NAMES, Filled


def test_models_are_ranked_by_pass_at_1_with_its_interval(page: Page, filled: Filled) -> None:
    page.goto(f"{filled.live.url}/models")
    names = page.locator("#leaders tbody th").all_inner_texts()
    ranked = [name for name in names if name in {"small", "middle", "large"}]  # other tests add models
    assert ranked == ["large", "middle", "small"]
    with filled.live.client() as http:
        found = http.get(f"/v1/runs/{filled.runs['middle']}").json()["result"]
    row = page.get_by_role("row", name=re.compile("middle"))
    low, high = (100 * value for value in found["intervals"]["pass@1"])
    expect(row).to_contain_text(f"{100 * found['pass_at_k']['pass@1']:.1f}%")
    expect(row).to_contain_text(f"{low:.1f}% – {high:.1f}%")
    row.get_by_role("link", name="middle", exact=True).click()
    expect(page.locator("h1")).to_have_text("middle on humaneval")


def test_the_table_is_sorted_by_a_head_and_searched(page: Page, filled: Filled) -> None:
    page.goto(f"{filled.live.url}/models")
    page.get_by_role("button", name="Compute, FLOPs").click()
    expect(page.get_by_role("columnheader", name="Compute, FLOPs")).to_have_attribute(
        "aria-sort", "descending"
    )
    known = page.locator("#leaders tbody tr:has([data-compute]) th").all_inner_texts()
    assert known[:3] == ["large", "middle", "small"]
    page.get_by_role("button", name="Compute, FLOPs").click()
    known = page.locator("#leaders tbody tr:has([data-compute]) th").all_inner_texts()
    assert known[-3:] == ["small", "middle", "large"]
    page.get_by_label("Search").fill("IDD")
    expect(page.locator("#leaders tbody tr:visible th")).to_have_text(["middle"])


def test_two_ticked_models_are_compared_and_three_are_forecast_from(page: Page, filled: Filled) -> None:
    page.goto(f"{filled.live.url}/models")
    compare = page.locator("#ticked").get_by_role("button", name="Compare")
    forecast = page.locator("#ticked").get_by_role("button", name="Forecast")
    expect(compare).to_be_disabled()
    for name in ("small", "large"):
        page.get_by_role("checkbox", name=f"Tick {name}").check()
    expect(forecast).to_be_disabled()
    compare.click()
    expect(page.locator("h1")).to_have_text("Compare two runs")
    expect(page.locator("main")).to_contain_text("Paired over 4 problems")
    page.go_back()
    for name in ("small", "middle", "large"):
        page.get_by_role("checkbox", name=f"Tick {name}").check()
    expect(compare).to_be_disabled()
    forecast.click()
    expect(page.locator("h1")).to_have_text("Make a forecast")
    assert page.locator("[name=runs]:checked").count() == 3


def test_the_chart_names_a_model_and_opens_its_run(page: Page, filled: Filled) -> None:
    page.goto(f"{filled.live.url}/models")
    expect(page.locator(".chart canvas")).to_be_visible()
    area = page.locator(".u-over").bounding_box()
    assert area
    for across in range(0, int(area["width"]), 10):
        for down in range(0, int(area["height"]), 20):
            page.mouse.move(area["x"] + across, area["y"] + down)
            if page.locator(".tip.snapped strong").is_visible():
                break
        else:
            continue
        break
    expect(page.locator(".tip strong")).to_have_text("small")
    expect(page.locator(".tip")).to_contain_text("95% interval")
    page.mouse.down()
    page.mouse.up()
    expect(page.locator("h1")).to_have_text("small on humaneval")


def test_long_names_wrap_and_those_that_differ_at_the_end_are_told_apart(page: Page, filled: Filled) -> None:
    page.goto(f"{filled.live.url}/models?problems={filled.tiny}")
    for name in LONG_NAMES:
        cell = page.locator("#leaders th", has_text=name).bounding_box()
        assert cell
        assert cell["width"] < 420
    page.goto(f"{filled.live.url}/map?problems={filled.tiny}")
    heads = page.locator("#map thead th a").all_inner_texts()
    assert len(set(heads)) == 2
    assert max(map(len, heads)) < 40
    page.goto(f"{filled.live.url}/compare")
    labels = page.locator("select[name=a] option").all_inner_texts()
    assert len(set(labels)) == len(labels)


def test_a_model_is_added_by_its_form(page: Page, filled: Filled) -> None:
    page.goto(f"{filled.live.url}/models")
    page.get_by_role("textbox", name="Name").fill("huge <i>")
    page.get_by_label("FLOPs").fill("much")
    page.get_by_role("button", name="Add").click()
    wrong = page.locator("label:has([name=flops]) .field-error")
    expect(wrong).to_have_text("Give a positive number, such as 8.4e22.")
    page.get_by_label("FLOPs").fill("1e26")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("row", name="huge <i>")).to_contain_text("1×10²⁶")

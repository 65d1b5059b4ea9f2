"""The viewer of samples in a real browser, and what it shows of a run by HTTP."""

import httpx
from playwright.sync_api import Page, expect

from tests.evaluator.web.conftest import Filled


def test_identical_samples_stand_once_with_their_number(page: Page, filled: Filled) -> None:
    page.goto(f"{filled.live.url}/runs/{filled.runs['small']}/samples?task_id=HumanEval%2F0")
    expect(page.locator(".totals")).to_contain_text("2 samples, 2 different")
    page.goto(f"{filled.live.url}/runs/{filled.runs['repeats']}/samples?task_id=HumanEval%2F1")
    expect(page.locator(".totals")).to_contain_text("5 samples, 2 different")
    expect(page.locator("article")).to_have_count(2)
    expect(page.locator(".copies")).to_have_text(["× 4 identical"])


def test_test_and_reference_stand_beside_marked_code(page: Page, filled: Filled) -> None:
    page.goto(f"{filled.live.url}/runs/{filled.runs['small']}/samples?task_id=HumanEval%2F0")
    beside = page.get_by_role("complementary")
    expect(beside.get_by_label("Test")).to_contain_text("def check(candidate)")
    expect(beside.get_by_label("Reference solution")).to_contain_text("return False")
    expect(page.locator("article .hk").first).to_be_visible()
    code = page.locator("article pre").first.bounding_box()
    test = beside.bounding_box()
    assert code
    assert test
    assert test["x"] > code["x"] + code["width"]


def test_links_lead_to_the_next_problem_and_back(page: Page, filled: Filled) -> None:
    page.goto(f"{filled.live.url}/runs/{filled.runs['small']}/samples?task_id=HumanEval%2F0")
    expect(page.locator("[rel=prev]")).to_have_count(0)
    page.locator("[rel=next]").click()
    expect(page.locator("h1")).to_have_text("HumanEval/1")
    page.locator("[rel=prev]").click()
    expect(page.locator("h1")).to_have_text("HumanEval/0")
    page.goto(f"{filled.live.url}/runs/{filled.runs['small']}")
    page.locator(".tiles a").first.click()
    sheet = page.get_by_role("dialog")
    sheet.locator("[rel=next]").click()
    expect(sheet.locator("h1")).to_have_text("HumanEval/1")


def test_many_different_samples_are_turned_page_by_page(filled: Filled) -> None:
    run = filled.runs["repeats"]
    with httpx.Client(base_url=filled.live.url, timeout=60) as http:
        first = http.get(f"/runs/{run}/samples", params={"task_id": "HumanEval/2"}).text
        assert (first.count("<article"), "later samples" in first, "earlier samples" in first) == (
            10,
            True,
            False,
        )
        start = first.rpartition("start=")[2].partition('"')[0]
        second = http.get(f"/runs/{run}/samples", params={"task_id": "HumanEval/2", "start": start}).text
        assert (second.count("<article"), "later samples" in second) == (3, False)
        assert "start=5" in second  # the first page begins with the sixth sample of the run

"""The pages in a real browser against a real service."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.evaluator.web.conftest import Filled


def test_the_first_stop_of_the_keyboard_skips_to_the_content(page: Page, filled: Filled) -> None:
    page.goto(f"{filled.live.url}/runs")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    assert page.locator(".skip").evaluate("e => getComputedStyle(e).outlineStyle") != "none"
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_run_shows_rates_with_intervals_verdicts_and_what_repeats_it(page: Page, filled: Filled) -> None:
    run = filled.runs["middle"]
    with filled.live.client() as http:
        told = http.get(f"/v1/runs/{run}").json()
    page.goto(f"{filled.live.url}/runs/{run}")
    low, high = told["result"]["intervals"]["pass@1"]
    row = page.get_by_role("row", name=re.compile("^pass@1"))
    expect(row).to_contain_text(f"{100 * told['result']['pass_at_k']['pass@1']:.1f}%")
    expect(row).to_contain_text(f"{100 * low:.1f}% – {100 * high:.1f}%")
    for verdict, count in told["result"]["verdicts"].items():
        expect(page.get_by_role("row", name=re.compile(f"^{verdict.replace('_', ' ')}"))).to_contain_text(
            str(count)
        )
    for text in (told["problems"]["sha256"], told["samples"]["sha256"], told["seed"], "isolated"):
        expect(page.locator(".facts")).to_contain_text(text)


def test_a_run_is_followed_live_without_loading_the_page_again(page: Page, filled: Filled) -> None:
    rows = [
        {
            "task_id": "HumanEval/0",
            "completion": f"    import time; time.sleep(0.5)  # {number}\n    return True\n",
        }
        for number in range(8)
    ]
    body = {"samples": rows, "name": "slow.jsonl", "k": "1", "ignore_incomplete": True}
    with filled.live.client() as http:
        run = http.post("/v1/runs", json=body).json()["id"]
    page.goto(f"{filled.live.url}/runs/{run}")
    expect(page.locator("#live progress")).to_be_visible()
    page.evaluate("window.same = true")
    expect(page.locator("[data-clock]")).to_be_visible()
    early = page.locator("[data-clock]").text_content()
    expect(page.locator("[data-clock]")).not_to_have_text(early or "")
    expect(page.locator("#live .state")).to_have_text("done", timeout=60_000)
    expect(page.locator("#live")).to_contain_text("8 of 8 samples")
    expect(page.locator("#live .facts")).to_contain_text(re.compile("Isolation(namespaces|landlock)"))
    expect(page.locator("[data-clock]")).to_have_count(0)
    expect(page.locator("#said")).to_have_text("The run is done.")
    assert page.evaluate("window.same"), "the page was loaded again"


def test_verdicts_are_counted_before_an_earlier_one_is_there(page: Page, filled: Filled) -> None:
    """The first sample takes longest; those that another worker judges are counted meanwhile."""
    slow = "    import time; time.sleep(8)\n"
    rows = [{"task_id": "HumanEval/0", "completion": slow}] + [
        {
            "task_id": "HumanEval/1",
            "completion": f"    import time; time.sleep(0.01 * {number})\n    return []\n",
        }
        for number in range(1, 9)
    ]
    options = {"name": "behind.jsonl", "k": "1", "ignore_incomplete": True, "timeout": 60}
    with filled.live.client() as http:
        run = http.post("/v1/runs", json={"samples": rows, **options}).json()["id"]
        page.goto(f"{filled.live.url}/runs/{run}")
        expect(page.locator("#live")).to_contain_text(re.compile("[2-8] of 9 samples"))
        assert http.get(f"/v1/runs/{run}").json()["done"] == 0
    expect(page.locator("#live")).to_contain_text("9 of 9 samples")


def test_a_running_run_is_cancelled_by_its_button(page: Page, filled: Filled) -> None:
    rows = [
        {"task_id": "HumanEval/0", "completion": f"    import time; time.sleep(2)  # {number}\n"}
        for number in range(40)
    ]
    body = {"samples": rows, "name": "long.jsonl", "k": "1", "ignore_incomplete": True}
    with filled.live.client() as http:
        run = http.post("/v1/runs", json=body).json()["id"]
    page.goto(f"{filled.live.url}/runs/{run}")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#live .state")).to_have_text("cancelled", timeout=30_000)


def test_a_file_is_scored_from_the_form_and_a_bad_one_is_explained(
    page: Page, filled: Filled, samples_file: Path
) -> None:
    page.goto(f"{filled.live.url}/runs/new")
    samples_file.write_text('{"task_id": "HumanEval/0", "completion": "    return 1\\n"}\n{broken\n')
    expect(page.get_by_label("Problems").locator("option:checked")).to_have_text("humaneval (164 problems)")
    page.get_by_role("button", name="Score").click()
    expect(page.locator("label:has([type=file]) + .field-error")).to_have_text("Choose the file of samples.")
    page.get_by_label("Samples").set_input_files(samples_file)
    page.get_by_label("Accept a file").check()
    page.get_by_label("k", exact=True).fill("ten")
    page.get_by_role("button", name="Score").click()
    expect(page.locator("label:has([name=k]) + .field-error")).to_contain_text("such as 1,10,100")
    expect(page.get_by_label("k", exact=True)).to_be_focused()
    page.get_by_label("k", exact=True).fill("1")
    with page.expect_response("**/v1/runs?*") as refused:
        page.get_by_role("button", name="Score").click()
    assert refused.value.status == 422
    expect(page.locator("label:has([type=file]) + .field-error")).to_contain_text("upload:2")


def test_a_good_file_leads_to_its_run(page: Page, filled: Filled, samples_file: Path) -> None:
    page.goto(f"{filled.live.url}/runs/new")
    samples_file.write_text(json.dumps({"task_id": "HumanEval/1", "completion": "    return []\n"}) + "\n")
    page.get_by_label("Samples").set_input_files(samples_file)
    page.get_by_label("Accept a file").check()
    page.get_by_label("k", exact=True).fill("1")
    page.get_by_role("button", name="Score").click()
    page.wait_for_url(re.compile(r"/runs/[0-9a-f]{21}$"))
    expect(page.locator("h1")).to_have_text("samples.jsonl on humaneval")
    expect(page.locator("#live .state")).to_have_text("done", timeout=60_000)


def test_the_map_orders_models_by_compute_and_problems_by_difficulty(page: Page, filled: Filled) -> None:
    page.goto(f"{filled.live.url}/map")
    heads = page.locator("#map thead th a").all_inner_texts()
    assert heads[:3] == ["small", "middle", "large"]  # other tests add models without compute
    rows = [row.locator("td a").all_inner_texts() for row in page.locator("#map tbody tr").all()[:4]]
    means = [sum(map(float, row)) / len(row) for row in rows]
    assert means == sorted(means, reverse=True)
    assert len({text for row in rows for text in row}) > 1


def test_a_cell_opens_its_samples_by_keyboard_and_gives_the_focus_back(page: Page, filled: Filled) -> None:
    page.goto(f"{filled.live.url}/map")
    cells = page.locator("#map tbody tr:nth-child(2) td a")
    page.locator("#map tbody tr:nth-child(1) td a").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(cells.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog")
    task = page.locator("#map tbody tr:nth-child(2) th").inner_text()
    expect(sheet.get_by_role("heading", level=1)).to_have_text(task)
    expect(sheet).to_contain_text("middle")
    assert sheet.locator("article").count() == 2
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(cells.nth(1)).to_be_focused()


def test_what_a_completion_holds_is_shown_as_text_and_never_run(page: Page, filled: Filled) -> None:
    page.goto(f"{filled.live.url}/runs/{filled.runs['hostile']}/samples?task_id=HumanEval%2F0")
    code = page.locator("article pre").first
    expect(code).to_contain_text("<script>document.title='owned'</script>")
    odd = code.locator(".odd").all_inner_texts()
    assert odd[:4] == ["\\u202e", "\\u200b", "\\x1b", "\\x1b"]
    assert page.locator("article pre .odd").last.inner_text() == "\\ud800"
    assert page.locator("article script, article img, article b").count() == 0
    expect(page.locator("article .detail").first).to_contain_text('<img src=x onerror="document.title=1">')
    text = page.locator("body").inner_text()
    assert not re.search("[\x1b\u202e\u200b\u2066]", text)
    assert "owned" not in page.title()
    page.goto(f"{filled.live.url}/runs")
    expect(page.get_by_role("row", name="<b>hostile")).to_be_visible()


def test_two_runs_are_compared_over_their_problems(page: Page, filled: Filled) -> None:
    page.goto(f"{filled.live.url}/compare")
    page.get_by_label("Run A").select_option(filled.runs["small"])
    page.get_by_label("Run B").select_option(filled.runs["large"])
    page.get_by_role("button", name="Compare").click()
    with filled.live.client() as http:
        rates = [
            http.get(f"/v1/runs/{filled.runs[name]}").json()["result"]["pass_at_k"]["pass@1"]
            for name in ("small", "large")
        ]
    expect(page.locator(".big")).to_contain_text(f"{100 * (rates[1] - rates[0]):+.1f}")
    expect(page.locator("main")).to_contain_text("95% interval")
    listed = page.locator("#disc ~ table tbody tr")
    assert listed.count() == 3
    listed.first.get_by_role("link").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("small")


def test_a_run_of_few_problems_names_them_and_fills_its_row(page: Page, filled: Filled) -> None:
    page.goto(f"{filled.live.url}/runs/{filled.runs['repeats']}")
    tiles = page.locator(".tiles")
    expect(tiles.locator("a")).to_have_text(["HumanEval/1 · 0 of 5", "HumanEval/2 · 0 of 13"])
    assert tiles.evaluate("each => each.lastElementChild.getBoundingClientRect().right") == pytest.approx(
        tiles.evaluate("each => each.getBoundingClientRect().right"), abs=1
    )

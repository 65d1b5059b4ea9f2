"""Two runs at every k: the sentences, the figures, and what the page says where it cannot."""

from playwright.sync_api import Page, expect

from evaluator.metrics.pass_at_k import Count
from evaluator.web.all_k import compare_at_every_k
from tests.evaluator.web.conftest import Filled


def _counts(passes: int, problems: int = 40) -> dict[str, Count]:
    """Half of the problems pass now and then, the others hardly ever."""
    return {f"t{n}": Count(16, passes if n % 2 else n % 3) for n in range(problems)}


def test_the_better_model_is_named_with_both_curves_and_the_band() -> None:
    found = compare_at_every_k(_counts(3), _counts(15), ("weak", "strong"), 64)
    assert "B is better" in found["order"][0]
    curves, difference, beyond = found["figures"]
    assert [each["name"] for each in curves["curves"]] == ["A weak", "B strong"]
    assert curves["curves"][1]["y"][0] > curves["curves"][0]["y"][0]
    low, high = difference["line"]["intervals"]["95"]
    assert all(a <= b <= c for a, b, c in zip(low, difference["line"]["middle"], high, strict=True))
    assert beyond["line"]["x"][-1] == 64
    assert found["beyond"][0].startswith("At k = 64, B is ahead with a probability of ")


def test_equal_models_show_no_clear_difference() -> None:
    found = compare_at_every_k(_counts(8), _counts(8), ("one", "two"), None)
    assert found["order"] == ["No clear difference at every k up to 16: the 95% band includes zero."]
    assert len(found["figures"]) == 2


def test_a_comparison_of_few_problems_says_why_there_is_no_curve(page: Page, filled: Filled) -> None:
    page.goto(f"{filled.live.url}/compare?a={filled.runs['small']}&b={filled.runs['large']}")
    expect(page.locator("#all-k .note")).to_contain_text("4 common problem")
    expect(page.get_by_label("up to k")).not_to_have_attribute("aria-invalid", "true")
    page.get_by_label("up to k").fill("two")
    page.get_by_role("button", name="Forecast").click()
    expect(page.get_by_label("up to k")).to_have_attribute("aria-invalid", "true")

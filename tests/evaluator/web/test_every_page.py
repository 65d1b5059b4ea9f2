"""Every page of a store with content: no violation that axe-core finds, and nothing wider than the screen."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.evaluator.web.conftest import Filled

_AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
_DESKTOP = {"viewport": {"width": 1280, "height": 860}}
_PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
_LOOKS: dict[str, dict[str, Any]] = {
    "desktop": _DESKTOP,
    "phone": _PHONE,
    "dark desktop": {**_DESKTOP, "color_scheme": "dark"},
    "dark phone": {**_PHONE, "color_scheme": "dark"},
}
# Only colours differ between light and dark, so there the rest is not looked at again.
_RUN = """dark => axe.run(dark ? {runOnly: {type: "rule", values: ["color-contrast"]}} : {}).then(found =>
    found.violations.map(each => `${each.id}: ${each.nodes.map(node => node.html).join(" ")}`.slice(0, 600)))"""

# What a reader would have to scroll sideways for; code may.
_SCROLLED = """[...document.querySelectorAll(".wide")].filter(each => each.checkVisibility() &&
    each.scrollWidth > each.clientWidth).map(each => each.ariaLabel)"""


def _addresses(filled: Filled) -> list[str]:
    runs = filled.runs
    return [
        "/runs", "/runs?state=done", "/runs?q=nobody", "/runs/new", f"/runs/{runs['small']}",
        f"/runs/{runs['small']}/samples", f"/runs/{runs['hostile']}/samples?task_id=HumanEval%2F0",
        f"/runs/{runs['small']}/samples?verdict=passed", f"/map?problems={filled.tiny}", "/map", "/compare",
        f"/compare?a={runs['small']}&b={runs['large']}", f"/compare?a={runs['small']}&b={runs['small']}",
        "/models", f"/models?problems={filled.tiny}", "/forecasts", "/forecasts/new",
        f"/forecasts/{filled.forecast}", f"/forecasts/{filled.resolved}", "/registry", "/login", "/nothing",
        *(f"/forecasts/{sha256}" for sha256 in filled.kinds.values()), "/forecasts/new?table=1",
        *(f"/forecasts/new?kind={kind}" for kind in ("samples", "loss", "accuracy", "run", "comparison")),
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("look", _LOOKS)
def test_every_page_is_accessible_and_fits_the_screen(
    open_page: Callable[..., Page], filled: Filled, look: str
) -> None:
    page = open_page(**_LOOKS[look])
    for address in _addresses(filled):
        answer = page.goto(filled.live.url + address)
        assert answer, address
        assert answer.status == (404 if address == "/nothing" else 200), address
        assert "unsafe" not in answer.headers["content-security-policy"]
        if address.startswith("/forecasts/") and "/new" not in address:
            page.locator(".chart canvas").wait_for()
        if "&b=" in address:
            page.locator("#all-k form").wait_for()
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{address} is {wide} px too wide"
        if look.endswith("phone"):
            assert page.evaluate(_SCROLLED) == [], address
        page.evaluate(_AXE)
        assert page.evaluate(_RUN, look.startswith("dark")) == [], address

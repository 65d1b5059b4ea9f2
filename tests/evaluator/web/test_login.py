"""Who may see the pages when the store has keys."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import Page, expect

from evaluator.store import Scope, open_store
from evaluator.store.api_keys import create_key
from tests.services import serving

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A service that asks for a key, and a key that may only read."""
    path: Path = tmp_path_factory.mktemp("locked") / "passlaw.db"
    store = open_store(path)
    with store.write() as db:
        _key, text = create_key(db, "a <b>reader", [Scope.READ])
    store.close()
    with serving(path, code_workers=0, runs_at_once=0) as live:
        yield live.url, text


def test_a_reader_logs_in_and_out_again(open_page: Callable[..., Page], locked: tuple[str, str]) -> None:
    url, key = locked
    page = open_page()
    page.goto(f"{url}/models")
    assert page.url == f"{url}/login?next=%2Fmodels"
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("h1")).to_have_text("Models")
    expect(page.locator(".who")).to_contain_text("a <b>reader")
    [cookie] = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert page.evaluate("document.cookie") == ""
    page.get_by_role("button", name="Log out").click()
    expect(page.locator("h1")).to_have_text("Log in")
    assert page.context.cookies() == []


def test_a_wrong_key_is_refused_and_not_repeated(locked: tuple[str, str]) -> None:
    answer = httpx.post(f"{locked[0]}/login", data={"key": "passlaw_no", "next": "/runs"})
    assert (answer.status_code, "Invalid or revoked key" in answer.text) == (401, True)
    assert "passlaw_no" not in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "address", ["/runs", "/map", "/compare", "/models", "/forecasts", "/registry", "/runs/new"]
)
def test_nothing_is_shown_without_a_key(locked: tuple[str, str], address: str) -> None:
    answer = httpx.get(locked[0] + address)
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login")


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nx: y", "evil"]
)
def test_logging_in_never_leads_to_another_site(locked: tuple[str, str], elsewhere: str) -> None:
    answer = httpx.post(f"{locked[0]}/login", data={"key": locked[1], "next": elsewhere})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_a_page_of_another_site_cannot_log_in_or_change_anything(locked: tuple[str, str]) -> None:
    url, key = locked
    foreign = {"origin": "https://evil.example"}
    assert httpx.post(f"{url}/login", data={"key": key}, headers=foreign).status_code == 403
    answer = httpx.post(
        f"{url}/v1/models", json={"name": "x"}, headers=foreign | {"cookie": f"passlaw_key={key}"}
    )
    assert answer.status_code == 403


def test_a_part_of_a_page_sends_the_whole_page_to_the_login(locked: tuple[str, str]) -> None:
    answer = httpx.get(f"{locked[0]}/runs", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/login?next=%2Fruns")

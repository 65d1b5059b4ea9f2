"""Errors are pages to a browser and problem details to an API client."""

import httpx
import pytest

from tests.evaluator.web.conftest import Filled

_BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/nothing", 404, "There is no page at this address."),
        ("/runs/nothing", 404, "The address is not right"),
        ("/v1/runs/" + "0" * 21, 404, "no run 000"),
        ("/v1/runs?limit=0", 422, "query.limit"),
        ("/runs?offset=-1", 422, "offset"),
    ],
)
def test_a_browser_is_shown_a_page(filled: Filled, address: str, status: int, said: str) -> None:
    answer = httpx.get(filled.live.url + address, headers=_BROWSER, timeout=60)
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (status, "text/html")
    assert said in answer.text
    assert "<nav" in answer.text


@pytest.mark.parametrize(("address", "status"), [("/nothing", 404), ("/v1/runs?limit=0", 422)])
def test_a_client_is_told_in_json(filled: Filled, address: str, status: int) -> None:
    answer = httpx.get(filled.live.url + address, timeout=60)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status

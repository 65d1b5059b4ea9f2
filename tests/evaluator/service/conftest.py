from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import httpx
import pytest

from tests import services
from tests.services import Live, serving


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """One for all tests of this folder that need no service of their own: each starts several processes."""
    with serving(
        tmp_path_factory.mktemp("live") / "passlaw.db", workers=2, idle_s=2, max_rows=5000
    ) as service:
        yield service


@pytest.fixture
def http(live: Live) -> Iterator[httpx.Client]:
    with live.client() as client:
        yield client


@pytest.fixture
def finished(http: httpx.Client) -> Callable[[str], dict[str, Any]]:
    return partial(services.finished, http)

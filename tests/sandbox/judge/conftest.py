"""A sandbox whose programs are tried in the shared process first."""

from collections.abc import Iterator

import pytest
from tests_sandbox import SHARED_LIMITS, opened_at

from sandbox import Sandbox


@pytest.fixture(scope="module")
def auto_box(level: str) -> Iterator[Sandbox]:
    with opened_at(level, limits=SHARED_LIMITS, execution="auto", audit=0.0) as opened:
        yield opened

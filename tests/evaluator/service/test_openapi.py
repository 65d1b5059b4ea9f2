"""The OpenAPI document is true: requests made up from it never fail the service or get an answer it denies."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings, strategies
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from evaluator.app import build_app
from evaluator.service.settings import ServiceSettings
from tests.services import Live, serving

EXAMPLES = int(os.environ.get("PASSLAW_OPENAPI_EXAMPLES", "15"))


SCHEMA = schemathesis.openapi.from_dict(build_app().openapi())
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A service of their own: what they make of it would be in the way of other tests."""
    with serving(tmp_path_factory.mktemp("openapi") / "s.db", workers=2, idle_s=2, max_rows=5000) as service:
        yield service


@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_fails_the_service_or_is_answered_otherwise_than_described(label: str, live: Live) -> None:
    @settings(
        max_examples=EXAMPLES, deadline=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck), database=None,
    )  # fmt: skip
    @given(case=strategies.one_of(OPERATIONS[label].as_strategy(mode) for mode in GenerationMode))
    def ask(case: Any) -> None:
        answer = case.call(base_url=live.url, timeout=60)
        case.validate_response(answer, checks=CHECKS)

    ask()


def test_every_operation_is_described(http: httpx.Client) -> None:
    found = http.get("/openapi.json").json()
    for path, item in found["paths"].items():
        for method, operation in item.items():
            assert operation.get("description"), f"{method} {path}"
            assert "422" not in operation["responses"] or "problem+json" in str(operation["responses"]["422"])


def test_the_documentation_names_every_operation_and_setting() -> None:
    text = Path(__file__).parents[3].joinpath("docs", "service.md").read_text(encoding="utf-8")
    for name in ServiceSettings.model_fields:
        assert f"| `PASSLAW_{name.upper()}` |" in text, name

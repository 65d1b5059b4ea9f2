"""Sandboxes shared by the tests of a session."""

from collections.abc import Callable, Iterator

import pytest
from tests_sandbox import ASK, EVERY_LEVEL, opened_at, program, run_one

from sandbox import JudgeMode, Limits, Outcome, Program, Sandbox
from sandbox.host.sharing import Sharing


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out a test at levels that do not promise what it tests: `@pytest.mark.levels("docker", ...)`."""
    kept, left_out = [], []
    for item in items:
        mark = item.get_closest_marker("levels")
        level = getattr(item, "callspec", None) and item.callspec.params.get("level")
        (left_out if mark and level and level not in mark.args else kept).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


@pytest.fixture(scope="session", params=EVERY_LEVEL)
def level(request: pytest.FixtureRequest) -> str:
    """A level of isolation; tests that use this, or a box, run at each that the machine has."""
    return str(request.param)


@pytest.fixture(scope="session")
def box(level: str) -> Iterator[Sandbox]:
    with opened_at(level, limits=Limits(cpu_s=1.0), execution="dedicated") as opened:
        yield opened


@pytest.fixture(scope="session")
def in_process_box(level: str) -> Iterator[Sandbox]:
    with opened_at(level, limits=Limits(cpu_s=1.0), judge=JudgeMode.IN_PROCESS) as opened:
        yield opened


@pytest.fixture(scope="module")
def tried_first() -> Iterator[None]:
    """Have every program tried in the shared process, also where that does not pay."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sharing, "pays", lambda _self, _check: True)
        yield


@pytest.fixture
def add(box: Sandbox) -> Callable[[str], Outcome]:
    """Run a body of `add(a, b)`."""
    return lambda body: run_one(box, program(body))


@pytest.fixture
def ask(box: Sandbox) -> Callable[[str], str]:
    """Run a program in the jail and return what `repr` its function `f()` gave, or how it ended."""

    def asked(source: str) -> str:
        outcome = run_one(box, Program(source, ASK))
        return outcome.detail.partition("the last call returned ")[2] or outcome.detail

    return asked

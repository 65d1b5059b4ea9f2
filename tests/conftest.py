import os

import pytest

from tests import leaving_out


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--whole-corpus", action="store_true", help="run every attack with a bundle of packages, too"
    )
    parser.addoption("--quick", action="store_true", help="leave out what is slow or needs more than Python")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("quick"):
        leaving_out.leave_out(config, items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.getoption("quick"):
        leaving_out.tell(terminalreporter)


@pytest.fixture(scope="session", autouse=True)
def _a_home_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep tests out of the user's own store and what it keeps of problem sets."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))
    os.environ["XDG_DATA_HOME"] = str(tmp_path_factory.mktemp("data"))
    os.environ.pop("PASSLAW_STORE", None)

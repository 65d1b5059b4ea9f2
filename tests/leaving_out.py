"""`--quick`: leave out the tests that are slow or need more than Python, and count what was left out, by reason."""

import os
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from sandbox.jail.probe import namespaces_work

__all__ = ["leave_out", "reason_to_leave_out", "tell"]

_namespaces_work = cache(namespaces_work)  # asked for each test, and answered by a process

_FIXTURES = {"browser": "browser", "postgresql": "PostgreSQL"}
_CONTAINERS = {"docker", "gvisor"}


def reason_to_leave_out(item: pytest.Item) -> str | None:
    """Why a quick run leaves a test out; None if it does not.

    A test is slow by its mark, and of the levels that need no more than Python it is run at the one that is this
    machine's default. It needs containers if a parameter is the level `docker` or `gvisor`, PostgreSQL if
    a parameter says so, a browser or PostgreSQL if it uses that fixture, and whatever `@pytest.mark.needs(...)` says.
    """
    if item.get_closest_marker("slow"):
        return "slow"
    if mark := item.get_closest_marker("needs"):
        return str(mark.args[0])
    given = getattr(getattr(item, "callspec", None), "params", {}).values()
    parameters = {value for value in given if isinstance(value, str)}
    if parameters & _CONTAINERS:
        return "containers"
    if "landlock" in parameters and _namespaces_work():
        return "at a level that is not the default here"
    if "postgresql" in parameters:
        return "PostgreSQL"
    names = getattr(item, "fixturenames", ())
    return next((reason for fixture, reason in _FIXTURES.items() if fixture in names), None)


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what a quick run leaves out."""
    found = [(item, reason_to_leave_out(item)) for item in items]
    config.stash[_LEFT_OUT] = Counter(reason for _item, reason in found if reason)
    config.hook.pytest_deselected(items=[item for item, reason in found if reason])
    items[:] = [item for item, reason in found if not reason]


def tell(reporter: pytest.TerminalReporter) -> None:
    """Say in one line what was left out, or add it to the file that `PASSLAW_LEFT_OUT` names."""
    counts = reporter.config.stash.get(_LEFT_OUT, Counter()).copy()  # none if the arguments were wrong
    if skipped := len(reporter.stats.get("skipped", [])):
        counts["not possible on this machine"] = skipped
    if file := os.environ.get("PASSLAW_LEFT_OUT"):
        with Path(file).open("a") as lines:
            lines.writelines(f"{count}\t{reason}\n" for reason, count in counts.items())
    elif counts:
        told = ", ".join(f"{count:,} {reason}" for reason, count in counts.most_common())
        reporter.write_line(f"left out: {told}; scripts/test --all runs everything")


_LEFT_OUT = pytest.StashKey[Counter[str]]()

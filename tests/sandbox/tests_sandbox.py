"""The tiny problem that the sandbox tests run, and how they run it."""

import os
from typing import Any

import pytest

from sandbox import Check, IsolationError, Limits, Outcome, Program, Sandbox, open_sandbox

__all__ = [
    "ADD",
    "ASK",
    "EVERY_LEVEL",
    "FRAMES",
    "SHARED_LIMITS",
    "opened_at",
    "program",
    "run_counting",
    "run_one",
]

EVERY_LEVEL = ["landlock", "namespaces", "docker", "gvisor"]
_BACKEND = {"namespaces": "namespace", "docker": "docker", "gvisor": "docker", "landlock": "landlock"}

ADD = Check(
    entry_point="add",
    prompt='def add(a, b):\n    """Return the sum."""\n',
    test="def check(candidate):\n    assert candidate(1, 2) == 3\n    assert candidate(5, 6) == 11\n",
)
ASK = Check(
    entry_point="f", test="def check(candidate):\n    assert candidate() is check, 'only to be quoted'\n"
)
# Of programs that are tried in the shared process first.
SHARED_LIMITS = Limits(cpu_s=2.0, memory_bytes=1 << 30)
# Collects in `found` what frames of the machinery hold, without a name that `may_be_lean` looks for.
FRAMES = """
found = {}
def look():
    frame = here.gi_frame
    while frame is not None:
        for name, thing in [*frame.f_globals.items(), *frame.f_locals.items()]:
            found.setdefault(name, thing)
        frame = frame.f_back
    yield 1
here = look()
next(here)
"""


def program(body: str, check: Check = ADD) -> Program:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return Program(f"def add(a, b):\n{lines}", check)


def run_one(box: Sandbox, one: Program) -> Outcome:
    (outcome,) = box.run([one])
    return outcome


def run_counting(box: Sandbox, programs: list[Program]) -> tuple[list[Outcome], int]:
    """Run programs; return their outcomes and how many had one from the shared process, passes included."""
    before = box.audit.verified
    outcomes = list(box.run(programs))
    return outcomes, box.audit.verified - before


def opened_at(level: str, **arguments: Any) -> Sandbox:
    """Open a sandbox at exactly this level; one this machine lacks is skipped aloud, and in CI it fails."""
    try:
        box = open_sandbox(**{"workers": 1, "backend": _BACKEND[level], "isolation": level, **arguments})
    except IsolationError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"not tested at level {level!r}, which this machine does not give: {error}")
    assert box.description.isolation == level
    return box

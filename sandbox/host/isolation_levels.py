"""Find out which isolation levels work here: open a sandbox at each and run a program in it."""

from dataclasses import dataclass
from typing import Final

from sandbox.backends.selection import DEFAULT_ORDER, ISOLATION_LEVELS, IsolationLevel
from sandbox.errors import SandboxError
from sandbox.host.open import open_sandbox
from sandbox.program import Check, Limits, Program

__all__ = ["ProbedLevel", "probe_isolation_levels"]

_ADD: Final = Check("add", "def check(candidate):\n    assert candidate(1, 2) == 3\n")


@dataclass(frozen=True, slots=True)
class ProbedLevel:
    """One level, and whether it works.

    Attributes:
        name: as `open_sandbox` takes it.
        ok: whether a program ran in it just now.
        found: what it consists of here, or the sentence that says what is missing and what to do.
        meaning: what it stops.
        default: whether it is what a run gets that asks for none.
    """

    name: str
    ok: bool
    found: str
    meaning: str
    default: bool = False


def probe_isolation_levels() -> list[ProbedLevel]:
    """Return every level from weakest to strongest; takes a second or two for each that works."""
    tried = {level.name: _probe(level) for level in ISOLATION_LEVELS}
    first = next((name for name in DEFAULT_ORDER if tried[name][0]), "")
    return [
        ProbedLevel(level.name, *tried[level.name], level.describes, default=level.name == first)
        for level in ISOLATION_LEVELS
    ]


def _probe(level: IsolationLevel) -> tuple[bool, str]:
    try:
        limits = Limits(cpu_s=2.0)
        with open_sandbox(workers=1, limits=limits, backend=level.backend, isolation=level.name) as box:
            (outcome,) = box.run([Program("def add(a, b):\n    return a + b\n", _ADD)])
            about = box.description
    except SandboxError as error:
        return False, str(error).removeprefix(f"{level.name}: ")
    if not outcome.verdict.passed:
        return False, f"opened, but a program that adds two numbers was judged {outcome.verdict.value}"
    parts = [f"Python {about.python}", f"landlock {about.landlock}" if about.landlock else "no landlock"]
    parts.append(f"control groups {about.control_groups}" if about.control_groups else "no control groups")
    return True, ", ".join(parts)

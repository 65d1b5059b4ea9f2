"""Which levels of isolation work here, found out by opening a sandbox at each and running a program in it."""

from dataclasses import dataclass
from typing import Final

from sandbox.backends.selection import BACKEND_OF, LEVELS, UNASKED
from sandbox.errors import SandboxError
from sandbox.host.pool import open_sandbox
from sandbox.program import Check, Limits, Program

__all__ = ["Level", "examine_levels"]

_STOPS: Final = {
    "landlock": "files, network and system calls shut; processes see that others exist but reach none",
    "namespaces": "a world of its own beside that: no other process, file, network or user is there at all",
    "docker": "the same from the container engine, with limits on memory and processes that always hold",
    "gvisor": "a kernel of its own between programs and the machine's: the strongest, and the slowest",
}
_ADD: Final = Check("add", "def check(candidate):\n    assert candidate(1, 2) == 3\n")


@dataclass(frozen=True, slots=True)
class Level:
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


def examine_levels() -> list[Level]:
    """Return every level from weakest to strongest; takes a second or two for each that works."""
    tried = {name: _examine(name) for name in LEVELS}
    first = next((name for name in UNASKED if tried[name][0]), "")
    return [Level(name, *tried[name], _STOPS[name], default=name == first) for name in LEVELS]


def _examine(name: str) -> tuple[bool, str]:
    try:
        limits = Limits(cpu_s=2.0)
        with open_sandbox(workers=1, limits=limits, backend=BACKEND_OF[name], isolation=name) as box:
            (outcome,) = box.run([Program("def add(a, b):\n    return a + b\n", _ADD)])
            about = box.description
    except SandboxError as error:
        return False, str(error).removeprefix(f"{name}: ")
    if not outcome.verdict.passed:
        return False, f"opened, but a program that adds two numbers was judged {outcome.verdict.value}"
    parts = [f"Python {about.python}", f"landlock {about.landlock}" if about.landlock else "no landlock"]
    parts.append(f"control groups {about.control_groups}" if about.control_groups else "no control groups")
    return True, ", ".join(parts)

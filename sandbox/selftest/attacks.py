"""The hostile programs of `attacks.toml`, each with the check that it must not get the better of.

A `forge` is a wrong solution of a tiny problem that tries to be scored as right. A `reach` tries to touch
something outside its process, and says what it touched.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from sandbox.program import Check, Outcome, Program, Verdict

__all__ = ["HONEST", "Attack", "load_attacks"]

_FILE: Final = Path(__file__).with_name("attacks.toml")
_ADD: Final = Check(
    "add", "def check(candidate):\n    assert candidate(2, 3) == 5\n    assert candidate(-1, 1) == 0\n"
)
_REACH: Final = Check(
    "reach", "def check(candidate):\n    reached = candidate()\n    assert reached == [], reached\n"
)

HONEST: Final = Program("def add(a, b):\n    return a + b\n", _ADD)


@dataclass(frozen=True, slots=True)
class Attack:
    """One hostile program.

    Attributes:
        name: a short name.
        about: what it tries, in a few words.
        kind: `forge` or `reach`.
        program: itself, with its check.
    """

    name: str
    about: str
    kind: Literal["forge", "reach"]
    program: Program

    def held(self, outcome: Outcome) -> bool:
        """Return whether the sandbox held: a forgery did not pass, and what reaches out touched nothing.

        A program that was stopped, or whose attempt raised an exception, touched nothing either; what
        counts is that it never got to say that it did.
        """
        if self.kind == "forge":
            return not outcome.verdict.passed and outcome.verdict.scored
        return outcome.verdict.scored and outcome.verdict is not Verdict.WRONG_ANSWER


def load_attacks() -> list[Attack]:
    """Return the attacks in the order of their file."""
    table = tomllib.loads(_FILE.read_text())
    return [
        Attack(name, entry["about"], kind, Program(entry["source"], _ADD if kind == "forge" else _REACH))
        for kind in ("forge", "reach")
        for name, entry in table[kind].items()
    ]

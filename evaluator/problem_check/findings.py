"""What the check of a problem set found: how many problems can be scored, and why others are left out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

__all__ = ["Fault", "LeftOut", "ProblemCheck"]

_NAMED: Final = 5


class Fault(StrEnum):
    """Why a problem is left out.

    `BROKEN_TEST`: its test or prompt does not compile or run, or it defines no `check` that takes the
    function, so no program can pass. `MISSING_MODULE`: they import what the sandbox does not have.
    `CHECKS_NOTHING`: every program passes. `BY_VALUE`: what the function takes or returns does not cross from
    process to process, so that only the in-process judge can judge it. `RUNS_ANSWERS`: its test runs as code
    what a program returns, which could then forge verdicts. `SOLUTION_FAILS`: its own solution does not pass.
    """

    BROKEN_TEST = "broken_test"
    MISSING_MODULE = "missing_module"
    CHECKS_NOTHING = "checks_nothing"
    BY_VALUE = "by_value"
    RUNS_ANSWERS = "runs_answers"
    SOLUTION_FAILS = "solution_fails"

    @property
    def judged(self) -> bool:
        """Return whether samples of the problem are run all the same, for the rate over all problems."""
        return self is Fault.SOLUTION_FAILS


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A problem that does not count, and why."""

    task_id: str
    fault: Fault
    reason: str


@dataclass(frozen=True, slots=True, repr=False)
class ProblemCheck:
    """What the check of a problem set found.

    Attributes:
        problems: how many there are.
        by_solution: how many of them were judged by their own solution; the others give none, and were
            checked as far as their text tells.
        left_out: those that cannot be scored.
        unsure: those whose own solution the machine failed on; they count.
        seconds: what the check took; 0 where all was known.
    """

    problems: int
    by_solution: int
    left_out: tuple[LeftOut, ...] = ()
    unsure: tuple[str, ...] = ()
    seconds: float = 0.0

    def __repr__(self) -> str:
        return f"ProblemCheck({self.summary()})"

    @property
    def held(self) -> int:
        """Return how many problems can be scored."""
        return self.problems - len(self.left_out)

    @property
    def share(self) -> float:
        """Return the share of problems that can be scored."""
        return self.held / self.problems

    @property
    def excluded(self) -> Mapping[str, LeftOut]:
        """Return the problems that do not count, by task_id."""
        return {each.task_id: each for each in self.left_out}

    @property
    def not_judged(self) -> Mapping[str, LeftOut]:
        """Return the excluded problems whose samples are not run."""
        return {each.task_id: each for each in self.left_out if not each.fault.judged}

    def summary(self) -> str:
        """Return one sentence for a person."""
        scored = f"{self.held:,} of {self.problems:,} problems"
        if self.by_solution == self.problems and not self.unsure:
            return f"{scored} pass their own solution ({self.share:.1%})"
        how = f"{self.by_solution:,} have a solution to check" if self.by_solution else "none has a solution"
        return f"{scored} can be scored ({self.share:.1%}; {how})"

    def complaint(self) -> str:
        """Return which problems are left out and why, in a few hundred characters; empty if none is."""
        if not self.left_out:
            return ""
        named = "; ".join(f"{each.task_id:.60}: {each.reason:.160}" for each in self.left_out[:_NAMED])
        more = len(self.left_out) - _NAMED
        return named + (f"; and {more:,} more" if more > 0 else "")

    def as_dict(self) -> dict[str, object]:
        """Return the same as plain values, ready for JSON."""
        return asdict(self) | {"held": self.held, "share": self.share}

    @classmethod
    def of(cls, plain: Mapping[str, Any] | None) -> "ProblemCheck | None":
        """Return what `as_dict` gave; None for a run that was made before there was a check."""
        if plain is None:
            return None
        left_out = tuple(
            LeftOut(each["task_id"], Fault(each["fault"]), each["reason"]) for each in plain["left_out"]
        )
        return cls(
            plain["problems"], plain["by_solution"], left_out, tuple(plain["unsure"]), plain["seconds"]
        )

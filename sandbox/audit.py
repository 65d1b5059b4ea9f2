"""A check on the verified lane while it is used: some programs run again in a process of their own."""

import hashlib
from dataclasses import dataclass, field, replace
from typing import Final

from sandbox.program import Outcome

__all__ = ["Audit"]

_NAMED: Final = 100


@dataclass(slots=True)
class Audit:
    """Chooses programs and keeps what came of comparing their outcomes.

    A verdict from a process of its own always counts; a disagreement says that verified programs of this
    sandbox cannot be trusted, and a run in which there is one has failed its own check.

    Attributes:
        share: of the programs that have an outcome from the verified lane.
        seed: of the choice, so that a run can be repeated.
        verified: outcomes from the verified lane, the audited ones included.
        audited: of those, how many were obtained again.
        disagreed: of those, how many differed in verdict or in the calls answered.
        disagreements: a sentence for each, the first hundred.
    """

    share: float
    seed: int
    verified: int = 0
    audited: int = 0
    disagreed: int = 0
    disagreements: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not 0.0 <= self.share <= 1.0:
            raise ValueError(f"audit must be a share between 0 and 1, not {self.share}")

    def chooses(self, serial: int) -> bool:
        """Whether the program of that number is one to run again."""
        # By number, not in the order of arrival: which worker is quicker must not change the choice.
        if self.share <= 0:
            return False
        drawn = hashlib.blake2b(f"{self.seed} {serial}".encode(), digest_size=8).digest()
        return int.from_bytes(drawn, "little") < self.share * (1 << 64)

    def compare(self, serial: int, shared: Outcome, own: Outcome) -> None:
        """Take note of both outcomes of a program."""
        self.audited += 1
        if not own.verdict.scored or (shared.verdict, shared.calls) == (own.verdict, own.calls):
            return
        self.disagreed += 1
        if len(self.disagreements) < _NAMED:
            self.disagreements.append(
                f"program {serial + 1}: {shared.verdict} after {shared.calls} calls beside others, "
                f"{own.verdict} after {own.calls} in a process of its own"
            )

    def joined(self, other: "Audit") -> "Audit":
        """Return this audit and another of the same run as one."""
        return replace(
            self,
            verified=self.verified + other.verified,
            audited=self.audited + other.audited,
            disagreed=self.disagreed + other.disagreed,
            disagreements=(self.disagreements + other.disagreements)[:_NAMED],
        )

"""A check on the shared process while it is used: passes and a share of failures are obtained again."""

import hashlib
from dataclasses import dataclass, field, replace
from typing import Final

from sandbox.program import Outcome

__all__ = ["Audit"]

_NAMED: Final = 100


@dataclass(slots=True)
class Audit:
    """A record of programs that ran both in the shared process and in their own, and whether both agreed.

    A verdict from a process of a program's own always counts. Where the shared process came to another,
    nothing that it said in this run counts.

    Attributes:
        share: of the programs that the shared process failed, which are run again.
        seed: of the choice, so that a run can be repeated.
        verified: outcomes from the shared process, those that were obtained again included.
        audited: of the failures among them, how many were obtained again.
        disagreed: of all that were obtained again, how many differed in verdict or in the calls answered.
        disagreements: a sentence for each, the first hundred.
        confirmed: passes that were obtained again, as all are: without that, none counts.
        healed: whether a disagreement made the run begin anew with processes of their own for all programs;
            what is counted above is what was found until then.
    """

    share: float
    seed: int
    verified: int = 0
    audited: int = 0
    disagreed: int = 0
    disagreements: list[str] = field(default_factory=list)
    confirmed: int = 0
    healed: bool = False

    def __post_init__(self) -> None:
        if not 0.0 <= self.share <= 1.0:
            raise ValueError(f"audit must be a share between 0 and 1, not {self.share}")

    def chooses(self, serial: int) -> bool:
        """Return whether the program of that number is one to run again."""
        # By number, not in the order of arrival: which worker is quicker must not change the choice.
        if self.share <= 0:
            return False
        drawn = hashlib.blake2b(f"{self.seed} {serial}".encode(), digest_size=8).digest()
        return int.from_bytes(drawn, "little") < self.share * (1 << 64)

    def compare(self, serial: int, shared: Outcome, own: Outcome) -> bool:
        """Take note of both outcomes of a program; return whether they agree, as far as there are two."""
        if shared.verdict.passed:
            self.confirmed += 1
        else:
            self.audited += 1
        if not own.verdict.scored or (shared.verdict, shared.calls) == (own.verdict, own.calls):
            return True
        self.disagreed += 1
        if len(self.disagreements) < _NAMED:
            self.disagreements.append(
                f"program {serial + 1}: {shared.verdict} after {shared.calls} calls in the shared process, "
                f"{own.verdict} after {own.calls} in a process of its own"
            )
        return False

    def joined(self, other: "Audit") -> "Audit":
        """Return this audit and another of the same run as one."""
        return replace(
            self,
            verified=self.verified + other.verified,
            audited=self.audited + other.audited,
            disagreed=self.disagreed + other.disagreed,
            disagreements=(self.disagreements + other.disagreements)[:_NAMED],
            confirmed=self.confirmed + other.confirmed,
            healed=self.healed or other.healed,
        )

"""What one completion is worth, or why that cannot be told."""

from dataclasses import asdict, dataclass

from evaluator.errors import EvaluatorError
from sandbox import Outcome

__all__ = ["Reward", "RewardUnavailableError", "reward_of"]


class RewardUnavailableError(EvaluatorError):
    """An item has no reward: it is malformed, or the sandbox failed. It must not be taken for 0."""


@dataclass(frozen=True, slots=True)
class Reward:
    """The reward of one item.

    Attributes:
        reward: from 0 to 1; None, and never 0, where there is no verdict: the item is malformed, the text of
            its own test does not run, or the sandbox failed on it.
        passed: whether it passed; None likewise.
        verdict: the sandbox's verdict; None where the item was not run.
        fraction: the share of its tests that passed; None where the tests are not told apart.
        detail: one line for a person: why it failed, or why there is no reward. It may hold text that the
            completion chose.
    """

    reward: float | None
    passed: bool | None
    verdict: str | None
    fraction: float | None
    detail: str

    @classmethod
    def missing(cls, reason: str) -> "Reward":
        """Return an item's lack of a reward."""
        return cls(None, None, None, None, reason)

    def as_dict(self) -> dict[str, object]:
        """Return the same as plain values."""
        return asdict(self)


def reward_of(outcome: Outcome, *, fraction: bool) -> Reward:
    """Return the reward of an outcome: 1 for a pass, or the fraction if that is asked for and known."""
    verdict = outcome.verdict
    if not verdict.scored:
        return Reward(None, None, verdict.value, None, outcome.detail)
    value = float(verdict.passed)
    if fraction and outcome.fraction is not None:
        value = outcome.fraction
    return Reward(value, verdict.passed, verdict.value, outcome.fraction, outcome.detail)

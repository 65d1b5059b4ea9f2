"""How far a generation is, and what it made."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

__all__ = ["Generation", "GenerationProgress"]

_FEWEST: Final = 10  # answers before the rest is estimated


@dataclass(slots=True)
class GenerationProgress:
    """Counts of one call of `generate`; they grow while it runs.

    Attributes:
        total: rows that the file is to have.
        done: rows that it has.
        made: rows that this call has added.
        cut: rows of the file whose answer was cut off by the limit on tokens.
        failed: requests of this call that failed, after all retries.
        tokens: completion tokens of this call's rows, as the endpoint counts them; 0 where it does not.
        seconds: wall-clock time since the first request.
        concurrency: requests at once.
    """

    total: int
    done: int
    concurrency: int
    made: int = 0
    cut: int = 0
    failed: int = 0
    tokens: int = 0
    seconds: float = 0.0

    @property
    def tokens_per_second(self) -> float | None:
        """Return completion tokens a second; None where the endpoint does not count them."""
        return self.tokens / self.seconds if self.tokens and self.seconds else None

    @property
    def remaining_s(self) -> float | None:
        """Return an estimate of the seconds left; None while there are too few answers.

        The first answers to arrive are the short ones, so it needs as many as two rounds of requests.
        """
        if self.made < max(_FEWEST, 2 * self.concurrency):
            return None
        return self.seconds / self.made * (self.total - self.done)


@dataclass(frozen=True, slots=True)
class Generation:
    """The result of a call of `generate`: which rows the samples file has, and what failed.

    Attributes:
        output: the samples file.
        record: the record beside it.
        total: rows that it is to have.
        rows: rows that it has.
        made: rows that this call added.
        cut: rows whose answer the limit on tokens cut off.
        tokens: completion tokens of the rows that this call added.
        seconds: wall-clock time of this call's requests.
        failures: why requests failed, the first hundred: `HumanEval/3, sample 7: ...`.
        stopped: why it stopped before it had asked for everything; empty if it did not.
        left_out: problems that were not asked for, because they have no usable tests.
    """

    output: Path
    record: Path
    total: int
    rows: int
    made: int
    cut: int
    tokens: int
    seconds: float
    failures: Sequence[str] = field(default_factory=tuple)
    stopped: str = ""
    left_out: Sequence[str] = ()

    @property
    def complete(self) -> bool:
        """Return whether the file has every row."""
        return self.rows == self.total

    def as_dict(self) -> dict[str, object]:
        """Return the object that `passlaw generate --json` prints."""
        names = ("total", "rows", "made", "cut", "tokens", "seconds", "stopped", "complete")
        paths: dict[str, object] = {"output": str(self.output), "record": str(self.record)}
        return (
            paths
            | {name: getattr(self, name) for name in names}
            | {"failures": list(self.failures), "left_out": list(self.left_out)}
        )

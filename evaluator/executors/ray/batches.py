"""Cut a stream of programs into batches of about equal run time.

What a program will cost is told by those before it with the same check: a problem on which programs run into
their time limit costs a thousand times what another does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Final

from evaluator.executors.ray.serialization import to_bytes
from sandbox import Check, Outcome, Program

__all__ = ["Batch", "Batcher", "CheckStats"]

_BATCH_S: Final = 0.5
_MOST_PROGRAMS: Final = 4096
_MOST_BYTES: Final = 1 << 20
_PRIOR_S: Final = 0.005  # before anything is known
_PRIOR_WEIGHT: Final = 4.0
_LEAST_S: Final = 0.0002
_PIECES: Final = 16


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive programs of a run.

    Attributes:
        first: the number of the first in the run.
        checks: for each program, its check's number.
        sources: for each program, its text.
        losses: how often a node was lost that had it.
    """

    first: int
    checks: tuple[int, ...]
    sources: tuple[str, ...]
    losses: int = 0

    def __len__(self) -> int:
        return len(self.checks)

    def packed(self) -> bytes:
        """Return the batch as bytes for a node."""
        return to_bytes(list(zip(count(self.first), self.checks, self.sources, strict=False)))

    def lost(self) -> "list[Batch]":
        """Return the batches to run after the node with this batch was lost.

        From the second time on it is in pieces, so that a program that takes nodes down is soon alone.
        """
        size = len(self) if not self.losses else max(1, len(self) // _PIECES)
        return [
            Batch(self.first + at, self.checks[at : at + size], self.sources[at : at + size], self.losses + 1)
            for at in range(0, len(self), size)
        ]


class CheckStats:
    """Number the checks and estimate the run time of programs with each of them.

    One serves an engine as long as it lives: nodes keep checks by these numbers from run to run.
    """

    def __init__(self) -> None:
        self._numbers: dict[Check, int] = {}
        self._checks: list[Check] = []
        self._spent: list[float] = []
        self._runs: list[int] = []
        self._mean = (_PRIOR_S, 1.0)

    def __getitem__(self, number: int) -> Check:
        return self._checks[number]

    def number(self, check: Check) -> int:
        """Return the check's number, a new one for a new check."""
        number = self._numbers.get(check)
        if number is None:
            number = self._numbers[check] = len(self._checks)
            self._checks.append(check)
            self._spent.append(0.0)
            self._runs.append(0)
        return number

    def expected_s(self, number: int) -> float:
        """Return the seconds that a program with this check is expected to take."""
        total, runs = self._mean
        return (self._spent[number] + _PRIOR_WEIGHT * total / runs) / (self._runs[number] + _PRIOR_WEIGHT)

    def learn(self, number: int, outcome: Outcome) -> None:
        """Update the estimate with one program's run time."""
        seconds = max(outcome.wall_s, outcome.cpu_s, _LEAST_S)
        self._spent[number] += seconds
        self._runs[number] += 1
        total, runs = self._mean
        self._mean = (total + seconds, runs + 1)


class Batcher:
    """Number programs and cut batches from the front of their stream."""

    def __init__(self, programs: Iterator[Program], checks: CheckStats) -> None:
        self._programs = programs
        self._checks = checks
        self._next = 0
        self.exhausted = False

    def cut(self, workers: int) -> Batch | None:
        """Return the next batch for a node that runs so many programs at once; None at the end."""
        checks: list[int] = []
        sources: list[str] = []
        seconds, size = 0.0, 0
        while seconds < _BATCH_S * workers and size < _MOST_BYTES and len(checks) < _MOST_PROGRAMS:
            program = next(self._programs, None)
            if program is None:
                self.exhausted = True
                break
            number = self._checks.number(program.check)
            checks.append(number)
            sources.append(program.source)
            seconds += self._checks.expected_s(number)
            size += len(program.source)
        first, self._next = self._next, self._next + len(checks)
        return Batch(first, tuple(checks), tuple(sources)) if checks else None

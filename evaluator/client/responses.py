"""What the service answers: runs, their progress, and errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evaluator.errors import EvaluatorError

__all__ = ["Progress", "RunInfo", "ServiceError"]


class ServiceError(EvaluatorError):
    """The service refused a request or could not be reached; the text is the sentence that it sent.

    Attributes:
        status: of the answer; 0 if there was none.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    state: str
    done: int
    samples: int
    verdicts: Mapping[str, int]
    pass_at_k: Mapping[str, float]


@dataclass(frozen=True, slots=True, repr=False)
class RunInfo:
    """A run as the service tells of it.

    Attributes:
        state: `queued`, `running`, `done`, `failed` or `cancelled`.
        done: samples that have their verdict.
        samples: how many there are.
        result: what it has found so far, see `evaluator.EvaluationResult`; empty right after `submit`.
        details: everything else, as it came.
    """

    id: str
    state: str
    done: int
    samples: int
    model: str | None
    error: str | None
    result: Mapping[str, Any]
    details: Mapping[str, Any]

    def __repr__(self) -> str:
        rates = "".join(f", {name} {rate:.2%}" for name, rate in self.pass_at_k.items())
        name = f", model {self.model!r:.60}" if self.model else ""
        return f"RunInfo({self.id}{name}, {self.state}, {self.done:,} of {self.samples:,} samples{rates})"

    @property
    def finished(self) -> bool:
        """Return whether nothing will change any more."""
        return self.state in {"done", "failed", "cancelled"}

    @property
    def pass_at_k(self) -> Mapping[str, float]:
        """Return the estimates by name, `pass@1` and so on."""
        found: Mapping[str, float] = self.result.get("pass_at_k", {})
        return found

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "RunInfo":
        """Return the run that a JSON object of the service describes."""
        return cls(
            id=body["id"],
            state=body["state"],
            done=body["done"],
            samples=body["samples"]["count"],
            model=body["model"],
            error=body["error"],
            result=body.get("result", {}),
            details=body,
        )

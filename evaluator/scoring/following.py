"""Tells a follower about a run: once when it starts, at most twice a second while it scores, once at its end.

A follower is any callable that takes a `RunEvent`; `evaluate(..., follow=print)` is one.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from evaluator.files.escaping import printable
from sandbox import Verdict

if TYPE_CHECKING:
    from evaluator.scoring.result import EvaluationResult

__all__ = ["EventKind", "Follow", "Following", "RunEvent"]

EventKind = Literal["started", "progress", "finished", "failed"]

_EVERY_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class RunEvent:
    """What a follower is told about a run.

    Attributes:
        kind: `started` (input is valid, nothing is scored yet), `progress`, `finished` (files and store are
            written) or `failed` (the run ends with an exception, or is interrupted).
        samples: samples that have a verdict.
        of: samples in all.
        verdicts: samples by verdict.
        pass_rate: the share of the judged samples that passed, in 0..1; None while none is judged. It
            is the mean over samples; pass@1 is the mean over problems, and only `finished` has it.
        record: with `started`, what is known before: problems, samples, settings, model and versions;
            with `finished`, the run's whole record. Empty otherwise.
        result: with `finished`, what `evaluate` returns.
        error: with `failed`, the exception's text.
    """

    kind: EventKind
    samples: int = 0
    of: int = 0
    verdicts: Mapping[str, int] = field(default_factory=dict)
    pass_rate: float | None = None
    record: Mapping[str, Any] = field(default_factory=dict)
    result: "EvaluationResult | None" = None
    error: str | None = None


Follow = Callable[[RunEvent], object]


class Following:
    """Calls a follower in the thread that scores, and drops it once it raises.

    As a context it tells the follower about a run that ends with an exception.

    Args:
        follow: the follower; None for a run that nobody follows.
        tell: called with one sentence if the follower raises; the run goes on without it.
        clock: seconds.
    """

    def __init__(
        self,
        follow: Follow | None,
        tell: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._follow, self._tell, self._clock = follow, tell, clock
        self._started = False
        self._last = 0.0
        self._samples = self._of = 0
        self._verdicts: Mapping[str, int] = {}

    @property
    def active(self) -> bool:
        """Return whether there is a follower to be told."""
        return self._follow is not None

    def started(self, of: int, record: Callable[[], Mapping[str, Any]]) -> None:
        """Tell that scoring begins; nothing if it has begun before, as when programs are scored again."""
        if self._follow is None or self._started:
            return
        self._started, self._of = True, of
        self._call(RunEvent("started", of=of, record=record()))
        self._last = self._clock()

    def progress(self, samples: int, of: int, verdicts: Callable[[], Mapping[Verdict, int]]) -> None:
        """Tell how far the run is, unless that was told half a second ago or less."""
        if self._follow is None or self._clock() - self._last < _EVERY_S:
            return
        self._samples, self._of = samples, of
        self._verdicts = {verdict.value: count for verdict, count in verdicts().items() if count}
        self._call(self._event("progress"))
        self._last = self._clock()

    def finished(self, result: "EvaluationResult", record: Mapping[str, Any] | None) -> None:
        """Tell the result; the run is over."""
        if self._follow is None or record is None:
            return
        self._samples, self._of, self._verdicts = result.samples, result.samples, dict(result.verdicts)
        event = self._event("finished", record=record, result=result)
        self._call(event)
        self._follow = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and self._started:
            text = "interrupted" if isinstance(error, KeyboardInterrupt) else str(error)
            self._call(self._event("failed", error=text))
            self._follow = None

    def _event(self, kind: EventKind, **more: Any) -> RunEvent:  # noqa: ANN401 - fields of the event
        rate = _pass_rate(self._verdicts)
        return RunEvent(kind, self._samples, self._of, self._verdicts, rate, **more)

    def _call(self, event: RunEvent) -> None:
        if self._follow is None:
            return
        try:
            self._follow(event)
        except Exception as error:  # noqa: BLE001 - whatever a follower does, the run must not be lost
            self._follow = None
            said = printable(str(error) or "no message", 300)
            self._tell(
                f"the follower failed ({type(error).__name__}: {said}) and is told nothing more; the run is "
                "scored all the same"
            )


def _pass_rate(verdicts: Mapping[str, int]) -> float | None:
    scored = sum(count for verdict, count in verdicts.items() if Verdict(verdict).scored)
    return verdicts.get(Verdict.PASSED, 0) / scored if scored else None

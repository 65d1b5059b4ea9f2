"""The function under test in the shared process: calls are sent in batches, before the test makes them.

A verified program cannot read what is sent to its process, so calls may be sent early: those that the check
lists, or else those that earlier programs of the same check received. Each is compared, byte by byte, with
the call that the test then makes; at the first difference the program needs its own process. A test that
needs an answer which has not arrived is stopped, and run again from its beginning when the group's answers
have arrived.
"""

import contextlib
from typing import Any, Final, NoReturn

from sandbox.judge.call_prediction import PredictedCalls
from sandbox.judge.candidate import Candidate
from sandbox.judge.candidate_process import protocol_violation
from sandbox.judge.shared_process_client import (
    AWAITING_ANSWERS,
    UNEXPECTED_CALL,
    VERIFIER_REFUSED,
    Answer,
    NeedsOwnProcessError,
    SharedProcess,
)
from sandbox.judge.verdicts import CandidateStoppedError, Termination
from sandbox.wire import groups
from sandbox.wire.frames import PLAIN_CALL, frame
from sandbox.wire.requests import marshalled

__all__ = ["BatchedCandidate"]

_TAKEN: Final = (b"", b"")


class BatchedCandidate(Candidate):
    """The function under test, in the shared process.

    Args:
        shared: the process.
        place: the program's in its group.
        value_bytes: most bytes of one argument list or one answer.
        predicted: the calls that the check is known to make.

    Attributes:
        sent: the calls that were sent, whose answers come with `take`.
        wanted: the calls to send before the test is run again.
        rerunnable: whether the test may be run again; if not, a call without an answer is sent at once.
    """

    def __init__(
        self, shared: SharedProcess, place: int, value_bytes: int, predicted: PredictedCalls
    ) -> None:
        super().__init__(value_bytes, holds=predicted.holds)
        self._shared = shared
        self._place = place
        self._predicted = predicted
        self._load_report: Answer | None = None
        self._answers: list[Answer] = []
        self.sent = predicted.batch(0)
        self.wanted: list[bytes] = []
        self.rerunnable = False

    def take(self, answers: list[Answer]) -> None:
        """Take the answers that have arrived."""
        if self._load_report is None and answers:
            self._load_report = answers.pop(0)
        self._answers += answers
        # The guest stops at the first exception; later calls have no answer and are resent if the test makes
        # them.
        del self.sent[len(self._answers) :]

    def rewind(self) -> None:
        """Reset to the state before the test's first call."""
        self.answered = 0
        self.raised = self.stopped = self._last = None

    def load(self, source: str, entry_point: str) -> None:  # noqa: ARG002 - it was sent with its group
        """Take the report whether the program has loaded."""
        with self._recording():
            if self._load_report is None:
                protocol_violation("no word whether the program loaded")
            if self._load_report[0] == groups.REFUSED:
                raise NeedsOwnProcessError(VERIFIER_REFUSED)
            self._take(*self._load_report)

    def await_loaded(self) -> None:
        """No-op: a batched candidate is loaded before its test starts."""

    def advance(self, number: int) -> NoReturn:
        """Refuse: an iterator is code that has not run yet, so the program needs its own process."""
        with self._recording():
            raise NeedsOwnProcessError(Termination(None, f"iterator {number} is asked for more"))

    def _request(self, args: tuple[Any, ...], kwargs: dict[str, object]) -> bytes:
        known = self._predicted.requests
        if self.answered < len(known) and not kwargs and not self._holds:
            with contextlib.suppress(ValueError):  # what marshal does not take
                if (request := frame(PLAIN_CALL, marshalled(args))) == known[self.answered]:
                    return request
        return super()._request(args, kwargs)

    def _ask(self, request: bytes) -> Answer:
        number = self.answered
        self._predicted.observe(number, request)
        if number == len(self._answers):
            batch = self._predicted.batch(number, request)
            if self.rerunnable and len(batch) > 1:
                self.wanted = batch
                raise CandidateStoppedError(AWAITING_ANSWERS)
            self.sent += batch
            self.take(self._shared.ask({self._place: batch}).get(self._place, []))
            if number == len(self._answers):
                protocol_violation("no answer")
        if self.sent[number] != request:
            raise NeedsOwnProcessError(UNEXPECTED_CALL)
        self.answered += 1
        answer = self._answers[number]
        if not self.rerunnable:  # it will not be asked for again
            self._answers[number] = _TAKEN
        return answer

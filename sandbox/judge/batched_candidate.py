"""Calls that are known beforehand, and the function under test that is asked them in the shared process.

A verified program cannot read what is sent to its process, so calls may be sent before the test makes them:
those that the check foretells, or else that earlier programs of it were sent. Each is compared, byte by byte,
with what the test then asks; at the first difference the program goes to a process of its own. A test that
needs an answer which is not there yet is left, and run again from its beginning when the group's answers have
come.
"""

import contextlib
from typing import Any, Final, NoReturn

from sandbox.judge.call_prediction import Foreseen
from sandbox.judge.candidate import Candidate
from sandbox.judge.candidate_process import violated
from sandbox.judge.shared_process_client import ANOTHER, REFUSED, WAITS, Answer, DoubtError, SharedProcess
from sandbox.judge.verdicts import End, StoppedError
from sandbox.wire.frames import frame
from sandbox.wire.requests import marshalled

__all__ = ["LaneCandidate"]

_TAKEN: Final = (b"", b"")


class LaneCandidate(Candidate):
    """The function under test, in the shared process.

    Args:
        shared: the process.
        place: the program's in its group.
        value_bytes: most bytes of one argument list or one answer.
        foreseen: what the check is known to ask.

    Attributes:
        sent: the calls that were sent, whose answers come with `take`.
        wanted: the calls to send before the test is run again.
        patient: whether the test may be run again; if not, what it asks is asked at once.
    """

    def __init__(self, shared: SharedProcess, place: int, value_bytes: int, foreseen: Foreseen) -> None:
        super().__init__(value_bytes, holds=foreseen.holds)
        self._shared = shared
        self._place = place
        self._foreseen = foreseen
        self._word: Answer | None = None
        self._answers: list[Answer] = []
        self.sent = foreseen.batch(0)
        self.wanted: list[bytes] = []
        self.patient = False

    def take(self, answers: list[Answer]) -> None:
        """Take the answers that have come."""
        if self._word is None and answers:
            self._word = answers.pop(0)
        self._answers += answers
        # It stops at an exception: what was sent behind it has no answer and is sent again if a test asks.
        del self.sent[len(self._answers) :]

    def rewind(self) -> None:
        """Be as before the test's first call."""
        self.answered = 0
        self.raised = self.stopped = self._last = None

    def load(self, source: str, entry_point: str) -> None:  # noqa: ARG002 - it was sent with its group
        """Take the word whether the program has loaded."""
        with self._recording():
            if self._word is None:
                violated("no word whether the program loaded")
            if self._word[0] == b"Q":
                raise DoubtError(REFUSED)
            self._take(*self._word)

    def await_loaded(self) -> None:
        """Do nothing: it has."""

    def advance(self, number: int) -> NoReturn:
        """Leave an iterator, which is code that has not run yet, to a process of its own."""
        with self._recording():
            raise DoubtError(End(None, f"iterator {number} is asked for more"))

    def _request(self, args: tuple[Any, ...], kwargs: dict[str, object]) -> bytes:
        known = self._foreseen.requests
        if self.answered < len(known) and not kwargs and not self._holds:
            with contextlib.suppress(ValueError):  # what marshal does not take
                if (request := frame(b"M", marshalled(args))) == known[self.answered]:
                    return request
        return super()._request(args, kwargs)

    def _ask(self, request: bytes) -> Answer:
        number = self.answered
        self._foreseen.note(number, request)
        if number == len(self._answers):
            batch = self._foreseen.batch(number, request)
            if self.patient and len(batch) > 1:
                self.wanted = batch
                raise StoppedError(WAITS)
            self.sent += batch
            self.take(self._shared.ask({self._place: batch}).get(self._place, []))
            if number == len(self._answers):
                violated("no answer")
        if self.sent[number] != request:
            raise DoubtError(ANOTHER)
        self.answered += 1
        answer = self._answers[number]
        if not self.patient:  # it will not be asked for again
            self._answers[number] = _TAKEN
        return answer

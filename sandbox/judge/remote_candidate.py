"""The candidate of a program that runs in its own process."""

import hashlib
import re
from collections.abc import Sequence
from typing import Any, Final

from sandbox.judge.candidate import Candidate
from sandbox.judge.candidate_process import CandidateProcess
from sandbox.wire import requests
from sandbox.wire.frames import EXCEPTION, EXHAUSTED, HELD_EXCEPTION, NEXT, frame
from sandbox.wire.host_messages import Said
from sandbox.wire.value_encoder import encode

__all__ = ["RemoteCandidate", "Said"]

_ADDRESS: Final = re.compile(rb"0x[0-9a-f]+")


class RemoteCandidate(Candidate):
    """The function under test, in a process of its own.

    A call is sent when the test makes it and not before: the arguments of a later call can give away the
    answer to an earlier one.

    Args:
        process: where the program runs.
        value_bytes: most bytes of one argument list or one answer.
        earlier: what earlier attempts at this program had said when they ended.
        holds: as in `Candidate`.
        on_copies: as in `Candidate`.
    """

    def __init__(
        self,
        process: CandidateProcess,
        value_bytes: int,
        earlier: Sequence[Said] = (),
        *,
        holds: bool = False,
        on_copies: bool = False,
    ) -> None:
        super().__init__(value_bytes, holds=holds, on_copies=on_copies)
        self._process = process
        self._earlier = {said for said in earlier if said[0]}
        self._compared = {count for count, _hash in self._earlier}
        self._hash = hashlib.blake2b(digest_size=16)

    @property
    def said(self) -> Said:
        """Return how many calls it has answered, and a hash of its answers."""
        return self.answered, self._hash.hexdigest()

    @property
    def repeats(self) -> bool:
        """Return whether it gave every answer that earlier attempts had given.

        They have seen calls that it had not, and may have left word of them: by the moment at which they
        ended, if by nothing else. Who has to give the answers they gave cannot use that.
        """
        return not self._earlier

    def load(self, source: str, entry_point: str) -> None:
        """Hand the program over."""
        self._process.send(requests.program("isolated", source, entry_point))

    def await_loaded(self) -> None:
        """Make sure that the program has loaded, for a test that ended without a call."""
        if self.stopped is None and not self._loaded:
            with self._recording():
                self._take(*self._process.read())

    def advance(self, number: int) -> Any:  # noqa: ANN401 - whatever the iterator yields
        """Advance one of the program's iterators; raises `StopIteration` at its end."""
        with self._turn, self._recording():
            kind, payload = self._answer(frame(NEXT, encode(number)))
            if kind != EXHAUSTED:
                return self._value(kind, payload)
        raise StopIteration

    def _ask(self, request: bytes) -> tuple[bytes, bytes]:
        self._process.send(request)
        answer = self._process.read()
        if not self._loaded:
            self._take(*answer)
            answer = self._process.read()
        self.answered += 1
        kind, payload = answer
        self._hash.update(
            kind + (_ADDRESS.sub(b"", payload) if kind in {EXCEPTION, HELD_EXCEPTION} else payload)
        )
        if self.answered in self._compared:
            self._earlier.discard(self.said)
        return answer

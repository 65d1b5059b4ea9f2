"""The verified lane, on the trusted side: speaks to the shared process, and doubts.

A program that the shared process refuses, does not finish soon, or that ends there in any but the plainest
way has no verdict from here: it is run again in a process of its own. What the shared process says is worth
what a program's own process says: values, never verdicts.

A verified program cannot read what is sent to its process, so calls may be sent before the test makes them:
those that earlier programs of the same check were sent. Each is compared, byte by byte, with what the test
then asks; at the first difference the program goes to a process of its own.
"""

import socket
import struct
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NoReturn

from sandbox.candidate import Candidate
from sandbox.codec import encode
from sandbox.endings import End, StoppedError
from sandbox.frames import FrameError, Frames, frame
from sandbox.process import Zygote, violated
from sandbox.program import Limits, Verdict
from sandbox.shared import TRAILER

__all__ = ["REFUSED", "SETTLED", "DoubtError", "Foreseen", "LaneCandidate", "SharedProcess"]

# The verdicts that count without a process of its own.
SETTLED: Final = frozenset(
    {
        Verdict.PASSED,
        Verdict.WRONG_ANSWER,
        Verdict.RUNTIME_ERROR,
        Verdict.SYNTAX_ERROR,
        Verdict.MISSING_ENTRY_POINT,
    }
)
_MOST_PROGRAMS: Final = 500
_MOST_CPU_S: Final = 20.0
_SLICE_S: Final = 0.1
_PROGRAM_CPU_S: Final = 0.25  # what one program may take here; more takes a process of its own
_PROGRAM_WALL_S: Final = 3.0
_BATCHES: Final = (1, 16, 128, 1024)  # calls sent at once: a wrong program mostly shows it at its first
_BATCH_BYTES: Final = 64 << 10  # what the channel takes, so that neither side waits for the other to read
_FRAME_ROOM: Final = 64
_TIME_OUT: Final = struct.pack("@ll", 0, int(_SLICE_S * 1e6))


class DoubtError(StoppedError):
    """The program has no verdict here and needs a process of its own; ends a test from within a call."""


REFUSED: Final = End(None, "the verifier refuses it")


@dataclass(slots=True)
class Foreseen:
    """The calls that a check is known to make, encoded, in their order.

    Attributes:
        requests: those that every program so far was asked.
        grows: false once two programs were asked different things, for what follows depends on the answers,
            or once there is no room for more.
        room: bytes that may still be kept.
    """

    requests: list[bytes] = field(default_factory=list)
    grows: bool = True
    room: int = 4 << 20

    def note(self, number: int, request: bytes) -> None:
        """Take note of what a test asked as its call of that number."""
        known = self.requests
        if number == len(known) and self.grows:
            known.append(request)
            self.room -= len(request)
            self.grows = self.room > 0
        elif number < len(known) and known[number] != request:
            del known[number:]
            self.grows = False

    def batch(self, number: int, request: bytes | None = None) -> list[bytes]:
        """Return the calls to send from that number on; `request` is what the test asks now, if it does."""
        if request is not None and self.requests[number : number + 1] != [request]:
            return [request]
        size = _BATCHES[(number > 0) + (number > 16) + (number > 144)]
        chosen, room = self.requests[number : number + size], _BATCH_BYTES
        for count, each in enumerate(chosen):
            room -= len(each)
            if room < 0:
                return chosen[: max(count, request is not None)]
        return chosen


class SharedProcess:
    """The judge's handle on the process that verified programs share; started when first needed.

    Args:
        zygote: what forks it.
        limits: what one program may use.
    """

    def __init__(self, zygote: Zygote, limits: Limits) -> None:
        self._zygote = zygote
        self._limits = limits
        self._socket: socket.socket | None = None
        self._frames: Frames | None = None
        self._programs = 0
        self._earlier_cpu_s = 0.0
        self._waits = False
        self.cpu_s = 0.0

    def begin(self, source: str, entry_point: str, requests: Sequence[bytes]) -> None:
        """Send a program and its first calls; raises `ZygoteLostError`."""
        if self._waits or self._programs >= _MOST_PROGRAMS or self._earlier_cpu_s + self.cpu_s > _MOST_CPU_S:
            self.retire()
        if self._socket is None:
            self._start()
        self._programs += 1
        self._earlier_cpu_s += self.cpu_s
        self.cpu_s = 0.0
        self._begun, self._cpu_then_s = time.monotonic(), -1.0
        self.send([frame(b"P", encode((source, entry_point), 1 << 31)), *requests])

    def _start(self) -> None:
        self._socket, theirs = socket.socketpair()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _TIME_OUT)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _TIME_OUT)
        self._frames = Frames(self._socket, self._limits.value_bytes + _FRAME_ROOM)
        with theirs:
            self._zygote.fork(theirs, replace(self._limits, cpu_s=2 * _MOST_CPU_S))
        self._socket.sendall(frame(b"P", encode(("shared", "", ""))))

    def send(self, requests: Sequence[bytes]) -> None:
        """Send calls and ask for the answers."""
        assert self._socket is not None
        self._waits = True
        view = memoryview(b"".join((*requests, _ANSWER)))
        while view:
            try:
                view = view[self._socket.send(view) :]
            except BlockingIOError:
                self._look_at_clocks()
            except OSError:
                self._doubt("the shared process ended")

    def receive(self) -> list[tuple[bytes, bytes]]:
        """Return the answers to what was sent last; raises `DoubtError`."""
        answers: list[tuple[bytes, bytes]] = []
        while True:
            kind, payload = self._read()
            if kind == b"T":
                return self._closed(payload, answers)
            answers.append((kind, payload))

    def _closed(self, payload: bytes, answers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        self._waits = False
        if len(payload) != TRAILER.size:
            self._doubt("broke the protocol")
        self.cpu_s, sound = TRAILER.unpack(payload)
        if not sound:
            self._doubt("something that is shared has changed")
        if not 0 <= self.cpu_s < min(_PROGRAM_CPU_S, self._limits.cpu_s / 2):
            self._doubt("took long")
        if answers and answers[0][0] == b"Q":
            raise DoubtError(REFUSED)
        return answers

    def _read(self) -> tuple[bytes, bytes]:
        assert self._frames is not None
        while True:
            try:
                got = self._frames.read()
            except BlockingIOError:
                self._look_at_clocks()
            except (FrameError, OSError):
                self._doubt("broke the protocol")
            else:
                if got is None:
                    self._doubt("the shared process ended")
                return got

    def _look_at_clocks(self) -> None:
        cpu_s = self._zygote.cpu_s()
        if self._cpu_then_s < 0:
            self._cpu_then_s = cpu_s
        if cpu_s - self._cpu_then_s > _PROGRAM_CPU_S or time.monotonic() - self._begun > _PROGRAM_WALL_S:
            self._doubt("took long")

    def _doubt(self, reason: str) -> NoReturn:
        self.retire()
        raise DoubtError(End(None, reason))

    def retire(self) -> None:
        """End the process, if there is one; nothing of it is left. Raises `ZygoteLostError`."""
        if self._socket is None:
            return
        self._socket.close()
        self._socket = self._frames = None
        self._programs, self._earlier_cpu_s, self.cpu_s, self._waits = 0, 0.0, 0.0, False
        self._zygote.end()


_ANSWER: Final = frame(b"A")


class LaneCandidate(Candidate):
    """The function under test, in the shared process.

    Args:
        shared: the process.
        value_bytes: most bytes of one argument list or one answer.
        foreseen: what the check is known to ask.
    """

    def __init__(self, shared: SharedProcess, value_bytes: int, foreseen: Foreseen) -> None:
        super().__init__(value_bytes)
        self._shared = shared
        self._foreseen = foreseen
        self._sent: list[bytes] = []
        self._waits = False
        self._answers: deque[tuple[bytes, bytes]] = deque()

    def load(self, source: str, entry_point: str) -> None:
        """Hand the program over, with its first call."""
        self._sent = self._foreseen.batch(0)
        self._shared.begin(source, entry_point, self._sent)
        self._waits = True

    def await_loaded(self) -> None:
        """Make sure that the program has loaded, for a test that ended without a call."""
        if self.stopped is None:
            with self._recording():
                self._receive()

    def advance(self, number: int) -> NoReturn:
        """Leave an iterator, which is code that has not run yet, to a process of its own."""
        with self._recording():
            raise DoubtError(End(None, f"iterator {number} is asked for more"))

    def _ask(self, request: bytes) -> tuple[bytes, bytes]:
        number = self.answered
        self._foreseen.note(number, request)
        self._receive()
        if number < len(self._sent):
            if self._sent[number] != request:
                raise DoubtError(End(None, "is asked something else than others were"))
        else:
            batch = self._foreseen.batch(number, request)
            self._sent += batch
            self._shared.send(batch)
            self._waits = True
            self._receive()
        if not self._answers:
            violated("no answer")
        self.answered += 1
        return self._answers.popleft()

    def _receive(self) -> None:
        """Take the answers that are due."""
        if not self._waits:
            return
        self._waits = False
        answers = self._shared.receive()
        if not self._loaded:
            if not answers:
                violated("no word whether the program loaded")
            self._take(*answers.pop(0))
        self._answers += answers
        # It stops at an exception: what was sent behind it has no answer and is sent again if a test asks.
        del self._sent[self.answered + len(self._answers) :]

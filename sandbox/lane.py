"""The verified lane, on the trusted side: speaks to the shared process, and doubts.

A program that the shared process refuses, does not finish soon, or that ends there in any but the plainest
way has no verdict from here: it is run again in a process of its own. What the shared process says is worth
what a program's own process says: values, never verdicts.

A verified program cannot read what is sent to its process, so calls may be sent before the test makes them:
those that earlier programs of the same check were sent. Each is compared, byte by byte, with what the test
then asks; at the first difference the program goes to a process of its own.

Programs go there in groups, so that the two processes wait for each other once for many programs. A test that
needs an answer which is not there yet is left, and run again from its beginning when the group's answers have
come. At any doubt nothing that the group said counts.
"""

import contextlib
import marshal
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NoReturn

from sandbox.candidate import Candidate
from sandbox.codec import encode
from sandbox.endings import End, StoppedError
from sandbox.frames import HEADER, FrameError, Frames, frame
from sandbox.process import Zygote, violated
from sandbox.program import Limits, Verdict
from sandbox.shared import HEADS, MOST_WAITING

__all__ = [
    "ANOTHER",
    "REFUSED",
    "SETTLED",
    "WAITS",
    "Answer",
    "DoubtError",
    "Foreseen",
    "LaneCandidate",
    "SharedProcess",
]

Answer = tuple[bytes, bytes]  # kind and payload

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
_GROUP_CPU_S: Final = 0.05  # what makes a group too slow: one of it then takes more by itself
_PROGRAM_WALL_S: Final = 3.0
_BATCHES: Final = (1, 16, 128, 1024)  # calls sent at once: a wrong program mostly shows it at its first
_BATCH_BYTES: Final = 64 << 10  # what the channel takes, so that neither side waits for the other to read
_FRAME_ROOM: Final = 64
_ROOM: Final = 64 << 10  # for what surrounds the answers of a group
_TIME_OUT: Final = struct.pack("@ll", 0, int(_SLICE_S * 1e6))
_PLACE: Final = struct.Struct("<I")
_ANSWER: Final = frame(b"A")
_TURN: Final = ord("O")
_KINDS: Final = tuple(bytes((kind,)) for kind in range(256))
# A version without references: the same value always gives the same bytes. From here to there only.
_MARSHAL: Final = 2


class DoubtError(StoppedError):
    """The program has no verdict here and needs a process of its own; ends a test from within a call."""


REFUSED: Final = End(None, "the verifier refuses it")
ANOTHER: Final = End(None, "is asked something else than others were")
WAITS: Final = End(None, "waits for answers")


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

    Attributes:
        cpu_s: what each program of the group has used so far.
    """

    def __init__(self, zygote: Zygote, limits: Limits) -> None:
        self._zygote = zygote
        self._limits = limits
        self._socket: socket.socket | None = None
        self._frames: Frames | None = None
        self._programs = 0
        self._earlier_cpu_s = 0.0
        self._waits = False
        self.cpu_s: tuple[float, ...] = ()

    def begin(self, programs: Sequence[tuple[str, str, Sequence[bytes]]]) -> dict[int, list[Answer]]:
        """Have a group of programs loaded and asked; returns the answers by place in the group.

        Args:
            programs: source, entry point and first calls of each.

        Raises:
            DoubtError: nothing the process says counts; it is gone.
            ZygoteLostError: the zygote is gone.
        """
        self._earlier_cpu_s += sum(self.cpu_s)
        if self._waits or self._programs >= _MOST_PROGRAMS or self._earlier_cpu_s > _MOST_CPU_S:
            self.retire()
        if self._socket is None:
            self._start()
        self._programs += len(programs)
        self.cpu_s = (0.0,) * len(programs)
        self._begun, self._cpu_then_s = time.monotonic(), -1.0
        parts: list[bytes] = []
        for place, (source, entry_point, requests) in enumerate(programs):
            parts.append(frame(b"P", marshal.dumps((place, source, entry_point), _MARSHAL)))
            parts += requests
        return self._exchange(parts)

    def ask(self, requests: Mapping[int, Sequence[bytes]]) -> dict[int, list[Answer]]:
        """Send more calls, by place in the group; returns and raises as `begin` does."""
        parts: list[bytes] = []
        for place, batch in requests.items():
            parts.append(frame(b"O", _PLACE.pack(place)))
            parts += batch
        return self._exchange(parts)

    def _start(self) -> None:
        self._socket, theirs = socket.socketpair()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _TIME_OUT)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _TIME_OUT)
        self._frames = Frames(self._socket, self._limits.value_bytes + MOST_WAITING + _ROOM)
        with theirs:
            self._zygote.fork(theirs, replace(self._limits, cpu_s=2 * _MOST_CPU_S))
        self._socket.sendall(frame(b"P", encode(("shared", "", ""))))

    def _exchange(self, parts: list[bytes]) -> dict[int, list[Answer]]:
        self._send(parts)
        kind, payload = self._read()
        self._waits = False
        if kind != b"T":
            self._doubt("broke the protocol")
        return self._split(payload, self._weigh(payload))

    def _split(self, payload: bytes, at: int) -> dict[int, list[Answer]]:
        """Take the frames from there on apart."""
        answers: dict[int, list[Answer]] = {}
        place: list[Answer] | None = None
        try:
            while at < len(payload):
                size, kind = HEADER.unpack_from(payload, at)
                begin = at + HEADER.size
                at = begin + size
                if at > len(payload) or size > self._limits.value_bytes + _FRAME_ROOM:
                    self._doubt("broke the protocol")
                if kind == _TURN:
                    place = answers.setdefault(int.from_bytes(payload[begin:at], "little"), [])
                elif place is None:
                    self._doubt("broke the protocol")
                else:
                    place.append((_KINDS[kind], payload[begin:at]))
        except struct.error:
            self._doubt("broke the protocol")
        return answers

    def _send(self, parts: list[bytes]) -> None:
        assert self._socket is not None
        self._waits = True
        view = memoryview(b"".join((*parts, _ANSWER)))
        while view:
            try:
                view = view[self._socket.send(view) :]
            except BlockingIOError:
                self._look_at_clocks()
            except OSError:
                self._doubt("the shared process ended")

    def _weigh(self, payload: bytes) -> int:
        """Look at what precedes the answers, and doubt; returns where they begin."""
        head = HEADS[len(self.cpu_s)]
        if len(payload) < head.size:
            self._doubt("broke the protocol")
        sound, *used = head.unpack_from(payload)
        self.cpu_s = tuple(used)
        if not sound:
            self._doubt("something that is shared has changed")
        most = min(_PROGRAM_CPU_S, self._limits.cpu_s / 2)
        if not all(0 <= each < most for each in used):
            self._doubt("took long")
        return head.size

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
        most = _PROGRAM_CPU_S if len(self.cpu_s) == 1 else _GROUP_CPU_S
        if cpu_s - self._cpu_then_s > most or time.monotonic() - self._begun > _PROGRAM_WALL_S:
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
        self._programs, self._earlier_cpu_s, self.cpu_s, self._waits = 0, 0.0, (), False
        self._zygote.end()


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
        super().__init__(value_bytes)
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

    def _request(self, args: tuple[object, ...], kwargs: dict[str, object]) -> bytes:
        known = self._foreseen.requests
        if kwargs:
            return super()._request(args, kwargs)
        if self.answered < len(known):
            with contextlib.suppress(ValueError):  # what marshal does not take
                if (request := frame(b"M", marshal.dumps(args, _MARSHAL))) == known[self.answered]:
                    return request
        request = super()._request(args, kwargs)
        return frame(b"M", marshal.dumps(args, _MARSHAL)) if _is_plain(args) else request

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
        return self._answers[number]


_PLAIN: Final = frozenset({type(None), bool, int, float, str})


def _is_plain(value: object) -> bool:
    """Whether marshal gives exactly this value, and no other has the same bytes."""
    kind = type(value)
    if kind is list or kind is tuple:
        return all(type(each) in _PLAIN or _is_plain(each) for each in value)  # type: ignore[attr-defined]
    if kind is dict:
        return all(_is_plain(each) for pair in value.items() for each in pair)  # type: ignore[attr-defined]
    return kind in _PLAIN

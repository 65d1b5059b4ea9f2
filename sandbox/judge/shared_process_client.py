"""Judge-side client of the shared process; on any anomaly the answers of the whole group are discarded.

A program that the shared process refuses or does not finish soon, or that ends there in any unusual way, gets
no verdict here: it runs again in its own process. The shared process sends values, as a program's own process
does, and never verdicts. Programs go there in groups, so that the two processes wait for each other once for
many programs.
"""

import socket
import struct
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, NoReturn

from sandbox.judge.verdicts import CandidateStoppedError, Termination
from sandbox.judge.zygote_client import Zygote
from sandbox.program import Limits, Verdict
from sandbox.wire import groups
from sandbox.wire.control import SHARED_SLOT
from sandbox.wire.frames import HEADER, PROGRAM, FrameError, Frames, frame
from sandbox.wire.groups import HEADS, MOST_WAITING
from sandbox.wire.requests import marshalled, program

__all__ = [
    "AWAITING_ANSWERS",
    "CONCLUSIVE_VERDICTS",
    "UNEXPECTED_CALL",
    "VERIFIER_REFUSED",
    "Answer",
    "NeedsOwnProcessError",
    "SharedProcess",
]

Answer = tuple[bytes, bytes]  # kind and payload

# The verdicts that may come from the shared process.
CONCLUSIVE_VERDICTS: Final = frozenset(
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
_MOST_HELD: Final = 32 << 20  # bytes of a group's answers, which are kept until its tests are done
_FRAME_ROOM: Final = 64
_ROOM: Final = 64 << 10  # for what surrounds the answers of a group
_TIME_OUT: Final = struct.pack("@ll", 0, int(_SLICE_S * 1e6))
_PLACE: Final = struct.Struct("<I")
_ANSWER: Final = frame(groups.ANSWER)
_TURN: Final = groups.SELECT[0]
_KINDS: Final = tuple(bytes((kind,)) for kind in range(256))


class NeedsOwnProcessError(CandidateStoppedError):
    """The program has no verdict here and needs its own process; ends a test from within a call."""


VERIFIER_REFUSED: Final = Termination(None, "the verifier refuses it")
UNEXPECTED_CALL: Final = Termination(None, "is asked something else than others were")
AWAITING_ANSWERS: Final = Termination(None, "waits for answers")


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
        self._held = 0
        self._begun = 0.0
        self.cpu_s: tuple[float, ...] = ()

    def begin(self, programs: Sequence[tuple[str, str, Sequence[bytes]]]) -> dict[int, list[Answer]]:
        """Load a group of programs and send their first calls; return the answers by place in the group.

        Args:
            programs: source, entry point and first calls of each.

        Raises:
            NeedsOwnProcessError: the answers do not count, and the process has been ended.
            ZygoteLostError: the zygote is gone.
        """
        self._earlier_cpu_s += sum(self.cpu_s)
        if self._waits or self._programs >= _MOST_PROGRAMS or self._earlier_cpu_s > _MOST_CPU_S:
            self.retire()
        if self._socket is None:
            self._start()
        self._programs += len(programs)
        self.cpu_s = (0.0,) * len(programs)
        self._held = 0
        self._begun, self._cpu_then_s = time.monotonic(), -1.0
        parts: list[bytes] = []
        for place, (source, entry_point, requests) in enumerate(programs):
            parts.append(frame(PROGRAM, marshalled((place, source, entry_point))))
            parts += requests
        return self._exchange(parts)

    def ask(self, requests: Mapping[int, Sequence[bytes]]) -> dict[int, list[Answer]]:
        """Send more calls, by place in the group; return and raise as `begin` does."""
        parts: list[bytes] = []
        for place, batch in requests.items():
            parts.append(frame(groups.SELECT, _PLACE.pack(place)))
            parts += batch
        return self._exchange(parts)

    def _start(self) -> None:
        self._socket, theirs = socket.socketpair()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _TIME_OUT)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _TIME_OUT)
        self._frames = Frames(self._socket, self._limits.value_bytes + MOST_WAITING + _ROOM)
        with theirs:
            self._zygote.fork(theirs.fileno(), replace(self._limits, cpu_s=2 * _MOST_CPU_S), SHARED_SLOT)
        self._socket.sendall(program("shared", ""))

    def _exchange(self, parts: list[bytes]) -> dict[int, list[Answer]]:
        self._send(parts)
        kind, payload = self._read()
        self._waits = False
        if kind != groups.ANSWERS:
            self._discard_group("broke the protocol")
        self._held += len(payload)
        if self._held > _MOST_HELD and len(self.cpu_s) > 1:
            self._discard_group("answers more than can be kept")
        return self._split(payload, self._check_head(payload))

    def _split(self, payload: bytes, at: int) -> dict[int, list[Answer]]:
        """Split the frames that begin there, by place in the group."""
        answers: dict[int, list[Answer]] = {}
        place: list[Answer] | None = None
        try:
            while at < len(payload):
                size, kind = HEADER.unpack_from(payload, at)
                begin = at + HEADER.size
                at = begin + size
                if at > len(payload) or size > self._limits.value_bytes + _FRAME_ROOM:
                    self._discard_group("broke the protocol")
                if kind == _TURN:
                    place = answers.setdefault(int.from_bytes(payload[begin:at], "little"), [])
                elif place is None:
                    self._discard_group("broke the protocol")
                else:
                    place.append((_KINDS[kind], payload[begin:at]))
        except struct.error:
            self._discard_group("broke the protocol")
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
                self._discard_group("the shared process ended")

    def _check_head(self, payload: bytes) -> int:
        """Check what precedes the answers, or discard the group; return where the answers begin."""
        head = HEADS[len(self.cpu_s)]
        if len(payload) < head.size:
            self._discard_group("broke the protocol")
        sound, *used = head.unpack_from(payload)
        self.cpu_s = tuple(used)
        if not sound:
            self._discard_group("something that is shared has changed")
        most = min(_PROGRAM_CPU_S, self._limits.cpu_s / 2)
        if not all(0 <= each < most for each in used):
            self._discard_group("took long")
        return head.size

    def _read(self) -> tuple[bytes, bytes]:
        assert self._frames is not None
        while True:
            try:
                got = self._frames.read()
            except BlockingIOError:
                self._look_at_clocks()
            except (FrameError, OSError):
                self._discard_group("broke the protocol")
            else:
                if got is None:
                    self._discard_group("the shared process ended")
                return got

    def _look_at_clocks(self) -> None:
        cpu_s = self._zygote.cpu_s(SHARED_SLOT)
        if self._cpu_then_s < 0:
            self._cpu_then_s = cpu_s
        most = _PROGRAM_CPU_S if len(self.cpu_s) == 1 else _GROUP_CPU_S
        if cpu_s - self._cpu_then_s > most or time.monotonic() - self._begun > _PROGRAM_WALL_S:
            self._discard_group("took long")

    def _discard_group(self, reason: str) -> NoReturn:
        self.retire()
        raise NeedsOwnProcessError(Termination(None, reason))

    def excuse(self, wall_s: float) -> None:
        """Exclude time that the judge spent on its own work from the group's time."""
        self._begun += wall_s

    def retire(self) -> None:
        """End the process, if there is one, and everything in it; raise `ZygoteLostError`."""
        if self._socket is None:
            return
        self._socket.close()
        self._socket = self._frames = None
        self._programs, self._earlier_cpu_s, self.cpu_s, self._waits = 0, 0.0, (), False
        self._zygote.end(SHARED_SLOT)

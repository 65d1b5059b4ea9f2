"""The judge's handle on one program's process: the channel to it, its clocks, and its end."""

import _socket
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from sandbox.judge.clocks import FairClock
from sandbox.judge.verdicts import CandidateStoppedError, Termination
from sandbox.judge.zygote_client import ProcessReport, Zygote
from sandbox.program import Limits, Verdict
from sandbox.wire.frames import FILE, STREAMS, FrameError, Frames

__all__ = ["CandidateProcess", "WallClockLimits"]

_SLICE_S = 0.25
_TIME_OUT = struct.pack("@ll", 0, int(_SLICE_S * 1e6))
_FRAME_ROOM = 64


@dataclass(frozen=True, slots=True)
class WallClockLimits:
    """Wall-clock limits for kernels on which run time cannot be separated from waiting for a CPU.

    A program that hardly used its CPU in twice its budget waits for something; one that did gets four times
    its budget. Neither verdict is certain, so the program runs again alone, with longer limits, before it
    counts.

    Attributes:
        idle_s: for a program that used less than a twentieth of the time.
        wall_s: for any program.
    """

    idle_s: float
    wall_s: float

    @classmethod
    def of(cls, limits: Limits, *, alone: bool) -> "WallClockLimits":
        """Return the wall-clock limits that go with these limits."""
        idle, wall = (3, 10) if alone else (2, 4)
        return cls(idle * limits.cpu_s + 0.5, wall * limits.cpu_s + 1.0)


class CandidateProcess:
    """One program's process, from its start to its end; `end` must be called whatever happens.

    Args:
        zygote: what forks it.
        limits: what it may use.
        alone: nothing else of this sandbox runs meanwhile, so that a wall-clock limit is final.
        takes_long: called before its CPU time is read for the first time.

    Raises:
        ZygoteLostError: the zygote is gone.
    """

    def __init__(
        self, zygote: Zygote, limits: Limits, *, alone: bool, takes_long: Callable[[], None] = lambda: None
    ) -> None:
        self._zygote = zygote
        self._takes_long = takes_long
        self._limits = limits
        self._alone = alone
        self._wall_limits = WallClockLimits.of(limits, alone=alone)
        self.clock = FairClock(frozenset((zygote.pid,)))
        self._next_look = time.monotonic() + min(limits.cpu_s, _SLICE_S)
        # Not the wrappers in Python: there is a pair for each program.
        self._socket, theirs = _socket.socketpair()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _TIME_OUT)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _TIME_OUT)
        self._frames = Frames(self._socket, limits.value_bytes + _FRAME_ROOM)
        try:
            zygote.fork(theirs.fileno(), limits)
        finally:
            theirs.close()

    def send(self, data: bytes) -> None:
        """Send bytes whole; drop what a process that is gone can no longer read."""
        view = memoryview(data)
        while view:
            try:
                view = view[self._socket.send(view) :]
            except BlockingIOError:
                self._look_at_clocks()
            except (BrokenPipeError, ConnectionResetError):
                return  # its last answers may still be waiting to be read

    def read(self) -> tuple[bytes, bytes]:
        """Return the next frame; raise `CandidateStoppedError` when there is none or the time is up."""
        try:
            while (got := self._frames.take()) is None:
                if not self._wait():
                    if self._frames.unfinished:
                        protocol_violation("the stream ended inside a frame")
                    raise CandidateStoppedError(Termination(None, "ended before it had answered"))
        except FrameError as error:
            protocol_violation(str(error))
        return got

    def fileno(self) -> int:
        """Return the channel's descriptor, to wait on."""
        return self._socket.fileno()

    def hand_over(self, descriptors: list[int]) -> None:
        """Send descriptors to a process that waits for them."""
        passed = (socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack(f"@{len(descriptors)}i", *descriptors))
        self._socket.sendmsg([STREAMS], [passed])

    def gather(self, found: dict[int, bytes], limit: int) -> bool:
        """Take files that have arrived, by number, up to a limit; False when the process has hung up."""
        alive = self._frames.fill()
        try:
            while (got := self._frames.take()) is not None:
                kind, payload = got
                if kind != FILE or len(payload) < 4:
                    protocol_violation(f"a frame of kind {kind!r} in place of a file")
                if sum(map(len, found.values())) + len(payload) <= limit:
                    found[int.from_bytes(payload[:4], "little")] = payload[4:]
        except FrameError as error:
            protocol_violation(str(error))
        return alive

    def has_hung_up(self) -> bool:
        """Return whether the other end is closed, once there is something to read; False for bytes."""
        try:
            return not self._socket.recv(1)
        except ConnectionError:
            return True

    def check_time(self, hard_stop: float) -> None:
        """Stop a program that is out of time, at the latest at a time of the monotonic clock."""
        now = time.monotonic()
        if now >= hard_stop:
            stop_with(Verdict.TIMED_OUT, f"took {self.clock.wall_s():.1f} s by the clock")
        if now >= self._next_look:
            self._look_at_clocks()

    def _wait(self) -> bool:
        """Wait for bytes and watch the clocks; return False when the process has closed its channel."""
        while True:
            if time.monotonic() >= self._next_look:
                self._look_at_clocks()
            try:
                return self._frames.fill()
            except BlockingIOError:
                self._look_at_clocks()

    def end(self) -> ProcessReport:
        """End the process and everything it started, and report on it."""
        try:
            return self._zygote.end()
        finally:
            self._socket.close()

    def _look_at_clocks(self) -> None:
        """Stop a program that is out of time."""
        self._zygote.on_long_wait()
        budget, wall = self._limits.cpu_s, self.clock.wall_s()
        if wall < budget:
            self._next_look = time.monotonic() + min(budget - wall, _SLICE_S)
            return
        self._takes_long()
        cpu = self._zygote.cpu_s()
        if cpu >= budget:
            stop_with(Verdict.TIMED_OUT, f"used {cpu:.1f} s of CPU time")
        fair = self.clock.fair_s()
        if fair is not None and fair >= budget + _SLICE_S:
            stop_with(Verdict.TIMED_OUT, f"took {fair:.1f} s, {cpu:.1f} s of it CPU time")
        idle = cpu < 0.05 * wall and wall > self._wall_limits.idle_s
        if idle or wall > self._wall_limits.wall_s:
            detail = f"took {wall:.1f} s by the clock, {cpu:.1f} s of it CPU time"
            stop_with(Verdict.TIMED_OUT, detail, certain=self._alone)
        self._next_look = time.monotonic() + _SLICE_S


def stop_with(verdict: Verdict, detail: str, *, message: str = "", certain: bool = True) -> NoReturn:
    """End the conversation with a verdict."""
    raise CandidateStoppedError(Termination(verdict, detail, message or detail, certain))


def protocol_violation(what: str) -> NoReturn:
    """End the conversation with a process that broke the protocol."""
    detail = f"broke the protocol: {what}"
    raise CandidateStoppedError(Termination(Verdict.CRASHED, detail, detail, flags="protocol_violation"))

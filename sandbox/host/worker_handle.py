"""The host's handle on a worker, whatever encloses the programs it runs: start it, speak to it, end it."""

import contextlib
import json
import marshal
import os
import socket
import subprocess
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from sandbox.backends.base import Backend
from sandbox.backends.guest_bundle import PACKAGE
from sandbox.backends.launch import GuestLaunch
from sandbox.backends.worker_settings import WorkerSettings
from sandbox.errors import CheckError, IsolationError, WorkerLostError
from sandbox.program import Check, Lane, Outcome, Verdict
from sandbox.stdio_check import plain_check
from sandbox.wire.codec import decode, encode
from sandbox.wire.frames import FrameError, Frames, frame

__all__ = ["JudgeStuckError", "Report", "Worker", "start_worker"]

_HOST_LIMIT = 1 << 24
_START_S = 60.0
_CHUNK = 1 << 20
_ALIVE = b"A"
_places = count()
_FIRST_OUTER_UID = 0x70000000  # above what is given to people, services or subordinate ranges


class JudgeStuckError(WorkerLostError):
    """A worker was ended because its judge could not be done with what one program returned."""

    def __init__(self, serial: int) -> None:
        super().__init__(f"the judge could not be done with what program {serial} returned")
        self.serial = serial


@dataclass(frozen=True, slots=True)
class Report:
    """A worker's word on one program.

    Attributes:
        serial: the program's.
        certain: whether the outcome is final.
        outcome: None where the program needs a process of its own.
        said: what attempts at the program had said, if the outcome is not final; for the next one.
    """

    serial: int
    certain: bool
    outcome: Outcome | None
    said: tuple[tuple[int, str], ...] = ()


class Worker:
    """One worker process and the socket to it.

    Raises:
        IsolationError: the enclosure could not be made; the message names the step.
    """

    def __init__(self, settings: WorkerSettings, launch: GuestLaunch) -> None:
        ours, theirs = socket.socketpair()
        lifeline_read, self._lifeline = os.pipe()
        self._process = subprocess.Popen(  # noqa: S603 - our own module, the probed interpreter
            [
                settings.interpreter.executable, "-P", "-s", "-S", "-X", "utf8",
                "-c", _START.format(folder=str(PACKAGE)), str(theirs.fileno()), str(lifeline_read),
            ],
            pass_fds=(theirs.fileno(), lifeline_read, *launch.descriptors),
            stdin=subprocess.DEVNULL,
            env={"LANG": "C.UTF-8", "PYTHONHASHSEED": "0"},
            cwd="/",
            start_new_session=True,
        )  # fmt: skip
        theirs.close()
        os.close(lifeline_read)
        self._socket = ours
        self._frames = Frames(ours, _HOST_LIMIT)
        self._heard = time.monotonic()
        self._waiting = bytearray()
        self._ready = False
        self._refusal = launch.refusal
        self.cause_of_loss = launch.cause_of_loss
        self._end = weakref.finalize(self, _end_process, self._process, ours, self._lifeline, launch.end)
        ours.settimeout(_START_S)
        # Other pools of this machine begin elsewhere, too.
        message = {**settings.message, **launch.message, "place": os.getpid() + next(_places)}
        self._send(frame(b"S", json.dumps(message).encode()))
        self.facts: dict[str, Any] = dict(launch.facts)

    def fileno(self) -> int:
        """Return the socket's descriptor, to wait on."""
        return self._socket.fileno()

    def silent_s(self) -> float:
        """Return the seconds since the worker was last heard or spoken to."""
        return time.monotonic() - self._heard

    def greet(self) -> None:
        """Finish the start: map users once the worker has its namespace, and hear that it is enclosed.

        Raises:
            IsolationError: the enclosure could not be made; the message names the step.
        """
        while not self._ready:
            self.meet()

    def meet(self) -> None:
        """Take the next step of the start, so that workers can be at it together; raises as `greet` does."""
        kind, payload = self._expect(b"UH")
        if kind == b"U":
            self._map_users()
        else:
            self.facts |= decode(payload)
            self._socket.settimeout(None)
            self._ready = True

    def _expect(self, kinds: bytes) -> tuple[bytes, bytes]:
        kind, payload = self._read()
        if kind == b"F":
            self.close()
            raise IsolationError(f"{self._refusal}: {decode(payload)}")
        if kind not in kinds:
            raise WorkerLostError(f"a worker began with a frame of kind {kind!r}")
        return kind, payload

    def _map_users(self) -> None:
        folder = Path(f"/proc/{self._process.pid}")
        uid, gid = os.geteuid(), os.getegid()
        try:
            if uid == 0:
                # Root inside is root outside while files are mounted; programs run as a user whom nobody else
                # is, and who owns nothing on the host.
                outer = _FIRST_OUTER_UID + self._process.pid
                (folder / "uid_map").write_text(f"0 0 1\n65534 {outer} 1\n")
                (folder / "gid_map").write_text(f"0 0 1\n65534 {outer} 1\n")
            else:
                (folder / "uid_map").write_text(f"65534 {uid} 1\n")
                (folder / "setgroups").write_text("deny")
                (folder / "gid_map").write_text(f"65534 {gid} 1\n")
        except OSError as error:
            self.close()
            raise IsolationError(f"{self._refusal}: mapping users: {error.strerror}") from None
        self._send(frame(b"M"))

    def begin_run(self) -> None:
        """Have the worker end the process that programs of the last run shared, once `flush` is called."""
        self._waiting += frame(b"E")

    def learn(self, number: int, check: Check) -> None:
        """Have the worker make a check ready, once `flush` is called."""
        self._waiting += frame(b"K", encode((number, *plain_check(check)), 1 << 31))

    def forget(self, number: int) -> None:
        """Have the worker drop a check, likewise."""
        self._waiting += frame(b"G", encode(number))

    def send(
        self,
        serial: int,
        number: int,
        source: str,
        said: tuple[tuple[int, str], ...] = (),
        *,
        alone: bool,
        shared: bool,
    ) -> None:
        """Have the worker run a program, once `flush` is called; see `Judge`."""
        request = (serial, number, source) if shared else (serial, number, source, alone, said)
        self._waiting += frame(b"S" if shared else b"P", marshal.dumps(request))

    def flush(self) -> None:
        """Send what waits to be sent, in one go, so that programs are run in groups.

        What the worker does not take now stays: checks may be long, and others are not to wait for it.

        Raises:
            WorkerLostError: the worker is gone.
        """
        with contextlib.suppress(BlockingIOError):
            while self._waiting:
                sent = self._sent(self._waiting[:_CHUNK])
                del self._waiting[:sent]
                self._heard = time.monotonic()

    @property
    def has_more(self) -> bool:
        """Whether the worker has yet to take something that was given."""
        return bool(self._waiting)

    def receive(self) -> list[Report]:
        """Return the reports that have arrived; none where the worker only says that it is at work.

        Raises:
            WorkerLostError: the worker is gone.
            CheckError: a problem's own text does not run.
        """
        frames = [self._read()]
        while (waiting := self._frames.take()) is not None:  # the socket will not speak of these again
            frames.append(waiting)
        self._heard = time.monotonic()
        return [self._report(*each) for each in frames if each[0] != _ALIVE]

    def ask(self, kind: bytes, request: object, patience_s: float) -> Any:  # noqa: ANN401 - any value
        """Ask a worker that is doing nothing else, and return its answer.

        Raises:
            WorkerLostError: the worker is gone, or has said nothing for too long.
        """
        self._send(frame(kind, encode(request, 1 << 31)))
        self._socket.settimeout(patience_s)
        answered, payload = self._read()
        if answered != kind:
            raise WorkerLostError(f"a worker answered with a frame of kind {answered!r}")
        self._socket.settimeout(None)
        return decode(payload)

    def _report(self, kind: bytes, payload: bytes) -> Report:
        if kind == b"B":
            entry_point, reason = decode(payload)
            raise CheckError(f"the check of {entry_point!r} does not run: {reason}")
        if kind == b"T":
            raise JudgeStuckError(decode(payload))
        if kind == b"R":
            return Report(decode(payload), certain=False, outcome=None)
        if kind != b"O":
            raise WorkerLostError(f"a worker sent a frame of kind {kind!r}")
        try:
            (
                serial,
                certain,
                verdict,
                detail,
                message,
                calls,
                cpu_s,
                wall_s,
                attempts,
                suspicion,
                lane,
                told,
                fraction,
            ) = json.loads(str(payload, "utf-8"))
            said = tuple((int(count), str(its)) for count, its in told)
            outcome = Outcome(
                Verdict(verdict),
                detail,
                message,
                calls,
                cpu_s,
                wall_s,
                attempts,
                tuple(suspicion),
                Lane(lane),
                fraction,
            )
        except (ValueError, TypeError, RecursionError) as error:
            raise WorkerLostError(f"a worker sent what is no outcome: {error}") from None
        return Report(serial, certain, outcome, said)

    def _sent(self, data: bytearray) -> int:
        """Send what the worker takes at once, and return how much; raises `BlockingIOError` if nothing."""
        try:
            return self._socket.send(data, socket.MSG_DONTWAIT)
        except BlockingIOError:
            raise
        except OSError as error:
            raise WorkerLostError(f"a worker is gone: {error}") from None

    def _send(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise WorkerLostError(f"a worker is gone: {error}") from None

    def _read(self) -> tuple[bytes, bytes]:
        try:
            got = self._frames.read()
        except (OSError, FrameError) as error:
            raise WorkerLostError(f"a worker is gone: {error}") from None
        if got is None:
            raise WorkerLostError("a worker is gone")
        return got

    def close(self) -> None:
        """End the worker and everything below it; may be called again."""
        self._end()


def start_worker(backend: Backend, settings: WorkerSettings) -> Worker:
    """Return a new worker that is on its way; `Worker.greet` waits for it.

    Raises:
        IsolationError: it cannot be enclosed as it must be; the message names the step.
        WorkerLostError: the engine that makes enclosures has failed; another try may succeed.
    """
    with backend.launch() as launch:
        return Worker(settings, launch)


# A package without its `__init__`, which brings the host's side: a worker is to be there at once.
_START = """
import sys, types
package = sys.modules["sandbox"] = types.ModuleType("sandbox")
package.__path__ = [{folder!r}]
from sandbox.worker.supervisor import main
main(int(sys.argv[1]), int(sys.argv[2]))
"""


def _end_process(
    process: "subprocess.Popen[bytes]", sock: socket.socket, lifeline: int, end_guest: Callable[[], None]
) -> None:
    sock.close()
    os.close(lifeline)
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    end_guest()

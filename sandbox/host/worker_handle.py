"""The host's handle on a worker process: begin it, exchange messages with it, end it."""

import contextlib
import os
import socket
import subprocess
import time
import weakref
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from sandbox.backends.guest_bundle import PACKAGE
from sandbox.backends.launch import GuestLaunch
from sandbox.backends.worker_settings import WorkerSettings
from sandbox.errors import CheckError, IsolationError, WorkerLostError
from sandbox.program import Check
from sandbox.wire import host_messages as messages
from sandbox.wire.frames import FrameError, Frames, frame
from sandbox.wire.host_messages import Returned, Said, WorkerReport
from sandbox.wire.script_messages import RunScript, ScriptReport

__all__ = ["JudgeStuckError", "WorkerHandle"]

_HOST_LIMIT = 1 << 24
_START_S = 60.0
_CHUNK = 1 << 20
_places = count()
_FIRST_OUTER_UID = 0x70000000  # above what is given to people, services or subordinate ranges


class JudgeStuckError(WorkerLostError):
    """A worker ended its judge, which was busy for too long with what one program returned."""

    def __init__(self, serial: int) -> None:
        super().__init__(f"the judge could not be done with what program {serial} returned")
        self.serial = serial


class WorkerHandle:
    """Handle on one worker process, with the socket to it.

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
        self._last_message_s = time.monotonic()
        self._waiting = bytearray()
        self._ready = False
        self._refusal = launch.refusal
        self.cause_of_loss = launch.cause_of_loss
        self._end = weakref.finalize(self, _end_process, self._process, ours, self._lifeline, launch.end)
        ours.settimeout(_START_S)
        # Other pools of this machine begin elsewhere, too.
        message = {**settings.message, **launch.message, "place": os.getpid() + next(_places)}
        self._send(messages.Settings(message).encode())
        self.facts: dict[str, Any] = dict(launch.facts)

    def fileno(self) -> int:
        """Return the socket's descriptor, to wait on."""
        return self._socket.fileno()

    def silent_s(self) -> float:
        """Return the seconds since the last message from or to the worker."""
        return time.monotonic() - self._last_message_s

    def wait_ready(self) -> None:
        """Wait until the worker is enclosed and its judge serves.

        Raises:
            IsolationError: the enclosure could not be made; the message names the step.
        """
        while not self._ready:
            self.advance_startup()

    def advance_startup(self) -> None:
        """Advance the start-up handshake by one message; raise as `wait_ready` does."""
        kind, payload = self._expect(messages.NEEDS_USER_MAP + messages.READY)
        if kind == messages.NEEDS_USER_MAP:
            self._map_users()
        else:
            self.facts |= messages.Ready.decode(payload).facts
            self._socket.settimeout(None)
            self._ready = True

    def _expect(self, kinds: bytes) -> tuple[bytes, bytes]:
        kind, payload = self._read()
        if kind == messages.START_FAILED:
            self.close()
            raise IsolationError(f"{self._refusal}: {messages.StartFailed.decode(payload).reason}")
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
        self._send(frame(messages.USERS_MAPPED))

    def begin_run(self) -> None:
        """Queue an order to end the shared process of the previous run; `flush` sends it."""
        self._waiting += frame(messages.BEGIN_RUN)

    def learn(self, number: int, check: Check) -> None:
        """Queue a check for the worker to make ready; `flush` sends it."""
        self._waiting += messages.LearnCheck(number, check).encode()

    def forget(self, number: int) -> None:
        """Queue an order to drop a check; `flush` sends it."""
        self._waiting += messages.ForgetCheck(number).encode()

    def send(
        self,
        serial: int,
        number: int,
        source: str,
        said: tuple[Said, ...] = (),
        *,
        alone: bool,
        shared: bool,
    ) -> None:
        """Queue a program for the worker; `flush` sends it. For the arguments see `Judge.judge`."""
        if shared:
            self._waiting += messages.RunShared.encode(serial, number, source)
        else:
            self._waiting += messages.RunProgram.encode(serial, number, source, said, alone=alone)

    def flush(self) -> None:
        """Send what is queued at once, so that programs run in groups.

        What the worker does not accept now stays queued: checks may be long, and other workers must not wait.

        Raises:
            WorkerLostError: the worker is gone.
        """
        with contextlib.suppress(BlockingIOError):
            while self._waiting:
                sent = self._sent(self._waiting[:_CHUNK])
                del self._waiting[:sent]
                self._last_message_s = time.monotonic()

    @property
    def has_more(self) -> bool:
        """Return whether something is queued that the worker has not accepted."""
        return bool(self._waiting)

    def receive(self) -> list[WorkerReport | Returned]:
        """Return the reports that have arrived; none where the worker only says that it is at work.

        Raises:
            WorkerLostError: the worker is gone.
            CheckError: a problem's own text does not run.
        """
        arrived = [self._read()]
        while (waiting := self._frames.take()) is not None:  # the socket will not speak of these again
            arrived.append(waiting)
        self._last_message_s = time.monotonic()
        return [self._report(*each) for each in arrived if each[0] != messages.AT_WORK]

    def run_script(self, asked: RunScript, timeout_s: float) -> ScriptReport:
        """Have a worker that does nothing else run a script, and return what came of it.

        Raises:
            WorkerLostError: the worker is gone, or has not answered in time.
        """
        self._send(asked.encode())
        self._socket.settimeout(timeout_s)
        kind, payload = self._read()
        if kind != messages.SCRIPT_RESULT:
            raise WorkerLostError(f"a worker answered with a frame of kind {kind!r}")
        self._socket.settimeout(None)
        return ScriptReport.decode(payload)

    def _report(self, kind: bytes, payload: bytes) -> WorkerReport | Returned:
        if kind == messages.NEEDS_OWN_PROCESS:
            return messages.NeedsOwnProcess.decode(payload)
        if kind == messages.BROKEN_CHECK:
            entry_point, reason = messages.BrokenCheck.decode(payload)
            raise CheckError(f"the check of {entry_point!r} does not run: {reason}")
        if kind == messages.JUDGE_STUCK:
            raise JudgeStuckError(messages.JudgeStuck.decode(payload).serial)
        if kind not in {messages.OUTCOME, messages.RETURNED}:
            raise WorkerLostError(f"a worker sent a frame of kind {kind!r}")
        try:
            return (WorkerReport if kind == messages.OUTCOME else Returned).decode(payload)
        except (ValueError, TypeError, RecursionError) as error:
            raise WorkerLostError(f"a worker sent what is no outcome: {error}") from None

    def _sent(self, data: bytearray) -> int:
        """Send what the worker accepts at once and return how much; raise `BlockingIOError` if nothing."""
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


# The package without its `__init__`, which would import the host's modules: a worker must start quickly.
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

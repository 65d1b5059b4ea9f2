"""Relay between the judge and a container's standard streams, on the host's side.

It runs in the supervisor. To the judge it is the zygote's control socket and the program's end of each
channel; it does not interpret the bytes.
"""

import array
import contextlib
import json
import os
import socket
import struct
from typing import Any

from sandbox.errors import SandboxError
from sandbox.wire.control import COMMAND, FORK, KILL
from sandbox.wire.relay_frames import ANSWER, DATA, HEADER, HUNG_UP, ROOM, Unpacker
from sandbox.worker.container_handshake import await_ready, read_line

__all__ = ["Relay", "RelayLostError"]

_CHUNK = 65536
_ENGINE_HEADER = struct.Struct(">BxxxI")  # how the engine wraps what a container writes: stream, length
_STDOUT = 1
_START_S = 60.0
_FLOOD = 64 << 20  # no honest zygote leaves as much before an answer


class RelayLostError(SandboxError):
    """The container, the engine's stream to it, or the judge is gone."""


class Relay:
    """One container's streams, and the judge's two sockets.

    Args:
        stream: descriptor of a socket to the container's standard streams, as the engine attaches them.
        bundle: what the container is to be.

    Raises:
        SandboxError: it does not become it.
    """

    def __init__(self, stream: int, bundle: dict[str, Any]) -> None:
        os.set_inheritable(stream, False)  # noqa: FBT003 - as it is defined
        self._stream = socket.socket(fileno=stream)
        self._judge_end, self._control = socket.socketpair()
        self._wrapped = bytearray()
        self._unpacker = Unpacker()
        self._to_container = bytearray()
        self._to_judge = bytearray()
        self._channel: socket.socket | None = None
        self._hung_up = False
        self._awaited = 0  # answers of the zygote's that the judge waits for
        self._facts = self._handshake(bundle)

    def to_judge(self) -> tuple[socket.socket, int, dict[str, Any]]:
        """Return, in the judge, its end of the control socket, 0, and facts about the container."""
        for ours in (self._stream, self._control):
            ours.close()
        await_ready(self._judge_end)
        return self._judge_end, 0, self._facts

    def _handshake(self, bundle: dict[str, Any]) -> dict[str, Any]:
        self._stream.settimeout(_START_S)
        try:
            hello = json.loads(read_line(self._receive_raw))
            self._stream.sendall(json.dumps(bundle).encode() + b"\n")
            narrowed = json.loads(read_line(self._receive_raw))
        except TimeoutError:
            raise SandboxError(f"the container said nothing for {_START_S:.0f} s") from None
        self._stream.setblocking(False)  # noqa: FBT003 - the method takes nothing else
        self._control.setblocking(False)  # noqa: FBT003 - the method takes nothing else
        self._pass_on()  # the zygote's first word may have come along with the line
        return {"python": str(hello["python"]), "landlock": int(narrowed["landlock"])}

    def _receive_raw(self) -> bytes:
        while not (plain := self._unwrapped(1)):
            data = self._stream.recv(_CHUNK)
            if not data:
                raise SandboxError("the container ended before it was ready")
            self._wrapped += data
        return plain

    def _unwrapped(self, most: int) -> bytes:
        """Unwrap up to so many bytes that the container wrote from the engine's frames."""
        wrapped = self._wrapped
        while len(wrapped) >= _ENGINE_HEADER.size:
            stream, size = _ENGINE_HEADER.unpack_from(wrapped)
            if stream != _STDOUT or not size:
                if len(wrapped) < _ENGINE_HEADER.size + size:
                    return b""
                del wrapped[: _ENGINE_HEADER.size + size]
                continue
            taken = bytes(wrapped[_ENGINE_HEADER.size : _ENGINE_HEADER.size + min(size, most)])
            del wrapped[: _ENGINE_HEADER.size + len(taken)]
            if rest := size - len(taken):
                wrapped[:0] = _ENGINE_HEADER.pack(stream, rest)
            return taken
        return b""

    def readers(self) -> list[socket.socket]:
        """Return the sockets that bytes should be taken from now."""
        found = [self._control]
        # An answer that the judge waits for may be behind a flood that it does not read.
        if len(self._to_judge) < ROOM or self._awaited:
            found.append(self._stream)
        if self._channel is not None and len(self._to_container) < ROOM:
            found.append(self._channel)
        return found

    def writers(self) -> list[socket.socket]:
        """Return the sockets that have bytes waiting for them."""
        found = [self._stream] if self._to_container else []
        return [*found, self._channel] if self._to_judge and self._channel is not None else found

    def move(self, ready: list[Any]) -> None:
        """Move bytes from and to the sockets that are ready; raise `RelayLostError` at the end."""
        try:
            if self._control in ready:
                self._take_command()
            if self._stream in ready:
                self._take_frames()
            if self._channel is not None and self._channel in ready:
                self._take_request()
            self._flush()
        except (OSError, ValueError) as error:
            raise RelayLostError(f"the container is gone: {error}") from None

    def _take_command(self) -> None:
        try:
            message, ancillary, _flags, _address = self._control.recvmsg(COMMAND.size, 64)
        except BlockingIOError:
            return
        if not message:
            raise RelayLostError("the judge is gone")
        kind = message[:1]
        if kind == FORK:
            self._hang_up()
            self._channel = socket.socket(fileno=array.array("i", ancillary[0][2])[0])
            self._channel.setblocking(False)  # noqa: FBT003 - the method takes nothing else
        else:
            self._awaited += 1
            if kind == KILL:
                self._hang_up()
        self._to_container += HEADER.pack(kind, len(message)) + message

    def _take_request(self) -> None:
        assert self._channel is not None
        try:
            data = self._channel.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._to_container += HEADER.pack(DATA, len(data)) + data
        else:
            self._hang_up()

    def _take_frames(self) -> None:
        try:
            data = self._stream.recv(_CHUNK)
        except BlockingIOError:
            return
        if not data:
            raise RelayLostError("the container is gone")
        self._wrapped += data
        self._pass_on()

    def _pass_on(self) -> None:
        """Hand the judge what the frames hold that have arrived."""
        while plain := self._unwrapped(_CHUNK):
            for kind, payload in self._unpacker.feed(plain):
                if kind == ANSWER:
                    self._awaited = max(0, self._awaited - 1)
                    self._control.send(payload)
                elif self._channel is not None:
                    self._to_judge += payload
                    self._hung_up = self._hung_up or kind == HUNG_UP
        if len(self._to_judge) > _FLOOD:
            raise RelayLostError("the container floods the judge")

    def _flush(self) -> None:
        if self._to_container:
            with contextlib.suppress(BlockingIOError):
                del self._to_container[: self._stream.send(self._to_container)]
        if self._channel is None:
            return
        if self._to_judge:
            try:
                del self._to_judge[: self._channel.send(self._to_judge)]
            except BlockingIOError:
                return
            except OSError:
                self._hang_up()
                return
        if self._hung_up and not self._to_judge:
            self._channel.shutdown(socket.SHUT_WR)
            self._hung_up = False

    def _hang_up(self) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        self._to_judge.clear()
        self._hung_up = False

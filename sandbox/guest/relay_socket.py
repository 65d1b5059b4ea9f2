"""Emulate a zygote's control socket over standard streams, where no socket leads into the container.

The zygote sees a socket with just the methods it uses. While it waits for a command, bytes are moved between
the streams and the channel of the program that runs; `wire/relay_frames.py` has the frames.

Reports of the zygote go before bytes that wait, so that no program can delay them by a flood.
"""

import array
import os
import select
import socket
from collections import deque

from sandbox.wire.control import FORK, KILL
from sandbox.wire.relay_frames import ANSWER, DATA, HEADER, HUNG_UP, ROOM, Unpacker

__all__ = ["RelaySocket"]

_CHUNK = 65536


class RelaySocket:
    """A control socket for the zygote, carried by the process's standard streams."""

    def __init__(self) -> None:
        # The zygote gives 0 and 1 away to /dev/null; these stay.
        self._input, self._output = os.dup(0), os.dup(1)
        os.set_blocking(self._output, False)
        self._unpacker = Unpacker()
        self._arrived: deque[tuple[bytes, bytes]] = deque()
        self._said: deque[bytes] = deque()
        self._from_program: deque[bytes] = deque()
        self._cut = b""  # the rest of a frame that was written in part
        self._channel: socket.socket | None = None
        self._to_program = bytearray()

    def sendall(self, data: bytes) -> None:
        """Write bytes that are no frame, before frames begin."""
        while data:
            data = data[os.write(self._output, data) :]

    def send(self, data: bytes) -> int:
        """Queue a report; it is sent while the next command is awaited."""
        self._said.append(HEADER.pack(ANSWER, len(data)) + data)
        return len(data)

    def recvmsg(self, _size: int, _ancillary: int) -> tuple[bytes, list[tuple[int, int, bytes]], int, None]:
        """Wait for a command, moving bytes meanwhile; with FORK comes a channel, as if sent along."""
        while True:
            while self._arrived:
                kind, payload = self._arrived.popleft()
                if kind == DATA:
                    if self._channel is not None:
                        self._to_program += payload
                elif kind == FORK:
                    return payload, [(socket.SOL_SOCKET, socket.SCM_RIGHTS, self._opened())], 0, None
                else:
                    if kind == KILL:
                        self._hang_up()
                        self._from_program.clear()
                    return payload, [], 0, None
            if not self._move():
                return b"", [], 0, None

    def close(self) -> None:
        """Close everything, in the process of a program."""
        os.close(self._input)
        os.close(self._output)
        self._hang_up()

    def _opened(self) -> bytes:
        self._hang_up()
        self._channel, theirs = socket.socketpair()
        self._channel.setblocking(False)  # noqa: FBT003 - the method takes nothing else
        return array.array("i", [theirs.detach()]).tobytes()

    def _hang_up(self) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        self._to_program.clear()

    def _move(self) -> bool:
        """Move what can be moved, after waiting for the first such thing; return False at the end."""
        poll = select.poll()
        poll.register(self._input, select.POLLIN)
        if self._cut or self._said or self._from_program:
            poll.register(self._output, select.POLLOUT)
        if self._channel is not None:
            reads = select.POLLIN if sum(map(len, self._from_program)) < ROOM else 0
            poll.register(self._channel, reads | (select.POLLOUT if self._to_program else 0))
        for descriptor, _events in poll.poll():
            if descriptor == self._input:
                data = os.read(self._input, _CHUNK)
                if not data:
                    return False
                self._arrived += self._unpacker.feed(data)
            elif descriptor == self._output:
                self._write()
            else:
                self._exchange()
        return True

    def _write(self) -> None:
        """Write one frame or the rest of one; reports of the zygote go first."""
        data = self._cut or (self._said.popleft() if self._said else self._from_program.popleft())
        try:
            self._cut = data[os.write(self._output, data) :]
        except BlockingIOError:
            self._cut = data

    def _exchange(self) -> None:
        """Give the program its bytes and take some of its own."""
        channel = self._channel
        if channel is None:
            return
        try:
            if self._to_program:
                del self._to_program[: channel.send(self._to_program)]
        except BlockingIOError:
            pass
        except OSError:
            self._to_program.clear()  # it can no longer read; its last words may still be waiting
        try:
            data = channel.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._from_program.append(HEADER.pack(DATA, len(data)) + data)
        else:
            self._from_program.append(HEADER.pack(HUNG_UP, 0))
            self._hang_up()

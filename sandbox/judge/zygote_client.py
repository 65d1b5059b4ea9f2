"""The judge's end of the control socket to the zygote."""

import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.errors import SandboxError
from sandbox.program import Limits
from sandbox.wire.control import COMMAND, CPU_CLOCK, FORK, KILL, OWN_SLOT, REPORT

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ProcessReport", "Zygote", "ZygoteLostError"]

_DESCRIPTOR = struct.Struct("@i")


class ZygoteLostError(SandboxError):
    """The zygote is gone; the worker must be replaced and the program run again."""


@dataclass(frozen=True, slots=True)
class ProcessReport:
    """What the zygote says of a process.

    Attributes:
        status: wait status, -1 when there was no process.
        cpu_s: its CPU seconds.
        scratch_used: whether the scratch folder had to be emptied.
    """

    status: int
    cpu_s: float
    scratch_used: bool


class Zygote:
    """The control socket to the zygote, and its process number as the judge sees it.

    Attributes:
        pid: the process number.
        on_long_wait: called now and then while the judge waits for a program's process.
    """

    def __init__(self, control: socket.socket, pid: int) -> None:
        self.on_long_wait: Callable[[], object] = lambda: None
        self._control = control
        self.pid = pid
        self._asked = 0

    def fork(self, channel: int, limits: Limits, slot: int = OWN_SLOT) -> None:
        """Start a program's process with one end of its channel; raise `ZygoteLostError`.

        Args:
            channel: descriptor of what the process reads and writes.
            limits: what it may use.
            slot: `OWN_SLOT`, or `SHARED_SLOT` for the process that several programs share.
        """
        command = COMMAND.pack(FORK, slot, limits.cpu_s, limits.memory_bytes, limits.value_bytes)
        try:
            passed = (socket.SOL_SOCKET, socket.SCM_RIGHTS, _DESCRIPTOR.pack(channel))
            self._control.sendmsg([command], [passed])
        except OSError as error:
            raise ZygoteLostError(f"the zygote is gone: {error}") from None

    def cpu_s(self, slot: int = OWN_SLOT) -> float:
        """Return the CPU seconds that the process has used; raise `ZygoteLostError`."""
        return self._ask(CPU_CLOCK, slot).cpu_s

    def end(self, slot: int = OWN_SLOT) -> ProcessReport:
        """Kill the process and everything it started, and reap them; raise `ZygoteLostError`."""
        return self._ask(KILL, slot)

    def _ask(self, command: bytes, slot: int) -> ProcessReport:
        self._asked = number = self._asked + 1
        answered = 0
        try:
            self._control.send(COMMAND.pack(command, slot, 0.0, 0, number))
            while answered != number:  # the alarm that ends a test may have left an answer behind
                answer = self._control.recv(REPORT.size, socket.MSG_WAITALL)
                if len(answer) < REPORT.size:
                    raise ZygoteLostError("the zygote is gone")
                *told, answered = REPORT.unpack(answer)
        except OSError as error:
            raise ZygoteLostError(f"the zygote is gone: {error}") from None
        return ProcessReport(*told)

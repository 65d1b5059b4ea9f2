"""Messages between the host and a worker that runs scripts; see `host_messages`."""

from typing import NamedTuple

from sandbox.wire.frames import frame
from sandbox.wire.host_messages import HOST_LIMIT, RUN_SCRIPT, SCRIPT_RESULT
from sandbox.wire.value_decoder import decode
from sandbox.wire.value_encoder import encode

__all__ = ["RunScript", "ScriptReport"]


class RunScript(NamedTuple):
    """Run a script.

    Attributes:
        source: the script.
        stdin: its standard input.
        files: name and content of the files it finds.
        fetch: names of the files to return.
        timeout_s: CPU seconds it may use, and wall-clock seconds.
        memory_bytes: address space it may use.
        output_bytes: bytes that are kept of each of its two outputs.
    """

    source: str
    stdin: bytes
    files: list[tuple[str, bytes]]
    fetch: list[str]
    timeout_s: float
    memory_bytes: int
    output_bytes: int

    def encode(self) -> bytes:
        """Return the frame."""
        return frame(RUN_SCRIPT, encode(tuple(self), HOST_LIMIT))

    @classmethod
    def decode(cls, payload: bytes) -> "RunScript":
        """Return the message."""
        return cls(*decode(payload))


class ScriptReport(NamedTuple):
    """What came of a script.

    Attributes:
        stdout: what it printed, as far as it was kept.
        stderr: likewise.
        cut: whether there was more of either.
        status: its wait status, -1 for none.
        timed_out: whether it was stopped for its time.
        cpu_s: CPU seconds.
        wall_s: wall-clock seconds.
        files: content of the files, with their places among the names that were given.
    """

    stdout: bytes
    stderr: bytes
    cut: bool
    status: int
    timed_out: bool
    cpu_s: float
    wall_s: float
    files: tuple[tuple[int, bytes], ...]

    def encode(self) -> bytes:
        """Return the frame."""
        return frame(SCRIPT_RESULT, encode(tuple(self), HOST_LIMIT))

    @classmethod
    def decode(cls, payload: bytes) -> "ScriptReport":
        """Return the message."""
        return cls(*decode(payload))

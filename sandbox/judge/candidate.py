"""The candidate as a test sees it: a function whose every call crosses to the untrusted process by value."""

import abc
import builtins
import copy
import threading
from collections.abc import Iterator
from typing import Any, Final

from sandbox.errors import SandboxError
from sandbox.judge.candidate_process import protocol_violation, stop_with
from sandbox.judge.exception_arguments import exception_arguments
from sandbox.judge.held_arguments import HeldObjects
from sandbox.judge.verdicts import (
    CandidateStoppedError,
    Raised,
    Termination,
    described,
    from_load_failure,
    shown,
)
from sandbox.program import Verdict
from sandbox.wire import requests
from sandbox.wire.frames import (
    EXCEPTION,
    HELD_EXCEPTION,
    HELD_VALUE,
    KEYWORD_CALL,
    LOADED,
    NOT_LOADED,
    TOO_LARGE,
    VALUE,
    frame,
)
from sandbox.wire.held_arguments import held_parts
from sandbox.wire.value_decoder import Decoder
from sandbox.wire.value_encoder import encode
from sandbox.wire.value_format import DecodingError, ValueLimitError

__all__ = ["Candidate"]

_BROKEN_OFF: Final = "the test broke off a call of the program, by an alarm for instance"


class Candidate(abc.ABC):
    """Stands for the function under test; where it runs is a subclass's.

    Args:
        value_bytes: most bytes of one argument list or one answer.
        holds: whether the test may look at an argument again after the call.
        on_copies: whether the program's changes are kept from the test's own objects.

    Attributes:
        answered: how many calls were answered.
        raised: the exception that the last call raised here, if it did, and its verdict.
        stopped: how the conversation ended, once it has.
        __name__: the function's, which tests quote.
    """

    __name__ = "candidate"

    def __init__(self, value_bytes: int, *, holds: bool = False, on_copies: bool = False) -> None:
        self._value_bytes = value_bytes
        self._holds = holds
        self._on_copies = on_copies
        self._held: list[Any] = []  # parts of the arguments of the call that goes on
        self._objects = HeldObjects()
        self.changed_arguments = False
        self._loaded = False
        self._turn = threading.RLock()  # a test may call from several threads
        self._decoder = Decoder(value_bytes, lambda number, name: _RemoteIterator(self, number, name))
        self._last: tuple[str, object] | None = None
        self.answered = 0
        self.raised: tuple[BaseException, Verdict] | None = None
        self.stopped: Termination | None = None

    @abc.abstractmethod
    def load(self, source: str, entry_point: str) -> None:
        """Hand the program over."""

    @abc.abstractmethod
    def await_loaded(self) -> None:
        """Make sure that the program has loaded, for a test that ended without a call."""

    @abc.abstractmethod
    def advance(self, number: int) -> Any:  # noqa: ANN401 - whatever the iterator yields
        """Advance one of the program's iterators; raises `StopIteration` at its end."""

    @abc.abstractmethod
    def _ask(self, request: bytes) -> tuple[bytes, bytes]:
        """Return kind and payload of the answer to a call."""

    def let_go(self) -> None:
        """Let go of the program's values, once the test is over.

        What a test leaves holds itself, and is freed when the collector comes to it: values of several
        programs together would be more than the judge can hold.
        """
        self._last = self.raised = None
        self._decoder.let_go()

    def restore(self) -> None:
        """Put back what the program changed in arguments, once the test is over or begins again."""
        self._held = []
        self._objects.restore()

    def last(self) -> str:
        """Say what the last call gave."""
        if self._last is None:
            return ""
        how, what = self._last
        return f"{how} {what if how == 'raised' else shown(what)}"

    def __call__(self, *args: object, **kwargs: object) -> Any:  # noqa: ANN401 - whatever the program returns
        """Return what the function under test returns for these arguments, or raise what it raised.

        `StopIteration` arrives as `RuntimeError`: raised in the midst of a test's `map` or `next`, it would
        end the test's own loop without a word.
        """
        with self._turn:
            if self.stopped is not None:
                raise CandidateStoppedError(self.stopped)
            try:
                return self._value(*self._answer(self._request(args, kwargs)))
            except CandidateStoppedError as stopped:
                self.stopped = stopped.end
                raise

    def _answer(self, request: bytes) -> tuple[bytes, bytes]:
        """Return the answer to a request. No other is sent to a program whose answer was not awaited.

        Its answer would else be taken for that to the next one.
        """
        try:
            return self._ask(request)
        except (CandidateStoppedError, SandboxError, RecursionError, MemoryError):
            raise
        except BaseException:
            self.stopped = Termination(Verdict.TIMED_OUT, _BROKEN_OFF, _BROKEN_OFF, certain=False)
            raise

    def _recording(self) -> "_Recording":
        if self.stopped is not None:
            raise CandidateStoppedError(self.stopped)
        return _Recording(self)

    def _request(self, args: tuple[object, ...], kwargs: dict[str, object]) -> bytes:
        try:
            if self._on_copies:
                args, kwargs = copy.deepcopy((args, kwargs))
            if self._holds:
                parts = held_parts(args, kwargs)
                if parts.found:
                    request = requests.held_call(args, kwargs, parts, self._value_bytes)
                    if request is not None:
                        self._held = parts.found
                        return request
            if kwargs:
                return frame(KEYWORD_CALL, encode((args, kwargs), self._value_bytes))
            return requests.call(args, self._value_bytes)
        except ValueLimitError as error:
            stop_with(Verdict.OUTPUT_LIMIT, f"an argument is too large to send: {error}")

    def _take(self, kind: bytes, payload: bytes) -> None:
        """Take the word whether the program loaded."""
        if kind == LOADED:
            self._loaded = True
            return
        said = self._decode(payload)
        if kind != NOT_LOADED or not isinstance(said, tuple) or not said or type(said[0]) is not str:
            protocol_violation(f"a frame of kind {kind!r} in place of whether the program loaded")
        raise CandidateStoppedError(from_load_failure(said[0], self._described(said[1:])))

    def _value(self, kind: bytes, payload: bytes) -> Any:  # noqa: ANN401, RET503 - `protocol_violation` does not return
        if kind in {VALUE, HELD_VALUE}:
            value = self._decode(payload) if kind == VALUE else self._with_changes(payload)
            self._last = ("returned", value)
            return value
        if kind in {EXCEPTION, HELD_EXCEPTION}:
            said = self._decode(payload) if kind == EXCEPTION else self._with_changes(payload)
            raise self._exception(self._described(said))
        if kind == TOO_LARGE:
            stop_with(Verdict.OUTPUT_LIMIT, f"returned too much: {self._decode(payload)}")
        protocol_violation(f"a frame of kind {kind!r} in place of an answer")

    def _with_changes(self, payload: bytes) -> Any:  # noqa: ANN401
        """Take an answer that says what the call did to its arguments; return the value in it."""
        held, self._held = self._held, []
        if not held:
            protocol_violation("an answer about arguments that were not asked for")
        self._decoder.parts = held
        try:
            said = self._decode(payload)
        finally:
            self._decoder.parts = []
        if type(said) is not tuple or len(said) != 2:
            protocol_violation("an answer about arguments that is none")
        self.changed_arguments |= self._objects.change(held, said[0])
        return said[1]

    def _exception(self, raised: Raised) -> BaseException:
        if raised.kind == "exit":
            stop_with(Verdict.EXITED, str(raised), message=raised.message)
        known = getattr(builtins, raised.builtin, Exception)
        if not (isinstance(known, type) and issubclass(known, BaseException)):
            known = Exception
        elif issubclass(known, SystemExit):
            known = BaseException
        elif issubclass(known, StopIteration):
            known = RuntimeError
        try:
            error = known(*exception_arguments(known, raised.message))
        except TypeError:  # an exception of a group, for instance, wants more than a message
            error = (Exception if issubclass(known, Exception) else BaseException)(raised.message)
        self._last = ("raised", str(raised))
        self.raised = (error, Verdict.OUT_OF_MEMORY if raised.kind == "memory" else Verdict.RUNTIME_ERROR)
        return error

    def _described(self, said: object) -> Raised:
        try:
            return described(said)
        except DecodingError as error:
            protocol_violation(str(error))

    def _decode(self, payload: bytes) -> Any:  # noqa: ANN401
        try:
            return self._decoder.decode(payload)
        except ValueLimitError as error:
            stop_with(Verdict.OUTPUT_LIMIT, f"returned too much: {error}")
        except (DecodingError, RecursionError) as error:
            protocol_violation(str(error))
        except MemoryError:
            stop_with(Verdict.OUTPUT_LIMIT, "returned more than the judge can hold")


class _Recording:
    """Notes on the candidate how the conversation was stopped, for a test may swallow what says so."""

    __slots__ = ("_candidate",)

    def __init__(self, candidate: Candidate) -> None:
        self._candidate = candidate

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, CandidateStoppedError):
            self._candidate.stopped = error.end


class _RemoteIterator:
    """An iterator of the program's: it yields values one call at a time, and equals nothing but itself."""

    __slots__ = ("_candidate", "_number", "_type_name")

    def __init__(self, candidate: Candidate, number: int, type_name: str) -> None:
        self._candidate, self._number, self._type_name = candidate, number, type_name

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:  # noqa: ANN401 - whatever the program yields
        return self._candidate.advance(self._number)

    def __repr__(self) -> str:
        return f"<{self._type_name} object>"

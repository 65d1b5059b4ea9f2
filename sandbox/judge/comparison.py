"""Compare what a program wrote with what was expected: tokens, bytes, floats, or by a checker."""

import math
import re
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from types import FrameType
from typing import Any, Final

from sandbox.evaluated_answers import evaluates_answers
from sandbox.judge.verdicts import shown
from sandbox.stdio_check import StdioCheck

__all__ = ["CHECKER_S", "Compared", "Comparison", "comparison_of"]

_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?", re.ASCII)
CHECKER_S: Final = 10.0  # of one call of a checker


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of comparing one output.

    Attributes:
        score: from 0 to 1, which passes.
        why: why it is no more than that.
        failed: whether the problem's checker failed, so that there is no score.
    """

    score: float
    why: str = ""
    failed: bool = False


# Given input, output and expected output.
Comparison = Callable[[str, bytes, str], Compared]
_PASSED: Final = Compared(1.0)


def comparison_of(check: StdioCheck) -> Comparison:
    """Return how the outputs of a check's tests are compared.

    Raises:
        Exception: whatever the text of the checker raises.
        TypeError: it defines no function `check`.
    """
    if check.checker:
        return _Checker(check.checker)
    if check.compare == "exact":
        return _exactly
    if check.compare == "floats":
        return lambda _given, output, expected: _by_lines(output, expected, _Near(check.tolerance))
    return lambda _given, output, expected: _by_lines(output, expected, _same_number)


def _exactly(_given: str, output: bytes, expected: str) -> Compared:
    if output == _bytes(expected):
        return _PASSED
    return Compared(0.0, f"wrote {shown(_text(output))}, expected {shown(expected)}")


def _by_lines(output: bytes, expected: str, same: Callable[[str, str], bool]) -> Compared:
    """Compare line by line, token by token; `same` is asked where two decimals differ as text."""
    if output == _bytes(expected):
        return _PASSED
    for number, (found, wanted) in enumerate(zip_longest(_lines(_text(output)), _lines(expected)), 1):
        if found == wanted:
            continue
        if found is None:
            return Compared(0.0, f"ended before line {number}, expected {shown(wanted)}")
        if wanted is None:
            return Compared(0.0, f"line {number} is {shown(found)}, and none was expected")
        here, there = found.split(), wanted.split()
        if len(here) != len(there) or not all(
            one == other or (_is_decimal(one) and _is_decimal(other) and same(one, other))
            for one, other in zip(here, there, strict=True)
        ):
            return Compared(0.0, f"line {number} is {shown(found)}, expected {shown(wanted)}")
    return _PASSED


def _lines(text: str) -> Iterator[str]:
    """Yield the lines that are not blank."""
    return (line for line in text.split("\n") if line and not line.isspace())


def _is_decimal(token: str) -> bool:
    return _DECIMAL.fullmatch(token) is not None


def _same_number(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False


class _Near:
    """Whether a number is near an expected one."""

    def __init__(self, tolerance: float) -> None:
        self._tolerance = tolerance

    def __call__(self, one: str, other: str) -> bool:
        found, wanted = float(one), float(other)
        if math.isinf(found) or math.isinf(wanted):  # more digits than a float has
            return _same_number(one, other)
        return abs(found - wanted) <= self._tolerance * max(1.0, abs(wanted)) or _same_number(one, other)


class _CheckerTimeoutError(BaseException):
    """A checker does not come to an end."""


class _Checker:
    """The problem set's own judgement of an output."""

    def __init__(self, text: str) -> None:
        if evaluates_answers(text):
            raise ValueError(
                "the checker may run as code what a program writes, which could then forge verdicts"
            )
        namespace: dict[str, Any] = {"__name__": "checker"}
        exec(compile(text, "<checker>", "exec", dont_inherit=True), namespace)  # noqa: S102 - trusted, and jailed
        check = namespace.get("check")
        if not callable(check):
            raise TypeError("the checker defines no function check(input, output, expected)")
        self._check: Callable[[str, str, str], Any] = check

    def __call__(self, given: str, output: bytes, expected: str) -> Compared:
        text = _text(output)
        try:
            score = self._limited(given, text, expected)
        except _CheckerTimeoutError:
            return _failed(f"did not come to an end in {CHECKER_S:g} s")
        except BaseException as error:  # noqa: BLE001 - whatever it raises is no judgement
            return _failed(f"raised {type(error).__name__}: {shown(str(error))}")
        if not isinstance(score, bool | int | float) or not 0 <= score <= 1:
            return _failed(f"returned {shown(score)}, which is no score from 0 to 1")
        return _PASSED if score == 1 else Compared(float(score), f"the checker refused {shown(text)}")

    def _limited(self, given: str, output: str, expected: str) -> Any:  # noqa: ANN401 - whatever it returns
        before = signal.signal(signal.SIGALRM, _ring)
        signal.setitimer(signal.ITIMER_REAL, CHECKER_S)
        try:
            return self._check(given, output, expected)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


def _failed(how: str) -> Compared:
    return Compared(0.0, f"the problem's own checker failed, not the program: it {how}", failed=True)


def _ring(_signal: int, _frame: FrameType | None) -> None:
    raise _CheckerTimeoutError


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")

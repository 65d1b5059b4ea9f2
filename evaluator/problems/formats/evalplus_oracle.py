"""RUNS IN THE JUDGE: compare a candidate's outputs with those of EvalPlus's reference.

This file's text is executed there in its own namespace, so it needs nothing but the standard library.
`prepare` runs once per worker and problem, `check` once per program. Reference outputs are computed when the
first program needs them, and kept: some references take seconds for inputs that few programs ever reach.
The comparison is that of EvalPlus 0.3.1 (`evalplus/eval/__init__.py`), numpy's `allclose` included.
"""

# ruff: noqa: ANN401 - the values compared here are whatever a candidate returned

import copy
import itertools
import json
import math
import operator
import reprlib
from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["EXTRA_INPUT", "calls", "check", "prepare"]

EXTRA_INPUT = "plus input "  # how the message of a miss begins once all base inputs were right

_NOT_NONE = frozenset({"check_str", "text_match_three", "text_starta_endb"})
_AS_SETS = frozenset(
    {
        "Diff",
        "common_in_nested_lists",
        "extract_singly",
        "find_char_long",
        "find_dissimilar",
        "intersection_array",
        "larg_nnum",
        "similar_elements",
    }
)
_TYPES: dict[str, Any] = {"tuple": tuple, "set": set, "dict": dict, "complex": lambda parts: complex(*parts)}
_RTOL = 1e-7  # numpy.testing.assert_allclose's default, which EvalPlus passes to numpy.allclose

_SPEC: dict[str, Any] = {}


def prepare(text: str, untimed: Callable[..., Any] | None) -> None:
    """Read the problem (JSON) and make the reference ready, to be called by way of `untimed`."""
    _SPEC.update(json.loads(text, object_hook=_restore))
    reference: dict[str, Any] = {}
    exec(_SPEC["reference"], reference)  # noqa: S102 - the problem set is trusted as far as the judge's jail
    _SPEC["function"] = reference[_SPEC["entry_point"]]
    _SPEC["call"] = untimed or operator.call
    _SPEC["outputs_only"] = _SPEC["dataset"] == "mbpp" and _SPEC["entry_point"] in _NOT_NONE
    _SPEC["expected"] = {"base": [], "plus": []}


def calls() -> Iterable[list[Any]]:
    """Return the arguments of the calls that `check` makes, in their order."""
    return itertools.chain(_SPEC["base"], _SPEC["plus"])


def check(candidate: Any) -> None:
    """Call the candidate on every input in order, base inputs first; AssertionError at the first miss."""
    for part in ("base", "plus"):
        atol = _SPEC["atol"]
        for index, arguments in enumerate(_SPEC[part]):
            expected = _expected(part, index, arguments)  # first: a candidate may change what it is given
            output = candidate(*arguments)
            try:
                # Once an expected output is a float, EvalPlus stays tolerant for the rest of that part.
                atol = 1e-6 if atol == 0 and _is_floats(expected) else atol
                good = _agree(output, expected, arguments, atol)
            except Exception:  # noqa: BLE001 - comparing what a candidate returned may fail in any way
                good = False
            if not good:
                place = f"base input {index}" if part == "base" else f"{EXTRA_INPUT}{index}"
                raise AssertionError(f"{place}: {_told(arguments, output, expected)}")


def _told(arguments: Iterable[Any], output: Any, expected: Any) -> str:
    """Return a failed call in a few hundred characters."""
    short = reprlib.Repr()
    short.maxlist = short.maxtuple = short.maxset = short.maxfrozenset = short.maxdict = 12
    short.maxstring = short.maxother = 80
    texts = []
    for value in (*arguments, output, expected):
        try:
            texts.append(short.repr(value)[:200])
        except Exception:  # noqa: BLE001 - a number may have too many digits to be written
            texts.append("...")
    call = ", ".join(texts[:-2])
    wanted = "something" if _SPEC["outputs_only"] and expected is True else texts[-1]
    return f"{_SPEC['entry_point']}({call[:300]}) gave {texts[-2]}, expected {wanted}"


def _expected(part: str, index: int, arguments: list[Any]) -> Any:
    known = _SPEC["expected"][part]
    if index == len(known):
        output = _SPEC["call"](_SPEC["function"], *copy.deepcopy(arguments))
        known.append(output is not None if _SPEC["outputs_only"] else output)
    return known[index]


def _agree(output: Any, expected: Any, arguments: Any, atol: float) -> bool:
    name = _SPEC["entry_point"]
    if _SPEC["dataset"] == "humaneval" and name == "find_zero":
        return abs(_polynomial(arguments[0], output)) <= atol
    exact = bool(output == expected)
    if _SPEC["dataset"] == "mbpp":
        exact = _mbpp_exact(output, expected, arguments, atol)
    if exact or atol == 0:
        return exact
    return (
        type(output) is type(expected) and _same_length(output, expected) and _close(output, expected, atol)
    )


def _mbpp_exact(output: Any, expected: Any, arguments: Any, atol: float) -> bool:
    name, exact = _SPEC["entry_point"], bool(output == expected)
    if name == "are_equivalent":  # Mbpp/164 has no settled answer
        return True
    if name == "sum_div":
        return exact or bool(output == 0)
    if name == "surface_Area":
        return exact or bool(abs(output - _pyramid_surface(*arguments)) <= atol)
    if name == "digit_distance_nums":
        return exact or bool(output == _digit_distance(*arguments))
    if name in _AS_SETS:
        exact = set(output) == set(expected)
    if name in _NOT_NONE:
        return (output if isinstance(output, bool) else output is not None) is expected
    return exact


def _is_floats(value: Any) -> bool:
    if isinstance(value, list | tuple) and value:
        return all(isinstance(item, float) for item in value)
    return isinstance(value, float)


def _same_length(output: Any, expected: Any) -> bool:
    return not isinstance(expected, list | tuple) or len(output) == len(expected)


def _close(output: Any, expected: Any, atol: float) -> bool:
    """`numpy.allclose(output, expected, rtol=1e-07, atol=atol)` for numbers in nested lists and tuples."""
    axes = max(len(_shape(output)), len(_shape(expected)))
    pairs = [(_with_axes(_numbers(output), axes), _with_axes(_numbers(expected), axes))]
    while pairs:
        left, right = pairs.pop()
        if isinstance(left, list | tuple):
            pairs.extend(_broadcast(left, right))
        elif not _close_numbers(left, right, atol):
            return False
    return True


def _shape(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list | tuple):
        return ()
    shapes = {_shape(item) for item in value} or {()}
    if len(shapes) > 1:
        raise ValueError("ragged, so not an array")
    return (len(value), *shapes.pop())


def _with_axes(value: Any, axes: int) -> Any:
    for _ in range(axes - len(_shape(value))):
        value = [value]
    return value


def _broadcast(left: Any, right: Any) -> Iterable[tuple[Any, Any]]:
    size = len(right) if len(left) == 1 else len(left)
    if len(right) not in {1, size}:
        raise ValueError("shapes do not match")
    return itertools.islice(zip(itertools.cycle(left), itertools.cycle(right), strict=False), size)


def _close_numbers(left: complex, right: complex, atol: float) -> bool:
    if not (_finite(left) and _finite(right)):
        return left == right
    return abs(left - right) <= atol + _RTOL * abs(right)


def _numbers(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_numbers(item) for item in value]
    # Beyond 64 bits numpy would hold objects, on which allclose raises.
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        raise TypeError("not a machine number")
    if not isinstance(value, int | float | complex):
        raise TypeError("not a number")
    return value if isinstance(value, complex) else float(value)


def _finite(value: complex) -> bool:
    return math.isfinite(value.real) and math.isfinite(value.imag)


def _restore(tagged: dict[str, Any]) -> Any:
    if len(tagged) != 1:  # the problem itself; its inputs' own dicts are tagged as well
        return tagged
    ((kind, parts),) = tagged.items()
    return _TYPES[kind](parts)


def _polynomial(coefficients: list[float], x: float) -> float:
    return sum(coefficient * math.pow(x, power) for power, coefficient in enumerate(coefficients))


def _pyramid_surface(base: float, height: float) -> int:
    """Surface of a square pyramid, `height` being that of its apex above the base (Mbpp/581)."""
    slant = math.sqrt((base / 2) ** 2 + height**2)
    return round(base**2 + 2 * base * slant)


def _digit_distance(first: int, second: int) -> int:
    """Sum of the differences of digits, the shorter number padded with zeros (Mbpp/558)."""
    width = max(len(str(first)), len(str(second)))
    digits = zip(str(first).zfill(width), str(second).zfill(width), strict=True)
    return sum(abs(int(left) - int(right)) for left, right in digits)

"""The small language is C only: over everything that its programs can reach from what they share."""

import builtins
import math
import types
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.guest.allowlist import ATTRIBUTES, BUILTINS, MATH
from sandbox.guest.responder import VerifierRefusedError
from sandbox.guest.shared_state import SharedState, importable_names
from sandbox.guest.verifier import verified

WORLD = SharedState(importable_names())
FUNCTIONS = (types.BuiltinFunctionType, types.MethodWrapperType)  # the first is also that of bound methods
DESCRIPTORS = (
    types.MethodDescriptorType,
    types.ClassMethodDescriptorType,
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
    types.WrapperDescriptorType,
    types.BuiltinFunctionType,  # what `str.maketrans` lies in its class as, inside of a static method
)
PLAIN = (str, bytes, int, float, complex, bool, type(None), type(NotImplemented))
HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: a class that was made while running, such as all of Python's own
# What programs can make beside what they share: every kind of value and iterator that syntax, builtins and
# methods give.
MADE: list[Any] = [
    "", b"", 1, 1.0, 1j, True, None, ..., [], (), {}, set(), frozenset(), range(1), lambda: None, (x for x in ()),
    ValueError("x"), KeyError(1), ImportError("x"), OSError(1, "x"), StopIteration(1), UnicodeError("x"), SyntaxError("x"),
    iter(""), iter("\xe9"), iter([]), iter(()), iter({}), iter(set()), iter(range(1)), iter(range(1 << 70)), iter(int, 0),
    reversed([]), reversed({}), reversed(()), reversed({}.keys()), reversed({}.values()), reversed({}.items()),
    {}.keys(), {}.values(), {}.items(), iter({}.keys()), iter({}.values()), iter({}.items()), enumerate([]), zip(), map(int, []),
    filter(None, []), list[int], int | None, [].append, str.join, int.from_bytes, dict.fromkeys, "".maketrans, math.sqrt, len,
    (1).real, type(int), type(None), type(...),
]  # fmt: skip


def shared() -> Iterator[Any]:
    """Yield everything that is the same object for all programs: builtins and what `math` has."""
    yield from (getattr(builtins, name) for name in BUILTINS)
    yield from (value for name, value in vars(WORLD.math).items() if name in MATH)


def reachable() -> list[Any]:
    """Return what attributes lead to, from what is shared and what can be made; of plain values one of each."""
    seen: dict[object, Any] = {}
    waiting = [*shared(), *MADE, *(type(each) for each in MADE)]
    while waiting:
        thing = waiting.pop()
        key = type(thing) if type(thing) in PLAIN else id(thing)
        if key in seen:
            continue
        seen[key] = thing
        for name in ATTRIBUTES:
            try:
                waiting.append(getattr(thing, name))
            except (AttributeError, TypeError):
                continue
    return list(seen.values())


def is_static(kind: type) -> bool:
    return not kind.__flags__ & HEAP_TYPE


def test_every_builtin_is_a_function_of_c_a_static_type_or_a_plain_value() -> None:
    assert len(BUILTINS) > 60
    for name in BUILTINS:
        found = getattr(builtins, name)
        assert isinstance(found, types.BuiltinFunctionType | type | type(NotImplemented)), name
        assert not isinstance(found, type) or is_static(found), name


def test_everything_of_math_is_a_function_of_c_or_a_number() -> None:
    given = {name: value for name, value in vars(WORLD.math).items() if name[:2] != "__"}
    assert given.keys() <= MATH
    assert len(given) > 50
    for name, value in given.items():
        assert type(value) in {types.BuiltinFunctionType, float}, name
        assert value is getattr(math, name)
    # Beside these the stand-in has what any new module has, all of it None but its name.
    assert {name: value for name, value in vars(WORLD.math).items() if name[:2] == "__" and value} == {
        "__name__": "math"
    }


def test_every_attribute_of_every_reachable_type_is_a_descriptor_of_c() -> None:
    types_met = {type(each) for each in reachable()} | {
        each for each in reachable() if isinstance(each, type)
    }
    pairs = 0
    for kind in types_met:
        assert is_static(kind), kind
        for name in ATTRIBUTES:
            home = next((base for base in kind.__mro__ if name in vars(base)), None)
            if home is None:
                continue
            assert is_static(home), (kind, name)
            found = vars(home)[name]
            found = found.__func__ if isinstance(found, staticmethod) else found
            assert isinstance(found, DESCRIPTORS), (kind, name)
            pairs += 1
    assert len(types_met) > 60
    assert pairs > 180


def test_what_is_reached_is_c_and_leads_nowhere() -> None:
    nowhere = (
        types.ModuleType, types.FrameType, types.CodeType, types.TracebackType, types.MappingProxyType, types.CellType,
        types.MethodType, types.SimpleNamespace, property, classmethod, staticmethod, super,
    )  # fmt: skip
    for thing in reachable():
        assert is_static(type(thing)), thing
        assert not isinstance(thing, nowhere), thing
        # The only functions that are not C's, and the only generators, are a program's own.
        if isinstance(thing, types.FunctionType | types.GeneratorType):
            assert thing in MADE
    closed = {
        type,
        object,
        BaseException,
        getattr,
        setattr,
        vars,
        eval,
        exec,
        open,
        id,
        hash,
        globals,
        __import__,
        super,
    }
    assert not closed & {each for each in shared() if callable(each)}


def test_nothing_that_is_shared_can_be_changed() -> None:
    for thing in shared():
        assert isinstance(thing, (*FUNCTIONS, type, float, type(NotImplemented)))
        if isinstance(thing, type):
            with pytest.raises(TypeError):
                thing.anything = 1  # type: ignore[attr-defined]


def test_names_are_what_this_python_has() -> None:
    assert not [name for name in BUILTINS if not hasattr(builtins, name)]
    kinds = {type(each) for each in MADE}
    assert not [name for name in ATTRIBUTES if not any(hasattr(kind, name) for kind in kinds)]


def test_every_builtin_that_is_not_named_is_refused() -> None:
    for name in set(dir(builtins)) - BUILTINS - {"True", "False", "None", "__debug__"}:
        with pytest.raises(VerifierRefusedError):
            verified(f"def f(): return {name}\n", "<candidate>")


def test_every_attribute_that_is_not_named_is_refused() -> None:
    names = {name for each in MADE for name in dir(each)} | {
        name for kind in {type(each) for each in MADE} for name in dir(type(kind))
    }
    assert len(names) > 200
    for name in names - ATTRIBUTES:
        for base in ("x", "(1)", "[]", "x()", "x[0]", "'{0.a}'"):
            with pytest.raises(VerifierRefusedError):
                verified(f"def f(x): return {base}.{name}\n", "<candidate>")

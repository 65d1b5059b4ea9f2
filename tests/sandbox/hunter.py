"""Hunts for a way out of the small language: writes programs, runs them, and looks at what they got hold of.

A program is a module with a function `f()`, made from every builtin, method, operator and statement that the language
has, on values of every kind. `hunted` writes one from a seed, `mutated` changes a real completion. `search` runs such
programs here, many in one process as they would share it, and tells what no program should hold: a class that is not
C's, a function that is not its own, a module, a frame, code, or anything that programs share and that has changed.

    python tests/sandbox/hunter.py SEED COUNT     searches, and prints what was found as lines of JSON
"""

import json
import random
import re
import resource
import signal
import sys
import types
import warnings
from collections.abc import Iterator
from typing import Any, Final

from sandbox.guest.allowlist import ATTRIBUTES, BUILTINS, MATH
from sandbox.guest.responder import VerifierRefusedError
from sandbox.guest.shared_state import SharedState, importable_names
from sandbox.guest.verifier import verified

__all__ = ["hunted", "mutated", "search"]

_CALLED: Final = sorted(BUILTINS - {"NotImplemented"})
_METHODS: Final = sorted(ATTRIBUTES)
_MATH: Final = sorted(MATH)
_PLAIN: Final = [
    "0", "1", "-1", "2", "2.5", "-0.0", "'ab'", "'3'", "''", "b'xy'", "None", "True", "...", "[3, 1, 2]", "[]", "(1, 2)", "()", "{1, 2}",
    "{'a': 1}", "{}", "range(3)", "1j", "int", "str", "list", "dict", "len", "x", "y", "held", "held", "g", "f", "gen()", "frozenset([1])",
    "(lambda a: a)", "(lambda a, b: a < b)", "(lambda *a, **k: (a, k))", "ValueError('v')", "Exception", "KeyError", "list[int]", "int | None",
    "'\xe9'", "'\\ud800'", "'{}'", "1 << 65", "float('nan')", "iter([1, 2])", "zip([1], [2])", "'ab'.join", "[].append", "held.append",
    "'a b'.split()", "dict.fromkeys", "str.maketrans('a', 'b')", "NotImplemented", "enumerate('ab')", "reversed([1, 2])", "{}.items()",
]  # fmt: skip
_OPERATORS: Final = [
    "+",
    "-",
    "*",
    "%",
    "//",
    "/",
    "&",
    "|",
    "^",
    "<",
    "==",
    "is",
    "in",
    "not in",
    "and",
    "or",
    "@",
    ">>",
]
# Their results grow fast: these are given short things only.
_GROWING: Final = {
    "pow", "range", "factorial", "comb", "perm", "exp", "exp2", "ljust", "rjust", "center", "zfill", "ldexp", "cosh",
}  # fmt: skip
_SMALL: Final = ["0", "1", "2", "3", "'ab'", "x", "None", "2.5"]


def hunted(seed: int) -> str:
    """Return a module of the small language that defines `f()`; the same for the same seed."""
    draw = random.Random(seed)
    lines = [
        "import math",
        "held, found = [1, [2], {'k': 3}], []",
        "def g(a=[], *rest, **more):",
        "    a.append(len(a))",
        "    return a",
        "def gen():",
        "    return (found.append(n) or n for n in range(3))",
        "def f():",
        "    seen, x, y = [], 1, 'y'",
    ]
    for _ in range(draw.randrange(3, 9)):
        lines += [f"    {line}" for line in _statement(draw)]
    lines += [
        "    text = '0x'.join(part.lstrip('0123456789abcdef') if at else part for at, part in enumerate(repr(seen).split('0x')))",
        "    return sum((at + 1) * ord(letter) for at, letter in enumerate(text)) % 1000003, text",
    ]
    return "\n".join([*lines, ""])


def _statement(draw: random.Random) -> Iterator[str]:
    kind = draw.randrange(7)
    yield "try:"
    if kind == 0:
        yield f"    {draw.choice(['x', 'y', 'held[0]', 'held[1]', 'x, y', '*x, y', 'held[1:]'])} = {_expression(draw, 2)}"
    elif kind == 1:
        yield f"    for x in {_expression(draw, 1)}:"
        yield f"        seen.append(repr({_expression(draw, 1)})[:99])"
        yield "        if len(seen) > 9: break"
    elif kind == 2:
        yield f"    x {draw.choice(['+', '-', '|', '&', '%'])}= {_expression(draw, 1)}"
    elif kind == 3:
        yield f"    def h(a={_expression(draw, 1)}, *b, c={_expression(draw, 1)}, **d): return a, b, c, d"
        yield f"    x = h({_expression(draw, 1)}, **{{'d': {_expression(draw, 1)}}})"
    elif kind == 4:
        yield f"    y = {_expression(draw, 1)}"
        yield f"    x = f'{{y!{draw.choice('rsa')}:{draw.choice(['', '>4', '{x}', '.3', ',', 's'])}}}{{y:{draw.choice(['', '>4', 'd', 'g', '{y}'])}}}'"
    elif kind == 5:
        yield f"    held[{draw.randrange(3)}] = {_expression(draw, 2)}"
    else:
        yield f"    raise {draw.choice(['ValueError', 'KeyError', 'StopIteration', 'OSError'])}({_expression(draw, 2)})"
    yield f"    found.append({_expression(draw, draw.randrange(2))})"
    yield f"    found.append({_expression(draw, 3)})"
    yield "    seen.append(repr(found[-1])[:200])"
    yield "except Exception as e:"
    yield "    found.append(e.args)"
    yield "    seen.append((repr(e)[:200], len(e.args)))"


def _expression(draw: random.Random, depth: int) -> str:  # noqa: PLR0911 - a way to make one each
    if depth == 0 or draw.random() < 0.15:
        return draw.choice(_PLAIN)
    kind = draw.randrange(8)
    if kind == 0:
        name = draw.choice(_CALLED)
        return f"{name}({_arguments(draw, name, depth)})"
    if kind == 1:
        name = draw.choice(_MATH)
        return f"math.{name}" if draw.random() < 0.1 else f"math.{name}({_arguments(draw, name, depth)})"
    if kind in {2, 3, 4}:
        name = draw.choice(_METHODS)
        called = "" if draw.random() < 0.2 else f"({_arguments(draw, name, depth)})"
        return f"({_expression(draw, depth - 1)}).{name}{called}"
    if kind == 5:
        return f"({_expression(draw, depth - 1)} {draw.choice(_OPERATORS)} {_expression(draw, depth - 1)})"
    if kind == 6:
        return f"({_expression(draw, depth - 1)})[{_expression(draw, depth - 1)}]"
    return draw.choice(
        [
            "[{} for v in {}]",
            "(lambda v: {})({})",
            "{{v: {} for v in {}}}",
            "(v for v in ({}, {}))",
            "(type({}) == {})",
        ]
    ).format(draw.choice(["v", "[v, x]", _expression(draw, depth - 1)]), _expression(draw, depth - 1))


def _arguments(draw: random.Random, name: str, depth: int) -> str:
    count = draw.choice([0, 1, 1, 2, 2, 3])
    if name in _GROWING:
        return ", ".join(draw.choice(_SMALL) for _ in range(count))
    given = [_expression(draw, depth - 1) for _ in range(count)]
    if draw.random() < 0.1:
        given.append(
            draw.choice(
                [
                    "key=len",
                    "default=x",
                    "sep=''",
                    "*held",
                    "**{'a': 1}",
                    "base=3",
                    "file=held",
                    "strict=True",
                ]
            )
        )
    return ", ".join(given)


_TOKEN: Final = re.compile(r"[A-Za-z_]\w*|\d+\.?\d*|==|!=|<=|>=|//|\*\*|[-+*/%<>=]|'[^'\n]*'|\"[^\"\n]*\"")
_SWAPS: Final = [
    ["==", "!=", "<", ">", "<=", ">=", "is"], ["+", "-", "*", "//", "%"], ["0", "1", "2", "3", "10"], ["True", "False", "None"],
    ["min", "max", "sum", "len", "sorted", "list", "set", "str", "tuple", "int", "float", "reversed", "iter"],
    ["append", "extend", "remove", "pop", "insert", "add", "update"], ["lower", "upper", "swapcase", "title"], ["and", "or"],
    ["range", "enumerate", "zip", "map", "filter"], ["keys", "values", "items"], ["split", "strip", "join", "replace", "count", "find"],
]  # fmt: skip
_LINES: Final = [
    "x = 1", "return 1", "print('x' * 99)", "import gone", "sorted = max", "len = lambda a: 3", "del x", "global x", "global len",
    "assert x", "raise ValueError(3)", "str(b'', 'idna')", "import math as len", "held = []", "sum = list", "x: int", "range = 3", "pass",
]  # fmt: skip


def mutated(source: str, seed: int) -> str:
    """Return a program that differs from another in one to four places; the same for the same seed."""
    draw = random.Random(seed)
    for _ in range(draw.randrange(1, 5)):
        if draw.random() < 0.2:
            lines = source.split("\n")
            at = draw.randrange(len(lines))
            indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
            lines.insert(at, indent + draw.choice(_LINES))
            source = "\n".join(lines)
            continue
        places = [each for each in _TOKEN.finditer(source) if any(each.group() in group for group in _SWAPS)]
        if places:
            place = draw.choice(places)
            group = next(group for group in _SWAPS if place.group() in group)
            source = source[: place.start()] + draw.choice(group) + source[place.end() :]
    return source


class _OutOfTimeError(BaseException):
    """A program takes long, which tells nothing."""


_HEAP_TYPE: Final = 1 << 9
_FORBIDDEN: Final = (
    types.ModuleType, types.FrameType, types.CodeType, types.TracebackType, types.MappingProxyType, types.CellType,
    types.MethodType, property, classmethod, staticmethod, types.MappingProxyType,
)  # fmt: skip
_CLOSED: Final[frozenset[object]] = frozenset(
    (type, object, BaseException, SystemExit, getattr, setattr, delattr, vars, dir, eval, exec, compile, open, id, hash, globals, locals,
     __import__, super, memoryview, bytearray, input, breakpoint)
)  # fmt: skip
_BY_IDENTITY: Final = (type, types.BuiltinFunctionType)


def _told(thing: object, namespace: dict[str, Any], seen: set[int]) -> str:  # noqa: PLR0911 - one each
    """Say what is wrong with a program's holding a thing, or anything in it; empty if nothing is."""
    if id(thing) in seen or len(seen) > 5000:
        return ""
    seen.add(id(thing))
    kind = type(thing)
    if isinstance(thing, _FORBIDDEN):
        return f"a {kind.__name__}"
    if kind.__flags__ & _HEAP_TYPE or (isinstance(thing, type) and thing.__flags__ & _HEAP_TYPE):
        return f"the class {thing if isinstance(thing, type) else kind}"
    if isinstance(thing, types.FunctionType | types.GeneratorType):
        home = (
            thing.__globals__
            if isinstance(thing, types.FunctionType)
            else thing.gi_frame and thing.gi_frame.f_globals
        )
        return "a function that is not its own" if home is not None and home is not namespace else ""
    if isinstance(thing, _BY_IDENTITY) and thing in _CLOSED:
        return f"{thing}"
    if thing is namespace or thing is namespace["__builtins__"]:
        return "a namespace"
    inner: list[object] = []
    if isinstance(thing, dict):
        inner = [*thing.keys(), *thing.values()]
    elif isinstance(thing, list | tuple | set | frozenset):
        inner = list(thing)
    elif isinstance(thing, types.BuiltinFunctionType) and not isinstance(thing.__self__, types.ModuleType):
        inner = [thing.__self__]
    return next(filter(None, (_told(each, namespace, seen) for each in inner)), "")


def search(first: int, count: int) -> Iterator[tuple[int, str]]:
    """Run the programs of these seeds in this process, and yield what was found of which."""
    state = SharedState(importable_names())
    signal.signal(signal.SIGALRM, _stop)
    warnings.simplefilter("ignore")
    for seed in range(first, first + count):
        source = hunted(seed)
        namespace = state.namespace()
        try:
            code = verified(source, "<candidate>", state.is_absent, "f")
        except (VerifierRefusedError, SyntaxError) as error:
            yield seed, f"not admitted: {error}"
            continue
        before = [id(value) for value in vars(state.math).values()]
        try:
            signal.setitimer(signal.ITIMER_REAL, 2.0)
            exec(code, namespace)
            namespace["held"].append(namespace["f"]())
        except (_OutOfTimeError, MemoryError, RecursionError):
            continue
        except Exception:  # noqa: BLE001 - how a program ends is no find
            pass
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        holds = [
            value for name, value in namespace.items() if name not in {"__builtins__", "__annotations__"}
        ]
        for value in holds:
            if value is not state.math and (told := _told(value, namespace, set())):
                yield seed, told
        if not state.is_unchanged() or before != [id(value) for value in vars(state.math).values()]:
            yield seed, "something that is shared has changed"
            state.begin()


def _stop(_signal: int, _frame: object) -> None:
    raise _OutOfTimeError


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    sys.stdout, told_to = open("/dev/null", "w"), sys.stdout  # noqa: SIM115
    for found in search(int(sys.argv[1]), int(sys.argv[2])):
        told_to.write(json.dumps(found) + "\n")
        told_to.flush()
    told_to.write('"done"\n')

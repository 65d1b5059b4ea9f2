"""Writes programs that the verifier admits and that try everything on its list in odd ways."""

import random
from collections.abc import Iterator

from sandbox.allowed import ATTRIBUTES, BUILTINS, PAIRS

__all__ = ["odd_program"]

# Not those that only ever wait or fill the memory, and addresses, which differ between any two processes.
_LEFT_OUT = {"itertools.count", "itertools.cycle", "itertools.repeat", "sys.maxsize"}
_NAMES = sorted(f"{module}.{name}" for module, names in PAIRS.items() for name in names if "." not in module)
_TAKEN = [name for name in _NAMES if name not in _LEFT_OUT]
_CALLED = sorted(BUILTINS - {"NotImplemented", "print"})
_METHODS = sorted(ATTRIBUTES)
_PLAIN = [
    "0", "1", "-1", "2.5", "'ab'", "'3'", "''", "b'xy'", "None", "True", "[3, 1, 2]", "[]", "(1, 2)", "{1, 2}",
    "{'a': 1}", "{}", "range(3)", "1j", "slice(1, 2)", "int", "str", "list", "dict", "len", "x", "y", "held", "g",
    "frozenset([1])", "bytearray(b'z')", "lambda a: a", "lambda a, b: a < b", "ValueError('v')", "Exception",
]  # fmt: skip
# Equal and not the same: what a cache would give one program because another had asked for the other.
_EQUAL = ["1", "1.0", "True", "2", "2.0", "0", "False", "-0.0", "0.0", "(1, 0)", "(True, 0.0)", "'a'", "re.A"]
_PATTERNS = sorted(PAIRS["re"] & {name.lower() for name in PAIRS["re"]} - {"escape"})
_GENERIC = sorted(PAIRS["typing"] - {"Any", "Hashable", "Sized", "Text"})


def odd_program(seed: int) -> str:
    """Return a module that defines `f()`; the same for the same seed."""
    draw = random.Random(seed)
    modules = sorted({name.partition(".")[0] for name in _TAKEN})
    lines = [
        f"import hashlib, {', '.join(modules)}",
        "held = [1, [2], {'k': 3}]",
        "def g(a=[], *rest, **more):",
    ]
    lines += ["    a.append(len(a))", "    return a", "def f():", "    seen, x, y = [], 1, 'y'"]
    for _ in range(draw.randrange(3, 9)):
        lines += [f"    {line}" for line in _statement(draw)]
    # What is quoted of an answer is short: its digest speaks for the rest.
    lines += ["    told = re.sub('0x[0-9a-f]+', '0x', repr(seen))"]
    return "\n".join(
        [*lines, "    return hashlib.md5(told.encode('utf-8', 'replace')).hexdigest(), told", ""]
    )


def _statement(draw: random.Random) -> Iterator[str]:
    kind = draw.randrange(6)
    yield "try:"
    if kind == 0:
        yield f"    {draw.choice(['x', 'y', 'held[0]', 'held[1]'])} = {_expression(draw, 2)}"
    elif kind == 1:
        yield f"    for x in {_expression(draw, 1)}:"
        yield f"        seen.append({_expression(draw, 1)})"
        yield "        if len(seen) > 9: break"
    elif kind == 2:
        yield f"    x += {_expression(draw, 1)}"
    elif kind == 3:
        yield f"    x = typing.{draw.choice(_GENERIC)}[{', '.join(_inside(draw) for _ in range(draw.choice([1, 1, 2])))}]"
    elif kind == 4:
        given = ", ".join(draw.choice(_EQUAL) for _ in range(draw.choice([1, 1, 2])))
        yield f"    x = re.{draw.choice(_PATTERNS)}({draw.choice(['b', 'a+', '.'])!r}, {given})"
    else:
        yield f"    held[{draw.randrange(3)}] = {_expression(draw, 2)}"
    yield f"    seen.append(repr({_expression(draw, 3)})[:200])"
    yield "except Exception as e:"
    yield "    seen.append((str(e)[:200], len(e.args)))"


def _inside(draw: random.Random) -> str:
    """Return what stands between a generic type's brackets, in one of which anything may."""
    value = draw.choice(_EQUAL)
    return draw.choice(["{}", "list[{}]", "dict[str, {}]", "tuple[{}]"]).format(value)


def _expression(draw: random.Random, depth: int) -> str:
    if depth == 0 or draw.random() < 0.15:
        return draw.choice(_PLAIN)
    arguments = ", ".join(_expression(draw, depth - 1) for _ in range(draw.choice([0, 1, 1, 2, 2, 3])))
    kind = draw.randrange(5)
    if kind == 0:
        return f"{draw.choice(_CALLED)}({arguments})"
    if kind in {1, 2}:
        return f"{draw.choice(_TAKEN)}({arguments})"
    if kind == 3:
        return f"({_expression(draw, depth - 1)}).{draw.choice(_METHODS)}({arguments})"
    return f"({draw.choice(_TAKEN)}).{draw.choice(_METHODS)}({arguments})"

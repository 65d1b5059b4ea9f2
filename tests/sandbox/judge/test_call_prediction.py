"""The calls that a test will make are read from its text, as far as the text tells."""

import ast
from typing import Any

import pytest

from sandbox.judge.call_prediction import literal_calls

TEXTS = {
    "in order": ("assert f(1) == 2\n    assert f(2, 'a') == f([3])", [(1,), (2, "a"), ([3],)]),
    "within more": ("assert abs(f(1) - 2) < 3\n    x = tuple(f((2,)))[0]\n    f({'a': -1})", [(1,), ((2,),), ({"a": -1},)]),
    "by the function's own name": ("assert f([1]) == add([1])\n    assert f(2)", [([1],), ([1],), (2,)]),
    "remarks and imports": ("'''Doc.'''\n    import math\n    pass\n    assert f(1)", [(1,)]),
    "loop": ("assert f(1)\n    for n in (2, 3):\n        assert f(n)", [(1,)]),
    "condition": ("assert f(1)\n    if f(2): f(3)\n    assert f(4)", [(1,)]),
    "one or the other": ("assert f(1)\n    assert f(2) or f(3)\n    assert f(4)", [(1,)]),
    "both": ("assert f(1)\n    assert f(2) and f(3)\n    assert f(4)", [(1,)]),
    "perhaps": ("assert f(1)\n    assert (f(2) if x else f(3))", [(1,)]),
    "each of": ("assert f(1)\n    assert [f(n) for n in x]", [(1,)]),
    "later": ("assert f(1)\n    g = lambda: f(2)\n    assert f(3)", [(1,)]),
    "what depends on an answer": ("assert f(1)\n    assert f(f(2)) == 3", [(1,)]),
    "what is computed": ("assert f(1)\n    assert f(2 ** 8)\n    assert f(3)", [(1,)]),
    "by name": ("assert f(1)\n    assert f(x=2)\n    assert f(3)", [(1,)]),
    "return": ("assert f(1)\n    return\n    assert f(2)", [(1,)]),
    "unhashable": ("assert f(1)\n    assert f({[]})", [(1,)]),
}  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), TEXTS.values(), ids=TEXTS)
def test_calls_are_told_as_far_as_the_text_tells(body: str, expected: list[tuple[Any, ...]]) -> None:
    assert list(literal_calls(ast.parse(f"def check(f):\n    {body}\n"), "add")) == expected


def test_text_without_check_tells_nothing() -> None:
    assert list(literal_calls(ast.parse("def check(): pass\ndef other(f): f(1)\nf(2)\n"), "f")) == []

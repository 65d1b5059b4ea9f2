"""Annotations that the verifier takes out cannot fail in the real `typing`; all others are as they are."""

import itertools
import random
import typing
from collections.abc import Iterator

import pytest

from sandbox.guest.allowlist import ANNOTATION_TYPES, TYPING
from sandbox.guest.responder import VerifierRefusedError
from sandbox.guest.shared_state import SharedState, importable_names
from sandbox.guest.verifier import verified

WORLD = SharedState(importable_names())
IMPORTS = f"from typing import {', '.join(TYPING)}\n"
PLACES = {
    "parameter": "def f(x: {} = 0): return 1\n",
    "result": "def f() -> {}: return 1\n",
    "star": "def f(*x: {}): return 1\n",
    "keywords": "def f(**x: {}): return 1\n",
    "only by name": "def f(*, x: {} = 0): return 1\n",
    "only by position": "def f(x: {} = 0, /): return 1\n",
    "variable": "x: {} = 0\ndef f(): return 1\n",
    "variable without value": "x: {}\ndef f(): return 1\n",
}
# Each of these is an error to work out, or does something that a program can see.
FAILING = [
    "unknown", "int[str]", "str | 'x'", "None | None", "1 / 0", "[][0]", "unknown.gone",
]  # fmt: skip
FAILING_TYPING = [
    "List[int, str]", "Dict[int]", "Optional[int, str]", "Union[()]", "Any[int]", "Hashable[int]", "Text[int]",
    "Callable[int]", "Callable[int, str]", "Callable[[int]]", "List[3]", "Dict[str, 3]", "Optional[1]", "Tuple[1]",
    "List[()]", "Callable[()]", "Tuple[[]]", "List[Optional]", "Optional[Union]", "Union[Optional, int]", "List[...]", "Tuple[..., int]",
]  # fmt: skip


def ways(depth: int, draw: random.Random) -> Iterator[str]:
    """Yield annotations, right and wrong ones, of a depth."""
    if not depth:
        yield from (
            *ANNOTATION_TYPES,
            *TYPING,
            "None",
            "'text'",
            "'a b'",
            "...",
            "1",
            "()",
            "[]",
            "[int]",
            "unknown",
            "f",
        )
        return
    inner = list(ways(depth - 1, draw))
    for form in (*ANNOTATION_TYPES, *TYPING):
        for given in draw.sample(inner, min(len(inner), 40)):
            yield f"{form}[{given}]"
        for pair in itertools.islice(zip(draw.sample(inner, 8), draw.sample(inner, 8), strict=True), 8):
            yield f"{form}[{', '.join(pair)}]"
            yield f"{form}[[{pair[0]}], {pair[1]}]"
            yield f"{form}[{pair[0]}, ...]"
            yield f"{form}[{pair[0]}] | {pair[1]}"
            yield f"{pair[1]} | {form}[{pair[0]}]"


def told(code: object, namespace: dict[str, object]) -> object:
    """Run a module and its `f`; returns its answer, or the kind and text of what it raised."""
    try:
        exec(code, namespace)  # type: ignore[arg-type]
        return namespace["f"]()  # type: ignore[operator]
    except Exception as error:  # noqa: BLE001 - whatever it is, it must be the same
        return type(error), str(error)


def shared(source: str) -> tuple[object, dict[str, object]]:
    namespace = WORLD.namespace()
    return told(verified(source, "<candidate>", WORLD.is_absent, "f"), namespace), namespace


def alone(source: str) -> object:
    return told(compile(source, "<candidate>", "exec", dont_inherit=True), {})


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_annotation_that_is_taken_out_cannot_fail(depth: int) -> None:
    draw = random.Random(depth)
    taken_out = 0
    for annotation in ways(depth, draw):
        source = IMPORTS + draw.choice(list(PLACES.values())).format(annotation)
        try:
            said, namespace = shared(source)
        except VerifierRefusedError:
            continue
        assert said == alone(source), annotation
        kept = namespace.get("__annotations__") or getattr(namespace.get("f"), "__annotations__", {})
        taken_out += kept in ({}, {"x": None})
    assert taken_out > (20, 200, 200)[depth]


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("annotation", [*FAILING, *FAILING_TYPING])
def test_annotation_that_fails_fails_the_same_or_is_refused(annotation: str, place: str) -> None:
    source = (IMPORTS if annotation in FAILING_TYPING else "") + place.format(annotation)
    real = alone(source)
    assert annotation not in FAILING or real != 1
    try:
        said, _ = shared(source)
    except VerifierRefusedError:
        assert annotation in FAILING_TYPING
    else:
        assert said == real


def test_forms_are_those_of_typing_and_take_as_many_parameters() -> None:
    for name, arity in TYPING.items():
        form = getattr(typing, name)
        for count in range(1, 5):
            given = (int,) * count
            if name == "Callable":
                given = ([int], int, int, int)[:count]
            try:
                form[given if count > 1 else given[0]]
            except TypeError:
                assert count != arity
                assert arity >= 0
            else:
                assert arity in {count, -1}, name


ORDERS = {
    "import after its use": "def f(x: List[int] = 1): return 1\nfrom typing import List\n",
    "import after its use on one line": "x: List[int] = 1; from typing import List\ndef f(): return 1\n",
    "second import": "def f(x: List[int] = 1): return 1\nfrom typing import List\nfrom typing import List\n",
    "name that an import would bind": (
        "def f():\n    try:\n        import gone as int\n    except ImportError:\n        pass\n"
        "    def g(x: int): pass\n    return 1\n"
    ),
    "name that a main block would bind": (
        "def f():\n    if __name__ == '__main__':\n        int = 3\n    def g(x: int): pass\n    return 1\n"
    ),
    "form that a main block would bind": (
        "from typing import List\nif __name__ == '__main__':\n    List = 3\ndef f(x: List[int] = 1): return 1\n"
    ),
    "name of an enclosing function": (
        "def f():\n    def h():\n        def g(x: int): pass\n    if __name__ == '__main__':\n        int = 3\n"
        "    h()\n    return 1\n"
    ),
    "depth told by a form": (
        "from typing import List\ndef deep(n):\n    try:\n        def g(x: List[int]): pass\n        return deep(n + 1)\n"
        "    except RecursionError:\n        return n\ndef f(): return deep(0)\n"
    ),
    "local variable": "from typing import List\ndef f():\n    x: List[int] = [1]\n    return len(x)\n",
    "local variable without value": "def f():\n    x: int\n    return x\n",
    "builtin that is deleted": "int = 3\ndel int\ndef f(x: int = 1): return 1\n",
}


@pytest.mark.parametrize("source", ORDERS.values(), ids=ORDERS)
def test_annotation_means_the_same_wherever_its_names_are_bound(source: str) -> None:
    try:
        said, _ = shared(source)
    except VerifierRefusedError:
        return
    assert said == alone(source)


def test_texts_of_a_module_are_taken_out_and_no_others() -> None:
    source = "'''Module.'''\ndef f():\n    '''Function.'''\n    return 1\n"
    code = verified(source, "<candidate>")
    assert "Module." not in code.co_consts
    assert alone(source) == shared(source)[0] == 1
    for text in ("'''One.'''\n'''Two.'''\nf = lambda: 1\n", "import math\n'One.'\nf = lambda: 1\n"):
        code = verified(text, "<candidate>")
        assert "__doc__" not in code.co_names
        assert not {"One.", "Two."} & set(code.co_consts)
        assert alone(text) == shared(text)[0] == 1
    with pytest.raises(VerifierRefusedError, match="__doc__"):
        verified("'''One.'''\nf = lambda: __doc__\n", "<candidate>")

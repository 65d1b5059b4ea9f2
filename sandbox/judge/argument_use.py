"""Whether a test can look at an argument again after it has passed it to the program.

It cannot where every call of the candidate is written with values that are made for it, such as literals.
Anything else counts as a second look; it costs the calls with mutable arguments some microseconds.
"""

import ast
from collections.abc import Sequence
from typing import Final

__all__ = ["may_look_again"]

# What they return holds nothing that was there before, if their arguments do not.
_MAKERS: Final = frozenset(
    {
        "abs", "bool", "bytearray", "bytes", "chr", "complex", "dict", "float", "frozenset", "int", "len",
        "list", "max", "min", "ord", "pow", "range", "repr", "round", "set", "sorted", "str", "sum", "tuple",
    }
)  # fmt: skip
_LOOKING: Final = frozenset({"globals", "vars", "locals", "eval", "exec", "getattr", "sys", "inspect", "gc"})
_WHOLE: Final = (ast.List, ast.Tuple, ast.Set, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.JoinedStr)


def may_look_again(trees: Sequence[ast.Module], entry_point: str) -> bool:
    r"""Return whether a test may look at what the program did to its arguments.

    Args:
        trees: the test, and the prompt where the test may call its functions.
        entry_point: the function's name; the first parameter of `check` is another.

    >>> text = "def check(f):\n    a = [2, 1]\n    f({})\n    assert a == [1, 2]\n"
    >>> [may_look_again([ast.parse(text.format(given))], "f") for given in ("a", "[2, 1]")]
    [True, False]
    """
    names = {entry_point}
    nodes = [node for tree in trees for node in ast.walk(tree)]
    for node in nodes:
        if isinstance(node, ast.FunctionDef) and node.name == "check" and node.args.args:
            names.add(node.args.args[0].arg)
    called: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            if not all(map(_is_fresh, (*node.args, *(keyword.value for keyword in node.keywords)))):
                return True
            called.add(id(node.func))
    return any(
        (isinstance(node, ast.Name) and node.id in names and id(node) not in called)
        or (isinstance(node, ast.Name | ast.Attribute | ast.alias) and _name(node) in _LOOKING)
        for node in nodes
    )


def _name(node: ast.Name | ast.Attribute | ast.alias) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else node.name


def _is_fresh(node: ast.AST | None) -> bool:
    """Whether an expression makes its value anew, and holds it nowhere else."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.Dict):
        return all(map(_is_fresh, (*node.keys, *node.values)))
    if isinstance(node, ast.BinOp):  # `[[0] * 3] * 3` holds one list three times
        return all(isinstance(each, _FLAT) for each in ast.walk(node))
    if isinstance(node, ast.Call):
        return _makes(node.func) or (_is_maker(node.func) and all(map(_is_fresh, node.args)))
    if isinstance(node, _WHOLE):
        return all(
            _is_fresh(part)
            for part in ast.iter_child_nodes(node)
            if not isinstance(part, ast.expr_context | ast.unaryop | ast.cmpop | ast.boolop)
        )
    return isinstance(node, ast.FormattedValue)


_FLAT: Final = (ast.BinOp, ast.Constant, ast.UnaryOp, ast.operator, ast.unaryop)


def _makes(function: ast.expr) -> bool:
    """Whether it is `deepcopy`, which holds nothing of what it is given."""
    return getattr(function, "attr", getattr(function, "id", "")) == "deepcopy"


def _is_maker(function: ast.expr) -> bool:
    if isinstance(function, ast.Attribute):  # a method of a literal, such as "a b".split()
        return isinstance(function.value, ast.Constant)
    return isinstance(function, ast.Name) and function.id in _MAKERS

"""Whether a test can look at an argument again after it has passed it to the program, and is about that.

It cannot where every call of the candidate is written with values that are made for it, such as literals.
Anything else counts as a second look; it costs the calls with mutable arguments some microseconds.
"""

import ast
from collections.abc import Iterator, Sequence
from typing import Final

from sandbox.judge.argument_flow import Flow, may_expect_from_arguments, nodes_but_literals

__all__ = ["may_look_again", "needs_copies_first", "wants_work_in_place"]

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
    nodes = [node for tree in trees for node in ast.walk(tree)]
    if not _is_plain(nodes):
        return True
    names = _candidates(nodes, entry_point)
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


def wants_work_in_place(test: ast.Module, entry_point: str) -> bool:
    r"""Return whether a test shows that it is about what the program does to its arguments.

    It does where it drops what a call returns, asks whether something is the same object, or asserts that an
    argument, or a part of it, equals what was made neither of arguments nor of what calls returned.

    >>> text = "def check(f):\n    a = [2, 1]\n    {}\n    assert a == {}\n"
    >>> lines = [("f(a)", "sorted(a)"), ("assert f(a) == 3", "[1, 2]"), ("assert f(a) == a", "sorted(a)")]
    >>> [wants_work_in_place(ast.parse(text.format(*each)), "f") for each in lines]
    [True, True, False]
    """
    return _wants_work_in_place(nodes_but_literals(test), entry_point)


def _wants_work_in_place(nodes: Sequence[ast.AST], entry_point: str) -> bool:
    flow = Flow(nodes, _candidates(nodes, entry_point))
    is_plain = _is_plain(nodes)
    return any(
        (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and flow.calls(node.value))
        or (isinstance(node, ast.Compare) and any(isinstance(op, ast.Is | ast.IsNot) for op in node.ops))
        or any(
            (flow.is_content(one) and flow.is_independent(other))
            or (not is_plain and isinstance(one, ast.Name) and _is_fresh(other))
            for pair in _equated(node)
            for one, other in (pair, pair[::-1])
        )
        for node in nodes
    )


def needs_copies_first(test: ast.Module, entry_point: str) -> bool:
    """Return whether a program that changes its arguments must pass with copies of them, too.

    It must where the test may work out from an argument what it expects, unless it is about work in place.
    """
    try:
        nodes = nodes_but_literals(test)
    except RecursionError:
        return True
    return not _wants_work_in_place(nodes, entry_point) and (
        not _is_plain(nodes) or may_expect_from_arguments(nodes, _candidates(nodes, entry_point))
    )


def _equated(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield the pairs of expressions that a node says to be equal; tuples are compared part by part."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq):
        yield from _parts_equated(node.left, node.comparators[0])
    elif isinstance(node, ast.Call) and len(node.args) > 1 and _is_assertion(node.func):
        yield node.args[0], node.args[1]


def _is_assertion(function: ast.expr) -> bool:
    """Whether it is a method such as `assertEqual`."""
    return isinstance(function, ast.Attribute) and function.attr.startswith("assert")


def _parts_equated(one: ast.expr, other: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(one, ast.Tuple) and isinstance(other, ast.Tuple) and len(one.elts) == len(other.elts):
        for pair in zip(one.elts, other.elts, strict=True):
            yield from _parts_equated(*pair)
    else:
        yield one, other


def _candidates(nodes: Sequence[ast.AST], entry_point: str) -> set[str]:
    """Return the names by which a test may call the program."""
    checks = (node for node in nodes if isinstance(node, ast.FunctionDef) and node.name == "check")
    return {entry_point, *(check.args.args[0].arg for check in checks if check.args.args)}


def _is_plain(nodes: Sequence[ast.AST]) -> bool:
    """Whether `check` is one function of one parameter, and what makes values anew is Python's own."""
    checks = [node for node in nodes if isinstance(node, ast.FunctionDef) and node.name == "check"]
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    bound |= {
        node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    bound |= {
        (alias.asname or alias.name).partition(".")[0]
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if alias.name != "deepcopy"
    }
    if len(checks) != 1 or "*" in bound or not bound.isdisjoint(_MAKERS | {"deepcopy"}):
        return False
    args = checks[0].args
    others = (*args.posonlyargs, *args.kwonlyargs, args.vararg, args.kwarg)
    return len(args.args) == 1 and not any(others) and not checks[0].decorator_list


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
        return _is_new(node, (*node.args, *(keyword.value for keyword in node.keywords)))
    if isinstance(node, _WHOLE):
        return all(
            _is_fresh(part)
            for part in ast.iter_child_nodes(node)
            if not isinstance(part, ast.expr_context | ast.unaryop | ast.cmpop | ast.boolop)
        )
    return isinstance(node, ast.FormattedValue)


_FLAT: Final = (ast.BinOp, ast.Constant, ast.UnaryOp, ast.operator, ast.unaryop)


def _is_new(call: ast.Call, given: Sequence[ast.expr]) -> bool:
    """Whether a call gives a value that holds nothing which is held elsewhere."""
    function = call.func
    if len(given) == 1 and getattr(function, "attr", getattr(function, "id", "")) == "deepcopy":
        return True
    return _is_maker(function) and all(map(_is_fresh, given))


def _is_maker(function: ast.expr) -> bool:
    if isinstance(function, ast.Attribute):  # a method of a literal, such as "a b".split()
        return isinstance(function.value, ast.Constant)
    return isinstance(function, ast.Name) and function.id in _MAKERS

"""Which statements of a module its entry point needs: those that bind or change a name that it uses.

Tests, examples and prints that a model wrote after its function are none of them.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

__all__ = ["bound_names", "free_names", "gives_back", "is_stub", "needed_statements", "returns_outside"]

Function = ast.FunctionDef | ast.AsyncFunctionDef
_COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_BY_NAME: Final = frozenset({"globals", "eval", "exec", "vars", "locals", "__import__"})
# Calls that change how the interpreter works, and bind and change no name.
_SETTINGS: Final = frozenset(
    {"setrecursionlimit", "set_int_max_str_digits", "seed", "filterwarnings", "simplefilter"}
)
_SHOWN: Final = frozenset({"print", "input", "exit", "quit"})


def needed_statements(body: Sequence[ast.stmt], entry_point: str) -> set[int]:
    """Return the places of the statements that are needed for the entry point.

    Needed are those that bind it, those that bind or change a name that a needed statement uses, imports
    of `*` and from `__future__`, and calls that set up the interpreter. If a needed statement looks names
    up by their text (`eval`, `globals`), every definition is.
    """
    binders: dict[str, list[int]] = defaultdict(list)
    needed: set[int] = set()
    for place, node in enumerate(body):
        for name in bound_names(node) | _changed(node, entry_point):
            binders[name].append(place)
        if _always(node):
            needed.add(place)
    wanted = [entry_point, *(name for place in needed for name in free_names(body[place]))]
    seen: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        for place in range(len(body)) if name in _BY_NAME else binders[name]:
            if place not in needed and not _is_example(body[place]):
                needed.add(place)
                wanted += free_names(body[place])
    return needed


def bound_names(node: ast.stmt) -> set[str]:
    """Return the names that a statement binds in its own scope."""
    return set(_bound(node))


def free_names(node: ast.AST) -> set[str]:
    """Return the names that a node uses and does not bind itself.

    Names of comprehensions and lambdas count as used, so the result may hold more than it must.
    """
    loads, stores, outer = _scope(node)
    return (loads - stores) | outer if isinstance(node, Function | ast.ClassDef) else loads


def is_stub(node: ast.stmt) -> bool:
    """Return whether a statement is a function without a body: only a docstring, `pass`, `...` or a raise."""
    return isinstance(node, Function) and all(_is_nothing(each) for each in node.body)


def returns_outside(tree: ast.Module) -> bool:
    """Return whether a module returns or yields outside a function, which parses and does not compile."""
    return gives_back(
        [node for node in tree.body if not isinstance(node, Function | ast.ClassDef)],
        raises=False,
    )


def gives_back(body: list[ast.stmt], *, raises: bool = True) -> bool:
    """Return whether statements return, yield or raise something, functions within them apart."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return | ast.Yield | ast.YieldFrom) or (
            raises and isinstance(node, ast.Raise)
        ):
            return True
        if not isinstance(node, Function | ast.ClassDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return False


def _is_nothing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Raise):
        return "NotImplemented" in ast.dump(node)
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _bound(node: ast.stmt) -> Iterator[str]:
    waiting: list[ast.AST] = [node]
    while waiting:
        at = waiting.pop()
        match at:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
                continue
            case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                continue
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.alias(name=name, asname=asname):
                yield asname or name.split(".")[0]
            case (
                ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
            ):
                yield name
        waiting += ast.iter_child_nodes(at)


def _scope(node: ast.AST) -> tuple[set[str], set[str], set[str]]:
    """Return the names loaded in a scope and those within it, stored in it, and declared global in it."""
    loads: set[str] = set()
    stores: set[str] = set()
    outer: set[str] = set()
    waiting: list[tuple[ast.AST, bool]] = [(child, False) for child in ast.iter_child_nodes(node)]
    while waiting:
        at, apart = waiting.pop()
        match at:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                stores.add(name)
                loads |= free_names(at)
                continue
            case ast.Name(id=name, ctx=ast.Load() | ast.Del()):
                loads.add(name)
            case ast.Name(id=name) if not apart:
                stores.add(name)
            case ast.arg(arg=name) if not apart:
                stores.add(name)
            case ast.alias(name=name, asname=asname):
                stores.add(asname or name.split(".")[0])
            case (
                ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
            ):
                stores.add(name)
            case ast.Global(names=names):
                outer |= set(names)
        inside = apart or isinstance(at, (ast.Lambda, *_COMPREHENSIONS))
        waiting += [(child, inside) for child in ast.iter_child_nodes(at)]
    return loads, stores, outer


def _changed(node: ast.stmt, entry_point: str) -> set[str]:
    """Return the names whose objects a statement may change; none if it runs the entry point or prints."""
    if isinstance(node, Function | ast.ClassDef | ast.Import | ast.ImportFrom | ast.Assert):
        return set()
    if isinstance(node, ast.Assign | ast.AnnAssign) and not _stores_inside(node):
        return set()
    names, _, _ = _scope(node)
    return set() if entry_point in names or names & _SHOWN else names


def _stores_inside(node: ast.Assign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(
        isinstance(part, ast.Subscript | ast.Attribute) for target in targets for part in ast.walk(target)
    )


def _always(node: ast.stmt) -> bool:
    match node:
        case ast.ImportFrom(module="__future__"):
            return True
        case ast.ImportFrom(names=names):
            return any(alias.name == "*" for alias in names)
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name))):
            return name in _SETTINGS
        case ast.Assign(targets=[ast.Attribute()]):  # getcontext().prec = 50, function.memo = {}
            return True
    return False


def _is_example(node: ast.stmt) -> bool:
    """Whether a statement shows or tests something and gives nothing: a print, an assertion, a main block."""
    match node:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))) | ast.Assert():
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return name in _SHOWN
    return False

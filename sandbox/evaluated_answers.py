"""Whether a test runs text as code that the program may have returned.

Such a test hands the judge to the program, which could then forge verdicts: its own, and those of programs
that come after it.
"""

import ast
from collections.abc import Sequence
from typing import Final

__all__ = ["evaluates_answers"]

_FUNCTIONS: Final = frozenset(
    {
        "eval", "exec", "compile", "__import__", "import_module", "run_path", "run_module", "exec_module",
        "runsource", "runcode", "InteractiveInterpreter", "InteractiveConsole", "sympify", "parse_expr",
    }
)  # fmt: skip
# Modules that run text, in this process or, where it may start any, in another one of the judge's.
_RUNNING: Final = frozenset(
    {
        "pickle",
        "_pickle",
        "cPickle",
        "marshal",
        "dill",
        "cloudpickle",
        "shelve",
        "code",
        "runpy",
        "subprocess",
    }
)
_STARTING: Final = frozenset({"system", "popen", "execv", "execve", "execvp", "posix_spawn"})
_NESTED: Final = 3  # levels of text within text that are read


def evaluates_answers(test: str, prompt: str = "", entry_point: str = "") -> bool:
    r"""Return whether a test may run text that is not its own as code; a test that is no Python does not.

    Text that stands in the test, or that a name of the test holds and nothing else, is its own.

    Args:
        test: the test's text, or a checker's.
        prompt: what is executed before it, whose functions it may call.
        entry_point: the name that stands for the program in both.

    Examples:
        >>> text = "def check(f):\n    assert eval({}) == 5\n"
        >>> [evaluates_answers(text.format(given)) for given in ("f('2+3')", "'2+3'")]
        [True, False]
    >>> evaluates_answers("def check(f):\n    assert g(f('2+3')) == 5\n", "def g(x): return eval(x)\n", "f")
    True
    """
    nodes, helpers = _nodes(test), _nodes(prompt)
    running = _running_modules([*nodes, *helpers])
    if _evaluates(nodes, running, _NESTED):
        return True
    return bool(helpers) and _reaches(nodes, helpers, entry_point) and _evaluates(helpers, running, _NESTED)


def _nodes(text: str) -> list[ast.AST]:
    """Return all nodes of a text; a prompt may end with a function's head."""
    for completed in (text, f"{text.rstrip()}\n    pass\n"):
        try:
            return list(ast.walk(ast.parse(completed)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return []


def _running_modules(nodes: Sequence[ast.AST]) -> frozenset[str]:
    """Return the names under which modules that run text are imported."""
    return frozenset(
        _top(each.asname or each.name)
        for node in nodes
        if isinstance(node, ast.Import)
        for each in node.names
        if _top(each.name) in _RUNNING
    )


def _evaluates(nodes: Sequence[ast.AST], running: frozenset[str], nested: int) -> bool:
    constants = _constants(nodes)
    harmless = {
        id(node.func)
        for node in nodes
        if isinstance(node, ast.Call) and node.args and _is_own_text(node.args[0], constants, nested)
    }
    return any(
        (isinstance(node, ast.Name) and node.id in _FUNCTIONS and id(node) not in harmless)
        or (isinstance(node, ast.Attribute) and node.attr in _FUNCTIONS and not _is_of_re(node, harmless))
        or (isinstance(node, ast.Attribute) and node.attr in _STARTING and _is_of_os(node))
        or _asks_by_name(node)
        or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in running)
        or (isinstance(node, ast.ImportFrom) and _imports_one(node))
        for node in nodes
    )


def _asks_by_name(node: ast.AST) -> bool:
    """Whether a node is `getattr(builtins, "eval")` or the like."""
    if isinstance(node, ast.Subscript):
        asked: Sequence[ast.expr] = (node.slice,)
    elif isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        asked = node.args if name in _GETTERS else ()
    else:
        return False
    return any(isinstance(each, ast.Constant) and each.value in _BY_NAME for each in asked)


_BY_NAME: Final = frozenset({"eval", "exec", "compile", "__import__"})
_GETTERS: Final = frozenset({"getattr", "get", "attrgetter", "methodcaller", "__getattribute__"})


def _reaches(nodes: Sequence[ast.AST], helpers: Sequence[ast.AST], entry_point: str) -> bool:
    """Whether a test uses a name that its prompt binds, or may look names up by text."""
    bound = _bound_names(helpers) - {entry_point}
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    return bool(used & (bound | _LOOKING)) or "*" in bound


_LOOKING: Final = frozenset({"globals", "vars", "locals", "sys"})


def _bound_names(nodes: Sequence[ast.AST]) -> set[str]:
    bound: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, ast.alias):
            bound.add(_top(node.asname or node.name))
    return bound


def _constants(nodes: Sequence[ast.AST]) -> dict[str, ast.Constant]:
    """Return the names that are bound once, to text that stands there, with that text."""
    often: dict[str, int] = {}
    texts: dict[str, ast.Constant] = {}
    for node in nodes:
        for name in _binds(node):
            often[name] = often.get(name, 0) + 1
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.value, ast.Constant):
            target = node.targets[0]
            if isinstance(target, ast.Name):
                texts[target.id] = node.value
    return {name: text for name, text in texts.items() if often[name] == 1}


def _binds(node: ast.AST) -> Sequence[str]:
    """Return the names that a node binds by itself, once for each time."""
    name: str | None = None
    if isinstance(node, ast.Name):
        name = node.id if isinstance(node.ctx, ast.Store) else None
    elif isinstance(node, ast.arg):
        name = node.arg
    elif isinstance(node, ast.alias):
        name = _top(node.asname or node.name)
    elif isinstance(node, ast.MatchMapping):
        name = node.rest
    elif isinstance(node, _NAMED):
        name = node.name
    return (name,) if name else ()


_NAMED: Final = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler, ast.MatchAs, ast.MatchStar,
)  # fmt: skip


def _is_own_text(node: ast.expr, constants: dict[str, ast.Constant], nested: int) -> bool:
    """Whether an expression is text of the test, which runs no other as code either."""
    text = constants.get(node.id) if isinstance(node, ast.Name) else node
    if not isinstance(text, ast.Constant):
        return False
    if not isinstance(text.value, str):
        return True
    inner = _nodes(text.value.strip())
    return nested > 0 and not _evaluates(inner, _running_modules(inner), nested - 1)


def _is_of_os(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in {"os", "posix"}


def _is_of_re(node: ast.Attribute, harmless: set[int]) -> bool:
    """Whether it is `re.compile`, or is called with the test's own text."""
    is_re = node.attr == "compile" and isinstance(node.value, ast.Name) and node.value.id in {"re", "regex"}
    return is_re or id(node) in harmless


def _imports_one(node: ast.ImportFrom) -> bool:
    module = node.module or ""
    return _top(module) in _RUNNING or any(
        each.name in _FUNCTIONS or (each.name in _STARTING and module in {"os", "posix"})
        for each in node.names
        if module != "re"
    )


def _top(name: str) -> str:
    return name.partition(".")[0]

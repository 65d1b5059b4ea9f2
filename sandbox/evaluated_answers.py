"""Whether a test runs text as code that the program may have returned.

Such a test hands the judge to the program, which could then forge verdicts: its own, and those of programs
that come after it.
"""

import ast
from collections import Counter
from typing import Final

__all__ = ["evaluates_answers"]

_FUNCTIONS: Final = frozenset({"eval", "exec", "compile", "__import__", "import_module", "run_path"})
_UNPICKLING: Final = frozenset({"pickle", "_pickle", "cPickle", "marshal", "dill", "cloudpickle", "shelve"})


def evaluates_answers(test: str) -> bool:
    r"""Return whether a test may run text that is not its own as code; a test that is no Python does not.

    Text that stands in the test, or that a name of the test holds and nothing else, is its own.

    >>> text = "def check(f):\n    assert eval({}) == 5\n"
    >>> [evaluates_answers(text.format(given)) for given in ("f('2+3')", "'2+3'")]
    [True, False]
    """
    try:
        nodes = list(ast.walk(ast.parse(test)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    constants = _constants(nodes)
    harmless = {
        id(node.func)
        for node in nodes
        if isinstance(node, ast.Call) and node.args and _is_own_text(node.args[0], constants)
    }
    return any(
        (isinstance(node, ast.Name) and node.id in _FUNCTIONS and id(node) not in harmless)
        or (isinstance(node, ast.Attribute) and node.attr in _FUNCTIONS and not _is_of_re(node, harmless))
        or (isinstance(node, ast.Import) and any(each.name in _UNPICKLING for each in node.names))
        or (isinstance(node, ast.ImportFrom) and _imports_one(node))
        for node in nodes
    )


def _constants(nodes: list[ast.AST]) -> frozenset[str]:
    """Return the names that are bound once, to text that stands there."""
    bound = Counter(
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    bound.update(node.arg for node in nodes if isinstance(node, ast.arg))
    texts = {
        node.targets[0].id
        for node in nodes
        if isinstance(node, ast.Assign)
        and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    return frozenset(name for name in texts if bound[name] == 1)


def _is_own_text(node: ast.expr, constants: frozenset[str]) -> bool:
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id in constants)


def _is_of_re(node: ast.Attribute, harmless: set[int]) -> bool:
    """Whether it is `re.compile`, or is called with the test's own text."""
    is_re = node.attr == "compile" and isinstance(node.value, ast.Name) and node.value.id in {"re", "regex"}
    return is_re or id(node) in harmless


def _imports_one(node: ast.ImportFrom) -> bool:
    return node.module in _UNPICKLING or any(
        each.name in _FUNCTIONS for each in node.names if node.module != "re"
    )

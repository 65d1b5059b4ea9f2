"""Which programs may run one after another in a shared process: an allow-list over the syntax tree.

A program is admitted when its tree shows that it can neither reach nor change what another program sees.
Everything is named one by one: kinds of node here, and in `allowed` builtins, attributes and what may be
taken from which module. What is not named is refused; that costs a program nothing but a process of its own.

Names are checked without regard to scope, which can only refuse more; where scope decides, the compiled code
is asked. Runs on the untrusted side, on untrusted text; standard library only.
"""

import _ast
import builtins
import re
from collections.abc import Callable
from types import CodeType
from typing import Any, Final

from sandbox.allowed import ATTRIBUTES, BUILTINS, DIGEST, PAIRS
from sandbox.answers import RefusedError

__all__ = ["verified"]

MOST_CHARACTERS: Final = 50_000

# A template that only puts whole arguments in, in their order, by number or by name.
_PLAIN_TEMPLATE: Final = re.compile(r"(?:[^{}]|\{\{|\}\}|\{[A-Za-z0-9]*(?:![rsa])?(?::[^{}]*)?\})*")
# The builtins that a program must not reach. A program may use their names for variables of its own.
_ALL_BUILTINS: Final = frozenset(dir(builtins)) | {"__builtins__"}
_BLOCKED: Final = _ALL_BUILTINS - BUILTINS - {"__name__", "True", "False", "None"} - {"compile", "type"}
# Of the builtins, what also is `re.compile`, or, compared, `type(x)`.
_NOT_AS_NAMES: Final = frozenset({"compile", "type"})

# Kinds of node without conditions of their own, and what is below them. Operators and contexts are not
# looked at; a kind whose fields are not exactly these, in a Python to come, is refused.
_PLAIN_FIELDS: Final = {
    "Module": "body type_ignores",
    "Return": "value",
    "Delete": "targets",
    "Assign": "targets value type_comment",
    "AugAssign": "target op value",
    "AnnAssign": "target annotation value simple",
    "For": "target iter body orelse type_comment",
    "While": "test body orelse",
    "Raise": "exc cause",
    "Assert": "test msg",
    "Expr": "value",
    "Pass": "",
    "Break": "",
    "Continue": "",
    "BoolOp": "op values",
    "NamedExpr": "target value",
    "BinOp": "left op right",
    "UnaryOp": "op operand",
    "Lambda": "args body",
    "IfExp": "test body orelse",
    "Dict": "keys values",
    "Set": "elts",
    "ListComp": "elt generators",
    "SetComp": "elt generators",
    "DictComp": "key value generators",
    "GeneratorExp": "elt generators",
    "Call": "func args keywords",
    "FormattedValue": "value conversion format_spec",
    "JoinedStr": "values",
    "Subscript": "value slice ctx",
    "Starred": "value ctx",
    "List": "elts ctx",
    "Tuple": "elts ctx",
    "Slice": "lower upper step",
    "arguments": "posonlyargs args vararg kwonlyargs kw_defaults kwarg defaults",
}
_NOT_BELOW: Final = {"op", "ctx", "simple", "conversion", "kind", "type_comment", "type_ignores"}


def verified(source: str, name: str, is_absent: Callable[[str], bool] = lambda _module: False) -> CodeType:
    """Compile a program that may share a process with others.

    Args:
        source: the text, of any length and content.
        name: what tracebacks call it.
        is_absent: whether there is no top-level module of a name; to import one is an error and nothing else.

    Raises:
        RefusedError: it may not.
        SyntaxError: it is no Python; or whatever else `compile` raises for its text.
    """
    if len(source) > MOST_CHARACTERS:
        raise RefusedError("a long text")
    only_tree = 0x400
    tree: Any = compile(source, name, "exec", only_tree, dont_inherit=True)
    try:
        _Walk(is_absent).over(tree)
        code: CodeType = compile(tree, name, "exec", dont_inherit=True)
    except RecursionError:
        raise RefusedError("a deep tree") from None
    _check_names(code)
    return code


def _check_names(code: CodeType) -> None:
    """Refuse code that would look for a blocked builtin: here the compiler has settled what each name is."""
    codes = [code]
    for each in codes:
        if not _BLOCKED.isdisjoint(each.co_names):
            raise RefusedError(f"the name {next(iter(_BLOCKED.intersection(each.co_names)))}")
        codes += [inner for inner in each.co_consts if inner.__class__ is CodeType]


class _Walk:
    """One walk over one tree."""

    __slots__ = (
        "_bound", "_cleans_up", "_digests", "_is_absent", "_modules", "_names", "_of_names", "_queue",
        "_yields",
    )  # fmt: skip

    def __init__(self, is_absent: Callable[[str], bool]) -> None:
        self._is_absent = is_absent
        self._names: set[str] = set()  # all that the program uses or binds
        self._bound: set[str] = set()
        self._of_names: list[tuple[str, str]] = []  # attributes of plain names: `math.pi`, `words.append`
        self._modules: dict[str, str] = {}  # names bound to modules
        self._queue: list[Any] = []
        self._digests: list[str] = []  # names that stand for `hashlib`, or for nothing
        self._yields = self._cleans_up = False

    def over(self, tree: Any) -> None:  # noqa: ANN401 - a syntax tree; so below
        """Look at every node; raises `RefusedError`."""
        queue = self._queue
        queue.append(tree)
        plain, special = _PLAIN, _SPECIAL
        for node in queue:  # which grows
            kind = node.__class__
            fields = plain.get(kind)
            if fields is None:
                look = special.get(kind)
                if look is None:
                    raise RefusedError(f"a node {kind.__name__}")
                look(self, node)
                continue
            for field in fields:
                below = getattr(node, field)
                if below.__class__ is list:
                    queue += below
                elif below is not None:
                    queue.append(below)
        self._settle()

    def _settle(self) -> None:
        names, modules = self._names, self._modules
        names |= self._bound
        for base, attribute in self._of_names:
            module = modules.get(base)
            if module is None:
                names.add(base)
                # A name that nothing binds is an error before any attribute is asked for.
                if attribute not in ATTRIBUTES and (base in self._bound or base in _ALL_BUILTINS):
                    raise RefusedError(f"the attribute {attribute}")
            elif attribute not in PAIRS[module]:
                raise RefusedError(f"{module}.{attribute}")
        self._settle_digests()
        # A module is never a value: its name stands before a dot and nowhere else.
        if modules and not names.isdisjoint(modules):
            raise RefusedError("a module as a value")
        if not _NOT_AS_NAMES.isdisjoint(names):
            raise RefusedError(f"the name {next(iter(_NOT_AS_NAMES & names))}")
        for name in names:
            if name[0] == "_" and name != "_":
                raise RefusedError(f"the name {name}")
        # Code that a generator holds back for its end would run whenever it is thrown away.
        if self._yields and self._cleans_up:
            raise RefusedError("a generator that cleans up")

    def _settle_digests(self) -> None:
        for base in self._digests:
            is_something = base in self._modules or base in self._bound or base in _ALL_BUILTINS
            if is_something and self._modules.get(base) != "hashlib":
                raise RefusedError(f"the attribute {DIGEST}")

    def name(self, node: Any) -> None:  # noqa: ANN401
        (self._names if node.ctx.__class__ is _ast.Load else self._bound).add(node.id)

    def attribute(self, node: Any) -> None:  # noqa: ANN401
        value, name = node.value, node.attr
        if node.ctx.__class__ is not _ast.Load:
            raise RefusedError("an attribute that is set")
        if value.__class__ is _ast.Name:
            self._of_names.append((value.id, name))
        elif name in ATTRIBUTES or (name == "format" and _is_plain_template(value)):
            self._queue.append(value)
        elif name in {"digest", "hexdigest"} and _makes_digest(value):
            self._digests.append(value.func.value.id)
            self._queue.append(value.args[0])
        else:
            raise RefusedError(f"the attribute {name}")

    def compare(self, node: Any) -> None:  # noqa: ANN401
        for operand in (node.left, *node.comparators):
            self._queue.append(operand.args[0] if _asks_type(operand) else operand)

    def keyword(self, node: Any) -> None:  # noqa: ANN401
        if node.arg is not None and node.arg[0] == "_":
            raise RefusedError(f"the name {node.arg}")
        self._queue.append(node.value)

    def function(self, node: Any) -> None:  # noqa: ANN401
        if getattr(node, "type_params", None):
            raise RefusedError("type parameters")
        self._bound.add(node.name)
        self._queue += (node.args, *node.body, *node.decorator_list)
        if node.returns is not None:
            self._queue.append(node.returns)

    def argument(self, node: Any) -> None:  # noqa: ANN401
        self._bound.add(node.arg)
        if node.annotation is not None:
            self._queue.append(node.annotation)

    def comprehension(self, node: Any) -> None:  # noqa: ANN401
        if node.is_async:
            raise RefusedError("an asynchronous loop")
        self._queue += (node.target, node.iter, *node.ifs)

    def condition(self, node: Any) -> None:  # noqa: ANN401
        # A program's `__name__` is never "__main__", and no program can bind it.
        if not _is_main_block(node.test):
            self._queue += (node.test, *node.body)
        self._queue += node.orelse

    def attempt(self, node: Any) -> None:  # noqa: ANN401
        self._cleans_up = self._cleans_up or bool(node.finalbody)
        self._queue += (*node.body, *node.handlers, *node.orelse, *node.finalbody)

    def handler(self, node: Any) -> None:  # noqa: ANN401
        if node.type is None:
            raise RefusedError("a bare except")
        if node.name is not None:
            self._bound.add(node.name)
        # What stands there is worked out in a generator that is thrown away, too.
        self._cleans_up = self._cleans_up or not _is_names(node.type)
        self._queue += (node.type, *node.body)

    def outer(self, node: Any) -> None:  # noqa: ANN401
        self._bound.update(node.names)

    def produce(self, node: Any) -> None:  # noqa: ANN401
        self._yields = True
        if node.value is not None:
            self._queue.append(node.value)

    def import_module(self, node: Any) -> None:  # noqa: ANN401
        for alias in node.names:
            if alias.name not in PAIRS or "." in alias.name:
                if self._is_absent(alias.name.partition(".")[0]):
                    continue  # it binds nothing
                raise RefusedError(f"import {alias.name}")
            bound = alias.asname or alias.name
            if self._modules.setdefault(bound, alias.name) != alias.name:
                raise RefusedError("two modules of one name")
            if bound[0] == "_":
                raise RefusedError(f"the name {bound}")

    def import_names(self, node: Any) -> None:  # noqa: ANN401
        pairs = PAIRS.get(node.module)
        if pairs is None and not node.level and self._is_absent(node.module.partition(".")[0]):
            return  # it binds nothing
        for alias in node.names:
            if pairs is None or node.level or alias.name not in pairs:
                raise RefusedError(f"from {node.module} import {alias.name}")
            self._bound.add(alias.asname or alias.name)


def _is_names(node: Any) -> bool:  # noqa: ANN401
    """Whether this is a name or a tuple of names."""
    names = node.elts if node.__class__ is _ast.Tuple else [node]
    return all(name.__class__ is _ast.Name for name in names)


def _asks_type(node: Any) -> bool:  # noqa: ANN401
    """Whether this is `type(x)`, whose answer, being compared, goes nowhere else."""
    return (
        node.__class__ is _ast.Call
        and node.func.__class__ is _ast.Name
        and node.func.id == "type"
        and len(node.args) == 1
        and not node.keywords
        and node.args[0].__class__ is not _ast.Starred
    )


def _is_plain_template(node: Any) -> bool:  # noqa: ANN401
    return (
        node.__class__ is _ast.Constant
        and node.value.__class__ is str
        and len(node.value) < 1000
        and _PLAIN_TEMPLATE.fullmatch(node.value) is not None
    )


def _makes_digest(node: Any) -> bool:  # noqa: ANN401
    """Whether this is `hashlib.md5(x)`, as far as its form tells."""
    return (
        node.__class__ is _ast.Call
        and node.func.__class__ is _ast.Attribute
        and node.func.attr == DIGEST
        and node.func.value.__class__ is _ast.Name
        and len(node.args) == 1
        and not node.keywords
        and node.args[0].__class__ is not _ast.Starred
    )


def _is_main_block(test: Any) -> bool:  # noqa: ANN401
    return (
        test.__class__ is _ast.Compare
        and test.left.__class__ is _ast.Name
        and test.left.id == "__name__"
        and [op.__class__ for op in test.ops] == [_ast.Eq]
        and test.comparators[0].__class__ is _ast.Constant
        and test.comparators[0].value == "__main__"
    )


def _known(kind: str, *fields: str) -> type | None:
    """Return the class of a kind of node if this Python gives it exactly one of these sets of fields."""
    found: Any = getattr(_ast, kind, None)
    return found if found is not None and " ".join(found._fields) in fields else None


_PLAIN: Final[dict[type | None, tuple[str, ...]]] = {
    _known(kind, fields): tuple(field for field in fields.split() if field not in _NOT_BELOW)
    for kind, fields in _PLAIN_FIELDS.items()
} | {_known("Constant", "value kind"): ()}
_SPECIAL: Final[dict[type | None, Callable[[_Walk, Any], None]]] = {
    _known("Name", "id ctx"): _Walk.name,
    _known("Attribute", "value attr ctx"): _Walk.attribute,
    _known("Compare", "left ops comparators"): _Walk.compare,
    _known("keyword", "arg value"): _Walk.keyword,
    _known(
        "FunctionDef",
        "name args body decorator_list returns type_comment",
        "name args body decorator_list returns type_comment type_params",
    ): _Walk.function,
    _known("arg", "arg annotation type_comment"): _Walk.argument,
    _known("comprehension", "target iter ifs is_async"): _Walk.comprehension,
    _known("If", "test body orelse"): _Walk.condition,
    _known("Try", "body handlers orelse finalbody"): _Walk.attempt,
    _known("ExceptHandler", "type name body"): _Walk.handler,
    _known("Global", "names"): _Walk.outer,
    _known("Nonlocal", "names"): _Walk.outer,
    _known("Yield", "value"): _Walk.produce,
    _known("YieldFrom", "value"): _Walk.produce,
    _known("Import", "names"): _Walk.import_module,
    _known("ImportFrom", "module names level"): _Walk.import_names,
}

"""Decide which programs may run in the shared process: an allow-list over the syntax tree.

A program is accepted when its tree shows that it stays within the small language of `allowlist`: it can then
neither reach nor change what another program sees. Every kind of node, builtin, attribute and name of `math`
is listed there. What is not listed is refused; that costs a program only its own process.

Annotations that cannot fail are removed from the tree, and with them the imports from `typing` that they
need. So are the module's docstring and other texts that stand for themselves. All other annotations are
treated as expressions.

Names are checked without regard to scope, which can only refuse more; where scope decides, the compiled code
is checked. Untrusted, and works on untrusted text; standard library only.
"""

import _ast
import _string  # type: ignore[import-not-found]
import builtins
from collections.abc import Callable
from types import CodeType
from typing import Any, Final

from sandbox.guest.allowlist import (
    ATTRIBUTES,
    BUILTINS,
    MATH,
    PLAIN_FIELDS,
    TYPING,
    UNVISITED_FIELDS,
)
from sandbox.guest.annotations import cannot_fail
from sandbox.guest.responder import VerifierRefusedError

__all__ = ["verified"]

MOST_CHARACTERS: Final = 50_000

# The builtins that a program must not reach. A program may use their names for variables of its own.
_ALL_BUILTINS: Final = frozenset(dir(builtins)) | {"__builtins__"}
_BLOCKED: Final = _ALL_BUILTINS - BUILTINS - {"__name__", "True", "False", "None", "type"}


def verified(
    source: str,
    name: str,
    is_absent: Callable[[str], bool] = lambda _module: False,
    entry_point: str = "",
) -> CodeType:
    """Compile a program that may share a process with others.

    Args:
        source: the text, of any length and content.
        name: what tracebacks call it.
        is_absent: whether there is no top-level module of a name; to import one is an error and nothing else.
        entry_point: the name that will be looked up once the program has run.

    Raises:
        VerifierRefusedError: it may not.
        SyntaxError: it is no Python; or whatever else `compile` raises for its text.
    """
    if len(source) > MOST_CHARACTERS:
        raise VerifierRefusedError("a long text")
    only_tree = 0x400
    tree: Any = compile(source, name, "exec", only_tree, dont_inherit=True)
    try:
        hidden = _Walk(is_absent, entry_point).over(tree)
    except VerifierRefusedError:
        raise
    except Exception as error:  # noqa: BLE001 - else it would count as what the compiler says of the text
        raise VerifierRefusedError(f"a tree that is not understood: {type(error).__name__}") from None
    try:
        code: CodeType = compile(tree, name, "exec", dont_inherit=True)
    except RecursionError:
        raise VerifierRefusedError("a deep tree") from None
    _check_names(code, hidden)
    return code


def _check_names(code: CodeType, hidden: set[str]) -> None:
    """Refuse code that would look for a blocked builtin: here the compiler has settled what each name is.

    So it has for names that only annotations used: statements that never come to bind a name, as in a main
    block, make it local to their function all the same.
    """
    codes = [code]
    for each in codes:
        if not _BLOCKED.isdisjoint(each.co_names):
            raise VerifierRefusedError(f"the name {next(iter(_BLOCKED.intersection(each.co_names)))}")
        if hidden and not hidden.isdisjoint((*each.co_varnames, *each.co_cellvars, *each.co_freevars)):
            raise VerifierRefusedError("an annotation whose names are local")
        codes += [inner for inner in each.co_consts if inner.__class__ is CodeType]


class _Walk:
    """One walk over one tree."""

    __slots__ = (
        "_annotations", "_bound", "_catches", "_hidden", "_imported_at", "_is_absent", "_modules", "_names",
        "_of_names", "_outermost", "_queue", "_typing", "_yields",
    )  # fmt: skip

    def __init__(self, is_absent: Callable[[str], bool], entry_point: str) -> None:
        self._is_absent = is_absent
        self._names: set[str] = {entry_point} - {""}  # all that the program uses or binds
        self._bound: set[str] = set()
        self._of_names: list[tuple[str, str]] = []  # attributes of plain names: `math.pi`, `words.append`
        self._modules: set[str] = set()  # names bound to `math`
        self._typing: dict[str, str] = {}  # names bound to those of `typing`
        self._imported_at: dict[str, tuple[int, int]] = {}  # and where in the text
        self._annotations: list[tuple[Any, str]] = []  # nodes, and which of their fields is one
        self._outermost: set[int] = set()  # statements of the module
        self._hidden: set[str] = set()  # names that only annotations use which were taken out
        self._queue: list[Any] = []
        self._yields = self._catches = False

    def over(self, tree: Any) -> set[str]:  # noqa: ANN401 - a syntax tree; so below
        """Look at every node, and take out what cannot matter; raises `VerifierRefusedError`.

        Returns the names that stood in annotations which were taken out: they must be local nowhere.
        """
        self._enter(tree)
        self._go_on()
        self._strip_annotations()
        self._go_on()  # into those that stay
        self._settle()
        return self._hidden

    def _enter(self, tree: Any) -> None:  # noqa: ANN401
        """Begin with the module's statements, less lone texts and imports from `typing`."""
        if tree.__class__ is not _ast.Module:
            raise VerifierRefusedError(f"a node {tree.__class__.__name__}")
        body = tree.body
        # A text that stands for itself does nothing, but the compiler would store the first one as `__doc__`.
        kept = [each for each in body if not self._is_typing_import(each) and not _is_lone_text(each)]
        if len(kept) < len(body):
            body[:] = kept
        self._outermost.update(map(id, kept))
        self._queue += kept

    def _is_typing_import(self, node: Any) -> bool:  # noqa: ANN401
        if node.__class__ is not _ast.ImportFrom or node.module != "typing" or node.level:
            return False
        for alias in node.names:
            name = alias.asname or alias.name
            if alias.name not in TYPING or self._typing.setdefault(name, alias.name) != alias.name:
                raise VerifierRefusedError(f"from typing import {alias.name}")
            self._imported_at.setdefault(name, _place(node))
        return True

    def _go_on(self) -> None:
        queue, plain, special = self._queue, _PLAIN, _SPECIAL
        for node in queue:  # which grows
            kind = node.__class__
            fields = plain.get(kind)
            if fields is None:
                look = special.get(kind)
                if look is None:
                    raise VerifierRefusedError(f"a node {kind.__name__}")
                look(self, node)
                continue
            for field in fields:
                below = getattr(node, field)
                if below.__class__ is list:
                    queue += below
                elif below is not None:
                    queue.append(below)
        queue.clear()

    def _strip_annotations(self) -> None:
        for node, field in self._annotations:
            annotation = getattr(node, field)
            used: set[str] = set()
            if cannot_fail(annotation, self._typing, used) and all(
                self._imported_at.get(name, _FIRST) < _place(annotation) for name in used
            ):
                self._hidden |= used
                setattr(node, field, None)
            else:
                self._queue.append(annotation)
            if field == "annotation" and node.__class__ is _ast.AnnAssign:
                # One without a value still says that its name is local.
                node.annotation = _nothing_at(annotation) if node.annotation is None else annotation
        self._annotations.clear()

    def _settle(self) -> None:
        names, modules = self._names, self._modules
        names |= self._bound
        self._settle_attributes()
        # A module is never a value: its name stands before a dot and nowhere else.
        if modules and not names.isdisjoint(modules):
            raise VerifierRefusedError("a module as a value")
        if not (names | modules).isdisjoint(self._typing):
            raise VerifierRefusedError("a name of typing outside annotations")
        if not self._hidden.isdisjoint(self._bound | modules):
            raise VerifierRefusedError("an annotation whose names are bound")
        if "type" in names:
            raise VerifierRefusedError("the name type")
        if hidden := [name for name in names if name[:1] == "_" and name != "_"]:
            raise VerifierRefusedError(f"the name {hidden[0]}")
        # A generator that is thrown away is resumed with an exception, perhaps in another program's turn.
        if self._yields and self._catches:
            raise VerifierRefusedError("a generator in a program that catches")

    def _settle_attributes(self) -> None:
        for base, attribute in self._of_names:
            if base in self._modules:
                if attribute not in MATH:
                    raise VerifierRefusedError(f"math.{attribute}")
                continue
            self._names.add(base)
            # A name that nothing binds is an error before any attribute is asked for.
            if attribute not in ATTRIBUTES and (base in self._bound or base in _ALL_BUILTINS):
                raise VerifierRefusedError(f"the attribute {attribute}")

    def name(self, node: Any) -> None:  # noqa: ANN401
        (self._names if node.ctx.__class__ is _ast.Load else self._bound).add(node.id)

    def attribute(self, node: Any) -> None:  # noqa: ANN401
        value, name = node.value, node.attr
        if node.ctx.__class__ is not _ast.Load:
            raise VerifierRefusedError("an attribute that is set")
        if value.__class__ is _ast.Name:
            self._of_names.append((value.id, name))
        elif name in ATTRIBUTES or (name == "format" and _is_plain_template(value)):
            self._queue.append(value)
        else:
            raise VerifierRefusedError(f"the attribute {name}")

    def compare(self, node: Any) -> None:  # noqa: ANN401
        for operand in (node.left, *node.comparators):
            self._queue.append(operand.args[0] if _asks_type(operand) else operand)

    def keyword(self, node: Any) -> None:  # noqa: ANN401
        if node.arg is not None and node.arg[0] == "_":
            raise VerifierRefusedError(f"the name {node.arg}")
        self._queue.append(node.value)

    def function(self, node: Any) -> None:  # noqa: ANN401
        if getattr(node, "type_params", None):
            raise VerifierRefusedError("type parameters")
        self._bound.add(node.name)
        self._queue += (node.args, *node.body, *node.decorator_list)
        if node.returns is not None:
            self._annotations.append((node, "returns"))
        # How deep calls may go tells whether forms of `typing`, which are Python, were worked out down there.
        if self._typing and id(node) not in self._outermost and _is_annotated(node):
            raise VerifierRefusedError("a function in a function with annotations")

    def argument(self, node: Any) -> None:  # noqa: ANN401
        self._bound.add(node.arg)
        if node.annotation is not None:
            self._annotations.append((node, "annotation"))

    def annotated(self, node: Any) -> None:  # noqa: ANN401
        self._queue.append(node.target)
        if node.value is not None:
            self._queue.append(node.value)
        self._annotations.append((node, "annotation"))

    def comprehension(self, node: Any) -> None:  # noqa: ANN401
        if node.is_async:
            raise VerifierRefusedError("an asynchronous loop")
        self._queue += (node.target, node.iter, *node.ifs)

    def condition(self, node: Any) -> None:  # noqa: ANN401
        # A program's `__name__` is never "__main__", and no program can bind it.
        if not _is_main_block(node.test):
            self._queue += (node.test, *node.body)
        self._queue += node.orelse

    def attempt(self, node: Any) -> None:  # noqa: ANN401
        self._catches = True
        self._queue += (*node.body, *node.handlers, *node.orelse, *node.finalbody)

    def handler(self, node: Any) -> None:  # noqa: ANN401
        if node.type is None:
            raise VerifierRefusedError("a bare except")
        if node.name is not None:
            self._bound.add(node.name)
        self._queue += (node.type, *node.body)

    def outer(self, node: Any) -> None:  # noqa: ANN401
        self._bound.update(node.names)

    def produce(self, node: Any) -> None:  # noqa: ANN401
        self._yields = True
        if node.value is not None:
            self._queue.append(node.value)

    def import_module(self, node: Any) -> None:  # noqa: ANN401
        for alias in node.names:
            if alias.name == "math":
                bound = alias.asname or "math"
                if bound[0] == "_":
                    raise VerifierRefusedError(f"the name {bound}")
                self._modules.add(bound)
            elif not self._is_absent(alias.name.partition(".")[0]):  # one that is absent binds nothing
                raise VerifierRefusedError(f"import {alias.name}")

    def import_names(self, node: Any) -> None:  # noqa: ANN401
        if not node.level and node.module != "math" and self._is_absent(node.module.partition(".")[0]):
            return  # it binds nothing
        for alias in node.names:
            if node.module != "math" or node.level or alias.name not in MATH:
                raise VerifierRefusedError(f"from {node.module} import {alias.name}")
            self._bound.add(alias.asname or alias.name)


def _is_annotated(function: Any) -> bool:  # noqa: ANN401
    given = function.args
    parameters = (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg)
    return function.returns is not None or any(each and each.annotation is not None for each in parameters)


_FIRST: Final = (0, 0)


def _place(node: Any) -> tuple[int, int]:  # noqa: ANN401
    """Return where in the text a node begins."""
    return node.lineno, node.col_offset


def _is_lone_text(statement: Any) -> bool:  # noqa: ANN401
    return statement.__class__ is _ast.Expr and _is_text(statement.value)


def _is_text(node: Any) -> bool:  # noqa: ANN401
    return node.__class__ is _ast.Constant and node.value.__class__ is str


def _nothing_at(node: Any) -> Any:  # noqa: ANN401
    """Return the constant None, where another node was."""
    return _ast.Constant(
        value=None, kind=None, lineno=node.lineno, col_offset=node.col_offset,
        end_lineno=node.end_lineno, end_col_offset=node.end_col_offset,
    )  # fmt: skip


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
    """Whether a template only puts whole arguments in, in their order, by number or by name."""
    if not _is_text(node) or len(node.value) >= 1000:
        return False
    try:
        parts = [(field, spec) for _text, field, spec, _as in _string.formatter_parser(node.value)]
    except ValueError:  # no template at all
        return False
    # A field is a name or a number, without attributes or items; a specification has no fields in it.
    return all(
        field is None or ((not field or (field.isascii() and field.isalnum())) and "{" not in spec)
        for field, spec in parts
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
    _known(kind, fields): tuple(field for field in fields.split() if field not in UNVISITED_FIELDS)
    for kind, fields in PLAIN_FIELDS.items()
} | {_known("Constant", "value kind"): ()}
_SPECIAL: Final[dict[type | None, Callable[[_Walk, Any], None]]] = {
    _known("Name", "id ctx"): _Walk.name,
    _known("AnnAssign", "target annotation value simple"): _Walk.annotated,
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

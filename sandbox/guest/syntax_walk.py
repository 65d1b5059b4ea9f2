"""Check that a syntax tree stays within the language of `allowlist`, node by node.

Every kind of node, builtin, attribute and name of `math` that a program may use is listed there. What is not
listed is refused.

Annotations that cannot fail are removed from the tree, and with them the imports from `typing` that they
need. So are the module's docstring and other expression statements that are only a string. All other
annotations are treated as expressions. Untrusted, and works on untrusted text; standard library only.
"""

import _ast
from collections.abc import Callable
from typing import Any, Final

from sandbox.guest.allowlist import ALL_BUILTINS, ATTRIBUTES, MATH, PLAIN_FIELDS, TYPING, UNVISITED_FIELDS
from sandbox.guest.annotations import cannot_fail
from sandbox.guest.responder import VerifierRefusedError
from sandbox.guest.syntax_forms import (
    is_annotated,
    is_lone_text,
    is_main_block,
    is_plain_template,
    is_type_call,
    none_at,
    position,
)

__all__ = ["check_syntax"]

_BEFORE_ANY: Final = (0, 0)  # a position before every node


def check_syntax(tree: Any, is_absent: Callable[[str], bool], entry_point: str) -> set[str]:  # noqa: ANN401 - a syntax tree; so below
    """Check every node of a module's syntax tree and remove annotations that cannot fail.

    Args:
        tree: what `compile` makes of the text; it is changed.
        is_absent: whether there is no top-level module of a name; to import one is an error and nothing else.
        entry_point: the name that will be looked up once the program has run; empty if there is none.

    Returns:
        The names that stood in removed annotations; they must be local to no function.

    Raises:
        VerifierRefusedError: the tree holds what the language does not have.
    """
    return _Walk(is_absent, entry_point).check(tree)


class _Walk:
    """One walk over one syntax tree; see `check_syntax`."""

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

    def check(self, tree: Any) -> set[str]:  # noqa: ANN401
        self._enter(tree)
        self._visit_queue()
        self._strip_annotations()
        self._visit_queue()  # into those that stay
        self._settle()
        return self._hidden

    def _enter(self, tree: Any) -> None:  # noqa: ANN401
        """Begin with the module's statements, less lone texts and imports from `typing`."""
        if tree.__class__ is not _ast.Module:
            raise VerifierRefusedError(f"a node {tree.__class__.__name__}")
        body = tree.body
        # A text that stands for itself does nothing, but the compiler would store the first one as `__doc__`.
        kept = [each for each in body if not self._is_typing_import(each) and not is_lone_text(each)]
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
            self._imported_at.setdefault(name, position(node))
        return True

    def _visit_queue(self) -> None:
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
                self._imported_at.get(name, _BEFORE_ANY) < position(annotation) for name in used
            ):
                self._hidden |= used
                setattr(node, field, None)
            else:
                self._queue.append(annotation)
            if field == "annotation" and node.__class__ is _ast.AnnAssign:
                # One without a value still says that its name is local.
                node.annotation = none_at(annotation) if node.annotation is None else annotation
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
            if attribute not in ATTRIBUTES and (base in self._bound or base in ALL_BUILTINS):
                raise VerifierRefusedError(f"the attribute {attribute}")

    def name(self, node: Any) -> None:  # noqa: ANN401
        (self._names if node.ctx.__class__ is _ast.Load else self._bound).add(node.id)

    def attribute(self, node: Any) -> None:  # noqa: ANN401
        value, name = node.value, node.attr
        if node.ctx.__class__ is not _ast.Load:
            raise VerifierRefusedError("an attribute that is set")
        if value.__class__ is _ast.Name:
            self._of_names.append((value.id, name))
        elif name in ATTRIBUTES or (name == "format" and is_plain_template(value)):
            self._queue.append(value)
        else:
            raise VerifierRefusedError(f"the attribute {name}")

    def compare(self, node: Any) -> None:  # noqa: ANN401
        for operand in (node.left, *node.comparators):
            self._queue.append(operand.args[0] if is_type_call(operand) else operand)

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
        if self._typing and id(node) not in self._outermost and is_annotated(node):
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
        if not is_main_block(node.test):
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

"""Python's own grammar, asked under a budget: whether a text parses is what decides what is code.

Every character that the parser is given is charged to the budget, which is a fixed multiple of the answer's
length, so that the work for an answer is linear in its length by construction.
"""

import ast
import warnings
from dataclasses import dataclass, field
from typing import Final

__all__ = ["LONGEST", "Grammar", "Reading", "remove_statements", "statement_lines"]

_TIMES: Final = 40  # times the length of the answer and its prompt
_AT_LEAST: Final = 20_000  # characters
LONGEST: Final = 1 << 17  # characters parsed at once; a syntax tree takes hundreds of times as many bytes
_KEPT: Final = 2 * LONGEST  # characters whose trees are kept
_UNREADABLE: Final = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the parser made of a text.

    Attributes:
        tree: the module; None if the text does not parse or the budget is spent.
        error_line: where it does not parse, from 1; 0 if that is not known.
    """

    tree: ast.Module | None
    error_line: int = 0


@dataclass(slots=True)
class Grammar:
    """The parser for one answer.

    Attributes:
        budget: characters that may be parsed in all.
        spent: characters that were parsed.
        looked: characters that were looked at again for the end of a bracket or a string; a quarter of the
            budget at most.
    """

    budget: int
    spent: int = 0
    looked: int = 0
    _known: dict[str, Reading] = field(default_factory=dict)
    _held: int = 0

    @classmethod
    def for_text(cls, length: int) -> "Grammar":
        """Return a grammar whose budget is linear in a length in characters."""
        return cls(_TIMES * length + _AT_LEAST)

    def look(self, characters: int) -> bool:
        """Count characters that are looked at again; False once that was too many."""
        self.looked += characters
        return self.looked <= self.budget // 4

    def read(self, text: str) -> Reading:
        """Parse a text as a module; texts over the bound and those beyond the budget do not parse."""
        if (known := self._known.get(text)) is not None:
            return known
        if len(text) > LONGEST or self.spent + len(text) >= self.budget:
            return Reading(None)
        self.spent += len(text) + 1
        reading = _parsed(text)
        if self._held + len(text) > _KEPT:  # trees take hundreds of times as many bytes
            self._known.clear()
            self._held = 0
        self._known[text] = reading
        self._held += len(text)
        return reading

    def tree(self, text: str) -> ast.Module | None:
        """Return the syntax tree of a text, or None if it does not parse."""
        return self.read(text).tree


def _parsed(text: str) -> Reading:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in a string is no reason to call it prose
            return Reading(ast.parse(text))
    except SyntaxError as bad:
        return Reading(None, bad.lineno or 0)
    except _UNREADABLE:
        return Reading(None)


def statement_lines(node: ast.stmt) -> tuple[int, int]:
    """Return the first and the last line, from 1, of a statement with its decorators."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return first, node.end_lineno or node.lineno


def remove_statements(text: str, tree: ast.Module, removed: set[int]) -> str:
    """Return a module's text without the lines of some of its statements, given by their places.

    A line that a statement shares with one that stays, stays.
    """
    kept: set[int] = set()
    gone: set[int] = set()
    for place, node in enumerate(tree.body):
        first, last = statement_lines(node)
        (gone if place in removed else kept).update(range(first, last + 1))
    lines = text.split("\n")
    return "\n".join(line for number, line in enumerate(lines, 1) if number in kept or number not in gone)

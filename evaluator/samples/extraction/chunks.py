"""Code that stands between prose without a fence: pieces of text that begin at the left margin.

A piece is a line at the margin with the indented lines after it, and further lines while a bracket or a
string is open. What parses and does something is code.
"""

import ast
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from evaluator.samples.extraction.grammar import Grammar

__all__ = ["code_between_prose", "does_something", "indented_runs", "longest_beginning"]

# Strings, comments and brackets of one line; a string that is not closed on it runs to its end.
_TOKEN: Final = re.compile(
    r"#[^\n]*|\"\"\"|'''|'(?:[^'\\\n]|\\.)*+'?|\"(?:[^\"\\\n]|\\.)*+\"?|[()\[\]{}]", re.DOTALL
)
_GOES_ON: Final = re.compile(r"(?:else|elif|except|finally)\b|[)\]}#]")
_BINDS: Final = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign,
    ast.AugAssign, ast.If, ast.For, ast.While, ast.Try, ast.With,
)  # fmt: skip
_PROSE: Final = re.compile(r"\s*+(?:[^a-z\s_@#]|$)")  # how a line begins that is rather prose than code
_TRIES: Final = 3


class _State(NamedTuple):
    """Where a line ends: inside which triple quotes, and in how many brackets."""

    quotes: str = ""
    depth: int = 0

    @property
    def is_open(self) -> bool:
        return bool(self.quotes) or self.depth > 0


def code_between_prose(text: str, grammar: Grammar, *, shorten: bool = False) -> str:
    """Return the pieces of a text that are code, prose left out; empty if there are none.

    Args:
        text: the text.
        grammar: what parses it.
        shorten: cut a piece that does not parse before the line on which it stops to.
    """
    kept = []
    for piece in _pieces(text, grammar):
        code = _code(piece, grammar, shorten=shorten)
        if code:
            kept.append(code)
    return "\n".join(kept)


def longest_beginning(text: str, grammar: Grammar, before: str = "") -> str:
    """Return the longest beginning of a text, by whole pieces, that parses after another text.

    A few tries are made, each at the piece in which the parser says the error is; empty if none parses.
    """
    starts = [at for at, line in _lines(text) if line[:1].strip()]
    rest = text
    for _ in range(_TRIES):
        reading = grammar.read(before + rest)
        if reading.tree is not None:
            return rest
        error = reading.error_line - before.count("\n")
        at = _line_start(rest, error) if error > 0 else len(rest)
        earlier = [start for start in starts if start <= at and start < len(rest)]
        if not earlier:
            return ""
        rest = rest[: earlier[-1]]
        starts = [start for start in starts if start < earlier[-1]]
    return rest if grammar.tree(before + rest) is not None else ""


def indented_runs(text: str) -> Iterator[str]:
    """Yield the runs of lines that are indented or blank, as Markdown has code without fences."""
    run: list[str] = []
    for line in [*text.split("\n"), "."]:
        if line[:1].strip():
            if any(each.strip() for each in run):
                yield "\n".join(run).strip("\n")
            run = []
        else:
            run.append(line)


def does_something(tree: ast.Module) -> bool:
    """Return whether a module is more than words that happen to parse, such as `Sure` or `Note: this`."""
    return any(isinstance(node, _BINDS) or _is_call(node) for node in tree.body)


def _is_call(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)


def _code(piece: str, grammar: Grammar, *, shorten: bool) -> str:
    tree = grammar.tree(piece)
    if tree is None and shorten:
        piece = _shortened(piece, grammar)
        tree = grammar.tree(piece)
    return piece if tree is not None and does_something(tree) else ""


def _shortened(piece: str, grammar: Grammar) -> str:
    """Cut a definition before the line on which it stops to parse: prose may be indented too."""
    for _ in range(_TRIES):
        reading = grammar.read(piece)
        if reading.tree is not None:
            return piece
        lines = piece.split("\n")
        if not 1 < reading.error_line <= len(lines) or not _PROSE.match(lines[reading.error_line - 1]):
            return ""
        piece = "\n".join(lines[: reading.error_line - 1])
    return piece


def _pieces(text: str, grammar: Grammar) -> Iterator[str]:
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        end, state = _next_margin(lines, at, _State())
        if state.is_open:
            end = _closed(lines, end, state, grammar) or end
        while end < len(lines) and (_GOES_ON.match(lines[end]) or _is_decorator(lines[at:end])):
            end, state = _next_margin(lines, end, _State())
        yield "\n".join(lines[at:end])
        at = end


def _is_decorator(lines: list[str]) -> bool:
    """Whether a piece so far is decorators alone; looked at only as far as decorators go."""
    return len(lines) <= 20 and all(line.startswith("@") or not line.strip() for line in lines)


def _next_margin(lines: list[str], at: int, state: _State) -> tuple[int, _State]:
    """Return the next line at the margin after `at`, and the state before it."""
    state = _after(lines[at], state)
    at += 1
    while at < len(lines) and not lines[at][:1].strip():
        state = _after(lines[at], state)
        at += 1
    return at, state


def _closed(lines: list[str], at: int, state: _State, grammar: Grammar) -> int | None:
    """Return the margin at which what is open has been closed; None if it is not, or the budget is spent."""
    while at < len(lines):
        begin = at
        at, state = _next_margin(lines, at, state)
        if not grammar.look(sum(len(line) + 1 for line in lines[begin:at])):
            return None
        if not state.is_open:
            return at
    return None


def _after(line: str, state: _State) -> _State:
    quotes, depth = state
    at = 0
    while at < len(line):
        if quotes:
            end = line.find(quotes, at)
            if end < 0:
                return _State(quotes, depth)
            at, quotes = end + 3, ""
            continue
        token = _TOKEN.search(line, at)
        if token is None:
            break
        at = token.end()
        if token[0] in {'"""', "'''"}:
            quotes = token[0]
        elif token[0] in "([{":
            depth += 1
        elif token[0] in ")]}":
            depth = max(0, depth - 1)
    return _State(quotes, depth)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.split("\n"):
        yield at, line
        at += len(line) + 1


def _line_start(text: str, number: int) -> int:
    at = 0
    for _ in range(number - 1):
        at = text.find("\n", at) + 1
        if at == 0:
            return len(text)
    return at

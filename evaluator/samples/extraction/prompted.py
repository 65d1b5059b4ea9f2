"""A prompt that begins a function, and texts that go on with it."""

import ast
from functools import lru_cache

from evaluator.samples.extraction.chunks import code_between_prose, longest_beginning
from evaluator.samples.extraction.grammar import Grammar, remove_statements
from evaluator.samples.extraction.layout import as_body, indentation_of
from evaluator.samples.extraction.names import (
    bound_names,
    gives_back,
    is_stub,
    needed_statements,
    returns_outside,
)

__all__ = ["PromptedFunction"]

Function = ast.FunctionDef | ast.AsyncFunctionDef


class PromptedFunction:
    """The function that a prompt begins.

    Args:
        prompt: the text before a completion; empty for programs.
        entry_point: the function's name.
        grammar: what parses.
    """

    def __init__(self, prompt: str, entry_point: str, grammar: Grammar) -> None:
        self._prompt = prompt
        self._entry = entry_point
        self._grammar = grammar
        self._indent = indentation_of(prompt)
        self._lines = prompt.rstrip("\n").count("\n") + 1

    @property
    def names(self) -> set[str]:
        """Return the names that the prompt binds."""
        tree = _tree(self._prompt)
        return set().union(*map(bound_names, tree.body)) if tree and tree.body else set()

    @property
    def stub_end(self) -> str | None:
        """Return what makes the prompt a module of its own; None if nothing simple does."""
        return _stub_end(self._prompt, self._indent)

    def continued(self, text: str) -> ast.Module | None:
        """Return the module of prompt and text, if the text goes on with the prompt's function."""
        if not self._prompt:
            return None
        tree = self._grammar.tree(self._prompt + text)
        if tree is None or returns_outside(tree):
            return None
        function = self._function(tree)
        if function is None:
            return None
        within = [node for node in function.body if node.lineno > self._lines]
        if not any(not is_stub(node) for node in within):
            return None
        is_nested = self._entry in set().union(*map(bound_names, within)) and not gives_back(within)
        return None if is_nested else tree

    def mended(self, text: str) -> str | None:
        """Return a text as the function's body, mended if need be, with the code after it."""
        if not self._prompt:
            return None
        for number, body in enumerate(as_body(text, self._indent)):
            tree = self.continued(body)
            if tree is not None and (number == 0 or self._answers(tree)):
                return body
        for body in (text, self._first_line_indented(text)):
            begun = longest_beginning(body, self._grammar, self._prompt)
            tree = self.continued(begun) if begun.strip() else None
            if tree is not None and self._answers(tree):
                rest = code_between_prose(body[len(begun) :], self._grammar)
                return begun + rest if rest and self.continued(begun + rest) else begun
        return None

    def pruned(self, text: str) -> tuple[str, int]:
        """Leave out what follows the body and is not needed, another definition of the function too."""
        whole = self._prompt + text
        tree = self._grammar.tree(whole)
        function = self._function(tree) if tree else None
        if tree is None or function is None:
            return text, 0
        end = function.end_lineno or 0
        needed = needed_statements(tree.body, self._entry)
        dropped = {
            place
            for place, node in enumerate(tree.body)
            if node.lineno > end and (place not in needed or self._entry in bound_names(node))
        }
        if not dropped:
            return text, 0
        rest = remove_statements(whole, tree, dropped)
        return rest[len(self._prompt) :].rstrip() + "\n", len(dropped)

    def _function(self, tree: ast.Module) -> Function | None:
        """Return the entry point's definition that the prompt begins."""
        for node in tree.body:
            if isinstance(node, Function) and node.lineno <= self._lines <= (node.end_lineno or 0):
                return node
        return None

    def _first_line_indented(self, text: str) -> str:
        return self._indent + text.strip("\n").lstrip(" \t")

    def _answers(self, tree: ast.Module) -> bool:
        """Whether the prompt's function gives something back, or changes something, after the prompt."""
        function = self._function(tree)
        within = [node for node in function.body if node.lineno > self._lines] if function else []
        return gives_back(within)


@lru_cache(maxsize=2048)
def _tree(prompt: str) -> ast.Module | None:
    return Grammar.for_text(len(prompt)).tree(prompt + "\n")


@lru_cache(maxsize=2048)
def _stub_end(prompt: str, indent: str) -> str | None:
    """Return what makes a prompt a module of its own; None if nothing simple does."""
    grammar = Grammar.for_text(len(prompt))
    for end in ("", f"\n{indent}pass\n"):
        if grammar.tree(f"{prompt}{end}\n") is not None:
            return end
    return None

"""The code in a model's answer, taken out of it on request: grammar first, heuristics last.

1. What parses as it stands is code.
2. Reasoning, chat templates and end-of-text tokens come off (`extraction/transport.py`).
3. Of Markdown's blocks the last complete one is the answer; blocks that bind what it uses are joined to it
   (`extraction/fences.py`).
4. Without a fence, the pieces that parse are code and the rest is prose (`extraction/chunks.py`).
5. Of the code, what the function under test needs is kept (`extraction/names.py`).

Space and indentation are mended only where the text parses with it and does not without
(`extraction/layout.py`). Nothing else is repaired.
"""

import ast
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from evaluator.problems import Problem
from evaluator.samples.extraction.grammar import LONGEST, Grammar, remove_statements, statement_lines
from evaluator.samples.extraction.layout import plain_space
from evaluator.samples.extraction.names import bound_names, needed_statements
from evaluator.samples.extraction.prompted import PromptedFunction
from evaluator.samples.extraction.search import AnswerSearch, FoundCode
from evaluator.samples.extraction.transport import ends_like_an_index, plain_answer

__all__ = ["Extraction", "extract", "is_chat", "sanitize"]

_CHAT: Final = re.compile(r"^[ \t]{0,20}(?:```|~~~)|</think>", re.MULTILINE)
_REMEMBERED: Final = 1 << 16  # characters; longer answers are taken apart anew each time


@dataclass(frozen=True, slots=True)
class Extraction:
    """The code of an answer.

    Attributes:
        text: what stands in the place of the sample's text.
        taken: what it is and what was left out, for a person: `code block 2 of 2, without reasoning`;
            `as written` if that is the answer as it stands.
        future: `from __future__` lines, which belong before the prompt.
        replaces_prompt: whether the text is run without the prompt, which is no Python.
    """

    text: str
    taken: str
    future: str = ""
    replaces_prompt: bool = False

    def program(self, prompt: str, *, whole: bool) -> str:
        """Return the module to run."""
        before = "" if whole or self.replaces_prompt else prompt
        return f"{self.future}{before}{self.text}"


def sanitize(text: str, problem: Problem, *, whole: bool = False) -> str:
    """Return the code of a chat answer, without Markdown, prose, reasoning and tests.

    Args:
        text: what a model wrote.
        problem: what it was asked; its prompt and entry point tell which code counts.
        whole: whether the text is a whole program instead of a continuation of the prompt.

    `extract` also returns which parts of the text were used.
    """
    return extract(text, problem, whole=whole).text


def extract(text: str, problem: Problem, *, whole: bool = False) -> Extraction:
    """Take the code out of an answer.

    Args:
        text: what a model wrote.
        problem: what for; its prompt and entry point are looked at.
        whole: the answer is a program rather than a continuation of the prompt.

    Returns:
        The code. A function written out in full starts on a line of its own. An answer in which nothing
        parses is given back without what is known to be no code.
    """
    find = _find if len(text) > _REMEMBERED else _remembered
    return find(text, "" if whole else problem.prompt, problem.entry_point, whole=whole)


def is_chat(text: str) -> bool:
    """Return whether a line of a text begins with a Markdown fence or ends a reasoning part."""
    return _CHAT.search(text) is not None


@lru_cache(maxsize=256)
def _remembered(text: str, prompt: str, entry_point: str, *, whole: bool) -> Extraction:
    return _find(text, prompt, entry_point, whole=whole)


def _find(text: str, prompt: str, entry_point: str, *, whole: bool) -> Extraction:
    grammar = Grammar.for_text(len(text) + len(prompt))
    function = PromptedFunction(plain_space(prompt), entry_point, grammar)
    search = AnswerSearch(function, entry_point, grammar)
    spaced = plain_space(text)
    answer = plain_answer(spaced)
    if len(answer.text) > LONGEST:
        return Extraction(answer.text if answer.without else text, "too long to be taken apart")
    found = None if ends_like_an_index(spaced) else search.as_it_stands(spaced)
    if found:
        answer = answer._replace(text=spaced, without=())
    elif answer.without:
        found = search.as_it_stands(answer.text)
    found = found or search.fenced(answer.text) or search.unfenced(answer.text)
    if found is None:
        found = search.unreadable(text if answer.text == spaced else answer.text)
    if found.is_body:
        return _of_body(found, answer.without, function, text)
    return _of_function(
        found, answer.without, function, grammar, entry_point=entry_point, text=text, whole=whole
    )


def _of_body(found: FoundCode, without: tuple[str, ...], function: PromptedFunction, text: str) -> Extraction:
    code, dropped = function.pruned(found.text)
    if code == plain_space(text):
        code = text
    return Extraction(code, _told(found, code, text, without, dropped))


def _of_function(
    found: FoundCode,
    without: tuple[str, ...],
    function: PromptedFunction,
    grammar: Grammar,
    *,
    entry_point: str,
    text: str,
    whole: bool,
) -> Extraction:
    code, dropped = _pruned(found.text, entry_point, grammar)
    told = _told(found, code, text, without, dropped)
    future, code = _future_first(code, grammar)
    if whole:
        return Extraction(code, told, future)
    stub_end = function.stub_end
    return Extraction(f"{stub_end or ''}\n{code.lstrip(chr(10))}", told, future, stub_end is None)


def _pruned(text: str, entry_point: str, grammar: Grammar) -> tuple[str, int]:
    """Leave out the statements that the entry point does not need; return how many those were."""
    tree = grammar.tree(text)
    if tree is None or not any(entry_point in bound_names(node) for node in tree.body):
        return text, 0
    needed = needed_statements(tree.body, entry_point) - _cut_repetition(text, tree, entry_point)
    dropped = set(range(len(tree.body))) - needed
    return (remove_statements(text, tree, dropped).rstrip() + "\n", len(dropped)) if dropped else (text, 0)


def _cut_repetition(text: str, tree: ast.Module, entry_point: str) -> set[int]:
    """Return the place of the entry point's last definition if it only begins to repeat an earlier one."""
    lines = text.split("\n")
    segments = {
        place: "\n".join(lines[slice(statement_lines(node)[0] - 1, statement_lines(node)[1])])
        for place, node in enumerate(tree.body)
        if entry_point in bound_names(node)
    }
    if len(segments) < 2:
        return set()
    place, last = segments.popitem()
    return {place} if any(each.startswith(last) and each != last for each in segments.values()) else set()


def _future_first(code: str, grammar: Grammar) -> tuple[str, str]:
    """Take `from __future__` lines out: they must come before the prompt and before joined blocks."""
    tree = grammar.tree(code) if "__future__" in code else None
    if tree is None:
        return "", code
    places = {
        place
        for place, node in enumerate(tree.body)
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
    }
    lines = "".join(ast.unparse(tree.body[place]) + "\n" for place in sorted(places))
    return lines, remove_statements(code, tree, places) if places else code


def _told(found: FoundCode, code: str, text: str, without: tuple[str, ...], dropped: int) -> str:
    if code.strip() == text.strip():
        return "as written"
    taken = "all" if found.taken == "as written" else found.taken
    left_out = [*without, *([f"{dropped} statements not needed"] if dropped else [])]
    return f"{taken}, without {', '.join(left_out)}" if left_out else taken

"""The search for the code of one answer: as it stands, in a block, between prose, as the function's body."""

import ast
import builtins
import sys
from typing import Final, NamedTuple

from evaluator.samples.extraction.chunks import code_between_prose, indented_runs
from evaluator.samples.extraction.fences import Region, RegionKind, has_fence, regions
from evaluator.samples.extraction.grammar import Grammar, remove_statements
from evaluator.samples.extraction.joining import Block, bound_by, helpers_for, used_by, without_stubs
from evaluator.samples.extraction.layout import variants
from evaluator.samples.extraction.names import bound_names, is_stub, returns_outside
from evaluator.samples.extraction.prompted import PromptedFunction

__all__ = ["AnswerSearch", "FoundCode"]

_BUILTINS: Final = frozenset(dir(builtins))


class FoundCode(NamedTuple):
    """Code that was found.

    Attributes:
        text: the code.
        is_body: whether it continues the prompt's function.
        taken: where it stood.
    """

    text: str
    is_body: bool
    taken: str


class AnswerSearch:
    """Find the code of one answer.

    Args:
        function: what the prompt begins.
        entry_point: the function's name.
        grammar: what parses.
    """

    def __init__(self, function: PromptedFunction, entry_point: str, grammar: Grammar) -> None:
        self._function = function
        self._entry = entry_point
        self._grammar = grammar

    def as_it_stands(self, text: str) -> FoundCode | None:
        """Return the whole text, if it parses and is an answer."""
        body = self._function.continued(text)
        if body is not None:
            return FoundCode(text, is_body=True, taken="as written")
        tree = self._grammar.tree(text)
        if tree is not None and self._complete(tree):
            return FoundCode(text, is_body=False, taken="as written")
        return None

    def fenced(self, text: str) -> FoundCode | None:
        """Return the code of the answer's blocks: the last complete one, or else what is nearest to one."""
        found = regions(text, self._is_code, lambda block: self._grammar.tree(block) is not None)
        blocks = [region for region in found if region.kind is not RegionKind.PROSE]
        if not blocks:
            return None
        parsed = [self._block(region) for region in blocks]
        complete = [place for place, each in enumerate(parsed) if each and self._complete(each.tree)]
        if complete:
            joined = self._joined(parsed, complete[-1], blocks)
            return self._with_prose(joined, found)
        return self._outside(found) or self._incomplete(parsed, blocks) or self._stub(parsed, blocks)

    def unfenced(self, text: str) -> FoundCode | None:
        """Return the code that stands between prose: a function, or a body."""
        if text.count("`") == 2 and text.strip()[:1] == "`" == text.strip()[-1:]:
            text = text.strip()[1:-1]
        code = self._full(text)
        body = self._function.mended(text)
        if body and not (code and text[:1].strip()):
            return FoundCode(body, is_body=True, taken="the function's body")
        if code:
            return FoundCode(code, is_body=False, taken="code between prose")
        for run in indented_runs(text):
            body = self._function.mended(run)
            if body:
                return FoundCode(body, is_body=True, taken="the function's body, between prose")
        return None

    def _outside(self, found: list[Region]) -> FoundCode | None:
        prose = "\n".join(region.text for region in found if region.kind is RegionKind.PROSE)
        code = self._full(prose)
        return FoundCode(code, is_body=False, taken="code outside the blocks") if code else None

    def _incomplete(self, parsed: list[Block | None], blocks: list[Region]) -> FoundCode | None:
        """Return a block that is the function's body, blocks that parse together, or what parses of one."""
        for place in reversed(range(len(blocks))):
            body = self._function.mended(blocks[place].text)
            if body:
                return self._body_with_helpers(body, place, parsed, blocks)
        python = [region.text for region in blocks if region.is_python]
        tree = self._grammar.tree("\n".join(python)) if len(python) > 1 else None
        if tree is not None and self._complete(tree):
            return FoundCode("\n".join(python), is_body=False, taken="all code blocks, one after another")
        for place in reversed(range(len(blocks))):
            code = self._full(blocks[place].text)
            if code:
                return FoundCode(code, is_body=False, taken="what parses of " + _named([place], blocks))
        return None

    def _body_with_helpers(
        self, body: str, place: int, parsed: list[Block | None], blocks: list[Region]
    ) -> FoundCode:
        tree = self._function.continued(body)
        bound = _BUILTINS | (bound_by(tree.body) if tree else set())
        wanted = used_by(tree.body) - bound if tree else set()
        helpers = helpers_for(wanted, bound, parsed, place, self._entry)
        text = "\n\n".join([body.rstrip(), *helpers.values(), ""]) if helpers else body
        taken = f"{_named(sorted([*helpers, place]), blocks)} as the function's body"
        return FoundCode(text, is_body=True, taken=taken)

    def _with_prose(self, joined: FoundCode, found: list[Region]) -> FoundCode:
        """Put helpers and imports that stand between the blocks before the code that uses them."""
        if not self._wanted(self._grammar.tree(joined.text)):
            return joined
        prose = "\n".join(region.text for region in found if region.kind is RegionKind.PROSE)
        code = code_between_prose(prose, self._grammar)
        tree = self._grammar.tree(code) if code else None
        if tree is None or not self._wanted(self._grammar.tree(joined.text)) & bound_by(tree.body):
            return joined
        entry = {place for place, node in enumerate(tree.body) if self._entry in bound_names(node)}
        before = remove_statements(code, tree, entry)
        return joined._replace(
            text=f"{before}\n{joined.text}", taken=f"{joined.taken}, and code between blocks"
        )

    def _wanted(self, tree: ast.Module | None) -> set[str]:
        """Return the names that a module uses and neither binds nor has from the prompt or from Python."""
        if tree is None:
            return set()
        return used_by(tree.body) - bound_by(tree.body) - _BUILTINS - self._function.names

    def _stub(self, parsed: list[Block | None], blocks: list[Region]) -> FoundCode | None:
        stubs = [
            place for place, each in enumerate(parsed) if each and self._entry in bound_by(each.tree.body)
        ]
        return self._joined(parsed, stubs[-1], blocks) if stubs else None

    def unreadable(self, text: str) -> FoundCode:
        """Return the last block that begins to define the entry point, or else the longest, or else all."""
        found = regions(text, lambda _: False, lambda _: False) if has_fence(text) else []
        blocks = [region.text for region in found if region.kind is RegionKind.FENCED and region.is_python]
        defining = [block for block in blocks if self._defines(block)]
        block = defining[-1] if defining else max(blocks, key=len, default=text)
        taken = "a block that does not parse" if blocks else "as written"
        return FoundCode(block, is_body=not self._defines(block), taken=taken)

    def _block(self, region: Region) -> Block | None:
        """Return a block as it parses, or what parses of it."""
        for text in variants(region.text):
            tree = self._grammar.tree(text)
            if tree is not None:
                return Block(text, tree)
        code = code_between_prose(region.text, self._grammar) if region.is_python else ""
        tree = self._grammar.tree(code) if code else None
        return Block(code, tree) if tree is not None else None

    def _full(self, text: str) -> str | None:
        """Return the code in a text with prose, if it binds the entry point."""
        if self._entry not in text:
            return None
        for each in variants(text):
            tree = self._grammar.tree(each)
            if tree is not None and self._complete(tree):
                return each
        for shorten in (False, True):
            for each in variants(text):
                code = code_between_prose(self._on_its_own_line(each), self._grammar, shorten=shorten)
                tree = self._grammar.tree(code) if code else None
                if tree is not None and self._complete(tree):
                    return code
        for run in indented_runs(text):
            for each in variants(run) if self._entry in run else ():
                tree = self._grammar.tree(each)
                if tree is not None and self._complete(tree):
                    return each
        return None

    def _on_its_own_line(self, text: str) -> str:
        """Begin a line with the entry point's definition, if it stands after prose or a backtick only."""
        mark = f"def {self._entry}("
        at = text.find(mark)
        begin = text.rfind("\n", 0, at) + 1
        before = text[begin:at]
        if at < 0 or not before.strip() or before.strip() == "async" or text.find(f"\n{mark}") >= 0:
            return text
        if before.endswith("`"):
            end = text.find("`", at)
            return text[:begin] + "\n" + text[at : end if end >= 0 else len(text)]
        return f"{text[:at]}\n{text[at:]}"

    def _is_code(self, prose: str) -> bool:
        """Whether text before a bare fence is the answer, so that the fence only closes."""
        if not prose.strip():
            return False
        return bool(self._full(prose)) or self._function.mended(prose) is not None

    def _joined(self, parsed: list[Block | None], answer: int, blocks: list[Region]) -> FoundCode:
        """Return the answer's block after what it uses and only other blocks bind."""
        own = parsed[answer]
        assert own is not None
        firm = [node for node in own.tree.body if not is_stub(node) or self._entry in bound_names(node)]
        bound = bound_by(firm) | _BUILTINS | self._function.names
        helpers = helpers_for(used_by(own.tree.body) - bound, bound, parsed, answer, self._entry)
        given = {name for place in helpers for name in self._names(helpers[place])} - {self._entry}
        text = "\n".join([*helpers.values(), without_stubs(own, given)])
        return FoundCode(text, is_body=False, taken=_named(sorted([*helpers, answer]), blocks))

    def _names(self, text: str) -> set[str]:
        tree = self._grammar.tree(text)
        return bound_by(tree.body) if tree else set()

    def _complete(self, tree: ast.Module) -> bool:
        """Whether a module binds the entry point to more than a stub, and returns only inside functions."""
        if returns_outside(tree):
            return False
        binding = [node for node in tree.body if self._entry in bound_names(node)]
        return bool(binding) and not is_stub(binding[-1]) and not _is_import_of_the_answer(binding[-1])

    def _defines(self, text: str) -> bool:
        return f"def {self._entry}" in text


def _is_import_of_the_answer(node: ast.stmt) -> bool:
    """Whether a statement imports from a module that is not Python's, as examples import the solution."""
    if not isinstance(node, ast.ImportFrom):
        return False
    return (node.module or "").split(".")[0] not in sys.stdlib_module_names


def _named(places: list[int], blocks: list[Region]) -> str:
    if len(blocks) == 1:
        return "text before a closing fence" if blocks[0].kind is RegionKind.CLOSED else "code block"
    numbers = " and ".join(str(place + 1) for place in places)
    return f"code block{'s' if len(places) > 1 else ''} {numbers} of {len(blocks)}"

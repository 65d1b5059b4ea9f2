"""Markdown's fenced blocks, as models write them: any info string, indented, glued, unpaired.

The scanner follows CommonMark where the text does, and has a rule for each way in which it does not. It
looks at each line once.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

__all__ = ["Region", "RegionKind", "has_fence", "regions"]

# Quote marks and one list marker may stand before a fence.
_FENCE: Final = re.compile(r"([ \t>]*+(?:(?:[-*+•]|\d{1,3}[.)])[ \t]++)?)(`{3,}+|~{3,}+)(.*)", re.DOTALL)
_ENDS_GLUED: Final = re.compile(r"(`{3,}+|~~~)[ \t]*+(\{?\.?[A-Za-z][\w+#.-]{0,20}\}?)?[ \t]*+\Z")
_LANGUAGE: Final = re.compile(r"\{?\.?([A-Za-z][\w+#-]*)")
_CODE_BEGINS: Final = re.compile(
    r"(?:[Pp]ython3?|py3?|PYTHON)?[ \t]*+"
    r"((?:(?:async[ \t]+)?def|class)[ \t]+\w+[ \t]*[(:]"
    r"|from[ \t]+[\w.]+[ \t]+import[ \t]|import[ \t]+\w|@\w|return[ \t(])"
)
_DOCSTRINGS: Final = 8  # fences that are tried as part of a docstring, for each block
_ANY: Final = re.compile(r"`{3}|~{3}")
_PYTHON: Final = frozenset(
    {
        "python", "python2", "python3", "py", "py3", "pyi", "pycon", "ipython", "ipython3", "sage", "cython",
        "starlark", "mojo", "code", "text", "txt", "plaintext", "plain", "tool_code", "none",
    }
)  # fmt: skip
# Marks that some models write in place of fences.
_TAGS: Final = (
    (re.compile(r"\[(?:PYTHON|CODE|ANSWER)\]"), re.compile(r"\[/(?:PYTHON|CODE|ANSWER)\]")),
    (re.compile(r"<(?:python|code|pre><code|pre|answer|solution)(?:[ \t][^<>\n]{0,200})?>", re.IGNORECASE),
     re.compile(r"</(?:python|code></pre|code|pre|answer|solution)>", re.IGNORECASE)),
    (re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>")),
    (re.compile(r"\\begin\{(?:lstlisting|verbatim|code|minted)\}(?:\[[^\]\n]{0,100}\]|\{[^}\n]{0,40}\})?"),
     re.compile(r"\\end\{(?:lstlisting|verbatim|code|minted)\}")),
    (re.compile(r"(?m)^'''[ \t]*+(?:python|py)[ \t]*+$"), re.compile(r"(?m)^'''[ \t]*+$")),
)  # fmt: skip


class RegionKind(StrEnum):
    """Where a region of an answer stands. CLOSED: text that a fence closes which was never opened."""

    PROSE = "prose"
    FENCED = "fenced"
    CLOSED = "closed"


@dataclass(slots=True)
class Region:
    """Lines between two fences.

    Attributes:
        kind: what stands around them.
        info: the opening fence's info string.
        indent: how far the opening fence was indented, in characters.
        quoted: whether the opening fence stood in a block quote.
        mark: the opening fence.
        lines: the lines, without fences.
    """

    kind: RegionKind
    info: str = ""
    indent: int = 0
    quoted: bool = False
    mark: str = ""
    lines: list[str] = field(default_factory=list)

    @property
    def is_python(self) -> bool:
        """Return whether the info string names Python, or no language that is another."""
        found = _LANGUAGE.match(self.info.strip())
        return found is None or found[1].lower() in _PYTHON or ":" in self.info.strip()[:8]

    @property
    def text(self) -> str:
        """Return the lines, without the fence's own indentation and quote marks."""
        lines = self.lines
        if self.quoted:
            lines = [re.sub(r"^[ \t]{0,3}>[ \t]?", "", line) for line in lines]
        elif self.indent:
            lines = [_unindented(line, self.indent) for line in lines]
        return "\n".join(lines)


def has_fence(text: str) -> bool:
    """Return whether a text holds a Markdown fence."""
    return _ANY.search(text) is not None


def regions(text: str, is_code: Callable[[str], bool], parses: Callable[[str], bool]) -> list[Region]:
    """Return the regions of an answer in order; one of prose if it has no fence.

    Args:
        text: the answer.
        is_code: whether prose is code, so that the fence after it only closes.
        parses: whether a block parses, which decides whether a fence within a docstring ends it.
    """
    return _Scanner(_with_fences(text).split("\n"), is_code, parses).regions()


def _with_fences(text: str) -> str:
    """Write fences for marks that stand for them, and for escaped backticks."""
    if "\\`\\`\\`" in text:
        text = text.replace("\\`\\`\\`", "```")
    if has_fence(text):
        return text
    for opening, closing in _TAGS:
        if opening.search(text):
            return closing.sub("\n```\n", opening.sub("\n```python\n", text))
    return text


def _unindented(line: str, indent: int) -> str:
    return line[min(indent, len(line) - len(line.lstrip(" \t"))) :]


class _Scanner:
    def __init__(
        self, lines: list[str], is_code: Callable[[str], bool], parses: Callable[[str], bool]
    ) -> None:
        self._lines = lines
        self._is_code = is_code
        self._parses = parses
        self._found: list[Region] = []
        self._now = Region(RegionKind.PROSE)
        self._inside_until = -1  # fences before this line are part of a docstring
        self._docstrings = 0  # fences of this block that were

    def regions(self) -> list[Region]:
        for number, line in enumerate(self._lines):
            if self._now.kind is RegionKind.FENCED:
                self._in_block(number, line)
            else:
                self._in_prose(line)
        self._next(RegionKind.PROSE)
        return [region for region in self._found if any(line.strip() for line in region.lines)]

    def _next(self, kind: RegionKind) -> Region:
        self._found.append(self._now)
        self._now = Region(kind)
        return self._now

    def _open(self, before: str, mark: str, rest: str) -> None:
        region = self._next(RegionKind.FENCED)
        region.mark, region.quoted = mark, ">" in before
        region.indent = len(before)
        self._docstrings = 0
        code = _CODE_BEGINS.match(rest.strip())
        if code:
            region.info = "python"
            region.lines.append(rest.strip()[code.start(1) :])
        else:
            region.info = rest.strip()

    def _in_prose(self, line: str) -> None:
        found = _FENCE.match(line)
        if found:
            before, mark, rest = found.groups()
            if mark[0] == "`" and rest.rstrip().endswith(mark):  # all on one line
                self._open(before, mark, rest.rstrip()[: -len(mark)])
                self._next(RegionKind.PROSE)
            elif not rest.strip() and self._is_code("\n".join(self._now.lines)):
                self._now.kind = RegionKind.CLOSED
                self._next(RegionKind.PROSE)
            else:
                self._open(before, mark, rest)
            return
        glued = _glued(line)
        if glued is None:
            self._now.lines.append(line)
            return
        before, mark, info = glued
        self._now.lines.append(before)
        if not info and self._is_code("\n".join(self._now.lines)):
            self._now.kind = RegionKind.CLOSED
            self._next(RegionKind.PROSE)
        else:
            self._open("", mark, info)

    def _in_block(self, number: int, line: str) -> None:
        if number < self._inside_until:
            self._now.lines.append(line)
            return
        found = _FENCE.match(line)
        if found and self._closes(found[2]):
            before, mark, rest = found.groups()
            again = _FENCE.match(rest)
            if not rest.strip():
                if not self._in_docstring(number):
                    self._next(RegionKind.PROSE)
            elif again:
                self._open(before, again[2], again[3])
            elif _LANGUAGE.fullmatch(rest.strip().rstrip("}")) or _CODE_BEGINS.match(rest.strip()):
                if not self._in_docstring(number):
                    self._open(before, mark, rest)
            else:
                self._next(RegionKind.PROSE).lines.append(rest)
            return
        glued = _glued(line)
        if glued and not glued[2] and self._closes(glued[1]):
            self._now.lines.append(glued[0])
            self._next(RegionKind.PROSE)
        elif self._ends_within(line):
            code, _, prose = line.partition(self._now.mark)
            self._now.lines.append(code)
            self._next(RegionKind.PROSE).lines.append(prose)
        else:
            self._now.lines.append(line)

    def _ends_within(self, line: str) -> bool:
        """Whether a fence stands between code and prose on a line, in no comment and no string of it."""
        code, mark, prose = line.partition(self._now.mark)
        quoted = any(code.count(quote) % 2 for quote in "'\"") or "#" in code
        if not (mark and code.strip() and prose.strip()) or quoted:
            return False
        return self._parses("\n".join([*self._now.lines, code]))

    def _closes(self, mark: str) -> bool:
        return mark[0] == self._now.mark[0] and len(mark) >= len(self._now.mark)

    def _in_docstring(self, number: int) -> bool:
        """Whether a fence stands in a docstring of the block; if so, take it and what follows it as code."""
        block = "\n".join(self._now.lines)
        self._docstrings += 1
        if self._docstrings > _DOCSTRINGS or all(block.count(quotes) % 2 == 0 for quotes in ('"""', "'''")):
            return False
        tries = 0
        for end in range(number + 1, min(len(self._lines), number + 200)):
            found = _FENCE.match(self._lines[end])
            if not (found and self._closes(found[2]) and not found[3].strip()):
                continue
            tries += 1
            if self._parses("\n".join([block, *self._lines[number:end]])):
                self._inside_until = end
                self._now.lines.append(self._lines[number])
                return True
            if tries == 4:
                break
        return False


def _glued(line: str) -> tuple[str, str, str] | None:
    """Return what stands before a fence at a line's end, the fence, and its info string."""
    if "```" not in line and "~~~" not in line:
        return None
    end = max(line.rfind("```"), line.rfind("~~~"))
    begin = len(line[: end + 3].rstrip(line[end])) if end >= 0 else 0
    found = _ENDS_GLUED.match(line, begin)
    if (
        not found
        or not line[:begin].strip()
        or (line[:begin].rstrip().endswith(("'", '"', "`")) and found[2])
    ):
        return None
    return line[:begin], found[1], found[2] or ""

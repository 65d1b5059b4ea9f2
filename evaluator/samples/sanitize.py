"""What models wrap around code, taken off on request: fences, chat around the code, run-on text after it.

Everything here works on text alone: nothing is parsed or compiled. Nothing is
repaired but one thing, a first line whose indentation a chat template stripped.
"""

import re
from collections.abc import Iterator
from typing import Final

from evaluator.problems import Problem

__all__ = ["sanitize"]

_FENCE: Final = re.compile(r"^[ \t]*(?:```|~~~)[ \t]*([\w+.-]*)[ \t]*\r?$", re.MULTILINE)
_SPECIAL: Final = re.compile(r"<\|?(?:endoftext|file_sep|im_end|eot_id|end_of_text|/s|EOT)\|?>")
# Strings, comments and brackets: what decides whether a line begins a statement. An unclosed string runs on.
_TOKEN: Final = re.compile(
    r"#[^\n]*"
    r"|'''(?:[^\\]|\\.)*?(?:'''|\Z)|\"\"\"(?:[^\\]|\\.)*?(?:\"\"\"|\Z)"
    r"|'(?:[^'\\\n]|\\.)*'?|\"(?:[^\"\\\n]|\\.)*\"?"
    r"|[()\[\]{}]|\\\n|\n",
    re.DOTALL,
)
_KEPT: Final = re.compile(r"(?:async\s+def|def|class|import|from)\s|@|#")
_CODE_LINE: Final = re.compile(
    r"(?:async\s+def|def|class)\s+\w+|import\s+\w|from\s+[\w.]+\s+import\s|@\w"
    r"|\w+\s*(?::\s*[\w\[\], .]+)?=[^=]"
)


def sanitize(text: str, problem: Problem, *, whole: bool = False) -> str:
    """Return the code in a completion (or, if `whole`, in a program) without what surrounds it.

    1. If there are Markdown fences, the block that defines the entry point, or else the first; text before
       a fence that only closes is the block.
    2. Lines of chat before the first line of code are dropped, if the function is written out in full.
    3. After the entry point's function, imports, functions and classes stay; from the first other statement
       at the left margin (a test, a print, prose) everything goes.
    4. A completion that writes the function out in full starts on a line of its own.
    """
    code = _SPECIAL.split(text, maxsplit=1)[0]
    code = _unfenced(code, problem.entry_point)
    defined = _definition(problem.entry_point).search(code)
    if not (whole or defined):
        return _cut(_indented(code), 0)
    code = code[_first_code_line(code) :]
    defined = _definition(problem.entry_point).search(code)
    code = _cut(code, defined.end() if defined else 0)
    return code if whole else "\n" + code


def _unfenced(text: str, entry_point: str) -> str:
    blocks = list(_blocks(text))
    if not blocks:
        return text
    definition = _definition(entry_point)
    return next((block for block in blocks if definition.search(block)), blocks[0])


def _blocks(text: str) -> Iterator[str]:
    """Yield fenced blocks; first the text before a fence that closes what the prompt had opened."""
    fences = list(_FENCE.finditer(text))
    if fences and not fences[0][1] and text[: fences[0].start()].startswith((" ", "\t")):
        yield text[: fences[0].start()]
        fences = fences[1:]
    for opening, closing in zip(fences[::2], [*fences[1::2], None], strict=False):
        yield text[opening.end() + 1 : closing.start() if closing else len(text)]


def _definition(entry_point: str) -> re.Pattern[str]:
    return re.compile(rf"^(?:async\s+)?def\s+{re.escape(entry_point)}\s*\(", re.MULTILINE)


def _first_code_line(text: str) -> int:
    at = 0
    for line in text.splitlines(keepends=True):
        if _CODE_LINE.match(line):
            return at
        at += len(line)
    return 0


def _indented(text: str) -> str:
    """Give a body's first line back the indentation that its other lines have and it lost."""
    lines = text.lstrip("\n").split("\n")
    others = [line for line in lines[1:] if line.strip()]
    lost = bool(lines[0].strip()) and not lines[0].startswith((" ", "\t", "#", '"', "'", "@"))
    if lost and not _KEPT.match(lines[0]) and others and others[0].startswith("    "):
        return "    " + text.lstrip("\n")
    return text


def _cut(text: str, start: int) -> str:
    """Cut before the first statement at the left margin, after `start`, that is no definition or import."""
    for at in _statement_starts(text):
        if at > start and not text[at].isspace() and not _KEPT.match(text, at):
            return text[:at].rstrip() + "\n"
    return text


def _statement_starts(text: str) -> Iterator[int]:
    """Yield where lines start that are inside no string and no bracket."""
    depth = 0
    for token in _TOKEN.finditer(text):
        char = token[0]
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth = max(0, depth - 1)
        elif char == "\n" and depth == 0 and token.end() < len(text):
            yield token.end()

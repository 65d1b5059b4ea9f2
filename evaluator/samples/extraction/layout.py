"""Indentation and space that a chat, an editor or a template changed, given back so that the text parses."""

import html
import re
from collections.abc import Iterator
from typing import Final

__all__ = ["as_body", "indentation_of", "plain_space", "variants"]

_SPACES: Final = dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
_NOTHING: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
_PROMPTS: Final = re.compile(r"(?m)^[ \t]*+(?:>>>|\.\.\.)(?: |$)")
_NUMBER: Final = re.compile(r"[ \t]*+(\d{1,6})[:.|]? ?")
_MOST_SPACE: Final = 4096  # a line that is indented further is no code


def plain_space(text: str) -> str:
    """Write line ends as line feeds and take off byte-order marks at the beginning."""
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff\u200b")


def variants(text: str) -> Iterator[str]:
    """Yield a block as it stands, then mended in one way after another: space, margin, tabs, prompts."""
    yield text
    spaced = text if text.isascii() else text.translate(_SPACES | _NOTHING)
    if spaced != text:
        yield spaced
    margin = _without_margin(spaced)
    if margin != spaced:
        yield margin
    if "\t" in margin:
        yield _tabs_expanded(margin, 4)
        yield _tabs_expanded(margin, 8)
    if spaced[:1] in {" ", "\t"}:
        yield spaced.lstrip(" \t")
    lines = [line for line in margin.split("\n") if line.strip()]
    if lines and all(line.startswith(">") for line in lines):
        yield "\n".join(line.removeprefix(">").removeprefix(" ") for line in margin.split("\n"))
    numbers = [_NUMBER.match(line) for line in lines]
    if len(lines) > 1 and [found and int(found[1]) for found in numbers] == list(range(1, len(lines) + 1)):
        yield "\n".join(line[found.end() :] for line, found in zip(lines, numbers, strict=True) if found)
    if _PROMPTS.search(margin):
        yield "\n".join(_PROMPTS.sub("", line) for line in margin.split("\n") if _PROMPTS.match(line))
    if "&lt;" in margin or "&gt;" in margin or "&amp;" in margin or "&quot;" in margin:
        yield html.unescape(margin)


def as_body(text: str, indent: str) -> Iterator[str]:
    """Yield a text as the body of a function whose lines begin with `indent`: as it stands, then mended.

    Mended are a first line that lost its indentation, then a body whose whole margin is another.
    """
    yield text
    for each in variants(text):
        body = each.strip("\n").rstrip()
        if not body:
            continue
        yield f"{body}\n"
        yield f"{indent}{body.lstrip()}\n"
        dedented = _without_margin(body).split("\n")
        yield "\n".join(indent + line if line.strip() else line for line in dedented) + "\n"


def indentation_of(prompt: str) -> str:
    """Return the indentation of the body that a prompt begins; four spaces if it shows none."""
    lines = [line for line in prompt.split("\n") if line.strip()]
    last = lines[-1] if lines else ""
    indent = last[: len(last) - len(last.lstrip(" \t"))]
    if last.rstrip().endswith(":") and not last.lstrip().startswith(("#", '"', "'")):
        indent += "    "
    return indent or "    "


def _without_margin(text: str) -> str:
    """Take the first line's indentation off every line that has it, less off those that have less."""
    lines = text.split("\n")
    first = next((line for line in lines if line.strip()), "")
    width = len(first) - len(first.lstrip(" \t"))
    if not 0 < width < _MOST_SPACE:
        return text
    return "\n".join(line[min(width, len(line) - len(line.lstrip(" \t"))) :] for line in lines)


def _tabs_expanded(text: str, width: int) -> str:
    lines = text.split("\n")
    margins = [len(line) - len(line.lstrip(" \t")) for line in lines]
    return "\n".join(
        line[:margin].expandtabs(width) + line[margin:] for line, margin in zip(lines, margins, strict=True)
    )

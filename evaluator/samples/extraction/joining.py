"""Blocks of one answer that belong together: what an answer uses is looked for in the blocks beside it."""

import ast
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from evaluator.samples.extraction.grammar import remove_statements
from evaluator.samples.extraction.names import bound_names, free_names, is_stub

__all__ = ["Block", "bound_by", "helpers_for", "used_by", "without_stubs"]


class Block(NamedTuple):
    """A block as it parses."""

    text: str
    tree: ast.Module


def helpers_for(
    wanted: AbstractSet[str],
    bound: AbstractSet[str],
    blocks: Sequence[Block | None],
    answer: int,
    entry_point: str,
) -> dict[int, str]:
    """Return the code of other blocks that binds what an answer uses, and what that code uses in turn.

    Blocks before the answer are asked first, the nearest first. Of each block the statements are left out
    that bind the entry point (a draft) or only what is bound already.

    Args:
        wanted: names that the answer uses and does not bind.
        bound: names that need no other block.
        blocks: all blocks; None for one that does not parse.
        answer: the answer's place.
        entry_point: the function under test.

    Returns:
        Code by place, in the order of places.
    """
    missing, known = set(wanted), set(bound)
    found: dict[int, str] = {}
    for place in sorted(range(len(blocks)), key=lambda each: (each > answer, abs(each - answer))):
        block = blocks[place]
        if place == answer or block is None or not missing:
            continue
        unwanted = {
            number
            for number, node in enumerate(block.tree.body)
            if entry_point in bound_names(node)
            or is_stub(node)
            or (bound_names(node) and bound_names(node) <= known)
        }
        rest = [node for number, node in enumerate(block.tree.body) if number not in unwanted]
        given = bound_by(rest)
        if missing & given:
            found[place] = remove_statements(block.text, block.tree, unwanted)
            known |= given
            missing = (missing | used_by(rest)) - known
    return dict(sorted(found.items()))


def without_stubs(block: Block, given: AbstractSet[str]) -> str:
    """Return a block's text without functions that it only sketches and another block gives."""
    stubs = {
        number for number, node in enumerate(block.tree.body) if is_stub(node) and bound_names(node) <= given
    }
    return remove_statements(block.text, block.tree, stubs) if stubs else block.text


def bound_by(body: Sequence[ast.stmt]) -> set[str]:
    """Return the names that statements bind."""
    return set().union(*map(bound_names, body)) if body else set()


def used_by(body: Sequence[ast.stmt]) -> set[str]:
    """Return the names that statements use."""
    return set().union(*map(free_names, body)) if body else set()

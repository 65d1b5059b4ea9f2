"""Answers in the shapes in which chat models give them, each with one right solution of one small problem.

Many hold a wrong draft or an example that must not be taken for it.
"""

from tests.evaluator.chat_shapes.bare import BARE, SPACE
from tests.evaluator.chat_shapes.fences import BLOCKS, FENCES
from tests.evaluator.chat_shapes.further_variants import FURTHER_VARIANTS
from tests.evaluator.chat_shapes.pieces import BODY, FULL, PROMPT
from tests.evaluator.chat_shapes.reasoning import ENDS, REASONING, TURNS
from tests.evaluator.chat_shapes.variants import VARIANTS

__all__ = ["CONTINUED", "PROMPT", "SHAPES"]

SHAPES = {
    **REASONING, **FENCES, **BLOCKS, **BARE, **SPACE, **TURNS, **VARIANTS, **FURTHER_VARIANTS,
    **{f"{end} after a body": BODY.rstrip() + end for end in ENDS},
    **{f"{end} after a function": FULL.rstrip() + end for end in ENDS[::3]},
}  # fmt: skip

# What continues the prompt: no program of its own.
CONTINUED = {
    name
    for name, text in SHAPES.items()
    if not any(mark in text for mark in ("def longest", "longest =", "def  longest"))
} | {
    "think, then a bare body", "another answer run on", "run-on after a body", "run-on that is cut", "a body and its helper",
    "a whole transcript", "body then explanation bullets", "def with return type", "bare multi-line sig prose",
    "def multi-line sig", "body + prose first line", "end <|endoftext|> then new problem",
}  # fmt: skip

"""Batches of programs, and the loss that a perfect model would have on them."""

import math
import random
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice

import numpy as np
from minieval.grammar import KINDS, Facts
from minieval.programs import Composition, Program, composition_probability, draw_programs, log_probability
from minieval.tokens import PAD, cut
from numpy.typing import NDArray

__all__ = ["HELD_OUT_SEED", "batches", "entropy", "held_out", "padded"]

HELD_OUT_SEED = 0  # training data have the seeds above
_POOL = 8
_SEEDS_APART = 1_000_000

Tokens = NDArray[np.int64]


def batches(
    facts: Facts, seed: int, batch_tokens: int, kept_out: AbstractSet[Composition], start: int
) -> Iterator[tuple[int, list[Tokens]]]:
    """Yield pools of batches without end, from pool `start`, each with its number.

    Programs of about one length share a batch, so that little is padded; the batches of a pool come in random
    order. A pool depends on nothing but its number, which is where an interrupted training goes on.
    """
    number = start
    while True:
        pool_seed = (seed + 1) * _SEEDS_APART + number
        programs = draw_programs(facts, pool_seed, kept_out)
        texts: list[list[int]] = []
        while sum(map(len, texts)) < _POOL * batch_tokens:
            texts.extend(_cut(program, facts) for program in islice(programs, 4))
        cutting: list[list[list[int]]] = [[]]
        for text in sorted(texts, key=len):
            if sum(map(len, cutting[-1])) >= batch_tokens:
                cutting.append([])
            cutting[-1].append(text)
        random.Random(pool_seed).shuffle(cutting)
        yield number, [padded(batch) for batch in cutting]
        number += 1


def padded(texts: Sequence[Sequence[int]]) -> Tokens:
    """Return texts as one array, shape (texts, longest), filled up with `PAD`."""
    rows = np.full((len(texts), max(map(len, texts))), PAD, dtype=np.int64)
    for row, text in zip(rows, texts, strict=True):
        row[: len(text)] = text
    return rows


def held_out(facts: Facts, count: int, kept_out: AbstractSet[Composition]) -> list[Program]:
    """Return the programs that losses are measured on: no training seed draws them."""
    return list(islice(draw_programs(facts, HELD_OUT_SEED, kept_out), count))


def entropy(programs: Sequence[Program], facts: Facts, kept_out: AbstractSet[Composition]) -> float:
    """Return the loss, in nats per text, of a model that knows the generator, on these very texts.

    The first token, the signature, is given and not predicted.
    """
    kinds = sum(kind.weight for kind in KINDS.values())
    left = math.log1p(-sum(composition_probability(each, facts) for each in kept_out))
    bits = (
        log_probability(program, facts) - left - math.log(KINDS[program.kind].weight / kinds)
        for program in programs
    )
    return -sum(bits) / len(programs)


def _cut(program: Program, facts: Facts) -> list[int]:
    return cut(program.prompt(facts) + program.body(facts))

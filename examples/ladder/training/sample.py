"""Completions at temperature 1, and how likely each canonical body is."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import torch
from minieval.problems import Problem
from minieval.tokens import END, PAD, cut, join, places
from torch.nn import functional

from training.data import padded
from training.model import Places, Transformer
from training.train import token_losses

__all__ = ["body_losses", "sample"]

MAX_TOKENS = 28  # the longest canonical body has 19
_ROWS = 256


@torch.no_grad()
def sample(model: Transformer, problems: Sequence[Problem], count: int, seed: int) -> dict[str, Counter[str]]:
    """Draw `count` completions of each problem at temperature 1: how often each text came, by task_id.

    Completions that begin alike are drawn together: where n of them share a prefix, their next tokens are one
    draw from a multinomial. The distribution is that of n separate completions.
    """
    draw = np.random.default_rng(seed)
    prompts = [cut(problem.prompt) for problem in problems]
    open_now: dict[tuple[int, tuple[int, ...]], int] = {(n, ()): count for n in range(len(problems))}
    finished = [Counter[str]() for _ in problems]
    for length in range(1, MAX_TOKENS + 1):
        keys = list(open_now)
        chances = _next(model, [[*prompts[n], *body] for n, body in keys])
        opened: dict[tuple[int, tuple[int, ...]], int] = {}
        for (n, body), row in zip(keys, chances, strict=True):
            times = draw.multinomial(open_now[n, body], row)
            for token in np.flatnonzero(times):
                longer = (*body, int(token))
                if token == END or length == MAX_TOKENS:
                    finished[n][join(list(longer))] += int(times[token])
                else:
                    opened[n, longer] = int(times[token])
        open_now = opened
        if not open_now:
            break
    return {problem.task_id: counter for problem, counter in zip(problems, finished, strict=True)}


def _next(model: Transformer, texts: Sequence[Sequence[int]]) -> list[np.ndarray]:
    """Return the probabilities of the token after each text; filling is never drawn."""
    order = sorted(range(len(texts)), key=lambda n: len(texts[n]))
    answer: list[np.ndarray] = [np.empty(0)] * len(texts)
    for first in range(0, len(order), _ROWS):
        chosen = order[first : first + _ROWS]
        rows = padded([texts[n] for n in chosen])
        part, step = (torch.from_numpy(each) for each in places(rows))
        last = torch.tensor([len(texts[n]) - 1 for n in chosen])
        logits = model(torch.from_numpy(rows), Places(part, step), last).double()
        logits[:, PAD] = -torch.inf
        for n, row in zip(chosen, functional.softmax(logits, -1).numpy(), strict=True):
            answer[n] = row / row.sum()
    return answer


@torch.no_grad()
def body_losses(model: Transformer, problems: Sequence[Problem]) -> dict[str, float]:
    """Return the negative log-likelihood of each canonical body given its prompt, in nats, by task_id."""
    answer = {}
    for problem in problems:
        prompt = len(cut(problem.prompt))
        losses, _ = token_losses(model, padded([cut(problem.prompt + problem.canonical_solution)]))
        answer[problem.task_id] = float(losses[0, prompt - 1 :].double().sum())
    return answer

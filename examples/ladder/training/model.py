"""A decoder-only transformer of two layers, with attention that knows steps.

The depth is the same on every rung, and what has to be learned from data is made to be the facts, not how to
find one's way in a prompt of a few words: each attention sees its tokens through a short causal convolution
(So et al. 2021, "Primer"), and its scores have a learned bias for the difference in *step* between query and
key (in the manner of Raffel et al. 2020; for counting positions from a landmark, McLeish et al. 2024).
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["LAYERS", "Places", "Transformer", "parameters_of"]

LAYERS = 2
_HEADS = 2
_TAPS = 4
_STEPS = 16  # more than the furthest difference between steps
_SAME_STEP = 5.0  # where the bias of a pair of the same step starts, in nats


class Places(NamedTuple):
    """Where tokens stand.

    Attributes:
        part: 0 in the docstring, 1 in the body; shape (rows, length).
        step: which step of that part; shape (rows, length).
    """

    part: Tensor
    step: Tensor


def parameters_of(width: int, vocabulary: int) -> int:
    """Return N as counted in C = 6 N D: the matrices; the embedding is looked up and costs nothing."""
    return vocabulary * width + LAYERS * 12 * width * width


class Transformer(nn.Module):
    """Tokens in, logits of the next token out: (rows, length) to (rows, length, vocabulary)."""

    def __init__(self, width: int, vocabulary: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.blocks = nn.ModuleList(_Block(width) for _ in range(LAYERS))
        self.norm = nn.RMSNorm(width)
        nn.init.normal_(self.embedding.weight, std=1.0)
        self.readout = nn.Linear(width, vocabulary, bias=True)
        nn.init.normal_(self.readout.weight, std=0.5 * width**-0.5)
        nn.init.zeros_(self.readout.bias)

    def forward(self, tokens: Tensor, places: Places, only: Tensor | None = None) -> Tensor:
        """Return logits; `places` are those of `tokens`.

        With `only`, shape (rows,), those of one token of each row: shape (rows, vocabulary).
        """
        pairs = _pairs(places)
        hidden = self.embedding(tokens)
        for block in self.blocks:
            hidden = block(hidden, pairs)
        if only is not None:
            hidden = hidden[torch.arange(len(hidden)), only]
        return self.readout(self.norm(hidden))


def _pairs(places: Places) -> Tensor:
    """Number each (query, key) pair by how it stands in parts and steps; the last number: a key to come."""
    part, step = places
    apart = (step[:, :, None] - step[:, None, :]).clamp(1 - _STEPS, _STEPS - 1) + _STEPS - 1
    kind = 2 * part[:, :, None] + part[:, None, :]
    numbers = apart + kind * (2 * _STEPS - 1)
    later = torch.ones(step.shape[1], step.shape[1], dtype=torch.bool, device=step.device).triu(1)
    return numbers.masked_fill(later, 4 * (2 * _STEPS - 1))


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = _HEADS
        self.first, self.second = nn.RMSNorm(width), nn.RMSNorm(width)
        self.taps = nn.Parameter(torch.zeros(_TAPS, width))
        self.gate = nn.Parameter(torch.full((width,), 0.5))
        self.inward = nn.Linear(width, 3 * width, bias=False)
        self.outward = nn.Linear(width, width, bias=False)
        self.up = nn.Linear(width, 4 * width, bias=False)
        self.down = nn.Linear(4 * width, width, bias=False)
        bias = torch.zeros(4, 2 * _STEPS - 1, self.heads)
        bias[2, _STEPS - 1] = _SAME_STEP
        self.bias = nn.Parameter(bias)
        for matrix, gain in ((self.inward, 1.0), (self.up, 1.0), (self.outward, 2.0), (self.down, 0.5)):
            nn.init.normal_(matrix.weight, std=gain * matrix.in_features**-0.5)
        with torch.no_grad():
            self.taps[0] = 1.0
            self.taps[1:] = 0.5

    def forward(self, hidden: Tensor, pairs: Tensor) -> Tensor:
        hidden = hidden + self._attend(self.first(hidden), pairs)
        return hidden + self.down(functional.gelu(self.up(self.second(hidden)), approximate="tanh"))

    def _attend(self, hidden: Tensor, pairs: Tensor) -> Tensor:
        rows, length, width = hidden.shape
        mixed = hidden * self.taps[0]
        for back in range(1, _TAPS):
            mixed = mixed + functional.pad(hidden[:, :-back], (0, 0, back, 0)) * self.taps[back]
        back1 = functional.pad(hidden[:, :-1], (0, 0, 1, 0))
        mixed = mixed + hidden * back1 * self.gate
        query, key, value = self.inward(mixed).view(rows, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        table = torch.cat([self.bias.flatten(0, 1), self.bias.new_full((1, self.heads), -torch.inf)])
        bias = functional.embedding(pairs, table).permute(0, 3, 1, 2)
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        return self.outward(attended.transpose(1, 2).reshape(rows, length, width))

"""Train one model of the ladder; an interrupted training goes on where it last kept its state."""

import time
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

import torch
from minieval.grammar import Facts
from minieval.programs import Composition, Program
from minieval.tokens import PAD, VOCABULARY, cut, places
from torch import Tensor, nn
from torch.nn import functional

from training.data import Tokens, batches, padded
from training.model import Places, Transformer
from training.recipe import Recipe

__all__ = ["Losses", "measure", "token_losses", "train"]

_KEEP_EVERY_S = 60.0
_WARM_UP = 0.05
_CLIP = 1.0
_DECAY = 0.1


def train(
    recipe: Recipe,
    facts: Facts,
    kept_out: AbstractSet[Composition],
    state: Path,
    progress: Callable[[float, float], None],
) -> Transformer:
    """Return the trained model; `progress` hears the share done and the seconds left, now and then."""
    torch.manual_seed(recipe.seed)
    model = Transformer(recipe.width, len(VOCABULARY))
    optimizer = _optimizer(model)
    done, start = 0, 0
    if state.exists():
        kept = torch.load(state, weights_only=True)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        done, start = kept["tokens"], kept["pool"]
    began, began_at, kept_at = time.monotonic(), done, time.monotonic()
    for pool, several in batches(facts, recipe.seed, recipe.batch_tokens, kept_out, start):
        if done >= recipe.tokens:
            break
        if time.monotonic() - kept_at > _KEEP_EVERY_S:
            kept_at = time.monotonic()
            _keep(state, model, optimizer, done, pool)
            spent = kept_at - began
            progress(done / recipe.tokens, spent * (recipe.tokens - done) / max(done - began_at, 1))
        for batch in several:
            _step(model, optimizer, batch, recipe, done)
            done += int((batch != PAD).sum())
    return model


def token_losses(model: Transformer, rows: Tokens) -> tuple[Tensor, Tensor]:
    """Return each token's negative log-likelihood in nats, and the tokens; the first of each row is given.

    Shapes (rows, length - 1); 0 where the row is filled up.
    """
    part, step = (torch.from_numpy(each[:, :-1].copy()) for each in places(rows))
    tokens = torch.from_numpy(rows)
    logits = model(tokens[:, :-1], Places(part, step))
    wanted = tokens[:, 1:]
    losses = functional.cross_entropy(
        logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD, reduction="none"
    )
    return losses.view(wanted.shape), wanted


@dataclass(frozen=True, slots=True)
class Losses:
    """Held-out loss in nats: per predicted token, per character, per text."""

    per_token: float
    per_character: float
    per_text: float


@torch.no_grad()
def measure(model: Transformer, programs: list[Program], facts: Facts) -> Losses:
    """Measure the loss on programs."""
    texts = sorted((each.prompt(facts) + each.body(facts) for each in programs), key=len)
    total = tokens = 0.0
    for first in range(0, len(texts), 100):
        losses, wanted = token_losses(model, padded([cut(text) for text in texts[first : first + 100]]))
        total += float(losses.double().sum())
        tokens += int((wanted != PAD).sum())
    return Losses(total / tokens, total / sum(map(len, texts)), total / len(texts))


def _step(
    model: Transformer, optimizer: torch.optim.Optimizer, batch: Tokens, recipe: Recipe, done: int
) -> None:
    share = min(done / recipe.tokens, 1.0)
    for group in optimizer.param_groups:
        group["lr"] = recipe.learning_rate * min(1.0, share / _WARM_UP + 0.01) * (1.0 - share)
    losses, wanted = token_losses(model, batch)
    optimizer.zero_grad()
    (losses.sum() / (wanted != PAD).sum()).backward()
    nn.utils.clip_grad_norm_(model.parameters(), _CLIP)
    optimizer.step()


def _optimizer(model: Transformer) -> torch.optim.Optimizer:
    """AdamW; the matrices decay, the vectors and biases do not."""
    matrices = [each for name, each in model.named_parameters() if each.ndim == 2 and "weight" in name]
    others = [each for name, each in model.named_parameters() if not (each.ndim == 2 and "weight" in name)]
    groups = [{"params": matrices, "weight_decay": _DECAY}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=1.0, betas=(0.9, 0.98), fused=True)


def _keep(state: Path, model: Transformer, optimizer: torch.optim.Optimizer, done: int, pool: int) -> None:
    partial = state.with_suffix(".part")
    kept = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "tokens": done, "pool": pool}
    torch.save(kept, partial)
    partial.replace(state)

"""Train the models that a ladder lacks, measure their loss, sample them, write their cards."""

import gzip
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from minieval.grammar import draw_facts
from minieval.ladders import ladder_of
from minieval.problems import Problem

from training.data import entropy, held_out
from training.recipe import Recipe
from training.sample import body_losses, sample
from training.train import measure, train

__all__ = ["climb"]

HELD_OUT = 4000
SAMPLES = 100  # of each problem by each model


def climb(
    problems: list[Problem],
    generator_seed: int,
    data: Path,
    states: Path,
    *,
    up_to: float,
    only: float | None,
) -> None:
    """Train and sample the rungs up to a compute, or only the one of a compute, and write what came of them.

    A card in `data/models` marks a model as done; `states` holds what an interrupted training goes on from.
    """
    planned = ladder_of(generator_seed)
    ladder = {**planned.rungs, planned.target: 1}
    chosen = [only] if only else [flops for flops in ladder if flops <= up_to]
    unknown = [flops for flops in chosen if flops not in ladder]
    if unknown:
        sys.exit(f"{unknown[0]:g} is no rung; the rungs are {', '.join(f'{flops:g}' for flops in ladder)}")
    for folder in (states, data / "models", data / "completions"):
        folder.mkdir(parents=True, exist_ok=True)
    for flops in chosen:
        for seed in range(ladder[flops]):
            recipe = Recipe(flops, seed)
            if not (data / "models" / f"{recipe.name}.json").exists():
                _rung(recipe, problems, generator_seed, data, states / f"{recipe.name}.pt")


def _rung(recipe: Recipe, problems: list[Problem], generator_seed: int, data: Path, state: Path) -> None:
    facts = draw_facts(generator_seed)
    kept_out = frozenset(problem.program.composition for problem in problems)
    began = time.monotonic()
    model = train(recipe, facts, kept_out, state, _progress(recipe.name))
    seconds = time.monotonic() - began
    programs = held_out(facts, HELD_OUT, kept_out)
    losses = measure(model, programs, facts)
    best = entropy(programs, facts, kept_out)
    counted = sample(model, problems, SAMPLES, seed=recipe.seed)
    with gzip.GzipFile(data / "completions" / f"{recipe.name}.jsonl.gz", "wb", mtime=0) as file:
        for task_id, texts in counted.items():
            for text, times in texts.items():
                line = json.dumps({"task_id": task_id, "completion": text}) + "\n"
                file.write(line.encode() * times)
    card = {
        "model": recipe.name,
        "flops": recipe.flops,
        "params": recipe.params,
        "tokens": recipe.tokens,
        "seed": recipe.seed,
        "loss": losses.per_token,
        "loss_per_character": losses.per_character,
        "irreducible": losses.per_token * best / losses.per_text,
        "seconds": round(seconds, 1),
        "nll": body_losses(model, problems),
    }
    (data / "models" / f"{recipe.name}.json").write_text(json.dumps(card, indent=1) + "\n")
    state.unlink(missing_ok=True)
    print(f"{recipe.name}: loss {losses.per_token:.4f}, {seconds:.0f} s", flush=True)


def _progress(name: str) -> Callable[[float, float], None]:
    def say(share: float, left: float) -> None:
        print(f"{name}: {share:.0%}, {left / 60:.1f} minutes left", flush=True)

    return say

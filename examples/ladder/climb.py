"""Climb the ladder: make the problems, train a rung, sample it. See README.md.

python examples/ladder/climb.py problems
python examples/ladder/climb.py rungs --up-to 1e12
python examples/ladder/climb.py rungs --only 1e13
"""

import argparse
import gzip
import json
import sys
import time
from pathlib import Path

from minieval.grammar import draw_facts
from minieval.problems import Problem, draw_problems

HERE = Path(__file__).parent
DATA = HERE / "data"
STATES = HERE / "states"
GENERATOR_SEED = 2026
HELD_OUT = 4000
SAMPLES = 100  # of each problem on each rung, shared by its seeds


def main() -> None:
    """Read the command line and do what it asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("problems", help="write data/problems.jsonl")
    rungs = commands.add_parser("rungs", help="train and sample what is not there yet")
    rungs.add_argument("--up-to", type=float, default=1e12, help="FLOPs of the largest rung")
    rungs.add_argument("--only", type=float, help="FLOPs of the one rung to climb, the target's for instance")
    rungs.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    DATA.mkdir(exist_ok=True)
    problems = draw_problems(draw_facts(GENERATOR_SEED), GENERATOR_SEED)
    if given.command == "problems":
        (DATA / "problems.jsonl").write_text("".join(problem.row() + "\n" for problem in problems))
        return
    try:
        import torch
    except ImportError:
        sys.exit("training needs PyTorch: install it with 'pip install torch==2.13.0'")
    torch.set_num_threads(given.threads)
    _climb(problems, up_to=given.up_to, only=given.only)


def _climb(problems: list[Problem], *, up_to: float, only: float | None) -> None:
    from training.recipe import RUNGS, TARGET, Recipe

    ladder = RUNGS | {TARGET: 1}
    chosen = [only] if only else [flops for flops in ladder if flops <= up_to]
    unknown = [flops for flops in chosen if flops not in ladder]
    if unknown:
        sys.exit(f"{unknown[0]:g} is no rung; the rungs are {', '.join(f'{flops:g}' for flops in ladder)}")
    for flops in chosen:
        for seed in range(ladder[flops]):
            recipe = Recipe(flops, seed)
            if not (DATA / "models" / f"{recipe.name}.json").exists():
                _rung(recipe, problems, SAMPLES // ladder[flops])


def _rung(recipe: "Recipe", problems: list[Problem], samples: int) -> None:  # noqa: F821
    from training.data import entropy, held_out
    from training.sample import body_losses, sample
    from training.train import measure, train

    facts = draw_facts(GENERATOR_SEED)
    kept_out = frozenset(problem.program.composition for problem in problems)
    STATES.mkdir(exist_ok=True)
    for folder in ("models", "completions"):
        (DATA / folder).mkdir(exist_ok=True)
    state = STATES / f"{recipe.name}.pt"
    began = time.monotonic()
    model = train(recipe, facts, kept_out, state, _progress(recipe.name))
    seconds = time.monotonic() - began
    programs = held_out(facts, HELD_OUT, kept_out)
    losses = measure(model, programs, facts)
    best = entropy(programs, facts, kept_out)
    counted = sample(model, problems, samples, seed=recipe.seed)
    with gzip.GzipFile(DATA / "completions" / f"{recipe.name}.jsonl.gz", "wb", mtime=0) as file:
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
    (DATA / "models" / f"{recipe.name}.json").write_text(json.dumps(card, indent=1) + "\n")
    state.unlink(missing_ok=True)
    print(f"{recipe.name}: loss {losses.per_token:.4f}, {seconds:.0f} s", flush=True)


def _progress(name: str):  # noqa: ANN202
    def say(share: float, left: float) -> None:
        print(f"{name}: {share:.0%}, {left / 60:.1f} minutes left", flush=True)

    return say


if __name__ == "__main__":
    main()

"""Make the problems of a ladder, and train and sample its rungs (models of one compute). See README.md.

python examples/ladder/climb.py problems
python examples/ladder/climb.py rungs --up-to 1e11
python examples/ladder/climb.py rungs --only 1e14
"""

import argparse
import importlib.util
import sys
from pathlib import Path

from minieval.grammar import draw_facts
from minieval.problems import Problem, draw_problems

HERE = Path(__file__).parent
DATA = HERE / "data"
GENERATOR_SEED = 2029


def main() -> None:
    """Read the command line and do what it asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--generator-seed", type=int, default=GENERATOR_SEED)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("problems", help="write the problem set")
    rungs = commands.add_parser("rungs", help="train and sample the models that are not there yet")
    rungs.add_argument("--up-to", type=float, default=1e11, help="FLOPs of the largest rung")
    rungs.add_argument("--only", type=float, help="FLOPs of the only rung to train, such as the target")
    rungs.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    data = DATA / str(given.generator_seed)
    data.mkdir(parents=True, exist_ok=True)
    problems = draw_problems(draw_facts(given.generator_seed), given.generator_seed)
    if given.command == "problems":
        (data / "problems.jsonl").write_text("".join(problem.row() + "\n" for problem in problems))
        return
    if importlib.util.find_spec("torch") is None:
        sys.exit("training needs PyTorch: install it with 'pip install torch==2.13.0'")
    _train(given, problems, data)


def _train(given: argparse.Namespace, problems: list[Problem], data: Path) -> None:
    import torch  # noqa: PLC0415 - only training needs it
    from training.climb import climb  # noqa: PLC0415

    torch.set_num_threads(given.threads)
    climb(problems, given.generator_seed, data, data / "states", up_to=given.up_to, only=given.only)


if __name__ == "__main__":
    main()

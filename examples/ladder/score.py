"""Score the completions of every rung in the sandbox and write the tables that forecasts are made from.

    python examples/ladder/score.py examples/ladder/data/2027

needs no PyTorch. The tables of the repository, data/*/counts.csv and data/*/losses.csv, came from it.
"""

import argparse
import csv
import json
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from evaluator import Model, evaluate

HERE = Path(__file__).parent
DATA = HERE / "data"
COLUMNS = ("model", "params", "tokens", "flops", "task_id", "bucket", "n", "c", "nll", "loss")


LOSS_COLUMNS = ("model", "params", "tokens", "flops", "loss")


class Tables(NamedTuple):
    """Rows of the pass-count table and of the loss table, and how many samples were scored."""

    counts: list[tuple[object, ...]]
    losses: list[tuple[object, ...]]
    samples: int


def cards(data: Path) -> list[dict[str, Any]]:
    """Return what is known of every trained model, by compute and seed."""
    found = [json.loads(path.read_text()) for path in (data / "models").glob("*.json")]
    return sorted(found, key=lambda card: (card["flops"], card["seed"]))


def score(data: Path) -> Tables:
    """Run every completion of every model in a folder against its problem's tests."""
    models = cards(data)
    problems = [json.loads(line) for line in (data / "problems.jsonl").read_text().splitlines()]
    counts: list[tuple[object, ...]] = []
    samples = 0
    with tempfile.TemporaryDirectory() as folder:
        for card in models:
            name, nll = card["model"], card["nll"]
            figures = {key: card[key] for key in ("params", "tokens", "flops")}
            result = evaluate(
                data / "completions" / f"{name}.jsonl.gz",
                data / "problems.jsonl",
                k=(1,),
                model=Model(name, family="ladder", **figures),
                cache=Path(folder) / "outcomes.sqlite",
                output=Path(folder) / f"{name}_results.jsonl",
            )
            for problem in problems:
                task_id = problem["task_id"]
                n, c = result.counts[task_id]
                samples += n
                row = (name, *figures.values(), task_id, problem["bucket"], n, c, f"{nll[task_id]:.5f}")
                counts.append((*row, f"{card['loss']:.6f}"))
    losses = [tuple(card[column] for column in LOSS_COLUMNS) for card in models]
    return Tables(counts, losses, samples)


def write(tables: Tables, counts: Path, losses: Path) -> None:
    """Write both tables as CSV."""
    for path, columns, rows in (
        (counts, COLUMNS, tables.counts),
        (losses, LOSS_COLUMNS, tables.losses),
    ):
        with path.open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(rows)


def main() -> None:
    """Read the command line and write the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="a folder that climb.py filled; the tables are written there")
    data = parser.parse_args().data
    tables = score(data)
    write(tables, data / "counts.csv", data / "losses.csv")
    print(f"{tables.samples:,} samples of {len(tables.losses)} models scored")


if __name__ == "__main__":
    main()

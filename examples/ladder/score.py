"""Score the completions of every rung in the sandbox and write the tables that forecasts are made from.

    python examples/ladder/score.py examples/ladder/data/2028

needs no PyTorch. The tables of the repository, data/*/counts.csv and data/*/losses.csv, came from it.
"""

import argparse
import csv
import gzip
import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from evaluator import evaluate

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
    """Run every completion of every model in a folder against its problem's tests.

    A text that several models wrote, or one wrote several times, is run once: its verdict is the same.
    """
    models = cards(data)
    problems = [json.loads(line) for line in (data / "problems.jsonl").read_text().splitlines()]
    written = {card["model"]: _written(data / "completions" / f"{card['model']}.jsonl.gz") for card in models}
    passing = _passing(sorted(set().union(*written.values())), data / "problems.jsonl")
    counts: list[tuple[object, ...]] = []
    for card in models:
        n, c = Counter[str](), Counter[str]()
        for sample, times in written[card["model"]].items():
            n[sample.task_id] += times
            c[sample.task_id] += times * (sample in passing)
        for problem in problems:
            task = problem["task_id"]
            row = (*(card[column] for column in COLUMNS[:4]), task, problem["bucket"], n[task], c[task])
            counts.append((*row, f"{card['nll'][task]:.5f}", f"{card['loss']:.6f}"))
    losses = [tuple(card[column] for column in LOSS_COLUMNS) for card in models]
    return Tables(counts, losses, sum(each.total() for each in written.values()))


class _Sample(NamedTuple):
    task_id: str
    completion: str


def _written(path: Path) -> Counter[_Sample]:
    """Return how often each text is in a file of samples."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = Counter(file)
    return Counter({_Sample(**json.loads(line)): times for line, times in lines.items()})


def _passing(samples: list[_Sample], problems: Path) -> set[_Sample]:
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "samples_results.jsonl"
        rows = [sample._asdict() for sample in samples]
        evaluate(rows, problems, k=(1,), ignore_incomplete=True, output=results)
        verdicts = [json.loads(line)["passed"] for line in results.read_text().splitlines()]
    if None in verdicts:
        raise RuntimeError("the sandbox gave no verdict on some samples; see 'passlaw selftest'")
    return {sample for sample, passed in zip(samples, verdicts, strict=True) if passed}


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

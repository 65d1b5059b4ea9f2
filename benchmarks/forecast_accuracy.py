"""Back-tests `passlaw forecast accuracy` on public data, and prints the tables of docs/accuracy.md.

    PASSLAW_SHARED_DATA=FOLDER python benchmarks/forecast_accuracy.py [--set gadre|pythia|olmo|targets] [--figure accuracy.svg]

Every target is forecast from the models that are smaller and have less compute. The data are not shipped:
gadre_scaling_104.csv.gz (104 models, three corpora, sizes against tokens), pythia_checkpoints.csv.gz (eight sizes at
the last step) and olmo_ladder_checkpoints.csv.gz (190M to 3B; targets 7B and 13B). The constants of the method were set
with the first three sets in view; `targets` was not used for that.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from backtest_pages import Shown, chosen_sets, draw, measured, print_warned, read

from predictor import Accuracies, ForecastError, forecast_accuracy
from predictor.forecasts.accuracy import AccuracySettings
from predictor.laws.curves.accuracy import MEMBERS

GADRE_TASKS = {
    "arc_easy": 0.25, "arc_challenge": 0.25, "hellaswag": 0.25, "hellaswag_zeroshot": 0.25, "piqa": 0.5,
    "copa": 0.5, "lambada_openai": 0.0, "winograd": 0.5, "winogrande": 0.5, "openbook_qa": 0.25,
    "bigbench_qa_wikidata": 0.0, "coqa": 0.0, "squad": 0.0, "jeopardy": 0.0, "boolq": 0.5,
    "commonsense_qa": 0.2,
}  # fmt: skip
GADRE_LOSS = "loss:shard_00000000.tar"
PYTHIA_TASKS = {
    "winogrande": 0.5, "lambada_openai": 0.0, "piqa": 0.5, "arc_challenge": 0.25, "arc_easy": 0.25,
    "sciq": 0.25, "logiqa": 0.25,
}  # fmt: skip
PYTHIA_SIZES = {
    "70m": 70e6, "160m": 162e6, "410m": 405e6, "1b": 1.01e9, "1.4b": 1.41e9, "2.8b": 2.78e9, "6.9b": 6.86e9,
    "12b": 11.8e9,
}  # fmt: skip
OLMO_SIZES = {
    "190M": 190354176.0, "370M": 371262464.0, "760M": 758220288.0, "1B": 1279395840.0, "3B": 3169537280.0,
    "peteish7": 6887575552.0, "peteish13": 13202396160.0,
}  # fmt: skip
# The eight tasks of Bhagia et al. (arXiv 2412.04403); MMLU is the mean over its four parts by their questions.
OLMO_TASKS = {
    "hellaswag_val": 0.25, "arc_challenge_test": 0.25, "arc_easy_test": 0.25, "piqa_val": 0.5,
    "csqa_val": 0.2, "socialiqa_val": 1 / 3, "openbookqa_test": 0.25, "mmlu": 0.25,
}  # fmt: skip
MMLU = {"stem": 0.215, "humanities": 0.335, "social_sciences": 0.219, "other": 0.231}
# Tokens of the targets' last checkpoints: the table leaves them blank.
OLMO_TOKENS = {"peteish7_eval_full": 3.879731e12, "peteish13_eval_full": 5.000089e12}
LAST_VALUE = "last value"
# Warnings that not nearly every table has.
DOUBTS = ("far_for_accuracy", "near_chance", "members_disagree", "non_monotone", "few_models")
Row = Mapping[str, object]


class Case(NamedTuple):
    """A benchmark with a table, and the targets to forecast with the largest size to train on."""

    group: str
    task: str
    table: Accuracies
    chance: float
    targets: tuple[str, ...]
    largest: float


class Score(NamedTuple):
    """One method on one target: forecast less outcome, CRPS, inside which intervals; None where refused."""

    group: str
    task: str
    target: str
    method: str
    outcome: float
    error: float
    crps: float
    inside: tuple[bool, ...]
    span: tuple[float, float]
    warned: frozenset[str]


def main() -> None:
    """Print the tables."""
    folder, sets, figure = chosen_sets(SETS)
    scores: list[Score] = []
    refused: list[tuple[str, str]] = []
    for cases in sets:
        for case in cases(folder):
            for target in case.targets:
                try:
                    scores += scored(case, target)
                except ForecastError as error:
                    refused.append((case.group, f"{case.task}, {target}: {error}"))
    print_summary(scores, refused)
    print_targets([score for score in scores if score.group.startswith("OLMo 7B")])
    print_warned(
        [(score.group, score.warned, score.inside) for score in scores if score.method == "auto"], DOUBTS
    )
    for group, sentence in refused:
        print(f"refused: {group}: {sentence}")
    if figure:
        draw(panels(scores), figure)


def panels(scores: Sequence[Score]) -> dict[str, list[Shown]]:
    """Every forecast of `auto` by set, the corpora and the numbers of shots together."""
    found: dict[str, list[Shown]] = {}
    for score in scores:
        if score.method == "auto":
            first = score.group.split()[0].strip(",")
            title = first if first in {"Gadre", "Pythia"} else score.group
            found.setdefault(title, []).append(Shown(score.outcome + score.error, *score.span, score.outcome))
    return found


def scored(case: Case, target: str) -> Iterator[Score]:
    """Score the command's own forecast, and from the same fits every member and the last value."""
    row = case.table.index(target)
    smaller = np.exp(case.table.logs[:, 1]) <= case.largest * 1.001
    below = smaller & (case.table.flops < case.table.flops[row])
    names = [case.table.models[j] for j in np.flatnonzero(below)]
    outcome = float(case.table.accuracy[row])
    settings = AccuracySettings(size=1000)
    forecast = forecast_accuracy(
        case.table, target, chance=case.chance, train_models=names, settings=settings
    )
    draws = {**forecast.draws, LAST_VALUE: np.full(2, case.table.select(below).accuracy[-1])}
    warned = frozenset(each.code for each in forecast.warnings)
    for found in measured(draws, outcome):
        yield Score(case.group, case.task, target, *found, warned)


def gadre(folder: Path) -> Iterator[Case]:
    """Three corpora; each size from the fourth on, with twenty tokens a parameter."""
    rows = read(folder / "gadre_scaling_104.csv.gz")
    for corpus in dict.fromkeys(str(row["dataset"]) for row in rows):
        mine = [row for row in rows if row["dataset"] == corpus]
        sizes = sorted({float(str(row["params"])) for row in mine})
        for task, chance in GADRE_TASKS.items():
            cells = [{**row, "accuracy": row[f"acc:{task}"], "task_loss": row[GADRE_LOSS]} for row in mine]
            table = Accuracies.from_records(cells, "accuracy", "task_loss")
            for below, size in itertools.pairwise(sizes[2:]):
                chosen = {
                    str(row["model"])
                    for row in mine
                    if float(str(row["params"])) == size and row["multiplier"] == "1.0"
                }
                targets = tuple(name for name in table.models if name in chosen)
                yield Case(f"Gadre {corpus}", task, table, chance, targets, below)


def pythia(folder: Path) -> Iterator[Case]:
    """The deduplicated models at their last step, from the five smallest on; no task loss."""
    rows = [
        row
        for row in read(folder / "pythia_checkpoints.csv.gz")
        if str(row["model"]).endswith("-deduped") and row["step"] == "143000"
    ]
    sizes = sorted(PYTHIA_SIZES.values())
    for shots in ("0", "5"):
        for task, chance in PYTHIA_TASKS.items():
            cells = [
                {
                    "model": row["model"],
                    "params": PYTHIA_SIZES[str(row["model"]).split("-")[1]],
                    "tokens": row["tokens"],
                    "accuracy": row["acc"],
                }
                for row in rows
                if row["task"] == task and row["shots"] == shots
            ]
            if not cells:
                continue
            table = Accuracies.from_records(cells, "accuracy")
            for below, size in itertools.pairwise(sizes[3:]):
                names = tuple(
                    name
                    for name, compute in zip(table.models, table.compute, strict=True)
                    if compute.params == size
                )
                yield Case(f"Pythia, {shots} shots", task, table, chance, names, below)


def olmo_small(folder: Path) -> Iterator[Case]:
    """The ladder below 7B: 760M, 1B and 3B from what is smaller, at one and at ten times Chinchilla's tokens."""
    tables = olmo_tables(folder)
    for size, below in (("760M", "370M"), ("1B", "760M"), ("3B", "1B"), ("3B", "760M")):
        for task, table in tables.items():
            targets = (f"{size}-1xC", f"{size}-10xC")
            yield Case("OLMo up to 3B", task, table, OLMO_TASKS[task], targets, OLMO_SIZES[below])


def olmo_targets(folder: Path) -> Iterator[Case]:
    """7B and 13B from the whole ladder, and from its part up to 1B, as in the paper."""
    for below in ("3B", "1B"):
        for task, table in olmo_tables(folder).items():
            yield Case(
                f"OLMo 7B, 13B from {below}",
                task,
                table,
                OLMO_TASKS[task],
                tuple(OLMO_TOKENS),
                OLMO_SIZES[below],
            )


def olmo_tables(folder: Path) -> dict[str, Accuracies]:
    """The last checkpoint of every run, by task."""
    last: dict[str, Row] = {}
    for row in read(folder / "olmo_ladder_checkpoints.csv.gz"):
        if int(str(row["step"])) >= int(str(last.get(str(row["run"]), {"step": -1})["step"])):
            last[str(row["run"])] = row
    kept = {run: row for run, row in last.items() if not run.startswith("peteish7_medlr")}
    return {
        task: Accuracies.from_records(
            [
                {
                    "run": run,
                    "params": OLMO_SIZES[run.split("-")[0].split("_")[0]],
                    "tokens": OLMO_TOKENS.get(run) or row["tokens"],
                    "accuracy": olmo_value(row, task, "downstream/{}_rc_5shot_len_norm"),
                    "task_loss": olmo_value(row, task, "downstream_bpb/{}_rc_5shot_bpb"),
                }
                for run, row in kept.items()
            ],
            "accuracy",
            "task_loss",
        )
        for task in OLMO_TASKS
    }


def olmo_value(row: Row, task: str, column: str) -> float:
    """A task's cell, or MMLU's weighted mean."""
    if task != "mmlu":
        return float(str(row[column.format(task)]))
    return sum(share * float(str(row[column.format(f"mmlu_{part}_test")])) for part, share in MMLU.items())


SETS = {"gadre": gadre, "pythia": pythia, "olmo": olmo_small, "targets": olmo_targets}


def print_summary(scores: Sequence[Score], refused: Sequence[tuple[str, str]]) -> None:
    """One row per set and method, in points."""
    print(
        "| set | method | forecasts | refused | mean absolute error | mean error | CRPS | held 50 / 80 / 95% |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for group in dict.fromkeys(score.group for score in scores):
        count = sum(name == group for name, _sentence in refused)
        for method in ("auto", *MEMBERS, LAST_VALUE):
            mine = [score for score in scores if (score.group, score.method) == (group, method)]
            if not mine:
                continue
            error = 100 * np.array([score.error for score in mine])
            held = " / ".join(f"{share:.0%}" for share in np.mean([score.inside for score in mine], axis=0))
            print(
                f"| {group} | {method} | {len(mine)} | {count} | {np.abs(error).mean():.2f} | {error.mean():+.2f} "
                f"| {100 * np.mean([score.crps for score in mine]):.2f} | {'-' if method == LAST_VALUE else held} |"
            )
    print(flush=True)


def print_targets(scores: Sequence[Score]) -> None:
    """Each task of the held-out targets, by `auto`."""
    if not scores:
        return
    print("| from | task | target | forecast | outcome | error, points | inside 80% |")
    print("|---|---|---|---|---|---|---|")
    for score in scores:
        if score.method == "auto":
            print(
                f"| {score.group.split()[-1]} | {score.task} | {score.target.split('_')[0]} "
                f"| {score.outcome + score.error:.3f} | {score.outcome:.3f} | {100 * score.error:+.1f} "
                f"| {'yes' if score.inside[1] else 'no'} |"
            )
    print(flush=True)


if __name__ == "__main__":
    main()

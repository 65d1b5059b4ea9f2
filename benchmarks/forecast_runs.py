"""Back-tests `passlaw forecast run` on public runs, and prints the tables of docs/run_forecasts.md.

    PASSLAW_SHARED_DATA=FOLDER python benchmarks/forecast_runs.py [--set rl|olmo|pythia] [--figure run_forecasts.svg]

From the first 20, 40, 60 and 80 % of each run, its last score. The data are not shipped: rl_qwen3_gsm8k_steps.csv (GSM8K
accuracy over GRPO steps, five sizes), olmo_ladder_checkpoints.csv.gz and pythia_checkpoints.csv.gz (accuracies over
pretraining). The constants of the method were set with other pretraining runs in view, not with the RL runs.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from backtest_pages import Shown, chosen_sets, draw, measured, print_warned, read

from predictor import ForecastError, RunSettings, TrainingRun, forecast_run
from predictor.forecasts.run_mixture import FEWEST_STEPS, fit_run_mixture
from predictor.laws.curves.run import RUN_MEMBERS, RunData
from predictor.tables.training_run import runs_from

SHARES = (0.2, 0.4, 0.6, 0.8)
# Other runs than those with which the constants were set: 370M-5xC, 1B-1xC, 1B-10xC, 3B-5xC of OLMo, and 160m, 410m,
# 1b-deduped, 12b of Pythia.
OLMO_RUNS = ("190M-10xC", "760M-2xC", "3B-1xC")
OLMO_TASKS = ("hellaswag_val", "arc_easy_test", "piqa_val", "csqa_val", "socialiqa_val")
PYTHIA_MODELS = ("pythia-1.4b", "pythia-2.8b-deduped", "pythia-6.9b")
PYTHIA_TASKS = ("lambada_openai", "piqa", "arc_easy", "sciq")
LAST_VALUE = "last value, bare"
DOUBTS = ("few_steps", "far", "non_monotone", "members_disagree")
METHODS = ("auto", *RUN_MEMBERS, LAST_VALUE)
Row = Mapping[str, object]


class Score(NamedTuple):
    """One method from one part of one run; no score is there where the command refused."""

    group: str
    run: str
    share: float
    method: str
    outcome: float
    error: float
    crps: float
    inside: tuple[bool, ...]
    span: tuple[float, float]
    warned: frozenset[str]


class Refusal(NamedTuple):
    """A part of a run from which the command gave no forecast, and how far off the mixture would have been."""

    group: str
    run: str
    share: float
    sentence: str
    error: float | None


def main() -> None:
    """Print the tables."""
    folder, sets, figure = chosen_sets(SETS)
    scores: list[Score] = []
    refusals: list[Refusal] = []
    for cases in sets:
        for group, run in cases(folder):
            for share in SHARES:
                found = list(scored(group, run, share))
                scores += [each for each in found if isinstance(each, Score)]
                refusals += [each for each in found if isinstance(each, Refusal)]
    print_summary(scores, refusals)
    print_runs([score for score in scores if score.group.startswith("RL")], refusals)
    print_warned(
        [(score.group, score.warned, score.inside) for score in scores if score.method == "auto"], DOUBTS
    )
    if figure:
        draw(panels(scores), figure)


def panels(scores: Sequence[Score]) -> dict[str, list[Shown]]:
    """Every forecast of `auto`, by how much of the run was seen."""
    found: dict[str, list[Shown]] = {}
    for share in SHARES:
        for score in scores:
            if (score.method, score.share) == ("auto", share):
                shown = Shown(score.outcome + score.error, *score.span, score.outcome)
                found.setdefault(f"{share:.0%} of the run seen", []).append(shown)
    return found


def scored(group: str, run: TrainingRun, share: float) -> Iterator[Score | Refusal]:
    """Score the command's forecast of the last step, and from the same fits every member and the bare last value."""
    last, outcome = float(run.steps[-1]), float(run.score[-1])
    until = share * last
    seen = run.steps <= until
    try:
        forecast = forecast_run(run, last, until=until, settings=RunSettings(size=2000))
    except ForecastError as error:
        off = None
        if seen.sum() >= FEWEST_STEPS:
            mixed = fit_run_mixture(RunData(run.steps[seen], run.score[seen]), 0)
            off = abs(float(np.median(mixed.draws(run.steps[-1:], 2000, 0)["auto"])) - outcome)
        yield Refusal(group, run.name, share, str(error), off)
        return
    draws = {**forecast.draws, LAST_VALUE: np.full(2, run.score[seen][-1])}
    warned = frozenset(each.code for each in forecast.warnings)
    for found in measured(draws, outcome):
        yield Score(group, run.name, share, *found, warned)


def rl(folder: Path) -> Iterator[tuple[str, TrainingRun]]:
    """Five sizes of Qwen3, GRPO on GSM8K."""
    with (folder / "rl_qwen3_gsm8k_steps.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    for size in list(rows[0])[1:]:
        (run,) = runs_from(rows, size, "Step")
        yield "RL, Qwen3", run._replace(name=size)


def olmo(folder: Path) -> Iterator[tuple[str, TrainingRun]]:
    """Three pretraining runs of the ladder, five tasks each."""
    rows = [row for row in read(folder / "olmo_ladder_checkpoints.csv.gz") if row["run"] in OLMO_RUNS]
    for task in OLMO_TASKS:
        for run in runs_from(rows, f"downstream/{task}_rc_5shot_len_norm", "step"):
            yield "OLMo", run


def pythia(folder: Path) -> Iterator[tuple[str, TrainingRun]]:
    """Three pretraining runs, four tasks each, no shots."""
    rows = [row for row in read(folder / "pythia_checkpoints.csv.gz") if row["model"] in PYTHIA_MODELS]
    for task in PYTHIA_TASKS:
        mine = [row for row in rows if row["task"] == task and row["shots"] == "0"]
        for run in runs_from(mine, "acc", "step"):
            yield "Pythia", run


SETS = {"rl": rl, "olmo": olmo, "pythia": pythia}


def print_summary(scores: Sequence[Score], refusals: Sequence[Refusal]) -> None:
    """One row per set, part and method, in points."""
    print(
        "| set | seen | method | forecasts | refused | mean absolute error | mean error | CRPS "
        "| held 50 / 80 / 95% |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    groups = dict.fromkeys((each.group, each.share) for each in (*scores, *refusals))
    for group, share in sorted(groups, key=lambda pair: (not pair[0].startswith("RL"), pair)):
        away = [each for each in refusals if (each.group, each.share) == (group, share)]
        known = [each.error for each in away if each.error is not None]
        if away and known:
            print(
                f"| {group} | {share:.0%} | refused | - | {len(away)} | ({100 * np.mean(known):.1f}) | - | - | - |"
            )
        for method in METHODS:
            mine = [
                each for each in scores if (each.group, each.share, each.method) == (group, share, method)
            ]
            if not mine:
                continue
            error = 100 * np.array([score.error for score in mine])
            held = " / ".join(f"{part:.0%}" for part in np.mean([score.inside for score in mine], axis=0))
            print(
                f"| {group} | {share:.0%} | {method} | {len(mine)} | {len(away)} | {np.abs(error).mean():.1f} "
                f"| {error.mean():+.1f} | {100 * np.mean([score.crps for score in mine]):.1f} "
                f"| {'-' if method == LAST_VALUE else held} |"
            )
    print(flush=True)


def print_runs(scores: Sequence[Score], refusals: Sequence[Refusal]) -> None:
    """Each part of each RL run."""
    print("| run | seen | forecast | outcome | error, points | error of the last value | inside 80% |")
    print("|---|---|---|---|---|---|---|")
    bare = {(s.run, s.share): s.error for s in scores if s.method == LAST_VALUE}
    for score in scores:
        if score.method == "auto":
            print(
                f"| {score.run} | {score.share:.0%} | {score.outcome + score.error:.3f} | {score.outcome:.3f} "
                f"| {100 * score.error:+.1f} | {100 * bare[score.run, score.share]:+.1f} "
                f"| {'yes' if score.inside[1] else 'no'} |"
            )
    print()
    for refusal in refusals:
        if refusal.group.startswith("RL"):
            print(f"refused: {refusal.run} at {refusal.share:.0%}: {refusal.sentence}")


if __name__ == "__main__":
    main()

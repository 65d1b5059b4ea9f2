"""How often the slopes of `passlaw problems` lie in their intervals, and what it flags.

    python benchmarks/problem_slopes.py [--sets 100]

Prints tables of docs/comparisons.md, from simulated models with known slopes. With PASSLAW_SHARED_DATA=FOLDER random halves
of public models are held against each other too.
"""

import argparse
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from predictor import ForecastError, SampleCounts, read_sample_counts
from predictor.comparison.problem_quality import Verdict, problem_quality

Floats = NDArray[np.float64]
SEED = 9000


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sets", type=int, default=100)
    given = parser.parse_args()
    print_simulated(given.sets)
    print_families(given.sets)
    if "PASSLAW_SHARED_DATA" in os.environ:
        print_halves(given.sets)


def print_simulated(sets: int) -> None:
    """Coverage of the slopes' intervals and what was flagged."""
    print("| models | samples | irregularity (logits) | sets | 95% intervals of slopes held | flagged | truly below zero | of "
          "all truly below zero |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|")
    for models, n, irregularity in ((8, 1, 0.5), (8, 20, 0.5), (8, 20, 1.5), (29, 1, 0.5), (29, 20, 1.5)):
        held, flagged, right, negative = [], 0, 0, 0
        for number in range(sets):
            rng = np.random.default_rng([SEED, 4, models, n, number])
            slope, tables = simulated_models(models, n, irregularity, rng)
            try:
                found = problem_quality(tables)
            except ForecastError:
                continue
            for true, each in zip(slope, found.problems, strict=True):
                negative += true < 0
                if each.verdict in {Verdict.NOBODY, Verdict.EVERYBODY}:
                    continue
                held.append(each.low <= true <= each.high)
                flagged += each.verdict is Verdict.SUSPECT
                right += each.verdict is Verdict.SUSPECT and true < 0
        print(
            f"| {models} | {n} | {irregularity} | {sets} | {np.mean(held):.1%} | {flagged} | {right} | {negative} |",
            flush=True,
        )
    print()


def print_families(sets: int) -> None:
    """Coverage of the slopes' intervals where models of a family share what they are good at."""
    print("| families | models of each | shared, own (logits) | sets | design effect | 95% intervals held: families given | "
          "not given |")  # fmt: skip
    print("|---|---|---|---|---|---|---|")
    for families, each, shared, own in ((6, 5, 0.0, 1.0), (6, 5, 1.0, 0.5), (10, 3, 1.0, 0.5), (15, 2, 1.0, 0.5),
                                        (5, 6, 1.5, 0.5)):  # fmt: skip
        effects, held = [], {True: [], False: []}
        kin = [str(number) for number in range(families) for _member in range(each)]
        for number in range(sets):
            rng = np.random.default_rng([SEED, 6, families, each, number])
            member = np.repeat(np.arange(families), each)
            skill = 0.6 * rng.normal(size=families)[member] + 0.8 * rng.normal(size=len(kin))
            slope = rng.normal(1, 0.4, 164)
            liking = shared * rng.normal(size=(families, 164))[member] + own * rng.normal(
                size=(len(kin), 164)
            )
            logits = np.outer(skill / skill.std(ddof=1), slope) - rng.normal(0, 2, 164) + liking
            names = tuple(f"t{place}" for place in range(164))
            tables = [
                SampleCounts(f"m{place}", names, row, np.full(164, 20))
                for place, row in enumerate(rng.binomial(20, expit(logits)))
            ]
            for given in (True, False):
                found = problem_quality(tables, kin if given else None)
                if given:
                    effects.append(found.design_effect)
                held[given] += [
                    one.low <= true <= one.high
                    for true, one in zip(slope, found.problems, strict=True)
                    if one.verdict not in {Verdict.NOBODY, Verdict.EVERYBODY}
                ]
        print(f"| {families} | {each} | {shared}, {own} | {sets} | {np.mean(effects):.2f} | {np.mean(held[True]):.1%} | "
              f"{np.mean(held[False]):.1%} |", flush=True)  # fmt: skip
    print()


def simulated_models(
    models: int, n: int, irregularity: float, rng: np.random.Generator
) -> tuple[Floats, list[SampleCounts]]:
    """Slopes for one standard deviation of skill of 164 problems, 4% of them below zero, and counts."""
    skill = rng.normal(size=models)
    slope = np.where(rng.random(164) < 0.04, -np.abs(rng.normal(0.8, 0.3, 164)), rng.normal(1, 0.4, 164))
    logits = np.outer(skill, slope) - rng.normal(0, 2, 164) + rng.normal(0, irregularity, (models, 164))
    passes = rng.binomial(n, expit(logits))
    names = tuple(f"t{number}" for number in range(164))
    return slope * skill.std(ddof=1), [
        SampleCounts(f"m{number}", names, row, np.full(164, n)) for number, row in enumerate(passes)
    ]


def print_halves(sets: int) -> None:
    """Random halves of the HumanEval+ models: the slopes of one against those of the other."""
    tables = read_sample_counts(Path(os.environ["PASSLAW_SHARED_DATA"]) / "counts_highk_humanevalplus.csv.gz")
    agree, held, weak, again = [], [], 0, 0
    for number in range(sets):
        order = np.random.default_rng([SEED, 5, number]).permutation(len(tables))
        halves = [problem_quality([tables[place] for place in part]) for part in np.array_split(order, 2)]
        both = [
            pair
            for pair in zip(*(half.problems for half in halves), strict=True)
            if not {each.verdict for each in pair} & {Verdict.NOBODY, Verdict.EVERYBODY}
        ]
        values = np.array([[each.slope for each in pair] for pair in both])
        errors = np.array([[(each.high - each.low) / 3.92 for each in pair] for pair in both])
        agree.append(np.corrcoef(values.T)[0, 1])
        held.append(np.mean(np.abs(values[:, 0] - values[:, 1]) <= 1.96 * np.sqrt((errors**2).sum(axis=1))))
        least = [pair for pair in both if pair[0].verdict in {Verdict.SUSPECT, Verdict.WEAK}]
        middle = np.median(values[:, 1])
        weak, again = weak + len(least), again + sum(pair[1].slope < middle for pair in least)
    print(f"HumanEval+, {len(tables)} models in random halves, {sets} times: correlation of the slopes {np.mean(agree):.2f}; "
          f"95% intervals of both held their difference {np.mean(held):.0%}; of {weak} problems that tell little or are "
          f"suspect in one half, {again} are below the median in the other.")  # fmt: skip
    print()


if __name__ == "__main__":
    main()

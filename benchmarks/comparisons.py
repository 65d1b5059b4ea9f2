"""How often `passlaw compare --all-k`, `--up-to` and `--power` hold what they say.

    python benchmarks/comparisons.py [--sets 300] [--beyond 12] [--only bands|beyond|power] [--truth NAME]

Prints the tables of docs/comparisons.md. Simulated models have known pass rates; problems and samples are drawn anew for
each set. With PASSLAW_SHARED_DATA=FOLDER public models take part: their observed rates are the truth, problems are drawn
from theirs with replacement, and samples are drawn at those rates.
"""

import argparse
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from evaluator.metrics import compare
from evaluator.metrics.pass_at_k import Count
from predictor import SampleCounts, read_sample_counts
from predictor.comparison.all_k import compare_curves
from predictor.comparison.beyond import forecast_difference
from predictor.comparison.pairs import PairedCounts, curve_ks, pair_counts
from predictor.comparison.power import compare_power
from predictor.scores import LEVELS

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], tuple[Floats, Floats]]
POPULATION, SEED = 200_000, 9000


class Truth(NamedTuple):
    """Two models: how problems are drawn, and the rates of the whole population."""

    name: str
    draw: Draw
    a: Floats
    b: Floats

    def difference(self, ks: tuple[int, ...]) -> Floats:
        """Return b less a in expected pass@k, shape (K,)."""
        return np.array([np.mean((1 - self.a) ** k - (1 - self.b) ** k) for k in ks])


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sets", type=int, default=300)
    parser.add_argument("--beyond", type=int, default=12, help="sets of each truth for the forecast beyond n")
    parser.add_argument("--only", choices=["bands", "beyond", "power"])
    parser.add_argument("--truth", default="", help="only the truths with this in their name")
    given = parser.parse_args()
    truths = [truth for truth in (*simulated(), *public()) if given.truth in truth.name]
    if given.only in {None, "bands"}:
        print_bands(truths, given.sets)
    if given.only in {None, "power"}:
        print_power(truths, given.sets)
    if given.only in {None, "beyond"}:
        print_beyond(truths, given.beyond)


def simulated() -> Iterator[Truth]:
    """Truths with and without a crossing, and some where few problems differ or nearly all are solved."""

    def shift(rng: np.random.Generator, size: int) -> tuple[Floats, Floats]:
        skill = rng.normal(-0.5, 2, size)
        return expit(skill), expit(skill + 0.3 + 0.7 * rng.normal(size=size))

    def sharpened(rng: np.random.Generator, size: int) -> tuple[Floats, Floats]:
        skill = rng.normal(0, 1.6, size)
        tuned = expit(1.8 + 2.4 * skill + 0.5 * rng.normal(size=size))
        return expit(0.3 + skill), np.where(rng.random(size) < 0.12, 0.0, tuned)

    def betas(rng: np.random.Generator, size: int) -> tuple[Floats, Floats]:
        return rng.beta(0.3, 0.7, size), rng.beta(0.5, 0.9, size)

    def easy(rng: np.random.Generator, size: int) -> tuple[Floats, Floats]:
        skill = rng.normal(3, 1.5, size)
        return expit(skill), expit(skill + 0.3 + 0.5 * rng.normal(size=size))

    def few(rng: np.random.Generator, size: int) -> tuple[Floats, Floats]:
        base = expit(rng.normal(0.5, 1.5, size))
        return base, np.where(rng.random(size) < 0.03, expit(rng.normal(-5, 1, size)), base)

    def same(rng: np.random.Generator, size: int) -> tuple[Floats, Floats]:
        base = expit(rng.normal(-0.5, 2, size))
        return base, base

    names = {"shifted": shift, "sharpened (crosses)": sharpened, "unrelated betas": betas, "nearly all solved": easy,
             "3% of problems lost": few, "no difference": same}  # fmt: skip
    for name, draw in names.items():
        yield Truth(name, draw, *draw(np.random.default_rng(SEED), POPULATION))


def public() -> Iterator[Truth]:
    """DeepScaleR's base and RL model (maths), and three pairs of HumanEval+ models."""
    if "PASSLAW_SHARED_DATA" not in os.environ:
        return
    folder = Path(os.environ["PASSLAW_SHARED_DATA"])
    base, tuned = read_sample_counts(folder / "counts_deepscaler_base_rl_n128.csv.gz")
    yield resampled("DeepScaleR, base and RL", pair_counts(base, tuned))
    models = read_sample_counts(folder / "counts_highk_humanevalplus.csv.gz")
    for left, right in ((0, 1), (8, 9), (20, 21)):
        yield resampled(
            f"{models[left].model}, {models[right].model}", pair_counts(models[left], models[right])
        )


def resampled(name: str, pairs: PairedCounts) -> Truth:
    """Take the observed rates for the truth."""
    a, b = (side.passes / side.samples for side in pairs)

    def draw(rng: np.random.Generator, size: int) -> tuple[Floats, Floats]:
        chosen = rng.integers(0, len(a), size)
        return a[chosen], b[chosen]

    return Truth(name, draw, a, b)


def counted(rates: tuple[Floats, Floats], samples: int, rng: np.random.Generator) -> PairedCounts:
    """Draw samples of both models."""
    names = tuple(f"t{number}" for number in range(len(rates[0])))
    sides = [
        SampleCounts(model, names, rng.binomial(samples, rate), np.full(len(rate), samples))
        for model, rate in zip("ab", rates, strict=True)
    ]
    return PairedCounts(*sides)


def print_bands(truths: list[Truth], sets: int) -> None:
    """Coverage of the bands over all k, what was said of the order, and coverage of the crossing's interval."""
    print("| truth | problems | n | true B - A at k = 1, n (points) | held 50 / 80 / 95% | said: turns / one ahead / cannot "
          "be said | false | crossing held |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|")
    for truth in truths:
        for problems, n in ((164, 16), (164, 64), (1000, 64)):
            ks = curve_ks(n)
            true = truth.difference(ks)
            rng = np.random.default_rng([SEED, problems, n])
            inside, said, false, held = [], Counter[str](), 0, []
            for _number in range(sets):
                found = compare_curves(counted(truth.draw(rng, problems), n, rng))
                ends = [found.band.at(level) for level in LEVELS]
                inside.append([bool(np.all((low <= true) & (true <= high))) for low, high in ends])
                said[found.order.order.name] += 1
                false += any(
                    np.any(
                        np.sign(true[ks.index(each.first) : ks.index(each.last) + 1])
                        != (1 if each.ahead == "b" else -1)
                    )
                    for each in found.order.stretches
                )
                held += [holds_crossing(turn.low, turn.high, ks, true) for turn in found.order.crossings]
            cells = [truth.name, str(problems), str(n), f"{100 * true[0]:+.1f}, {100 * true[-1]:+.1f}",
                     shares(np.mean(inside, axis=0)),
                     f"{said['TURNS']} / {said['A_AHEAD'] + said['B_AHEAD']} / {said['UNSETTLED']}",
                     f"{false / sets:.1%}", f"{sum(held)} of {len(held)}" if held else "-"]  # fmt: skip
            print(f"| {' | '.join(cells)} |", flush=True)
    print()


def holds_crossing(low: int, high: int, ks: tuple[int, ...], true: Floats) -> bool:
    """Return whether the true order is another at `high` than at `low`, and turns only between them."""
    sign = np.sign(true)
    turns = [ks[place + 1] for place in np.flatnonzero(sign[1:] != sign[:-1])]
    return any(low < turn <= high for turn in turns)


def print_power(truths: list[Truth], sets: int) -> None:
    """Whether the said smallest difference is right, and found in 80% of the comparisons by `compare`."""
    print("| truth | problems | n | true smallest difference (points) | said, mean | its 95% interval held | with 4 n: true | "
          "said, mean | found by `compare` at it |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|")
    for truth in truths:
        for problems, n in ((164, 4), (164, 32), (1000, 4)):
            rng = np.random.default_rng([SEED, 2, problems, n])
            noise = np.mean(truth.a * (1 - truth.a) + truth.b * (1 - truth.b))
            spread = np.var(truth.b - truth.a)
            shape = compare_power(counted(truth.draw(rng, problems), n, rng))
            factor = shape.detectable[0] / np.sqrt(shape.variance)
            true, fourfold = factor * np.sqrt(spread + noise / n), factor * np.sqrt(spread + noise / (4 * n))
            said, four, held = [], [], 0
            for _number in range(sets):
                found = compare_power(counted(truth.draw(rng, problems), n, rng))
                said.append(found.detectable[0])
                four.append(
                    next(
                        cell.difference
                        for cell in found.table
                        if (cell.problems, cell.samples) == (problems, 4 * n)
                    )
                )
                held += found.detectable[1] <= true <= found.detectable[2]
            power = found_at_smallest(truth, factor, problems, n, sets=sets, rng=rng)
            print(f"| {truth.name} | {problems} | {n} | {100 * true:.2f} | {100 * np.mean(said):.2f} | {held / sets:.0%} | "
                  f"{100 * fourfold:.2f} | {100 * np.mean(four):.2f} | {power} |", flush=True)  # fmt: skip
    print()


def found_at_smallest(
    truth: Truth, factor: float, problems: int, n: int, *, sets: int, rng: np.random.Generator
) -> str:
    """How often `compare` finds the smallest difference: in how many sets of a truth that is moved to have it.

    The models of a problem change places with a chance that gives the mean wanted. That leaves the size of the
    problems' differences and the noise of the samples, so the moved truth's own smallest difference w solves
    w^2 = factor^2 (E d^2 - w^2 + noise). Problems that hardly differ can not be moved so far.
    """
    gain = truth.b - truth.a
    noise = np.mean(truth.a * (1 - truth.a) + truth.b * (1 - truth.b)) / n
    wanted = factor * np.sqrt((np.mean(gain**2) + noise) / (1 + factor**2))
    size = np.mean(np.abs(gain))
    if wanted >= size:
        return "-"
    found = 0
    for _number in range(sets):
        base, tuned = truth.draw(rng, problems)
        high, low = np.maximum(base, tuned), np.minimum(base, tuned)
        upward = rng.random(problems) < 0.5 * (1 + wanted / size)
        pair = np.where(upward, low, high), np.where(upward, high, low)
        sides = [{f"t{i}": Count(n, int(c)) for i, c in enumerate(rng.binomial(n, rate))} for rate in pair]
        comparison = compare(*sides)
        assert comparison is not None
        found += comparison.low > 0
    return f"{found / sets:.0%}"


def print_beyond(truths: list[Truth], sets: int) -> None:
    """Error and coverage of the difference beyond the samples, and of its simultaneous band from k = 1 on."""
    print("| truth | n | to k | sets | mean absolute error at the last k (points) | mean error | whole band held 50 / 80 / 95% | "
          "right sign in 95% of the draws, wrong in 95% |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|")
    chosen = ("shifted", "sharpened (crosses)", "unrelated betas", "DeepScaleR, base and RL")
    for truth in (each for each in truths if each.name in chosen):
        for n, up_to in ((16, 128), (16, 1000)):
            error, inside, right, wrong = [], [], 0, 0
            for number in range(sets):
                rng = np.random.default_rng([SEED, 3, n, up_to, number])
                found = forecast_difference(counted(truth.draw(rng, 164), n, rng), up_to)
                true = truth.difference(found.ks)
                ends = [found.band.at(level) for level in LEVELS]
                inside.append([bool(np.all((low <= true) & (true <= high))) for low, high in ends])
                error.append(100 * (found.band.middle[-1] - true[-1]))
                agreed = found.b_ahead if true[-1] > 0 else 1 - found.b_ahead
                right, wrong = right + (agreed >= 0.95), wrong + (agreed <= 0.05)
            print(f"| {truth.name} | {n} | {up_to} | {sets} | {np.mean(np.abs(error)):.1f} | {np.mean(error):+.1f} | "
                  f"{shares(np.mean(inside, axis=0))} | {right}, {wrong} |", flush=True)  # fmt: skip
    print()


def shares(values: Floats) -> str:
    """Write shares as per cent."""
    return " / ".join(f"{value:.0%}" for value in values)


if __name__ == "__main__":
    main()

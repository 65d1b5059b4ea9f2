"""Ladders of models with known pass rates, on which forecasts can be judged.

Two regimes. `controlled`: every problem follows a power law of compute, with the irregularity of one lab's
own ladder. `other`: truths that the forecaster's law does not assume, seven kinds. A ladder is fixed by its
kind and seed; seeds below 1,000 were seen while the default method was made, later ones were not.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from predictor import PassCounts

AHEAD = (10.0, 100.0, 1773.0)
PROBLEMS = 164
SMALLEST = 1e18
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


class Truth(NamedTuple):
    """One target: how many times the largest training compute, FLOPs, and every problem's pass rate."""

    ahead: float
    flops: float
    rate: Floats


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedLadder:
    """The pass counts of the training models, and the targets' truths."""

    kind: str
    seed: int
    counts: PassCounts
    truths: tuple[Truth, ...]


class Plan(NamedTuple):
    """A ladder before its truth: log compute of the training models, then of the targets, from 0."""

    x: Floats
    train: int
    samples: int
    reach: float

    @property
    def top(self) -> float:
        """Log compute of the largest training model."""
        return float(self.x[self.train - 1])


def simulated_ladders(regime: str, count: int, first: int = 1000) -> Iterator[SimulatedLadder]:
    """`count` ladders of a regime, the kinds of `other` in turn, by seeds from `first` on.

    Raises:
        ValueError: the regime is unknown.
    """
    if regime not in {"controlled", "other"}:
        raise ValueError(f"unknown regime {regime!r}; choose controlled or other")
    kinds = ["controlled"] if regime == "controlled" else list(OTHER)
    for number in range(count):
        yield simulate(kinds[number % len(kinds)], first + number // len(kinds))


def simulate(kind: str, seed: int) -> SimulatedLadder:
    """The ladder of a kind and seed: the first draw in which models pass and fail now and then."""
    truth = controlled if kind == "controlled" else OTHER[kind]
    for attempt in range(100):
        rng = np.random.default_rng([*kind.encode(), seed, attempt])
        plan = draw_plan(rng, seeds=int(rng.integers(2, 5)) if kind == "seeds" else 1)
        rates = truth(plan, rng)
        training = rates[: plan.train]
        if training[0].sum() * plan.samples > 20 and 0.03 < training[-1].mean() < 0.9:
            break
    passes = rng.binomial(plan.samples, training)
    flops = SMALLEST * np.exp(plan.x)
    counts = PassCounts.from_records(
        {
            "model": f"m{j}",
            "task_id": f"t{i}",
            "n": plan.samples,
            "c": int(passes[j, i]),
            "flops": float(flops[j]),
        }
        for j in range(plan.train)
        for i in range(PROBLEMS)
    )
    targets = zip(AHEAD, flops[plan.train :], rates[plan.train :], strict=True)
    return SimulatedLadder(kind, seed, counts, tuple(Truth(a, float(f), rate) for a, f, rate in targets))


def draw_plan(rng: np.random.Generator, seeds: int) -> Plan:
    """Sizes, samples, and the pass@1 that the farthest target should reach."""
    sizes = int(rng.choice([5, 6, 7, 9]))
    span = np.log(rng.choice([100.0, 719.0, 10_000.0]))
    x = np.linspace(0, span, sizes)
    x[1:-1] += span / (sizes - 1) * rng.uniform(-0.3, 0.3, sizes - 2)
    train = np.repeat(x, seeds)
    samples = int(rng.choice([20, 50, 200, 1000]))
    return Plan(np.append(train, span + np.log(AHEAD)), len(train), samples, float(rng.uniform(0.35, 0.92)))


def power_law(
    plan: Plan,
    rng: np.random.Generator,
    *,
    slope: float,
    own_slopes: float = 0.02,
    model: float = 0.03,
    cell: float = 0.1,
    shift: Floats | float = 0.0,
) -> Floats:
    """log(-log p) of power laws in compute, not yet levelled: shape (models and targets, problems).

    Args:
        plan: the ladder.
        rng: source of randomness.
        slope: k of every problem, before its own deviation.
        own_slopes: sd of that deviation.
        model: sd of what each model is off by.
        cell: sd of what each problem of a model is off by.
        shift: what is added to each model.
    """
    difficulty = rng.uniform(0.8, 1.6) * rng.standard_normal(PROBLEMS)
    slopes = slope + own_slopes * rng.standard_normal(PROBLEMS)
    off = shift + model * rng.standard_normal(len(plan.x))
    eta = difficulty - slopes * (plan.x[:, None] - plan.top) + np.broadcast_to(off, plan.x.shape)[:, None]
    return eta + cell * rng.standard_normal(eta.shape)


def at_level(eta: Floats, plan: Plan, link: Callable[[Floats], Floats]) -> Floats:
    """Rates with every eta moved alike, so that the farthest target's mean rate is the plan's."""
    low, high = -15.0, 15.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if link(eta[-1] + middle).mean() > plan.reach else (low, middle)
    return link(eta + low)


def exponential(eta: Floats) -> Floats:
    """P = exp(-e^eta), the report's link."""
    return np.exp(-np.exp(np.minimum(eta, 6.0)))


def mixed(eta: Floats) -> Floats:
    """P = (1 + e^eta / 2)^-2, between the report's link and the logistic."""
    return (1 + np.exp(np.minimum(eta, 50)) / 2) ** -2


def controlled(plan: Plan, rng: np.random.Generator) -> Floats:
    """A power law for each problem."""
    eta = power_law(
        plan,
        rng,
        slope=rng.uniform(0.12, 0.3),
        own_slopes=rng.choice([0.0, 0.02, 0.05]),
        model=rng.choice([0.0, 0.02, 0.05, 0.1]),
        cell=rng.choice([0.0, 0.1, 0.2]),
    )
    return at_level(eta, plan, exponential)


def emergent(plan: Plan, rng: np.random.Generator) -> Floats:
    """Every problem has a threshold of log compute, and passes as a logistic about it."""
    width = plan.x[-1] * rng.uniform(0.8, 1.3)
    even = bool(rng.integers(2))
    place = rng.beta(1.6, 1.4, PROBLEMS) if even else rng.normal(0.53, 0.25, PROBLEMS)
    steepness = rng.uniform(0.4, 1.0) * np.exp(0.35 * rng.standard_normal(PROBLEMS))
    off = 0.05 * rng.standard_normal((len(plan.x), 1)) + 0.15 * rng.standard_normal((len(plan.x), PROBLEMS))
    return 1 / (1 + np.exp(-steepness * (plan.x[:, None] - width * place) - off))


def broken_problems(plan: Plan, rng: np.random.Generator) -> Floats:
    """A share of problems never passes, another always does, and wrong tests cap all others."""
    rates = at_level(power_law(plan, rng, slope=rng.uniform(0.12, 0.3)), plan, exponential)
    rates = rates * (1 - rng.uniform(0.005, 0.04))
    luck = rng.uniform(size=PROBLEMS)
    rates[:, luck < rng.uniform(0.05, 0.12)] = 0.0
    rates[:, luck > 1 - rng.uniform(0.05, 0.12)] = 0.999
    return rates


def bent(plan: Plan, rng: np.random.Generator) -> Floats:
    """The common slope changes at some compute, by a factor of a half to 1.7."""
    slope = rng.uniform(0.12, 0.28)
    change = slope * (rng.choice([0.5, 0.65, 1.4, 1.7]) - 1)
    at = rng.uniform(plan.x[1], (plan.top + plan.x[-1]) / 2)
    shift = -change * 0.5 * np.logaddexp(0, (plan.x - at) / 0.5)
    return at_level(power_law(plan, rng, slope=slope, shift=shift), plan, exponential)


def new_recipe(plan: Plan, rng: np.random.Generator) -> Floats:
    """From one training model on, level and slope are others."""
    slope = rng.uniform(0.12, 0.28)
    since = plan.x - plan.x[int(rng.integers(1, plan.train))]
    shift = rng.normal(0, 0.25) - slope * (np.exp(rng.normal(0, 0.2)) - 1) * since
    return at_level(
        power_law(plan, rng, slope=slope, shift=np.where(since >= 0, shift, 0)), plan, exponential
    )


def inverse(plan: Plan, rng: np.random.Generator) -> Floats:
    """A tenth to a quarter of the problems get worse with compute."""
    slope = rng.uniform(0.15, 0.3)
    eta = power_law(plan, rng, slope=slope, own_slopes=0.03)
    worse = rng.uniform(size=PROBLEMS) < rng.uniform(0.1, 0.25)
    turned = slope + rng.uniform(0.02, 0.12, PROBLEMS)
    eta = eta + np.where(worse, turned, 0) * (plan.x[:, None] - plan.top)
    return at_level(eta, plan, exponential)


def seeds(plan: Plan, rng: np.random.Generator) -> Floats:
    """Two to four irregular seeds of every size, and another link."""
    eta = power_law(
        plan, rng, slope=rng.uniform(0.12, 0.3), own_slopes=0.04, model=rng.uniform(0.03, 0.12), cell=0.25
    )
    return at_level(eta, plan, mixed)


def wandering(plan: Plan, rng: np.random.Generator) -> Floats:
    """A released family: the common level takes random steps and never comes back."""
    steps = np.sqrt(np.diff(plan.x)) * rng.uniform(0.05, 0.15) * rng.standard_normal(len(plan.x) - 1)
    shift = np.append(0, np.cumsum(steps))
    eta = power_law(
        plan, rng, slope=rng.uniform(0.12, 0.3), own_slopes=0.06, model=0.08, cell=0.3, shift=shift
    )
    return at_level(eta, plan, exponential)


OTHER: Mapping[str, Callable[[Plan, np.random.Generator], Floats]] = {
    "emergent": emergent,
    "broken problems": broken_problems,
    "bent": bent,
    "new recipe": new_recipe,
    "inverse": inverse,
    "seeds": seeds,
    "wandering": wandering,
}

"""Forecasts of every regime scored: simulated ladders, public families, and the ladders trained in examples/."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from simulated_ladders import SimulatedLadder

from predictor import ForecastError, PassCounts, Settings
from predictor.arrays import Floats, Integers
from predictor.backtest.summary import MetricScore, score_draws
from predictor.estimators import expected_t, neg_log_pass
from predictor.methods.base import Buckets, Draws, ForecastTask
from predictor.methods.catalog import DEFAULT, find_method
from predictor.methods.latent_trend import draws_of, fit_law
from predictor.scores import crps

METHODS = ("latent-trend", "report", "last-value", "log-linear")
SETTINGS = Settings(ks=(1,), size=2000)
# Factors in compute by which the trained ladders' targets lie ahead.
DECADES = (10.0, 100.0, 1000.0)


class Outcome(NamedTuple):
    """What came of one target, for chosen problems: -mean log p as T_n shows it in nats, and pass@1."""

    neg_mean_log_pass: float
    pass_at_1: float


@dataclass(frozen=True, slots=True)
class Score:
    """One target of one ladder under one method; models of one compute are one target.

    Attributes:
        group: the kind of ladder, or the family.
        error: of log(-mean log p), forecast less outcome.
        crps: of the geometric mean pass rate, 0..1.
        log: point, outcome and coverage of -mean log p.
        rate: those of pass@1, from methods that forecast it.
    """

    regime: str
    group: str
    origin: str
    target: str
    ahead: float
    method: str
    error: float
    crps: float
    log: MetricScore
    rate: MetricScore | None


class Target(NamedTuple):
    """A target: the model's name, compute row, samples for T_n, and outcomes over any problems."""

    name: str
    ahead: float
    task: ForecastTask
    outcomes: Sequence[Callable[[Integers], Outcome]]


def simulated_scores(regime: str, ladder: SimulatedLadder) -> Iterator[Score]:
    """Every method on every target of a simulated ladder; the outcome is the truth."""
    samples = float(ladder.counts.samples[0, 0])
    targets = []
    for truth in ladder.truths:
        compute = ladder.counts.compute[-1]._replace(flops=truth.flops)
        task = ForecastTask(ladder.counts, compute, samples, (1,), SETTINGS.size, SETTINGS.seed)
        with np.errstate(divide="ignore"):
            hidden = np.minimum(-np.log(truth.rate), 700.0)

        def outcome(problems: Integers, hidden: Floats = hidden, rate: Floats = truth.rate) -> Outcome:
            shown = expected_t(hidden[problems], samples)
            return Outcome(float(shown.mean()), float(rate[problems].mean()))

        targets.append(Target(f"x{truth.ahead:g}", truth.ahead, task, [outcome]))
    yield from _scores(regime, ladder.kind, f"seed {ladder.seed}", targets)


def table_scores(regime: str, family: str, counts: PassCounts, *, decades: bool = False) -> Iterator[Score]:
    """Rolling origin over a table: from the models up to each compute, every larger one.

    Models that solved nothing are left out, as the report leaves them out. With `decades`, only targets that lie
    10, 100 or 1,000 times ahead.
    """
    solved = counts.select((counts.passes > 0).any(axis=1))
    levels = solved.compute_levels()
    for number in range(1, len(levels) - 1):
        rows = np.concatenate(levels[: number + 1])
        if len(rows) < 3:
            continue
        train = solved.select(rows)
        targets = []
        for level in levels[number + 1 :]:
            ahead = float(solved.flops[level[0]] / train.flops.max())
            if decades and min(abs(np.log10(ahead / step)) for step in DECADES) > 0.1:
                continue
            targets.append(_measured_target(solved, train, level, ahead))
        if targets:
            yield from _scores(regime, family, train.models[-1], targets)


def _measured_target(counts: PassCounts, train: PassCounts, level: Integers, ahead: float) -> Target:
    samples = float(counts.samples[level].max())
    task = ForecastTask(train, counts.compute[level[0]], samples, (1,), SETTINGS.size, SETTINGS.seed)

    def outcome_of(row: int) -> Callable[[Integers], Outcome]:
        def outcome(problems: Integers) -> Outcome:
            kept = problems[counts.samples[row, problems] > 0]
            passes, drawn = counts.passes[row, kept], counts.samples[row, kept]
            return Outcome(float(neg_log_pass(passes, drawn).value.mean()), float((passes / drawn).mean()))

        return outcome

    return Target(counts.models[level[0]], ahead, task, [outcome_of(int(row)) for row in level])


def _scores(regime: str, group: str, origin: str, targets: Sequence[Target]) -> Iterator[Score]:
    train = targets[0].task.counts
    law = fit_law(targets[0].task)
    for name in METHODS:
        method = find_method(name)
        try:
            groups = method.choose(train, SETTINGS.rule)
            for target in targets:
                draw = method.draw if name != DEFAULT else lambda task, buckets: draws_of(law, task, buckets)
                drawn = draw(target.task, groups.buckets)
                score = _score(drawn, groups, target)
                yield Score(regime, group, origin, target.name, target.ahead, name, *score)
        except ForecastError:
            continue


def _score(
    drawn: Draws, groups: Buckets, target: Target
) -> tuple[float, float, MetricScore, MetricScore | None]:
    """Error, CRPS, and both metrics' scores; over seeds of one compute, their mean."""
    problems = np.concatenate([bucket.problems for bucket in groups.buckets])
    value = np.maximum(drawn.measured @ groups.shares, 1e-12)
    outcomes = [outcome(problems) for outcome in target.outcomes]
    errors = [np.log(np.median(value) / max(each.neg_mean_log_pass, 1e-12)) for each in outcomes]
    error = float(np.sign(np.mean(errors)) * np.sqrt(np.mean(np.square(errors))))
    each_crps = [crps(np.exp(-value), float(np.exp(-each.neg_mean_log_pass))) for each in outcomes]
    log = mean_score([score_draws(value, each.neg_mean_log_pass) for each in outcomes])
    if "pass@1" not in drawn.buckets:
        return error, float(np.mean(each_crps)), log, None
    rates = drawn.buckets["pass@1"] @ groups.shares
    rate = mean_score([score_draws(rates, each.pass_at_1) for each in outcomes])
    return error, float(np.mean(each_crps)), log, rate


def mean_score(scores: Sequence[MetricScore]) -> MetricScore:
    """The mean over seeds; inside is then a share."""
    inside = {level: float(np.mean([s.inside[level] for s in scores])) for level in scores[0].inside}
    outcome, score = (float(np.mean([s[place] for s in scores])) for place in (1, 2))
    return MetricScore(scores[0].point, outcome, score, inside)  # type: ignore[arg-type]


def public_tables(data: Path) -> Iterator[tuple[str, str]]:
    """Names of the public pass-count tables, and of the column that splits one into ladders."""
    for name in ("humanevalplus_qwen25coder", "humanevalplus_qwen3", "math_pythia_n10000"):
        yield str(data / f"counts_{name}.csv"), ""
    yield str(data / "counts_math_pythia_checkpoints.csv"), "tokens"

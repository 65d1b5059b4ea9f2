"""How well each problem tells better models from worse ones, and which problems do not.

The logit of a problem's pass rate has a slope on the models' skill, as in a two-parameter logistic model of
test theory (Birnbaum 1968). It may be below zero here: better models do worse, which hints at a wrong test or
a wrong statement. Slopes from few models are uncertain: they are shrunk towards those of other problems.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import expit, logit, ndtr

from predictor.arrays import Floats, Integers
from predictor.errors import ForecastError
from predictor.forecasts.canonical import CODE_VERSION
from predictor.presentation import data_frame, plural
from predictor.tables.sample_counts import SampleCounts

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ProblemQualities", "ProblemQuality", "Verdict", "problem_quality"]

FEWEST_MODELS, FEWEST_PROBLEMS, Z = 5, 10, 1.959963984540054
SURE, ROUNDS, WIDE = 0.95, 60, 4.0


class Verdict(StrEnum):
    """What a problem does for a comparison of models."""

    NOBODY = "nobody solves it"
    EVERYBODY = "everybody solves it"
    SUSPECT = "better models do worse"
    WEAK = "tells little"
    TELLS = "tells models apart"


@dataclass(frozen=True, slots=True)
class ProblemQuality:
    """One problem.

    Attributes:
        rate: mean pass rate of the models.
        item_rest: correlation over the models of its pass rate with their mean over the other problems (the
            point-biserial one where each model has one sample); None where either does not vary.
        slope: logits of its pass rate for one standard deviation of the models' skill, shrunk.
        low, high: 95 % interval of the slope.
        chance_negative: that the slope is below zero.
    """

    task_id: str
    verdict: Verdict
    rate: float
    item_rest: float | None
    slope: float
    low: float
    high: float
    chance_negative: float


@dataclass(frozen=True, slots=True, repr=False)
class ProblemQualities:
    """Problems in the table's order.

    Attributes:
        typical: mean slope of the problems; `spread` is the standard deviation of the true ones.
        irregularity: standard deviation, in logits, of a model on a problem beyond skill and sampling.
        families: how many families the models are of; each model is its own where none were given.
        design_effect: by how much families enlarge the variance of a slope, against as many independent
            models; 1 where none were given.
    """

    models: tuple[str, ...]
    problems: tuple[ProblemQuality, ...]
    typical: float
    spread: float
    irregularity: float
    families: int
    design_effect: float

    def to_json(self) -> dict[str, object]:
        """All of it."""
        return {
            "kind": "problem-quality",
            "models": list(self.models),
            "typical_slope": self.typical,
            "slope_spread": self.spread,
            "irregularity": self.irregularity,
            "families": self.families,
            "design_effect": self.design_effect,
            "problems": [
                {
                    "task_id": each.task_id,
                    "verdict": each.verdict.value,
                    "pass_rate": each.rate,
                    "item_rest_correlation": each.item_rest,
                    "slope": each.slope,
                    "slope_interval_95": [each.low, each.high],
                    "chance_negative": each.chance_negative,
                }
                for each in self.problems
            ],
            "code": CODE_VERSION,
        }

    def to_pandas(self) -> "pd.DataFrame":
        """Return a data frame with a row for each problem and its attributes as columns.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        return data_frame([asdict(each) | {"verdict": each.verdict.value} for each in self.problems])

    def __repr__(self) -> str:
        found = Counter(each.verdict for each in self.problems)
        verdicts = ", ".join(f"{found[verdict]} {verdict}" for verdict in Verdict if found[verdict])
        problems, models = plural(len(self.problems), "problem"), plural(len(self.models), "model")
        return f"ProblemQualities({problems} by {models}: {verdicts})"


class _Slopes(NamedTuple):
    """Slopes of each problem's logits on skill and their errors, shape (I,), and what they share."""

    slope: Floats
    error: Floats
    typical: float
    spread: float
    irregularity: float
    design_effect: float


def problem_quality(
    models: Sequence[SampleCounts], families: Sequence[str] | None = None
) -> ProblemQualities:
    """Measure every problem that all models were sampled on.

    Models of one family share what they are good at, so they tell less than as many independent ones. With
    `families`, the family of each model, the variance of a slope is multiplied by the design effect: the
    variance of its score summed by families (the cluster-robust one of Liang and Zeger 1986) over that of
    independent models, taken over all problems together.

    logit p_mi = a_i + b_i x_m + e_mi, c_mi ~ Binomial(n_mi, p_mi), e_mi ~ N(0, s^2) for what a model does
    on a problem beyond its skill x_m: the logit of its mean pass rate over the other problems, in standard
    deviations over models. b_i ~ N(typical, spread^2), a_i ~ N(0, 4^2). Fitted by penalised quasi-likelihood
    (Breslow and Clayton 1993), the three numbers that problems share by moments.

    Raises:
        ForecastError: fewer than 5 models or families, one model twice, fewer than 10 common problems, or
            models too much alike in skill.
    """
    names, c, n = _common(models)
    kin = list(families) if families is not None else [str(number) for number in range(len(models))]
    if len(kin) != len(models):
        raise ForecastError(f"{len(kin)} families for {len(models)} models; give one for each model")
    if len(set(kin)) < FEWEST_MODELS:
        raise ForecastError(
            f"{len(set(kin))} families do not show how families differ; give models of {FEWEST_MODELS}"
        )
    varies = ~(np.all(c == 0, axis=0) | np.all(c == n, axis=0))
    fitted = _slopes(c[:, varies], n[:, varies], _skill(c, n)[:, varies], kin)
    # What nobody or everybody solves says nothing of its slope: it keeps the others' distribution.
    slope, error = np.full(len(names), fitted.typical), np.full(len(names), fitted.spread)
    slope[varies], error[varies] = fitted.slope, fitted.error
    negative = ndtr(-slope / error)
    rates = c / n
    found = tuple(
        ProblemQuality(
            names[i],
            _verdict(c[:, i], n[:, i], slope[i] + Z * error[i], float(negative[i]), fitted.typical),
            float(rates[:, i].mean()),
            _item_rest(rates, i),
            float(slope[i]),
            float(slope[i] - Z * error[i]),
            float(slope[i] + Z * error[i]),
            float(negative[i]),
        )
        for i in range(len(names))
    )
    return ProblemQualities(
        tuple(model.model for model in models),
        found,
        fitted.typical,
        fitted.spread,
        fitted.irregularity,
        len(set(kin)),
        fitted.design_effect,
    )


def _common(models: Sequence[SampleCounts]) -> tuple[tuple[str, ...], Integers, Integers]:
    if len(models) < FEWEST_MODELS:
        raise ForecastError(
            f"{plural(len(models), 'model')}: too few to show which problems tell models apart; give "
            f"{FEWEST_MODELS}"
        )
    twice = [name for name, times in Counter(each.model for each in models).items() if times > 1]
    if twice:
        raise ForecastError(f"{twice[0] or 'a model without a name'} is given twice; give each model once")
    tables = [
        {task: (int(c), int(n)) for task, c, n in zip(*each[1:], strict=True) if n > 0} for each in models
    ]
    names = tuple(task for task in tables[0] if all(task in table for table in tables))
    if len(names) < FEWEST_PROBLEMS:
        raise ForecastError(
            f"all models sampled only {plural(len(names), 'problem')}; give {FEWEST_PROBLEMS} or more in "
            "common"
        )
    counts = np.array([[table[task] for task in names] for table in tables])
    return names, counts[:, :, 0], counts[:, :, 1]


def _skill(c: Integers, n: Integers) -> Floats:
    """Skill of each model by the problems other than each one, in standard deviations; shape (M, I)."""
    rates = c / n
    mean = rates.mean(axis=1)
    error = np.sqrt(np.mean((rates * (1 - rates) / n).sum(axis=1)) / rates.shape[1] ** 2)
    if not mean.std(ddof=1) > 3 * error:
        raise ForecastError(
            "the models are too much alike to show which problems tell models apart; give models of "
            "different skill, or more samples"
        )
    rest = (rates.sum(axis=1, keepdims=True) - rates) / (rates.shape[1] - 1)
    skill = np.asarray(logit(np.clip(rest, 1e-3, 1 - 1e-3)))
    return np.asarray((skill - skill.mean(axis=0)) / skill.std(axis=0, ddof=1))


def _slopes(c: Integers, n: Integers, skill: Floats, families: Sequence[str]) -> _Slopes:
    models, problems = c.shape
    if problems < FEWEST_PROBLEMS:
        raise ForecastError(
            f"only {plural(problems, 'problem')} solved by some models and not by all; give "
            f"{FEWEST_PROBLEMS} or more"
        )
    line = np.log((c + 0.5) / (n - c + 0.5))
    own = np.zeros(c.shape)
    extra, typical, spread = 0.5, 1.0, 1.0
    for _round in range(ROUNDS):
        chance = np.clip(expit(line + own), 1e-6, 1 - 1e-6)
        steep = chance * (1 - chance)
        work = line + own + np.clip((c / n - chance) / steep, -3, 3)
        weight = 1 / (1 / (n * steep) + extra)
        # Normal equations of (a, b), each with its prior.
        aa = weight.sum(axis=0) + 1 / WIDE**2
        ab = (weight * skill).sum(axis=0)
        bb = (weight * skill**2).sum(axis=0) + 1 / spread**2
        ya = (weight * work).sum(axis=0)
        yb = (weight * skill * work).sum(axis=0) + typical / spread**2
        determinant = aa * bb - ab**2
        slope, error = (aa * yb - ab * ya) / determinant, np.sqrt(aa / determinant)
        line = (bb * ya - ab * yb) / determinant + slope * skill
        left = work - line
        own = extra * weight * left
        # An effect's expected square: its estimate's, and what the data leave open of it.
        open_still = extra * (1 - extra * weight)
        extra = max(float(np.mean(own**2 + open_still)) * models / (models - 1), 1e-2)
        typical = float(slope.mean())
        spread = max(float(np.sqrt(np.mean((slope - typical) ** 2 + error**2))), 0.05)
    misfit = (weight * left**2).sum(axis=0) / (models - 2)
    effect = _design_effect(weight * left * (skill - ab / aa), families)
    error = error * np.sqrt(np.maximum(misfit, 1) * effect)
    return _Slopes(slope, error, typical, spread, float(np.sqrt(extra)), effect)


def _design_effect(score: Floats, families: Sequence[str]) -> float:
    """Variance of scores, (M, I), summed by families, over that of independent models; at least 1.

    Two degrees of freedom went into each problem's line: few families are corrected for them.
    """
    _names, place = np.unique(np.asarray(families), return_inverse=True)
    models, count = len(score), int(place.max()) + 1
    summed = np.zeros((count, score.shape[1]))
    np.add.at(summed, place, score)
    few = (count / (count - 2)) / (models / (models - 2))
    return max(float(np.sum(summed**2) / np.sum(score**2)) * few, 1.0)


def _verdict(c: Integers, n: Integers, high: float, chance_negative: float, typical: float) -> Verdict:
    if not c.any():
        return Verdict.NOBODY
    if np.all(c == n):
        return Verdict.EVERYBODY
    if chance_negative >= SURE:
        return Verdict.SUSPECT
    return Verdict.WEAK if high < typical / 2 else Verdict.TELLS


def _item_rest(rates: Floats, number: int) -> float | None:
    own, rest = rates[:, number], np.delete(rates, number, axis=1).mean(axis=1)
    if own.std() < 1e-12 or rest.std() < 1e-12:
        return None
    return float(np.corrcoef(own, rest)[0, 1])

import numpy as np
import pytest
from scipy.special import expit

from predictor import ForecastError, SampleCounts
from predictor.arrays import Floats
from predictor.comparison.problem_quality import Verdict, problem_quality


def models(slopes: Floats, samples: int, rng: np.random.Generator, count: int = 12) -> list[SampleCounts]:
    """Models of evenly spread skill with one standard deviation, on problems of these slopes."""
    skill = np.linspace(-1.6, 1.6, count)
    skill /= skill.std(ddof=1)
    logits = (
        np.outer(skill, slopes) + rng.normal(0, 1.5, len(slopes)) + rng.normal(0, 0.5, (count, len(slopes)))
    )
    passes = rng.binomial(samples, expit(logits))
    names = tuple(f"t{number}" for number in range(len(slopes)))
    full = np.full(len(slopes), samples)
    return [SampleCounts(f"m{number}", names, row, full) for number, row in enumerate(passes)]


def test_intervals_hold_the_true_slopes_and_only_problems_with_a_negative_one_are_suspect() -> None:
    rng = np.random.default_rng(1)
    held, suspect, missed = [], 0, 0
    for _set in range(10):
        slopes = np.where(rng.random(150) < 0.05, -1.0, rng.normal(1, 0.3, 150))
        for true, each in zip(slopes, problem_quality(models(slopes, 20, rng)).problems, strict=True):
            held.append(each.low <= true <= each.high)
            if each.verdict is Verdict.SUSPECT:
                suspect += 1
                assert true < 0
            elif true < 0:
                missed += 1
    assert np.mean(held) > 0.9
    assert suspect > missed


def test_few_samples_and_models_flag_nothing_that_they_do_not_show() -> None:
    rng = np.random.default_rng(2)
    for _set in range(10):
        found = problem_quality(models(np.full(100, 0.8), 3, rng, count=6))
        assert sum(each.verdict is Verdict.SUSPECT for each in found.problems) <= 1


def test_problems_that_nobody_or_everybody_solves_are_named_and_keep_the_typical_slope() -> None:
    rng = np.random.default_rng(3)
    tables = models(rng.normal(1, 0.3, 40), 10, rng)
    for table in tables:
        table.passes[0], table.passes[1] = 0, 10
    found = problem_quality(tables)
    assert [each.verdict for each in found.problems[:2]] == [Verdict.NOBODY, Verdict.EVERYBODY]
    assert [each.item_rest for each in found.problems[:2]] == [None, None]
    for each in found.problems[:2]:
        assert each.slope == pytest.approx(found.typical)
        assert each.high - each.slope == pytest.approx(1.96 * found.spread, rel=1e-3)


def test_with_one_sample_the_correlation_is_the_point_biserial_one() -> None:
    rng = np.random.default_rng(4)
    tables = models(rng.normal(1.5, 0.3, 60), 1, rng, count=30)
    found = problem_quality(tables)
    passed = np.array([table.passes for table in tables])
    number = next(i for i in range(60) if 5 < passed[:, i].sum() < 25)
    rest = np.delete(passed, number, axis=1).mean(axis=1)
    ones = passed[:, number] == 1
    share = ones.mean()
    biserial = (rest[ones].mean() - rest[~ones].mean()) / rest.std() * np.sqrt(share * (1 - share))
    assert found.problems[number].item_rest == pytest.approx(biserial)


def test_what_cannot_show_it_is_refused() -> None:
    rng = np.random.default_rng(5)
    tables = models(np.ones(40), 10, rng)
    with pytest.raises(ForecastError, match="4 models: too few to show"):
        problem_quality(tables[:4])
    other = tables[0]._replace(problems=tuple(f"x{number}" for number in range(40)))
    with pytest.raises(ForecastError, match="all models sampled only 0 problems"):
        problem_quality([other, *tables[1:]])
    with pytest.raises(ForecastError, match="m0 is given twice"):
        problem_quality([tables[0]] * 6)
    with pytest.raises(ForecastError, match="too much alike"):
        problem_quality([tables[0]._replace(model=name) for name in "abcdef"])
    solved = [table._replace(passes=np.where(np.arange(40) < 5, table.passes, 0)) for table in tables]
    with pytest.raises(ForecastError, match="solved by some models and not by all"):
        problem_quality(solved)


def kindred(rng: np.random.Generator) -> tuple[Floats, list[SampleCounts], list[str]]:
    """Five models of each of six families, which share what they are good at; slopes, counts, families."""
    family = np.repeat(np.arange(6), 5)
    skill = 0.6 * rng.normal(size=6)[family] + 0.8 * rng.normal(size=30)
    slopes = rng.normal(1, 0.4, 120)
    liking = rng.normal(0, 1.2, (6, 120))[family] + rng.normal(0, 0.5, (30, 120))
    logits = np.outer(skill / skill.std(ddof=1), slopes) + rng.normal(0, 2, 120) + liking
    names, full = tuple(f"t{number}" for number in range(120)), np.full(120, 20)
    tables = [
        SampleCounts(f"m{n}", names, row, full) for n, row in enumerate(rng.binomial(20, expit(logits)))
    ]
    return slopes, tables, [f"family {number}" for number in family]


def test_families_widen_the_intervals_until_they_hold() -> None:
    rng = np.random.default_rng(6)
    alone, together, effects = [], [], []
    for _set in range(8):
        slopes, tables, families = kindred(rng)
        found = problem_quality(tables, families)
        effects.append(found.design_effect)
        for true, one, all_ in zip(slopes, problem_quality(tables).problems, found.problems, strict=True):
            assert one.slope == all_.slope
            alone.append(one.low <= true <= one.high)
            together.append(all_.low <= true <= all_.high)
    assert np.mean(alone) < 0.9
    assert 0.92 < np.mean(together) < 0.99
    assert 1.4 < np.mean(effects) < 3


def test_models_of_their_own_families_are_independent_and_few_families_are_refused() -> None:
    rng = np.random.default_rng(7)
    tables = models(rng.normal(1, 0.3, 40), 10, rng)
    assert problem_quality(tables).design_effect == 1
    with pytest.raises(ForecastError, match="2 families do not show how families differ; give models of 5"):
        problem_quality(tables, ["a"] * 6 + ["b"] * 6)
    with pytest.raises(ForecastError, match="2 families for 12 models"):
        problem_quality(tables, ["a", "b"])

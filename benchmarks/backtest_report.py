"""Writes docs/backtest.md: every back-test over the public tables, each target listed.

    PASSLAW_SHARED_DATA=FOLDER python benchmarks/backtest_report.py docs/backtest.md

The tables are public data that this project does not ship. Every number of the report comes from this
run; nothing is kept between runs.
"""

import csv
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from predictor import (
    Backtest,
    ForecastError,
    PassCounts,
    Scored,
    Settings,
    backtest,
    backtest_losses,
    by_column,
    read_counts,
    read_losses,
)
from predictor.methods.ensemble import Fits, Mixing

METHODS = ("report", "hierarchical", "auto", "last-value", "log-linear")
LOSS_METHODS = ("report", "auto", "last-value", "log-linear")
GRID = tuple(
    Mixing(sharpness, law) for sharpness in (0.25, 0.5, 0.75, 1.0) for law in (1.0, 2.0, 4.0, 6.0, 8.0)
)
MARGIN = 0.99
LOSS_TARGETS = ("3B-10xC", "peteish7_eval_anneal", "peteish13_eval_final")
INTRO = """\
# Back-tests on public tables

Made by `benchmarks/backtest_report.py`; how the methods work is in [forecasting.md](forecasting.md).

Rolling origin: each target is forecast from the models with less compute alone, at least three of which
solved something. Pass-count families are scored on two problem sets: `shared`, the problems that the report's
method keeps, on which every method answers the same question, and `all`, for methods that leave none out. The
checkpoints are one ladder per token count, so that only size changes within a ladder. Losses: the OLMo
ladder's runs of 190M to 1B parameters forecast the 3B model trained on 10 times the optimal tokens, and the
runs of 190M to 3B forecast 7B on 4T tokens and 13B on 5T; reruns are left out.

`error` is that of the geometric mean pass rate, in points, or of the loss, in per cent of it. `CRPS` is in
the same unit; `CRPS of log` is of log(-mean log pass) or log loss, which makes families comparable. Means run
over the targets that every method answered.
"""

LEFT_OUT = """
## Are the constants of `auto` fitted to these families?

Its weights have two: sharpness of the scores and prior odds of the report's law. Both, and the list of
forms in the mixture, were chosen with these tables in view: {sharpness} and {law}, by the lowest mean CRPS
among {settings} settings that stay 1 % below `report` on every pass-count family (the rule gives {rule}). The
same rule, applied to all families but one and scored on that one:
"""

COLUMNS = (
    "target",
    "trained on",
    "method",
    "set",
    "problems",
    "forecast",
    "outcome",
    "error",
    "CRPS",
    "CRPS of log",
    "in 50 / 80 / 95 %",
)


class Family(NamedTuple):
    """A table's back-test, the seconds it took, and `auto` against `report` under each setting of `GRID`."""

    name: str
    result: Backtest
    seconds: float
    ratios: Mapping[Mixing, float]


def main() -> None:
    """Run every back-test and write the report."""
    data = Path(os.environ["PASSLAW_SHARED_DATA"])
    output = Path(sys.argv[1])
    families = list(run_all(data))
    output.write_text("\n".join(write_report(families)), encoding="utf-8")
    print(f"{output} written")


def run_all(data: Path) -> Iterator[Family]:
    """Every family in turn, said aloud."""
    for name in ("humanevalplus_qwen25coder", "humanevalplus_qwen3", "math_pythia_n10000"):
        yield timed(name, [read_counts(data / f"counts_{name}.csv")])
    checkpoints = by_column(read_counts(data / "counts_math_pythia_checkpoints.csv"), "tokens")
    yield timed("math_pythia_checkpoints", list(checkpoints.values()))
    yield losses(data / "loss_olmo_ladder.csv")


def timed(name: str, tables: Sequence[PassCounts]) -> Family:
    """The back-test of one or more ladders, then `auto` under every setting of `GRID`."""
    started = time.process_time()
    fits = [Fits() for _ in tables]
    result = run(name, tables, fits, METHODS, Mixing())
    seconds = time.process_time() - started
    print(name, flush=True)
    reference = result.summary()["shared"]["report"]["crps"]
    answered = [run(name, tables, fits, ("report", "auto"), mixing).summary()["shared"] for mixing in GRID]
    ratios = [found["auto"]["crps"] / reference for found in answered]
    return Family(name, result, seconds, dict(zip(GRID, ratios, strict=True)))


def run(
    name: str, tables: Sequence[PassCounts], fits: Sequence[Fits], methods: Sequence[str], mixing: Mixing
) -> Backtest:
    """All ladders of a family under one setting of the mixture."""
    rows: list[Scored] = []
    for table, memory in zip(tables, fits, strict=True):
        try:
            found = backtest(table, methods=methods, settings=Settings(mixing=mixing), fits=memory)
        except ForecastError as error:
            if methods == METHODS:
                print(f"{name}: {error}", file=sys.stderr)
        else:
            rows.extend(found.rows)
    return Backtest(tuple(rows))


def choose(families: Sequence[Family]) -> Mixing:
    """The rule: the lowest mean ratio among settings that beat `report` by 1 % on each of these families.

    Where no setting does, the one whose worst family is best.
    """
    worst = {mixing: max(family.ratios[mixing] for family in families) for mixing in GRID}
    good = [mixing for mixing in GRID if worst[mixing] <= MARGIN]
    if not good:
        return min(GRID, key=lambda mixing: worst[mixing])
    return min(good, key=lambda mixing: sum(family.ratios[mixing] for family in families))


def left_out(families: Sequence[Family]) -> Iterator[str]:
    """The mixture's two constants chosen on all families but one, and scored on that one."""
    counted = [family for family in families if family.ratios]
    chosen = choose(counted)
    yield LEFT_OUT.format(
        settings=len(GRID), sharpness=f"{Mixing().sharpness:g}", law=f"{Mixing().law:g}", rule=name_of(chosen)
    )
    yield "| family left out | chosen on the others | CRPS, auto / report | with the constants in use |"
    yield "|---|---|---|---|"
    scored = []
    for family in counted:
        mixing = choose([other for other in counted if other is not family])
        scored.append((family.ratios[mixing], family.ratios[Mixing()]))
        yield f"| {family.name} | {name_of(mixing)} | {scored[-1][0]:.2f} | {scored[-1][1]:.2f} |"
    mean = np.mean(scored, axis=0)
    yield f"| mean | | {mean[0]:.2f} | {mean[1]:.2f} |"
    spread = [np.mean([family.ratios[mixing] for family in counted]) for mixing in GRID]
    yield f"\nOver the whole grid the mean runs from {min(spread):.2f} to {max(spread):.2f}.\n"


def name_of(mixing: Mixing) -> str:
    """Both constants in words."""
    return f"sharpness {mixing.sharpness:g}, odds {mixing.law:g}"


def losses(path: Path) -> Family:
    """Every loss column of the ladder."""
    started = time.process_time()
    with path.open(encoding="utf-8") as stream:
        columns = list(csv.DictReader(stream).fieldnames or [])[7:]
    rows: list[Scored] = []
    for column in columns:
        table = read_losses(path, column)
        ladder = [m for m in table.models if not m.startswith("peteish") and "rerun" not in m]
        small = [m for m in ladder if not m.startswith("3B")]
        for target in LOSS_TARGETS:
            train = small if target.startswith("3B") else ladder
            found = backtest_losses(table, methods=LOSS_METHODS, targets=[target], train_models=train)
            rows.extend(name_row(row, f"{column} {row.target}") for row in found.rows)
    print("olmo", flush=True)
    return Family("loss_olmo_ladder", Backtest(tuple(rows)), time.process_time() - started, {})


def name_row(row: Scored, target: str) -> Scored:
    """The same row under another target's name, so that columns do not run together."""
    values = {name: getattr(row, name) for name in Scored.__dataclass_fields__}
    return Scored(**values | {"target": target, "rung": target})


def write_report(families: Sequence[Family]) -> Iterator[str]:
    """The report's lines."""
    yield INTRO
    yield "## Summary\n"
    yield "| family | set | method | targets | mean error | CRPS | CRPS of log | 50 % | 80 % | 95 % |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for family in families:
        for problem_set, methods in family.result.summary().items():
            for method, found in methods.items():
                yield summary_row(family.name, problem_set, method, found)
    yield ""
    yield from overall(families)
    yield from left_out(families)
    for family in families:
        yield f"\n## {family.name}\n\n{family.seconds:.0f} s of CPU time.\n"
        yield f"| {' | '.join(COLUMNS)} |"
        yield "|---" * len(COLUMNS) + "|"
        yield from map(target_row, family.result.rows)
    yield ""


def summary_row(family: str, problem_set: str, method: str, found: dict[str, float]) -> str:
    """One line of the summary."""
    if "crps" not in found:
        return f"| {family} | {problem_set} | {method} | 0 | - | - | - | - | - | - |"
    cover = " | ".join(f"{found[f'coverage_{level}']:.0%}" for level in (50, 80, 95))
    numbers = f"{found['mean_abs_error']:.2%} | {100 * found['crps']:.3f} | {found['crps_log']:.4f}"
    return f"| {family} | {problem_set} | {method} | {found['targets']:.0f} | {numbers} | {cover} |"


def overall(families: Sequence[Family]) -> Iterator[str]:
    """`auto` against `report` over everything, and the coverage of `auto`."""
    yield "## auto against report\n"
    yield "| family | CRPS, auto / report | CRPS of log, auto / report |"
    yield "|---|---|---|"
    ratios = []
    for family in families:
        found = next(iter(family.result.summary().values()))
        pair = [found["auto"][key] / found["report"][key] for key in ("crps", "crps_log")]
        ratios.append(pair)
        yield f"| {family.name} | {pair[0]:.2f} | {pair[1]:.2f} |"
    mean = np.mean(ratios, axis=0)
    yield f"| mean of the families | {mean[0]:.2f} | {mean[1]:.2f} |"
    pooled = [pooled_ratio(families, key) for key in ("crps", "crps_log")]
    yield f"| all targets pooled | {pooled[0]:.2f} | {pooled[1]:.2f} |"
    hits = [row.inside[80] for row in compared(families, "auto")]
    share = f"{sum(hits)} of {len(hits)} outcomes ({np.mean(hits):.0%})"
    yield f"\nThe 80 % intervals of `auto` hold {share} on these targets;"
    whole = [
        r.inside[80] for f in families for r in f.result.rows if r.method == "auto" and r.problem_set == "all"
    ]
    yield f"on whole problem sets {sum(whole)} of {len(whole)} ({np.mean(whole):.0%})."


def compared(families: Sequence[Family], method: str) -> list[Scored]:
    """A method's rows on the targets and problems that `report` answered too."""
    found = []
    for family in families:
        answered = {row.target for row in family.result.rows if row.method == "report" and not row.refused}
        found += [
            row
            for row in family.result.rows
            if row.method == method and row.problem_set != "all" and row.target in answered
        ]
    return found


def pooled_ratio(families: Sequence[Family], key: str) -> float:
    """Mean score of `auto` over that of `report`, every target counting alike."""
    means = [
        np.mean([getattr(row, key) for row in compared(families, method)]) for method in ("auto", "report")
    ]
    return float(means[0] / means[1])


def target_row(row: Scored) -> str:
    """One line of a family's table."""
    trained = f"{len(row.train_models)} to {row.train_models[-1]}"
    head = f"| {row.target} | {trained} | {row.method} | {row.problem_set}"
    if row.refused:
        return f"{head} | - | no forecast: {row.refused.split(',')[0]} | - | - | - | - | - |"
    inside = " / ".join("yes" if row.inside[level] else "no" for level in (50, 80, 95))
    numbers = (
        f"{row.point:.4f} | {row.outcome:.4f} | {row.error:+.2%} | {100 * row.crps:.3f} | {row.crps_log:.4f}"
    )
    return f"{head} | {row.problems} | {numbers} | {inside} |"


if __name__ == "__main__":
    main()

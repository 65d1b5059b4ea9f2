"""What the back-tests of shares have in common: arguments, scores, the figure, and the coverage by warning."""

import argparse
import csv
import gzip
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np

from predictor.arrays import Floats
from predictor.plots.canvas import BLUE, GREY, VERMILION, figure_in
from predictor.scores import LEVELS, crps, interval

_Set = TypeVar("_Set")


def chosen_sets(sets: Mapping[str, _Set]) -> tuple[Path, list[_Set], Path | None]:
    """Read the command line: the folder of the data, the sets to back-test, and where the figure goes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--set", choices=list(sets), action="append", help="only this set of data")
    parser.add_argument("--figure", type=Path, help="draw forecasts against outcomes: .svg, .png or .pdf")
    given = parser.parse_args()
    folder = Path(os.environ["PASSLAW_SHARED_DATA"])
    return folder, [sets[name] for name in given.set or list(sets)], given.figure


def read(path: Path) -> list[Mapping[str, object]]:
    """Rows of a gzipped CSV file, blanks as they are."""
    with gzip.open(path, "rt", newline="") as stream:
        return list(csv.DictReader(stream))


class Measured(NamedTuple):
    """How one method did: its error and CRPS as shares, and inside which intervals the outcome came."""

    method: str
    outcome: float
    error: float
    crps: float
    inside: tuple[bool, ...]
    span: tuple[float, float]


def measured(draws: Mapping[str, Floats], outcome: float) -> Iterator[Measured]:
    """Score each method's draws; `span` is the 80% interval."""
    for method, drawn in draws.items():
        spans = [interval(drawn, level) for level in LEVELS]
        inside = tuple(low <= outcome <= high for low, high in spans)
        error = float(np.median(drawn)) - outcome
        yield Measured(method, outcome, error, crps(drawn, outcome), inside, spans[1])


class Shown(NamedTuple):
    """One forecast: its median, the ends of its 80% interval, and what came, all shares."""

    point: float
    low: float
    high: float
    outcome: float

    @property
    def inside(self) -> bool:
        """Whether the interval holds the outcome."""
        return self.low <= self.outcome <= self.high


def draw(panels: Mapping[str, Sequence[Shown]], path: Path) -> None:
    """Write the figure; every panel has its title, how many of its intervals held, and both axes in per cent."""
    rows = 1 if len(panels) < 4 else 2
    columns = -(-len(panels) // rows)
    with figure_in(path, (2.4 * columns + 0.4, 2.5 * rows + 0.3)) as figure:
        grid = figure.subplots(rows, columns, squeeze=False)
        for axes in grid.flat[len(panels) :]:
            axes.set_visible(False)
        for axes, (title, shown) in zip(grid.flat, panels.items(), strict=False):
            for inside, colour, mark in ((True, BLUE, "o"), (False, VERMILION, "D")):
                some = [each for each in shown if each.inside is inside]
                x = [100 * each.outcome for each in some]
                # One path with gaps: a small file.
                along = [value for each in x for value in (each, each, math.nan)]
                bars = [end for each in some for end in (100 * each.low, 100 * each.high, math.nan)]
                axes.plot(along, bars, color=colour, linewidth=0.9)
                axes.plot(x, [100 * each.point for each in some], mark, color=colour, markersize=2.6)
            ends = [100 * end for each in shown for end in (each.outcome, each.low, each.high)]
            axes.plot([min(ends), max(ends)], [min(ends), max(ends)], color=GREY, linewidth=0.7)
            held = sum(each.inside for each in shown)
            axes.set_title(f"{title}\n80%: {held} of {len(shown)} held", fontsize=8.5, loc="left")
            axes.tick_params(labelsize=8)
        for axes in grid[-1]:
            axes.set_xlabel("observed (%)", fontsize=8.5)
        for axes in grid[:, 0]:
            axes.set_ylabel("forecast (%)", fontsize=8.5)


def print_warned(held: Sequence[tuple[str, frozenset[str], tuple[bool, ...]]], codes: Sequence[str]) -> None:
    """Coverage of the intervals of forecasts with each warning, and of those with none of these: one row for each.

    Each forecast is given by its set, the codes of its warnings, and inside which intervals the outcome came.
    """
    groups = list(dict.fromkeys(group for group, _codes, _inside in held))
    print("| warning | forecasts | held 50 / 80 / 95% | of which in |")
    print("|---|---|---|---|")
    for code in (*codes, ""):
        mine = [each for each in held if (code in each[1] if code else not each[1] & set(codes))]
        if not mine:
            continue
        shares = " / ".join(
            f"{sum(each[2][place] for each in mine) / len(mine):.0%}" for place in range(len(mine[0][2]))
        )
        counts = [(group, sum(each[0] == group for each in mine)) for group in groups]
        where = ", ".join(f"{group} {count}" for group, count in counts if count)
        print(f"| {f'`{code}`' if code else 'none of these'} | {len(mine)} | {shares} | {where} |")
    print(flush=True)

"""The difference of two models' pass@k beyond the samples, from the posteriors of their pass rates.

Beyond n no unbiased estimate exists. How pass rates spread below 1 / n is taken from the mixing distributions
of `predictor.laws.solve_rates`, as in `forecast_samples`, and the band is wider.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from predictor.arrays import Floats
from predictor.comparison.all_k import band_cells, band_rows
from predictor.comparison.bands import Band, band_of_draws
from predictor.comparison.pairs import PairedCounts
from predictor.forecasts.canonical import CODE_VERSION
from predictor.forecasts.estimates import ForecastWarning
from predictor.forecasts.samples import own_forecasts, refuse, warnings_of
from predictor.laws.solve_rates.mixture import fit_solve_rates
from predictor.presentation import data_frame, html_table, shown
from predictor.scores import LEVELS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DifferenceBeyond", "forecast_difference"]

DRAWS, POINTS = 1000, 60


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DifferenceBeyond:
    """b less a in mean pass@k, problems being a sample of all such problems, at about 60 k up to `up_to`.

    Attributes:
        ks: evenly spaced in log k, shape (K,).
        band: the draws' median, spread, and simultaneous bands.
        b_ahead: share of the draws in which b is ahead at `up_to`.
        turn: the first k at which the order of k = 1 has turned: median and intervals by level; None is
            "not up to `up_to`".
        never: share of the draws in which it does not turn up to there.
    """

    models: tuple[str, str]
    fewest: int
    up_to: int
    ks: tuple[int, ...]
    band: Band
    b_ahead: float
    turn: int | None
    turn_intervals: Mapping[int, tuple[int | None, int | None]]
    never: float
    warnings: tuple[ForecastWarning, ...]
    seed: int

    def to_json(self) -> dict[str, object]:
        """All of it; shares, not per cent."""
        return {
            "kind": "all-k-beyond",
            "models": {"a": self.models[0], "b": self.models[1]},
            "samples": self.fewest,
            "up_to": self.up_to,
            "k": list(self.ks),
            "difference": self.band.middle.tolist(),
            "band": {str(level): [end.tolist() for end in self.band.at(level)] for level in LEVELS},
            "b_ahead_at_last_k": self.b_ahead,
            "first_turn": self.turn,
            "first_turn_intervals": {str(level): list(ends) for level, ends in self.turn_intervals.items()},
            "no_turn": self.never,
            "warnings": [warned._asdict() for warned in self.warnings],
            "settings": {"seed": self.seed, "draws": DRAWS},
            "code": CODE_VERSION,
        }

    def to_pandas(self) -> "pd.DataFrame":
        """Return a data frame with a row for each k: `k`, `difference`, and the band's `low_L`, `high_L`.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        return data_frame(band_rows({"k": self.ks, "difference": self.band.middle}, self.band))

    def __repr__(self) -> str:
        low, high = (100 * end[-1] for end in self.band.at(95))
        found = f"b - a {100 * self.band.middle[-1]:+.1f} points (95% band {low:+.1f} to {high:+.1f})"
        return f"DifferenceBeyond({self._about()}: {found})"

    def _repr_html_(self) -> str:
        low, high = self.band.at(95)
        places = np.unique(np.linspace(0, len(self.ks) - 1, 12).round().astype(int))
        rows = [
            (f"{self.ks[place]:,}", *band_cells(self.band.middle[place], low[place], high[place]))
            for place in places
        ]
        notes = [f"Warning: {warned.message}." for warned in self.warnings]
        heads = ("k", "b - a, points", "95% band over all k")
        return html_table(f"Forecast of a difference of pass@k: {self._about()}", heads, rows, notes)

    def _about(self) -> str:
        a, b = (shown(name, 40) for name in self.models)
        return f"a {a}, b {b}, k up to {self.up_to:,} from {self.fewest:,} samples"


def forecast_difference(pairs: PairedCounts, up_to: int, *, seed: int = 0) -> DifferenceBeyond:
    """Forecast the difference of pass@k up to k = `up_to`.

    Each model has its mixture of mixing distributions. A draw has one of each, every problem's rate in both
    given its counts, and weights of the problems from the Bayesian bootstrap (Rubin 1981), the same in both,
    so that what makes a problem hard for both cancels.

    Raises:
        ForecastError: what `forecast_samples` refuses of either model.
    """
    ks = tuple(int(k) for k in np.unique(np.round(np.geomspace(1, max(up_to, 2), POINTS))))
    rng = np.random.default_rng(seed)
    problems = len(pairs.a.problems)
    for counts in pairs:
        refuse(counts, (up_to,))
    weight = rng.dirichlet(np.ones(problems), DRAWS)
    curves, warnings = [], []
    for side, counts in zip("ab", pairs, strict=True):
        rates = fit_solve_rates(counts.passes, counts.samples, rng)
        # Draws come sorted by member; those of a and b must not be paired by it.
        order = rng.permutation(DRAWS)
        share = np.empty((DRAWS, len(rates.grid.rate)))
        share[order] = rates.draws(DRAWS, rng, problem_weight=weight[order]).share
        curves.append(share @ rates.grid.pass_at(ks))
        members = own_forecasts(rates, (up_to,), rng)
        warnings += [
            ForecastWarning(warned.code, f"{counts.model or side}: {warned.message}")
            for warned in warnings_of(counts, (up_to,), members)
        ]
    draws = curves[1] - curves[0]
    turn, turn_intervals, never = _first_turn(draws, ks)
    return DifferenceBeyond(
        models=(pairs.a.model, pairs.b.model),
        fewest=pairs.fewest,
        up_to=up_to,
        ks=ks,
        band=band_of_draws(draws, np.median(draws, axis=0)),
        b_ahead=float(np.mean(draws[:, -1] > 0)),
        turn=turn,
        turn_intervals=turn_intervals,
        never=never,
        warnings=tuple(warnings),
        seed=seed,
    )


def _first_turn(
    draws: Floats, ks: tuple[int, ...]
) -> tuple[int | None, Mapping[int, tuple[int | None, int | None]], float]:
    turned = np.sign(draws) == -np.sign(draws[:, :1])
    place = np.where(turned.any(axis=1), turned.argmax(axis=1), -1)
    at = np.where(place < 0, np.inf, np.asarray(ks, dtype=float)[place])

    def quantile(share: float) -> int | None:
        value = float(np.quantile(at, share, method="higher"))
        return int(value) if np.isfinite(value) else None

    spans = {level: (quantile(0.5 - level / 200), quantile(0.5 + level / 200)) for level in LEVELS}
    return quantile(0.5), spans, float(np.mean(~np.isfinite(at)))

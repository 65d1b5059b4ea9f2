"""The difference of two models' pass@k beyond the samples, from the posteriors of their pass rates.

Beyond n no unbiased estimate exists. How pass rates spread below 1 / n is taken from the mixing distributions
of `predictor.laws.solve_rates`, as in `forecast_samples`, and the band is wider. The band is for problems
like these; what is registered is of these very problems, since later counts can show only that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from predictor.arrays import Floats
from predictor.comparison.all_k import band_cells, band_rows
from predictor.comparison.bands import Band, band_of_draws
from predictor.comparison.pairs import PairedCounts
from predictor.forecasts.estimates import Estimate, ForecastWarning
from predictor.forecasts.result_base import ForecastResult
from predictor.forecasts.samples import own_forecasts, refuse, warnings_of
from predictor.laws.solve_rates.mixture import SolveRates, fit_solve_rates
from predictor.presentation import data_frame, html_table, shown
from predictor.scores import LEVELS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DifferenceBeyond", "OnTheseProblems", "first_turn", "forecast_difference"]

DRAWS, POINTS = 1000, 60


class OnTheseProblems(NamedTuple):
    """What later counts of these very problems can show at k = `up_to`.

    Attributes:
        a, b, difference: mean pass@k of both models, and b less a.
        b_ahead: the probability that b is ahead.
        turn: the first k at which the order of k = 1 has turned; `up_to` + 1 stands for "not up to `up_to`".
    """

    a: Estimate
    b: Estimate
    difference: Estimate
    b_ahead: float
    turn: Estimate


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DifferenceBeyond(ForecastResult):
    """b less a in mean pass@k, problems being a sample of all such problems, at about 60 k up to `up_to`.

    An outcome is given as `pass@K:a`, `pass@K:b`, `pass@K:b-a`, `b_ahead` (1 or 0) and `first_turn`, all of
    these very problems; the other numbers are for problems like these. Shares, not per cent.

    Attributes:
        ks: evenly spaced in log k, shape (K,).
        band: the draws' median, spread, and simultaneous bands.
        b_ahead: share of the draws in which b is ahead at `up_to`.
        turn: the first k at which the order of k = 1 has turned: median and intervals by level; None is
            "not up to `up_to`".
        never: share of the draws in which it does not turn up to there.
        here: the same on these very problems, which is what is registered.
        task_ids: the problems, as the tables name them.
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
    here: OnTheseProblems
    task_ids: tuple[str, ...]
    warnings: tuple[ForecastWarning, ...]
    seed: int

    def _content(self) -> dict[str, object]:
        a, b = self.models
        at = f"pass@{self.up_to}"
        return {
            "kind": "comparison",
            "method": "mixture",
            "models": {"a": a, "b": b},
            "train_models": [a, b],
            "target": {"name": f"{a or 'a'} and {b or 'b'}, k = {self.up_to:,}", "flops": None},
            "overall": {
                f"{at}:a": self.here.a.to_json(),
                f"{at}:b": self.here.b.to_json(),
                f"{at}:b-a": self.here.difference.to_json(),
            },
            "chances": {"b_ahead": self.here.b_ahead},
            "turn": {"first_turn": self.here.turn.to_json()},
            "task_ids": list(self.task_ids),
            "samples": self.fewest,
            "up_to": self.up_to,
            "k": list(self.ks),
            "difference": self.band.middle.tolist(),
            "band": {str(level): [end.tolist() for end in self.band.at(level)] for level in LEVELS},
            "b_ahead_at_last_k": self.b_ahead,
            "first_turn": self.turn,
            "first_turn_intervals": {str(level): list(ends) for level, ends in self.turn_intervals.items()},
            "no_turn": self.never,
            "settings": {"seed": self.seed, "draws": DRAWS, "outcome_in_table": self.up_to <= self.fewest},
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
    for counts in pairs:
        refuse(counts, (up_to,))
    weight = rng.dirichlet(np.ones(len(pairs.a.problems)), DRAWS)
    curves: list[Floats] = []
    here: list[Floats] = []
    warnings: list[ForecastWarning] = []
    for side, counts in zip("ab", pairs, strict=True):
        rates = fit_solve_rates(counts.passes, counts.samples, rng)
        curves.append(_curves(rates, ks, rng, weight))
        here.append(_curves(rates, ks, np.random.default_rng([seed, len(here)])))
        members = own_forecasts(rates, (up_to,), rng)
        warnings += [
            ForecastWarning(warned.code, f"{counts.model or side}: {warned.message}")
            for warned in warnings_of(counts, (up_to,), members)
        ]
    draws = curves[1] - curves[0]
    turns = first_turn(draws, ks)
    return DifferenceBeyond(
        models=(pairs.a.model, pairs.b.model),
        fewest=pairs.fewest,
        up_to=up_to,
        ks=ks,
        band=band_of_draws(draws, np.median(draws, axis=0)),
        b_ahead=float(np.mean(draws[:, -1] > 0)),
        turn=_quantile(turns, 0.5),
        turn_intervals=_turn_intervals(turns),
        never=float(np.mean(~np.isfinite(turns))),
        here=_on_these_problems(here[0], here[1], ks),
        task_ids=pairs.a.problems,
        warnings=tuple(warnings),
        seed=seed,
    )


def first_turn(differences: Floats, ks: tuple[int, ...]) -> Floats:
    """Return the first k at which each curve, (D, K), has another sign than at ks[0]; inf if none, (D,)."""
    turned = np.sign(differences) == -np.sign(differences[:, :1])
    turned &= differences[:, :1] != 0
    place = np.where(turned.any(axis=1), turned.argmax(axis=1), -1)
    return np.asarray(np.where(place < 0, np.inf, np.asarray(ks, dtype=float)[place]))


def _curves(
    rates: SolveRates, ks: tuple[int, ...], rng: np.random.Generator, weight: Floats | None = None
) -> Floats:
    """Draw pass@k at every k, shape (DRAWS, K)."""
    # Draws come sorted by member; those of a and b must not be paired by it.
    order = rng.permutation(DRAWS)
    share = np.empty((DRAWS, len(rates.grid.rate)))
    own = None if weight is None else weight[order]
    share[order] = rates.draws(DRAWS, rng, problem_weight=own).share
    return np.asarray(share @ rates.grid.pass_at(ks))


def _on_these_problems(a: Floats, b: Floats, ks: tuple[int, ...]) -> OnTheseProblems:
    turns = first_turn(b - a, ks)
    none = ks[-1] + 1
    intervals = {
        level: (float(low or none), float(high or none))
        for level, (low, high) in _turn_intervals(turns).items()
    }
    return OnTheseProblems(
        Estimate.from_draws(a[:, -1]),
        Estimate.from_draws(b[:, -1]),
        Estimate.from_draws(b[:, -1] - a[:, -1]),
        float(np.mean(b[:, -1] > a[:, -1])),
        Estimate(float(_quantile(turns, 0.5) or none), intervals),
    )


def _turn_intervals(turns: Floats) -> dict[int, tuple[int | None, int | None]]:
    return {
        level: (_quantile(turns, 0.5 - level / 200), _quantile(turns, 0.5 + level / 200)) for level in LEVELS
    }


def _quantile(turns: Floats, share: float) -> int | None:
    value = float(np.quantile(turns, share, method="higher"))
    return int(value) if np.isfinite(value) else None

"""What a forecast says first: its pass@1 or loss with an interval, and what was observed."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection

from evaluator.store import StoredForecast
from evaluator.store.forecasts import get_forecast
from predictor import Accuracies, Losses, PassCounts, PredictorError
from predictor.registry.outcomes import measured_outcome

__all__ = ["Headline", "headline_of", "observed_in_table", "stored_headline"]

_KEPT: Final = 1000
_FOUND: Final[OrderedDict[str, "Headline"]] = OrderedDict()  # by the forecast's hash, so never out of date
# What a forecast says first, first to last choice, and what it is called.
_NAMES: Final = {
    "pass@1": "pass@1",
    "geometric_mean_pass_measured": "geometric mean pass rate",
    "geometric_mean_pass": "geometric mean pass rate",
}


@dataclass(frozen=True, slots=True)
class Headline:
    """One metric of a forecast.

    Attributes:
        metric: its name in the record.
        label: its name on a page.
        rate: whether it is a fraction that is written in per cent.
        place: where, such as `at 1e+25 FLOPs` or `at step 200`; empty of samples.
        observed: the measured value; None while it is open or was given in another metric.
    """

    metric: str
    label: str
    rate: bool
    point: float
    low: float
    high: float
    place: str
    observed: float | None = None

    @property
    def predicted(self) -> str:
        """The value and its 80% interval, such as `84.4% (80% interval 80.6–88.9%)`."""
        return f"{self._text(self.point)} (80% interval {self.span})"

    @property
    def span(self) -> str:
        """The 80% interval alone, such as `80.6–88.9%`."""
        if self.metric.endswith(":b-a"):
            return f"{self._text(self.low).removesuffix(' points')} to {self._text(self.high)}"
        low = f"{100 * self.low:.1f}" if self.rate else self._text(self.low)
        return f"{low}–{self._text(self.high)}"

    @property
    def value(self) -> str:
        """The value alone."""
        return self._text(self.point)

    @property
    def seen(self) -> str:
        """The observed value; empty while it is open."""
        return "" if self.observed is None else self._text(self.observed)

    @property
    def where(self) -> str:
        """Where the observed value lies, as the end of a sentence."""
        if self.observed is None:
            return ""
        if self.low <= self.observed <= self.high:
            return "inside the 80% interval"
        return f"{'below' if self.observed < self.low else 'above'} the 80% interval"

    def __str__(self) -> str:
        return f"{self.label} {self.predicted} {self.place}".rstrip()

    def _text(self, value: float) -> str:
        if self.metric.endswith(":b-a"):
            return f"{100 * value:+.1f} points".replace("-", "−")
        return f"{100 * value:.1f}%" if self.rate else f"{value:.4f}"


def headline_of(record: Mapping[str, Any], outcome: Mapping[str, Any] | None = None) -> Headline:
    """Return the headline of a forecast's record, with what an outcome (metric to value) says of it."""
    kind = record["kind"]
    if kind == "loss":
        metric, label, estimate = "loss", f"loss {record['column']}", record["loss"]
        label = "loss" if record["column"] == "loss" else label
    else:
        overall = record["overall"]
        # Of samples the largest k, of accuracies and runs the one metric, called as the table calls it.
        largest = max(overall, key=lambda name: (name.startswith("pass@"), len(name), name))
        metric = next((name for name in _NAMES if name in overall and kind == "capability"), largest)
        label = record.get("column") or _NAMES.get(metric, metric)
        if kind in {"samples", "comparison"}:
            label = _pass_at(metric)
        estimate = overall[metric]
    low, high = estimate["intervals"]["80"]
    observed = (outcome or {}).get(metric)
    return Headline(
        metric, label, kind != "loss", estimate["point"], low, high, _place(record["target"]),
        None if observed is None else float(observed),
    )  # fmt: skip


def _pass_at(metric: str) -> str:
    k, _, what = metric.removeprefix("pass@").partition(":")
    return f"{'B − A in ' if what else ''}pass@{int(k):,}"


def _place(target: Mapping[str, Any]) -> str:
    if target.get("step") is not None:
        return f"at step {target['step']:,g}"
    return f"at {target['flops']:.3g} FLOPs" if target.get("flops") else ""


def observed_in_table(found: StoredForecast) -> dict[str, float]:
    """Return what the forecast's own table says of its target, by metric; empty if it does not hold it."""
    answer, name = found.answer, found.answer["target"]["name"]
    if answer["kind"] not in {"capability", "loss", "accuracy"}:
        return {}  # of a run and of samples the table is the part that is known
    rows = [row for row in found.table if str(row.get("model")) == name]
    if not rows:
        return {}
    try:
        if answer["kind"] == "loss":
            return {"loss": float(Losses.from_records(rows, answer["column"], "table").loss[0])}
        if answer["kind"] == "accuracy":
            return {
                "accuracy": float(Accuracies.from_records(rows, answer["column"], None, "table").accuracy[0])
            }
        return measured_outcome(answer, PassCounts.from_records(rows, "table"))
    except PredictorError:
        return {}  # it was not sampled on every problem that was forecast


def stored_headline(db: Connection, sha256: str, outcome: Mapping[str, Any] | None = None) -> Headline | None:
    """Return the headline of a stored forecast; what it says never changes, so it is kept."""
    if sha256 not in _FOUND:
        found = get_forecast(db, sha256)
        if found is None:
            return None
        _FOUND[sha256] = headline_of(found.answer, observed_in_table(found))
        while len(_FOUND) > _KEPT:
            _FOUND.popitem(last=False)
    kept = _FOUND[sha256]
    observed = (outcome or {}).get(kept.metric)
    return kept if observed is None else replace(kept, observed=float(observed))

"""Registered forecasts beside their outcomes, as a page of plain sentences."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

__all__ = [
    "DEFAULT_METHODS",
    "Line",
    "is_share",
    "newest_ladder",
    "number",
    "span",
    "summary_of",
    "waiting_ladder",
]

DEFAULT_METHODS = ("auto", "latent-trend")  # the default method's names, then and now
PASS_1 = "pass@1, all"
BUCKET = "pass rate, geometric mean, "


class Line(NamedTuple):
    """One registered number beside its outcome; intervals are (low, high)."""

    record: str
    method: str
    gap: str
    what: str
    point: float
    inner: tuple[float, float]
    outer: tuple[float, float]
    outcome: float

    @property
    def held(self) -> tuple[bool, bool]:
        """Whether the 80% and the 95% interval held the outcome."""
        return (
            self.inner[0] <= self.outcome <= self.inner[1],
            self.outer[0] <= self.outcome <= self.outer[1],
        )

    @property
    def is_bucket(self) -> bool:
        """Whether it is the geometric mean pass rate of one bucket."""
        return self.what.startswith(BUCKET) and not self.what.endswith(", all")


def newest_ladder(name: str, target: str, lines: Sequence[Line]) -> Iterator[str]:
    """Say for each distance what the default method predicted and what was observed."""
    yield f"Ladder {name}: forecasts of its model of {target} FLOPs, registered before it was trained."
    default = [line for line in lines if line.method in DEFAULT_METHODS]
    for gap in dict.fromkeys(line.gap for line in default):
        yield f"  from models with at most {gap} of its compute:"
        mine = [line for line in default if line.gap == gap]
        for line in mine:
            if line.what in {"loss", PASS_1}:
                yield f"    {line.what.removesuffix(', all'):<8}{_told(line)}"
        buckets = [line for line in mine if line.is_bucket]
        if buckets:
            error = sum(abs(line.point - line.outcome) for line in buckets) / len(buckets)
            yield (
                f"    buckets of problems: {_held(buckets)} pass rates inside their 80% intervals, "
                f"{100 * error:.1f} points off on average"
            )


def summary_of(ladders: Mapping[str, Sequence[Line]]) -> Iterator[str]:
    """Say in one line for each earlier ladder how many intervals held."""
    for name, lines in ladders.items():
        mine = [line for line in lines if line.method in DEFAULT_METHODS]
        kinds = {
            "loss": [line for line in mine if line.what == "loss"],
            "pass@1": [line for line in mine if line.what == PASS_1],
            "buckets": [line for line in mine if line.is_bucket],
        }
        held = ", ".join(f"{kind} {_held(those)}" for kind, those in kinds.items())
        yield f"Ladder {name}: outcomes inside the 80% interval: {held}."


def waiting_ladder(name: str, records: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    """Say what is registered for a model that is not trained yet, from the largest distance."""
    for kind, what in (("loss", "loss"), ("capability", "pass@1")):
        mine = [
            (gap, each) for gap, each in records if each["kind"] == kind and each["method"] in DEFAULT_METHODS
        ]
        for gap, record in mine:
            estimate = record["loss"] if kind == "loss" else record["overall"][what]
            share = is_share(what)
            target = f"{record['target']['flops']:.0e}".replace("+", "")
            yield (
                f"Ladder {name}: {what} of {target} FLOPs from {gap} of the compute: predicted "
                f"{number(estimate['point'], share=share)} (80% interval "
                f"{span(estimate['intervals']['80'], share=share)}); not trained yet."
            )


def number(value: float, *, share: bool) -> str:
    """Return a pass rate as a percentage, a loss with four digits."""
    return f"{value:.1%}" if share else f"{value:.4f}"


def span(pair: Sequence[float], *, share: bool) -> str:
    """Return an interval, of pass rates as percentages."""
    low, high = pair
    return f"{100 * low:.1f}–{100 * high:.1f}%" if share else f"{low:.3f}–{high:.3f}"


def is_share(what: str) -> bool:
    """Whether a number is a pass rate."""
    return what != "loss"


def _told(line: Line) -> str:
    share = is_share(line.what)
    return (
        f"predicted {number(line.point, share=share)} (80% interval {span(line.inner, share=share)}), "
        f"observed {number(line.outcome, share=share)}: {'inside' if line.held[0] else 'outside'}"
    )


def _held(lines: Sequence[Line]) -> str:
    return f"{sum(line.held[0] for line in lines)} of {len(lines)}"

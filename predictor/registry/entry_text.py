"""What an entry of the registry says, as text for a person: the target, the predicted and observed values."""

from collections.abc import Mapping

from predictor.presentation import flops, percent, percent_range, shown
from predictor.registry.revisions import other_revision

__all__ = ["predicted_and_observed", "subject"]


def subject(body: Mapping[str, object]) -> str:
    """Return what is forecast: the target by name, else by FLOPs, and the method where the body has them.

    The method's revision follows where it is not the present one.
    """
    record = body.get("record")
    if not isinstance(record, Mapping):
        return shown(body.get("target") or str(body.get("record_sha256"))[:12], 60)
    target = record.get("target")
    known = target if isinstance(target, Mapping) else {}
    value = known.get("flops")
    compute = f"{flops(value)} FLOPs" if isinstance(value, int | float) else "unknown compute"
    name = f"{shown(known['name'], 60)}, {compute}" if known.get("name") else compute
    other = other_revision(record)
    more = f" (revision {other.made_by}, now {other.present})" if other else ""
    return f"{name} by {shown(record.get('method'), 40)}{more}"


def predicted_and_observed(body: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return each metric with its predicted value and, for an outcome, the observed one."""
    record, scores = body.get("record"), body.get("scores")
    if isinstance(scores, Mapping):
        found = [
            (
                str(metric),
                f"predicted {_value(metric, score, 'point')}, observed {_value(metric, score, 'outcome')}",
            )
            for metric, score in scores.items()
            if isinstance(score, Mapping)
        ]
        return _pass_first(found)
    if not isinstance(record, Mapping):
        return []
    overall = record.get("overall") or {"loss": record.get("loss")}
    found = [
        (str(metric), _predicted(str(metric), estimate))
        for metric, estimate in overall.items()
        if isinstance(estimate, Mapping)
    ]
    return _pass_first(found)


def _pass_first(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(rows, key=lambda row: not row[0].startswith("pass@"))


def _predicted(metric: str, estimate: Mapping[str, object]) -> str:
    intervals, point = estimate.get("intervals"), _number(metric, estimate.get("point"))
    if not isinstance(intervals, Mapping) or "80" not in intervals:
        return point
    low, high = intervals["80"]
    both = percent_range(low, high) if _is_share(metric) else f"{low:.4f}–{high:.4f}"
    return f"{point} (80% interval {both})"


def _value(metric: object, score: Mapping[str, object], name: str) -> str:
    return _number(str(metric), score.get(name))


def _number(metric: str, value: object) -> str:
    if not isinstance(value, int | float):
        return shown(value, 20)
    return percent(value) if _is_share(metric) else f"{value:.4f}"


def _is_share(metric: str) -> bool:
    return metric.startswith(("pass@", "geometric_mean"))

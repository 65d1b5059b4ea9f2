"""Figures of a forecast as plain values that a page draws and tabulates."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from predictor import CapabilityForecast, Losses, PassCounts
from predictor.forecasts.result import BucketForecast, Estimate, LossForecast, Target
from predictor.plots.panels import capability_panels, loss_panel
from predictor.plots.render import Panel

__all__ = ["figures_of"]

_METRIC = "neg_mean_log_pass"


def figures_of(answer: Mapping[str, Any], table: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a forecast's figures: for pass rates one over every problem and one a bucket, else one.

    Each has `title`, `quantity`, `log_value`, `observed` (compute relative to the target, value), `line`
    (x, middle, and low and high by level) or None, `forecast` (point and intervals at the target) and
    `outcome` or None. Runs for a second or more; in a process of the crew.
    """
    if answer["kind"] == "loss":
        panel = loss_panel(Losses.from_records(table, answer["column"], "table"), _loss(answer))
        return [_plain(panel, answer["loss"])]
    counts, forecast = PassCounts.from_records(table, "table"), _capability(answer)
    problems = tuple(task for bucket in forecast.buckets for task in bucket.problems)
    every = BucketForecast("overall", problems, {}, {_METRIC: _estimate(answer["overall"][_METRIC])})
    # No law is fitted to all problems at once, so that figure has no line: any other name than `report`.
    whole = capability_panels(counts, replace(forecast, method="sum", buckets=(every,)))
    parts = capability_panels(counts, forecast)
    estimates = [answer["overall"], *answer["buckets"]]
    return [
        _plain(panel, estimate[_METRIC]) for panel, estimate in zip([*whole, *parts], estimates, strict=True)
    ]


def _capability(answer: Mapping[str, Any]) -> CapabilityForecast:
    buckets = tuple(
        BucketForecast(
            each["name"], tuple(each["problems"]), each["law"], {_METRIC: _estimate(each[_METRIC])}
        )
        for each in answer["buckets"]
    )
    return CapabilityForecast(
        answer["method"], _target(answer), tuple(answer["train_models"]), {}, buckets, (), {}, {}, (), {}
    )


def _loss(answer: Mapping[str, Any]) -> LossForecast:
    return LossForecast(
        answer["method"], answer["column"], _target(answer), tuple(answer["train_models"]),
        _estimate(answer["loss"]), answer["law"], {}, (), {},
    )  # fmt: skip


def _target(answer: Mapping[str, Any]) -> Target:
    return Target(answer["target"]["flops"], answer["target"]["name"])


def _estimate(given: Mapping[str, Any]) -> Estimate:
    return Estimate(given["point"], {int(level): tuple(pair) for level, pair in given["intervals"].items()})


def _plain(panel: Panel, estimate: Mapping[str, Any]) -> dict[str, Any]:
    band = panel.band
    return {
        "title": panel.title,
        "quantity": panel.quantity.replace("$-$", "−"),
        "log_value": panel.log_value,
        "observed": sorted(zip(panel.compute.tolist(), panel.observed.tolist(), strict=True)),
        "line": band and {
            "x": band.compute.tolist(),
            "middle": band.middle.tolist(),
            "intervals": {
                str(level): [low.tolist(), high.tolist()] for level, (low, high) in band.intervals.items()
            },
        },
        "forecast": dict(estimate),
        "outcome": panel.outcome,
    }  # fmt: skip

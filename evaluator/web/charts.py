"""Figures of a forecast as plain values that a page draws and tabulates."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from predictor import CapabilityForecast, Losses, PassCounts
from predictor.forecasts.result import BucketForecast, Estimate, LossForecast, Target
from predictor.plots.panels import capability_panels, loss_panel
from predictor.plots.render import Panel

__all__ = ["figures_of"]

# What a figure's dots show, first to last choice: older records have the second alone.
_METRICS = ("neg_mean_log_pass_measured", "neg_mean_log_pass")
# Methods whose curve over compute is also drawn for every problem at once.
_WITH_CURVE = frozenset({"latent-trend"})


def figures_of(answer: Mapping[str, Any], table: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a forecast's figures: for pass rates one over every problem and one a bucket, else one.

    Each has `title`, `quantity`, `log_value`, `observed` (compute relative to the target, value), `line`
    (x, middle, and low and high by level) or None, `forecast` (point and intervals at the target) and
    `outcome` or None. Takes a second or more, so it runs in a process of the pool.
    """
    if answer["kind"] == "loss":
        panel = loss_panel(Losses.from_records(table, answer["column"], "table"), _loss(answer))
        return [_plain(panel, answer["loss"])]
    counts, forecast = PassCounts.from_records(table, "table"), _capability(answer)
    problems = tuple(task for bucket in forecast.buckets for task in bucket.problems)
    metric = next(name for name in _METRICS if name in answer["overall"])
    every = BucketForecast("overall", problems, {}, {_METRICS[-1]: _estimate(answer["overall"][metric])})
    # The report's law is fitted to buckets alone, so that figure has no line: any other name than `report`.
    method = answer["method"] if answer["method"] in _WITH_CURVE else "sum"
    whole = capability_panels(counts, replace(forecast, method=method, buckets=(every,)))
    parts = capability_panels(counts, forecast)
    estimates = [answer["overall"], *answer["buckets"]]
    return [
        _plain(panel, estimate[metric]) for panel, estimate in zip([*whole, *parts], estimates, strict=True)
    ]


def _capability(answer: Mapping[str, Any]) -> CapabilityForecast:
    metric = next(name for name in _METRICS if name in answer["overall"])
    buckets = tuple(
        BucketForecast(
            each["name"], tuple(each["problems"]), each["law"], {_METRICS[-1]: _estimate(each[metric])}
        )
        for each in answer["buckets"]
    )
    seed = {"seed": answer["settings"]["seed"]}
    return CapabilityForecast(
        answer["method"], _target(answer), tuple(answer["train_models"]), {}, buckets, (), {}, {}, (), seed
    )


def _loss(answer: Mapping[str, Any]) -> LossForecast:
    return LossForecast(
        answer["method"], answer["column"], _target(answer), tuple(answer["train_models"]),
        _estimate(answer["loss"]), answer["law"], {}, (), {},
    )  # fmt: skip


def _target(answer: Mapping[str, Any]) -> Target:
    target = answer["target"]
    params, tokens = (float("nan") if target[key] is None else target[key] for key in ("params", "tokens"))
    return Target(target["flops"], target["name"], params, tokens)


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

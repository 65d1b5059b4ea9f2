"""Figures of a forecast as plain values that a page draws and tabulates."""

from collections.abc import Mapping, Sequence
from typing import Any

from predictor import CapabilityForecast, Losses, PassCounts
from predictor.forecasts.curves import capability_curves
from predictor.forecasts.estimates import Estimate, Target
from predictor.forecasts.result import BucketForecast, LossForecast
from predictor.plots.panels import capability_panels, loss_panel
from predictor.plots.render import Panel

__all__ = ["Figure", "figures_of"]

Figure = dict[str, Any]


def figures_of(answer: Mapping[str, Any], table: Sequence[Mapping[str, Any]]) -> list[dict[str, Figure]]:
    """Return a forecast's figures: for pass rates one over every covered problem and one a bucket, else one.

    Each is there twice, as `rate` (pass@1, or a geometric mean) and as `nats`; of a loss as `nats` alone. A
    figure has `title`, `quantity`, `log_value`, `flops` (the target's), `observed` (FLOPs, value, model),
    `line` (x, middle, and low and high by level), `forecast` (point and intervals at the target) and
    `outcome` or None. Takes a second or more, so it runs in a process of the pool.
    """
    flops = answer["target"]["flops"]
    if answer["kind"] == "loss":
        panel = loss_panel(Losses.from_records(table, answer["column"], "table"), _loss(answer))
        return [{"nats": _plain(panel, flops)}]
    counts, forecast = PassCounts.from_records(table, "table"), _capability(answer)
    curves = capability_curves(counts, forecast)
    rates, nats = (
        capability_panels(counts, forecast, rates=each, whole=True, curves=curves) for each in (True, False)
    )
    return [
        {"rate": _plain(rate, flops), "nats": _plain(nat, flops)}
        for rate, nat in zip(rates, nats, strict=True)
    ]


def _capability(answer: Mapping[str, Any]) -> CapabilityForecast:
    buckets = tuple(
        BucketForecast(each["name"], tuple(each["problems"]), each["law"], _estimates(each))
        for each in answer["buckets"]
    )
    return CapabilityForecast(
        answer["method"], _target(answer), tuple(answer["train_models"]), _estimates(answer["overall"]),
        buckets, (), {}, {}, (), answer["settings"],
    )  # fmt: skip


def _loss(answer: Mapping[str, Any]) -> LossForecast:
    return LossForecast(
        answer["method"], answer["column"], _target(answer), tuple(answer["train_models"]),
        _estimate(answer["loss"]), answer["law"], {}, (), answer["settings"],
    )  # fmt: skip


def _target(answer: Mapping[str, Any]) -> Target:
    target = answer["target"]
    params, tokens = (float("nan") if target[key] is None else target[key] for key in ("params", "tokens"))
    return Target(target["flops"], target["name"], params, tokens, bool(target.get("flops_derived")))


def _estimates(given: Mapping[str, Any]) -> dict[str, Estimate]:
    return {
        name: _estimate(value)
        for name, value in given.items()
        if isinstance(value, Mapping) and "point" in value
    }


def _estimate(given: Mapping[str, Any]) -> Estimate:
    return Estimate(given["point"], {int(level): tuple(pair) for level, pair in given["intervals"].items()})


def _plain(panel: Panel, flops: float) -> Figure:
    band = panel.band
    assert band is not None  # every method has a curve
    at = int((band.compute == 1).argmax())
    observed = zip(panel.compute.tolist(), panel.observed.tolist(), panel.models, strict=True)
    return {
        "title": panel.title,
        "quantity": panel.quantity.replace("$-$", "−"),
        "rate": "rate (nats)" not in panel.quantity and "Loss" not in panel.quantity,
        "log_value": panel.log_value,
        "flops": flops,
        "observed": sorted((x * flops, y, model) for x, y, model in observed),
        "line": {
            "x": (band.compute * flops).tolist(),
            "middle": band.middle.tolist(),
            "intervals": {
                str(level): [low.tolist(), high.tolist()] for level, (low, high) in band.intervals.items()
            },
        },
        "forecast": {
            "point": float(band.middle[at]),
            "intervals": {
                str(level): [float(low[at]), float(high[at])] for level, (low, high) in band.intervals.items()
            },
        },
        "outcome": panel.outcome,
    }

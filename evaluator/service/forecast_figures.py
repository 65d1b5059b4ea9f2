"""Figures of forecasts as plain values, which are kept with the forecast and drawn by its page.

A figure has `title`, `quantity` (the vertical axis) with `rate` (in per cent) and `log_value`, `along` (the
horizontal axis) with `log_along` and `unit`; `observed` (x, y, name) and what these are, `points`; `line`
(x, middle, and low and high by level) or None; and `forecasts`, each with x, name, point, intervals, the
metrics that may be its outcome, first to last choice, and the outcome if the forecast's table holds it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from predictor import (
    Accuracies,
    AccuracyForecast,
    CapabilityForecast,
    Losses,
    PassCounts,
    RunForecast,
    SamplesForecast,
    TrainingRun,
)
from predictor.forecasts.curves import capability_curves
from predictor.forecasts.estimates import Estimate, Target
from predictor.forecasts.result import BucketForecast, LossForecast
from predictor.plots.curves import accuracy_panel, run_panel
from predictor.plots.panels import capability_panels, loss_panel
from predictor.plots.render import Panel

__all__ = [
    "Figure",
    "accuracy_figures",
    "bare_figures",
    "figures_of",
    "run_figures",
    "samples_figures",
]

Figure = dict[str, Any]
_COMPUTE = {
    "along": "Training compute, FLOPs",
    "log_along": True,
    "unit": "FLOPs",
    "points": "trained models",
}
_NATS = ("neg_mean_log_pass_measured", "neg_mean_log_pass")
_GEOMETRIC = ("geometric_mean_pass_measured", "geometric_mean_pass")


def figures_of(answer: Mapping[str, Any], table: Sequence[Mapping[str, Any]]) -> list[dict[str, Figure]]:
    """Return the figures of a forecast of pass rates or of a loss: by axis, `rate` or `nats`.

    Of pass rates there is one over every covered problem, then one for each bucket, on both axes; a loss has
    one. Takes seconds, for the method is fitted once more, so it runs in a process of the pool.
    """
    flops = answer["target"]["flops"]
    if answer["kind"] == "loss":
        panel = loss_panel(Losses.from_records(table, answer["column"], "table"), _loss(answer))
        return [{"nats": _over_compute(panel, flops, ["loss"])}]
    counts, forecast = PassCounts.from_records(table, "table"), _capability(answer)
    curves = capability_curves(counts, forecast)
    rates, nats = (
        capability_panels(counts, forecast, rates=each, whole=True, curves=curves) for each in (True, False)
    )
    return [
        {"rate": _over_compute(rate, flops, _metrics(rate)), "nats": _over_compute(nat, flops, _NATS)}
        for rate, nat in zip(rates, nats, strict=True)
    ]


def accuracy_figures(table: Accuracies, forecast: AccuracyForecast) -> list[dict[str, Figure]]:
    """Return the figure of an accuracy over compute, from the largest training model to the target."""
    panel = accuracy_panel(table, forecast)
    figure = _over_compute(panel, forecast.target.flops, ["accuracy"], forecast.train_models)
    return [{"rate": figure | {"rate": True}}]


def run_figures(run: TrainingRun, forecast: RunForecast) -> list[dict[str, Figure]]:
    """Return the figure of a training run: its score over steps, from the last one used to the target."""
    panel = run_panel(run, forecast)
    names = [f"step {step:,g}" for step in run.steps[: len(panel.observed)]]
    figure = _over_compute(panel, forecast.step, ["score"], names)
    about = {"along": run.step_column.capitalize(), "log_along": False, "unit": "", "points": "scores used"}
    return [{"rate": figure | about | {"rate": True}}]


def samples_figures(forecast: SamplesForecast) -> list[dict[str, Figure]]:
    """Return the figure of pass@k over k, with the unbiased estimates up to the samples."""
    estimates = list(forecast.curve.values())
    figure = {
        "title": forecast.model or "Samples",
        "quantity": "pass@k",
        "rate": True,
        "log_value": False,
        "along": "k",
        "log_along": True,
        "unit": "",
        "points": "unbiased estimates",
        "observed": [(k, value, f"pass@{k:,}, unbiased") for k, value in forecast.observed.items()],
        "line": {
            "x": list(forecast.curve),
            "middle": [each.point for each in estimates],
            "intervals": {
                str(level): [[each.intervals[level][side] for each in estimates] for side in (0, 1)]
                for level in (50, 80, 95)
            },
        },
        "forecasts": [
            {"x": k, "name": f"pass@{k:,}", "metrics": [f"pass@{k}"], "outcome": None, **each.to_json()}
            for k, each in forecast.pass_at.items()
        ],
    }
    return [{"rate": figure}]


def bare_figures(answer: Mapping[str, Any]) -> list[dict[str, Figure]]:
    """Return the figure of a forecast that only its record is kept of: the estimates without a curve."""
    target, kind = answer["target"], answer["kind"]
    overall = answer["overall"] if "overall" in answer else {"loss": answer["loss"]}
    over_k = kind in {"samples", "comparison"}
    shown = [
        # Of a comparison both models' pass@k; their difference is of another scale.
        metric
        for metric in overall
        if (over_k and not metric.endswith(":b-a")) or metric == _first(overall)
    ]
    along: dict[str, Any] = dict(_COMPUTE)
    if kind == "run":
        along |= {"along": "Step", "log_along": False, "unit": ""}
    if over_k:
        along |= {"along": "k", "unit": ""}
    places = [
        float(metric.removeprefix("pass@").partition(":")[0])
        if over_k
        else target.get("step") or target["flops"]
        for metric in shown
    ]
    figure = along | {
        "title": answer.get("column") or target["name"] or "Forecast",
        "quantity": "pass@k" if over_k else shown[0].replace("_", " "),
        "rate": kind != "loss" and shown[0] not in _NATS,
        "log_value": False,
        "observed": [],
        "line": None,
        "forecasts": [
            {"x": x, "name": metric, "metrics": [metric], "outcome": None, **overall[metric]}
            for metric, x in zip(shown, places, strict=True)
        ],
    }
    return [{"nats" if kind == "loss" else "rate": figure}]


def _first(overall: Mapping[str, Any]) -> str:
    return next((each for each in ("pass@1", *_GEOMETRIC) if each in overall), next(iter(overall)))


def _metrics(panel: Panel) -> Sequence[str]:
    return ["pass@1"] if panel.quantity == "pass@1" else _GEOMETRIC


def _over_compute(panel: Panel, target: float, metrics: Sequence[str], names: Iterable[str] = ()) -> Figure:
    """Return a panel, whose horizontal axis is relative to the target, with the axis in its own unit."""
    band = panel.band
    assert band is not None  # every method has a curve
    at = int((band.compute == 1).argmax())
    pairs = zip(panel.compute.tolist(), panel.observed.tolist(), panel.models or names, strict=True)
    return _COMPUTE | {
        "title": panel.title,
        "quantity": panel.quantity.replace("$-$", "−"),
        "rate": "rate (nats)" not in panel.quantity and "Loss" not in panel.quantity,
        "log_value": panel.log_value,
        "observed": sorted((x * target, y, name) for x, y, name in pairs),
        "line": {
            "x": (band.compute * target).tolist(),
            "middle": band.middle.tolist(),
            "intervals": {
                str(level): [low.tolist(), high.tolist()] for level, (low, high) in band.intervals.items()
            },
        },
        "forecasts": [
            {
                "x": target,
                "name": "forecast",
                "point": float(band.middle[at]),
                "intervals": {
                    str(level): [float(low[at]), float(high[at])]
                    for level, (low, high) in band.intervals.items()
                },
                "metrics": list(metrics),
                "outcome": panel.outcome,
            }
        ],
    }


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

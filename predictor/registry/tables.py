"""Outcomes of registered forecasts in tables on disk: each kind of forecast has a table of its own kind."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from predictor.comparison.beyond import first_turn
from predictor.comparison.pairs import PairedCounts, pass_at_ks
from predictor.errors import RegistryError
from predictor.estimators import pass_at_k
from predictor.registry.outcomes import known_outcome, measured_outcome, target_name
from predictor.tables.accuracies import read_accuracies
from predictor.tables.pass_counts import read_counts
from predictor.tables.sample_counts import SampleCounts, read_sample_counts
from predictor.tables.training_run import TrainingRun, read_runs

__all__ = ["known_in_table", "outcome_in_table"]


def known_in_table(record: Mapping[str, Any], path: str | Path) -> str | None:
    """A sentence when a table already holds the outcome of a forecast that is to be registered, else None.

    The table is of the kind that the forecast was made from: pass counts, accuracies, steps of a run. Of a
    comparison it holds the pass counts of both models.
    """
    kind = record.get("kind")
    if kind == "accuracy":
        table = read_accuracies(path, record["column"])
        return known_outcome(record, table.models, table.compute, str(path))
    if kind == "run":
        run = _run(record, path)
        reached = run is not None and bool(np.any(run.steps >= record["target"]["step"]))
        return f"{path} holds step {record['target']['step']:g}" if reached else None
    if kind == "samples":
        counts = _counts_of(target_name(record) or "", path)
        ks = _ks(record)
        known = counts is not None and int(counts.samples.min()) >= max(ks)
        return f"{path} holds {max(ks)} samples of every problem" if known else None
    if kind == "comparison":
        found = [_counts_of(model, path) for model in record["models"].values()]
        here = all(counts is not None and counts.samples.min() >= record["up_to"] for counts in found)
        return f"{path} holds {record['up_to']} samples of every problem of both models" if here else None
    counts_table = read_counts(path)
    return known_outcome(record, counts_table.models, counts_table.compute, str(path))


def outcome_in_table(record: Mapping[str, Any], path: str | Path) -> dict[str, float]:
    """What a table says of a registered forecast's target, by metric.

    Raises:
        RegistryError: the table does not hold it, or not all of what was forecast.
    """
    kind, name = record.get("kind"), target_name(record)
    if kind == "accuracy":
        table = read_accuracies(path, record["column"])
        if name is None:
            raise RegistryError("the forecast's target has no name", option="outcome", to="accuracy=VALUE")
        return {"accuracy": float(table.accuracy[table.index(name)])}
    if kind == "run":
        return {"score": _score(record, path)}
    if kind == "samples":
        return _pass_rates(record, path)
    if kind == "comparison":
        return _comparison(record, path)
    return measured_outcome(record, read_counts(path))


def _score(record: Mapping[str, Any], path: str | Path) -> float:
    run, step = _run(record, path), float(record["target"]["step"])
    at = np.flatnonzero(run.steps == step) if run is not None else np.array([])
    if run is None or not len(at):
        raise RegistryError(
            f"{path} has no {record['column']} at step {step:g} of {target_name(record) or 'the run'}",
            option="outcome",
            to="score=VALUE, or add that row to the table",
        )
    return float(run.score[at[0]])


def _run(record: Mapping[str, Any], path: str | Path) -> TrainingRun | None:
    name = target_name(record) or ""
    step_column = str(record["settings"].get("step_column", "step"))
    return next((run for run in read_runs(path, record["column"], step_column) if run.name == name), None)


def _pass_rates(record: Mapping[str, Any], path: str | Path) -> dict[str, float]:
    counts = _on_problems(record, target_name(record) or "", path)
    found = {
        f"pass@{k}": float(pass_at_k(counts.passes, counts.samples, k).mean())
        for k in _ks(record)
        if k <= counts.samples.min()
    }
    if not found:
        raise RegistryError(
            f"{path} has {counts.samples.min()} samples of some problem, fewer than k = {min(_ks(record))}; "
            "take more samples"
        )
    return found


def _comparison(record: Mapping[str, Any], path: str | Path) -> dict[str, float]:
    """pass@K of both models, their difference, who is ahead, and the first turn of the order."""
    up_to, models = int(record["up_to"]), record["models"]
    if models["a"] == models["b"]:
        raise RegistryError(
            f"both models are named {models['a']!r:.80}, so a table cannot tell them apart; give --outcome "
            f"pass@{up_to}:b-a=VALUE"
        )
    pairs = PairedCounts(*(_on_problems(record, models[side], path) for side in "ab"))
    if pairs.fewest < up_to:
        raise RegistryError(
            f"{path} has {pairs.fewest} samples of some problem, fewer than k = {up_to}; take more samples"
        )
    ks = tuple(int(k) for k in record["k"])
    a, b = (pass_at_ks(each.passes, each.samples, ks).mean(axis=0) for each in pairs)
    turn = float(first_turn((b - a)[None, :], ks)[0])
    return {
        f"pass@{up_to}:a": float(a[-1]),
        f"pass@{up_to}:b": float(b[-1]),
        f"pass@{up_to}:b-a": float(b[-1] - a[-1]),
        "b_ahead": float(b[-1] > a[-1]),
        "first_turn": turn if np.isfinite(turn) else float(up_to + 1),
    }


def _on_problems(record: Mapping[str, Any], model: str, path: str | Path) -> SampleCounts:
    """A model's counts on the problems that were forecast, in the record's order."""
    counts = _counts_of(model, path)
    tasks = list(record["task_ids"])
    place = {task: number for number, task in enumerate(counts.problems)} if counts is not None else {}
    missing = [task for task in tasks if task not in place]
    if counts is None or missing:
        raise RegistryError(
            f"{path} samples {len(tasks) - len(missing)} of {len(tasks)} forecast problems of "
            f"{model or 'the model'}; add the rest"
        )
    rows = [place[task] for task in tasks]
    return SampleCounts(counts.model, tuple(tasks), counts.passes[rows], counts.samples[rows])


def _counts_of(model: str, path: str | Path) -> SampleCounts | None:
    return next((table for table in read_sample_counts(path) if table.model == model), None)


def _ks(record: Mapping[str, Any]) -> list[int]:
    return [int(metric.removeprefix("pass@")) for metric in record["overall"]]

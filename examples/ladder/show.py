"""Score every rung's completions, check the registries, and show forecasts beside their outcomes.

    python examples/ladder/show.py [FOLDER]

needs no PyTorch. Prints the headlines, and writes figures as PNG and SVG and a page, index.html, into FOLDER
(default: figures/ beside this script). The page has every registered number.
"""

import csv
import math
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from headlines import Line, newest_ladder, summary_of, waiting_ladder
from matplotlib.figure import Figure
from minieval.ladders import Ladder, ladder_of
from page import page
from score import COLUMNS, DATA, HERE, Tables, cards, score, write

from predictor import Losses, PassCounts, forecast_capability, forecast_loss, read_counts, read_losses
from predictor.estimators import neg_log_pass_at
from predictor.plots.panels import capability_panels, loss_panel
from predictor.plots.render import draw, small_multiples
from predictor.registry.registry import Entry, Registry

Table = TypeVar("Table", PassCounts, Losses)


def main() -> None:
    """Score the newest ladder, check every register, draw, and write the page."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    ladders = sorted(path for path in DATA.iterdir() if path.is_dir())
    waiting = [data for data in ladders if not _is_trained(data)]
    *earlier, newest = [data for data in ladders if data not in waiting]
    broken = [data.name for data in ladders if Registry(data / "forecasts.jsonl").verify()]
    print("Scoring the completions of a ladder of small models, about a minute ...", flush=True)
    began = time.monotonic()
    tables = score(newest)
    write(tables, folder / "counts.csv", folder / "losses.csv")
    seconds, differing = time.monotonic() - began, _differing(tables, newest)
    print(f"{tables.samples:,} completions of {len(tables.losses)} models scored in {seconds:.0f} s.")
    print(f"Pass counts that differ from those in the repository: {differing}.")
    print(f"Registries of forecasts with a changed entry: {', '.join(broken) or 'none'}.\n")
    told = {
        data.name: registered(
            data, read_counts(place / "counts.csv"), read_losses(place / "losses.csv", "loss")
        )
        for data, place in ((newest, folder), *((each, each) for each in earlier))
    }
    target = f"{ladder_of(int(newest.name)).target:.0e}".replace("+", "")
    print("\n".join(newest_ladder(newest.name, target, told[newest.name])))
    print("\n".join(summary_of({data.name: told[data.name] for data in earlier})))
    for data in waiting:
        records: list[Any] = [entry.body["record"] for entry in _forecasts(data)]
        gaps = [_gap(record, ladder_of(int(data.name))) for record in records]
        print("\n".join(waiting_ladder(data.name, list(zip(gaps, records, strict=True)))))
    counts = _by_compute(read_counts(folder / "counts.csv"))
    losses = _by_compute(read_losses(folder / "losses.csv", "loss"))
    pictures = [*_curves(counts, losses, newest, folder), _map(counts, folder)]
    text = page(told, pictures, f"{tables.samples:,} completions of {len(tables.losses)} models")
    (folder / "index.html").write_text(text, encoding="utf-8")
    print(f"\nEvery number and the figures: {folder / 'index.html'}")
    sys.exit(bool(differing or broken))


def _forecasts(data: Path) -> list[Entry]:
    return [entry for entry in Registry(data / "forecasts.jsonl").entries() if entry.kind == "forecast"]


def _gap(record: Mapping[str, Any], ladder: Ladder) -> str:
    """Return the share of the target's compute that the largest training model had, such as 1/100."""
    trained = max(float(name.split("-")[0]) for name in record["train_models"])
    return next(name for name, most in ladder.gaps.items() if trained <= most)


def registered(data: Path, counts: PassCounts, losses: Losses) -> list[Line]:
    """Return every number of the registry with what the target then showed: losses, then pass rates.

    Where the target is in neither table yet, nothing is there to compare.
    """
    ladder = ladder_of(int(data.name))
    target = target_name(ladder)
    lines: list[Line] = []
    if target not in losses.models:
        return lines
    for entry in _forecasts(data):
        record: Any = entry.body["record"]
        gap = _gap(record, ladder)
        for what, estimate, outcome in _numbers(record, target, counts, losses):
            inner, outer = (tuple(estimate["intervals"][level]) for level in ("80", "95"))
            place = (str(entry.body["record_sha256"])[:12], record["method"], gap)
            lines.append(Line(*place, what, estimate["point"], inner, outer, outcome))
    gaps = list(ladder.gaps)
    return sorted(lines, key=lambda line: (line.what != "loss", gaps.index(line.gap), line.method))


def target_name(ladder: Ladder) -> str:
    """Return the name of a ladder's largest model."""
    return f"{ladder.target:.0e}".replace("+", "") + "-seed0"


def _is_trained(data: Path) -> bool:
    return target_name(ladder_of(int(data.name))) in read_losses(data / "losses.csv", "loss").models


def _numbers(
    record: Mapping[str, Any], target: str, counts: PassCounts, losses: Losses
) -> Iterator[tuple[str, Mapping[str, Any], float]]:
    if record["kind"] == "loss":
        yield "loss", record["loss"], float(losses.loss[losses.index(target)])
        return
    row = counts.index(target)
    column = {task: number for number, task in enumerate(counts.problems)}
    measured = int(record["settings"]["measured_at"])
    covered = [task for bucket in record["buckets"] for task in bucket["problems"]]
    whole = "all" if len(covered) == len(column) else f"{len(covered)} of {len(column)} problems"
    for bucket in [{"name": whole, "problems": covered, **record["overall"]}, *record["buckets"]]:
        chosen = [column[task] for task in bucket["problems"]]
        passes, samples = counts.passes[row, chosen], counts.samples[row, chosen]
        mean = float(neg_log_pass_at(passes, samples, measured).mean())
        forecast = bucket.get("geometric_mean_pass_measured", bucket["geometric_mean_pass"])
        yield f"pass rate, geometric mean, {bucket['name']}", forecast, math.exp(-mean)
        if "pass@1" in bucket:
            yield f"pass@1, {bucket['name']}", bucket["pass@1"], float((passes / samples).mean())


def _differing(tables: Tables, data: Path) -> int:
    """Return how many pass counts are not those that the repository ships."""
    with (data / "counts.csv").open(newline="") as file:
        shipped = {
            (row["model"], row["task_id"]): (int(row["n"]), int(row["c"])) for row in csv.DictReader(file)
        }
    name, task, n, c = (COLUMNS.index(column) for column in ("model", "task_id", "n", "c"))
    scored = {(row[name], row[task]): (row[n], row[c]) for row in tables.counts}
    unlike = sum(shipped.get(cell) != pair for cell, pair in scored.items())  # type: ignore[arg-type]
    return unlike + len(shipped.keys() - scored.keys())  # type: ignore[arg-type]


def _by_compute(table: Table) -> Table:
    """Return a table that knows FLOPs only, as the registered forecasts knew of the target."""
    nan = float("nan")
    return replace(
        table, compute=tuple(each._replace(params=nan, tokens=nan, derived=False) for each in table.compute)
    )


def _curves(counts: PassCounts, losses: Losses, data: Path, folder: Path) -> list[Path]:
    """Draw both figures of the report for either gap."""
    drawn = []
    irreducible = cards(data)[0]["irreducible"]
    ladder = ladder_of(int(data.name))
    target = target_name(ladder)
    for name, most in ladder.gaps.items():
        tag = name.replace("/", "_").replace(",", "")
        small = [model for model, flops in zip(losses.models, losses.flops, strict=True) if flops <= most]
        of_loss = forecast_loss(losses, target, train_models=small, irreducible=irreducible)
        passes = forecast_capability(counts, target, train_models=small)
        for suffix in ("png", "svg"):
            drawn.append(
                draw(loss_panel(losses, of_loss, unit="nats a token"), folder / f"loss_{tag}.{suffix}")
            )
            panels = capability_panels(counts, passes)
            drawn.append(small_multiples(panels, folder / f"buckets_{tag}.{suffix}"))
    return [path for path in drawn if path.suffix == ".png"]


def _map(counts: PassCounts, folder: Path) -> Path:
    """Draw pass rates, models by compute downwards, problems by difficulty to the right."""
    levels = counts.compute_levels()
    rates = np.stack([counts.passes[rows].sum(axis=0) / counts.samples[rows].sum(axis=0) for rows in levels])
    order = np.argsort(-rates.mean(axis=0), kind="stable")
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    axes = figure.add_subplot()
    shown = axes.imshow(
        rates[:, order], aspect="auto", cmap="cividis", vmin=0, vmax=1, interpolation="nearest"
    )
    axes.set_yticks(range(len(rates)), [f"{counts.flops[rows[0]]:.2g}" for rows in levels])
    axes.set_xlabel("240 problems, easiest first")
    axes.set_ylabel("training FLOPs")
    figure.colorbar(shown, ax=axes, label="pass rate")
    for suffix in ("svg", "png"):
        figure.savefig(folder / f"map.{suffix}", dpi=150)
    return folder / "map.png"


if __name__ == "__main__":
    main()

"""Score every rung's completions, check the register, and show forecasts beside what came of them.

    python examples/ladder/show.py [FOLDER]

needs no PyTorch. Writes figures as PNG and SVG and a page, index.html, into FOLDER (default: figures/
beside this script).
"""

import csv
import html
import math
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
from matplotlib.figure import Figure
from minieval.ladders import Ladder, ladder_of
from score import COLUMNS, DATA, HERE, Tables, cards, score, write

from predictor import Losses, PassCounts, forecast_capability, forecast_loss, read_counts, read_losses
from predictor.estimators import neg_log_pass_at
from predictor.plots.panels import capability_panels, loss_panel
from predictor.plots.render import draw, small_multiples
from predictor.registry.registry import FileLog, Registry

Table = TypeVar("Table", PassCounts, Losses)
OUTLIVED = ("report-all",)  # methods of earlier records that the page shows and the printed list does not


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
        """Whether the 80 % and the 95 % interval held the outcome."""
        return (
            self.inner[0] <= self.outcome <= self.inner[1],
            self.outer[0] <= self.outcome <= self.outer[1],
        )


def main() -> None:
    """Score the newest ladder, check every register, draw, and write the page."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    ladders = sorted(path for path in DATA.iterdir() if path.is_dir())
    waiting = [data for data in ladders if not _is_trained(data)]
    *earlier, newest = [data for data in ladders if data not in waiting]
    began = time.monotonic()
    tables = score(newest)
    write(tables, folder / "counts.csv", folder / "losses.csv")
    print(f"scored {tables.samples:,} completions of {len(tables.losses)} models", end="")
    print(f" in {time.monotonic() - began:.0f} s: {_compared(tables, newest)}")
    told: dict[str, list[Line]] = {}
    sound = "differ" not in _compared(tables, newest)
    for data in (newest, *earlier, *waiting):
        broken = Registry(FileLog(data / "forecasts.jsonl")).verify()
        sound = sound and not broken
        print(f"\ngenerator seed {data.name}: register of forecasts: {broken or 'no entry was changed'}")
        if data in waiting:
            print(f"its target, {ladder_of(int(data.name)).target:.0e} FLOPs, is not trained yet")
            continue
        tabled = folder if data is newest else data
        told[data.name] = registered(
            data, read_counts(tabled / "counts.csv"), read_losses(tabled / "losses.csv", "loss")
        )
        for line in told[data.name]:
            if line.method not in OUTLIVED:
                print(_sentence(line))
    counts = _by_compute(read_counts(folder / "counts.csv"))
    losses = _by_compute(read_losses(folder / "losses.csv", "loss"))
    pictures = [*_curves(counts, losses, newest, folder), _map(counts, folder)]
    (folder / "index.html").write_text(_page(told, pictures, tables))
    print(f"open {folder / 'index.html'}")
    sys.exit(not sound)


def registered(data: Path, counts: PassCounts, losses: Losses) -> list[Line]:
    """Return every number of the register with what the target then showed: losses, then pass rates.

    Where the target is in neither table yet, nothing is there to compare.
    """
    ladder = ladder_of(int(data.name))
    target = target_name(ladder)
    lines: list[Line] = []
    if target not in losses.models:
        return lines
    for entry in Registry(FileLog(data / "forecasts.jsonl")).entries():
        if entry.kind != "forecast":
            continue
        record: Any = entry.body["record"]
        trained = max(float(name.split("-")[0]) for name in record["train_models"])
        gap = next(name for name, most in ladder.gaps.items() if trained <= most)
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


def _sentence(line: Line) -> str:
    inner, outer = line.inner, line.outer
    held = "".join("+" if each else "-" for each in line.held)
    return (
        f"{line.gap:>7} {line.method:<11} {line.what:<36} {line.point:7.4f}  "
        f"80 % {inner[0]:.4f} to {inner[1]:.4f}  "
        f"95 % {outer[0]:.4f} to {outer[1]:.4f}  observed {line.outcome:.4f} {held}"
    )


def _compared(tables: Tables, data: Path) -> str:
    """Say whether the pass counts are those that the repository ships."""
    with (data / "counts.csv").open(newline="") as file:
        shipped = {
            (row["model"], row["task_id"]): (int(row["n"]), int(row["c"])) for row in csv.DictReader(file)
        }
    name, task, n, c = (COLUMNS.index(column) for column in ("model", "task_id", "n", "c"))
    scored = {(row[name], row[task]): (row[n], row[c]) for row in tables.counts}
    unlike = sum(shipped.get(cell) != pair for cell, pair in scored.items()) + len(
        shipped.keys() - scored.keys()
    )  # type: ignore[arg-type]
    return f"{unlike} pass counts differ from those shipped" if unlike else "the shipped counts"


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


def _page(told: Mapping[str, list[Line]], pictures: list[Path], tables: Tables) -> str:
    shown = "".join(f"<h2>Generator seed {name}</h2>{_table(lines)}" for name, lines in told.items())
    images = "".join(
        f'<figure><img src="{path.name}" alt=""><figcaption>{_caption(path)}</figcaption></figure>'
        for path in pictures
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>The ladder in miniature</title>'
        '<meta name="viewport" content="width=device-width">'
        "<style>body{font:16px/1.5 system-ui;max-width:70rem;margin:2rem auto;padding:0 1rem}"
        "img{max-width:100%}table{border-collapse:collapse;font-size:.85rem}"
        "td,th{padding:.2rem .6rem;text-align:left;border-bottom:1px solid #ccc}div{overflow-x:auto}</style>"
        f"<h1>The ladder in miniature</h1><p>{tables.samples:,} completions of {len(tables.losses)} models, "
        "scored just now. Every number below was registered before the largest model was trained.</p>"
        f"{images}{shown}</html>\n"
    )


def _caption(picture: Path) -> str:
    if picture.stem == "map":
        return "Pass rates: models by compute downwards, problems by difficulty to the right."
    what = "Loss" if picture.stem.startswith("loss") else "Pass rates by bucket"
    gap = f"1/{int(picture.stem.split('_')[-1]):,}"
    return f"{what}: forecast from models with at most {gap} of the compute, and what came."


def _table(lines: list[Line]) -> str:
    rows = "".join(
        f"<tr><td>{line.gap}<td>{line.method}<td>{html.escape(line.what)}<td>{line.point:.4f}"
        f"<td>{line.inner[0]:.4f} to {line.inner[1]:.4f}<td>{line.outer[0]:.4f} to {line.outer[1]:.4f}"
        f"<td>{line.outcome:.4f}<td>{'yes' if line.held[0] else 'no'}<td>{'yes' if line.held[1] else 'no'}"
        for line in lines
    )
    return (
        "<div><table><tr><th>gap<th>method<th>number<th>forecast<th>80 %<th>95 %<th>observed<th>in 80 %"
        f"<th>in 95 %{rows}</table></div>"
    )


if __name__ == "__main__":
    main()

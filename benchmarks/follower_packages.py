"""Follow real runs with the real packages, offline, and read back what they logged.

    pip install passlaw wandb
    python benchmarks/follower_packages.py wandb

and the same with `trackio`. Neither package is in this project's environments. Runs are scored with and without
a store, one is interrupted, and one logs to a run that the caller has opened.
"""

import argparse
import contextlib
import importlib.metadata
import json
import os
import struct
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from evaluator import evaluate
from evaluator.integrations.followers import TrackioFollower, WandbFollower

SLOW = "    import time\n    time.sleep(0.2)\n    return number % 1.0\n"
TEXTS = (SLOW, "    return number\n", "    return number % 1.0\n", SLOW + "    # again\n")
VERDICTS = {"passlaw/verdicts/passed": 3, "passlaw/verdicts/wrong_answer": 1}


def _score(folder: Path, follow: Callable[..., Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Score four samples of one problem; return the run's record."""
    samples = folder / "samples.jsonl"
    rows = [{"task_id": "HumanEval/2", "completion": text} for text in TEXTS]
    samples.write_text("".join(json.dumps(row) + "\n" for row in rows))
    told: list[str] = []
    evaluate(
        samples, k=(1, 2), workers=1, execution="dedicated", ignore_incomplete=True, model="small", follow=follow,
        tell=told.append, **more,
    )  # fmt: skip
    _expect("sentences about the follower", [each for each in told if "follower" in each], [])
    record: dict[str, Any] = json.loads((folder / "samples.jsonl_run.json").read_text())
    return record


def _interrupt(_done: int, _of: int) -> None:
    raise KeyboardInterrupt


def wandb(folder: Path) -> None:
    """Read the files that wandb writes offline."""
    os.environ |= {"WANDB_MODE": "offline", "WANDB_DIR": str(folder), "WANDB_SILENT": "true"}
    import wandb as package  # noqa: PLC0415

    for name, more in (("files", {}), ("store", {"store": folder / "runs.db"})):
        record = _score(folder, WandbFollower("mine", id=name), **more)
        history, config, summary, made, status = _wandb_file(folder, name)
        _expect(f"{name}: project, name and exit status", (*made, status), ("mine", "small", 0))
        _check(name, history, config["passlaw"], record)
        rates = {"mean": "passlaw/pass@1", "low": "passlaw/pass@1/low", "high": "passlaw/pass@1/high"}
        found = {part: summary[key] for part, key in rates.items()}
        _expect(
            f"{name}: pass@1 of the summary", found, {part: record["pass_at_k"][0][part] for part in rates}
        )
        for part in ("self_check", "complete"):
            _expect(f"{name}: {part} of the configuration", config["passlaw"][part], expected=True)
    with contextlib.suppress(KeyboardInterrupt):
        _score(folder, WandbFollower("mine", id="cut"), progress=_interrupt)
    *_more, summary, _made, status = _wandb_file(folder, "cut")
    _expect("interrupted: error and exit status", (summary["passlaw/error"], status), ("interrupted", 1))
    with package.init(project="training", id="ours", config={"lr": 0.1}) as ours:
        ours.log({"loss": 1.0})
        _score(folder, WandbFollower(run=ours))
        ours.log({"loss": 0.5})
    history, config, _summary, _made, status = _wandb_file(folder, "ours")
    _expect("a run of the caller's: loss", [row["loss"] for row in history if "loss" in row], [1.0, 0.5])
    _expect(
        "a run of the caller's: configuration",
        (config["lr"], config["passlaw"]["format"]),
        (0.1, "passlaw run 1"),
    )
    _expect("a run of the caller's: exit status", status, 0)


def _wandb_file(folder: Path, name: str) -> Any:  # noqa: ANN401
    """Return history, configuration, summary, project and name, and exit status of a run."""
    from wandb.proto import wandb_internal_pb2  # noqa: PLC0415

    history: list[dict[str, Any]] = []
    config, summary = {}, {}
    made, status = ("", ""), None
    (path,) = folder.rglob(f"run-{name}.wandb")
    for data in _records(path.read_bytes()):
        record = wandb_internal_pb2.Record.FromString(data)
        match record.WhichOneof("record_type"):
            case "run":
                made = (record.run.project, record.run.display_name)
                config |= {each.key: json.loads(each.value_json) for each in record.run.config.update}
            case "config":
                config |= {each.key: json.loads(each.value_json) for each in record.config.update}
            case "history":
                history.append(
                    {
                        each.key or each.nested_key[0]: json.loads(each.value_json)
                        for each in record.history.item
                    }
                )
            case "summary":
                summary |= {
                    each.key or each.nested_key[0]: json.loads(each.value_json)
                    for each in record.summary.update
                }
            case "exit":
                status = record.exit.exit_code
    return history, config, summary, made, status


def _records(text: bytes) -> Iterator[bytes]:
    """Yield the records of a `.wandb` file: LevelDB's log format after a header of seven bytes."""
    place, part = 7, b""
    while place + 7 <= len(text):
        left = 32768 - place % 32768
        if left < 7:
            place += left
            continue
        _crc, length, kind = struct.unpack("<IHB", text[place : place + 7])
        part += text[place + 7 : place + 7 + length]
        place += 7 + length
        if kind in {1, 4}:  # whole, or the last part
            yield part
            part = b""


def trackio(folder: Path) -> None:
    """Read Trackio's local database through its own interface."""
    os.environ |= {"TRACKIO_DIR": str(folder / "trackio"), "HF_HUB_OFFLINE": "1"}
    import trackio as package  # noqa: PLC0415

    for name, more in (("files", {}), ("store", {"store": folder / "runs.db"})):
        record = _score(folder, TrackioFollower("mine", name=name), **more)
        history, config = _trackio_run("mine", name)
        _check(name, history, config["passlaw"], record)
        rates = [history[-1][f"passlaw/pass@1{part}"] for part in ("", "/low", "/high")]
        _expect(f"{name}: pass@1", rates, [record["pass_at_k"][0][part] for part in ("mean", "low", "high")])
    with contextlib.suppress(KeyboardInterrupt):
        _score(folder, TrackioFollower("mine", name="cut"), progress=_interrupt)
    history, _config = _trackio_run("mine", "cut")
    _expect("interrupted: samples in all", history[-1]["passlaw/of"], 4)
    ours = package.init(project="training", name="ours", config={"lr": 0.1}, embed=False)
    ours.log({"loss": 1.0})
    _score(folder, TrackioFollower(run=ours))
    ours.log({"loss": 0.5})
    ours.finish()
    history, config = _trackio_run("training", "ours")
    _expect("a run of the caller's: loss", [row["loss"] for row in history if "loss" in row], [1.0, 0.5])
    _expect("a run of the caller's: configuration", config["lr"], 0.1)


def _trackio_run(project: str, name: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    from trackio.sqlite_storage import SQLiteStorage  # noqa: PLC0415

    return SQLiteStorage.get_logs(project, name), SQLiteStorage.get_run_config(project, name) or {}


def _check(name: str, history: list[dict[str, Any]], config: dict[str, Any], record: dict[str, Any]) -> None:
    print(f"{name}: {len(history)} rows: " + ", ".join(str(row.get("passlaw/samples")) for row in history))
    _expect(f"{name}: whether progress was logged before the end", len(history) > 1, expected=True)
    for row in history:
        counts = [value for key, value in row.items() if key.startswith("passlaw/verdicts/")]
        _expect(f"{name}: verdicts of a row", sum(counts), row["passlaw/samples"])
    last = {key: value for key, value in history[-1].items() if key in VERDICTS}
    _expect(f"{name}: verdicts at the end", last, VERDICTS)
    _expect(f"{name}: pass rate at the end", history[-1]["passlaw/pass_rate"], 0.75)
    for part in ("run", "model", "settings", "versions", "machine"):
        _expect(f"{name}: {part} of the configuration", config[part], record[part])
    for part in ("problems", "samples"):
        _expect(f"{name}: hash of {part}", config[part]["sha256"], record[part]["sha256"])
    _expect(f"{name}: path of the samples", config["samples"]["path"], "samples.jsonl")
    _expect(f"{name}: isolation", config["sandbox"]["isolation"], record["sandbox"]["isolation"])


def _expect(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise SystemExit(f"{what}: {found!r}, expected {expected!r}")


def main() -> None:
    """Run one of the two."""
    runs = {"wandb": wandb, "trackio": trackio}
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("package", choices=runs)
    name = options.parse_args().package
    with tempfile.TemporaryDirectory() as folder:
        runs[name](Path(folder))
    print(f"{name} {importlib.metadata.version(name)}: as expected")


if __name__ == "__main__":
    main()

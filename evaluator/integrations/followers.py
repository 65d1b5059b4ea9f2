"""Followers of a run for Weights & Biases and Trackio; each imports its package only when it is made.

    passlaw.evaluate("samples.jsonl", follow=WandbFollower(project="my-evals"))

Both log `passlaw/pass_rate`, `passlaw/samples` and `passlaw/verdicts/NAME` while a run is scored, and at its
end `passlaw/pass@K` with `passlaw/pass@K/low` and `/high`, the 95% interval. The run's record is their
configuration, under `passlaw`. `benchmarks/follower_packages.py` ran them in wandb 0.31.0 and trackio 0.43.0.
"""

import contextlib
import importlib
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from evaluator.errors import UsageError
from evaluator.scoring.following import Follow, RunEvent

__all__ = ["TrackioFollower", "WandbFollower", "follower_named"]

_PROJECT: Final = "passlaw"
# Of a run's record: what the verdicts rest on. Counts by problem and places of samples stay at home.
_CONFIGURATION: Final = (
    "format", "created", "run", "model", "problems", "samples", "settings", "sandbox", "versions", "machine",
    "self_check", "complete", "interval_method",
)  # fmt: skip


class WandbFollower:
    """Follows one run with Weights & Biases.

    Args:
        project: the project of the run that is made when scoring starts.
        run: a run of wandb that is there already, such as a training's; it is not finished then.
        init: more arguments of `wandb.init`, such as `name`, `entity`, `mode` or `dir`.

    Raises:
        UsageError: wandb is not installed.
    """

    def __init__(self, project: str = _PROJECT, run: Any = None, **init: Any) -> None:  # noqa: ANN401 - wandb's own
        self._wandb = _package("wandb")
        self._run, self._ours = run, run is None
        self._init = {"project": project, "reinit": "create_new", **init}

    def __call__(self, event: RunEvent) -> None:
        """Log an event."""
        if event.kind == "started":
            if self._ours:
                self._run = self._wandb.init(**_named(self._init, event.record))
            self._run.define_metric("passlaw/*", step_metric="passlaw/samples")
        if event.record:
            self._run.config.update({"passlaw": _configuration(event.record)}, allow_val_change=True)
        if event.kind != "started":
            self._run.log(_progress(event))
        if event.kind == "finished":
            self._run.summary.update(_rates(event))
        if event.error is not None:
            self._run.summary["passlaw/error"] = event.error
        if self._ours and event.kind in {"finished", "failed"}:
            self._run.finish(exit_code=int(event.kind == "failed"))


class TrackioFollower:
    """Follows one run with Trackio.

    Trackio keeps the configuration that stands at a run's first log: what is known when scoring starts. Its
    `trackio.log` goes to the run that was made last, so one that is still open should be given as `run`.

    Args:
        project: the project of the run that is made when scoring starts.
        run: a run of Trackio that is there already; it is not finished, and its configuration stays as it is.
        init: more arguments of `trackio.init`, such as `name` or `space_id`.

    Raises:
        UsageError: trackio is not installed.
    """

    def __init__(self, project: str = _PROJECT, run: Any = None, **init: Any) -> None:  # noqa: ANN401 - trackio's own
        self._trackio = _package("trackio")
        self._run, self._ours = run, run is None
        self._init = {"project": project, "embed": False, **init}

    def __call__(self, event: RunEvent) -> None:
        """Log an event."""
        # Trackio prints on stdout, where a command's result stands.
        with contextlib.redirect_stdout(sys.stderr):
            if event.kind == "started":
                if self._ours:
                    config = {"passlaw": _configuration(event.record)}
                    self._run = self._trackio.init(**_named({"config": config, **self._init}, event.record))
                return
            self._run.log(_progress(event) | _rates(event))
            if self._ours and event.kind in {"finished", "failed"}:
                self._trackio.finish()  # the run's own would be called at exit again, and print


def follower_named(text: str) -> Follow:
    """Return the follower that `--follow` names: `wandb` or `trackio`, and after a colon the project.

    Raises:
        UsageError: it is neither, or the package is not installed.
    """
    name, _, project = text.partition(":")
    kinds: dict[str, Callable[[str], Follow]] = {"wandb": WandbFollower, "trackio": TrackioFollower}
    if name not in kinds:
        raise UsageError(
            f"follow: {text!r:.60} is neither wandb nor trackio, with :PROJECT after it or without"
        )
    return kinds[name](project or _PROJECT)


def _package(name: str) -> Any:  # noqa: ANN401 - an optional package
    missing = UsageError(f"following a run with {name} needs that package; pip install {name}")
    try:
        package = importlib.import_module(name)
    except ImportError as error:
        raise missing from error
    if not hasattr(package, "init"):  # a folder of that name, such as wandb makes in the working directory
        raise missing
    return package


def _named(init: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments of `init`; the run has the model's name if it is given no other."""
    model = record["model"]
    return {"name": model["name"], **init} if model else dict(init)


def _progress(event: RunEvent) -> dict[str, float]:
    found: dict[str, float] = {"passlaw/samples": event.samples, "passlaw/of": event.of}
    if event.pass_rate is not None:
        found["passlaw/pass_rate"] = event.pass_rate
    return found | {f"passlaw/verdicts/{name}": count for name, count in event.verdicts.items()}


def _rates(event: RunEvent) -> dict[str, float]:
    if event.result is None:
        return {}
    found: dict[str, float] = {
        "passlaw/problems": event.result.problems,
        "passlaw/seconds": event.result.seconds,
    }
    for estimate in event.result.estimates:
        name = f"passlaw/pass@{estimate.k}"
        found |= {name: estimate.mean, f"{name}/low": estimate.low, f"{name}/high": estimate.high}
    return found


def _configuration(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what leaves this machine of a run's record, as plain JSON; of paths the last name alone."""
    kept = {name: record[name] for name in _CONFIGURATION if name in record}
    for part, name in (("samples", "path"), ("problems", "source")):
        kept[part] = {**kept[part], name: Path(kept[part][name]).name}
    plain: dict[str, Any] = json.loads(json.dumps(kept, default=str))
    return plain

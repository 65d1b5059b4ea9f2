"""The record beside a samples file: everything that was asked for, so that it can be asked for again."""

import datetime as dt
import importlib.metadata
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evaluator.errors import SamplesError, UsageError
from evaluator.files.atomic_write import replace_atomically
from evaluator.generation.prompts import templates_of
from evaluator.generation.settings import GenerationSettings
from evaluator.problems import ProblemSet

__all__ = ["GenerationRecord", "generation_record_path", "open_record"]

_FORMAT: Final = "passlaw generation 1"


def generation_record_path(samples: Path) -> Path:
    """Return the path of the record of a samples file: its full name and `_generation.json`."""
    return samples.with_name(f"{samples.name}_generation.json")


@dataclass(frozen=True, slots=True)
class GenerationRecord:
    """A record as it is written.

    Attributes:
        path: where it is.
        body: its content.
    """

    path: Path
    body: dict[str, Any]

    def write(self, **more: object) -> None:
        """Write it whole, with further fields; raises `OutputError`."""
        self.body.update(more)
        with replace_atomically(self.path) as file:
            json.dump(self.body, file, indent=1)
            file.write("\n")


def open_record(
    samples: Path,
    problems: ProblemSet,
    settings: GenerationSettings,
    url: str,
    left_out: tuple[str, ...] = (),
) -> GenerationRecord:
    """Return the record of a samples file, new or with this call's endpoint added; it is not written yet.

    Raises:
        UsageError: the file that is there was made with other settings.
        SamplesError: there is a file without a record, or the record is damaged.
    """
    path = generation_record_path(samples)
    asked = _asked(problems, settings, left_out)
    known = samples.exists() and samples.stat().st_size > 0
    before = _read(samples, path) if known else None
    if before is not None:
        _refuse_others(samples, before, asked)
    urls = [each for each in before["base_urls"] if each != url] if before else []
    return GenerationRecord(
        path,
        {
            "format": _FORMAT,
            "created": before["created"] if before else _now(),
            **asked,
            "base_urls": [*urls, url],
            "versions": {name: importlib.metadata.version(name) for name in ("passlaw", "openai")},
        },
    )


def _asked(problems: ProblemSet, settings: GenerationSettings, left_out: tuple[str, ...]) -> dict[str, Any]:
    return {
        "problems": {
            "name": problems.name,
            "sha256": problems.sha256,
            "count": len(problems),
            "left_out": list(left_out),
        },
        "settings": settings.as_dict(),
        "templates": templates_of(settings, problems),
        "seeds": None
        if settings.seed is None
        else "first 4 bytes of SHA-256(seed NUL sample NUL task_id), 31 bits",
    }


def _read(samples: Path, path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["format"] == _FORMAT and {"created", "base_urls", *_PARTS} <= set(record):
            return dict(record)
    except FileNotFoundError:
        raise SamplesError(
            f"{samples}: exists, and has no record {path.name} beside it; give another output"
        ) from None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        pass
    raise SamplesError(f"{path}: not the record of a generation; restore it, or give another output")


_PARTS: Final = ("problems", "settings", "templates")


def _refuse_others(samples: Path, before: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    """Refuse settings other than those of the rows that are there; more completions may be asked for."""
    there, now = before["settings"], asked["settings"]
    for name, value in now.items():
        if name != "n" and there.get(name) != value:
            raise UsageError(
                f"{samples}: was made with {name} {_shown(there.get(name))}, not {_shown(value)}; give the "
                "file's own settings, or another output"
            )
    if before["problems"]["sha256"] != asked["problems"]["sha256"]:
        raise UsageError(
            f"{samples}: was made for another problem set ({before['problems']['name']}) or another version "
            "of it; give that, or another output"
        )
    if before["templates"] != asked["templates"]:
        raise UsageError(
            f"{samples}: was made with another template; give that (it is in the record), or another output"
        )
    if there["n"] > now["n"]:
        raise UsageError(
            f"{samples}: was made with n {there['n']}, and a smaller n {now['n']} takes no row out; give "
            "another output"
        )


def _shown(value: object) -> str:
    return json.dumps(value)[:80]


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")

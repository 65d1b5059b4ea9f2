"""What checks of problem sets found, kept from run to run: one small file for a set and a way of judging it.

Files are written whole or not at all, and one that is damaged, or cannot be written, only costs the check
again.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from evaluator.errors import OutputError
from evaluator.files.atomic_write import replace_atomically
from evaluator.problem_check.findings import Fault
from evaluator.problems import ProblemSet
from sandbox import Description
from sandbox.source_hash import sandbox_code

__all__ = ["Found", "KeptFindings"]

# By task_id: None for a problem that holds, else why it does not.
Found = dict[str, tuple[Fault, str] | None]

_FORMAT: Final = "passlaw problem check 1"
_CONDITIONS: Final = (
    "backend", "isolation", "judge", "limits", "python", "policy_sha256", "landlock", "control_groups",
    "kernel", "packages",
)  # fmt: skip
_SHA256_DIGITS: Final = 64
_MOST_BYTES: Final = 64 << 20


class KeptFindings:
    """The file for a problem set, judged under the conditions that a sandbox describes."""

    def __init__(self, problems: ProblemSet, description: Description) -> None:
        about = description.as_dict()
        limits_and_all = [about[name] for name in _CONDITIONS]
        key = [_FORMAT, sandbox_code(), problems.sha256, problems.has_base_tests, limits_and_all]
        self._key = hashlib.sha256(json.dumps(key, default=str).encode()).hexdigest()
        # A set that was put together in Python has no hash to be known by.
        self._path = _folder() / f"{self._key}.json" if len(problems.sha256) == _SHA256_DIGITS else None

    def load(self) -> Found:
        """Return what is kept; nothing if there is no such file, or it is damaged."""
        if self._path is None:
            return {}
        try:
            if self._path.stat().st_size > _MOST_BYTES:
                return {}
            kept = json.loads(self._path.read_bytes())
            if kept["key"] != self._key or kept["digest"] != _digest(kept["found"]):
                return {}
            return {
                str(task_id): None if fault is None else (Fault(fault[0]), str(fault[1]))
                for task_id, fault in kept["found"].items()
            }
        except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
            return {}

    def keep(self, found: Found) -> None:
        """Write what was found, together with what is kept by now; do nothing where that cannot be."""
        if self._path is None:
            return
        merged = {**self.load(), **found}
        with contextlib.suppress(OSError, OutputError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with replace_atomically(self._path) as file:
                json.dump(
                    {"format": _FORMAT, "key": self._key, "digest": _digest(merged), "found": merged}, file
                )


def _digest(found: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def _folder() -> Path:
    """Return the user's folder for such files; without a home, one that is not there."""
    home = os.environ.get("XDG_CACHE_HOME")
    try:
        base = Path(home) if home else Path.home() / ".cache"
    except RuntimeError:
        base = Path(os.devnull)
    return base / "passlaw" / "problem-checks"

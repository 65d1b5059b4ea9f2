"""The one text of a record, and its hash."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

__all__ = ["CODE_VERSION", "canonical", "digest", "known_or_none", "record_of"]

CODE_VERSION = "passlaw 0.1.0"
DIGITS = 10
_BESIDE_RECORD = frozenset({"problems", "record_sha256", "within_samples"})


def canonical(record: object) -> str:
    """Return the one JSON text of a record: sorted keys, no spaces, floats to 10 significant digits, no nan.

    Rounding lets two machines whose last bits differ agree on a hash.
    """
    return json.dumps(
        _rounded(record), sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=False
    )


def digest(record: object) -> str:
    """Return SHA-256 of the canonical text, in hex."""
    return hashlib.sha256(canonical(record).encode()).hexdigest()


def record_of(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a forecast's JSON that is registered; the rest repeats or explains its data."""
    return {key: value for key, value in found.items() if key not in _BESIDE_RECORD}


def known_or_none(values: Iterable[float]) -> list[float | None]:
    """Return numbers for a canonical record, in which unknown ones (nan) are null."""
    return [float(value) if np.isfinite(value) else None for value in values]


def _rounded(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    return value

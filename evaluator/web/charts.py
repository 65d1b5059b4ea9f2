"""A figure as the template `chart.html` and the script `figure.js` take it."""

import json
from collections.abc import Mapping
from typing import Any, Final

__all__ = ["chart"]

# What not every figure has: `signed` values are differences in points, `curves` further lines, and `turns`
# places on the horizontal axis with an interval.
_PLAIN: Final[dict[str, Any]] = {
    "signed": False, "curves": [], "turns": [], "points": "", "forecasts": [], "observed": [], "line": None,
    "unit": "", "title": "",
}  # fmt: skip


def chart(figure: Mapping[str, Any]) -> dict[str, Any]:
    """Return a template's variables: `figure`, with everything that it may lack, and `data`, its JSON."""
    whole = _PLAIN | dict(figure)
    if whole["line"]:
        named: dict[str, Any] = {"name": "median", "sampled": []}
        whole["line"] = named | whole["line"]
    return {"figure": whole, "data": json.dumps(whole)}

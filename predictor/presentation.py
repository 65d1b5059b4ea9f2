"""How results look in a shell and in a notebook: short lines of text, small HTML tables, pandas data frames.

Text that comes from a table (names of models, problems, columns) is cut, and escaped in HTML.
"""

import html
import importlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from predictor.errors import MissingExtraError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["Plotted", "data_frame", "flops", "html_table", "percent", "percent_range", "plural", "shown"]

MOST_ROWS = 20
LONGEST = 80


def shown(text: object, limit: int = LONGEST) -> str:
    r"""Return `text` on one line, cut to `limit` characters, with what cannot be printed spelled out.

    >>> shown("a\nb")
    'a\\nb'
    """
    whole = str(text)
    line = "".join(
        char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode("ascii")
        for char in whole[:limit]
    )
    return line + "..." if len(whole) > limit else line


def percent(share: float) -> str:
    """Return a share as a percentage with one digit.

    >>> percent(0.8012)
    '80.1%'
    """
    return f"{share:.1%}"


def percent_range(low: float, high: float) -> str:
    """Return an interval of shares as percentages.

    >>> percent_range(0.755, 0.842)
    '75.5–84.2%'
    """
    return f"{100 * low:.1f}–{100 * high:.1f}%"


def flops(value: float) -> str:
    """Return compute in FLOPs with three digits and without its unit.

    >>> flops(1e13)
    '1e13'
    """
    return f"{value:.3g}".replace("e+", "e")


def plural(count: int, noun: str) -> str:
    """Return a count with its noun.

    >>> plural(1, "model"), plural(1200, "model")
    ('1 model', '1,200 models')
    """
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def html_table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    notes: Iterable[str] = (),
) -> str:
    """Return a small HTML table; every text is escaped, and rows after the first 20 are only counted.

    Args:
        title: stands above the table.
        columns: the heads; the first column is left-aligned, the others, numbers, are right-aligned.
        rows: cells as text.
        notes: sentences below the table, such as warnings.
    """
    head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="text-align:{"right" if place else "left"}">{html.escape(shown(cell))}</td>'
            for place, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows[:MOST_ROWS]
    )
    more = [f"and {plural(len(rows) - MOST_ROWS, 'more row')}"] if len(rows) > MOST_ROWS else []
    below = "".join(f"<p>{html.escape(shown(note, 300))}</p>" for note in (*more, *notes))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>" if rows else ""
    return f"<div><p><strong>{html.escape(shown(title, 300))}</strong></p>{table}{below}</div>"


def data_frame(rows: Sequence[Mapping[str, object]], columns: Sequence[str] | None = None) -> "pd.DataFrame":
    """Return rows as a pandas data frame.

    Raises:
        MissingExtraError: pandas is not installed.
    """
    try:
        import pandas  # noqa: ICN001, PLC0415 - an optional extra
    except ImportError:
        raise MissingExtraError("a data frame needs pandas; install passlaw[pandas]") from None
    package: Any = pandas
    frame: pd.DataFrame = package.DataFrame(rows, columns=columns)
    return frame


class Plotted:
    """A result that can be drawn."""

    __slots__ = ()
    _figure: ClassVar[str]  # the function of `predictor.plots.results` that draws it

    def plot(self) -> "Figure":
        """Return a figure: what was observed, the forecast or the comparison with its intervals, the outcome.

        Raises:
            ForecastError: the result does not have the table that it was made from, or nothing to draw.
            MissingExtraError: matplotlib is not installed.
        """
        # By name: the module that draws stands above the results, as pandas's stands above its frames.
        figure: Figure = getattr(importlib.import_module("predictor.plots.results"), self._figure)(self)
        return figure

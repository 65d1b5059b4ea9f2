"""The ladder as a page that looks like those of the service: its style sheet, one table for each ladder."""

import html
from collections.abc import Mapping, Sequence
from pathlib import Path

from headlines import DEFAULT_METHODS, Line, is_share, newest_ladder, number, span

__all__ = ["page"]

STYLE = Path(__file__).resolve().parents[2] / "evaluator" / "web" / "static" / "passlaw.css"


def page(told: Mapping[str, Sequence[Line]], pictures: Sequence[Path], scored: str) -> str:
    """Return the page as HTML that needs no other file but the pictures beside it.

    Args:
        told: every registered number with its outcome, by ladder; the newest ladder first.
        pictures: files in the page's folder.
        scored: how many completions of how many models were scored.
    """
    name, lines = next(iter(told.items()))
    shown = "".join(
        f'<section><h2>Ladder {html.escape(name)}</h2><div class="wide">{_table(lines)}</div></section>'
        for name, lines in told.items()
    )
    figures = "".join(
        f'<figure><img src="{html.escape(path.name)}" alt="{html.escape(_caption(path))}">'
        f'<figcaption class="note">{html.escape(_caption(path))}</figcaption></figure>'
        for path in pictures
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        "<title>The ladder in miniature · passlaw</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<style>{STYLE.read_text(encoding='utf-8')}\nimg {{ max-width: 100%; background: #fff; }} "
        "figure { margin: 1rem 0; }</style></head><body>"
        '<header class="top"><span class="brand">passlaw</span></header><main id="main">'
        f"<h1>The ladder in miniature</h1><p>{html.escape(scored)} were scored just now. "
        "Every forecast was registered "
        "before the largest model of its ladder was trained.</p>"
        f"{_headlines(name, lines)}{figures}{shown}</main></body></html>\n"
    )


def _headlines(name: str, lines: Sequence[Line]) -> str:
    target = "the largest model"
    _first, *said = newest_ladder(name, target, lines)
    rows = "".join(
        f"<dt>{html.escape(text.strip().removesuffix(':'))}</dt>"
        if text.endswith(":")
        else f"<dd>{html.escape(text.strip())}</dd>"
        for text in said
    )
    return f"<section><h2>Ladder {html.escape(name)}, the default method</h2><dl>{rows}</dl></section>"


def _caption(picture: Path) -> str:
    if picture.stem == "map":
        return "Pass rates: one row for each amount of compute, the easiest problems first."
    what = "Loss" if picture.stem.startswith("loss") else "Pass rates by bucket"
    gap = f"1/{int(picture.stem.split('_')[-1]):,}"
    return f"{what}: forecast from models with at most {gap} of the compute, and the outcome."


def _table(lines: Sequence[Line]) -> str:
    heads = (
        "from",
        "method",
        "number",
        "predicted",
        "80% interval",
        "95% interval",
        "observed",
        "80%",
        "95%",
    )
    head = "".join(f'<th scope="col"{_right(place)}>{name}</th>' for place, name in enumerate(heads))
    rows = []
    for line in sorted(lines, key=lambda line: line.method not in DEFAULT_METHODS):
        share = is_share(line.what)
        cells = (
            line.gap, line.method, line.what, number(line.point, share=share), span(line.inner, share=share),
            span(line.outer, share=share), number(line.outcome, share=share), *map(_mark, line.held),
        )  # fmt: skip
        rows.append(
            "<tr>" + "".join(f"<td{_right(place)}>{cell}</td>" for place, cell in enumerate(cells)) + "</tr>"
        )
    return f'<table class="list"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def _right(place: int) -> str:
    return ' class="num"' if 3 <= place <= 6 else ""


def _mark(held: bool) -> str:  # noqa: FBT001 - for `map`
    return f'<span class="{"in" if held else "out"}">{"inside" if held else "outside"}</span>'

"""Format text and numbers for pages; hidden and reordering characters are spelled out."""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from markupsafe import Markup, escape

__all__ = ["CODE_LIMIT", "compute", "cut_mark", "moment", "percent", "sentence", "short", "sizes", "visible"]

CODE_LIMIT: Final = 20_000  # characters of a completion that a page shows; the results file has all
# Controls, bidirectional overrides and joiners, lone surrogates, private use, unassigned, odd line ends.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Blank although Unicode calls them letters or symbols.
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_KEPT: Final = frozenset("\n\t ")


def visible(text: object, limit: int = CODE_LIMIT) -> Markup:
    r"""Return `text` escaped, with every character that is unseen or reorders others spelled out and marked.

    >>> visible("<b>\x1b[1m")
    Markup('&lt;b&gt;<span class="odd" title="U+001B">\\x1b</span>[1m')
    """
    given = str(text)
    shown = given[:limit]
    marked = escape(shown) if shown.isascii() and shown.isprintable() else Markup("").join(_marked(shown))
    return marked + cut_mark(len(given) - len(shown))


def cut_mark(left: int) -> Markup:
    """Say how many characters of a text are not shown; nothing if all are."""
    if left <= 0:
        return Markup("")
    return Markup('<span class="cut"> … {} more characters</span>').format(f"{left:,}")


def _marked(text: str) -> Iterable[Markup]:
    plain: list[str] = []
    for char in text:
        if _seen(char):
            plain.append(char)
            continue
        yield escape("".join(plain))
        plain.clear()
        spelled = char.encode("unicode_escape", "surrogatepass").decode("ascii")
        yield _ODD.format(f"U+{ord(char):04X}", spelled if spelled != char else f"\\x{ord(char):02x}")
    yield escape("".join(plain))


_ODD: Final = Markup('<span class="odd" title="{}">{}</span>')


def _seen(char: str) -> bool:
    if char in _KEPT:
        return True
    kind = unicodedata.category(char)
    selector = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return not (kind in _HIDDEN or kind == "Zs" or char in _BLANK or selector)


def sentence(text: Markup) -> Markup:
    """Return escaped text with a capital first letter, unless that is the symbol k, and a full stop.

    >>> sentence(Markup("few problems"))
    Markup('Few problems.')
    """
    return (text if text.startswith("k =") else text[:1].upper() + text[1:]) + (
        "" if text.endswith((".", "?", "!")) else "."
    )


def percent(value: float | None, digits: int = 1) -> str:
    """A fraction in 0..1 as per cent."""
    return "–" if value is None else f"{100 * value:.{digits}f}%"


def compute(flops: float | None) -> str:
    """FLOPs with a power of ten."""
    if flops is None:
        return "–"
    mantissa, exponent = f"{flops:.1e}".split("e")
    return f"{mantissa.removesuffix('.0')}×10{str(int(exponent)).translate(_RAISED)}"


_RAISED: Final = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def sizes(count: float | None) -> str:
    """Parameters or tokens: 7B, 1.4T."""
    if count is None:
        return "–"
    for scale, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K")):
        if count >= scale:
            return f"{count / scale:.3g}{letter}"
    return f"{count:.3g}"


def moment(seconds: float | None) -> Markup:
    """A time of the store, to the minute; a screen reader and a machine get it whole."""
    if seconds is None:
        return Markup("–")
    when = datetime.fromtimestamp(seconds, UTC)
    return Markup('<time datetime="{}">{}</time>').format(
        when.isoformat(timespec="seconds"), when.strftime("%Y-%m-%d %H:%M")
    )


def short(seconds: float) -> str:
    """A duration: 3.2 s, 4 min 10 s, 2 h 5 min."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"

"""Python code with its syntax marked, and everything that a reader could not see spelled out."""

from typing import Final

from markupsafe import Markup
from pygments.lexers.python import PythonLexer
from pygments.token import Token

from evaluator.web.formatting import CODE_LIMIT, cut_mark, visible

__all__ = ["highlighted"]

# Unprocessed tokens are used: they are the text itself, character by character.
_LEXER: Final = PythonLexer()
# A kind of token, or the nearest kind above it, and its class in the style sheet.
_CLASSES: Final = {
    Token.Comment: "hc",
    Token.Keyword: "hk",
    Token.Operator.Word: "hk",
    Token.Name.Builtin: "hb",
    Token.Name.Exception: "hb",
    Token.Name.Class: "hf",
    Token.Name.Decorator: "hf",
    Token.Name.Function: "hf",
    Token.Literal.Number: "hn",
    Token.Literal.String: "hs",
}


def highlighted(text: object, limit: int = CODE_LIMIT) -> Markup:
    r"""Return Python code escaped, with its syntax in spans; a text that is no Python is shown just as well.

    >>> highlighted("return 1  # <b>")
    Markup('<span class="hk">return</span> <span class="hn">1</span>  <span class="hc"># &lt;b&gt;</span>')
    """
    given = str(text)
    parts = [_marked(kind, value) for _at, kind, value in _LEXER.get_tokens_unprocessed(given[:limit])]
    return Markup("").join(parts) + cut_mark(len(given) - limit)


def _marked(kind: object, value: str) -> Markup:
    shown = visible(value)
    while kind is not None and kind not in _CLASSES:
        kind = getattr(kind, "parent", None)
    return shown if kind is None else Markup('<span class="{}">{}</span>').format(_CLASSES[kind], shown)

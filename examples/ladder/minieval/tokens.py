"""Text to token numbers and back, and where each token stands: in which part, at which step.

The vocabulary is the grammar's own pieces. A text is cut greedily, the longest piece first; the grammar's
texts can be cut in one way only, and any text that is not made of its pieces is refused.
"""

import re

import numpy as np

from minieval.grammar import KINDS, SYLLABLES, VALUES

__all__ = ["END", "PAD", "VOCABULARY", "cut", "join", "places"]

_OPEN, _THEN, _CLOSE = '    """\n    ', ".\n    ", '"""\n'
_LINE, _RETURN = "    x = ", "    return x\n"


def _pieces() -> list[str]:
    found = dict.fromkeys(("", *(kind.signature + _OPEN for kind in KINDS.values()), _THEN, _CLOSE, _RETURN))
    for kind in KINDS.values():
        for operation in kind.operations:
            for phrase in operation.phrases:
                found |= dict.fromkeys(_words(phrase))
            before, *after = operation.line.format(v="\0").split("\0")
            found |= dict.fromkeys(
                [_LINE + before + ("" if after else "\n"), *(rest + "\n" for rest in after)]
            )
    for syllables in SYLLABLES:
        found |= dict.fromkeys(syllables)
    return list(found | dict.fromkeys(str(value) for value in VALUES))


def _words(phrase: str) -> list[str]:
    """Cut a phrase before each space, and around the name."""
    return [word for part in phrase.split("{n}") for word in re.findall(r" ?[^ ]+|^ $", part)] + (
        [" "] if " {n}" in phrase else []
    )


VOCABULARY = tuple(_pieces())
PAD = 0  # stands for nothing, and is never predicted
_NUMBER = {piece: number for number, piece in enumerate(VOCABULARY)}
END = _NUMBER[_RETURN]
_SYLLABLES = {syllable for syllables in SYLLABLES for syllable in syllables}


def _pattern(piece: str) -> str:
    whole = piece[-1].isalpha() and piece not in _SYLLABLES
    return re.escape(piece) + ("(?![a-z])" if whole else "")


_CUT = re.compile("|".join(_pattern(piece) for piece in sorted(_NUMBER, key=len, reverse=True) if piece))


def cut(text: str) -> list[int]:
    """Return a text's tokens.

    Raises:
        ValueError: part of the text is no piece of the grammar.
    """
    found = list(_CUT.finditer(text))
    ends = [0, *(match.end() for match in found)]
    gap = next((a for a, match in zip(ends, found, strict=False) if match.start() != a), None)
    if gap is not None or ends[-1] != len(text):
        where = ends[-1] if gap is None else gap
        raise ValueError(f"{text[where : where + 20]!r} is not in the vocabulary of MiniEval")
    return [_NUMBER[match.group()] for match in found]


def join(tokens: list[int]) -> str:
    """Return the text of tokens."""
    return "".join(VOCABULARY[token] for token in tokens)


# What a token does to the place of those after it, itself included.
_ENDS_PHRASE = np.array([piece == _THEN for piece in VOCABULARY])
_OPENS_LINE = np.array([piece.endswith("\n") and piece != _CLOSE for piece in VOCABULARY])
_OPENS_BODY = np.array([piece == _CLOSE for piece in VOCABULARY])


def places(tokens: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each token's part (0 docstring, 1 body) and step within it, shapes as `tokens`: (rows, length).

    A token that ends a step belongs to the next: it is where the next step's first token is predicted.
    """
    part = np.cumsum(_OPENS_BODY[tokens], axis=-1) > 0
    phrase = np.cumsum(_ENDS_PHRASE[tokens], axis=-1) - _ENDS_PHRASE[tokens]
    return part.astype(np.int64), np.where(part, np.cumsum(_OPENS_LINE[tokens], axis=-1), phrase)

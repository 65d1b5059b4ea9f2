"""Which programs are tried in a lean process first, as far as a glance at their text tells.

A wrong guess costs time and no verdict: what a lean process does not have ends it, and the program is run
again in one that has it. Programs that look into the interpreter are sent there at once, so that it is the
same for them as ever.
"""

import re

__all__ = ["may_be_lean"]

# Imports but of what is there; names with two underscores, but for those of the main block; builtins that
# read files, modules or what the interpreter holds.
_WANTS_MORE = re.compile(
    r"""
    ^[ \t]* (?: import | from ) [ \t]+ (?! (?: math | typing ) \b )
  | __ (?! (?: name | main ) __ )
  | \b (?: open | eval | exec | compile | globals | vars | dir | getattr ) [ \t]* \(
    """,
    re.MULTILINE | re.VERBOSE,
)


_ASKS_KIND = re.compile(r"\btype\b")


def may_be_lean(source: str) -> bool:
    r"""Whether a program seems to need nothing but the builtins, `math` and `typing`.

    >>> may_be_lean("import math\ndef f(x): return math.sqrt(x)\n")
    True
    >>> may_be_lean("def f(x):\n    import re\n    return re.escape(x)\n")
    False
    """
    if _WANTS_MORE.search(source) is not None:
        return False
    # What kind of thing a name of `typing` stands for is the one question that the stand-ins cannot answer.
    return "typing" not in source or _ASKS_KIND.search(source) is None

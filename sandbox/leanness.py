"""Which programs are tried in a lean process first, as far as a glance at their text tells.

A wrong guess costs time and no verdict: what a lean process does not have ends it, and the program is run
again in one that has it. Programs that look into the interpreter are sent there at once, so that it is the
same for them as ever.
"""

import re
from typing import Final

__all__ = ["may_be_lean"]

# Imports but of what is there, and names with two underscores, but for those of the main block.
_IMPORT: Final = re.compile(r"^[ \t]*(?:import|from)[ \t]+(?!(?:math|typing)\b)", re.MULTILINE)
_DUNDER: Final = re.compile(r"__(?!(?:name|main)__)")
_ASKS_KIND: Final = re.compile(r"\btype\b")
# Builtins that read files, modules or what the interpreter holds.
_REACHING: Final = ("open", "eval", "exec", "compile", "globals", "locals", "vars", "dir", "getattr", "input")
_REACHES: Final = re.compile(rf"\b(?:{'|'.join(_REACHING)})[ \t]*\(")


def may_be_lean(source: str) -> bool:
    r"""Return whether a program seems to need nothing but the builtins, `math` and `typing`.

    >>> may_be_lean("import math\ndef f(x): return math.sqrt(x)\n")
    True
    >>> may_be_lean("def f(x):\n    import re\n    return re.escape(x)\n")
    False
    """
    # To look for a word first is several times as quick as the patterns.
    if "import" in source and _IMPORT.search(source):
        return False
    if "__" in source and _DUNDER.search(source):
        return False
    # What kind of thing a name of `typing` stands for is the one question that the stand-ins cannot answer.
    if "typing" in source and _ASKS_KIND.search(source):
        return False
    return not (any(word in source for word in _REACHING) and _REACHES.search(source))

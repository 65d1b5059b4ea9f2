"""Imports that LeetCode, and LiveCodeBench after it, give every program: `List`, `inf` and so on.

They execute all of them. Here only those are executed that a text names, so that a program costs no more
than what it uses.
"""

import ast
import re
from typing import Final

__all__ = ["with_given_names"]

_GIVEN: Final = {
    "typing": "Any Callable Deque DefaultDict Dict FrozenSet Generator Iterable Iterator List Literal "
    "NamedTuple Optional Sequence Set Tuple TypeVar Union",
    "collections": "ChainMap Counter OrderedDict defaultdict deque namedtuple",
    "heapq": "heapify heappop heappush heappushpop heapreplace merge nlargest nsmallest",
    "bisect": "bisect bisect_left bisect_right insort insort_left insort_right",
    "copy": "copy deepcopy",
    "math": "acos asin atan atan2 ceil comb cos degrees dist e exp fabs factorial floor fmod fsum gcd "
    "hypot inf isclose isnan isqrt lcm log log10 log2 nan perm pi prod radians sin sqrt tan "
    "trunc",
    "itertools": "accumulate chain combinations combinations_with_replacement compress count cycle "
    "dropwhile filterfalse groupby islice pairwise permutations product repeat starmap "
    "takewhile tee zip_longest",
    "functools": "cache cached_property cmp_to_key lru_cache partial reduce total_ordering",
    "operator": "add and_ itemgetter attrgetter mul or_ sub xor",
    "string": "ascii_letters ascii_lowercase ascii_uppercase digits punctuation",
    "random": "choice choices randint randrange shuffle uniform",
    "statistics": "mean median mode",
    "fractions": "Fraction",
    "decimal": "Decimal",
    "datetime": "date datetime timedelta",
    "re": "findall fullmatch",
    "json": "dumps loads",
    "io": "BytesIO StringIO",
    "sys": "maxsize",
}
_MODULES: Final = (
    "bisect collections copy datetime functools heapq io itertools json math operator random "
    "re statistics string sys typing "
)
_OF: Final = {
    name: f"from {module} import {name}" for module, names in _GIVEN.items() for name in names.split()
}
_WORD: Final = re.compile(r"(?<![.\w])[A-Za-z_]\w*")
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)?")
_DOTTED: Final = re.compile(r"(?<![.\w])(" + "|".join(_MODULES.split()) + r")\.")


def with_given_names(source: str) -> str:
    """Return a program with the imports that it counts on, on one line behind its `__future__` imports."""
    words = set(_WORD.findall(source))
    lines = {_OF[word] for word in words & _OF.keys()}
    # A module and a name in it are called the same; what the text does by `name.` is meant for the module.
    dotted = set(_DOTTED.findall(source))
    modules = {f"import {name}" for name in dotted}
    given = [*sorted(line for line in lines if line.rpartition(" ")[2] not in dotted), *sorted(modules)]
    if not given:
        return source
    imports, end = "; ".join(given), _end_of_future(source)
    return f"{source[:end]}; {imports}{source[end:]}" if end else f"{imports}\n{source}"


def _end_of_future(source: str) -> int:
    """Return where the last `from __future__` import ends; 0 if there is none or the text is no Python."""
    if "__future__" not in source:
        return 0
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 0
    ends = [
        (each.end_lineno, each.end_col_offset)
        for each in body
        if isinstance(each, ast.ImportFrom) and each.module == "__future__"
    ]
    line, column = ends[-1] if ends else (None, None)
    if line is None or column is None:
        return 0
    lines = _LINE.findall(source)
    return sum(map(len, lines[: line - 1])) + len(lines[line - 1].encode()[:column].decode())

"""Imports that LeetCode, and LiveCodeBench after it, give every program: `List`, `inf` and so on.

They execute all of them. Here only those are executed that a text names, so that a program costs no more
than what it uses.
"""

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
}
_MODULES: Final = (
    "bisect collections copy datetime functools heapq io itertools json math operator random "
    "re statistics string sys typing "
)
_OF: Final = {
    name: f"from {module} import {name}" for module, names in _GIVEN.items() for name in names.split()
}
_WORD: Final = re.compile(r"(?<![.\w])[A-Za-z_]\w*")
_DOTTED: Final = re.compile(r"(?<![.\w])(" + "|".join(_MODULES.split()) + r")\.")


def with_given_names(source: str) -> str:
    """Return a program with the imports that it counts on, on one line behind its `__future__` lines."""
    words = set(_WORD.findall(source))
    lines = {_OF[word] for word in words & _OF.keys()}
    # A module and a name in it are called the same; what the text does by `name.` is meant for the module.
    dotted = set(_DOTTED.findall(source))
    modules = {f"import {name}" for name in dotted}
    given = [*sorted(line for line in lines if line.rpartition(" ")[2] not in dotted), *sorted(modules)]
    if not given:
        return source
    before, future, after = _after_future(source)
    return f"{before}{future}{'; '.join(given)}\n{after}"


def _after_future(source: str) -> tuple[str, str, str]:
    """Cut a text behind its last `from __future__` line at the left margin."""
    last = None
    for last in re.finditer(r"^from __future__ import .*\n", source, re.MULTILINE):  # noqa: B007 - the last one
        pass
    return (source[: last.start()], last[0], source[last.end() :]) if last else ("", "", source)

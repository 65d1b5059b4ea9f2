"""What a program may name that shares a process with others: builtins, attributes, and parts of modules.

What is not here is refused by `verifier`. Runs on the untrusted side; standard library only.
"""

from typing import Final

__all__ = ["ATTRIBUTES", "BUILTINS", "DIGEST", "PAIRS"]

# Left out of the builtins, beside all that reads or writes names, files or attributes: `id`, `hash` and
# `object`, which tell where things lie; `type`, which makes classes, but for `type(x) == ...`.
BUILTINS: Final = frozenset(
    "abs all any ascii bin bool bytearray bytes callable chr complex dict divmod enumerate "
    "filter float format frozenset hex int isinstance issubclass iter len list map max min next "
    "oct ord pow print range repr reversed round set slice sorted str sum tuple zip "
    "ArithmeticError AssertionError AttributeError Exception FloatingPointError ImportError "
    "IndexError KeyError LookupError MemoryError ModuleNotFoundError NameError NotImplementedError "
    "OSError OverflowError RecursionError RuntimeError StopIteration SyntaxError TypeError "
    "UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError ValueError "
    "ZeroDivisionError NotImplemented".split()
)
# Methods of builtin values that neither look into an object nor, as `str.format` does, into its attributes.
ATTRIBUTES: Final = frozenset(
    # text and bytes
    "capitalize casefold center count decode encode endswith expandtabs find fromhex hex index isalnum "
    "isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle "
    "isupper join ljust lower lstrip maketrans partition removeprefix removesuffix replace rfind rindex "
    "rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper "
    "zfill "
    # lists, dicts, sets
    "add append clear copy difference difference_update discard extend fromkeys get insert intersection "
    "intersection_update isdisjoint issubset issuperset items keys pop popitem remove reverse setdefault "
    "sort symmetric_difference symmetric_difference_update union update values "
    # numbers, ranges, slices, exceptions
    "args as_integer_ratio bit_count bit_length conjugate from_bytes imag is_integer denominator indices "
    "numerator real start step stop to_bytes "
    # collections and itertools
    "appendleft elements extendleft from_iterable maxlen most_common move_to_end popleft rotate subtract "
    "total "
    # patterns and matches
    "end findall finditer flags fullmatch group groupdict groups match pattern search span sub subn".split()
)
# What may be taken from a module. Nothing here keeps a state that a program can change, or hands out more
# than values: not `operator.attrgetter`, `functools.wraps`, `string.Formatter`, `collections.namedtuple`.
PAIRS: Final = {
    module: frozenset(names.split())
    for module, names in {
        "bisect": "bisect bisect_left bisect_right insort insort_left insort_right",
        "collections": "Counter OrderedDict defaultdict deque",
        "collections.abc": "Callable Iterable Iterator Mapping Sequence",
        "copy": "copy deepcopy",
        "functools": "cache cmp_to_key lru_cache partial reduce",
        "heapq": "heapify heappop heappush heappushpop heapreplace merge nlargest nsmallest",
        "hashlib": "",  # see `DIGEST`
        "itertools": (
            "accumulate chain combinations combinations_with_replacement compress count cycle dropwhile "
            "filterfalse groupby islice pairwise permutations product repeat starmap takewhile tee "
            "zip_longest"
        ),
        "math": (
            "acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist e erf "
            "erfc exp exp2 expm1 fabs factorial floor fmod frexp fsum gamma gcd hypot inf isclose "
            "isfinite isinf isnan isqrt lcm ldexp lgamma log log10 log1p log2 modf nan nextafter perm pi "
            "pow prod radians remainder sin sinh sqrt tan tanh tau trunc ulp"
        ),
        "operator": (
            "abs add and_ concat contains countOf eq floordiv ge getitem gt indexOf index inv invert "
            "itemgetter le lshift lt mod mul ne neg not_ or_ pos pow rshift sub truediv truth xor"
        ),
        "os": "",  # for those that import it and never use it
        "random": "",
        "re": (
            "A ASCII DOTALL I IGNORECASE M MULTILINE S U UNICODE VERBOSE X compile escape findall "
            "finditer fullmatch match search split sub subn"
        ),
        "string": (
            "ascii_letters ascii_lowercase ascii_uppercase capwords digits hexdigits octdigits printable "
            "punctuation whitespace"
        ),
        "sys": "maxsize",
        "time": "",
        "typing": (
            "Any Callable Counter DefaultDict Deque Dict FrozenSet Generator Hashable Iterable Iterator "
            "List Mapping MutableMapping MutableSequence Optional Sequence Set Sized Text Tuple Type "
            "Union"
        ),
    }.items()
}  # fmt: skip

# What may be taken from `hashlib`, if all that is done with it is `hashlib.md5(x).hexdigest()`: the object is
# of another type in each build, and no program gets hold of it.
DIGEST: Final = "md5"

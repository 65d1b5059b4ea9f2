"""The small language: what a program may name that shares a process with others.

Everything here is implemented in C, keeps no state that a program can change, and returns plain values.
Nothing of the library that is written in Python is here: a method written in Python can hand out its own
class, and from a class of Python's there is a way to everything. What is not here is refused by `verifier`,
which costs a program a process of its own and nothing else. Runs on the untrusted side; standard library
only.
"""

import builtins
from typing import Final

__all__ = [
    "ALL_BUILTINS",
    "ANNOTATION_TYPES",
    "ATTRIBUTES",
    "BUILTINS",
    "MATH",
    "PLAIN_FIELDS",
    "TYPING",
    "UNVISITED_FIELDS",
]

ALL_BUILTINS: Final = frozenset(dir(builtins)) | {"__builtins__"}
# Left out of the builtins, beside all that reads or writes names, files or attributes: `id`, `hash` and
# `object`, which tell where things lie; `type`, which makes classes, but for `type(x) == ...`; `bytes` and
# `bytearray`, whose codecs may be written in Python; `slice`, `super`, `property` and the like.
BUILTINS: Final = frozenset(
    "abs all any ascii bin bool callable chr complex dict divmod enumerate "
    "filter float format frozenset hex int isinstance issubclass iter len list map max min next "
    "oct ord pow print range repr reversed round set sorted str sum tuple zip "
    "ArithmeticError AssertionError AttributeError Exception FloatingPointError ImportError "
    "IndexError KeyError LookupError MemoryError ModuleNotFoundError NameError NotImplementedError "
    "OSError OverflowError RecursionError RuntimeError StopIteration SyntaxError TypeError "
    "UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError ValueError "
    "ZeroDivisionError NotImplemented".split()
)
# Methods of builtin values, all of which C checks the type of: `list.append(int)` is a TypeError. Left out:
# `encode` and `decode`, which look codecs up; `format` but for plain templates, as it looks into attributes;
# `send`, `throw` and `close`, which resume or end a generator.
ATTRIBUTES: Final = frozenset(
    # text
    "capitalize casefold center count endswith expandtabs find index isalnum "
    "isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle "
    "isupper join ljust lower lstrip maketrans partition removeprefix removesuffix replace rfind rindex "
    "rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper "
    "zfill "
    # lists, dicts, sets
    "add append clear copy difference difference_update discard extend fromkeys get insert intersection "
    "intersection_update isdisjoint issubset issuperset items keys pop popitem remove reverse setdefault "
    "sort symmetric_difference symmetric_difference_update union update values "
    # numbers and exceptions
    "args as_integer_ratio bit_count bit_length conjugate imag is_integer denominator numerator real".split()
)
# What may be taken from `math`: functions from numbers to numbers, and numbers.
MATH: Final = frozenset(
    "acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist e erf "
    "erfc exp exp2 expm1 fabs factorial floor fmod frexp fsum gamma gcd hypot inf isclose "
    "isfinite isinf isnan isqrt lcm ldexp lgamma log log10 log1p log2 modf nan nextafter perm pi "
    "pow prod radians remainder sin sinh sqrt tan tanh tau trunc ulp".split()
)
# Names of `typing` that may stand in annotations, which are taken out: how many parameters each wants between
# brackets, 0 where it takes none and -1 for any number from one on.
TYPING: Final = {
    "Any": 0, "Hashable": 0, "Sized": 0, "Text": 0,
    "List": 1, "Set": 1, "FrozenSet": 1, "Deque": 1, "Counter": 1, "Type": 1, "Optional": 1,
    "Iterable": 1, "Iterator": 1, "Sequence": 1, "MutableSequence": 1, "Collection": 1, "Container": 1,
    "Dict": 2, "DefaultDict": 2, "Mapping": 2, "MutableMapping": 2, "OrderedDict": 2,
    "Tuple": -1, "Union": -1, "Callable": 2,
}  # fmt: skip
# Builtin classes that may stand in annotations, and whether they may have parameters between brackets.
ANNOTATION_TYPES: Final = {
    "bool": False, "complex": False, "float": False, "int": False, "str": False, "object": False,
    "bytes": False, "bytearray": False, "dict": True, "frozenset": True, "list": True, "set": True,
    "tuple": True,
}  # fmt: skip

# Kinds of node without conditions of their own, and their fields. A kind whose fields are not exactly these,
# in a later Python, is refused. Kinds that are not here and have no method in `verifier` are refused too.
PLAIN_FIELDS: Final = {
    "Return": "value",
    "Delete": "targets",
    "Assign": "targets value type_comment",
    "AugAssign": "target op value",
    "For": "target iter body orelse type_comment",
    "While": "test body orelse",
    "Raise": "exc cause",
    "Assert": "test msg",
    "Expr": "value",
    "Pass": "",
    "Break": "",
    "Continue": "",
    "BoolOp": "op values",
    "NamedExpr": "target value",
    "BinOp": "left op right",
    "UnaryOp": "op operand",
    "Lambda": "args body",
    "IfExp": "test body orelse",
    "Dict": "keys values",
    "Set": "elts",
    "ListComp": "elt generators",
    "SetComp": "elt generators",
    "DictComp": "key value generators",
    "GeneratorExp": "elt generators",
    "Call": "func args keywords",
    "FormattedValue": "value conversion format_spec",
    "JoinedStr": "values",
    "Subscript": "value slice ctx",
    "Starred": "value ctx",
    "List": "elts ctx",
    "Tuple": "elts ctx",
    "Slice": "lower upper step",
    "arguments": "posonlyargs args vararg kwonlyargs kw_defaults kwarg defaults",
}
UNVISITED_FIELDS: Final = {"op", "ctx", "conversion", "kind", "type_comment"}

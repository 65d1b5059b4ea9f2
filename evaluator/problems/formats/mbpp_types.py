"""MBPP+'s arguments as Python values: its file holds JSON, which has no tuples, sets or complex numbers.

EvalPlus turns the lists of some tasks back into what the reference expects; this table says which.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

__all__ = ["mbpp_arguments"]

Arguments: TypeAlias = Sequence[Any]
Shape: TypeAlias = Callable[[Arguments], Arguments]


def mbpp_arguments(task_id: str, inputs: Sequence[Arguments]) -> list[Arguments]:
    """Return each call's arguments of a task such as `Mbpp/115` in the types its reference expects."""
    shape = _SHAPE_OF.get(task_id.rpartition("/")[2])
    return [shape(arguments) if shape else arguments for arguments in inputs]


def _tuples(values: Sequence[Any]) -> list[Any]:
    return [tuple(value) for value in values]


def _deep(value: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    return tuple(_deep(item) for item in value) if isinstance(value, list) else value


def _sets(rows: Sequence[Any]) -> list[Any]:
    # EvalPlus makes an empty list an empty dict (its `{}`); the expected outputs depend on it.
    return [set(row) if isinstance(row, list) and row else {} for row in rows]


_SHAPES: Final[dict[Shape, str]] = {
    # every argument is a tuple
    _tuples: "2 116 132 143 222 261 273 394 399 421 424 429 470 560 579 596 616 630 726 740 744 809",
    # every argument is a list of tuples
    lambda call: [
        _tuples(value) for value in call
    ]: "63 64 70 94 120 237 272 299 400 409 417 438 473 614 780",
    # every argument is a tuple of tuples
    lambda call: [tuple(_tuples(value)) for value in call]: "259 401 445",
    # the first is a list of tuples
    lambda call: [_tuples(call[0]), call[1]]: "75 413 444 753",
    # one of two is a tuple
    lambda call: [call[0], tuple(call[1])]: "106 750",
    lambda call: [tuple(call[0]), call[1]]: "250 405 446 617 720 763 808",
    lambda call: [tuple(call[0]), call[1], call[2]]: "307",
    # a tuple whose lists are tuples
    lambda call: [tuple(tuple(item) if isinstance(item, list) else item for item in call[0])]: "278",
    # a dict of tuples
    lambda call: [{key: tuple(value) for key, value in call[0].items()}, *call[1:]]: "722",
    # sets; complex numbers written as text; tuples all the way down
    lambda call: [_sets(call[0])]: "115",
    lambda call: (float(call[0]), complex(call[1])): "124",
    lambda call: [complex(call[0])]: "252",
    _deep: "580 615 791",
}

_SHAPE_OF: Final = {number: shape for shape, numbers in _SHAPES.items() for number in numbers.split()}

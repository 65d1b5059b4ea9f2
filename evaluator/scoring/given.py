"""What a caller of `evaluate` gives, checked and brought into one form before anything runs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from evaluator.errors import SamplesError, UsageError
from evaluator.files.escaping import printable

__all__ = ["chosen", "k_values", "number", "sample_rows", "table_rows"]

Number = TypeVar("Number", int, float, int | None)


def chosen(name: str, value: object, choices: Collection[str]) -> str:
    """Return one of several words, or a member of an enumeration of them, as text.

    Raises:
        UsageError: it is none of them.
    """
    if isinstance(value, str) and str(value) in choices:
        return str(value)
    *most, last = choices
    raise UsageError(f"{name}: {printable(repr(value), 80)} must be {', '.join(most)} or {last}")


def number(name: str, value: Number) -> Number:
    """Return a number, or None where it may be left out, as it is.

    Raises:
        UsageError: it is something else, such as text.
    """
    given: object = value
    if given is not None and (isinstance(given, bool) or not isinstance(given, int | float)):
        raise UsageError(f"{name}: {printable(repr(given), 80)} must be a number")
    return value


def k_values(k: object) -> tuple[int, ...]:
    """Return the k of pass@k from one number or several.

    Raises:
        UsageError: they are not whole numbers from 1.
    """
    given: Sequence[object] = (k,) if isinstance(k, int) else tuple(k) if isinstance(k, Iterable) else ()
    whole = tuple(each for each in given if isinstance(each, int) and not isinstance(each, bool))
    if not whole or len(whole) < len(given) or min(whole) < 1:
        shown = printable(repr(list(k) if isinstance(k, tuple) else k), 80)
        raise UsageError(f"k: {shown} must be one or more whole numbers from 1, such as 1,10,100")
    return whole


def sample_rows(samples: object) -> list[Mapping[str, object]]:
    """Return samples that are in memory, a data frame or an iterable of mappings, as a list.

    Cells of a data frame that hold no value are left out of their row.

    Raises:
        SamplesError: they are neither.
    """
    if isinstance(samples, list) and all(isinstance(row, Mapping) for row in samples):
        return samples
    return table_rows(samples, "samples")


def table_rows(table: object, what: str) -> list[Mapping[str, object]]:
    """Return the rows of a data frame or of an iterable of mappings, without the cells that are None.

    Raises:
        SamplesError: it is neither.
    """
    from predictor.errors import TableError  # noqa: PLC0415 - numpy, which files do not need
    from predictor.tables.records import records_of  # noqa: PLC0415 - as above

    try:
        rows = records_of(table, what)
    except TableError as bad:
        raise SamplesError(str(bad)) from None
    return [{name: value for name, value in row.items() if value is not None} for row in rows]

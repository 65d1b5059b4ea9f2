"""Errors in what a user hands in; each message names the item, the value and the next step.

Where the next step is to set an option, the error carries its name, and whatever shows the error spells it:
`--problems` on the command line, `'problems'` in the service and in Python.

EvaluatorError
├── UsageError         options that do not go together, or a value outside its range
├── ProblemsError      a problem set is missing, malformed or of an unknown name
├── SamplesError       a samples file cannot be read, or does not fit the problem set
├── ModelsError        a model card is malformed, unknown or contradicts another
├── CacheError         a file of kept outcomes is none, is damaged or cannot be used
├── RunError           a stored run or results file cannot be read back
├── EndpointError      a model's endpoint refuses every request
├── StoreError         the store cannot be opened, reached or read
└── OutputError        results cannot be written where they were asked for
"""

from collections.abc import Callable
from typing import Self

__all__ = [
    "CacheError",
    "EndpointError",
    "EvaluatorError",
    "ModelsError",
    "OutputError",
    "ProblemsError",
    "RunError",
    "SamplesError",
    "StoreError",
    "UsageError",
    "spell_options",
]


def spell_options(message: str, options: tuple[str, ...], to: str, spell: Callable[[str], str]) -> str:
    """Return `message; set OPTIONS to TO`, with each option's name as `spell` gives it.

    >>> spell_options("no answer", ("ignore_incomplete",), "score the rest", repr)
    "no answer; set 'ignore_incomplete' to score the rest"
    """
    if not options:
        return message
    return f"{message}; set {' and '.join(map(spell, options))}{f' to {to}' if to else ''}"


class EvaluatorError(Exception):
    """Wrong usage or bad input. Its text is one line for a person; commands end with status 2.

    Args:
        message: what is wrong, and where.
        option: the option to set, such as `ignore_incomplete`; several as a tuple.
        to: what for, such as `score the rest`.

    Attributes:
        message: without the option.
        option: the options to set, none or more.
    """

    def __init__(self, message: str, *, option: str | tuple[str, ...] = (), to: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.option = (option,) if isinstance(option, str) else option
        self._to = to

    def __str__(self) -> str:
        return self.spelled(repr)

    def spelled(self, spell: Callable[[str], str]) -> str:
        """Return the text with every option's name as `spell` gives it."""
        return spell_options(self.message, self.option, self._to, spell)

    def renamed(self, name: str, shown: str) -> Self:
        """Return the same error with one name replaced by another, such as that of a temporary file."""
        return type(self)(self.message.replace(name, shown), option=self.option, to=self._to)


class UsageError(EvaluatorError):
    """Options that do not go together, or a value outside its range."""


class ProblemsError(EvaluatorError):
    """A problem set is missing, malformed or of an unknown name; the message names file and row."""


class SamplesError(EvaluatorError):
    """A samples file cannot be read or does not fit the problem set; the message names file and row."""


class ModelsError(EvaluatorError):
    """A model card is malformed, unknown or contradicts another; the message names the field."""


class RunError(EvaluatorError):
    """A stored run or results file cannot be read back; the message names the file."""


class EndpointError(EvaluatorError):
    """A model's endpoint refuses every request; the message has its own words. Rows that came before stay."""


class StoreError(EvaluatorError):
    """The store cannot be opened, reached or read; the message names it, without a password."""


class OutputError(EvaluatorError):
    """Results cannot be written where they were asked for; nothing has been written."""


class CacheError(EvaluatorError):
    """A file of kept outcomes is none, is damaged or cannot be used."""

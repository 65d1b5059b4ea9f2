"""What can be wrong with what a user hands in; each message names the item, the value and the next step.

EvaluatorError
├── UsageError         options that do not go together, or a value outside its range
├── ProblemsError      a problem set is missing, malformed or of an unknown name
├── SamplesError       a samples file cannot be read, or does not fit the problem set
├── ModelsError        a model card is malformed, unknown or contradicts another
├── CacheError         a file of kept outcomes is none, is damaged or cannot be used
├── RunError           a stored run or results file cannot be read back
├── StoreError         the store cannot be opened, reached or read
└── OutputError        results cannot be written where they were asked for
"""

__all__ = [
    "CacheError",
    "EvaluatorError",
    "ModelsError",
    "OutputError",
    "ProblemsError",
    "RunError",
    "SamplesError",
    "StoreError",
    "UsageError",
]


class EvaluatorError(Exception):
    """Wrong usage or bad input. Its text is one line for a person; commands end with status 2."""


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


class StoreError(EvaluatorError):
    """The store cannot be opened, reached or read; the message names it, without a password."""


class OutputError(EvaluatorError):
    """Results cannot be written where they were asked for; nothing has been written."""


class CacheError(EvaluatorError):
    """A file of kept outcomes is none, is damaged or cannot be used."""

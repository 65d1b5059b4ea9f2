"""What can go wrong with a table, a forecast or the registry; each message ends with the next step.

PredictorError
├── TableError          a row of a table is malformed: the file, the row, the value, the next step
├── ForecastError       the data are not enough for the forecast
├── RegistryError       the registry refuses: outcome already known, unknown record, broken chain
└── MissingExtraError   an optional dependency (plot, parquet) is not installed
"""

from collections.abc import Callable

__all__ = ["ForecastError", "MissingExtraError", "PredictorError", "RegistryError", "TableError"]


class PredictorError(Exception):
    """Anything this package refuses to do; its text is one sentence for a person.

    Args:
        message: what is wrong, and where.
        option: the option to set, such as `irreducible`; whatever shows the error spells it.
        to: what to set it to.
    """

    def __init__(self, message: str, *, option: str = "", to: str = "") -> None:
        super().__init__(message)
        self.message = message
        self._option = option
        self._to = to

    def __str__(self) -> str:
        return self.spelled(repr)

    def spelled(self, spell: Callable[[str], str]) -> str:
        """Return the text with the option's name as `spell` gives it."""
        return f"{self.message}; set {spell(self._option)} to {self._to}" if self._option else self.message


class TableError(PredictorError):
    """A table cannot be read as what it claims to be."""


class ForecastError(PredictorError):
    """The data cannot carry the forecast: too few models, one compute value, a target in their range."""


class RegistryError(PredictorError):
    """The registry refuses a record, or its file is not what was written to it."""


class MissingExtraError(PredictorError):
    """An optional dependency is missing; the message names the extra to install."""

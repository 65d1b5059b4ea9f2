"""What can go wrong with a table, a forecast or the register; each message ends with what would suffice.

PredictorError
├── TableError          a row of a table is malformed: the file, the row, the value, the next step
├── ForecastError       the data are not enough for the forecast
├── RegistryError       the register refuses: outcome already known, unknown record, broken chain
└── MissingExtraError   an optional dependency (plot, parquet) is not installed
"""

__all__ = ["ForecastError", "MissingExtraError", "PredictorError", "RegistryError", "TableError"]


class PredictorError(Exception):
    """Anything this package refuses to do; the message is one sentence for a person."""


class TableError(PredictorError):
    """A table cannot be read as what it claims to be."""


class ForecastError(PredictorError):
    """The data cannot carry the forecast: too few models, one compute value, a target in their range."""


class RegistryError(PredictorError):
    """The register refuses a record, or its file is not what was written to it."""


class MissingExtraError(PredictorError):
    """An optional dependency is missing; the message names the extra to install."""
